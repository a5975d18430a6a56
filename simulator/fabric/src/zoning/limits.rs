//! What a switch allows in its zoning database.

use serde::{Deserialize, Serialize};

/// The limits of a fabric's zoning database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct ZoningLimits {
    /// The largest defined database, in bytes as [`Zoning::sizes`](super::Zoning::sizes) counts them;
    /// 1 MiB is Brocade FOS's limit outside all-director fabrics.
    pub max_database_bytes: u64,
    /// The longest name of an alias, a zone or a zone set, in bytes.
    pub max_name_bytes: u32,
    /// The most memberships in force, counted after aliases are resolved: what one alias of many members
    /// in many zones multiplies to.
    pub max_effective_members: u64,
}

impl Default for ZoningLimits {
    fn default() -> Self {
        Self { max_database_bytes: 1_048_576, max_name_bytes: 64, max_effective_members: 1 << 28 }
    }
}
