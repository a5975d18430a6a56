//! UUIDs as libvirt writes them. They are parsed and printed; making one needs randomness, which is the
//! caller's.

use std::fmt;
use std::str::FromStr;

/// Why a text is not a UUID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a UUID: expected 32 hexadecimal digits, plain or in groups of 8-4-4-4-12 with dashes"
)]
pub struct UuidParseError {
    text: String,
}

/// A universally unique identifier: 16 bytes in the order in which they are printed (RFC 9562).
///
/// Reads 32 hexadecimal digits in either case, plain or with all four dashes, and white space around
/// them; prints lower case with dashes, as libvirt's `virUUIDFormat`. All values are allowed, the nil
/// UUID too.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uuid(pub [u8; 16]);

/// After how many bytes a dash stands.
const DASHES: [usize; 4] = [4, 6, 8, 10];

impl Uuid {
    /// A UUID of these random bytes (RFC 9562, 5.4: version 4).
    pub const fn from_random(mut bytes: [u8; 16]) -> Self {
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        Self(bytes)
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, byte) in self.0.iter().enumerate() {
            if DASHES.contains(&i) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Uuid({self})")
    }
}

impl FromStr for Uuid {
    type Err = UuidParseError;

    fn from_str(text: &str) -> Result<Self, UuidParseError> {
        let refused = || UuidParseError { text: text.into() };
        let digits: &mut dyn Iterator<Item = u8> = &mut text.trim().bytes();
        let dashed = text.trim().len() == 36;
        let mut bytes = [0; 16];
        for (i, byte) in bytes.iter_mut().enumerate() {
            if dashed && DASHES.contains(&i) && digits.next() != Some(b'-') {
                return Err(refused());
            }
            let mut digit = || digits.next().and_then(|b| char::from(b).to_digit(16));
            let (high, low) = (digit(), digit());
            let value = high.zip(low).map(|(high, low)| high << 4 | low);
            *byte = value.and_then(|v| u8::try_from(v).ok()).ok_or_else(refused)?;
        }
        if digits.next().is_some() {
            return Err(refused());
        }
        Ok(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notation_is_the_same_uuid() {
        let canonical = "e9392370-2917-565e-692b-d057f46512d6";
        for text in [
            canonical,
            "E9392370-2917-565E-692B-D057F46512D6",
            "e93923702917565e692bd057f46512d6",
            "\n  E93923702917565E692BD057F46512D6 ",
        ] {
            assert_eq!(text.parse::<Uuid>().unwrap().to_string(), canonical);
        }
    }

    #[test]
    fn what_is_no_uuid_is_refused() {
        for text in [
            "",
            "e9392370-2917-565e-692b-d057f46512d",
            "e9392370-2917-565e-692b-d057f46512d6a",
            "e9392370-2917-565e-692bd057f46512d6",
            "e939237-02917-565e-692b-d057f46512d6",
            "e93923702917565e692bd057f46512dg",
            "+93923702917565e692bd057f46512d6",
            "e9392370+2917-565e-692b-d057f46512d6",
            "é93923702917565e692bd057f46512d6",
        ] {
            assert!(text.parse::<Uuid>().is_err(), "{text:?}");
        }
    }
}
