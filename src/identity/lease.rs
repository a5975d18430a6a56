//! Which host has a vHBA of a name up.

use npivot_hal::Wwpn;

/// The leases of port names.
pub(crate) const WWPNS: &str = "wwpn/";

/// The key of the [lease](crate::store::grant) of a port name. Its holder is a host, by its name in the HAL.
pub fn lease_key(wwpn: Wwpn) -> String {
    format!("{WWPNS}{wwpn}")
}

/// The port name that a lease is of; `None`: it is of something else.
pub(crate) fn wwpn_of(key: &str) -> Option<Wwpn> {
    key.strip_prefix(WWPNS)?.parse().ok()
}
