//! The administrators' work on zones and masks.

use npivot_hal::{Outcome, ZoneTransaction};

use crate::array::{Storage, VolumeError};
use crate::san::ids::{ArrayIx, FabricIx};
use crate::world::{
    Answer, Due, Happening, MaskingCommand, Refusal, Reply, SimTime, World, ZoningCommand,
};

impl World {
    /// How long a zoning transaction may be silent before the fabric ends it, in seconds.
    pub const ZONE_TRANSACTION_SECS: u32 = 30;

    /// What a volume holds from byte `at` on, as the array itself has it ([`Array::content`]).
    ///
    /// # Errors
    /// [`Refusal::NoSuch`]: no such array or volume; [`Refusal::Volume`]: it cannot be read.
    ///
    /// [`Array::content`]: crate::array::Array::content
    pub fn volume_content(
        &mut self,
        array: ArrayIx,
        volume: &str,
        at: u64,
        bytes: usize,
    ) -> Result<Vec<u8>, Refusal> {
        let node = self.arrays.get_mut(array.index()).ok_or(Refusal::NoSuch("array"))?;
        let ix = node.array.volume_named(volume).ok_or(Refusal::NoSuch("volume"))?;
        let mut content = vec![0; bytes];
        node.array
            .content(ix, at, &mut content)
            .map_err(|cause| Refusal::Volume(VolumeError::Storage { cause }))?;
        Ok(content)
    }

    /// Keeps a volume's content elsewhere from now on ([`Array::set_storage`]). No command: what it holds is
    /// not in the log, so a run with it repeats only if its content does.
    ///
    /// # Errors
    /// [`Refusal::NoSuch`]: no such array or volume.
    ///
    /// [`Array::set_storage`]: crate::array::Array::set_storage
    pub fn keep_volume_in(
        &mut self,
        array: ArrayIx,
        volume: &str,
        storage: Box<dyn Storage>,
    ) -> Result<(), Refusal> {
        let node = self.arrays.get_mut(array.index()).ok_or(Refusal::NoSuch("array"))?;
        let ix = node.array.volume_named(volume).ok_or(Refusal::NoSuch("volume"))?;
        node.array.set_storage(ix, storage);
        Ok(())
    }

    pub(in crate::world) fn act_on_zoning(
        &mut self,
        ix: FabricIx,
        command: ZoningCommand,
    ) -> Answer {
        self.must_have_fabric(ix)?;
        let lock = self.san.lead_domain(ix).ok_or(Refusal::NoSuch("switch in the fabric"))?;
        let zoning = &mut self.san.fabrics[ix.index()].zoning;
        match command {
            ZoningCommand::Begin => {
                let open = zoning.begin(lock)?;
                self.zone_edits.insert(ix, self.now);
                self.queue_zone_expiry(ix, open.token);
                Ok(Reply::Transaction(open, Outcome::Changed))
            }
            ZoningCommand::Edit { token, checksum, edit } => {
                let open = ZoneTransaction::new(token, checksum, lock);
                let (next, outcome) = zoning.edit(&open, edit)?;
                self.zone_edits.insert(ix, self.now);
                Ok(Reply::Transaction(next, outcome))
            }
            ZoningCommand::Abort { token } => {
                zoning.abort(&ZoneTransaction::new(token, 0, lock));
                Ok(Reply::Done)
            }
            ZoningCommand::Commit { token, checksum, enable } => {
                let open = ZoneTransaction::new(token, checksum, lock);
                let effect = zoning.commit(&open, enable.as_deref())?;
                let zone_set = zoning.effective().zone_set.clone();
                if !effect.outcome().changed() {
                    return Ok(Reply::Outcome(Outcome::Unchanged));
                }
                let effective = effect.effective_changed;
                self.tell(Happening::Zoning { fabric: ix, zone_set, effective });
                if effective {
                    self.announce_to_all(ix);
                }
                Ok(Reply::Outcome(Outcome::Changed))
            }
        }
    }

    /// A switch ends a transaction whose owner is silent: else a crashed one would lock the fabric for ever.
    fn queue_zone_expiry(&mut self, fabric: FabricIx, token: u64) {
        let edited = self.zone_edits.get(&fabric).copied().unwrap_or(self.now);
        let at = edited.plus_secs(Self::ZONE_TRANSACTION_SECS);
        self.queue_at(at, Due::ZoneExpiry(fabric, token));
    }

    /// One entry waits for each transaction, however often that is edited: it looks when it is due.
    pub(in crate::world) fn zone_expiry_is_due(&mut self, fabric: FabricIx, token: u64) {
        let edited = self.zone_edits.get(&fabric).copied().unwrap_or(SimTime::ZERO);
        if self.now < edited.plus_secs(Self::ZONE_TRANSACTION_SECS) {
            self.queue_zone_expiry(fabric, token);
            return;
        }
        let zoning = &mut self.san.fabrics[fabric.index()].zoning;
        if let Some(open) = zoning.open_transaction().filter(|open| open.token == token) {
            zoning.abort(&open);
        }
    }

    pub(in crate::world) fn act_on_masking(
        &mut self,
        ix: ArrayIx,
        command: MaskingCommand,
    ) -> Answer {
        let node = self.arrays.get_mut(ix.index()).ok_or(Refusal::NoSuch("array"))?;
        let array = &mut node.array;
        let (outcome, change) = match command {
            MaskingCommand::CreateGroup { group } => {
                (array.create_group(&group)?, format!("host group {group} created"))
            }
            MaskingCommand::DeleteGroup { group } => {
                (array.delete_group(&group), format!("host group {group} deleted"))
            }
            MaskingCommand::AddInitiator { group, initiator } => (
                array.add_initiator(&group, initiator)?,
                format!("{initiator} added to host group {group}"),
            ),
            MaskingCommand::RemoveInitiator { group, initiator } => (
                array.remove_initiator(&group, initiator)?,
                format!("{initiator} removed from host group {group}"),
            ),
            MaskingCommand::Map { group, volume, lun } => (
                array.map(&group, &volume, lun)?,
                format!("{volume} mapped to host group {group} at LUN {lun}"),
            ),
            MaskingCommand::Unmap { group, volume } => (
                array.unmap(&group, &volume)?,
                format!("{volume} unmapped from host group {group}"),
            ),
        };
        if outcome.changed() {
            self.tell(Happening::Masking { array: ix, change });
        }
        Ok(Reply::Outcome(outcome))
    }
}
