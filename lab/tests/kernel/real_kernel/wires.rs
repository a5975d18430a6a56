//! What the kernel's FCoE stack says on the wire that the caller holds.

use std::os::fd::{AsFd, OwnedFd};

use super::{LIMIT, machine, text};
use npivot_lab::kernel::Program;
use npivot_wire::ethernet::Mac;
use npivot_wire::fip::Message;
use npivot_wire::{Body, Frame, MAX_FRAME_BYTES};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

const MAC: Mac = Mac([0x02, 0, 0, 0, 0, 0xa1]);

/// The next frame on a wire.
fn receive(wire: &OwnedFd, buffer: &mut [u8]) -> usize {
    let limit = Timespec { tv_sec: LIMIT.as_secs().cast_signed(), tv_nsec: 0 };
    let mut fds = [PollFd::from_borrowed_fd(wire.as_fd(), PollFlags::IN)];
    assert_eq!(poll(&mut fds, Some(&limit)), Ok(1), "no frame at all");
    rustix::io::read(wire, buffer).unwrap()
}

#[test]
fn a_nic_looks_for_a_fabric() {
    let mut machine = machine();
    let wire = machine.nic(MAC).unwrap();
    let running = machine.boot(&Program::new(["sleep", "infinity"])).unwrap();
    let mut buffer = [0; MAX_FRAME_BYTES + 400];
    let solicitation = loop {
        let length = receive(&wire, &mut buffer);
        let Ok(frame) = Frame::decode(&buffer[..length]) else { continue };
        if let Body::Fip(Message::Solicitation(solicitation)) = frame.body {
            assert_eq!(frame.header.destination, Mac::ALL_FCFS);
            assert_eq!(frame.header.source, MAC);
            break solicitation;
        }
    };
    drop(running);
    assert_eq!(solicitation.mac, MAC);
    // FC-2's longest frame, with the headers and the trailer around it: the NIC's MTU is large enough.
    assert_eq!(solicitation.max_bytes, 2158);
    // libfcoe makes the names from the address.
    assert_eq!(solicitation.name.unwrap().to_string(), "10000200000000a1");
}

#[test]
fn each_nic_is_an_fc_host() {
    let mut machine = machine();
    let wires = [1, 2].map(|last| machine.nic(Mac([2, 0, 0, 0, 0, last])).unwrap());
    let script = "cat /sys/class/fc_host/host*/port_name /sys/class/net/vec*/mtu \
                  /sys/bus/fcoe/devices/ctlr_*/enabled /sys/bus/fcoe/devices/ctlr_*/e_d_tov";
    let finished = super::finish(machine, &Program::new(["sh", "-c", script]));
    drop(wires);
    assert_eq!(
        text(&finished.stdout),
        "0x2000020000000001\n0x2000020000000002\n2500\n2500\n1\n1\n100\n100\n"
    );
}
