//! Remote ports lost and found: Blocked, fast_io_fail, dev_loss.

use npivot_hal::{FcId, PathState, PortState, Roles};

use crate::san::ids::AdapterIx;
use crate::world::{Due, Stamp, World};

impl World {
    /// A remote port answers: it and its devices are usable, under the number and target id that it had.
    pub(super) fn find_rport(&mut self, ix: AdapterIx, number: u32, fc_id: FcId, roles: Roles) {
        let adapter = self.adapter_mut(ix);
        let next_target = adapter.next_target;
        let Some(rport) = adapter.rports.get_mut(&number) else {
            return;
        };
        rport.lost = None;
        rport.fc_id = Some(fc_id);
        rport.roles = roles;
        let is_new_target = roles.target && rport.target.is_none();
        if is_new_target {
            rport.target = Some(next_target);
        }
        let changed = !rport.is_up();
        if changed {
            rport.state = PortState::Online;
        }
        adapter.next_target += u32::from(is_new_target);
        self.set_path_states(ix, number, PathState::Running);
        if changed {
            self.tell_rport(ix, number);
        }
    }

    /// A remote port is lost: it is blocked, its I/O held, and the clocks run.
    pub(super) fn lose_rport(&mut self, ix: AdapterIx, number: u32) {
        let stamp = self.stamp();
        let Some(rport) = self.adapter_mut(ix).rports.get_mut(&number) else {
            return;
        };
        rport.state = PortState::Blocked;
        rport.lost = Some(stamp);
        let (dev_loss, fast_fail) = (rport.dev_loss_secs, rport.fast_io_fail_secs);
        self.set_path_states(ix, number, PathState::Blocked);
        self.tell_rport(ix, number);
        if let Some(secs) = fast_fail {
            self.queue_at(self.now().plus_secs(secs), Due::FastIoFail(ix, stamp, number));
        }
        self.queue_at(self.now().plus_secs(dev_loss), Due::DevLoss(ix, stamp, number));
    }

    pub(in crate::host) fn lose_all_rports(&mut self, ix: AdapterIx) {
        let rports = self.adapter_ref(ix).rports.iter();
        let up: Vec<u32> = rports.filter(|(_, r)| r.is_up()).map(|(number, _)| *number).collect();
        for number in up {
            self.lose_rport(ix, number);
        }
    }

    /// Whether the loss with this stamp still lasts.
    pub(crate) fn is_still_lost(&self, ix: AdapterIx, stamp: Stamp, number: u32) -> bool {
        let rport = self.adapter(ix).and_then(|a| a.rports.get(&number));
        rport.is_some_and(|rport| rport.lost == Some(stamp))
    }

    /// fast_io_fail: I/O is held no longer.
    pub(crate) fn fast_io_fail_is_due(&mut self, ix: AdapterIx, number: u32) {
        self.set_path_states(ix, number, PathState::TransportOffline);
    }

    /// dev_loss: the devices go. The number and the target id of a target stay bound to its name; of what
    /// never was a target nothing is left (`fc_timeout_deleted_rport`).
    pub(crate) fn dev_loss_is_due(&mut self, ix: AdapterIx, number: u32) {
        self.remove_devices_of(ix, number);
        let adapter = self.adapter_mut(ix);
        let host = adapter.host.index();
        let Some(rport) = adapter.rports.get_mut(&number) else {
            return;
        };
        rport.state = PortState::NotPresent;
        rport.fc_id = None;
        rport.roles = Roles::default();
        rport.lost = None;
        let gone = rport.target.is_none().then_some(rport.bsg);
        self.tell_rport(ix, number);
        if let Some(bsg) = gone {
            self.adapter_mut(ix).rports.remove(&number);
            self.hosts[host].bsgs.give_back(bsg);
        }
    }

    fn set_path_states(&mut self, ix: AdapterIx, number: u32, state: PathState) {
        for device in self.adapter_mut(ix).devices.values_mut() {
            if device.rport == number {
                device.state = state;
            }
        }
    }
}
