//! Random bytes, and real frames with some bytes changed.

use npivot_wire::bls::Bls;
use npivot_wire::ct::{self, directory, fdmi};
use npivot_wire::els::{self, Accept, Command, Els};
use npivot_wire::fc2::{self, FcType, Header, MAX_DATA_BYTES, RCtl};
use npivot_wire::fcoe::Encapsulated;
use npivot_wire::fcp::{self, Fcp};
use npivot_wire::{Body, Encode, Frame, MAX_FRAME_BYTES, Payload, fip};
use proptest::prelude::*;

/// What can be read is written, and read again it is the same.
macro_rules! stable {
    ($decode:expr, $bytes:expr) => {
        match $decode($bytes) {
            Ok(value) => {
                let mut buffer = [0; 2 * MAX_FRAME_BYTES];
                let length = value.encode_to(&mut buffer).expect("what was read can be written");
                assert_eq!($decode(&buffer[..length]).as_ref(), Ok(&value));
                true
            }
            Err(error) => {
                assert!(error.at() <= $bytes.len(), "{error}");
                false
            }
        }
    };
}

/// All decoders of payloads, with every code that they tell apart. How many could read it.
fn payloads(bytes: &[u8]) -> usize {
    let mut read = 0;
    for r_ctl in 0x80..=0x87 {
        read += usize::from(stable!(|bytes| Bls::decode(RCtl(r_ctl), bytes), bytes));
    }
    for r_ctl in 0x00..=0x08 {
        read += usize::from(stable!(|bytes| Fcp::decode(RCtl(r_ctl), bytes), bytes));
    }
    read += usize::from(stable!(els::Reply::decode, bytes));
    read += usize::from(stable!(ct::Request::decode, bytes));
    read += usize::from(stable!(ct::Reply::decode, bytes));
    read += usize::from(stable!(fcp::LinkService::decode, bytes));
    for &request in directory::Command::NAMED {
        read += usize::from(stable!(|bytes| directory::Query::decode(request, bytes), bytes));
        read += usize::from(stable!(|bytes| directory::Answer::decode(request, bytes), bytes));
    }
    for &request in fdmi::Command::NAMED {
        read += usize::from(stable!(|bytes| fdmi::Query::decode(request, bytes), bytes));
        read += usize::from(stable!(|bytes| fdmi::Answer::decode(request, bytes), bytes));
    }
    // The command is the first byte: each of them before the same rest.
    for &Command(command) in Command::NAMED {
        let whole = [&[command], bytes].concat();
        read += usize::from(stable!(Els::decode, &whole[..]));
        if let Ok(accept) = Accept::decode(Command(command), bytes) {
            let mut buffer = [0; 2 * MAX_FRAME_BYTES];
            let length = accept.encode_to(&mut buffer).expect("what was read can be written");
            let again = Accept::decode(Command(command), &buffer[1..length]);
            assert_eq!(again, Ok(accept));
            read += 1;
        }
    }
    read
}

/// From the outermost layer to the innermost.
fn frames(bytes: &[u8]) {
    stable!(Frame::decode, bytes);
    stable!(Encapsulated::decode, bytes);
    stable!(fip::Message::decode, bytes);
    stable!(fc2::Frame::decode, bytes);
    match Frame::decode(bytes).map(|frame| frame.body) {
        Ok(Body::Fcoe(frame)) => {
            let _ = frame.payload();
        }
        Ok(Body::Fip(fip::Message::LinkService(service))) => {
            let _ = Payload::decode(&service.frame.header, service.frame.payload);
        }
        _ => {}
    }
}

fn length_of(bytes: usize) -> impl Strategy<Value = Vec<u8>> {
    // Small numbers are common in lengths and counts, so they are common here.
    let byte = prop_oneof![3 => 0_u8..8, 2 => any::<u8>(), 1 => Just(0xff)];
    proptest::collection::vec(byte, 0..=bytes)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn random_bytes_are_read_or_refused(bytes in length_of(400)) {
        frames(&bytes);
        payloads(&bytes);
    }

    #[test]
    fn random_descriptors_are_read_or_refused(
        code in 1_u8..6,
        subcode in 1_u8..3,
        words: u8,
        list in length_of(200),
    ) {
        let header = [0x10, 0, 0, code, 0, subcode, 0, words % 60, 0x80, 0];
        stable!(fip::Message::decode, &[&header[..], &list].concat()[..]);
    }

    #[test]
    fn any_header_leads_to_a_decoder(r_ctl: u8, fc_type: u8, bytes in length_of(200)) {
        let id = npivot_hal::FcId::FABRIC_LOGIN;
        let header = Header::request(RCtl(r_ctl), FcType(fc_type), id, id, 0);
        stable!(|bytes| Payload::decode(&header, bytes), &bytes[..]);
    }
}

static CAPTURE: &[u8] = include_bytes!("../capture/linux-6.1-fcoe-login-npiv.pcap");

/// The capture's frames.
fn captured() -> impl Iterator<Item = &'static [u8]> {
    let mut rest = &CAPTURE[24..];
    std::iter::from_fn(move || {
        let (head, after) = rest.split_at_checked(16)?;
        let length = u32::from_le_bytes(head[8..12].try_into().unwrap()) as usize;
        let (frame, after) = after.split_at(length);
        rest = after;
        Some(frame)
    })
}

/// Every byte of every short frame is set to values that lengths and types find difficult. The CRC is made
/// right again, so that the change reaches the layers behind it.
#[test]
fn changed_frames_are_read_or_refused() {
    let mut tried = 0;
    let mut seen = std::collections::BTreeSet::new();
    for frame in captured().filter(|frame| frame.len() <= 180) {
        // One of each length, kind and first byte is enough.
        let fip = frame[12..14] == [0x89, 0x14];
        if !seen.insert((frame.len(), frame[15..22].to_vec(), frame[28], frame.get(52))) {
            continue;
        }
        for at in 14..frame.len() {
            for value in [0x00, 0x01, 0x7f, 0x80, 0xff, frame[at] ^ 1, frame[at].wrapping_add(1)] {
                let mut changed = frame.to_vec();
                changed[at] = value;
                if !fip {
                    let crc = fc2::crc(&changed[28..frame.len() - 8]);
                    let place = frame.len() - 8..frame.len() - 4;
                    changed[place].copy_from_slice(&crc.to_le_bytes());
                }
                frames(&changed);
                tried += 1;
            }
        }
    }
    assert!(tried > 10_000, "{tried}");
}

/// Every beginning of every captured frame, down to nothing.
#[test]
fn frames_that_are_cut_off_are_refused() {
    for frame in captured() {
        let cuts = (0..frame.len()).rev().take(80).chain(0..frame.len().min(80));
        for cut in cuts.filter(|&cut| cut >= 14) {
            let error = Frame::decode(&frame[..cut]).expect_err("a part is missing");
            assert!(error.at() <= cut, "{error} in {cut} bytes");
        }
    }
}

/// Payloads as long as they can be, and longer, all of the same byte: counts and lengths are at their most.
#[test]
fn long_payloads_of_one_byte() {
    let mut read = 0;
    for value in 0..=u8::MAX {
        read += payloads(&vec![value; MAX_DATA_BYTES]);
    }
    assert!(read > 256 * 40, "most decoders take them: {read}");
}
