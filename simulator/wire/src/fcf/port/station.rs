//! Who is spoken to.

use npivot_fabric::san::ids::NPortIx;
use npivot_hal::{FcId, Roles, WwnPair};

use crate::fcf::link::Link;
use crate::fcf::turn::Turn;

/// An N_Port or a service of the fabric, as a peer sees it.
#[derive(Debug, Clone, Copy)]
pub(in crate::fcf) struct Station {
    /// Its names.
    pub(in crate::fcf) names: WwnPair,
    /// Its address.
    pub(in crate::fcf) id: FcId,
    /// What it does in FCP: a service nothing.
    pub(in crate::fcf) roles: Roles,
}

impl Turn<'_> {
    /// An N_Port of the simulation.
    pub(in crate::fcf) fn station_of(&self, ix: NPortIx) -> Station {
        let nport = self.world.san().nport(ix);
        Station { names: nport.names, id: nport.fc_id(), roles: nport.roles() }
    }

    /// A service of the fabric that a link is on; `None` where the segment has no switch.
    pub(in crate::fcf) fn service_station(&self, link: &Link, id: FcId) -> Option<Station> {
        let san = self.world.san();
        let names = san.service_names(san.switch_of(link.port), id)?;
        Some(Station { names, id, roles: Roles::default() })
    }
}
