//! The loop of a running forwarder: let time pass, wait, read, answer.

use std::os::fd::AsFd;
use std::os::unix::net::UnixDatagram;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use npivot_fabric::world::SimTime;
use npivot_wire::fcf::LinkIx;

use super::clock::Alarm;
use super::plant::{Floor, Shared};
use super::port::{Port, Ports};
use super::transport::MAX_BYTES;

/// How many frames one port is served before the next one's turn.
const TURN: usize = 64;

/// The longest wait, in milliseconds: a world in which nothing is ever due is looked at all the same.
const LONGEST_WAIT_MS: u16 = 1_000;

/// Runs until the floor says stop.
pub(super) fn run(shared: &Shared, mut ports: Vec<Port>, woken: &UnixDatagram, mut alarm: Alarm) {
    let mut buffer = vec![0; MAX_BYTES];
    let mut readable = vec![true; ports.len()];
    loop {
        let due = {
            let mut floor = shared.floor();
            if floor.stop {
                break;
            }
            serve(shared, &mut floor, &mut ports, &readable, &mut buffer);
            tell_state(&mut floor, &mut ports);
            next_due(&floor, &ports)
        };
        shared.happened.notify_all();
        alarm.set(shared.clock(), due);
        wait(&mut ports, woken, &mut alarm, &mut readable);
    }
    for tap in ports.iter().filter_map(|port| port.tap.as_ref()) {
        // Whoever gave it flushes it again, and is told then.
        let _ = tap.flush();
    }
}

/// Reads what has come, answers it, and lets the time pass until now.
fn serve(
    shared: &Shared,
    floor: &mut Floor,
    ports: &mut [Port],
    readable: &[bool],
    buffer: &mut [u8],
) {
    let Floor { world, forwarder, .. } = floor;
    let now = shared.now();
    let mut out = Ports { ports, now };
    forwarder.advance(world, now, &mut out);
    for port in out.ports.iter_mut() {
        port.release(now);
    }
    out.send_batches();
    for (i, &is_readable) in readable.iter().enumerate() {
        if !is_readable && out.ports[i].next_due().is_none_or(|at| at > now) {
            continue;
        }
        let Ok(link) = u16::try_from(i).map(LinkIx) else { return };
        for _ in 0..TURN {
            let Some(length) = out.ports[i].receive(now, buffer) else { break };
            forwarder.receive(world, link, &buffer[..length], &mut out);
            out.send_batches();
        }
    }
}

fn next_due(floor: &Floor, ports: &[Port]) -> Option<SimTime> {
    let due = floor.forwarder.next_due(&floor.world);
    due.into_iter().chain(ports.iter().filter_map(Port::next_due)).min()
}

/// What `Plant` tells of the ports.
fn tell_state(floor: &mut Floor, ports: &mut [Port]) {
    for (state, port) in floor.states.iter_mut().zip(ports) {
        state.overrun = port.lost();
        if state.closed.is_none() {
            state.closed = port.closed.as_ref().map(|error| (error.kind(), error.to_string()));
        }
    }
}

/// Waits for frames, for room to send, for somebody who acts on the world, or for the time.
fn wait(ports: &mut [Port], woken: &UnixDatagram, alarm: &mut Alarm, readable: &mut [bool]) {
    let open: Vec<usize> = (0..ports.len()).filter(|&i| ports[i].closed.is_none()).collect();
    let mut fds: Vec<PollFd<'_>> = open
        .iter()
        .map(|&i| {
            let room = if ports[i].wants_room() { PollFlags::POLLOUT } else { PollFlags::empty() };
            PollFd::new(ports[i].transport.waits_on(), PollFlags::POLLIN | room)
        })
        .collect();
    fds.extend([woken.as_fd(), alarm.as_fd()].map(|fd| PollFd::new(fd, PollFlags::POLLIN)));
    // An interrupted wait is a short one.
    let _ = poll(&mut fds, PollTimeout::from(LONGEST_WAIT_MS));
    let mut happened: Vec<bool> = fds.iter().map(|fd| fd.any().unwrap_or(false)).collect();
    drop(fds);
    if happened.pop() == Some(true) {
        alarm.clear();
    }
    readable.fill(false);
    for (&i, &happened) in open.iter().zip(&happened) {
        readable[i] = happened;
        if happened {
            ports[i].flush();
        }
    }
    if happened.last() == Some(&true) {
        while woken.recv(&mut [0; 8]).is_ok() {}
    }
}
