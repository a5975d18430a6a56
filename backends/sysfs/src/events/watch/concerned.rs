//! Whom a message concerns, and what it tells by itself.

use std::collections::BTreeSet;

use npivot_hal::{Event, HostNo, ScsiAddress};

use crate::events::fc::FcEvent;
use crate::events::uevent::Uevent;

/// Beyond so many adapters, all are meant: what is remembered stays bounded, whatever numbers come.
const MOST: usize = 4_096;

/// The adapters that are to be looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Concerned {
    all: bool,
    adapters: BTreeSet<HostNo>,
}

impl Concerned {
    /// Every adapter.
    pub(super) const fn everybody() -> Self {
        Self { all: true, adapters: BTreeSet::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.all && self.adapters.is_empty()
    }

    pub(super) fn covers(&self, adapter: HostNo) -> bool {
        self.all || self.adapters.contains(&adapter)
    }

    pub(super) fn add(&mut self, other: Self) {
        self.all |= other.all;
        self.adapters.extend(other.adapters);
        if self.all || self.adapters.len() > MOST {
            *self = Self::everybody();
        }
    }

    /// Each host on the way to a uevent's object: that of a vport's device, and the vport's parent.
    pub(super) fn by_uevent(uevent: &Uevent) -> Self {
        let parts = uevent.devpath.split('/').filter_map(|part| part.strip_prefix("host"));
        let numbers = parts.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        let adapters = numbers.filter_map(|digits| digits.parse().ok()).map(HostNo).collect();
        Self { all: false, adapters }
    }

    pub(super) fn by_fc_events(events: &[FcEvent]) -> Self {
        Self { all: false, adapters: events.iter().map(|event| event.adapter).collect() }
    }
}

/// The unit attention 3F/0E, of which the kernel makes a uevent of the device that told it
/// (`scsi_evt_emit`, `drivers/scsi/scsi_lib.c`).
pub(super) fn luns_changed(uevent: &Uevent) -> Option<Event> {
    let told = uevent.get("SDEV_UA") == Some("REPORTED_LUNS_DATA_HAS_CHANGED");
    if !told || uevent.action != "change" || uevent.subsystem() != Some("scsi") {
        return None;
    }
    let address: ScsiAddress = uevent.devpath.rsplit('/').next()?.parse().ok()?;
    Some(Event::LunsChanged { address })
}
