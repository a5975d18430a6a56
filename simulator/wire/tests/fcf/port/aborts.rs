//! Exchanges that go wrong: REC, ABTS, and the command once more.

use npivot_wire::bls::Bls;
use npivot_wire::els::{Accept, Command, Els, ExchangeName, Explanation, Reason, StatusFlags};
use npivot_wire::fc2::{FCtl, FcType, Header, RCtl};
use npivot_wire::fcf::Event;

use crate::bed::{Bed, Peer, Unit, VAULT, id, read_10, write_10};

fn rec(peer: &mut Peer, bed: &mut Bed, ox_id: u16) -> Unit {
    let exchange = ExchangeName { originator: peer.id, ox_id, rx_id: 0xffff };
    peer.ask(bed, VAULT, &Els::Rec(exchange))
}

fn abort(peer: &mut Peer, bed: &mut Bed, to: npivot_hal::FcId, ox_id: u16) -> Vec<Unit> {
    let header = Header::request(RCtl::BA_ABTS, FcType::BLS, peer.id, to, ox_id);
    let f_ctl = FCtl::FIRST_SEQUENCE | FCtl::END_SEQUENCE | FCtl::SEQUENCE_INITIATIVE;
    peer.frame(bed, Header { f_ctl, ..header }, Bls::Abort);
    bed.take_fc(peer.link)
}

#[test]
fn a_write_that_lost_a_frame_is_aborted_and_done_again() {
    let mut bed = Bed::new();
    let mut peer = Peer::initiator(&mut bed, 1);
    let data: Vec<u8> = (0..=255).flat_map(|byte| [byte; 32]).collect();
    let ready = peer.begin_write(&mut bed, &write_10(0, 16), 8_192);
    peer.data(&mut bed, &ready, &data, 2_048, &[1]);
    assert_eq!(bed.take_fc(peer.link).len(), 0, "no response to half of it");
    assert_eq!(bed.count(peer.link, Event::Unexpected), 0, "what came early waits");

    // What became of it? It is open, with the frame before the gap.
    let ox_id = ready.header.ox_id;
    let unit = rec(&mut peer, &mut bed, ox_id);
    let Accept::Exchange(status) = unit.accept(Command::REC) else { panic!("{unit:?}") };
    assert_eq!((status.ox_id, status.rx_id), (ox_id, ready.header.rx_id));
    assert_eq!((status.originator, status.responder), (peer.id, VAULT));
    assert_eq!((status.fc4_value, status.status), (2_048, StatusFlags::RESPONDER));

    let units = abort(&mut peer, &mut bed, VAULT, ox_id);
    assert_eq!(units.len(), 1);
    assert_eq!((units[0].header.r_ctl, units[0].header.f_ctl), (RCtl::BA_ACC, FCtl(0x98_0000)));
    let Ok(Bls::Accept(accept)) = Bls::decode(RCtl::BA_ACC, &units[0].payload) else { panic!() };
    assert_eq!((accept.ox_id, accept.rx_id), (ox_id, ready.header.rx_id));
    assert_eq!((accept.low_seq_cnt, accept.high_seq_cnt), (0, 0xffff));
    assert_eq!(bed.count(peer.link, Event::Aborted), 1);

    let words = rec(&mut peer, &mut bed, ox_id).words();
    assert_eq!(words, (Reason::LOGICAL_ERROR, Explanation::INVALID_EXCHANGE));
    // The frame that was lost turns up.
    peer.part(&mut bed, Peer::data_header(&ready, 2_048, 1, false), &data[2_048..4_096]);
    assert_eq!(bed.take_fc(peer.link).len(), 0);
    assert_eq!(peer.write(&mut bed, &write_10(0, 16), &data).response().status, 0);
    assert_eq!(peer.scsi(&mut bed, &read_10(0, 16), 8_192).0, data);
}

#[test]
fn a_frame_that_is_late_or_doubled_does_no_harm() {
    let mut bed = Bed::new();
    let mut peer = Peer::initiator(&mut bed, 1);
    let data: Vec<u8> = (0..8_192_u32).map(|i| (i / 31).to_be_bytes()[3]).collect();
    let ready = peer.begin_write(&mut bed, &write_10(0, 16), 8_192);
    peer.data(&mut bed, &ready, &data, 2_048, &[1]);
    assert_eq!(bed.take_fc(peer.link).len(), 0);
    // The first again, which is of no use; then the one that the others wait for.
    peer.part(&mut bed, Peer::data_header(&ready, 0, 0, false), &data[..2_048]);
    assert_eq!(bed.count(peer.link, Event::Unexpected), 1);
    peer.part(&mut bed, Peer::data_header(&ready, 2_048, 1, false), &data[2_048..4_096]);
    let units = bed.take_fc(peer.link);
    assert_eq!(units.len(), 1, "the response");
    assert_eq!(peer.scsi(&mut bed, &read_10(0, 16), 8_192).0, data);
}

#[test]
fn an_abort_of_what_is_over_or_never_was_is_accepted() {
    let mut bed = Bed::new();
    let mut peer = Peer::initiator(&mut bed, 1);
    peer.scsi(&mut bed, &read_10(0, 1), 512);
    for (to, ox_id) in [(VAULT, peer.next_ox_id), (VAULT, 0x7777), (id(0x01_30_00), 1)] {
        let units = abort(&mut peer, &mut bed, to, ox_id);
        assert_eq!((units.len(), units[0].header.s_id), (1, to));
        assert_eq!(units[0].header.r_ctl, RCtl::BA_ACC);
    }
}

#[test]
fn nobody_asks_about_somebody_elses_exchange() {
    let mut bed = Bed::new();
    let mut peer = Peer::initiator(&mut bed, 1);
    let mut other = Peer::initiator(&mut bed, 2);
    let ready = peer.begin_write(&mut bed, &write_10(0, 1), 512);
    let ox_id = ready.header.ox_id;
    let exchange = ExchangeName { originator: peer.id, ox_id, rx_id: ready.header.rx_id };
    let words = other.ask(&mut bed, VAULT, &Els::Rec(exchange)).words();
    assert_eq!(words, (Reason::LOGICAL_ERROR, Explanation::INVALID_EXCHANGE));
    abort(&mut other, &mut bed, VAULT, ox_id);
    peer.data(&mut bed, &ready, &[5; 512], 512, &[]);
    assert_eq!(bed.take_fc(peer.link).len(), 1);
}
