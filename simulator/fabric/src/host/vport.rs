//! Vports: made, deleted, and their states (`enum fc_vport_state`).

use npivot_hal::{HostNo, Outcome, PortState, VportState, WwnPair};

use super::{Adapter, DEV_LOSS_SECS, Kind, VportRefusal};
use crate::config::Driver;
use crate::san::ids::{AdapterIx, HostIx, PortIx};
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
            symbolic_name: String::new(),
        };
        let ix = self.add_adapter(host, names, kind);
        if let Kind::Physical { vports, .. } = &mut self.adapter_mut(parent_ix).kind {
            vports.push(ix);
        }
        let port = self.port_of(self.adapter_ref(parent_ix));
        let state = self.state_before_login(port);
        self.start_vport(ix, state);
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
        self.give_back_minors(ix);
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
        let is_hba = matches!(kind, Kind::Physical { .. });
        let no = self.hosts[host.index()].take_number();
        let bsg = self.hosts[host.index()].bsgs.take();
        let adapter = Box::new(Adapter {
            host,
            no,
            names,
            kind,
            nport: None,
            state: PortState::Linkdown,
            rports: std::collections::BTreeMap::new(),
            devices: std::collections::BTreeMap::new(),
            dev_loss_secs: DEV_LOSS_SECS,
            bsg,
            since: self.now(),
            login: self.stamp(),
            next_target: 0,
            next_rport: 0,
            discovery_queued: false,
        });
        let ix = if let Some(free) = self.free_adapters.pop() {
            self.adapters[free.index()] = Some(adapter);
            free
        } else {
            self.adapters.push(Some(adapter));
            AdapterIx::from_index(self.adapters.len() - 1)
        };
        let tables = &mut self.hosts[host.index()];
        tables.adapters.insert(no, ix);
        if is_hba {
            tables.hbas.push(ix);
        }
        ix
    }

    /// The bsg nodes of an adapter and its remote ports go with it.
    fn give_back_minors(&mut self, ix: AdapterIx) {
        let adapter = self.adapter_ref(ix);
        let minors: Vec<u32> =
            adapter.rports.values().map(|rport| rport.bsg).chain([adapter.bsg]).collect();
        let host = adapter.host.index();
        for minor in minors {
            self.hosts[host].bsgs.give_back(minor);
        }
    }

    /// A write to `vport_disable`: logs the vport out, or lets it log in again
    /// (`fcoe_vport_disable`, `drivers/scsi/fcoe/fcoe.c`).
    pub(super) fn disable_vport(&mut self, ix: AdapterIx, disable: bool) -> Answer {
        let state = self.adapter_ref(ix).vport_state().ok_or(Refusal::NoSuch("vport"))?;
        if disable == (state == VportState::Disabled) {
            return Err(Refusal::Already(format!("the vport is {state}")));
        }
        if !disable {
            let state = self.state_before_login(self.port_of(self.adapter_ref(ix)));
            self.start_vport(ix, state);
            return Ok(Reply::Outcome(Outcome::Changed));
        }
        self.set_vport_state(ix, VportState::Disabled);
        // What is queued for its login is over, and so is the login.
        self.adapter_mut(ix).login = self.stamp();
        if let Some(nport) = self.adapter_ref(ix).nport {
            let gone = self.san.logout(nport);
            self.logged_out(&gone);
        }
        self.set_adapter_state(ix, PortState::Offline);
        Ok(Reply::Outcome(Outcome::Changed))
    }

    /// A write to a vport's `symbolic_name`.
    pub(super) fn set_symbolic_name(&mut self, ix: AdapterIx, name: &str) -> Answer {
        let Kind::Virtual { symbolic_name, .. } = &mut self.adapter_mut(ix).kind else {
            return Err(Refusal::NoSuch("vport"));
        };
        if name.len() > 63 || name.bytes().any(|byte| byte < 0x20 || byte == 0x7f) {
            let text = format!("a symbolic name is up to 63 printable bytes, not `{name}`");
            return Err(Refusal::Argument(text));
        }
        let changed = symbolic_name != name;
        name.clone_into(symbolic_name);
        Ok(Reply::Outcome(Outcome::from(changed)))
    }

    /// What a vport is before it has tried to log in.
    fn state_before_login(&self, port: PortIx) -> VportState {
        if !self.san.port(port).online {
            VportState::Linkdown
        } else if !self.san.switch_of(port).settings.npiv {
            VportState::NoFabricSupport
        } else {
            VportState::Initializing
        }
    }

    /// Puts a vport into the state from which it logs in, and begins if it can.
    fn start_vport(&mut self, ix: AdapterIx, state: VportState) {
        self.set_vport_state(ix, state);
        let Kind::Virtual { parent, .. } = self.adapter_ref(ix).kind else {
            return;
        };
        // Without the base port's login FDISC has no ground: that login wakes the vport.
        if state == VportState::Initializing && self.adapter_ref(parent).nport.is_some() {
            self.begin_login(ix);
        }
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
