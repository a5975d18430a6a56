//! A machine with Fibre Channel adapters: the [`Host`] trait, its abilities and its records.

mod contract;
mod details;
mod event;
mod records;

pub use contract::{Events, Host, Links, Luns, Npiv};
pub use details::{AccessState, Capacity, LunDetails, Reservation, ReservationKind, Reservations};
pub use event::{Event, EventStream};
pub use records::{
    Adapter, AdapterKind, HostCapabilities, LunPath, NpivUse, PathState, PciAddress, PortState,
    RemotePort, Roles, ScanScope, Vport, VportState,
};
