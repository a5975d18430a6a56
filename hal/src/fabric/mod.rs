//! The switches of one fabric: the [`Fabric`] trait, its abilities and its records.

mod contract;
mod records;
mod zones;

pub use contract::{Fabric, Zoning};
pub use records::{FabricCapabilities, NameServerEntry, PortMode, Switch, SwitchPort};
pub use zones::{
    DefaultZone, EffectiveZones, Zone, ZoneDatabase, ZoneEdit, ZoneMember, ZoneTransaction,
    edit_zones,
};
