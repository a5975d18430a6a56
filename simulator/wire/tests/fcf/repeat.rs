//! The same frames at the same times give the same bytes, and what the world recorded is replayed.

use npivot_fabric::World;
use npivot_fabric::config::{Driver, SwitchSettings};
use npivot_fabric::world::{Build, Reply};
use npivot_hal::FcId;
use npivot_wire::fcf::{LinkIx, Settings};
use npivot_wire::fcp::ResponseCode;

use crate::bed::{A, Bed, Peer, VAULT, VAULT_NAME, names, read_10, write_10, wwpn};

/// A run with something of everything: a simulated host beside peers from outside, state changes, I/O,
/// logins that are displaced.
fn run() -> (Bed, Vec<(LinkIx, Vec<u8>)>) {
    let mut bed = Bed::with(SwitchSettings::default(), Settings::default());
    let mut sent = vec![];
    let Reply::Host(host) = bed.build(Build::Host { name: "h".into(), driver: Driver::Qla2xxx })
    else {
        panic!()
    };
    let port = bed.port(0, 10);
    bed.build(Build::Adapter { host, names: names(500), port, max_vports: None });
    let mut one = Peer::initiator(&mut bed, 1);
    let mut two = Peer::initiator(&mut bed, 2);
    let mut vport = one.vport(&mut bed, 20).unwrap();
    vport.register(&mut bed, true);
    for round in 0..8_u8 {
        one.write(&mut bed, &write_10(round.into(), 8), &[round; 4_096]);
        two.scsi(&mut bed, &read_10(0, 16), 8_192);
        bed.zones(A, &[&[one.names.wwpn, wwpn(VAULT_NAME)], &[names(500).wwpn, names(2).wwpn]]);
        let port = bed.port(0, 40);
        bed.light(port, round % 2 == 1);
        bed.pass(3_000_000);
        one.keep_alive(&mut bed);
        two.keep_alive(&mut bed);
        bed.zones(A, &[]);
        bed.pass(50_000);
        bed.light(port, true);
        bed.pass(50_000);
        // The array was away: log in again.
        for peer in [&mut one, &mut two] {
            peer.log_in_with(&mut bed, VAULT);
            peer.scsi(&mut bed, &[0; 6], 0);
        }
        sent.append(&mut bed.sent);
    }
    two.flogi(&mut bed).unwrap();
    bed.pass(60_000_000);
    sent.append(&mut bed.sent);
    (bed, sent)
}

#[test]
fn the_same_frames_at_the_same_times_give_the_same_bytes() {
    let (first, sent) = run();
    let (second, again) = run();
    assert!(sent.len() > 20);
    assert_eq!(sent, again);
    assert_eq!(first.world.fingerprint(), second.world.fingerprint());
    assert_eq!(first.world.now(), second.world.now());
}

/// Replayed without a forwarder: what there is for one to carry must not make the world go another way.
#[test]
fn a_recorded_run_replays_to_the_same_fingerprint() {
    let (bed, _) = run();
    let log = bed.world.write_log().expect("it is recorded");
    let again = World::replay(&log).expect("what was written can be read");
    assert_eq!(again.fingerprint(), bed.world.fingerprint());
    assert_eq!(again.san().logins(), bed.world.san().logins());
}

/// What was written before is read by whom comes after, and the arrays remember resets and reservations.
#[test]
fn a_replayed_world_owes_what_the_first_one_did() {
    let mut bed = Bed::new();
    let mut peer = Peer::initiator(&mut bed, 1);
    let mut other = Peer::initiator(&mut bed, 2);
    other.scsi(&mut bed, &[0; 6], 0);
    peer.write(&mut bed, &write_10(5, 1), &[9; 512]);
    // A write whose data never comes has done nothing.
    peer.begin_write(&mut bed, &write_10(6, 1), 512);
    let lun = npivot_hal::Lun::from_wire([0; 8]);
    let cdb = npivot_wire::fcp::Cdb::new(&[0; 6]).unwrap();
    let none = npivot_wire::fcp::Direction::NONE;
    let reset = npivot_wire::fcp::Command {
        task_management: npivot_wire::fcp::TaskManagement::LUN_RESET,
        ..npivot_wire::fcp::Command::new(lun, cdb, none, 0)
    };
    let r_ctl = npivot_wire::fc2::RCtl::COMMAND;
    let header = peer.header(r_ctl, npivot_wire::fc2::FcType::FCP, VAULT);
    peer.frame(&mut bed, header, npivot_wire::fcp::Fcp::Command(reset));
    let units = bed.take_fc(peer.link);
    assert_eq!(units[0].response().code, Some(ResponseCode::COMPLETE));
    let log = bed.world.write_log().unwrap();
    let mut again = World::replay(&log).unwrap();
    for world in [&mut bed.world, &mut again] {
        let ix = |id: FcId| world.san().by_address(A, id).unwrap();
        let path = world.san().by_name(A, names(2).wwpn).map(|from| world.path(from, ix(VAULT)));
        let path = path.unwrap().unwrap().unwrap();
        let told = world.serve(&path, lun, &[0; 6], &[], 0);
        assert_eq!((told.sense[12], told.sense[13]), (0x29, 0x03));
        let read = world.serve(&path, lun, &read_10(5, 2), &[], 1_024);
        assert_eq!(read.data, [[9; 512], [0; 512]].concat());
    }
    assert_eq!(again.fingerprint(), bed.world.fingerprint());
}
