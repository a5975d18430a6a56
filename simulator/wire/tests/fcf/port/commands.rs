//! Task management, and commands that make no sense.

use npivot_hal::Lun;
use npivot_wire::fc2::{FcType, RCtl};
use npivot_wire::fcf::Event;
use npivot_wire::fcp::{
    Cdb, Command, Direction, Fcp, LinkService, ResponseCode, Retransmission, TaskManagement,
};

use crate::bed::{Bed, Peer, Unit, VAULT, read_10, write_10};

const LUN_0: Lun = Lun::from_wire([0; 8]);

fn send(peer: &mut Peer, bed: &mut Bed, command: Command<'_>) -> Unit {
    let header = peer.header(RCtl::COMMAND, FcType::FCP, VAULT);
    peer.frame(bed, header, Fcp::Command(command));
    let mut units = bed.take_fc(peer.link);
    assert_eq!(units.len(), 1, "{units:#?}");
    units.remove(0)
}

fn manage(peer: &mut Peer, bed: &mut Bed, function: TaskManagement) -> Option<ResponseCode> {
    let cdb = Cdb { first: [0; 16], additional: &[] };
    let none = Command::new(LUN_0, cdb, Direction::NONE, 0);
    send(peer, bed, Command { task_management: function, ..none }).response().code
}

#[test]
fn task_management() {
    let mut bed = Bed::new();
    let mut peer = Peer::initiator(&mut bed, 1);
    let mut other = Peer::initiator(&mut bed, 2);
    for (function, ends) in [
        (TaskManagement::LUN_RESET, true),
        (TaskManagement::ABORT_TASK_SET, true),
        (TaskManagement::CLEAR_TASK_SET, true),
        (TaskManagement::TARGET_RESET, true),
        (TaskManagement(0x01), false),
        (TaskManagement::LUN_RESET | TaskManagement::ABORT_TASK_SET, false),
    ] {
        // What a function before has told is told once.
        peer.scsi(&mut bed, &[0; 6], 0);
        let ready = peer.begin_write(&mut bed, &write_10(0, 1), 512);
        let code = manage(&mut peer, &mut bed, function);
        let expected = if ends { ResponseCode::COMPLETE } else { ResponseCode::INVALID_COMMAND };
        assert_eq!(code, Some(expected), "{function:?}");
        peer.data(&mut bed, &ready, &[1; 512], 512, &[]);
        let answers = bed.take_fc(peer.link).len();
        assert_eq!(answers, usize::from(!ends), "{function:?}: the write under way");
    }
    // A reset is told to others that use the unit.
    other.scsi(&mut bed, &[0; 6], 0);
    manage(&mut peer, &mut bed, TaskManagement::LUN_RESET);
    let (_, unit) = other.scsi(&mut bed, &read_10(0, 1), 512);
    assert_eq!((unit.response().sense[12], unit.response().sense[13]), (0x29, 0x03));
}

#[test]
fn a_reset_ends_the_writes_of_others() {
    let mut bed = Bed::new();
    let mut peer = Peer::initiator(&mut bed, 1);
    let mut other = Peer::initiator(&mut bed, 2);
    for function in
        [TaskManagement::LUN_RESET, TaskManagement::CLEAR_TASK_SET, TaskManagement::TARGET_RESET]
    {
        other.scsi(&mut bed, &[0; 6], 0);
        peer.scsi(&mut bed, &[0; 6], 0);
        let ready = other.begin_write(&mut bed, &write_10(0, 1), 512);
        manage(&mut peer, &mut bed, function);
        other.data(&mut bed, &ready, &[1; 512], 512, &[]);
        assert_eq!(bed.take_fc(other.link).len(), 0, "{function:?}");
    }
}

#[test]
fn commands_that_make_no_sense() {
    let mut bed = Bed::new();
    let mut peer = Peer::initiator(&mut bed, 1);
    let cdb = Cdb::new(&read_10(0, 1)).unwrap();
    let long = Command::new(LUN_0, Cdb { additional: &[0; 16], ..cdb }, Direction::READ, 512);
    let both = Direction::READ | Direction::WRITE;
    let two_ways =
        Command { bidirectional_read_bytes: Some(512), ..Command::new(LUN_0, cdb, both, 512) };
    for command in [long, two_ways] {
        let unit = send(&mut peer, &mut bed, command);
        assert_eq!(unit.response().code, Some(ResponseCode::INVALID_COMMAND));
    }
    // Cut off.
    let header = peer.header(RCtl::COMMAND, FcType::FCP, VAULT);
    peer.frame(&mut bed, header, &[0; 16][..]);
    let units = bed.take_fc(peer.link);
    assert_eq!(units[0].response().code, Some(ResponseCode::INVALID_COMMAND));
    assert_eq!(bed.count(peer.link, Event::Malformed), 1);
    // A read that says it writes: its data has no way back.
    let wrong = Command::new(LUN_0, cdb, Direction::NONE, 512);
    assert_eq!(send(&mut peer, &mut bed, wrong).response().status, 0);
}

#[test]
fn what_an_initiator_does_not_send() {
    let mut bed = Bed::new();
    let mut peer = Peer::initiator(&mut bed, 1);
    for r_ctl in [RCtl::STATUS, RCtl::DATA_DESCRIPTOR, RCtl(0x0f)] {
        let header = peer.header(r_ctl, FcType::FCP, VAULT);
        peer.frame(&mut bed, header, &[0; 24][..]);
    }
    assert_eq!(bed.take_fc(peer.link).len(), 0);
    assert_eq!(bed.count(peer.link, Event::Unexpected), 3);
    // Retransmission was not agreed to.
    let header = peer.header(RCtl::FC4_REQUEST, FcType::FCP, VAULT);
    let request = Retransmission { ox_id: 1, rx_id: 1, offset: 0, r_ctl: RCtl::DATA };
    peer.frame(&mut bed, header, LinkService::Retransmit(request));
    let units = bed.take_fc(peer.link);
    assert_eq!(units[0].header.r_ctl, RCtl::FC4_REPLY);
}
