//! What happens on a host without being asked.

use std::pin::Pin;

use futures_core::Stream;

use crate::{FcId, HostNo, ScsiAddress, Wwpn};

use super::{PortState, VportState};

/// Something happened. An event says *where to look*, not what is now so: when it is read, the state may
/// have moved on. It never comes before the state that it tells of can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// An adapter's port changed its state (link up, link down, login, logout).
    Adapter {
        /// The adapter.
        no: HostNo,
        /// Its state at the time.
        state: PortState,
    },
    /// A vport was made, changed its state, or (`state` is `None`) went.
    Vport {
        /// The adapter it is on.
        parent: HostNo,
        /// Its port name.
        wwpn: Wwpn,
        /// Its state at the time, `None` when it was deleted.
        state: Option<VportState>,
    },
    /// A remote port came, went or changed its state.
    RemotePort {
        /// The adapter that sees it.
        adapter: HostNo,
        /// Its port name, if the kernel still knows it.
        wwpn: Option<Wwpn>,
        /// Its state at the time.
        state: PortState,
    },
    /// A SCSI device came (`true`) or went (`false`).
    Lun {
        /// Its address.
        address: ScsiAddress,
        /// Whether it is there.
        present: bool,
    },
    /// A SCSI device answered that its data has changed identity or that LUNs were mapped or unmapped
    /// (unit attention 3F/0E). Linux logs it and changes nothing.
    LunsChanged {
        /// The device that said so.
        address: ScsiAddress,
    },
    /// The fabric said that something changed (RSCN).
    Rscn {
        /// The adapter that was told.
        adapter: HostNo,
        /// The page's address.
        port_id: FcId,
    },
    /// Events were lost between here and the source. Read everything anew.
    Lost,
}

/// Events from the moment of subscription on. It ends when the backend does. A slow reader gets
/// [`Event::Lost`] in place of what it missed; memory is bounded.
pub type EventStream = Pin<Box<dyn Stream<Item = Event> + Send>>;
