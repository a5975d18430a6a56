//! A volume: who it is, and its content.

use npivot_hal::LunId;

use super::reservation::Registry;
use super::storage::{BLOCK_BYTES, Content, Sparse};
use super::target::Modes;
use super::{VolumeError, scsi};

/// A volume, by its place in [`Array::volumes`](super::Array::volumes). Volumes are never deleted, so it stays good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VolumeIx(pub u32);

/// A volume and its content.
#[derive(Debug)]
pub struct Volume {
    name: String,
    identity: LunId,
    serial: String,
    size_bytes: u64,
    pub(super) content: Content,
    pub(super) read_only: bool,
    pub(super) modes: Modes,
    pub(super) registry: Registry,
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
        check_size(size_bytes)?;
        Ok(Self {
            name: name.into(),
            identity,
            serial: serial.into(),
            size_bytes,
            content: Content::Memory(Sparse::default()),
            read_only: false,
            modes: Modes::default(),
            registry: Registry::default(),
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

    /// What its content takes, in bytes: in memory what was written, rounded up to 4 KiB each.
    pub fn used_bytes(&self) -> u64 {
        self.content.used_bytes()
    }

    /// Whether it is not to be written to: its administrator or an initiator (SWP) says so.
    pub fn is_write_protected(&self) -> bool {
        self.read_only || self.modes.write_protect()
    }

    /// Gives it another size, which has been checked.
    pub(super) const fn set_size(&mut self, size_bytes: u64) {
        self.size_bytes = size_bytes;
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

/// A whole number of blocks, and at least one.
pub(super) fn check_size(size_bytes: u64) -> Result<(), VolumeError> {
    if size_bytes == 0 || !size_bytes.is_multiple_of(BLOCK_BYTES as u64) {
        return Err(VolumeError::BadSize { size_bytes });
    }
    Ok(())
}
