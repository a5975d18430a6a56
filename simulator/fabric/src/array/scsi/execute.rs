//! The commands by which a host asks a logical unit what it is.
//!
//! Data comes as long as the unit makes it, cut to the command's allocation length. INQUIRY and REPORT LUNS
//! are answered whatever unit attention is owed; REPORT LUNS settles it (SAM-5, 5.14).

use npivot_hal::{Lun, Wwpn};

use super::{Sense, inquiry_no_device, inquiry_standard, vpd_00, vpd_80};
use crate::array::{Array, BLOCK_LENGTH, VolumeIx};

/// Operation codes (SPC-5, SBC-4).
const TEST_UNIT_READY: u8 = 0x00;
const INQUIRY: u8 = 0x12;
const READ_CAPACITY_10: u8 = 0x25;
const PERSISTENT_RESERVE_IN: u8 = 0x5e;
const SERVICE_ACTION_IN_16: u8 = 0x9e;
const REPORT_LUNS: u8 = 0xa0;
/// Service action of READ CAPACITY (16).
const READ_CAPACITY_16: u8 = 0x10;

impl Array {
    /// Does a command that an initiator sends through a port to a LUN, and returns its data.
    ///
    /// # Errors
    /// The sense data of its CHECK CONDITION: 05/20/00 for a command that is not known here, 05/24/00 for a
    /// malformed one, 05/25/00 where the initiator has nothing, 06/3F/0E when that is owed.
    pub fn execute(
        &mut self,
        initiator: Wwpn,
        port: u16,
        lun: Lun,
        cdb: &[u8],
    ) -> Result<Vec<u8>, Sense> {
        let code = *cdb.first().ok_or(Sense::INVALID_FIELD_IN_CDB)?;
        // The group code in the upper three bits tells the length of a command (SPC-5, 4.2.5.1).
        let length = [6, 10, 10, 16, 16, 12, 0, 0][usize::from(code >> 5)];
        if cdb.len() < length {
            return Err(Sense::INVALID_FIELD_IN_CDB);
        }
        let volume = self.volume_at(initiator, lun);
        match code {
            INQUIRY => return self.inquiry(volume, port, cdb),
            REPORT_LUNS => return self.report_luns_data(initiator, port, cdb),
            _ => {}
        }
        if let Some(attention) = self.take_unit_attention(initiator, port) {
            return Err(attention);
        }
        let volume = volume.ok_or(Sense::LOGICAL_UNIT_NOT_SUPPORTED)?;
        match (code, cdb[1] & 0x1f) {
            (TEST_UNIT_READY, _) => Ok(vec![]),
            (READ_CAPACITY_10, _) => Ok(self.capacity_10(volume)),
            (SERVICE_ACTION_IN_16, READ_CAPACITY_16) => {
                Ok(cut(self.capacity_16(volume), u32_at(cdb, 10)))
            }
            // Nobody can register here yet: generation 0, and no key or reservation follows.
            (PERSISTENT_RESERVE_IN, 0 | 1) => Ok(cut(vec![0; 8], u16_at(cdb, 7).into())),
            (SERVICE_ACTION_IN_16 | PERSISTENT_RESERVE_IN, _) => Err(Sense::INVALID_FIELD_IN_CDB),
            _ => Err(Sense::INVALID_OPERATION_CODE),
        }
    }

    fn inquiry(&self, volume: Option<VolumeIx>, port: u16, cdb: &[u8]) -> Result<Vec<u8>, Sense> {
        let (vital, page) = (cdb[1] & 1 != 0, cdb[2]);
        let data = match (vital, page, volume) {
            (false, 0, Some(_)) => inquiry_standard(self.product()),
            (false, 0, None) => inquiry_no_device(self.product()),
            (true, _, None) => return Err(Sense::LOGICAL_UNIT_NOT_SUPPORTED),
            (true, 0x00, _) => vpd_00(),
            (true, 0x80, Some(volume)) => vpd_80(self.volume(volume).serial()),
            (true, 0x83, Some(volume)) => {
                self.vpd_83(volume, port).ok_or(Sense::LOGICAL_UNIT_NOT_SUPPORTED)?
            }
            _ => return Err(Sense::INVALID_FIELD_IN_CDB),
        };
        Ok(cut(data, u16_at(cdb, 3).into()))
    }

    /// REPORT LUNS (SPC-5, 6.33): what this initiator gets to see, whatever LUN was asked.
    fn report_luns_data(&mut self, who: Wwpn, port: u16, cdb: &[u8]) -> Result<Vec<u8>, Sense> {
        // Select report: addressed logical units, well known ones (there are none), or all.
        let luns: Vec<u8> = match cdb[2] {
            0 | 2 => self.report_luns(who).flat_map(|(lun, _)| lun.to_wire()).collect(),
            1 => vec![],
            _ => return Err(Sense::INVALID_FIELD_IN_CDB),
        };
        self.luns_reported(who, port);
        let length = u32::try_from(luns.len()).unwrap_or(u32::MAX);
        let data = [&length.to_be_bytes()[..], &[0; 4], &luns].concat();
        Ok(cut(data, u32_at(cdb, 6)))
    }

    fn capacity_10(&self, volume: VolumeIx) -> Vec<u8> {
        let last = self.volume(volume).size_blocks().saturating_sub(1);
        // What does not fit reads as all ones: ask with READ CAPACITY (16) (SBC-4, 5.20.2).
        let last = u32::try_from(last).unwrap_or(u32::MAX);
        [last.to_be_bytes(), BLOCK_LENGTH.to_be_bytes()].concat()
    }

    fn capacity_16(&self, volume: VolumeIx) -> Vec<u8> {
        let last = self.volume(volume).size_blocks().saturating_sub(1);
        let mut data = vec![0; 32];
        data[..8].copy_from_slice(&last.to_be_bytes());
        data[8..12].copy_from_slice(&BLOCK_LENGTH.to_be_bytes());
        data
    }
}

fn cut(mut data: Vec<u8>, allocation: u32) -> Vec<u8> {
    data.truncate(allocation as usize);
    data
}

fn u16_at(cdb: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([cdb[at], cdb[at + 1]])
}

fn u32_at(cdb: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([cdb[at], cdb[at + 1], cdb[at + 2], cdb[at + 3]])
}
