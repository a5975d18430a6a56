//! World wide names (FC-FS, "Name_Identifier formats"): 64 bits that name a port, a node or a fabric.

use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why a text is not a world wide name. The position counts characters from 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WwnParseError {
    /// Not 16 hexadecimal digits after prefix and separators were taken away.
    #[error("`{text}` has {found} hexadecimal digits, a world wide name has 16")]
    Length {
        /// What was given.
        text: String,
        /// How many digits it has.
        found: usize,
    },
    /// A character that is neither a hexadecimal digit nor a separator between bytes.
    #[error("`{text}`: unexpected `{found}` at character {at}, expected a hexadecimal digit")]
    Digit {
        /// What was given.
        text: String,
        /// The offending character.
        found: char,
        /// Its position, counted in characters from 0.
        at: usize,
    },
    /// Zero or all ones, which the field uses for "not set".
    #[error("`{text}` means \"not set\", not a world wide name")]
    Unset {
        /// What was given.
        text: String,
    },
}

fn parse(text: &str) -> Result<NonZeroU64, WwnParseError> {
    let trimmed = text.trim();
    let lower = trimmed.to_ascii_lowercase();
    // `wwn-0x…` is udev's form: prefixes stack.
    let mut body = lower.as_str();
    for prefix in ["wwn-", "naa.", "0x"] {
        body = body.strip_prefix(prefix).unwrap_or(body);
    }
    let skipped = trimmed.chars().count() - body.chars().count();
    let had_0x = lower.contains("0x");
    let (mut value, mut digits, mut after_separator) = (0_u64, 0_usize, true);
    for (i, c) in body.chars().enumerate() {
        let at = skipped + i;
        if let Some(digit) = c.to_digit(16) {
            digits += 1;
            if digits <= 16 {
                value = value << 4 | u64::from(digit);
            }
            after_separator = false;
        } else if matches!(c, ':' | '-') && digits % 2 == 0 && !after_separator && !had_0x {
            after_separator = true;
        } else {
            return Err(WwnParseError::Digit { text: text.into(), found: c, at });
        }
    }
    // The kernel prints `0x%llx`: leading zeros are missing there, and only there.
    let short_is_fine = had_0x && (1..=16).contains(&digits);
    if digits != 16 && !short_is_fine {
        return Err(WwnParseError::Length { text: text.into(), found: digits });
    }
    if after_separator {
        return Err(WwnParseError::Length { text: text.into(), found: digits });
    }
    checked(value).ok_or_else(|| WwnParseError::Unset { text: text.into() })
}

fn checked(raw: u64) -> Option<NonZeroU64> {
    NonZeroU64::new(raw).filter(|name| name.get() != u64::MAX)
}

/// A name printed with a separator between its bytes.
struct Separated(u64, char);

impl fmt::Display for Separated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, byte) in self.0.to_be_bytes().iter().enumerate() {
            if i > 0 {
                write!(f, "{}", self.1)?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

macro_rules! wwn_type {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        ///
        /// It parses from every form that people paste: sysfs (`0x…`, leading zeros missing), libvirt
        /// (16 digits), switches (colons or dashes), LIO (`naa.…`), udev (`wwn-0x…`), in either case.
        /// It prints as libvirt does, 16 lower-case digits; the methods give the other forms.
        ///
        /// ```
        #[doc = concat!("use npivot_hal::", stringify!($name), " as Name;")]
        /// let name: Name = "21:00:00:1B:32:A9:DA:4E".parse()?;
        /// assert_eq!(name.to_string(), "2100001b32a9da4e");
        /// assert_eq!(name.with_colons().to_string(), "21:00:00:1b:32:a9:da:4e");
        /// assert_eq!(name, "wwn-0x2100001b32a9da4e".parse()?);
        /// # Ok::<(), npivot_hal::WwnParseError>(())
        /// ```
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(NonZeroU64);

        impl $name {
            /// The name with this value, or `None` for zero and all ones, which mean "not set".
            pub const fn new(raw: u64) -> Option<Self> {
                match NonZeroU64::new(raw) {
                    Some(name) if raw != u64::MAX => Some(Self(name)),
                    _ => None,
                }
            }

            /// The 64 bits, most significant byte first on the wire.
            pub const fn get(self) -> u64 {
                self.0.get()
            }

            /// The Network Address Authority: the top four bits (1, 2, 5 and 6 occur in the field).
            pub const fn naa(self) -> u8 {
                (self.get() >> 60) as u8
            }

            /// As switches print it: `21:00:00:1b:32:a9:da:4e`.
            pub fn with_colons(self) -> impl fmt::Display {
                Separated(self.get(), ':')
            }

            /// As the kernel prints it in sysfs: `0x%llx`, **without** leading zeros
            /// (`drivers/scsi/scsi_transport_fc.c`).
            pub fn sysfs(self) -> impl fmt::Display {
                format!("{:#x}", self.get())
            }

            /// As LIO's configfs and vhost-scsi name it: `naa.2100001b32a9da4e`.
            pub fn naa_prefixed(self) -> impl fmt::Display {
                format!("naa.{:016x}", self.get())
            }
        }

        impl FromStr for $name {
            type Err = WwnParseError;
            fn from_str(text: &str) -> Result<Self, WwnParseError> {
                parse(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&format!("{:016x}", self.get()))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($what, "({})"), self)
            }
        }

        serde_as_text!($name);
    };
}

wwn_type! {
    /// A port name (N_Port_Name, WWPN): what zones and host groups go by.
    Wwpn, "Wwpn"
}
wwn_type! {
    /// A node name (Node_Name, WWNN): what the ports of one adapter, array or vHBA share.
    Wwnn, "Wwnn"
}
wwn_type! {
    /// The name of a fabric: that of its principal switch, as `fabric_name` in sysfs and libvirt's
    /// `fabric_wwn` show it.
    FabricName, "FabricName"
}

/// The two names of an N_Port, as `vport_create` takes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WwnPair {
    /// The port's name.
    pub wwpn: Wwpn,
    /// The node's name.
    pub wwnn: Wwnn,
}

impl WwnPair {
    /// A pair of these two names.
    pub const fn new(wwpn: Wwpn, wwnn: Wwnn) -> Self {
        Self { wwpn, wwnn }
    }
}

/// As `vport_create` takes it: `WWPN:WWNN`, 33 characters.
impl fmt::Display for WwnPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.wwpn, self.wwnn)
    }
}

#[cfg(test)]
#[path = "wwn_tests.rs"]
mod tests;
