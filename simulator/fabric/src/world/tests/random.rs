//! Random runs: nothing panics, the invariants hold, visibility tells the truth, the log repeats it all.

use npivot_hal::ScsiAddress;
use proptest::prelude::*;

use super::invariants::{check_converged, check_invariants, is_under_way};
use super::steps::steps;
use super::{ALPHA, create, guest, run, state, topology};
use crate::array::VolumeIx;
use crate::config::DuplicateWwpn;
use crate::san::ids::{AdapterIx, TargetIx};
use crate::visibility::{Initiator, Path};
use crate::world::{Command, HostCommand, Reply, World};

/// Writes a volume's number, from 1, into its first block.
fn mark_volumes(world: &mut World) {
    let luns = [guest(1).wwpn, "21:00:00:00:00:00:0a:00".parse().unwrap()];
    let array = &mut world.arrays[0].array;
    for initiator in luns {
        let seen: Vec<_> = array.report_luns(initiator).collect();
        array.scanned(initiator, 0);
        for (lun, volume) in seen {
            let mark = u8::try_from(volume.0 + 1).unwrap();
            array.write(initiator, 0, lun, 0, &[mark; 512]).unwrap();
        }
        array.forget_nexus(initiator, 0);
    }
}

/// Whether a path is visible is the same as whether a read through the device that the host takes for the
/// volume reads the volume.
fn check_visibility(world: &mut World) {
    let adapters: Vec<AdapterIx> =
        world.hosts.iter().flat_map(|host| host.adapters.values().copied()).collect();
    for ix in adapters {
        for target in (0..world.targets.len()).map(TargetIx::from_index) {
            if world.array_ix_of(target).index() != 0 {
                continue;
            }
            for volume in (0..4).map(VolumeIx) {
                let path = Path { initiator: Initiator::Adapter(ix), target, volume };
                let (seen, read) = (world.sees(path), reads(world, path, ix));
                assert_eq!(seen.is_ok(), read, "{seen:?} of {path:?}");
                let trace = world.trace(path);
                assert_eq!(trace.blocked_at(), seen.err().map(|(layer, _)| layer));
            }
        }
    }
}

fn reads(world: &mut World, path: Path, ix: AdapterIx) -> bool {
    let adapter = world.adapter_ref(ix);
    let host = adapter.host;
    let wwpn = world.targets[path.target.index()].names.wwpn;
    let array = world.array_ix_of(path.target);
    let Some(rport) = adapter.rport(wwpn) else { return false };
    let believed = adapter.devices.iter().filter(|(key, device)| {
        Some(key.target) == rport.target && (device.array, device.seen) == (array, path.volume)
    });
    let addresses: Vec<ScsiAddress> = believed.map(|(key, _)| adapter.address(*key)).collect();
    addresses.into_iter().any(|address| {
        // The fabric is another one: the device is of a port of the same name there.
        let same = world.san.switch_of(world.port_of(world.adapter_ref(ix))).fabric
            == world.san.switch_of(world.targets[path.target.index()].port).fabric;
        let read = HostCommand::Read { address, lba: 0, blocks: 1 };
        let mark = u8::try_from(path.volume.0 + 1).unwrap();
        let answer = world.apply(Command::Host(host, read));
        same && answer == Ok(Reply::Data(vec![mark; 512]))
    })
}

impl World {
    fn array_ix_of(&self, target: TargetIx) -> crate::san::ids::ArrayIx {
        self.targets[target.index()].array
    }
}

fn policy() -> impl Strategy<Value = DuplicateWwpn> {
    prop_oneof![
        Just(DuplicateWwpn::FirstWins),
        Just(DuplicateWwpn::SecondWins),
        Just(DuplicateWwpn::SecondWinsIfFdisc),
    ]
}

/// Two guests are up at the beginning: random steps alone seldom come that far.
fn start(seed: u64, policy: DuplicateWwpn, keep: bool, tight: bool) -> World {
    let mut topology = topology();
    for switch in &mut topology.fabrics[0].switches {
        switch.settings.duplicate_wwpn = policy;
        switch.settings.keep_npiv_on_base_logout = keep;
        switch.settings.logins_per_port = if tight { 2 } else { 9 };
    }
    let mut world = World::from_topology(&topology, seed).unwrap();
    for n in 1..3 {
        world.apply(create(ALPHA, n)).unwrap();
    }
    run(&mut world, 100);
    world
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn anything_may_be_asked_at_any_time(
        seed in 0_u64..4,
        policy in policy(),
        keep: bool,
        tight: bool,
        steps in steps(40),
    ) {
        let mut world = start(seed, policy, keep, tight);
        for step in steps {
            step.take(&mut world);
            check_invariants(&world);
        }
        for _ in 0..40 {
            if is_under_way(&world) {
                run(&mut world, 5);
            } else {
                check_converged(&world);
            }
        }
        check_invariants(&world);
        let again = World::replay(&world.write_log().unwrap()).unwrap();
        prop_assert_eq!(again.fingerprint(), world.fingerprint());
        prop_assert_eq!(state(&again), state(&world));
    }

    #[test]
    fn what_is_visible_can_be_read(
        policy in policy(),
        keep: bool,
        steps in steps(25),
    ) {
        let mut world = start(0, policy, keep, false);
        mark_volumes(&mut world);
        for step in steps {
            // What is written to block 0 would hide which volume it is; other writes do not matter.
            step.take(&mut world);
            check_visibility(&mut world);
        }
    }
}

#[test]
fn the_campus_is_sound_from_the_first_microsecond() {
    let mut world = World::from_topology(&topology(), 1).unwrap();
    check_invariants(&world);
    while let Some(at) = world.next_due() {
        world.advance(at);
        check_invariants(&world);
    }
    check_converged(&world);
    mark_volumes(&mut world);
    check_visibility(&mut world);
    assert_eq!(world.hosts.iter().map(|h| h.disks.in_use()).collect::<Vec<_>>(), [6, 4, 2]);
}
