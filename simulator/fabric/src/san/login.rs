//! FLOGI, FDISC and LOGO (FC-LS): limits, duplicate names, addresses.

use npivot_hal::{FcId, WwnPair, Wwpn};

use super::San;
use super::address::Addresses;
use super::ids::{NPortIx, PortIx, SwitchIx};
use super::nport::Login;
use super::switch::Attached;
use crate::config::DuplicateWwpn;

/// An accepted login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The N_Port.
    pub nport: NPortIx,
    /// Its address.
    pub fc_id: FcId,
    /// Whether the port accepts FDISC (the NPIV bit of the FLOGI accept).
    pub npiv: bool,
    /// The N_Ports that had to go because their name was taken over.
    pub displaced: Vec<LoggedOut>,
}

/// An N_Port that is logged in no more; its id may be used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoggedOut {
    /// Its names.
    pub names: WwnPair,
    /// The address that it had.
    pub fc_id: FcId,
    /// Whose it was.
    pub owner: super::Owner,
    /// The switch port that it was behind.
    pub port: PortIx,
}

/// Why a login is refused: the LS_RJT reasons and explanations of FC-LS.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LoginReject {
    /// No light, or the port leads to a switch: there is no answer at all.
    #[error("the link is down")]
    NoLink,
    /// FDISC before FLOGI ("unable to perform", "invalid S_ID").
    #[error("FDISC before the port's FLOGI")]
    BaseNotLoggedIn,
    /// FLOGI on a port whose base N_Port is logged in under another name.
    #[error("the port's base N_Port is logged in as {0}")]
    BaseTaken(Wwpn),
    /// The port does not accept FDISC.
    #[error("NPIV is disabled on the switch port")]
    NpivDisabled,
    /// The port's limit ("insufficient resources").
    #[error("insufficient resources: {limit} logins on this port is the limit")]
    PortFull {
        /// The limit.
        limit: u32,
    },
    /// The switch's limit ("insufficient resources").
    #[error("insufficient resources: {limit} logins on this switch is the limit")]
    SwitchFull {
        /// The limit.
        limit: u32,
    },
    /// The domain has no address left ("insufficient resources").
    #[error("insufficient resources: the domain has no N_Port_ID left")]
    NoAddress,
    /// The fabric has this name already ("invalid N_Port_Name").
    #[error("invalid N_Port_Name: {wwpn} is logged in as {fc_id}")]
    DuplicateName {
        /// The name.
        wwpn: Wwpn,
        /// Where it is logged in.
        fc_id: FcId,
    },
}

impl LoginReject {
    /// Whether the reject says "no resources", which drivers tell apart from a refused name.
    pub const fn is_resources(&self) -> bool {
        matches!(self, Self::PortFull { .. } | Self::SwitchFull { .. } | Self::NoAddress)
    }
}

impl San {
    /// A physical N_Port's fabric login. Its own repeated login is accepted as a new one: what was behind
    /// the port is logged out first (FC-LS: FLOGI ends all logins). Those who stayed when their base N_Port
    /// left stay when it returns.
    ///
    /// # Errors
    /// [`LoginReject`].
    pub fn flogi(&mut self, port: PortIx, login: &Login) -> Result<Accepted, LoginReject> {
        self.must_have_light(port)?;
        let mut displaced = vec![];
        if let Some(base) = self.port(port).base {
            let there = self.nport(base).names.wwpn;
            if there != login.names.wwpn {
                return Err(LoginReject::BaseTaken(there));
            }
            displaced = self.logout_port(port);
        }
        self.log_in(port, login, false, displaced)
    }

    /// A further N_Port's login behind the same port (NPIV). One that is logged in there already begins anew, as
    /// after a reset that the fabric was not told of (FC-LS: a repeated login ends the earlier one implicitly).
    ///
    /// # Errors
    /// [`LoginReject`].
    pub fn fdisc(&mut self, port: PortIx, login: &Login) -> Result<Accepted, LoginReject> {
        self.must_have_light(port)?;
        if self.port(port).base.is_none() {
            return Err(LoginReject::BaseNotLoggedIn);
        }
        if !self.switch_of(port).settings.npiv {
            return Err(LoginReject::NpivDisabled);
        }
        self.log_in(port, login, true, vec![])
    }

    fn must_have_light(&self, port: PortIx) -> Result<(), LoginReject> {
        let port = self.port(port);
        if port.online && port.attached == Attached::Node {
            Ok(())
        } else {
            Err(LoginReject::NoLink)
        }
    }

    fn log_in(
        &mut self,
        port: PortIx,
        login: &Login,
        by_fdisc: bool,
        mut displaced: Vec<LoggedOut>,
    ) -> Result<Accepted, LoginReject> {
        let duplicate = self.judge_duplicate(port, login.names.wwpn, by_fdisc)?;
        // What the newcomer displaces makes room: count it out before looking at the limits.
        let frees = |switch: SwitchIx| {
            duplicate.is_some_and(|d| self.port(self.nport(d).port).switch == switch)
        };
        let frees_port = duplicate.is_some_and(|d| self.nport(d).port == port);
        let switch_ix = self.port(port).switch;
        let switch = &self.switches[switch_ix.index()];
        let settings = switch.settings;
        if self.port(port).logins - u32::from(frees_port) >= settings.logins_per_port {
            return Err(LoginReject::PortFull { limit: settings.logins_per_port });
        }
        if switch.logins - u32::from(frees(switch_ix)) >= settings.logins {
            return Err(LoginReject::SwitchFull { limit: settings.logins });
        }
        if switch.addresses.used() - u32::from(frees(switch_ix)) >= Addresses::ALL {
            return Err(LoginReject::NoAddress);
        }
        // Nothing refuses from here on: who is logged out for the newcomer is told of.
        if let Some(loser) = duplicate {
            displaced.extend(self.logout(loser));
        }
        let nport = self.nports.add(login, port);
        let number = self.port(port).number;
        let fc_id = self.switches[switch_ix.index()].addresses.take(number, nport);
        let fc_id = fc_id.expect("a free address was counted above");
        self.nports.set_fc_id(nport, fc_id);
        if by_fdisc {
            self.append(port, nport);
        } else {
            self.prepend(port, nport);
        }
        let switch = &mut self.switches[switch_ix.index()];
        switch.logins += 1;
        let fabric = switch.fabric;
        self.fabrics[fabric.index()].by_name.insert(nport, &self.nports);
        Ok(Accepted { nport, fc_id, npiv: settings.npiv, displaced })
    }

    /// The N_Port that must go for this login, if the policy lets the newcomer win.
    fn judge_duplicate(
        &self,
        port: PortIx,
        wwpn: Wwpn,
        by_fdisc: bool,
    ) -> Result<Option<NPortIx>, LoginReject> {
        let switch = self.switch_of(port);
        let Some(there) = self.by_name(switch.fabric, wwpn) else {
            return Ok(None);
        };
        // Behind the same F_Port it is the same N_Port, whose login is repeated: no duplicate at all.
        let same = self.nport(there).port == port;
        let newcomer_wins = same
            || match switch.settings.duplicate_wwpn {
                DuplicateWwpn::FirstWins => false,
                DuplicateWwpn::SecondWins => true,
                DuplicateWwpn::SecondWinsIfFdisc => by_fdisc,
            };
        // An FDISC with the name of its own base port would pull the ground from under itself.
        let own_base = by_fdisc && self.port(port).base == Some(there);
        if newcomer_wins && !own_base {
            return Ok(Some(there));
        }
        Err(LoginReject::DuplicateName { wwpn, fc_id: self.nport(there).fc_id() })
    }

    fn append(&mut self, port: PortIx, nport: NPortIx) {
        let last = self.ports[port.index()].last;
        match last {
            Some(last) => self.nports.set_next(last, Some(nport)),
            None => self.ports[port.index()].first = Some(nport),
        }
        let port = &mut self.ports[port.index()];
        port.last = Some(nport);
        port.logins += 1;
    }

    fn prepend(&mut self, port: PortIx, base: NPortIx) {
        let first = self.ports[port.index()].first;
        self.nports.set_next(base, first);
        let port = &mut self.ports[port.index()];
        port.base = Some(base);
        port.first = Some(base);
        port.last = port.last.or(Some(base));
        port.logins += 1;
    }

    /// LOGO: logs an N_Port out. That of a base N_Port takes the others behind its port along, unless the
    /// switch keeps them; one that stays without its base keeps working (Brocade's "base device logout").
    pub fn logout(&mut self, nport: NPortIx) -> Vec<LoggedOut> {
        let port = self.nport(nport).port;
        let is_base = self.port(port).base == Some(nport);
        if is_base && !self.switch_of(port).settings.keep_npiv_on_base_logout {
            return self.logout_port(port);
        }
        vec![self.remove(nport)]
    }

    /// Logs everybody behind a port out, in order of login.
    pub fn logout_port(&mut self, port: PortIx) -> Vec<LoggedOut> {
        let mut gone = vec![];
        while let Some(first) = self.port(port).first {
            gone.push(self.remove(first));
        }
        gone
    }

    fn remove(&mut self, nport: NPortIx) -> LoggedOut {
        self.unregister(nport);
        let at = self.nport(nport).port;
        let mut before = None;
        for ix in self.behind(at) {
            if ix == nport {
                break;
            }
            before = Some(ix);
        }
        let after = self.nport(nport).next();
        match before {
            Some(before) => self.nports.set_next(before, after),
            None => self.ports[at.index()].first = after,
        }
        let port = &mut self.ports[at.index()];
        if port.last == Some(nport) {
            port.last = before;
        }
        port.base.take_if(|base| *base == nport);
        port.logins -= 1;
        let switch = &mut self.switches[port.switch.index()];
        switch.logins -= 1;
        let fc_id = self.nports[nport].fc_id();
        switch.addresses.release(fc_id);
        self.fabrics[switch.fabric.index()].by_name.remove(nport, &self.nports);
        let gone = &self.nports[nport];
        let gone = LoggedOut { names: gone.names, fc_id, owner: gone.owner, port: at };
        self.nports.remove(nport);
        gone
    }

    /// Turns the light on a port on or off. Off, everybody behind it is logged out.
    pub fn set_light(&mut self, port: PortIx, online: bool) -> Vec<LoggedOut> {
        self.ports[port.index()].online = online;
        if online { vec![] } else { self.logout_port(port) }
    }
}
