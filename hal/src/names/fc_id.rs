//! N_Port_IDs: the 24-bit addresses of a fabric (FC-FS, "Address identifiers").

use std::fmt;
use std::num::NonZeroU8;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why a text is not an N_Port_ID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an N_Port_ID: expected 24 bits as `0x` and six hexadecimal digits")]
pub struct FcIdParseError {
    text: String,
}

/// A switch's domain id: 1 to 239 (0xef). The rest of the byte is reserved for services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct DomainId(NonZeroU8);

impl DomainId {
    /// The largest domain id, and so the largest number of switches in a fabric.
    pub const MAX: u8 = 239;

    /// The domain with this number, or `None` outside 1 to 239.
    pub const fn new(id: u8) -> Option<Self> {
        match NonZeroU8::new(id) {
            Some(n) if id <= Self::MAX => Some(Self(n)),
            _ => None,
        }
    }

    /// The number, 1 to 239.
    pub const fn get(self) -> u8 {
        self.0.get()
    }
}

impl TryFrom<u8> for DomainId {
    type Error = String;
    fn try_from(id: u8) -> Result<Self, String> {
        Self::new(id).ok_or_else(|| format!("a domain id is 1 to {}, not {id}", Self::MAX))
    }
}

impl From<DomainId> for u8 {
    fn from(id: DomainId) -> Self {
        id.get()
    }
}

impl fmt::Display for DomainId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

/// A 24-bit address: domain, area and port, one byte each. Assigned by the fabric at login and valid
/// until logout; a port's lasting name is its [`Wwpn`](crate::Wwpn).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FcId(u32);

impl FcId {
    /// Where an N_Port sends FLOGI and FDISC.
    pub const FABRIC_LOGIN: Self = Self(0xff_fffe);
    /// The fabric controller: SCR goes there, RSCN comes from there.
    pub const FABRIC_CONTROLLER: Self = Self(0xff_fffd);
    /// The name server.
    pub const DIRECTORY_SERVER: Self = Self(0xff_fffc);

    /// The address with this value, or `None` above 24 bits (sysfs shows an unset one as `0xffffffff`).
    pub const fn new(raw: u32) -> Option<Self> {
        if raw <= 0xff_ffff { Some(Self(raw)) } else { None }
    }

    /// The address of a port behind a switch.
    pub const fn from_parts(domain: DomainId, area: u8, port: u8) -> Self {
        Self((domain.get() as u32) << 16 | (area as u32) << 8 | port as u32)
    }

    /// The 24 bits.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The switch's domain, or `None` for zero and the reserved ranges above 239.
    pub const fn domain(self) -> Option<DomainId> {
        DomainId::new(self.0.to_be_bytes()[1])
    }

    /// The area byte.
    pub const fn area(self) -> u8 {
        self.0.to_be_bytes()[2]
    }

    /// The port byte.
    pub const fn port(self) -> u8 {
        self.0.to_be_bytes()[3]
    }

    /// Whether it is one of the addresses `FFFFF0` to `FFFFFE` at which the fabric's services answer.
    pub const fn is_well_known(self) -> bool {
        self.0 >= 0xff_fff0 && self.0 <= 0xff_fffe
    }
}

/// As sysfs prints it: `0x%06x`.
impl fmt::Display for FcId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("0x{:06x}", self.0))
    }
}

impl fmt::Debug for FcId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FcId({self})")
    }
}

/// Reads `0x010800` and `010800`.
impl FromStr for FcId {
    type Err = FcIdParseError;
    fn from_str(text: &str) -> Result<Self, FcIdParseError> {
        let refused = || FcIdParseError { text: text.into() };
        let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
        if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(refused());
        }
        u32::from_str_radix(digits, 16).ok().and_then(Self::new).ok_or_else(refused)
    }
}

serde_as_text!(FcId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_text() {
        let id = FcId::from_parts(DomainId::new(239).unwrap(), 0xff, 0x0a);
        assert_eq!(id.to_string(), "0xefff0a");
        assert_eq!("0xEFFF0A".parse(), Ok(id));
        assert_eq!((id.domain().map(DomainId::get), id.area(), id.port()), (Some(239), 0xff, 0x0a));
        assert!(FcId::FABRIC_LOGIN.is_well_known());
        assert_eq!(FcId::FABRIC_LOGIN.domain(), None);
        assert_eq!(FcId::new(0xffff_ffff), None);
        for bad in ["", "0x", "0x1080", "0x+10800", "0x0108000"] {
            assert!(bad.parse::<FcId>().is_err(), "{bad:?}");
        }
        assert_eq!((DomainId::new(0), DomainId::new(240)), (None, None));
    }
}
