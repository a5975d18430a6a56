//! A host boots anew: what its kernel knew is gone, what its hardware is stays.

use std::collections::BTreeMap;

use npivot_hal::PortState;

use super::numbers::Numbers;
use super::{Adapter, DEV_LOSS_SECS, Kind};
use crate::san::ids::{AdapterIx, HostIx, PortIx};
use crate::world::{Happening, World};

impl World {
    /// Restarts a host. It takes no time: the adapters begin to log in at the instant at which they were
    /// logged out, as they do when the world begins.
    ///
    /// The fabric sees what a link that goes dark shows it: all behind the host's ports are logged out at
    /// once, whatever the switch does on a base port's LOGO. The arrays forget what they owe the nexuses
    /// that are gone, and keep everything else.
    pub(super) fn reboot(&mut self, host: HostIx) {
        self.tell(Happening::Boot { host });
        let mut hbas = self.hosts[host.index()].hbas.clone();
        let ports: Vec<PortIx> =
            hbas.iter().map(|&ix| self.port_of(self.adapter_ref(ix))).collect();
        for &ix in &hbas {
            self.forget_vports(ix);
            self.forget_remote_ports(ix);
        }
        // All at once: none of them is left to be told of another.
        let gone: Vec<_> = ports.into_iter().flat_map(|port| self.san.logout_port(port)).collect();
        self.logged_out(&gone);
        let tables = &mut self.hosts[host.index()];
        tables.adapters = BTreeMap::new();
        tables.boots += 1;
        tables.next_no = 0;
        tables.disks = Numbers::default();
        tables.generics = Numbers::default();
        tables.bsgs = Numbers::default();
        tables.disk_count = 0;
        // Drivers probe their cards side by side: who comes first is not said.
        self.shuffle("boot", &mut hbas);
        for ix in hbas {
            self.start_adapter(ix);
        }
    }

    /// An adapter's vports are gone without a trace: they are nowhere but in the kernel's memory.
    fn forget_vports(&mut self, parent: AdapterIx) {
        let Kind::Physical { vports, next_vport, .. } = &mut self.adapter_mut(parent).kind else {
            return;
        };
        *next_vport = 0;
        for ix in std::mem::take(vports) {
            self.remove_all_devices(ix);
            let Some(vport) = self.adapters[ix.index()].take() else {
                continue;
            };
            self.free_adapters.push(ix);
            let Adapter { host, no, names, .. } = *vport;
            self.hosts[host.index()].adapters.remove(&no);
            let parent = self.adapter_ref(parent).no;
            self.tell(Happening::Vport { host, parent, wwpn: names.wwpn, state: None });
        }
    }

    fn forget_remote_ports(&mut self, ix: AdapterIx) {
        self.remove_all_devices(ix);
        let adapter = self.adapter_mut(ix);
        let (host, no) = (adapter.host, adapter.no);
        let rports = std::mem::take(&mut adapter.rports);
        for rport in rports.into_values().filter(|rport| rport.state != PortState::NotPresent) {
            let wwpn = rport.names.wwpn;
            let state = PortState::NotPresent;
            self.tell(Happening::RemotePort { host, adapter: no, wwpn, state });
        }
    }

    /// A driver finds its card: it has the next number, and everything else as at first.
    fn start_adapter(&mut self, ix: AdapterIx) {
        let host = self.adapter_ref(ix).host;
        let tables = &mut self.hosts[host.index()];
        let (no, bsg) = (tables.take_number(), tables.bsgs.take());
        tables.adapters.insert(no, ix);
        let (now, login) = (self.now(), self.stamp());
        let adapter = self.adapter_mut(ix);
        adapter.no = no;
        adapter.bsg = bsg;
        adapter.state = PortState::Linkdown;
        adapter.dev_loss_secs = DEV_LOSS_SECS;
        adapter.since = now;
        adapter.login = login;
        adapter.next_target = 0;
        adapter.next_rport = 0;
        adapter.discovery_queued = false;
        let port = self.port_of(self.adapter_ref(ix));
        if self.san.port(port).online {
            self.begin_login(ix);
        }
    }
}
