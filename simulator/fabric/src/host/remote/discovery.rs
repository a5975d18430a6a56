//! Finding targets: name server queries, logins to targets, RSCN.

use npivot_hal::{FcId, PortState, Roles, WwnPair, Wwpn};

use crate::host::Rport;
use crate::san::ids::AdapterIx;
use crate::world::{Due, Happening, Stamp, World};

/// The well-known address of the directory server (FC-FS, "Well-known addresses").
const DIRECTORY_SERVER: FcId = FcId::DIRECTORY_SERVER;

impl World {
    /// Queues a name server query, unless one is queued that will see the same.
    pub(in crate::host) fn queue_discovery(&mut self, ix: AdapterIx) {
        let adapter = self.adapter_mut(ix);
        if std::mem::replace(&mut adapter.discovery_queued, true) {
            return;
        }
        let stamp = adapter.login;
        self.queue_after(self.latencies().discovery_us, Due::Discover(ix, stamp));
    }

    /// Sends an RSCN to an adapter. Those that come while a discovery is queued share it.
    pub(crate) fn send_rscn(&mut self, ix: AdapterIx, page: FcId) {
        let Some(adapter) = self.adapter(ix).filter(|a| a.nport.is_some()) else {
            return;
        };
        let stamp = adapter.login;
        self.queue_after(self.latencies().rscn_us, Due::Rscn(ix, stamp, page));
    }

    /// An RSCN arrives: the adapter asks the name server anew.
    pub(crate) fn rscn_is_due(&mut self, ix: AdapterIx, page: FcId) {
        let adapter = self.adapter_ref(ix);
        let (host, no) = (adapter.host, adapter.no);
        self.tell(Happening::Rscn { host, adapter: no, page });
        self.queue_discovery(ix);
    }

    /// GPN_FT: targets that are new get a login, those that are missing are lost.
    pub(crate) fn discovery_is_due(&mut self, ix: AdapterIx, stamp: Stamp) {
        self.adapter_mut(ix).discovery_queued = false;
        let Some(own) = self.adapter_ref(ix).nport else {
            return;
        };
        let initiators_too = self.driver_of(ix).lists_initiators();
        let visible: Vec<(Wwpn, FcId)> = (self.san.visible_from(own).into_iter())
            .map(|other| self.san.nport(other))
            .filter(|nport| nport.roles().target || initiators_too)
            .map(|nport| (nport.names.wwpn, nport.fc_id()))
            .collect();
        let adapter = self.adapter_ref(ix);
        let is_there = |r: &Rport| visible.iter().any(|(wwpn, _)| *wwpn == r.names.wwpn);
        let missing: Vec<u32> = (adapter.rports.iter())
            .filter(|(_, r)| r.is_up() && r.fc_id != Some(DIRECTORY_SERVER) && !is_there(r))
            .map(|(number, _)| *number)
            .collect();
        let is_logged_in = |wwpn, id| {
            let rport = adapter.rport(wwpn);
            rport.is_some_and(|r| r.is_up() && r.fc_id == Some(id))
        };
        let new: Vec<Wwpn> = (visible.iter())
            .filter(|&&(wwpn, id)| !is_logged_in(wwpn, id))
            .map(|&(wwpn, _)| wwpn)
            .collect();
        for number in missing {
            self.lose_rport(ix, number);
        }
        for wwpn in new {
            self.queue_after(self.latencies().port_login_us, Due::PortLogin(ix, stamp, wwpn));
        }
    }

    /// PLOGI with the directory server, which libfc keeps as a remote port like any other
    /// (`fc_lport_enter_dns`, `drivers/scsi/libfc/fc_lport.c`).
    pub(in crate::host) fn meet_directory_server(&mut self, ix: AdapterIx) {
        let adapter = self.adapter_ref(ix);
        let switch = self.san.switch_of(self.port_of(adapter));
        if !self.driver_of(ix).lists_directory_server() {
            return;
        }
        let Some(names) = self.san.service_names(switch, DIRECTORY_SERVER) else {
            return;
        };
        let number = self.rport_of(ix, names);
        self.find_rport(ix, number, DIRECTORY_SERVER, Roles::default());
    }

    /// The number of the remote port of this name, which is new if there was none.
    fn rport_of(&mut self, ix: AdapterIx, names: WwnPair) -> u32 {
        let adapter = self.adapter_ref(ix);
        let known = adapter.rports.iter().find(|(_, r)| r.names.wwpn == names.wwpn);
        if let Some((number, _)) = known {
            return *number;
        }
        let host = adapter.host.index();
        let bsg = self.hosts[host].bsgs.take();
        let adapter = self.adapter_mut(ix);
        let number = adapter.next_rport;
        adapter.next_rport += 1;
        let rport = Rport {
            names,
            fc_id: None,
            state: PortState::NotPresent,
            roles: Roles::default(),
            target: None,
            dev_loss_secs: adapter.dev_loss_secs,
            fast_io_fail_secs: None,
            bsg,
            lost: None,
        };
        adapter.rports.insert(number, rport);
        number
    }

    /// PLOGI and PRLI with another port: its remote port is online, old or new, and a target's LUNs are
    /// looked for.
    pub(crate) fn port_login_is_due(&mut self, ix: AdapterIx, stamp: Stamp, wwpn: Wwpn) {
        let Some(own) = self.adapter_ref(ix).nport else {
            return;
        };
        let fabric = self.san.fabric_of(own);
        // It may have left, or been zoned away, since the name server named it.
        let Some(other) = self.san.by_name(fabric, wwpn) else {
            return;
        };
        if self.san.reach(own, other).is_err() {
            return;
        }
        let nport = self.san.nport(other);
        let (names, fc_id, owner, roles) = (nport.names, nport.fc_id(), nport.owner, nport.roles());
        let number = self.rport_of(ix, names);
        self.find_rport(ix, number, fc_id, roles);
        if !roles.target {
            return;
        }
        // A target from outside has no array of ours behind it: its LUNs are the wire's business.
        let luns = owner.as_target().map_or(0, |target| self.shown_luns(ix, target).len());
        let (low, high) = self.latencies().lun_probe_us;
        let luns = luns.max(1) as u64;
        let range = (low.saturating_mul(luns), high.saturating_mul(luns));
        self.queue_after(range, Due::Probe(ix, stamp, number));
    }

    pub(super) fn tell_rport(&mut self, ix: AdapterIx, number: u32) {
        let adapter = self.adapter_ref(ix);
        let Some(rport) = adapter.rports.get(&number) else {
            return;
        };
        let (host, no) = (adapter.host, adapter.no);
        let (wwpn, state) = (rport.names.wwpn, rport.state);
        self.tell(Happening::RemotePort { host, adapter: no, wwpn, state });
    }
}
