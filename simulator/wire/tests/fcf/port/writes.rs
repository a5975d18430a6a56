//! FCP writes: sizes, residuals, lost frames.

use npivot_wire::fc2::{FCtl, RCtl};
use npivot_wire::fcf::{Event, limits};
use npivot_wire::fcp::Residual;

use crate::bed::{Bed, Peer, VAULT, read_10, write_10};

/// No two bytes at a block's distance alike.
fn pattern(seed: usize, bytes: usize) -> Vec<u8> {
    (0..bytes).map(|i| u8::try_from((i / 512 * 7 + i + seed) % 251).unwrap()).collect()
}

fn initiator() -> (Bed, Peer) {
    let mut bed = Bed::new();
    let peer = Peer::initiator(&mut bed, 1);
    (bed, peer)
}

fn read(peer: &mut Peer, bed: &mut Bed, lba: u32, blocks: u16) -> Vec<u8> {
    let (data, response) = peer.scsi(bed, &read_10(lba, blocks), u32::from(blocks) * 512);
    assert_eq!(response.response().status, 0);
    data
}

#[test]
fn of_each_size() {
    let (mut bed, mut peer) = initiator();
    for blocks in [1_u16, 4, 5, 8, 128, 2_048] {
        let data = pattern(blocks.into(), usize::from(blocks) * 512);
        let response = peer.write(&mut bed, &write_10(3, blocks), &data);
        assert_eq!((response.response().status, response.response().residual), (0, Residual::None));
        assert_eq!(read(&mut peer, &mut bed, 3, blocks), data, "{blocks}");
    }
    // None at all: no data is asked for.
    let (_, response) = peer.scsi(&mut bed, &write_10(3, 0), 0);
    assert_eq!(response.response().status, 0);
}

#[test]
fn the_frames_of_one() {
    let (mut bed, mut peer) = initiator();
    let ready = peer.begin_write(&mut bed, &write_10(0, 2), 1_024);
    let header = ready.header;
    assert_eq!((header.r_ctl, header.f_ctl), (RCtl::DATA_DESCRIPTOR, FCtl(0x89_0000)));
    assert_eq!((header.s_id, header.d_id, header.parameter), (VAULT, peer.id, 0));
    assert_eq!((ready.ready().offset, ready.ready().burst_bytes), (0, 1_024));
    peer.data(&mut bed, &ready, &pattern(1, 1_024), 256, &[]);
    let units = bed.take_fc(peer.link);
    assert_eq!(units.len(), 1);
    assert_eq!((units[0].header.ox_id, units[0].header.rx_id), (header.ox_id, header.rx_id));
    assert_eq!((units[0].header.r_ctl, units[0].header.f_ctl), (RCtl::STATUS, FCtl(0x98_0000)));
    assert_eq!(read(&mut peer, &mut bed, 0, 2), pattern(1, 1_024));
}

/// A socket with the buffer that it has by default holds 44 frames.
#[test]
fn a_long_one_is_asked_for_in_bursts_that_any_wire_can_hold() {
    let (mut bed, mut peer) = initiator();
    let data = pattern(4, 150_016);
    let ready = peer.begin_write(&mut bed, &write_10(0, 293), 150_016);
    assert_eq!((ready.ready().offset, ready.ready().burst_bytes), (0, 65_536));
    peer.data(&mut bed, &ready, &data[..65_536], 2112, &[]);
    let units = bed.take_fc(peer.link);
    assert_eq!(units.len(), 1, "{units:#?}");
    let second = units[0].ready();
    assert_eq!((second.offset, second.burst_bytes), (65_536, 65_536));
    assert_eq!(units[0].header.rx_id, ready.header.rx_id);
    // Nothing is asked for anew before the burst is whole, and nothing taken that was not asked for.
    peer.data(&mut bed, &units[0], &data[65_536..131_072], 2112, &[31]);
    assert_eq!(bed.take_fc(peer.link).len(), 0);
    let rest = Peer::data_header(&units[0], 65_536 + 31 * 2112, 31, true);
    peer.part(&mut bed, rest, &data[131_008..131_072]);
    let units = bed.take_fc(peer.link);
    let third = units[0].ready();
    assert_eq!((third.offset, third.burst_bytes), (131_072, 18_944));
    peer.data(&mut bed, &units[0], &data[131_072..], 2112, &[]);
    assert_eq!(bed.take_fc(peer.link)[0].response().status, 0);
    assert_eq!(read(&mut peer, &mut bed, 0, 293), data);
}

#[test]
fn data_beyond_the_burst_breaks_the_write() {
    let (mut bed, mut peer) = initiator();
    let ready = peer.begin_write(&mut bed, &write_10(0, 256), 131_072);
    let early = Peer::data_header(&ready, 65_536, 0, false);
    peer.part(&mut bed, early, &[1; 2112]);
    peer.data(&mut bed, &ready, &pattern(1, 65_536), 2112, &[]);
    assert_eq!(bed.take_fc(peer.link).len(), 0);
    assert_eq!(read(&mut peer, &mut bed, 0, 256), vec![0; 131_072]);
}

#[test]
fn residuals() {
    let (mut bed, mut peer) = initiator();
    // The initiator has more than the command takes.
    let ready = peer.begin_write(&mut bed, &write_10(0, 1), 4_096);
    assert_eq!(ready.ready().burst_bytes, 512);
    peer.data(&mut bed, &ready, &pattern(2, 512), 512, &[]);
    let units = bed.take_fc(peer.link);
    assert_eq!(units[0].response().residual, Residual::Under(3_584));
    assert_eq!(read(&mut peer, &mut bed, 0, 1), pattern(2, 512));
    // It has less: whole blocks are written.
    let ready = peer.begin_write(&mut bed, &write_10(8, 4), 1_024);
    assert_eq!(ready.ready().burst_bytes, 1_024);
    peer.data(&mut bed, &ready, &pattern(3, 1_024), 1_024, &[]);
    let units = bed.take_fc(peer.link);
    assert_eq!(units[0].response().residual, Residual::Over(1_024));
    assert_eq!(read(&mut peer, &mut bed, 8, 4), [pattern(3, 1_024), vec![0; 1_024]].concat());
    // A command that takes no data at all.
    peer.command(&mut bed, &[0; 6], true, 512);
    let units = bed.take_fc(peer.link);
    assert_eq!(
        (units[0].response().status, units[0].response().residual),
        (0, Residual::Under(512))
    );
}

#[test]
fn a_write_that_is_refused_asks_for_no_data() {
    let (mut bed, mut peer) = initiator();
    peer.command(&mut bed, &write_10(0x8000, 1), true, 512);
    let units = bed.take_fc(peer.link);
    assert_eq!(units.len(), 1);
    let response = units[0].response();
    assert_eq!((response.status, response.sense[12]), (2, 0x21));
    assert_eq!(response.residual, Residual::Under(512));
}

#[test]
fn data_that_is_too_much_or_not_next_is_dropped() {
    let (mut bed, mut peer) = initiator();
    let ready = peer.begin_write(&mut bed, &write_10(0, 1), 512);
    for (offset, bytes) in [(0, 1_024), (512, 512), (4, 508), (u32::MAX - 3, 4)] {
        let header = Peer::data_header(&ready, offset, 0, true);
        peer.part(&mut bed, header, &vec![0xee; bytes]);
    }
    assert_eq!(bed.take_fc(peer.link).len(), 0);
    assert_eq!(bed.count(peer.link, Event::Unexpected), 4);
    assert_eq!(read(&mut peer, &mut bed, 0, 1), [0; 512]);
}

#[test]
fn late_data_of_an_exchange_before_is_not_taken_for_this_ones() {
    let (mut bed, mut peer) = initiator();
    let first = peer.begin_write(&mut bed, &write_10(0, 2), 1_024);
    // The number is used anew, without an abort.
    peer.next_ox_id -= 1;
    let second = peer.begin_write(&mut bed, &write_10(0, 2), 1_024);
    assert_eq!(first.header.ox_id, second.header.ox_id);
    assert_ne!(first.header.rx_id, second.header.rx_id);
    peer.data(&mut bed, &first, &pattern(7, 1_024), 512, &[]);
    assert_eq!(bed.take_fc(peer.link).len(), 0);
    assert_eq!(bed.count(peer.link, Event::Unexpected), 2);
    peer.data(&mut bed, &second, &pattern(8, 1_024), 512, &[]);
    assert_eq!(bed.take_fc(peer.link).len(), 1);
    assert_eq!(read(&mut peer, &mut bed, 0, 2), pattern(8, 1_024));
}

#[test]
fn a_number_that_is_used_anew_for_a_read_ends_the_write() {
    let (mut bed, mut peer) = initiator();
    let ready = peer.begin_write(&mut bed, &write_10(0, 1), 512);
    peer.next_ox_id -= 1;
    assert_eq!(read(&mut peer, &mut bed, 0, 1), [0; 512]);
    peer.data(&mut bed, &ready, &pattern(1, 512), 512, &[]);
    assert_eq!(bed.take_fc(peer.link).len(), 0);
    assert_eq!(read(&mut peer, &mut bed, 0, 1), [0; 512]);
}

#[test]
fn the_same_number_with_another_port_is_another_exchange() {
    let mut bed = Bed::new();
    let port = bed.port(0, 41);
    let second = bed.array("second", 0x5006_0168_41e0_bb00, port);
    bed.pass(10_000);
    let mut peer = Peer::initiator(&mut bed, 1);
    bed.show(second, peer.names.wwpn);
    let other = crate::bed::id(0x01_29_00);
    peer.log_in_with(&mut bed, other);
    let to_vault = peer.begin_write(&mut bed, &write_10(0, 1), 512);
    // A write to the other, from the same number.
    let header = npivot_wire::fc2::Header { d_id: other, rx_id: 0xffff, ..to_vault.header };
    let header = npivot_wire::fc2::Header {
        s_id: peer.id,
        f_ctl: FCtl::REQUEST,
        r_ctl: RCtl::COMMAND,
        ..header
    };
    let lun = npivot_hal::Lun::from_wire([0; 8]);
    for _ in 0..2 {
        // The first is told of the power-on.
        let cdb = npivot_wire::fcp::Cdb::new(&write_10(0, 1)).unwrap();
        let direction = npivot_wire::fcp::Direction::WRITE;
        let command = npivot_wire::fcp::Command::new(lun, cdb, direction, 512);
        peer.frame(&mut bed, header, npivot_wire::fcp::Fcp::Command(command));
    }
    assert_eq!(bed.take_fc(peer.link).len(), 2);
    peer.data(&mut bed, &to_vault, &pattern(4, 512), 512, &[]);
    assert_eq!(bed.take_fc(peer.link).len(), 1, "it is still under way");
    assert_eq!(read(&mut peer, &mut bed, 0, 1), pattern(4, 512));
}

#[test]
fn too_many_at_a_time_are_told_to_come_again() {
    const FULL: u8 = 0x28;
    let (mut bed, mut peer) = initiator();
    for _ in 0..limits::WRITES {
        peer.begin_write(&mut bed, &write_10(0, 1), 512).ready();
    }
    let refused = peer.begin_write(&mut bed, &write_10(0, 1), 512);
    assert_eq!(refused.response().status, FULL);
    assert_eq!(bed.count(peer.link, Event::Full), 1);
    // A new login ends all of them.
    peer.log_in_with(&mut bed, VAULT);
    assert_eq!(peer.write(&mut bed, &write_10(0, 1), &[1; 512]).response().status, 0);

    // By bytes: 16 MiB, the whole volume, at a time.
    let write_16 = [0x8a, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0, 0, 0];
    for _ in 0..limits::WRITE_BYTES / (16 << 20) {
        peer.begin_write(&mut bed, &write_16, 16 << 20).ready();
    }
    let refused = peer.begin_write(&mut bed, &write_10(0, 1), 512);
    assert_eq!(refused.response().status, FULL);
    // One that is used anew makes room for itself.
    peer.next_ox_id -= 2;
    peer.begin_write(&mut bed, &write_16, 16 << 20).ready();
}
