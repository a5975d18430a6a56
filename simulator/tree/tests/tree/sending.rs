//! What the kernel sends.

use npivot_fabric::World;
use npivot_fabric::san::ids::ArrayIx;
use npivot_fabric::world::{Command, HostCommand, MaskingCommand};
use npivot_hal::{HostNo, ScsiAddress};
use npivot_tree::messages::{Announcer, FcEvent, FcEventCode, Message};

use crate::site::{self, ALPHA, BETA};

const CARD: &str = "/devices/pci0000:00/0000:00:03.0/0000:05:00.0";

/// What is sent for all that happened since the last time, as text: `add@…` or the event's code.
fn sent(announcer: &mut Announcer, world: &mut World) -> Vec<Message> {
    let happenings = world.take_happenings();
    happenings.iter().flat_map(|(at, what)| announcer.announce(*at, what, world)).collect()
}

fn heads(messages: &[Message]) -> Vec<String> {
    let head = |message: &Message| match message {
        Message::Uevent(uevent) => format!("{}@{}", uevent.action, uevent.devpath),
        Message::Fc(event) => format!("{:?} host{}", event.code, event.host_no),
    };
    messages.iter().map(head).collect()
}

#[test]
fn a_vport_and_what_it_finds_are_announced_and_taken_back() {
    let mut world = site::world();
    world.watch();
    let mut announcer = Announcer::new(&world, ALPHA).unwrap();
    site::create(&mut world, ALPHA, site::guest(1));
    let messages = sent(&mut announcer, &mut world);
    let (vport, host) =
        (format!("{CARD}/host0/vport-0:0-0"), format!("{CARD}/host0/vport-0:0-0/host2"));
    let came = heads(&messages);
    assert_eq!(
        came[..5],
        [
            format!("add@{vport}/fc_vports/vport-0:0-0"),
            format!("add@{host}"),
            format!("add@{host}/scsi_host/host2"),
            format!("add@{host}/fc_host/host2"),
            format!("add@{host}/bsg/fc_host2"),
        ]
    );
    assert!(came.contains(&"LinkUp host2".to_owned()));
    assert!(came.contains(&format!("add@{host}/rport-2:0-0/fc_remote_ports/rport-2:0-0")));
    assert!(came.contains(&format!("add@{host}/rport-2:0-0/target2:0:0/2:0:0:1")));
    assert!(came.contains(&format!("bind@{host}/rport-2:0-0/target2:0:0/2:0:0:1")));
    let numbers = messages.iter().filter_map(|message| match message {
        Message::Uevent(uevent) => Some(uevent.seqnum),
        Message::Fc(_) => None,
    });
    assert!(numbers.is_sorted_by(|a, b| a + 1 == *b), "numbers without gaps");

    let delete = HostCommand::DeleteVport { parent: HostNo(0), names: site::guest(1) };
    world.apply(Command::Host(ALPHA, delete)).unwrap();
    let went = heads(&sent(&mut announcer, &mut world));
    let mut came: Vec<_> = came.iter().filter_map(|head| head.strip_prefix("add@")).collect();
    let mut gone: Vec<_> = went.iter().filter_map(|head| head.strip_prefix("remove@")).collect();
    assert!(
        gone.iter().position(|p| p.ends_with("/2:0:0:1"))
            < gone.iter().position(|p| p.ends_with("/host2"))
    );
    came.sort_unstable();
    gone.sort_unstable();
    assert_eq!(came, gone, "all that came went");
    assert!(sent(&mut announcer, &mut world).is_empty());
}

#[test]
fn a_disk_is_told_as_the_kernel_tells_it() {
    let mut world = site::world();
    world.watch();
    let mut announcer = Announcer::new(&world, ALPHA).unwrap();
    let address: ScsiAddress = "0:0:0:1".parse().unwrap();
    world.apply(Command::Host(ALPHA, HostCommand::Remove(address))).unwrap();
    let messages = sent(&mut announcer, &mut world);
    let Some(Message::Uevent(uevent)) = messages.first() else { panic!("{messages:?}") };
    let lu = format!("{CARD}/host0/rport-0:0-0/target0:0:0/0:0:0:1");
    let (_, disk) = uevent.devpath.rsplit_once('/').unwrap();
    let number = &uevent.properties[1];
    let text = format!(
        "remove@{lu}/block/{disk}\0ACTION=remove\0DEVPATH={lu}/block/{disk}\0SUBSYSTEM=block\0\
         MAJOR=8\0{number}\0DEVNAME={disk}\0DEVTYPE=disk\0{}\0SEQNUM={}\0",
        uevent.properties[4], uevent.seqnum
    );
    assert_eq!(String::from_utf8(uevent.to_bytes()).unwrap(), text);
    assert!(number.starts_with("MINOR=") && uevent.properties[4].starts_with("DISKSEQ="));
    assert_eq!(messages.len(), 6, "{:?}", heads(&messages));

    let scan = HostCommand::Scan { adapter: HostNo(0), target: None, lun: Some(1) };
    world.apply(Command::Host(ALPHA, scan)).unwrap();
    let messages = sent(&mut announcer, &mut world);
    let Some(Message::Uevent(add)) = messages.first() else { panic!("{messages:?}") };
    assert_eq!(add.properties, ["DEVTYPE=scsi_device", "MODALIAS=scsi:t-0x00"], "no driver yet");
    let Some(Message::Uevent(bind)) = messages.last() else { panic!("{messages:?}") };
    assert_eq!(bind.properties, ["DEVTYPE=scsi_device", "DRIVER=sd", "MODALIAS=scsi:t-0x00"]);
}

#[test]
fn changed_luns_are_told_on_the_device_that_reported_them() {
    let mut world = site::world();
    world.watch();
    let mut announcer = Announcer::new(&world, ALPHA).unwrap();
    let unmap = MaskingCommand::Unmap { group: "all".into(), volume: "high".into() };
    world.apply(Command::Masking(ArrayIx(0), unmap)).unwrap();
    let address: ScsiAddress = "0:0:0:0".parse().unwrap();
    let read = HostCommand::Read { address, lba: 0, blocks: 1 };
    world.apply(Command::Host(ALPHA, read)).unwrap();
    let messages = sent(&mut announcer, &mut world);
    let [Message::Uevent(uevent)] = &messages[..] else { panic!("{messages:?}") };
    let lu = format!("{CARD}/host0/rport-0:0-0/target0:0:0/0:0:0:0");
    let text = format!(
        "change@{lu}\0ACTION=change\0DEVPATH={lu}\0SUBSYSTEM=scsi\0\
         SDEV_UA=REPORTED_LUNS_DATA_HAS_CHANGED\0DEVTYPE=scsi_device\0DRIVER=sd\0\
         MODALIAS=scsi:t-0x00\0SEQNUM={}\0",
        uevent.seqnum
    );
    assert_eq!(String::from_utf8(uevent.to_bytes()).unwrap(), text);
}

#[test]
fn links_and_rscns_are_events_of_the_transport() {
    let mut world = site::world();
    world.watch();
    let mut announcers = [ALPHA, BETA].map(|host| Announcer::new(&world, host).unwrap());
    for (port, on) in [(0, false), (0, true), (8, false)] {
        site::light(&mut world, port, on);
        world.advance(world.now().plus_secs(1));
    }
    let happenings = world.take_happenings();
    let [alpha, beta] = announcers.each_mut().map(|announcer| {
        let all = happenings.iter().flat_map(|(at, what)| announcer.announce(*at, what, &world));
        all.collect::<Vec<_>>()
    });
    let events: Vec<FcEvent> = (alpha.iter())
        .filter_map(|message| match message {
            Message::Fc(event) => Some(*event),
            Message::Uevent(_) => None,
        })
        .collect();
    assert_eq!((events[0].code, events[0].number), (FcEventCode::LinkDown, 1));
    assert_eq!(events[1].code, FcEventCode::LinkUp);
    let rscn = events.iter().find(|event| event.code == FcEventCode::Rscn && event.host_no == 0);
    assert_eq!(rscn.unwrap().data, 0x01_0800);
    assert!(beta.is_empty(), "libfc keeps RSCNs to itself: {beta:?}");
}

#[test]
fn an_event_is_56_bytes() {
    let event =
        FcEvent { seconds: 9, host_no: 5, number: 7, code: FcEventCode::Rscn, data: 0x01_0800 };
    let bytes = event.to_bytes();
    let u16_at = |at: usize| u16::from_ne_bytes(bytes[at..at + 2].try_into().unwrap());
    let u32_at = |at: usize| u32::from_ne_bytes(bytes[at..at + 4].try_into().unwrap());
    let u64_at = |at: usize| u64::from_ne_bytes(bytes[at..at + 8].try_into().unwrap());
    assert_eq!((bytes.len(), u32_at(0), u16_at(4)), (56, 56, 0x11));
    assert_eq!(
        (bytes[16], bytes[17], u16_at(18), u16_at(20), u16_at(22)),
        (1, 1, 0xa1b2, 0x100, 40)
    );
    assert_eq!((u64_at(24), u64_at(32), u16_at(40), u16_at(42)), (9, 0, 5, 4));
    assert_eq!((u32_at(44), u32_at(48), u32_at(52)), (7, 5, 0x01_0800));
}
