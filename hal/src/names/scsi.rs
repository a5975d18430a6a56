//! Linux's own names for an adapter and a path: host numbers and `H:C:T:L`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The number of a SCSI host, which is also that of its `fc_host`: `hostN` in sysfs, `scsi_hostN` in
/// libvirt. **Not stable**: it changes over a reboot. Keep a WWPN where something must last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HostNo(pub u32);

/// As sysfs names it: `host5`.
impl fmt::Display for HostNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("host{}", self.0))
    }
}

/// Why a text is not a SCSI address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a SCSI address: expected host:channel:target:lun in decimal, as `5:0:1:16640`"
)]
pub struct ScsiAddressParseError {
    text: String,
}

/// The address of one path to one logical unit on one host: `H:C:T:L`, with L as Linux prints it
/// ([`Lun::sysfs`](crate::Lun::sysfs)). As short-lived as the host number in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ScsiAddress {
    /// The adapter.
    pub host: HostNo,
    /// The channel ("bus"); FC drivers use 0.
    pub channel: u32,
    /// The target id that the transport bound to a remote port.
    pub target: u32,
    /// The LUN as Linux numbers it.
    pub lun: u64,
}

impl fmt::Display for ScsiAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}:{}:{}:{}", self.host.0, self.channel, self.target, self.lun))
    }
}

impl FromStr for ScsiAddress {
    type Err = ScsiAddressParseError;

    fn from_str(text: &str) -> Result<Self, ScsiAddressParseError> {
        let refused = || ScsiAddressParseError { text: text.into() };
        let mut parts = text.split(':');
        let mut next = || {
            let part = parts.next().filter(|p| p.bytes().all(|b| b.is_ascii_digit()));
            part.and_then(|p| p.parse::<u64>().ok()).ok_or_else(refused)
        };
        let mut small = || next().and_then(|n| u32::try_from(n).map_err(|_| refused()));
        let (host, channel, target) = (HostNo(small()?), small()?, small()?);
        let address = Self { host, channel, target, lun: next()? };
        if parts.next().is_some() { Err(refused()) } else { Ok(address) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let address: ScsiAddress = "5:0:1:16640".parse().unwrap();
        assert_eq!((address.host, address.lun), (HostNo(5), 16_640));
        assert_eq!(address.to_string(), "5:0:1:16640");
        for bad in ["", "5:0:1", "5:0:1:2:3", "5:0:-1:2", "5:0:1:", "+5:0:1:2", "4294967296:0:0:0"]
        {
            assert!(bad.parse::<ScsiAddress>().is_err(), "{bad:?}");
        }
    }
}
