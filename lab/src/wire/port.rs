//! A plugged-in transport, with what waits to be sent.

use std::collections::VecDeque;

use npivot_fabric::world::SimTime;
use npivot_wire::faults::{FaultPlan, Faults};
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
    /// Frames that go with the next call, one behind the other, and where each ends.
    batch: Vec<u8>,
    ends: Vec<usize>,
    /// What befalls frames that come, and frames that go.
    faults: Option<[Faults; 2]>,
    /// Frames that have come late, for the next to be asked.
    came: VecDeque<Vec<u8>>,
    /// Frames that were not sent because too many waited.
    overrun: u64,
    /// Nothing comes and goes here any more, and why.
    pub(super) closed: Option<std::io::Error>,
}

impl Port {
    pub(super) fn new(
        transport: Box<dyn Transport>,
        tap: Option<Tap>,
        faults: Option<FaultPlan>,
        number: usize,
    ) -> Self {
        // Two paths of a host do not lose the same frames.
        let stream = |plan, way: &str| Faults::new(plan, &format!("{way} {number}"));
        let faults = faults.map(|plan| [stream(plan, "in"), stream(plan, "out")]);
        let (waiting, came) = (VecDeque::new(), VecDeque::new());
        let (batch, ends) = (vec![], vec![]);
        Self { transport, tap, waiting, batch, ends, faults, came, overrun: 0, closed: None }
    }

    /// When a frame that is late is due, or one that has come and was not looked at yet.
    pub(super) fn next_due(&self) -> Option<SimTime> {
        let has_come = !self.came.is_empty() || self.transport.has_received();
        let now = (has_come && self.closed.is_none()).then_some(SimTime::ZERO);
        let late = self.faults.iter().flatten().filter_map(Faults::next_due);
        late.chain(now).min()
    }

    /// Lets late frames come and go.
    pub(super) fn release(&mut self, now: SimTime) {
        let Some(mut faults) = self.faults.take() else { return };
        let [coming, going] = &mut faults;
        coming.release(now, |frame| self.came.push_back(frame.to_vec()));
        going.release(now, |frame| self.put(now, frame));
        self.faults = Some(faults);
    }

    /// How many frames were lost because one side was too slow, both ways.
    pub(super) fn lost(&mut self) -> u64 {
        self.overrun + self.transport.lost()
    }

    /// Nothing comes and goes any more.
    fn close(&mut self, error: std::io::Error) {
        self.closed = Some(error);
        self.faults = None;
        self.came.clear();
        self.waiting.clear();
    }

    /// Takes a frame that has come.
    pub(super) fn receive(&mut self, now: SimTime, into: &mut [u8]) -> Option<usize> {
        if self.closed.is_some() {
            return None;
        }
        loop {
            if let Some(frame) = self.came.pop_front() {
                let length = frame.len().min(into.len());
                into[..length].copy_from_slice(&frame[..length]);
                return Some(self.tapped(now, &into[..length]));
            }
            match self.transport.receive(into) {
                Ok(Some(length)) => match &mut self.faults {
                    None => return Some(self.tapped(now, &into[..length])),
                    Some([coming, _]) => {
                        coming.pass(now, &into[..length], |f| self.came.push_back(f.to_vec()));
                    }
                },
                Ok(None) => return None,
                Err(error) => {
                    self.close(error);
                    return None;
                }
            }
        }
    }

    fn tapped(&mut self, now: SimTime, frame: &[u8]) -> usize {
        if let Some(tap) = &self.tap {
            tap.frame(now, frame);
        }
        frame.len()
    }

    /// Sends a frame, unless a fault befalls it.
    fn send(&mut self, now: SimTime, frame: &[u8]) {
        let Some(mut faults) = self.faults.take() else { return self.put(now, frame) };
        faults[1].pass(now, frame, |frame| self.put(now, frame));
        self.faults = Some(faults);
    }

    /// Sends a frame, or lets it wait behind those that do.
    fn put(&mut self, now: SimTime, frame: &[u8]) {
        if self.closed.is_some() {
            return;
        }
        if let Some(tap) = &self.tap {
            tap.frame(now, frame);
        }
        if self.waiting.is_empty() {
            self.batch.extend_from_slice(frame);
            self.ends.push(self.batch.len());
        } else {
            self.let_wait(frame.to_vec());
        }
    }

    fn let_wait(&mut self, frame: Vec<u8>) {
        if self.waiting.len() >= WAITING {
            self.overrun += 1;
        } else {
            self.waiting.push_back(frame);
        }
    }

    /// Sends what was put together since the last time: all that answers one frame goes in one call.
    pub(super) fn send_batch(&mut self) {
        if self.ends.is_empty() {
            return;
        }
        let batch = std::mem::take(&mut self.batch);
        let starts = std::iter::once(&0).chain(&self.ends);
        let frames: Vec<&[u8]> =
            starts.zip(&self.ends).map(|(&start, &end)| &batch[start..end]).collect();
        let mut left = &frames[..];
        let mut broken = None;
        while !left.is_empty() {
            match self.transport.send_all(left) {
                Ok(0) => break,
                Ok(sent) => left = &left[sent.min(left.len())..],
                Err(error) => {
                    broken = Some(error);
                    left = &[];
                }
            }
        }
        let late: Vec<Vec<u8>> = left.iter().map(|frame| frame.to_vec()).collect();
        self.ends.clear();
        for frame in late {
            self.let_wait(frame);
        }
        self.batch = batch;
        self.batch.clear();
        if let Some(error) = broken {
            self.close(error);
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
            self.close(error);
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

impl Ports<'_> {
    /// Sends what the ports have put together.
    pub(super) fn send_batches(&mut self) {
        for port in self.ports.iter_mut() {
            port.send_batch();
        }
    }
}

impl Outlet for Ports<'_> {
    fn send(&mut self, link: LinkIx, frame: &[u8]) {
        if let Some(port) = self.ports.get_mut(link.index()) {
            port.send(self.now, frame);
        }
    }
}
