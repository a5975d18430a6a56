//! SCSI from both ends, with the same bytes.
//!
//! What devices answer: no bytes panic a decoder, none reads more than came, and an identity that is read
//! prints and reads again, and is one that a page of ours says as well.
//!
//! What initiators send: any commands with any data against an array, from several at once. No more is
//! answered than there is room for, sense data is what the HAL reads, memory stays within its limits, and a
//! second array that is sent the same answers the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use npivot_fabric::array::scsi::{PortDesignators, Product, vpd_83 as page_of};
use npivot_fabric::array::{
    AccessState, Array, ArrayLimits, Completion, Nexus, Request, Status, TaskManagement, VolumeIx,
};
use npivot_hal::{Lun, LunId, WwnPair, Wwnn, Wwpn, scsi};

fuzz_target!(|bytes: &[u8]| {
    decode(bytes);
    command(bytes);
});

fn decode(bytes: &[u8]) {
    let _ = (scsi::inquiry(bytes), scsi::vpd_00(bytes), scsi::vpd_80(bytes));
    let _ = (scsi::read_capacity_10(bytes), scsi::read_capacity_16(bytes));
    let _ = (scsi::read_keys(bytes), scsi::read_reservation(bytes), scsi::Sense::decode(bytes));
    if let Ok(list) = scsi::report_luns(bytes) {
        assert!(list.luns.len() <= bytes.len() / 8);
    }
    let Ok(identity) = scsi::vpd_83(bytes) else { return };
    assert_eq!(identity.to_string().parse::<LunId>().as_ref(), Ok(&identity));
    let wwpn = Wwpn::new(0x5006_0160_41e0_aa00).expect("not zero");
    let port = PortDesignators { wwpn, relative: 1, group: 1 };
    let page = page_of(&Product::default(), &identity, "42", port);
    assert_eq!(scsi::vpd_83(&page).as_ref(), Ok(&identity));
}

/// What the content of both volumes may take.
const MEMORY: u64 = 1 << 20;
const ROOM: usize = 1 << 16;
const STATES: [AccessState; 6] = [
    AccessState::ActiveOptimized,
    AccessState::ActiveNonOptimized,
    AccessState::Standby,
    AccessState::Unavailable,
    AccessState::Offline,
    AccessState::Transitioning,
];
const FUNCTIONS: [TaskManagement; 4] = [
    TaskManagement::AbortTask,
    TaskManagement::ClearAca,
    TaskManagement::LogicalUnitReset,
    TaskManagement::TargetReset,
];

fn wwpn(n: u64) -> Wwpn {
    Wwpn::new(0x2100_0000_0000_0001 + n).expect("not zero")
}

/// Two volumes, two ports, two initiators that see both.
fn array() -> Array {
    let wwnn = Wwnn::new(0x5000_0000_0000_0000).expect("not zero");
    let ports = (8..10).map(|n| WwnPair::new(wwpn(n), wwnn)).collect();
    let limits = ArrayLimits { max_memory_bytes: MEMORY, ..ArrayLimits::default() };
    let mut array = Array::new("vault", wwnn, ports, limits);
    array.create_group("g").expect("there is room").changed();
    for n in 0..2 {
        array.add_initiator("g", wwpn(n)).expect("there is room").changed();
    }
    for (n, size) in [(1_u8, 1 << 16), (2, 1 << 42)] {
        let (name, mut identity) = (n.to_string(), [0x60; 16]);
        identity[15] = n;
        array.add_volume(&name, LunId::Naa16(identity), &name, size).expect("it can be one");
        array.map("g", &name, u32::from(n) - 1).expect("it is free").changed();
    }
    array
}

/// One thing that happens to an array.
struct Step<'a> {
    nexus: Nexus,
    lun: Lun,
    what: u8,
    cdb: &'a [u8],
    data: &'a [u8],
}

/// Cuts one from the input: a byte for who and where, a byte for what, a length, a command, data.
fn step<'a>(bytes: &mut &'a [u8]) -> Option<Step<'a>> {
    let [place, what, length, rest @ ..] = *bytes else { return None };
    let nexus = Nexus::new(wwpn(u64::from(place & 3)), u16::from(place >> 2 & 3));
    let lun = Lun::from_number(u32::from(place >> 4 & 3))?;
    let (cdb, rest) = rest.split_at(rest.len().min(16));
    // Blocks are long, so that a length counts by 64.
    let (data, rest) = rest.split_at(rest.len().min(usize::from(*length) * 64));
    *bytes = rest;
    Some(Step { nexus, lun, what: *what, cdb, data })
}

fn act(array: &mut Array, step: &Step<'_>) -> Option<Completion> {
    let Step { nexus, lun, what, cdb, data } = *step;
    let at = usize::from(what >> 4);
    match what & 0x0f {
        0 => drop(array.manage(nexus, lun, FUNCTIONS[at % FUNCTIONS.len()])),
        1 => drop(array.set_access_state(1, STATES[at % STATES.len()]).changed()),
        2 => drop(array.resize(VolumeIx(0), (1 + at as u64) * 4096 + 512).map(|o| o.changed())),
        3 => array.forget_nexus(nexus.initiator, nexus.port),
        4 => array.power_cycle(),
        5 => drop(array.set_read_only(VolumeIx(0), at & 1 == 1).changed()),
        6 => {
            let needed = array.admit(nexus, lun, cdb);
            assert!(needed.as_ref().is_ok_and(|bytes| *bytes <= 32 << 20) || needed.is_err());
        }
        _ => {
            return Some(array.serve(&Request { nexus, lun, cdb, data_out: data, room: ROOM }));
        }
    }
    None
}

fn check(done: &Completion) {
    assert!(done.data.len() <= ROOM && done.data.len() as u64 <= done.wanted);
    let checked = done.status == Status::CheckCondition;
    assert_eq!((checked, checked), (done.check.is_some(), !done.sense.is_empty()));
    if let Some(check) = done.check {
        let read = scsi::Sense::decode(&done.sense).expect("it is whole");
        assert_eq!((read.asc, read.ascq), (check.sense.asc, check.sense.ascq));
        assert!(done.data.is_empty());
    }
}

fn command(mut bytes: &[u8]) {
    let (mut array, mut twin) = (array(), array());
    while let Some(step) = step(&mut bytes) {
        let done = act(&mut array, &step);
        assert_eq!(done, act(&mut twin, &step));
        if let Some(done) = done {
            check(&done);
        }
        let used: u64 = array.volumes().iter().map(|volume| volume.used_bytes()).sum();
        assert!(used <= MEMORY && array.nexus_count() <= 16);
    }
}
