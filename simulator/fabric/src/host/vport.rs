//! Vports: made, deleted, and their states (`enum fc_vport_state`).

use npivot_hal::{HostNo, Outcome, PortState, VportState, WwnPair};

use super::{Adapter, Kind, VportRefusal};
use crate::config::Driver;
use crate::san::ids::{AdapterIx, HostIx};
use crate::world::{Answer, Happening, Refusal, Reply, World};

impl World {
    /// A write to `vport_create`: the transport's checks, then the driver's, then a vport that has **not**
    /// logged in yet.
    pub(super) fn create_vport(&mut self, host: HostIx, parent: HostNo, names: WwnPair) -> Answer {
        let parent_ix = self.must_have_adapter(host, parent)?;
        self.check_new_vport(parent_ix, names).map_err(Refusal::Vport)?;
        let Kind::Physical { next_vport, .. } = &mut self.adapter_mut(parent_ix).kind else {
            return Err(Refusal::Vport(VportRefusal::not_capable()));
        };
        let number = *next_vport;
        *next_vport += 1;
        let kind = Kind::Virtual {
            parent: parent_ix,
            number,
            state: VportState::Unknown,
            last_state: VportState::Unknown,
        };
        let ix = self.add_adapter(host, names, kind);
        if let Kind::Physical { vports, .. } = &mut self.adapter_mut(parent_ix).kind {
            vports.push(ix);
        }
        let port = self.port_of(self.adapter_ref(parent_ix));
        let (state, port_state) = if !self.san.port(port).online {
            (VportState::Linkdown, PortState::Linkdown)
        } else if !self.san.switch_of(port).settings.npiv {
            (VportState::NoFabricSupport, PortState::Linkdown)
        } else {
            (VportState::Initializing, PortState::Linkdown)
        };
        self.adapter_mut(ix).state = port_state;
        self.set_vport_state(ix, state);
        // Without the base port's login FDISC has no ground: that login wakes the vport.
        if state == VportState::Initializing && self.adapter_ref(parent_ix).nport.is_some() {
            self.begin_login(ix);
        }
        Ok(Reply::Adapter(ix))
    }

    fn check_new_vport(&self, parent: AdapterIx, names: WwnPair) -> Result<(), VportRefusal> {
        let adapter = self.adapter_ref(parent);
        let driver = self.driver_of(parent);
        let Kind::Physical { port, max_vports, ref vports, .. } = adapter.kind else {
            return Err(VportRefusal::not_capable());
        };
        if max_vports == 0 {
            return Err(VportRefusal::not_capable());
        }
        if vports.len() >= max_vports as usize {
            return Err(VportRefusal::full(max_vports));
        }
        let no_npiv = adapter.nport.is_some() && !self.san.switch_of(port).settings.npiv;
        if no_npiv && driver.looks_for_npiv_first() {
            return Err(VportRefusal::switch_without_npiv());
        }
        let taken = std::iter::once(adapter)
            .chain(vports.iter().map(|&v| self.adapter_ref(v)))
            .any(|a| a.names.wwpn == names.wwpn);
        if taken {
            return Err(VportRefusal::duplicate(driver, names.wwpn));
        }
        let is_bad = |name: u64| name >> 60 == 1 && name >> 48 & 0xfff != 0;
        if driver == Driver::Lpfc && is_bad(names.wwpn.get()) {
            return Err(VportRefusal::bad_name(names.wwpn));
        }
        if driver == Driver::Lpfc && is_bad(names.wwnn.get()) {
            return Err(VportRefusal::bad_name(names.wwnn));
        }
        Ok(())
    }

    /// A write to `vport_delete`: synchronous; its devices go first, then its login, then the vport.
    pub(super) fn delete_vport(&mut self, host: HostIx, parent: HostNo, names: WwnPair) -> Answer {
        let parent_ix = self.must_have_adapter(host, parent)?;
        let Kind::Physical { vports, .. } = &self.adapter_ref(parent_ix).kind else {
            return Err(Refusal::Vport(VportRefusal::not_capable()));
        };
        // Both names must match: the transport compares the pair.
        let found = vports.iter().copied().find(|&v| self.adapter_ref(v).names == names);
        let ix = found.ok_or_else(|| Refusal::Vport(VportRefusal::no_such_vport()))?;
        self.remove_all_devices(ix);
        if let Kind::Physical { vports, .. } = &mut self.adapter_mut(parent_ix).kind {
            vports.retain(|&v| v != ix);
        }
        let (no, login) = (self.adapter_ref(ix).no, self.adapter_ref(ix).nport);
        // Gone from the host before its logout is told: nothing blocks, nothing waits for dev_loss.
        self.hosts[host.index()].adapters.remove(&no);
        self.adapters[ix.index()] = None;
        self.free_adapters.push(ix);
        if let Some(nport) = login {
            let gone = self.san.logout(nport);
            self.logged_out(&gone);
        }
        self.tell(Happening::Vport { host, parent, wwpn: names.wwpn, state: None });
        Ok(Reply::Outcome(Outcome::Changed))
    }

    /// Adds an adapter to a host's tables. Free slots are used again.
    pub(crate) fn add_adapter(&mut self, host: HostIx, names: WwnPair, kind: Kind) -> AdapterIx {
        let no = self.hosts[host.index()].take_number();
        let adapter = Box::new(Adapter {
            host,
            no,
            names,
            kind,
            nport: None,
            state: PortState::Linkdown,
            rports: vec![],
            devices: std::collections::BTreeMap::new(),
            dev_loss_secs: 60,
            fast_io_fail_secs: None,
            login: self.stamp(),
            next_target: 0,
            discovery_queued: false,
        });
        let ix = if let Some(free) = self.free_adapters.pop() {
            self.adapters[free.index()] = Some(adapter);
            free
        } else {
            self.adapters.push(Some(adapter));
            AdapterIx::from_index(self.adapters.len() - 1)
        };
        self.hosts[host.index()].adapters.insert(no, ix);
        ix
    }

    /// Sets a vport's state and tells it, if it differs.
    pub(crate) fn set_vport_state(&mut self, ix: AdapterIx, new: VportState) {
        let adapter = self.adapter_mut(ix);
        let (host, wwpn) = (adapter.host, adapter.names.wwpn);
        let Kind::Virtual { parent, state, last_state, .. } = &mut adapter.kind else {
            return;
        };
        if *state == new {
            return;
        }
        // As `fc_vport_set_state` does: what came before the way back to work is what to remember.
        if !matches!(new, VportState::Unknown | VportState::Initializing) {
            *last_state = *state;
        }
        *state = new;
        let parent = *parent;
        let parent = self.adapter_ref(parent).no;
        self.tell(Happening::Vport { host, parent, wwpn, state: Some(new) });
    }
}
