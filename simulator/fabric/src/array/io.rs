//! Commands as an initiator sends them: first its unit attention, then the volume at its LUN.

use npivot_hal::{Lun, Wwpn};

use super::scsi::{self, Sense};
use super::storage::BLOCK_BYTES;
use super::{Array, Volume, VolumeIx};

/// The most blocks of one command: 32 MiB. A longer one is `INVALID FIELD IN CDB`.
pub const MAX_TRANSFER_BLOCKS: u32 = 65_536;

impl Array {
    /// READ: `blocks` blocks of 512 bytes from `lba` on. What was never written is zeros.
    ///
    /// # Errors
    /// 06/3F/0E: the nexus is owed it, and the command was not done. 05/25/00: the initiator has nothing
    /// at this LUN. 05/21/00: beyond the end of the volume. 05/24/00: more than [`MAX_TRANSFER_BLOCKS`].
    pub fn read(
        &mut self,
        initiator: Wwpn,
        port: u16,
        lun: Lun,
        lba: u64,
        blocks: u32,
    ) -> Result<Vec<u8>, Sense> {
        let volume = self.reach(initiator, port, lun)?;
        let at = start(volume, lba, blocks)?;
        let mut data = vec![0; blocks as usize * BLOCK_BYTES];
        volume.storage.read(at, &mut data);
        Ok(data)
    }

    /// WRITE: `data`, a whole number of blocks, from `lba` on. All of it is written or nothing.
    ///
    /// # Errors
    /// As for [`read`](Self::read); 05/24/00 also for data that is not a whole number of blocks.
    pub fn write(
        &mut self,
        initiator: Wwpn,
        port: u16,
        lun: Lun,
        lba: u64,
        data: &[u8],
    ) -> Result<(), Sense> {
        let volume = self.reach(initiator, port, lun)?;
        if !data.len().is_multiple_of(BLOCK_BYTES) {
            return Err(Sense::INVALID_FIELD_IN_CDB);
        }
        let blocks =
            u32::try_from(data.len() / BLOCK_BYTES).map_err(|_| Sense::INVALID_FIELD_IN_CDB)?;
        let at = start(volume, lba, blocks)?;
        volume.storage.write(at, data);
        Ok(())
    }

    /// VPD page 83 of a volume as it is read through a port; `None` without such a port.
    pub fn vpd_83(&self, volume: VolumeIx, port: u16) -> Option<Vec<u8>> {
        let volume = self.volume(volume);
        let names = self.ports().get(usize::from(port))?;
        // Relative target port identifiers count from 1 (SPC-5, 7.7.6.8); a port without one has 0.
        let relative = port.checked_add(1).unwrap_or(0);
        Some(scsi::vpd_83(self.product(), volume.identity(), volume.serial(), names.wwpn, relative))
    }

    fn reach(&mut self, initiator: Wwpn, port: u16, lun: Lun) -> Result<&mut Volume, Sense> {
        if let Some(attention) = self.take_unit_attention(initiator, port) {
            return Err(attention);
        }
        let volume = self.volume_at(initiator, lun);
        volume
            .and_then(|ix| self.volumes.get_mut(ix.0 as usize))
            .ok_or(Sense::LOGICAL_UNIT_NOT_SUPPORTED)
    }
}

/// Where a transfer starts, in bytes, once it is known to be within the volume.
fn start(volume: &Volume, lba: u64, blocks: u32) -> Result<u64, Sense> {
    if blocks > MAX_TRANSFER_BLOCKS {
        return Err(Sense::INVALID_FIELD_IN_CDB);
    }
    let end = lba.checked_add(blocks.into());
    if end.is_none_or(|end| end > volume.size_blocks()) {
        return Err(Sense::LBA_OUT_OF_RANGE);
    }
    Ok(lba * BLOCK_BYTES as u64)
}
