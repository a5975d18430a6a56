//! npivot's hardware-abstraction layer: what a SAN is, in types and three contracts.
//!
//! A SAN has three kinds of machine, and each is a trait: a [`Host`] with Fibre Channel adapters, a
//! [`Fabric`] of switches, an [`Array`] of volumes. A backend implements those that it can; logic is
//! written against `&dyn` of them and never learns which backend it runs on.
//!
//! **Start here**: [`Host`] for the shape of a contract and a backend of fifteen lines; then [`Wwpn`] and
//! [`LunId`] for the vocabulary, [`Error`] and [`Outcome`] for what calls answer, [`layer`] for what can be
//! put around a backend.
//!
//! | module | what is in it |
//! |---|---|
//! | `names` | [`Wwpn`], [`Wwnn`], [`FcId`], [`Lun`], [`LunId`], [`ScsiAddress`]: types that cannot be mixed up |
//! | `host` | [`Host`] and its abilities [`Npiv`], [`Luns`], [`Links`], [`Events`] |
//! | `fabric` | [`Fabric`] and [`Zoning`] with its transactions |
//! | `array` | [`Array`] and [`Masking`] |
//! | `error`, `outcome` | what a call answers: whose fault, whether to retry, what changed |
//! | [`layer`] | wrappers over any backend: checked, traced, made to fail |
//! | [`scsi`] | what devices answer, decoded |
//!
//! This crate has no I/O, no clock and no randomness, and depends on no other part of npivot.

mod array;
mod error;
mod fabric;
mod host;
pub mod layer;
mod names;
mod outcome;
pub mod scsi;

pub use array::{Array, ArrayCapabilities, HostGroup, Mapping, Masking, TargetPort, Volume};
pub use error::{Error, ErrorKind, Fault, Result, Retry};
pub use fabric::{
    DefaultZone, EffectiveZones, Fabric, FabricCapabilities, NameServerEntry, PortMode, Switch,
    SwitchPort, Zone, ZoneDatabase, ZoneEdit, ZoneMember, ZoneTransaction, Zoning, edit_zones,
};
pub use host::{
    AccessState, Adapter, AdapterKind, Capacity, Event, EventStream, Events, Host,
    HostCapabilities, Links, LunDetails, LunPath, Luns, Npiv, NpivUse, PathState, PciAddress,
    PortState, RemotePort, Reservation, ReservationKind, Reservations, Roles, ScanScope, Vport,
    VportState,
};
pub use names::{
    AddressMethod, DomainId, FabricName, FcId, FcIdParseError, HostNo, Lun, LunId, LunIdParseError,
    ScsiAddress, ScsiAddressParseError, WwnPair, WwnParseError, Wwnn, Wwpn,
};
pub use outcome::Outcome;

/// The traits can be used as `dyn`: that is how backends are chosen at run time.
const _: fn(&dyn Host, &dyn Fabric, &dyn Array) = |_, _, _| ();
const _: fn(&dyn Npiv, &dyn Luns, &dyn Links, &dyn Events) = |_, _, _, _| ();
const _: fn(&dyn Zoning, &dyn Masking) = |_, _| ();
