//! A volume: who it is, and its content.

use npivot_hal::LunId;

use super::storage::{BLOCK_BYTES, Storage};
use super::{VolumeError, scsi};

/// A volume, by its place in [`Array::volumes`](super::Array::volumes). Volumes are never deleted, so it stays good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VolumeIx(pub u32);

/// A volume and its content.
#[derive(Debug, Clone)]
pub struct Volume {
    name: String,
    identity: LunId,
    serial: String,
    size_bytes: u64,
    pub(super) storage: Storage,
}

impl Volume {
    /// A volume of zeros, if it can be one.
    pub(super) fn new(
        name: &str,
        identity: LunId,
        serial: &str,
        size_bytes: u64,
    ) -> Result<Self, VolumeError> {
        if !scsi::can_be_identity(&identity) {
            return Err(VolumeError::BadIdentity { identity });
        }
        if !scsi::can_be_serial(serial) {
            return Err(VolumeError::BadSerial { serial: serial.into() });
        }
        if size_bytes == 0 || !size_bytes.is_multiple_of(BLOCK_BYTES as u64) {
            return Err(VolumeError::BadSize { size_bytes });
        }
        Ok(Self {
            name: name.into(),
            identity,
            serial: serial.into(),
            size_bytes,
            storage: Storage::default(),
        })
    }

    /// What the administrator calls it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Who it is, on every path.
    pub fn identity(&self) -> &LunId {
        &self.identity
    }

    /// Its unit serial number (VPD page 80).
    pub fn serial(&self) -> &str {
        &self.serial
    }

    /// Its size in bytes, a multiple of 512.
    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// Its size in blocks of 512 bytes.
    pub fn size_blocks(&self) -> u64 {
        self.size_bytes / BLOCK_BYTES as u64
    }

    /// The memory that its content takes, in bytes: what was written, rounded up to 4 KiB each.
    pub fn used_bytes(&self) -> u64 {
        self.storage.used_bytes()
    }

    /// The HAL's record of it.
    pub fn record(&self) -> npivot_hal::Volume {
        npivot_hal::Volume::new(
            self.name.clone(),
            self.identity.clone(),
            self.serial.clone(),
            self.size_bytes,
        )
    }
}
