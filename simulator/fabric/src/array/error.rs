//! How an array says no to its administrator.

use npivot_hal::{ErrorKind, LunId, Wwpn};

use super::StorageError;

/// Why a change of the masking was refused. Nothing was changed then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MaskingError {
    /// No such group.
    #[error("there is no host group `{}`: create it first", .group.escape_debug())]
    NoGroup {
        /// The name given.
        group: String,
    },
    /// No such volume.
    #[error("there is no volume `{}`: look the name up in the array's list", .volume.escape_debug())]
    NoVolume {
        /// The name given.
        volume: String,
    },
    /// The initiator is in another group.
    #[error(
        "initiator {initiator} is in host group `{}`, not `{}`: remove it there first",
        .member_of.escape_debug(),
        .group.escape_debug()
    )]
    InitiatorElsewhere {
        /// The initiator.
        initiator: Wwpn,
        /// Where it should go.
        group: String,
        /// Where it is.
        member_of: String,
    },
    /// The LUN shows another volume.
    #[error(
        "LUN {lun} of host group `{}` shows volume `{}`: unmap that, or take another LUN",
        .group.escape_debug(),
        .shows.escape_debug()
    )]
    LunTaken {
        /// The group.
        group: String,
        /// The LUN.
        lun: u32,
        /// The volume there.
        shows: String,
    },
    /// The volume has another LUN in this group.
    #[error(
        "host group `{}` sees volume `{}` at LUN {lun}: unmap it before mapping it elsewhere",
        .group.escape_debug(),
        .volume.escape_debug()
    )]
    VolumeMapped {
        /// The group.
        group: String,
        /// The volume.
        volume: String,
        /// Where it is.
        lun: u32,
    },
    /// A LUN above the limit.
    #[error("LUN {lun} is above {max}, the array's highest: take a lower one")]
    LunTooHigh {
        /// The LUN.
        lun: u32,
        /// The highest.
        max: u32,
    },
    /// All places for initiators are taken.
    #[error("the array has {max} initiators, its most: remove one from its host group first")]
    TooManyInitiators {
        /// The limit.
        max: u32,
    },
    /// All places for host groups are taken.
    #[error("the array has {max} host groups, its most: delete one first")]
    TooManyGroups {
        /// The limit.
        max: u32,
    },
}

impl MaskingError {
    /// What a caller branches on; the kinds that the HAL's [`Masking`](npivot_hal::Masking) documents.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NoGroup { .. } | Self::NoVolume { .. } => ErrorKind::NotFound,
            Self::InitiatorElsewhere { .. } | Self::LunTaken { .. } | Self::VolumeMapped { .. } => {
                ErrorKind::AlreadyExists
            }
            Self::LunTooHigh { .. } => ErrorKind::InvalidArgument,
            Self::TooManyInitiators { .. } | Self::TooManyGroups { .. } => ErrorKind::LimitReached,
        }
    }
}

/// Why a volume could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VolumeError {
    /// The name is another volume's.
    #[error("the array has a volume `{}`: give the new one another name", .name.escape_debug())]
    NameTaken {
        /// The name.
        name: String,
    },
    /// The identity is another volume's.
    #[error("identity {identity} is that of volume `{}`: give each volume its own", .name.escape_debug())]
    IdentityTaken {
        /// The identity.
        identity: LunId,
        /// Whose it is.
        name: String,
    },
    /// An identity that VPD page 83 cannot carry, or that Linux would not take for one.
    #[error(
        "{identity} cannot be the identity of a volume: use NAA type 6, 5 or 3, an EUI of 8, 12 or 16 bytes, or T10 text of 1 to 252 printable characters"
    )]
    BadIdentity {
        /// The identity.
        identity: LunId,
    },
    /// A serial number that VPD page 80 cannot carry.
    #[error("`{}` cannot be the serial number of a volume: use 1 to 244 printable characters", .serial.escape_debug())]
    BadSerial {
        /// The serial number.
        serial: String,
    },
    /// A size that is no number of blocks.
    #[error(
        "a volume of {size_bytes} bytes cannot be: use a multiple of 512, and at least one block"
    )]
    BadSize {
        /// The size, in bytes.
        size_bytes: u64,
    },
    /// Where its content is kept does not take another size.
    #[error("the volume keeps its size: its content does not follow")]
    Storage {
        /// Why.
        #[source]
        cause: StorageError,
    },
    /// The array cannot number more.
    #[error("the array has {max} volumes, its most")]
    TooMany {
        /// The limit.
        max: u32,
    },
}

impl VolumeError {
    /// What a caller branches on.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NameTaken { .. } | Self::IdentityTaken { .. } => ErrorKind::AlreadyExists,
            Self::BadIdentity { .. } | Self::BadSerial { .. } | Self::BadSize { .. } => {
                ErrorKind::InvalidArgument
            }
            Self::TooMany { .. } | Self::Storage { cause: StorageError::Full } => {
                ErrorKind::LimitReached
            }
            Self::Storage { .. } => ErrorKind::Rejected,
        }
    }
}
