//! What HBAs tell about themselves, and requests of several frames.

use npivot_hal::FcId;
use npivot_wire::ct::fdmi::Query;
use npivot_wire::ct::{self, Outcome, Reason};
use npivot_wire::fc2::{FCtl, FcType, Header, RCtl};
use npivot_wire::fcf::{Event, limits};

use crate::bed::{Bed, Peer, Unit, bytes_of, id};

const SERVER: FcId = id(0xff_fffa);

fn payload(query: Query<'_>) -> Vec<u8> {
    bytes_of(&ct::Request::new(ct::Query::Fdmi(query)))
}

fn ask(peer: &mut Peer, bed: &mut Bed, query: Query<'_>) -> Unit {
    let header = peer.header(RCtl::REQUEST, FcType::CT, SERVER);
    peer.frame(bed, header, &payload(query)[..]);
    bed.take_fc(peer.link).remove(0)
}

fn is_accept(unit: &Unit) -> bool {
    matches!(unit.ct().outcome, Outcome::Accept(_))
}

#[test]
fn registrations_are_taken_up_to_a_limit() {
    let mut bed = Bed::new();
    let mut peer = Peer::logged_in(&mut bed, 1);
    let mut register = |bed: &mut Bed, n: u64| {
        let name = crate::bed::names(n).wwpn;
        let body = [&name.get().to_be_bytes()[..], &[0; 4]].concat();
        let query = Query::decode(npivot_wire::ct::fdmi::Command::RPA, &body).unwrap();
        ask(&mut peer, bed, query)
    };
    let most = u64::try_from(limits::FDMI_BLOCKS).unwrap();
    for n in 0..most {
        assert!(is_accept(&register(&mut bed, n)));
    }
    let full = register(&mut bed, most);
    assert!(
        matches!(full.ct().outcome, Outcome::Reject(reject) if reject.reason == Reason::UNABLE)
    );
    assert!(is_accept(&register(&mut bed, 0)), "one that is there is replaced");
    let forget = Query::ForgetPort(Some(crate::bed::names(3).wwpn));
    assert!(is_accept(&ask(&mut peer, &mut bed, forget)));
}

/// The frames of a request that is longer than the sender sends in one.
fn parts(peer: &Peer, header: Header, payload: &[u8]) -> Vec<(Header, Vec<u8>)> {
    let chunks = payload.chunks(64);
    let last = chunks.len() - 1;
    let part = |(i, chunk): (usize, &[u8])| {
        let more = header.f_ctl.without(FCtl::END_SEQUENCE | FCtl::SEQUENCE_INITIATIVE);
        let f_ctl = if i == last { header.f_ctl } else { more };
        let seq_cnt = u16::try_from(i).unwrap();
        (Header { f_ctl, seq_cnt, s_id: peer.id, ..header }, chunk.to_vec())
    };
    chunks.enumerate().map(part).collect()
}

#[test]
fn a_request_of_several_frames() {
    let mut bed = Bed::new();
    let mut peer = Peer::logged_in(&mut bed, 1);
    let query = npivot_wire::ct::directory::Query::RspnId(
        peer.id,
        npivot_wire::ct::directory::SymbolicName::new(&[b'y'; 200]).unwrap(),
    );
    let payload = bytes_of(&ct::Request::new(ct::Query::Directory(query)));
    let send = |peer: &mut Peer, bed: &mut Bed, lost: Option<usize>| {
        let header = peer.header(RCtl::REQUEST, FcType::CT, FcId::DIRECTORY_SERVER);
        for (i, (header, part)) in parts(peer, header, &payload).into_iter().enumerate() {
            if Some(i) != lost {
                peer.part(bed, header, &part);
            }
        }
        bed.take_fc(peer.link)
    };
    let answers = send(&mut peer, &mut bed, None);
    assert_eq!(answers.len(), 1);
    assert!(is_accept(&answers[0]));
    // One that lacks a frame is not answered; its sender asks again.
    for lost in 0..3 {
        assert_eq!(send(&mut peer, &mut bed, Some(lost)).len(), 0, "{lost}");
    }
    assert!(bed.count(peer.link, Event::Unexpected) >= 3);
    assert_eq!(send(&mut peer, &mut bed, None).len(), 1);
}

#[test]
fn requests_that_never_end_take_no_more_than_the_limits() {
    let mut bed = Bed::new();
    let mut peer = Peer::logged_in(&mut bed, 1);
    for n in 0..100 {
        let header = peer.header(RCtl::REQUEST, FcType::CT, FcId::DIRECTORY_SERVER);
        let f_ctl = FCtl::FIRST_SEQUENCE;
        for seq_cnt in 0..20 {
            peer.part(&mut bed, Header { f_ctl, seq_cnt, ..header }, &[n; 2112]);
        }
    }
    assert_eq!(bed.take_fc(peer.link).len(), 0);
    // Each was given up when it was longer than what is kept: 32 KiB are 15 frames.
    assert_eq!(bed.count(peer.link, Event::Unexpected), 100 * 5);
    assert!(
        peer.query(&mut bed, npivot_wire::ct::directory::Query::GpnId(peer.id)).payload.len() > 16
    );
}
