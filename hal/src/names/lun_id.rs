//! Which volume it is: the logical unit's designator from VPD page 83 (SPC-5, 7.7.6).

use std::fmt;
use std::str::FromStr;

/// Why a text is not an identity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{}` is not a LUN identity: expected `naa.` with 16 or 32 hexadecimal digits, `eui.` with 16, 24 or 32, or `t10.` with printable ASCII", .text.escape_debug()
)]
pub struct LunIdParseError {
    text: String,
}

/// The identity of a logical unit: the same on every path, host and fabric, and for as long as the volume
/// exists. Comparing anything less (the LUN number, a device name) is how data is lost.
///
/// It prints as the kernel's `wwid` attribute: `naa.…`, `eui.…`, `t10.…`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum LunId {
    /// NAA designator of 8 bytes (types 2, 3 and 5).
    Naa8([u8; 8]),
    /// NAA designator of 16 bytes (type 6): what arrays use.
    Naa16([u8; 16]),
    /// EUI-64 designator of 8, 12 or 16 bytes.
    Eui(Box<[u8]>),
    /// T10 vendor designator: 8 characters of vendor, then the vendor's own text, all printable ASCII.
    T10(Box<str>),
}

struct Hex<'a>(&'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Display for LunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Naa8(bytes) => write!(f, "naa.{}", Hex(bytes)),
            Self::Naa16(bytes) => write!(f, "naa.{}", Hex(bytes)),
            Self::Eui(bytes) => write!(f, "eui.{}", Hex(bytes)),
            Self::T10(text) => write!(f, "t10.{text}"),
        }
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).ok()).collect()
}

impl FromStr for LunId {
    type Err = LunIdParseError;

    fn from_str(text: &str) -> Result<Self, LunIdParseError> {
        let text = text.trim();
        let refused = || LunIdParseError { text: text.into() };
        let (scheme, rest) = text.split_once('.').ok_or_else(refused)?;
        match scheme.to_ascii_lowercase().as_str() {
            "naa" => {
                let bytes = unhex(rest).ok_or_else(refused)?;
                if let Ok(eight) = <[u8; 8]>::try_from(bytes.as_slice()) {
                    return Ok(Self::Naa8(eight));
                }
                bytes.try_into().map(Self::Naa16).map_err(|_| refused())
            }
            "eui" => unhex(rest)
                .filter(|bytes| matches!(bytes.len(), 8 | 12 | 16))
                .map(|bytes| Self::Eui(bytes.into()))
                .ok_or_else(refused),
            // As the page has it (SPC-5, 4.3.1): `vpd_83` passes over any other.
            "t10" if !rest.is_empty() && rest.bytes().all(|byte| (0x20..0x7f).contains(&byte)) => {
                Ok(Self::T10(rest.into()))
            }
            _ => Err(refused()),
        }
    }
}

serde_as_text!(LunId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_prints() {
        for text in [
            "naa.600140500000000a0000000000000001",
            "naa.5000c500a1b2c3d4",
            "eui.0123456789abcdef",
            "t10.NPIVOT  disk-1",
        ] {
            assert_eq!(text.parse::<LunId>().unwrap().to_string(), text);
        }
        assert_eq!(
            "NAA.5000C500A1B2C3D4".parse::<LunId>().unwrap().to_string(),
            "naa.5000c500a1b2c3d4"
        );
    }

    #[test]
    fn refuses_what_is_none() {
        for text in ["", "naa", "naa.", "naa.12", "naa.zz00c500a1b2c3d4", "eui.01", "t10.", "x.1"] {
            assert!(text.parse::<LunId>().is_err(), "{text:?}");
        }
        // A terminal would obey it.
        for text in ["t10.VENDOR  \u{1b}[2Jx", "t10.VENDOR  a\nb", "t10.VENDOR  \u{9b}2J", "t10.é"]
        {
            let error = text.parse::<LunId>().unwrap_err().to_string();
            assert!(!error.contains(char::is_control), "{error:?}");
        }
    }
}
