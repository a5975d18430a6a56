//! npivot's own names for a guest's block devices: links that say which LUN, and through what.

use std::fmt;
use std::str::FromStr;

use npivot_hal::{LunId, Wwpn};

use crate::libvirt::PoolName;

/// Behind what a LUN is looked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Through {
    /// The vHBAs of a pool. A pool keeps its name when its guest moves.
    Pool(PoolName),
    /// The adapter of this name.
    Vhba(Wwpn),
}

/// A link that names a LUN for good: `/dev/npivot/pool/POOL/WWID` or `/dev/npivot/vhba/WWPN/WWID`.
///
/// It means the same after a reboot and on another host, since it holds no number that a kernel or an
/// array gives out. Where it points is made true when a guest is about to start, and only to a device that
/// has just said that it is that LUN. In `WWID` all but letters, digits, `.`, `_` and `-` is written `%XX`.
///
/// ```
/// use npivot::guest::DeviceLink;
///
/// let text = "/dev/npivot/pool/web1-a/naa.600140500000000a0000000000000001";
/// let link: DeviceLink = text.parse()?;
/// assert_eq!(link.id.to_string(), "naa.600140500000000a0000000000000001");
/// assert_eq!(link.to_string(), text);
/// assert!("/dev/npivot/pool/../naa.5000c500a1b2c3d4".parse::<DeviceLink>().is_err());
/// # Ok::<(), npivot::guest::DeviceLinkError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceLink {
    /// Behind what it is looked for.
    pub through: Through,
    /// Which LUN it is.
    pub id: LunId,
}

/// Why a path under [`DeviceLink::DIRECTORY`] is no link of npivot's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a link of npivot's: expected {dir}/pool/POOL/WWID or {dir}/vhba/WWPN/WWID",
    dir = DeviceLink::DIRECTORY
)]
pub struct DeviceLinkError(());

impl DeviceLink {
    /// Where all links are.
    pub const DIRECTORY: &str = "/dev/npivot";
    /// The longest last part in bytes: that of a file's name on Linux (`NAME_MAX`).
    pub const MAX_WWID_BYTES: usize = 255;

    /// Whether a path is in npivot's directory, and so must be a link of npivot's.
    pub fn claims(path: &str) -> bool {
        let rest = path.strip_prefix(Self::DIRECTORY);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Whether its last part is no longer than a file's name may be. Only identities of the vendor's own
    /// text (`t10.…`) can be too long.
    pub fn fits(&self) -> bool {
        Wwid(&self.id).to_string().len() <= Self::MAX_WWID_BYTES
    }
}

impl fmt::Display for DeviceLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (dir, wwid) = (Self::DIRECTORY, Wwid(&self.id));
        match &self.through {
            Through::Pool(pool) => write!(f, "{dir}/pool/{pool}/{wwid}"),
            Through::Vhba(wwpn) => write!(f, "{dir}/vhba/{wwpn}/{wwid}"),
        }
    }
}

/// An identity as a file's name.
struct Wwid<'a>(&'a LunId);

impl fmt::Display for Wwid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0.to_string().bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' | b'-' => {
                    write!(f, "{}", char::from(byte))?;
                }
                _ => write!(f, "%{byte:02X}")?,
            }
        }
        Ok(())
    }
}

impl FromStr for DeviceLink {
    type Err = DeviceLinkError;

    fn from_str(path: &str) -> Result<Self, DeviceLinkError> {
        let read = || {
            let rest = path.strip_prefix(Self::DIRECTORY)?.strip_prefix('/')?;
            let (kind, rest) = rest.split_once('/')?;
            let (name, wwid) = rest.split_once('/')?;
            let through = match kind {
                "pool" => Through::Pool(name.parse().ok()?),
                "vhba" => Through::Vhba(name.parse().ok()?),
                _ => return None,
            };
            let link = Self { through, id: id(wwid)? };
            // One name for one link: another notation of the same is none.
            (link.to_string() == path && link.fits()).then_some(link)
        };
        read().ok_or(DeviceLinkError(()))
    }
}

fn id(wwid: &str) -> Option<LunId> {
    let mut bytes = Vec::new();
    let mut rest = wwid.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut digit = || char::from(rest.next()?).to_digit(16);
            bytes.push(u8::try_from(digit()? << 4 | digit()?).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    let text = String::from_utf8(bytes).ok()?;
    match text.strip_prefix("t10.") {
        // White space at its end is part of it.
        Some(vendor) if !vendor.is_empty() => Some(LunId::T10(vendor.into())),
        _ => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_read_as_they_are_written() {
        for (through, id) in [
            (Through::Pool("web1 'ä'".parse().unwrap()), "naa.5000c500a1b2c3d4"),
            (Through::Vhba("5001a4a000000001".parse().unwrap()), "eui.0123456789abcdef"),
        ] {
            let link = DeviceLink { through, id: id.parse().unwrap() };
            assert_eq!(link.to_string().parse(), Ok(link));
        }
        let id = LunId::T10("NPIVOT  a/b % ".into());
        let link = DeviceLink { through: Through::Pool("p".parse().unwrap()), id };
        assert_eq!(link.to_string(), "/dev/npivot/pool/p/t10.NPIVOT%20%20a%2Fb%20%25%20");
        assert_eq!(link.to_string().parse(), Ok(link));
    }

    #[test]
    fn other_paths_are_none() {
        for path in [
            "/dev/npivot",
            "/dev/npivot/pool/p",
            "/dev/npivot/pool/p/naa.1",
            "/dev/npivot/pool/p/naa.5000C500A1B2C3D4",
            "/dev/npivot/pool/p/naa.5000c500a1b2c3d4/",
            "/dev/npivot/pool/../naa.5000c500a1b2c3d4",
            "/dev/npivot/pool//naa.5000c500a1b2c3d4",
            "/dev/npivot/vhba/5001A4A000000001/naa.5000c500a1b2c3d4",
            "/dev/npivot/wwid/x/naa.5000c500a1b2c3d4",
            "/dev/npivot/pool/p/t10.%2",
            "/dev/npivot/pool/p/t10.%+1",
            "/dev/npivot/pool/p/t10.%ff",
        ] {
            assert!(DeviceLink::claims(path) && path.parse::<DeviceLink>().is_err(), "{path}");
        }
        assert!(!DeviceLink::claims("/dev/npivots/x"));
        let long = LunId::T10("x".repeat(252).into());
        assert!(!DeviceLink { through: Through::Pool("p".parse().unwrap()), id: long }.fits());
    }
}
