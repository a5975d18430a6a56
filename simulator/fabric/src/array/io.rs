//! The content of volumes: how initiators get at it, and how it is kept.

use npivot_hal::scsi::cdb;
use npivot_hal::{Lun, Outcome, Wwpn};

use super::attention::{Condition, Nexus};
use super::scsi::{self, Sense};
use super::storage::{BLOCK_BYTES, Content, Storage, StorageError};
use super::target::{Refused, Request, Status};
use super::volume::check_size;
use super::{Array, VolumeError, VolumeIx};

impl Array {
    /// READ (16): `blocks` blocks of 512 bytes from `lba` on. What was never written is zeros.
    ///
    /// # Errors
    /// [`Refused`]. Of the checks: 06/…, the nexus is owed it, and the command was not done. 05/25/00: the
    /// initiator has nothing at this LUN. 05/21/00: beyond the end of the volume. 05/24/00: more than
    /// [`MAX_TRANSFER_BLOCKS`](super::MAX_TRANSFER_BLOCKS).
    pub fn read(
        &mut self,
        initiator: Wwpn,
        port: u16,
        lun: Lun,
        lba: u64,
        blocks: u32,
    ) -> Result<Vec<u8>, Refused> {
        self.execute(initiator, port, lun, &cdb::read_16(lba, blocks))
    }

    /// WRITE (16): `data`, a whole number of blocks, from `lba` on. All of it is written or nothing.
    ///
    /// # Errors
    /// As for [`read`](Self::read); 05/24/00 also for data that is not a whole number of blocks, 07/27/…
    /// for a volume that is write protected, or for which no memory is left.
    pub fn write(
        &mut self,
        initiator: Wwpn,
        port: u16,
        lun: Lun,
        lba: u64,
        data: &[u8],
    ) -> Result<(), Refused> {
        let blocks = u32::try_from(data.len() / BLOCK_BYTES).ok();
        let whole = data.len().is_multiple_of(BLOCK_BYTES);
        let blocks = blocks.filter(|_| whole).ok_or(Sense::INVALID_FIELD_IN_CDB)?;
        let (nexus, cdb) = (Nexus::new(initiator, port), &cdb::write_16(lba, blocks));
        let done = self.serve(&Request { nexus, lun, cdb, data_out: data, room: 0 });
        match (done.status, done.check) {
            (Status::Good, _) => Ok(()),
            (_, Some(check)) => Err(check.into()),
            _ => Err(Refused::Conflict),
        }
    }

    /// VPD page 83 of a volume as it is read through a port; `None` without such a port.
    pub fn vpd_83(&self, volume: VolumeIx, port: u16) -> Option<Vec<u8>> {
        let volume = self.volume(volume);
        let wwpn = self.ports().get(usize::from(port))?.wwpn;
        let (relative, group) = (Self::relative_port(port), self.port_group(port));
        let port = scsi::PortDesignators { wwpn, relative, group };
        Some(scsi::vpd_83(self.product(), volume.identity(), volume.serial(), port))
    }

    /// Keeps the content of a volume elsewhere from now on. What it has so far is forgotten.
    pub fn set_storage(&mut self, volume: VolumeIx, storage: Box<dyn Storage>) {
        self.memory_bytes -= self.volume(volume).content.memory_bytes();
        self.volume_mut(volume).content = Content::Given(storage);
    }

    /// Fills `into` with what a volume holds from byte `at` on, as the array itself has it: nobody's command,
    /// so that no reservation and no mask is asked. What is beyond its end is zeros.
    ///
    /// # Errors
    /// [`StorageError`]: where the content is kept cannot be read.
    pub fn content(
        &mut self,
        volume: VolumeIx,
        at: u64,
        into: &mut [u8],
    ) -> Result<(), StorageError> {
        into.fill(0);
        let left = self.volume(volume).size_bytes().saturating_sub(at);
        let length = usize::try_from(left).unwrap_or(usize::MAX).min(into.len());
        self.volume_mut(volume).content.read(at, &mut into[..length])
    }

    /// Makes a volume read only, or not: WRITE PROTECTED, and the WP bit of MODE SENSE.
    pub fn set_read_only(&mut self, volume: VolumeIx, read_only: bool) -> Outcome {
        let volume = self.volume_mut(volume);
        let changed = volume.read_only != read_only;
        volume.read_only = read_only;
        changed.into()
    }

    /// Gives a volume another size. What is beyond a smaller one is lost, what is added is zeros; every
    /// initiator that sees it is told: CAPACITY DATA HAS CHANGED. The same size is `Unchanged`.
    ///
    /// # Errors
    /// `BadSize`; `Storage`: where its content is kept does not follow. It keeps its size then.
    pub fn resize(&mut self, volume: VolumeIx, size_bytes: u64) -> Result<Outcome, VolumeError> {
        let before = self.volume(volume).size_bytes();
        if before == size_bytes {
            return Ok(Outcome::Unchanged);
        }
        check_size(size_bytes)?;
        let used = self.volume(volume).content.memory_bytes();
        let content = &mut self.volume_mut(volume).content;
        content.resize(before, size_bytes).map_err(|cause| VolumeError::Storage { cause })?;
        self.memory_bytes -= used - self.volume(volume).content.memory_bytes();
        self.volume_mut(volume).set_size(size_bytes);
        self.owe_others(None, volume, Condition::CapacityChanged);
        Ok(Outcome::Changed)
    }

    /// Writes within what memory is left. The caller has checked the range.
    pub(super) fn store(
        &mut self,
        unit: VolumeIx,
        at: u64,
        data: &[u8],
    ) -> Result<(), StorageError> {
        let room = self.limits.max_memory_bytes.saturating_sub(self.memory_bytes);
        let content = &mut self.volumes[unit.0 as usize].content;
        let before = content.memory_bytes();
        let answer = content.write(at, data, room);
        self.memory_bytes += content.memory_bytes() - before;
        answer
    }

    /// Makes a range read as zeros. The caller has checked it.
    pub(super) fn free(&mut self, unit: VolumeIx, at: u64, bytes: u64) -> Result<(), StorageError> {
        let content = &mut self.volumes[unit.0 as usize].content;
        let before = content.memory_bytes();
        let answer = content.zero(at, bytes);
        self.memory_bytes -= before - content.memory_bytes();
        answer
    }

    /// Ends a command that wrote: what must not wait for SYNCHRONIZE CACHE is brought to where it stays.
    pub(super) fn settle(&mut self, unit: VolumeIx, fua: bool) -> Result<(), StorageError> {
        let volume = self.volume_mut(unit);
        if fua || !volume.modes.write_cache() {
            volume.content.flush()?;
        }
        Ok(())
    }
}
