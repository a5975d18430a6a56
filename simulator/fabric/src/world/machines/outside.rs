//! N_Ports from outside: decoded frames, bulk logins. They are served as the simulated machines' are, and
//! what the fabric has to tell them of its own accord is kept for whoever carries it ([`Notice`]).

use npivot_hal::{FcId, Roles, Wwpn};

use super::nodes::Node;
use crate::san::ids::{FabricIx, NPortIx, PortIx};
use crate::san::{LoggedOut, Login, Owner, Registration};
use crate::world::command::roles;
use crate::world::{Answer, Due, NPortCommand, Refusal, Reply, World};

/// Something that the fabric tells an N_Port from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// RSCN: something about `page` has changed. Only for those that registered
    /// ([`Registration::StateChanges`]).
    StateChange {
        /// The switch port that it is behind.
        port: PortIx,
        /// Its address.
        to: FcId,
        /// The address that it is about.
        page: FcId,
    },
    /// It is logged in no more, and did not ask for that: its name was taken over, its base port left, the
    /// light went.
    LoggedOut {
        /// The switch port that it was behind.
        port: PortIx,
        /// Its name.
        wwpn: Wwpn,
        /// The address that it had.
        fc_id: FcId,
    },
    /// An array's port is logged in no more: it has forgotten who was logged in with it. For whoever keeps
    /// such logins.
    TargetLoggedOut {
        /// Its fabric.
        fabric: FabricIx,
        /// The address that it had.
        fc_id: FcId,
    },
}

/// The longest symbolic name (FC-GS, "Symbolic Port Name").
const MAX_SYMBOL_BYTES: usize = 255;

impl World {
    /// Begins to keep what is to be told to N_Ports from outside, for
    /// [`take_notices`](Self::take_notices): off by default.
    pub fn carry_notices(&mut self) {
        self.notices.get_or_insert_default();
    }

    /// What is to be told since the last time, in order. Empty while nobody
    /// [carries](Self::carry_notices) them.
    pub fn take_notices(&mut self) -> Vec<Notice> {
        self.notices.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Whether there is something to be told.
    pub fn has_notices(&self) -> bool {
        self.notices.as_ref().is_some_and(|notices| !notices.is_empty())
    }

    pub(super) fn notice(&mut self, notice: Notice) {
        if let Some(notices) = &mut self.notices {
            notices.push(notice);
        }
    }

    pub(in crate::world) fn act_on_nport(&mut self, command: NPortCommand) -> Answer {
        let of = |names, roles| Login { names, roles, owner: Owner::OUTSIDE };
        let accepted = match command {
            NPortCommand::Attach(port) => {
                return self.plug(port, Node::Outside).map(|()| Reply::Done);
            }
            NPortCommand::Logo { fabric, wwpn } => return self.log_outside_out(fabric, wwpn),
            NPortCommand::Register { fabric, fc_id, registration } => {
                return self.register_outside(fabric, fc_id, registration);
            }
            NPortCommand::Scsi { fabric, from, to, lun, cdb, data, room } => {
                let room = usize::try_from(room).unwrap_or(usize::MAX);
                let (from, target) = self.nexus_of(fabric, from, to)?;
                let done = self.serve_outside(from, target, lun, &cdb, &data, room);
                return Ok(Reply::Completion(Box::new(done)));
            }
            NPortCommand::Manage { fabric, from, to, lun, function } => {
                let (from, target) = self.nexus_of(fabric, from, to)?;
                return Ok(Reply::Managed(self.manage_outside(from, target, lun, function)));
            }
            NPortCommand::Login { port, names, further } => {
                self.outside_port(port)?;
                let login = of(names, Roles::default());
                if further { self.san.fdisc(port, &login) } else { self.san.flogi(port, &login) }
            }
            NPortCommand::Flogi { port, names, target } => {
                self.outside_port(port)?;
                self.san.flogi(port, &of(names, roles(target)))
            }
            NPortCommand::Fdisc { port, names, target } => {
                self.outside_port(port)?;
                self.san.fdisc(port, &of(names, roles(target)))
            }
        };
        let accepted = accepted?;
        self.logged_in(&accepted);
        Ok(Reply::Accepted(accepted))
    }

    fn outside_port(&self, port: PortIx) -> Result<(), Refusal> {
        match self.nodes.get(&port) {
            Some(Node::Outside) => Ok(()),
            Some(_) => Err(Refusal::Argument("a simulated machine is plugged in there".into())),
            None => Err(Refusal::NoSuch("attached switch port")),
        }
    }

    /// The N_Port from outside with this address.
    pub(super) fn outside_nport(&self, fabric: FabricIx, fc_id: FcId) -> Result<NPortIx, Refusal> {
        self.must_have_fabric(fabric)?;
        let nport = self.san.by_address(fabric, fc_id).ok_or(Refusal::NoSuch("login"))?;
        if self.san.nport(nport).owner != Owner::OUTSIDE {
            return Err(Refusal::Argument("that is a simulated machine's login".into()));
        }
        Ok(nport)
    }

    fn log_outside_out(&mut self, fabric: FabricIx, wwpn: Wwpn) -> Answer {
        self.must_have_fabric(fabric)?;
        let nport = self.san.by_name(fabric, wwpn).ok_or(Refusal::NoSuch("login"))?;
        if self.san.nport(nport).owner != Owner::OUTSIDE {
            return Err(Refusal::Argument("that is a simulated machine's login".into()));
        }
        let gone = self.san.logout(nport);
        self.logged_out(&gone);
        Ok(Reply::LoggedOut(nport))
    }

    fn register_outside(
        &mut self,
        fabric: FabricIx,
        fc_id: FcId,
        registration: Registration,
    ) -> Answer {
        let nport = self.outside_nport(fabric, fc_id)?;
        let too_long = match &registration {
            Registration::PortSymbol(name) | Registration::NodeSymbol(name) => {
                name.len() > MAX_SYMBOL_BYTES
            }
            Registration::Types(types) => types.len() > 256,
            _ => false,
        };
        if too_long {
            let text = "a symbolic name has at most 255 bytes, and there are 256 FC-4 types";
            return Err(Refusal::Argument(text.into()));
        }
        if self.san.register(nport, registration) {
            let (port, key) = (self.san.nport(nport).port, self.san.key(nport));
            self.announce(port, &key);
        }
        Ok(Reply::Done)
    }

    /// An N_Port from outside is logged in no more.
    pub(super) fn outside_lost_login(&mut self, gone: &LoggedOut) {
        let (port, wwpn, fc_id) = (gone.port, gone.names.wwpn, gone.fc_id);
        self.notice(Notice::LoggedOut { port, wwpn, fc_id });
    }

    /// Sends an RSCN to an N_Port from outside, if it wants to be told. Whether somebody carries it makes
    /// no difference to the world, or a run that is replayed without a carrier would go another way.
    pub(super) fn send_rscn_outside(&mut self, to: NPortIx, page: FcId) {
        if self.san.expect_state_change(to, page) {
            let fc_id = self.san.nport(to).fc_id();
            self.queue_after(self.latencies.rscn_us, Due::StateChange(to, fc_id, page));
        }
    }

    pub(in crate::world) fn state_change_is_due(&mut self, to: NPortIx, page: FcId) {
        if !self.san.state_change_arrived(to, page) {
            return;
        }
        let nport = self.san.nport(to);
        let (port, to) = (nport.port, nport.fc_id());
        self.notice(Notice::StateChange { port, to, page });
    }

    /// Whether an RSCN that is on its way has nobody to arrive at any more.
    pub(in crate::world) fn nobody_to_tell(&self, to: NPortIx, fc_id: FcId) -> bool {
        !self.san.is_registered(to) || self.san.nport(to).fc_id() != fc_id
    }
}
