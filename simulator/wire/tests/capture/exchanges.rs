//! Which request an answer belongs to, as both ends of an exchange know it.

use std::collections::BTreeMap;

use npivot_hal::FcId;
use npivot_wire::ct::{Service, directory};
use npivot_wire::els;
use npivot_wire::fc2::Header;

/// What an exchange began with.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Began {
    Els(els::Command),
    Ct(Service, directory::Command),
}

/// The exchanges, by originator, responder and OX_ID; an OX_ID that is used again replaces the one before.
/// An answer does not end one here, since a frame between two ports of the kernel's is captured twice: on
/// its way to the forwarder, and from it. Logins to the fabric begin at address 0 and are answered to the
/// new address: there is one at a time.
#[derive(Debug, Default)]
pub(crate) struct Exchanges {
    begun: BTreeMap<(FcId, FcId, u16), Began>,
    login: Option<els::Command>,
}

impl Exchanges {
    pub(crate) fn begin(&mut self, header: &Header, began: Began) {
        match began {
            Began::Els(command @ (els::Command::FLOGI | els::Command::FDISC)) => {
                self.login = Some(command);
            }
            _ => {
                self.begun.insert((header.s_id, header.d_id, header.ox_id), began);
            }
        }
    }

    pub(crate) fn of(&mut self, answer: &Header) -> Option<Began> {
        let key = (answer.d_id, answer.s_id, answer.ox_id);
        let begun = self.begun.get(&key).copied();
        let mut login = || self.login.take_if(|_| answer.s_id == FcId::FABRIC_LOGIN);
        begun.or_else(|| login().map(Began::Els))
    }
}
