//! Nexuses: what initiators are owed, and what makes it so.

use npivot_hal::{Reservations, Wwpn};

use super::attention::{Condition, Nexus};
use super::scsi::Sense;
use super::{Array, VolumeIx};

impl Array {
    /// Makes a nexus known, as a login or a first command does: it is told of changes from now on. A new
    /// one is owed POWER ON, RESET, OR BUS DEVICE RESET OCCURRED at each logical unit.
    pub fn note_nexus(&mut self, initiator: Wwpn, port: u16) {
        self.attentions.used(Nexus::new(initiator, port));
    }

    /// REPORT LUNS was answered: the nexus knows, so it is not owed the unit attention any more (SAM-5,
    /// 5.14, with UA_INTLCK_CTRL 00b).
    pub fn luns_reported(&mut self, initiator: Wwpn, port: u16) {
        let nexus = Nexus::new(initiator, port);
        self.attentions.used(nexus);
        self.attentions.told(nexus, None, Condition::LunsChanged);
    }

    /// A host has scanned through the nexus: it has sent REPORT LUNS and asked every logical unit whether
    /// it is ready until it was, so nothing is owed any more. For a simulated host, which does not send
    /// these commands one by one.
    pub fn scanned(&mut self, initiator: Wwpn, port: u16) {
        self.attentions.settle(Nexus::new(initiator, port));
    }

    /// The unit attention that a nexus is told by its next command to a volume, if it is owed any. Without
    /// a volume, at a LUN that shows it nothing.
    pub fn pending_attention(&self, nexus: Nexus, volume: Option<VolumeIx>) -> Option<Sense> {
        self.attentions.first(nexus, volume).map(Condition::sense)
    }

    /// Forgets a nexus and what it is owed, as a logout does. Its registrations stay (SPC-5, 5.14.5).
    pub fn forget_nexus(&mut self, initiator: Wwpn, port: u16) {
        self.attentions.forget(Nexus::new(initiator, port));
    }

    /// How many nexuses are known.
    pub fn nexus_count(&self) -> usize {
        self.attentions.len()
    }

    /// Who is registered at a volume, and who holds it.
    pub fn reservations(&self, volume: VolumeIx) -> Reservations {
        self.volume(volume).registry.record()
    }

    /// The array loses power and gets it back: every nexus is owed POWER ON, RESET, OR BUS DEVICE RESET
    /// OCCURRED, mode pages are set back, and only registrations that were made with APTPL are still there.
    /// Content stays.
    pub fn power_cycle(&mut self) {
        self.attentions.power_on();
        for unit in self.volume_indices() {
            let volume = self.volume_mut(unit);
            volume.registry.power_on();
            volume.modes = super::target::Modes::default();
        }
    }

    /// The relative target port identifier of a port: they count from 1 (SPC-5, 7.7.6.8); one that has
    /// none has 0.
    pub(super) fn relative_port(port: u16) -> u16 {
        port.checked_add(1).unwrap_or(0)
    }

    /// Owes a condition to every nexus that sees a volume, but one.
    pub(super) fn owe_others(&mut self, but: Option<Nexus>, unit: VolumeIx, condition: Condition) {
        let groups = &self.groups;
        let sees = |initiator: Wwpn| {
            groups.group_of(initiator).is_some_and(|group| groups.lun_of(group, unit).is_some())
        };
        self.attentions.owe_others(but, unit, condition, sees);
    }

    /// Sets a logical unit back: mode pages, and what was owed there.
    pub(super) fn reset_unit(&mut self, unit: VolumeIx) {
        self.volume_mut(unit).modes = super::target::Modes::default();
        let groups = &self.groups;
        let sees = |initiator: Wwpn| {
            groups.group_of(initiator).is_some_and(|group| groups.lun_of(group, unit).is_some())
        };
        self.attentions.reset(unit, sees);
    }
}
