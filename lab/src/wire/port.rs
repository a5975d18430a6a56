//! A plugged-in transport, with what waits to be sent.

use std::collections::VecDeque;

use npivot_fabric::world::SimTime;
use npivot_wire::fcf::{LinkIx, Outlet};

use super::tap::Tap;
use super::transport::{Sent, Transport};

/// How many frames may wait for a transport to take them; the next one is lost, as a switch with full
/// buffers loses it. Nine megabytes at the most.
const WAITING: usize = 4_096;

/// One port of a running forwarder.
#[derive(Debug)]
pub(super) struct Port {
    pub(super) transport: Box<dyn Transport>,
    pub(super) tap: Option<Tap>,
    waiting: VecDeque<Vec<u8>>,
    /// Frames that were lost because too many waited.
    pub(super) overrun: u64,
    /// Nothing comes and goes here any more, and why.
    pub(super) closed: Option<std::io::Error>,
}

impl Port {
    pub(super) fn new(transport: Box<dyn Transport>, tap: Option<Tap>) -> Self {
        Self { transport, tap, waiting: VecDeque::new(), overrun: 0, closed: None }
    }

    /// Takes a frame that has come.
    pub(super) fn receive(&mut self, now: SimTime, into: &mut [u8]) -> Option<usize> {
        if self.closed.is_some() {
            return None;
        }
        match self.transport.receive(into) {
            Ok(Some(length)) => {
                if let Some(tap) = &mut self.tap {
                    tap.frame(now, &into[..length]);
                }
                Some(length)
            }
            Ok(None) => None,
            Err(error) => {
                self.closed = Some(error);
                None
            }
        }
    }

    /// Sends a frame, or lets it wait behind those that do.
    fn send(&mut self, now: SimTime, frame: &[u8]) {
        if self.closed.is_some() {
            return;
        }
        if let Some(tap) = &mut self.tap {
            tap.frame(now, frame);
        }
        if self.waiting.is_empty() {
            match self.transport.send(frame) {
                Ok(Sent::Gone) => return,
                Ok(Sent::Later) => {}
                Err(error) => {
                    self.closed = Some(error);
                    return;
                }
            }
        }
        if self.waiting.len() >= WAITING {
            self.overrun += 1;
        } else {
            self.waiting.push_back(frame.to_vec());
        }
    }

    /// Sends what waits, as far as there is room.
    pub(super) fn flush(&mut self) {
        let done = self.transport.flush().and_then(|()| {
            while let Some(frame) = self.waiting.front() {
                match self.transport.send(frame)? {
                    Sent::Gone => drop(self.waiting.pop_front()),
                    Sent::Later => break,
                }
            }
            Ok(())
        });
        if let Err(error) = done {
            self.closed = Some(error);
        }
    }

    /// Whether it is to be told when there is room.
    pub(super) fn wants_room(&self) -> bool {
        self.closed.is_none() && (!self.waiting.is_empty() || self.transport.has_unsent())
    }
}

/// The ports as the forwarder's way out.
pub(super) struct Ports<'p> {
    pub(super) ports: &'p mut [Port],
    pub(super) now: SimTime,
}

impl Outlet for Ports<'_> {
    fn send(&mut self, link: LinkIx, frame: &[u8]) {
        if let Some(port) = self.ports.get_mut(link.index()) {
            port.send(self.now, frame);
        }
    }
}
