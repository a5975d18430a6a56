//! Finding targets: name server queries, logins to targets, RSCN.

use npivot_hal::{FcId, PortState, Wwpn};

use super::Rport;
use crate::san::ids::AdapterIx;
use crate::world::{Due, Happening, Stamp, World};

impl World {
    /// Queues a name server query, unless one is queued that will see the same.
    pub(super) fn queue_discovery(&mut self, ix: AdapterIx) {
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
        let visible: Vec<(Wwpn, FcId)> = (self.san.visible_from(own).into_iter())
            .map(|other| self.san.nport(other))
            .filter(|nport| nport.roles().target)
            .map(|nport| (nport.names.wwpn, nport.fc_id()))
            .collect();
        let adapter = self.adapter_ref(ix);
        let is_there = |r: &Rport| visible.iter().any(|(wwpn, _)| *wwpn == r.names.wwpn);
        let missing: Vec<usize> = (adapter.rports.iter().enumerate())
            .filter(|(_, rport)| rport.state == PortState::Online && !is_there(rport))
            .map(|(number, _)| number)
            .collect();
        let is_logged_in = |wwpn, id| {
            let rport = adapter.rport(wwpn);
            rport.is_some_and(|r| r.state == PortState::Online && r.fc_id == Some(id))
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

    /// PLOGI and PRLI with a target: its remote port is online, old or new, and its LUNs are looked for.
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
        let (names, fc_id, owner) = (nport.names, nport.fc_id(), nport.owner);
        let adapter = self.adapter_mut(ix);
        let number = adapter.rports.iter().position(|r| r.names.wwpn == wwpn);
        let number = number.unwrap_or_else(|| {
            let target = adapter.next_target;
            adapter.next_target += 1;
            adapter.rports.push(Rport {
                names,
                fc_id: None,
                state: PortState::NotPresent,
                target,
                lost: None,
            });
            adapter.rports.len() - 1
        });
        self.find_rport(ix, number, fc_id);
        // A target from outside has no array of ours behind it: its LUNs are the wire's business.
        let luns = owner.as_target().map_or(0, |target| self.shown_luns(ix, target).len());
        let (low, high) = self.latencies().lun_probe_us;
        let luns = luns.max(1) as u64;
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        let range = (low.saturating_mul(luns), high.saturating_mul(luns));
        self.queue_after(range, Due::Probe(ix, stamp, number));
    }

    pub(super) fn tell_rport(&mut self, ix: AdapterIx, number: usize) {
        let adapter = self.adapter_ref(ix);
        let rport = &adapter.rports[number];
        let (host, no) = (adapter.host, adapter.no);
        let (wwpn, state) = (rport.names.wwpn, rport.state);
        self.tell(Happening::RemotePort { host, adapter: no, wwpn, state });
    }
}
