//! Stale LUNs: how a host that goes by the LUN number gets another volume's data, and how it can know.

use npivot_fabric::array::scsi::Sense;
use npivot_fabric::host::IoFailure;
use npivot_fabric::world::Happening;
use npivot_hal::{LunId, PathState};

use super::*;

/// Writes this byte to the first block of each of the guest's LUNs 0 and 1: its number plus one.
fn marked() -> (World, HostNo) {
    let (mut world, web1) = with_web1(EXAMPLE);
    for lun in 0..2 {
        let address = at(web1, 0, lun);
        let data = vec![u8::try_from(lun).expect("small") + 1; 512];
        ask(&mut world, ALPHA, HostCommand::Write { address, lba: 0, data }).unwrap();
    }
    world.take_happenings();
    (world, web1)
}

fn at(host: HostNo, target: u32, lun: u64) -> ScsiAddress {
    ScsiAddress { host, channel: 0, target, lun }
}

fn read(world: &mut World, address: ScsiAddress) -> Result<Reply, Refusal> {
    ask(world, ALPHA, HostCommand::Read { address, lba: 0, blocks: 1 })
}

fn identity(world: &mut World, address: ScsiAddress) -> LunId {
    match ask(world, ALPHA, HostCommand::Identify(address)).unwrap() {
        Reply::Identity(identity) => identity,
        other => panic!("{other:?}"),
    }
}

fn identity_of(world: &World, volume: &str) -> LunId {
    let array = &world.arrays()[0].array;
    array.volume(array.volume_named(volume).expect("it is there")).identity().clone()
}

/// What the host believes to be at an address.
fn believed(world: &World, address: ScsiAddress) -> String {
    let devices = &adapter(world, address.host).devices;
    let mut at_it =
        devices.iter().filter(|(key, _)| (key.target, key.lun) == (address.target, address.lun));
    let (_, device) = at_it.next().expect("a device");
    world.arrays()[device.array.index()].array.volume(device.seen).name().into()
}

fn times_told(world: &mut World) -> Vec<ScsiAddress> {
    let happenings = world.take_happenings().into_iter();
    happenings
        .filter_map(|(_, happening)| match happening {
            Happening::LunsChanged { address, host } => {
                assert_eq!(host, ALPHA);
                Some(address)
            }
            _ => None,
        })
        .collect()
}

#[test]
fn another_volume_at_a_lun_is_read_under_the_old_identity() {
    let (mut world, web1) = marked();
    let address = at(web1, 0, 0);
    assert_eq!(identity(&mut world, address), identity_of(&world, "web1-root"));
    unmap(&mut world, "web1-root");
    unmap(&mut world, "web1-data");
    map(&mut world, "web1-data", 0);
    wait(&mut world, 600);
    assert_eq!(believed(&world, address), "web1-root", "Linux does not look again");
    assert_eq!(identity(&mut world, address), identity_of(&world, "web1-data"));
    assert_eq!(read(&mut world, address), Ok(Reply::Data(vec![2; 512])), "the other's data");
    assert_eq!(times_told(&mut world), [address]);
    let scan = HostCommand::Scan { adapter: web1, target: None, lun: None };
    ask(&mut world, ALPHA, scan).unwrap();
    assert_eq!(believed(&world, address), "web1-root", "nor when it scans");
    ask(&mut world, ALPHA, HostCommand::Remove(address)).unwrap();
    let scan = HostCommand::Scan { adapter: web1, target: Some(0), lun: Some(0) };
    ask(&mut world, ALPHA, scan).unwrap();
    assert_eq!(believed(&world, address), "web1-data", "only a new device has it right");
}

#[test]
fn a_write_to_a_stale_device_hits_the_other_volume() {
    let (mut world, web1) = marked();
    unmap(&mut world, "web1-root");
    map(&mut world, "scratch", 0);
    let address = at(web1, 0, 0);
    let write = HostCommand::Write { address, lba: 0, data: vec![9; 512] };
    ask(&mut world, ALPHA, write).unwrap();
    unmap(&mut world, "scratch");
    map(&mut world, "web1-root", 0);
    assert_eq!(read(&mut world, address), Ok(Reply::Data(vec![1; 512])), "the old one is whole");
    unmap(&mut world, "web1-root");
    map(&mut world, "scratch", 0);
    assert_eq!(read(&mut world, address), Ok(Reply::Data(vec![9; 512])));
}

#[test]
fn changed_luns_are_told_once_on_each_nexus() {
    let (mut world, web1) = marked();
    map(&mut world, "scratch", 2);
    for _ in 0..3 {
        for (target, lun) in [(0, 1), (0, 0), (1, 0), (1, 1)] {
            assert!(read(&mut world, at(web1, target, lun)).is_ok());
        }
    }
    assert_eq!(times_told(&mut world), [at(web1, 0, 1), at(web1, 1, 0)]);
    unmap(&mut world, "scratch");
    map(&mut world, "scratch", 3);
    assert!(read(&mut world, at(web1, 0, 0)).is_ok());
    assert!(read(&mut world, at(web1, 0, 0)).is_ok());
    assert_eq!(times_told(&mut world), [at(web1, 0, 0)], "two changes, told as one");
}

#[test]
fn inquiry_tells_the_truth_and_leaves_the_unit_attention_pending() {
    let (mut world, web1) = marked();
    unmap(&mut world, "web1-root");
    map(&mut world, "scratch", 0);
    let address = at(web1, 0, 0);
    assert_eq!(identity(&mut world, address), identity_of(&world, "scratch"));
    assert_eq!(times_told(&mut world), []);
    assert!(read(&mut world, address).is_ok());
    assert_eq!(times_told(&mut world), [address]);
}

#[test]
fn a_lun_that_was_unmapped_is_not_supported_and_its_device_stays() {
    let (mut world, web1) = marked();
    unmap(&mut world, "web1-root");
    let address = at(web1, 0, 0);
    let gone = Sense::LOGICAL_UNIT_NOT_SUPPORTED;
    assert_eq!((gone.key.code(), gone.asc, gone.ascq), (0x05, 0x25, 0x00));
    let refused = Err(Refusal::Io(IoFailure::Check(gone)));
    assert_eq!(read(&mut world, address), refused);
    assert_eq!(ask(&mut world, ALPHA, HostCommand::Identify(address)), refused);
    assert_eq!(read(&mut world, at(web1, 1, 0)), refused, "on every path");
    assert_eq!(read(&mut world, at(web1, 0, 1)), Ok(Reply::Data(vec![2; 512])));
    wait(&mut world, 600);
    assert_eq!(devices(&world, web1).len(), 4);
    assert!(adapter(&world, web1).devices.values().all(|d| d.state == PathState::Running));
    map(&mut world, "web1-root", 0);
    assert_eq!(read(&mut world, address), Ok(Reply::Data(vec![1; 512])));
}

#[test]
fn an_initiator_that_was_taken_out_of_its_group_sees_nothing() {
    let (mut world, web1) = marked();
    let initiator = wwpn(WEB1);
    mask(&mut world, MaskingCommand::RemoveInitiator { group: "web1".into(), initiator });
    let gone = Err(Refusal::Io(IoFailure::Check(Sense::LOGICAL_UNIT_NOT_SUPPORTED)));
    for (address, _) in devices(&world, web1) {
        assert_eq!(read(&mut world, address), gone);
    }
}

#[test]
fn a_zone_that_is_gone_leaves_no_answer_until_the_rscn_is_there() {
    let (mut world, web1) = marked();
    let address = at(web1, 0, 0);
    rezone(&mut world, [ZoneEdit::DeleteZone("web1_a".into())]);
    assert_eq!(read(&mut world, address), Err(Refusal::Io(IoFailure::NoAnswer)));
    assert_eq!(
        ask(&mut world, ALPHA, HostCommand::Identify(address)),
        Err(Refusal::Io(IoFailure::NoAnswer))
    );
    moment(&mut world);
    assert_eq!(read(&mut world, address), Err(Refusal::Io(IoFailure::Held)));
    wait(&mut world, 60);
    assert_eq!(read(&mut world, address), Err(Refusal::NoDevice(address)));
}

#[test]
fn a_target_without_light_leaves_no_answer_until_the_rscn_is_there() {
    let (mut world, web1) = marked();
    let vault = port(&world, 0, 8);
    light(&mut world, vault, false);
    assert_eq!(read(&mut world, at(web1, 0, 0)), Err(Refusal::Io(IoFailure::NoAnswer)));
    assert_eq!(read(&mut world, at(web1, 1, 0)), Ok(Reply::Data(vec![1; 512])), "the other path");
    moment(&mut world);
    assert_eq!(read(&mut world, at(web1, 0, 0)), Err(Refusal::Io(IoFailure::Held)));
}

#[test]
fn a_path_that_failed_fast_fails_its_io() {
    let (mut world, web1) = marked();
    for rport in 0..2 {
        let set = HostCommand::SetFastIoFail { adapter: web1, rport, secs: Some(5) };
        ask(&mut world, ALPHA, set).unwrap();
    }
    let alpha = port(&world, 0, 0);
    light(&mut world, alpha, false);
    assert_eq!(read(&mut world, at(web1, 0, 0)), Err(Refusal::Io(IoFailure::Held)));
    wait(&mut world, 5);
    assert_eq!(read(&mut world, at(web1, 0, 0)), Err(Refusal::Io(IoFailure::PathLost)));
}

#[test]
fn what_one_path_writes_the_other_reads() {
    let (mut world, web1) = marked();
    let write = HostCommand::Write { address: at(web1, 1, 1), lba: 0, data: vec![5; 512] };
    ask(&mut world, ALPHA, write).unwrap();
    assert_eq!(read(&mut world, at(web1, 0, 1)), Ok(Reply::Data(vec![5; 512])));
}

#[test]
fn transfers_that_no_disk_takes_are_refused() {
    let (mut world, web1) = marked();
    let address = at(web1, 0, 0);
    let size = 20 * 1024 * 1024 * 2;
    let last = HostCommand::Read { address, lba: size - 1, blocks: 1 };
    assert!(ask(&mut world, ALPHA, last).is_ok());
    let beyond = HostCommand::Read { address, lba: size, blocks: 1 };
    let refused = Err(Refusal::Io(IoFailure::Check(Sense::LBA_OUT_OF_RANGE)));
    assert_eq!(ask(&mut world, ALPHA, beyond), refused);
    let odd = HostCommand::Write { address, lba: 0, data: vec![1; 100] };
    assert!(matches!(ask(&mut world, ALPHA, odd), Err(Refusal::Argument(_))));
}
