//! Remote ports lost and found: Blocked, fast_io_fail, dev_loss.

use npivot_hal::{FcId, PathState, PortState};

use crate::san::ids::AdapterIx;
use crate::world::{Due, Stamp, World};

impl World {
    /// A remote port answers: it and its devices are usable, under the number and target id that it had.
    pub(super) fn find_rport(&mut self, ix: AdapterIx, number: usize, fc_id: FcId) {
        let rport = &mut self.adapter_mut(ix).rports[number];
        rport.lost = None;
        rport.fc_id = Some(fc_id);
        let changed = rport.state != PortState::Online;
        rport.state = PortState::Online;
        self.set_path_states(ix, number, PathState::Running);
        if changed {
            self.tell_rport(ix, number);
        }
    }

    /// A remote port is lost: it is blocked, its I/O held, and the clocks run.
    pub(super) fn lose_rport(&mut self, ix: AdapterIx, number: usize) {
        let stamp = self.stamp();
        let adapter = self.adapter_mut(ix);
        let rport = &mut adapter.rports[number];
        rport.state = PortState::Blocked;
        rport.lost = Some(stamp);
        let (dev_loss, fast_fail) = (adapter.dev_loss_secs, adapter.fast_io_fail_secs);
        self.set_path_states(ix, number, PathState::Blocked);
        self.tell_rport(ix, number);
        let small = u32::try_from(number).unwrap_or(u32::MAX);
        if let Some(secs) = fast_fail {
            self.queue_at(self.now().plus_secs(secs), Due::FastIoFail(ix, stamp, small));
        }
        self.queue_at(self.now().plus_secs(dev_loss), Due::DevLoss(ix, stamp, small));
    }

    pub(super) fn lose_all_rports(&mut self, ix: AdapterIx) {
        for number in 0..self.adapter_ref(ix).rports.len() {
            if self.adapter_ref(ix).rports[number].state == PortState::Online {
                self.lose_rport(ix, number);
            }
        }
    }

    /// Whether the loss with this stamp still lasts.
    pub(crate) fn is_still_lost(&self, ix: AdapterIx, stamp: Stamp, number: u32) -> bool {
        let rport = self.adapter(ix).and_then(|a| a.rports.get(number as usize));
        rport.is_some_and(|rport| rport.lost == Some(stamp))
    }

    /// fast_io_fail: I/O is held no longer.
    pub(crate) fn fast_io_fail_is_due(&mut self, ix: AdapterIx, number: u32) {
        self.set_path_states(ix, number as usize, PathState::TransportOffline);
    }

    /// dev_loss: the devices go; the number and the target id stay bound to the port's name.
    pub(crate) fn dev_loss_is_due(&mut self, ix: AdapterIx, number: u32) {
        self.remove_devices_of(ix, number);
        let rport = &mut self.adapter_mut(ix).rports[number as usize];
        rport.state = PortState::NotPresent;
        rport.fc_id = None;
        rport.lost = None;
        self.tell_rport(ix, number as usize);
    }

    fn set_path_states(&mut self, ix: AdapterIx, number: usize, state: PathState) {
        for device in self.adapter_mut(ix).devices.values_mut() {
            if device.rport as usize == number {
                device.state = state;
            }
        }
    }
}
