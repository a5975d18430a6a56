//! How zoning says no.

use std::fmt;

use npivot_hal::{DomainId, ErrorKind, ZoneMember};

/// What a name in the zoning database names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZoneObject {
    /// An alias.
    Alias,
    /// A zone.
    Zone,
    /// A zone set.
    ZoneSet,
}

impl fmt::Display for ZoneObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Alias => "alias",
            Self::Zone => "zone",
            Self::ZoneSet => "zone set",
        })
    }
}

/// Why a zoning request was refused. Nothing was changed then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ZoningError {
    /// Somebody else has the fabric's lock.
    #[error(
        "zoning transaction {token} of domain {domain} is open: begin again when it has been committed or aborted"
    )]
    Busy {
        /// The domain that holds the lock.
        domain: DomainId,
        /// Its transaction.
        token: u64,
    },
    /// The transaction has ended, or never was.
    #[error("zoning transaction {token} is not open: begin a new one and edit again")]
    NotOpen {
        /// The transaction presented.
        token: u64,
    },
    /// The transaction has been edited since the presented state of it.
    #[error(
        "zoning transaction {token} is at checksum {current:016x}, not {presented:016x}: present what the last edit returned"
    )]
    Stale {
        /// The transaction.
        token: u64,
        /// The checksum presented.
        presented: u64,
        /// The checksum of the transaction's database.
        current: u64,
    },
    /// A name that the database cannot hold.
    #[error(
        "`{}` cannot name a {object}: start with a letter or digit, go on with letters, digits, `_`, `$`, `^` or `-`, and use at most {max_bytes} bytes",
        .name.escape_debug()
    )]
    BadName {
        /// What was to be named.
        object: ZoneObject,
        /// The name given.
        name: String,
        /// The longest name allowed.
        max_bytes: u32,
    },
    /// A name that names nothing in the database.
    #[error("there is no {object} `{}`{}: create it first", .name.escape_debug(), Wanted(.wanted_by))]
    NotFound {
        /// What it should name.
        object: ZoneObject,
        /// The name.
        name: String,
        /// The zone or zone set that names it; `None`: the request itself does.
        wanted_by: Option<(ZoneObject, String)>,
    },
    /// An alias that a zone has as a member.
    #[error(
        "alias `{alias}` is a member of zone `{zone}`: take it out of the zone before deleting it"
    )]
    AliasInUse {
        /// The alias.
        alias: String,
        /// The first zone that uses it.
        zone: String,
    },
    /// An alias as a member of an alias.
    #[error(
        "alias `{}` has the alias `{}` as a member: an alias stands for ports, name them",
        .alias.escape_debug(),
        .member.escape_debug()
    )]
    NestedAlias {
        /// The outer alias.
        alias: String,
        /// The inner one.
        member: String,
    },
    /// The zone set is in force.
    #[error("zone set `{zone_set}` is enabled: enable another one before deleting it")]
    Enabled {
        /// The zone set.
        zone_set: String,
    },
    /// The database is larger than the switches can hold.
    #[error(
        "the zoning database has {bytes} bytes, the fabric holds {max_bytes}: delete what is not used"
    )]
    TooLarge {
        /// Its size.
        bytes: u64,
        /// The limit.
        max_bytes: u64,
    },
    /// What would be in force is larger than the switches can hold.
    #[error(
        "the zones to put in force have {members} members with aliases resolved, the fabric holds {max_members}: use fewer zones or smaller aliases"
    )]
    TooManyMembers {
        /// How many.
        members: u64,
        /// The limit.
        max_members: u64,
    },
    /// A member that cannot be in force: an alias, or of a type that this fabric does not know.
    #[error("zone `{zone}` has the member `{member}`, which stands for no port: resolve it first")]
    Unresolved {
        /// The zone.
        zone: String,
        /// The member.
        member: ZoneMember,
    },
    /// A peer zone whose principals are aliases of nobody. It cannot be in force: without principals it
    /// would be a regular zone, in which the peers see each other.
    #[error("peer zone `{zone}` has no principal with aliases resolved: give it one, or delete it")]
    NoPrincipal {
        /// The zone.
        zone: String,
    },
    /// A kind of edit or member that this fabric does not know.
    #[error("this fabric has no {what}: use another kind")]
    Unsupported {
        /// What it does not know.
        what: String,
    },
}

struct Wanted<'a>(&'a Option<(ZoneObject, String)>);

impl fmt::Display for Wanted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some((object, name)) => write!(f, ", which {object} `{}` names", name.escape_debug()),
            None => Ok(()),
        }
    }
}

impl ZoningError {
    /// What a caller branches on; the kinds that the HAL's [`Zoning`](npivot_hal::Zoning) documents.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Busy { .. } => ErrorKind::Busy,
            Self::NotOpen { .. } | Self::Stale { .. } => ErrorKind::Conflict,
            Self::NotFound { .. } => ErrorKind::NotFound,
            Self::BadName { .. }
            | Self::AliasInUse { .. }
            | Self::NestedAlias { .. }
            | Self::Enabled { .. }
            | Self::NoPrincipal { .. }
            | Self::Unresolved { .. } => ErrorKind::InvalidArgument,
            Self::TooLarge { .. } | Self::TooManyMembers { .. } => ErrorKind::LimitReached,
            Self::Unsupported { .. } => ErrorKind::Unsupported,
        }
    }
}
