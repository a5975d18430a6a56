//! Adapters' fabric logins, and what their loss does.

use npivot_hal::{PortState, Roles, VportState};

use super::driver::AfterReject;
use super::{Adapter, Kind};
use crate::san::ids::{AdapterIx, PortIx};
use crate::san::{Accepted, Login, LoginReject, Owner};
use crate::world::{Due, Happening, Stamp, World};

/// How long an N_Port waits after a reject before it tries again, in microseconds: libfc's, about 2 s.
pub(crate) const RETRY_US: u64 = 2_000_000;

impl World {
    /// The switch port that an adapter is behind: a vport's is its parent's.
    pub(crate) fn port_of(&self, adapter: &Adapter) -> PortIx {
        let mut adapter = adapter;
        loop {
            match adapter.kind {
                Kind::Physical { port, .. } => return port,
                Kind::Virtual { parent, .. } => adapter = self.adapter_ref(parent),
            }
        }
    }

    /// Begins a new login of an adapter: what was queued for the one before is over.
    pub(crate) fn begin_login(&mut self, ix: AdapterIx) {
        let stamp = self.stamp();
        self.adapter_mut(ix).login = stamp;
        self.queue_after(self.latencies().login_us, Due::Login(ix, stamp));
    }

    /// Whether what was queued under this stamp still belongs to the adapter's present.
    pub(crate) fn is_current(&self, ix: AdapterIx, stamp: Stamp) -> bool {
        self.adapter(ix).is_some_and(|adapter| adapter.login == stamp)
    }

    /// An adapter sends FLOGI, or a vport FDISC.
    pub(crate) fn login_is_due(&mut self, ix: AdapterIx) {
        let adapter = self.adapter_ref(ix);
        let port = self.port_of(adapter);
        let login = Login {
            names: adapter.names,
            roles: Roles { target: false, initiator: true },
            owner: Owner::adapter(ix),
        };
        let answer = if adapter.vport_state().is_some() {
            self.san.fdisc(port, &login)
        } else {
            self.san.flogi(port, &login)
        };
        match answer {
            Ok(accepted) => self.adapter_logged_in(ix, &accepted),
            Err(reject) => self.login_was_rejected(ix, port, &reject),
        }
    }

    fn adapter_logged_in(&mut self, ix: AdapterIx, accepted: &Accepted) {
        // The login that this one replaces was its own: take note of the new one only after that loss.
        self.logged_in(accepted);
        let stamp = self.stamp();
        let adapter = self.adapter_mut(ix);
        adapter.nport = Some(accepted.nport);
        adapter.login = stamp;
        self.set_adapter_state(ix, PortState::Online);
        if self.adapter_ref(ix).vport_state().is_some() {
            self.set_vport_state(ix, VportState::Active);
        }
        self.meet_directory_server(ix);
        self.wake_vports(ix, accepted.npiv);
        self.queue_discovery(ix);
    }

    /// The vports of an adapter that just logged in log in too, if the switch offers NPIV. Those that
    /// outlived their base port's logout have no need to.
    fn wake_vports(&mut self, ix: AdapterIx, npiv: bool) {
        let Kind::Physical { vports, .. } = &self.adapter_ref(ix).kind else {
            return;
        };
        for vport in vports.clone() {
            let adapter = self.adapter_ref(vport);
            if adapter.nport.is_some() || adapter.vport_state() == Some(VportState::Disabled) {
                continue;
            }
            if npiv {
                self.set_vport_state(vport, VportState::Initializing);
                self.begin_login(vport);
            } else {
                self.set_vport_state(vport, VportState::NoFabricSupport);
            }
        }
    }

    fn login_was_rejected(&mut self, ix: AdapterIx, port: PortIx, reject: &LoginReject) {
        let adapter = self.adapter_ref(ix);
        let (wwpn, host) = (adapter.names.wwpn, adapter.host);
        let is_vport = adapter.vport_state().is_some();
        if !matches!(reject, LoginReject::NoLink) {
            self.refused(port, wwpn, &reject.to_string());
        }
        let after = match (is_vport, reject) {
            // No answer: the link's return begins anew.
            (_, LoginReject::NoLink) => return,
            // The base port's login will wake it.
            (true, LoginReject::BaseNotLoggedIn) => AfterReject::Stay(VportState::Linkdown),
            (true, LoginReject::NpivDisabled) => AfterReject::Stay(VportState::NoFabricSupport),
            (true, reject) => self.hosts[host.index()].driver.after_reject(reject),
            (false, _) => AfterReject::Retry,
        };
        match after {
            AfterReject::Stay(state) => self.set_vport_state(ix, state),
            AfterReject::Retry => {
                let stamp = self.stamp();
                self.adapter_mut(ix).login = stamp;
                self.queue_at(self.now() + RETRY_US, Due::Login(ix, stamp));
            }
        }
    }

    /// The fabric has logged an adapter out: its link went, its base port left, its name was taken over.
    pub(crate) fn adapter_lost_login(&mut self, ix: AdapterIx) {
        let stamp = self.stamp();
        let Some(adapter) = self.adapters[ix.index()].as_deref_mut() else {
            return;
        };
        adapter.nport = None;
        adapter.login = stamp;
        adapter.discovery_queued = false;
        let is_vport = adapter.vport_state().is_some();
        let port = self.port_of(self.adapter_ref(ix));
        let light = self.san.port(port).online;
        self.lose_all_rports(ix);
        self.set_adapter_state(ix, if light { PortState::Offline } else { PortState::Linkdown });
        let disabled = self.adapter_ref(ix).vport_state() == Some(VportState::Disabled);
        if is_vport && !disabled {
            if light {
                // What happened is told, and kept as its last state; what it is now nobody says.
                self.set_vport_state(ix, VportState::FabricLogout);
                self.set_vport_state(ix, VportState::Unknown);
            } else {
                self.set_vport_state(ix, VportState::Linkdown);
            }
        }
    }

    /// The light on an adapter's port changed.
    pub(crate) fn adapter_light_changed(&mut self, ix: AdapterIx, on: bool) {
        if on {
            self.begin_login(ix);
            return;
        }
        // Those that were not logged in get no logout; they must see the dark all the same.
        self.set_adapter_state(ix, PortState::Linkdown);
        let Kind::Physical { vports, .. } = &self.adapter_ref(ix).kind else {
            return;
        };
        for vport in vports.clone() {
            // A login that is on its way, or waits to be tried again, is not sent into the dark.
            self.adapter_mut(vport).login = self.stamp();
            self.set_adapter_state(vport, PortState::Linkdown);
            if self.adapter_ref(vport).vport_state() != Some(VportState::Disabled) {
                self.set_vport_state(vport, VportState::Linkdown);
            }
        }
    }

    /// `issue_lip`: logs a physical adapter out and in again; on a vport it does nothing that can be seen.
    pub(crate) fn reset_adapter(&mut self, ix: AdapterIx) {
        if self.adapter_ref(ix).vport_state().is_some() {
            return;
        }
        if let Some(nport) = self.adapter_ref(ix).nport {
            let gone = self.san.logout(nport);
            self.logged_out(&gone);
        }
        self.begin_login(ix);
    }

    /// Sets an adapter's port state and tells it, if it differs.
    pub(crate) fn set_adapter_state(&mut self, ix: AdapterIx, state: PortState) {
        let adapter = self.adapter_mut(ix);
        if adapter.state == state {
            return;
        }
        adapter.state = state;
        let (host, no) = (adapter.host, adapter.no);
        self.tell(Happening::Adapter { host, no, state });
    }
}
