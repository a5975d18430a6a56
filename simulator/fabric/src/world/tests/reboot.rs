//! A host that is restarted: what is gone, what stays, and what the others see of it.

use std::collections::BTreeSet;

use npivot_hal::{HostNo, Lun, PortState, ScsiAddress, Wwpn};

use super::invariants::{check_converged, check_invariants};
use super::{ALPHA, ALPHA_PORT, BETA, campus, create, guest, run, state};
use crate::array::{Nexus, Request, Status};
use crate::host::disk_name;
use crate::san::ids::HostIx;
use crate::world::{Command, HostCommand, Reply, World};

fn reboot(world: &mut World, host: HostIx) {
    assert_eq!(world.apply(Command::Host(host, HostCommand::Reboot)), Ok(Reply::Done));
}

/// The names of a host's adapters, by number.
fn order(world: &World, host: HostIx) -> Vec<Wwpn> {
    let adapters = world.hosts[host.index()].adapters.values();
    adapters.map(|&ix| world.adapter_ref(ix).names.wwpn).collect()
}

/// The devices of a host, as `0:0:0:256 sda`.
fn devices(world: &World, host: HostIx) -> Vec<String> {
    let adapters = world.hosts[host.index()].adapters.values();
    let devices = adapters.map(|&ix| world.adapter_ref(ix)).flat_map(|adapter| {
        let name = |(&key, device): (&_, &crate::host::Device)| {
            format!("{} {}", adapter.address(key), disk_name(device.disk))
        };
        adapter.devices.iter().map(name).collect::<Vec<_>>()
    });
    devices.collect()
}

fn happened(world: &mut World) -> Vec<String> {
    let happened = world.take_happenings();
    happened.iter().map(|(_, what)| format!("{}: {}", what.place(world), what.text())).collect()
}

/// The campus, with vports g1 and g2 on alpha.
fn with_guests(seed: u64) -> World {
    let mut world = campus(seed);
    for n in 1..3 {
        world.apply(create(ALPHA, n)).unwrap();
    }
    run(&mut world, 100);
    world
}

#[test]
fn vports_are_gone_and_the_adapters_are_back_with_their_devices() {
    let mut world = with_guests(0);
    let before: Vec<String> = devices(&campus(0), ALPHA);
    assert_eq!(devices(&world, ALPHA).len(), 6 + 8);
    reboot(&mut world, ALPHA);
    check_invariants(&world);
    assert_eq!((devices(&world, ALPHA).len(), world.hosts[0].disks.in_use()), (0, 0));
    let logins = world.san.logins();
    run(&mut world, 200);
    check_invariants(&world);
    check_converged(&world);
    assert_eq!(world.san.logins(), logins + 2);
    let (now, numbers) = (devices(&world, ALPHA), &world.hosts[0].adapters);
    assert_eq!(numbers.keys().copied().collect::<Vec<_>>(), [HostNo(0), HostNo(1)]);
    let names = |all: &[String]| -> BTreeSet<String> {
        all.iter().map(|text| text.split_once(' ').unwrap().1.to_owned()).collect()
    };
    assert_eq!(names(&now), names(&before), "from sda again: {now:?}");
    for &ix in numbers.values() {
        let adapter = world.adapter_ref(ix);
        assert_eq!(adapter.state, PortState::Online);
        let rports: Vec<u32> = adapter.rports.keys().copied().collect();
        assert!(rports.iter().copied().eq(0..adapter.next_rport), "from 0 again: {rports:?}");
    }
    // The name is free for whoever takes it next.
    assert!(world.apply(create(BETA, 1)).is_ok());
    run(&mut world, 200);
    check_converged(&world);
}

#[test]
fn the_seed_deals_the_numbers() {
    let dealt = |seed| {
        let mut world = campus(seed);
        let mut orders = vec![order(&world, ALPHA)];
        for _ in 0..8 {
            reboot(&mut world, ALPHA);
            run(&mut world, 300);
            check_converged(&world);
            orders.push(order(&world, ALPHA));
        }
        orders
    };
    let (first, again) = (dealt(3), dealt(3));
    assert_eq!(first, again);
    let distinct: BTreeSet<&Vec<Wwpn>> = first.iter().collect();
    assert_eq!(distinct.len(), 2, "either card may come first: {first:?}");
    assert_ne!(first, dealt(4));
}

#[test]
fn what_is_lost_is_told_and_what_is_found() {
    let mut world = with_guests(0);
    world.watch();
    reboot(&mut world, ALPHA);
    insta::assert_snapshot!("told_at_once", happened(&mut world).join("\n"));
    run(&mut world, 200);
    let found: Vec<String> =
        happened(&mut world).into_iter().filter(|line| line.starts_with("alpha")).collect();
    insta::assert_snapshot!("told_later", found.join("\n"));
}

#[test]
fn the_arrays_keep_what_they_have() {
    let mut world = with_guests(0);
    let address = ScsiAddress { host: HostNo(2), channel: 0, target: 0, lun: 1 };
    let write = HostCommand::Write { address, lba: 3, data: vec![0xa5; 512] };
    world.apply(Command::Host(ALPHA, write)).unwrap();
    let groups: Vec<_> = world.arrays[0].array.group_records().collect();
    reboot(&mut world, ALPHA);
    assert_eq!(world.arrays[0].array.group_records().collect::<Vec<_>>(), groups);
    let of_guest = |world: &World| {
        let zones = world.san.fabrics[0].zoning.effective().clone();
        format!("{zones:?}").contains(&guest(1).wwpn.to_string())
    };
    assert!(of_guest(&world), "zones stay");
    run(&mut world, 100);
    world.apply(create(ALPHA, 1)).unwrap();
    run(&mut world, 100);
    let read = HostCommand::Read { address, lba: 3, blocks: 1 };
    let answer = world.apply(Command::Host(ALPHA, read));
    assert_eq!(answer, Ok(Reply::Data(vec![0xa5; 512])), "the same guest under the same number");
}

/// Registration and reservation are the array's, with APTPL and without: no power of its own was lost.
#[test]
fn a_reservation_outlives_the_restart() {
    for aptpl in [0, 1] {
        let mut world = with_guests(0);
        let array = &mut world.arrays[0].array;
        let nexus = Nexus::new(guest(1).wwpn, 0);
        let lun = Lun::from_number(0).unwrap();
        let mut list = [0; 24];
        list[15] = 7;
        list[20] = aptpl;
        for (action, kind) in [(0, 0), (1, 5)] {
            let cdb = [0x5f, action, kind, 0, 0, 0, 0, 0, 24, 0];
            let room = usize::MAX;
            let done = array.serve(&Request { nexus, lun, cdb: &cdb, data_out: &list, room });
            assert_eq!(done.status, Status::Good, "{:?}", done.check);
            // The key to register is the key that reserves.
            list.copy_within(8..16, 0);
            list[8..16].fill(0);
        }
        let volume = array.volume_at(guest(1).wwpn, lun).unwrap();
        let before = array.reservations(volume);
        assert!(before.holder.is_some(), "{before:?}");
        reboot(&mut world, ALPHA);
        run(&mut world, 200);
        assert_eq!(world.arrays[0].array.reservations(volume), before);
    }
}

#[test]
fn a_dark_adapter_waits_for_the_light_and_old_time_outs_are_over() {
    let mut world = with_guests(0);
    let fast = HostCommand::SetFastIoFail { adapter: HostNo(0), rport: 0, secs: Some(5) };
    world.apply(Command::Host(ALPHA, fast)).unwrap();
    world.apply(Command::Light { port: ALPHA_PORT, on: false }).unwrap();
    run(&mut world, 1_000);
    reboot(&mut world, ALPHA);
    check_invariants(&world);
    run(&mut world, 200);
    assert_eq!(world.next_due(), None, "no clock of the time before runs any more");
    let dark = |world: &World| {
        let adapters = world.hosts[0].adapters.values().map(|&ix| world.adapter_ref(ix));
        adapters.filter(|adapter| adapter.state == PortState::Linkdown).count()
    };
    assert_eq!(dark(&world), 1);
    world.apply(Command::Light { port: ALPHA_PORT, on: true }).unwrap();
    run(&mut world, 200);
    assert_eq!(dark(&world), 0);
    check_invariants(&world);
    check_converged(&world);
}

#[test]
fn a_restart_in_the_middle_of_everything_is_sound() {
    // The boot itself, microsecond by microsecond of what happens, is interrupted by another one.
    let mut steps = 0;
    for stop in 0.. {
        let mut world = with_guests(1);
        reboot(&mut world, ALPHA);
        let mut left = stop;
        while let Some(at) = world.next_due().filter(|_| left > 0) {
            world.advance(at);
            left -= 1;
        }
        if left > 0 {
            break;
        }
        reboot(&mut world, ALPHA);
        check_invariants(&world);
        run(&mut world, 300);
        check_invariants(&world);
        check_converged(&world);
        steps += 1;
    }
    assert!(steps > 10, "{steps} instants");
}

#[test]
fn a_restart_is_in_the_log() {
    let mut world = with_guests(0);
    reboot(&mut world, ALPHA);
    run(&mut world, 50);
    let text = world.write_log().unwrap();
    assert!(text.contains(r#""command":{"host":[0,"reboot"]}"#), "{text}");
    let again = World::replay(&text).unwrap();
    assert_eq!(again.fingerprint(), world.fingerprint());
    assert_eq!(state(&again), state(&world));
    assert!(world.apply(Command::Host(HostIx(9), HostCommand::Reboot)).is_err());
}
