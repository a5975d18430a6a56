//! Ethernet, FCoE, FC-2, BLS.

use npivot_wire::bls::{Accept, Bls, Reject};
use npivot_wire::ethernet::{self, EtherType, FcMap, MIN_BYTES, Mac, VlanTag, pad};
use npivot_wire::fc2::{self, Eof, FCtl, Header, MAX_DATA_BYTES, RCtl, Sof};
use npivot_wire::fcoe::Encapsulated;
use npivot_wire::{Body, Encode, EncodeError, Field, Frame, MAX_FRAME_BYTES, Payload, Writer};
use proptest::prelude::*;

use crate::values::{any_of, bytes_to};

/// A header without optional headers, and without fill bits, which follow from the payload.
fn header() -> impl Strategy<Value = Header> {
    any_of::<Header>().prop_map(|header| Header {
        df_ctl: 0,
        f_ctl: header.f_ctl.without(FCtl::FILL),
        ..header
    })
}

fn ethernet_header() -> impl Strategy<Value = ethernet::Header> {
    let vlan = proptest::option::of(any_of::<VlanTag>());
    (any_of::<Mac>(), any_of::<Mac>(), vlan)
        .prop_map(|(source, destination, vlan)| ethernet::Header { destination, source, vlan })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn fc_frames(header in header(), payload in bytes_to(300)) {
        let length = round_trip!(fc2::Frame::new(header, &payload[..]), fc2::Frame::decode);
        prop_assert_eq!(length, Header::BYTES + payload.len().next_multiple_of(4));
    }

    #[test]
    fn optional_headers(header in header(), df_ctl in 0_u8..0x40, payload in bytes_to(40)) {
        let header = Header { df_ctl: df_ctl & 0x33, ..header };
        let optional = vec![0x42; header.optional_bytes().unwrap()];
        let frame = fc2::Frame { header, optional_headers: &optional, payload: &payload[..] };
        round_trip!(frame, fc2::Frame::decode);
    }

    #[test]
    fn fcoe_frames(
        header in header(),
        payload in bytes_to(300),
        sof in any_of::<Sof>(),
        eof in any_of::<Eof>(),
    ) {
        let frame = fc2::Frame::new(header, &payload[..]);
        round_trip!(Encapsulated { sof, frame, eof }, Encapsulated::decode);
    }

    #[test]
    fn ethernet_frames(
        on in ethernet_header(),
        fc in header(),
        payload in bytes_to(100),
        other in 0_u16..0x8000,
    ) {
        let fcoe = Body::Fcoe(Encapsulated::single(fc, &payload[..]));
        round_trip!(Frame { header: on, body: fcoe }, Frame::decode);
        let other = Body::Other(EtherType(other), &payload);
        round_trip!(Frame { header: on, body: other }, Frame::decode);
    }

    #[test]
    fn basic_link_services(
        accept in any::<(Option<u8>, u16, u16, u16, u16)>(),
        reject in any_of::<Reject>(),
        other in bytes_to(40),
    ) {
        let (last_seq_id, ox_id, rx_id, low_seq_cnt, high_seq_cnt) = accept;
        let accept = Accept { last_seq_id, ox_id, rx_id, low_seq_cnt, high_seq_cnt };
        for bls in [
            Bls::Nop,
            Bls::Abort,
            Bls::Accept(accept),
            Bls::Reject(reject),
            Bls::Other(RCtl(0x8f), &other),
        ] {
            round_trip!(bls, |bytes| Bls::decode(bls.r_ctl(), bytes));
        }
    }
}

#[test]
fn the_longest_frame_fits_and_no_longer_one_is_made() {
    let header = Header::request(RCtl::DATA, fc2::FcType::FCP, id(1), id(2), 1);
    let on = ethernet::Header { vlan: Some(VlanTag(0x6064)), ..ethernet::Header::new(MAC, MAC) };
    let mut buffer = [0; MAX_FRAME_BYTES];
    let longest = [0x55; MAX_DATA_BYTES];
    let length = Encapsulated::single(header, &longest[..]).on(on).encode_to(&mut buffer);
    assert_eq!(length, Ok(MAX_FRAME_BYTES));
    let read = Frame::decode(&buffer).unwrap();
    assert_eq!(read.header.vlan.map(|tag| (tag.id(), tag.priority())), Some((100, 3)));

    let longer = [0; MAX_DATA_BYTES + 1];
    let mut room = [0; MAX_FRAME_BYTES + 100];
    let error = Encapsulated::single(header, &longer[..]).on(on).encode_to(&mut room);
    let (what, limit, found) = ("data field", 2112, 2116);
    assert_eq!(error, Err(EncodeError::TooLong { what, limit, found }));
}

#[test]
fn an_empty_fcoe_frame_needs_no_padding_and_a_short_fip_message_does() {
    let header = Header::request(RCtl::BA_ABTS, fc2::FcType::BLS, id(1), id(2), 1);
    let on = ethernet::Header::new(MAC, MAC);
    let mut buffer = [0xff; MAX_FRAME_BYTES];
    let length = Encapsulated::single(header, Bls::Abort).on(on).encode_to(&mut buffer).unwrap();
    assert_eq!(length, MIN_BYTES);

    let message = npivot_wire::fip::VlanRequest {
        flags: npivot_wire::fip::Flags::FPMA,
        mac: MAC,
        name: None,
    };
    let message: npivot_wire::fip::Message<'_> = npivot_wire::fip::Message::VlanRequest(message);
    let mut writer = Writer::new(&mut buffer);
    message.on(on).encode(&mut writer).unwrap();
    assert_eq!(writer.at(), 32);
    pad(&mut writer).unwrap();
    assert_eq!(writer.at(), MIN_BYTES);
    assert_eq!(writer.written()[32..], [0; 28]);
    let read = Frame::decode(writer.written()).unwrap();
    assert_eq!(read.body, Body::Fip(message), "padding is passed over");
}

#[test]
fn an_abort_within_a_sequence_is_no_part_of_it() {
    // As libfc aborts a write of which it has sent some frames: the sequence goes on.
    let request = Header::request(RCtl::BA_ABTS, fc2::FcType::BLS, id(1), id(2), 1);
    let header = Header { seq_cnt: 4, ..request };
    let abort = Encapsulated::part(header, &[][..]);
    assert_eq!((abort.sof, abort.is_whole()), (Sof::N3, false));
    assert_eq!(abort.payload(), Ok(Payload::Bls(Bls::Abort)));
    // Any other frame of a sequence of several is a part.
    let header = Header { r_ctl: RCtl::REPLY, fc_type: fc2::FcType::CT, ..header };
    let list = Encapsulated::part(header, &[1, 2, 3, 4][..]);
    assert_eq!(list.payload(), Ok(Payload::Part(&[1, 2, 3, 4])));
}

#[test]
fn mac_addresses_of_n_ports() {
    let mac = Mac::fabric_provided(FcMap::DEFAULT, id(0x01_02_03));
    assert_eq!(mac.to_string(), "0e:fc:00:01:02:03");
    assert!(!mac.is_group() && Mac::ALL_FCFS.is_group());
}

#[test]
fn the_crc_is_that_of_the_standard() {
    // The check value that catalogues of CRCs give for this polynomial.
    assert_eq!(fc2::crc(b"123456789"), 0xcbf4_3926);
}

const MAC: Mac = Mac([2, 0, 0, 0, 0, 1]);

fn id(raw: u32) -> npivot_hal::FcId {
    let [_, bytes @ ..] = raw.to_be_bytes();
    npivot_hal::FcId::of(bytes)
}
