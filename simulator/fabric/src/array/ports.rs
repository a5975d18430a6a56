//! Target port groups: which ports serve well, badly or not at all (ALUA; SPC-5, 5.17).
//!
//! The array alone changes the states (implicit management, TPGS 01b), at its administrator's word.

use std::collections::BTreeMap;

use npivot_hal::{AccessState, Outcome};

use super::Array;
use super::attention::Condition;
use super::scsi::{Sense, SenseKey};

/// The group of a port that nobody has put into another.
pub const FIRST_PORT_GROUP: u16 = 1;

/// Which commands a state lets through: those of its own class and of the classes above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Need {
    /// INQUIRY and the like: answered in every state.
    Nothing,
    /// Questions about the unit, mode pages and reservations.
    Standby,
    /// Everything else.
    Active,
}

/// Why a command of this need is not done in a state, if it is not.
pub(super) const fn refusal(state: AccessState, need: Need) -> Option<Sense> {
    let ascq = match (state, need) {
        // A unit whose access depends on the block says itself which are not served.
        (
            AccessState::ActiveOptimized
            | AccessState::ActiveNonOptimized
            | AccessState::LbaDependent,
            _,
        )
        | (AccessState::Standby, Need::Standby)
        | (_, Need::Nothing) => return None,
        (AccessState::Transitioning, _) => 0x0a,
        (AccessState::Standby, Need::Active) => 0x0b,
        (AccessState::Unavailable, _) => 0x0c,
        (AccessState::Offline, _) => 0x12,
    };
    Some(Sense::new(SenseKey::NotReady, 0x04, ascq))
}

/// A target port group.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct PortGroup {
    pub(super) state: AccessState,
    pub(super) preferred: bool,
    /// Whether the array has ever changed the state.
    pub(super) changed: bool,
}

/// The groups of an array's ports.
#[derive(Debug, Clone, Default)]
pub(super) struct PortGroups {
    of: BTreeMap<u16, u16>,
    groups: BTreeMap<u16, PortGroup>,
}

impl PortGroups {
    /// The group of a port.
    pub(super) fn of(&self, port: u16) -> u16 {
        self.of.get(&port).copied().unwrap_or(FIRST_PORT_GROUP)
    }

    /// What is known of a group.
    pub(super) fn group(&self, group: u16) -> PortGroup {
        self.groups.get(&group).copied().unwrap_or_default()
    }
}

/// Target port groups, as the administrator sets them.
impl Array {
    /// The target port group of a port: [`FIRST_PORT_GROUP`], unless it was put into another.
    pub fn port_group(&self, port: u16) -> u16 {
        self.port_groups.of(port)
    }

    /// Puts a port into a group; one that is in it is `Unchanged`. It is for the time before the array is
    /// used: hosts learn groups when they find a device, and are not told that one is another now.
    pub fn set_port_group(&mut self, port: u16, group: u16) -> Outcome {
        let changed = self.port_groups.of(port) != group;
        self.port_groups.of.insert(port, group);
        changed.into()
    }

    /// The state that a port is in, with its group.
    pub fn access_state(&self, port: u16) -> AccessState {
        self.port_groups.group(self.port_groups.of(port)).state
    }

    /// Changes the state of a group, and tells every initiator: ASYMMETRIC ACCESS STATE CHANGED. The same
    /// state again is `Unchanged`.
    pub fn set_access_state(&mut self, group: u16, state: AccessState) -> Outcome {
        let known = self.port_groups.groups.entry(group).or_default();
        if known.state == state {
            return Outcome::Unchanged;
        }
        known.state = state;
        known.changed = true;
        self.attentions.owe_everywhere(Condition::AccessStateChanged);
        Outcome::Changed
    }

    /// Says whether a group is the preferred one (PREF): a host uses it where states are equal.
    pub fn set_preferred(&mut self, group: u16, preferred: bool) -> Outcome {
        let known = self.port_groups.groups.entry(group).or_default();
        let changed = known.preferred != preferred;
        known.preferred = preferred;
        changed.into()
    }

    /// The groups that have ports, in ascending order, each with its ports in order.
    pub(super) fn port_groups(&self) -> Vec<(u16, PortGroup, Vec<u16>)> {
        let mut ports: BTreeMap<u16, Vec<u16>> = BTreeMap::new();
        for port in (0..self.ports().len()).filter_map(|port| u16::try_from(port).ok()) {
            ports.entry(self.port_groups.of(port)).or_default().push(port);
        }
        let known = |(id, ports)| (id, self.port_groups.group(id), ports);
        ports.into_iter().map(known).collect()
    }
}
