//! The directory: what N_Ports have registered, and what the fabric's own services are called.
//!
//! A simulated machine registers with its login, and [`NPort::roles`](super::NPort::roles) says all of it.
//! An N_Port from outside registers as its driver likes, object by object (FC-GS, "Name server"): that is
//! kept here, beside the compact table, for those few that do.

use std::collections::{BTreeMap, BTreeSet};

use npivot_hal::{FcId, Roles, WwnPair, Wwnn, Wwpn};
use serde::{Deserialize, Serialize};

use super::ids::{NPortIx, PortIx};
use super::nport::Owner;
use super::{San, Switch};

/// The FC-4 type of SCSI over FCP (FC-FS, "TYPE").
pub const FCP_TYPE: u8 = 0x08;

/// One object that an N_Port from outside registers, or takes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Registration {
    /// RFT_ID: the FC-4s that it speaks, all others not.
    Types(Vec<u8>),
    /// RFF_ID for FCP: what it does in it.
    Roles {
        /// Target function.
        target: bool,
        /// Initiator function.
        initiator: bool,
    },
    /// RSPN_ID: its symbolic port name, at most 255 bytes.
    PortSymbol(Vec<u8>),
    /// RSNN_NN: its node's symbolic name, at most 255 bytes.
    NodeSymbol(Vec<u8>),
    /// SCR: whether it wants to be told of state changes.
    StateChanges(bool),
    /// DA_ID: nothing of what it registered holds any more. That it wants to be told still does.
    Nothing,
}

/// What an N_Port from outside has registered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Registered {
    pub(crate) types: Vec<u8>,
    pub(crate) port_symbol: Vec<u8>,
    pub(crate) node_symbol: Vec<u8>,
    pub(crate) state_changes: bool,
    /// The addresses that it is being told of: on their way, and not there yet.
    pub(crate) on_the_way: BTreeSet<FcId>,
}

/// The registrations of N_Ports from outside.
#[derive(Debug, Default)]
pub(super) struct Directory {
    registered: BTreeMap<NPortIx, Registered>,
}

/// What the name server has of an N_Port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Its names.
    pub names: WwnPair,
    /// Its address.
    pub fc_id: FcId,
    /// What it does in FCP.
    pub roles: Roles,
    /// Whether it speaks FCP at all.
    pub fcp: bool,
    /// The FC-4s that it speaks besides.
    pub other_types: &'a [u8],
    /// Its symbolic port name, empty if there is none.
    pub port_symbol: &'a [u8],
    /// Its node's symbolic name, empty if there is none.
    pub node_symbol: &'a [u8],
}

impl Entry<'_> {
    /// Whether it speaks this FC-4.
    pub fn speaks(&self, fc_type: u8) -> bool {
        if fc_type == FCP_TYPE { self.fcp } else { self.other_types.contains(&fc_type) }
    }
}

impl San {
    /// What the name server has of an N_Port that is logged in.
    pub fn entry(&self, ix: NPortIx) -> Entry<'_> {
        let nport = self.nport(ix);
        let roles = nport.roles();
        let registered = self.directory.registered.get(&ix);
        let does = roles.target || roles.initiator;
        Entry {
            names: nport.names,
            fc_id: nport.fc_id(),
            roles,
            fcp: does || registered.is_some_and(|r| r.types.contains(&FCP_TYPE)),
            other_types: registered.map_or(&[], |r| &r.types),
            port_symbol: registered.map_or(&[], |r| &r.port_symbol),
            node_symbol: registered.map_or(&[], |r| &r.node_symbol),
        }
    }

    /// Whether an N_Port from outside has registered anything.
    pub(crate) fn is_registered(&self, ix: NPortIx) -> bool {
        self.directory.registered.contains_key(&ix)
    }

    /// Whether an RSCN is to be sent to an N_Port from outside: it wants to be told, and none about the
    /// same address is on its way. However often something changes meanwhile, what is on its way to an
    /// N_Port is bounded by what it may see.
    pub(crate) fn expect_state_change(&mut self, ix: NPortIx, page: FcId) -> bool {
        let registered = self.directory.registered.get_mut(&ix);
        registered.is_some_and(|to| to.state_changes && to.on_the_way.insert(page))
    }

    /// An RSCN has arrived at an N_Port from outside. Whether that still wants to be told.
    pub(crate) fn state_change_arrived(&mut self, ix: NPortIx, page: FcId) -> bool {
        let registered = self.directory.registered.get_mut(&ix);
        registered.is_some_and(|to| to.on_the_way.remove(&page) && to.state_changes)
    }

    /// The N_Ports from outside that want to be told, in all fabrics.
    pub(crate) fn told_of_state_changes(&self) -> impl Iterator<Item = NPortIx> {
        let all = self.directory.registered.iter();
        all.filter(|(_, registered)| registered.state_changes).map(|(&ix, _)| ix)
    }

    /// Registers something. Whether others may see the difference.
    pub(crate) fn register(&mut self, ix: NPortIx, registration: Registration) -> bool {
        let registered = self.directory.registered.entry(ix).or_default();
        let before = self.nports[ix].roles();
        match registration {
            Registration::Types(types) => {
                let changed = registered.types != types;
                registered.types = types;
                return changed;
            }
            Registration::Roles { target, initiator } => {
                let roles = Roles { target, initiator };
                self.nports.set_roles(ix, roles);
                return before != roles;
            }
            Registration::PortSymbol(name) => registered.port_symbol = name,
            Registration::NodeSymbol(name) => registered.node_symbol = name,
            Registration::StateChanges(wanted) => registered.state_changes = wanted,
            Registration::Nothing => {
                let state_changes = registered.state_changes;
                let on_the_way = std::mem::take(&mut registered.on_the_way);
                let new = Registered { state_changes, on_the_way, ..Registered::default() };
                let was = std::mem::replace(registered, new);
                self.nports.set_roles(ix, Roles::default());
                return before != Roles::default() || !was.types.is_empty();
            }
        }
        false
    }

    /// Forgets what an N_Port has registered that is logged in no more.
    pub(super) fn unregister(&mut self, ix: NPortIx) {
        if self.nport(ix).owner == Owner::OUTSIDE {
            self.directory.registered.remove(&ix);
        }
    }

    /// The names of a fabric's service at one of the well-known addresses, as the hosts of a segment see
    /// it: the segment's own, with the address at the end. `None` where the segment has no switch.
    pub fn service_names(&self, switch: &Switch, service: FcId) -> Option<WwnPair> {
        let fabric = self.fabric_name(switch)?.get();
        let port = 2 << 60 | fabric & 0x0fff_ffff_ff00_0000 | u64::from(service.get());
        Some(WwnPair::new(Wwpn::new(port)?, Wwnn::new(fabric)?))
    }

    /// The name of a switch's port, F_Port_Name: NAA 2, with the port's number before the switch's name.
    ///
    /// # Panics
    /// Never: the name has its NAA bits set.
    pub fn f_port_name(&self, port: PortIx) -> Wwpn {
        let number = u64::from(self.port(port).number) & 0xfff;
        let switch = self.switch_of(port).wwn().get() & 0x0000_ffff_ffff_ffff;
        Wwpn::new(2 << 60 | number << 48 | switch).expect("NAA 2 is set")
    }
}
