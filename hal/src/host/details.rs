//! What a logical unit says of itself when it is asked.

use std::fmt;

use crate::LunId;

/// How large a logical unit is (READ CAPACITY, SBC-4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_structs, reason = "a size is these two")]
pub struct Capacity {
    /// How many logical blocks it has.
    pub blocks: u64,
    /// The length of one, in bytes.
    pub block_bytes: u32,
}

impl Capacity {
    /// Its size in bytes; saturates where a device claims more than 2^64.
    pub const fn bytes(self) -> u64 {
        self.blocks.saturating_mul(self.block_bytes as u64)
    }
}

/// How well the array serves a logical unit through one of its ports (asymmetric logical unit access; SPC-5, table of
/// asymmetric access states).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[allow(clippy::exhaustive_enums, reason = "the standard's table; its other codes are reserved")]
#[repr(u8)]
pub enum AccessState {
    /// All commands, at full speed.
    #[default]
    ActiveOptimized = 0x0,
    /// All commands, by a detour.
    ActiveNonOptimized = 0x1,
    /// Questions and reservations only.
    Standby = 0x2,
    /// Hardly any questions.
    Unavailable = 0x3,
    /// It depends on the block.
    LbaDependent = 0x4,
    /// Not there.
    Offline = 0xe,
    /// On the way to another state.
    Transitioning = 0xf,
}

impl AccessState {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::ActiveOptimized,
        Self::ActiveNonOptimized,
        Self::Standby,
        Self::Unavailable,
        Self::LbaDependent,
        Self::Offline,
        Self::Transitioning,
    ];

    /// The four bits on the wire.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// That of four bits; `None` for a reserved code.
    pub fn of_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// As Linux writes it in `access_state` (drivers/scsi/scsi_sysfs.c, `sdev_access_states`).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ActiveOptimized => "active/optimized",
            Self::ActiveNonOptimized => "active/non-optimized",
            Self::Standby => "standby",
            Self::Unavailable => "unavailable",
            Self::LbaDependent => "lba-dependent",
            Self::Offline => "offline",
            Self::Transitioning => "transitioning",
        }
    }
}

impl fmt::Display for AccessState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a persistent reservation allows to others (SPC-5, 6.16.3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReservationKind {
    /// Others read.
    WriteExclusive,
    /// Others do nothing.
    ExclusiveAccess,
    /// Others read; who is registered writes.
    WriteExclusiveRegistrantsOnly,
    /// Who is registered reads and writes.
    ExclusiveAccessRegistrantsOnly,
    /// As `WriteExclusiveRegistrantsOnly`, and each registrant holds it.
    WriteExclusiveAllRegistrants,
    /// As `ExclusiveAccessRegistrantsOnly`, and each registrant holds it.
    ExclusiveAccessAllRegistrants,
    /// A type code that no standard knows.
    Other(u8),
}

impl fmt::Display for ReservationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::WriteExclusive => "Write Exclusive",
            Self::ExclusiveAccess => "Exclusive Access",
            Self::WriteExclusiveRegistrantsOnly => "Write Exclusive, Registrants Only",
            Self::ExclusiveAccessRegistrantsOnly => "Exclusive Access, Registrants Only",
            Self::WriteExclusiveAllRegistrants => "Write Exclusive, All Registrants",
            Self::ExclusiveAccessAllRegistrants => "Exclusive Access, All Registrants",
            Self::Other(code) => return write!(f, "type {code:#x}"),
        };
        f.pad(text)
    }
}

/// A persistent reservation in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_structs, reason = "all that READ RESERVATION tells")]
pub struct Reservation {
    /// The key of its holder; zero where all registrants hold it.
    pub key: u64,
    /// What it allows to others.
    pub kind: ReservationKind,
}

/// Who is registered at a logical unit and who holds it (PERSISTENT RESERVE IN, SPC-5, 6.16).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(clippy::exhaustive_structs, reason = "all that the two service actions tell")]
pub struct Reservations {
    /// Counts the changes since the logical unit was powered on.
    pub generation: u32,
    /// The registered keys, one per registration.
    pub keys: Vec<u64>,
    /// The reservation in force.
    pub holder: Option<Reservation>,
}

/// What a logical unit says of itself now: INQUIRY, VPD pages 80 and 83, READ CAPACITY, PERSISTENT RESERVE
/// IN, MODE SENSE, REPORT TARGET PORT GROUPS. A `None` is what it does not tell or refuses to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LunDetails {
    /// Vendor identification, without padding.
    pub vendor: String,
    /// Product identification, without padding.
    pub product: String,
    /// Product revision level, without padding.
    pub revision: String,
    /// Unit serial number (VPD page 80), without padding.
    pub serial: Option<String>,
    /// Which volume it is now (VPD page 83).
    pub identity: Option<LunId>,
    /// Its size.
    pub capacity: Option<Capacity>,
    /// Its registrations.
    pub reservations: Option<Reservations>,
    /// Whether it refuses writes (the WP bit of MODE SENSE; SBC-4, "Write protection").
    pub read_only: Option<bool>,
    /// How well it is served through the port of the array that was asked.
    pub access: Option<AccessState>,
}

impl LunDetails {
    /// A logical unit of which only INQUIRY is known; set the rest on the fields.
    pub fn new(
        vendor: impl Into<String>,
        product: impl Into<String>,
        revision: impl Into<String>,
    ) -> Self {
        Self {
            vendor: vendor.into(),
            product: product.into(),
            revision: revision.into(),
            serial: None,
            identity: None,
            capacity: None,
            reservations: None,
            read_only: None,
            access: None,
        }
    }
}
