//! What a pool may be called.

use std::fmt;
use std::str::FromStr;

/// A pool's name: 1 to 255 bytes, no `/`, no control characters, neither `.` nor `..`.
///
/// libvirt refuses only `/`; the rest keeps a name usable as the name of a file and on one line of a
/// table. White space is part of a name, at its ends too.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PoolName(String);

/// Why a text cannot be the name of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PoolNameError {
    /// No bytes at all.
    #[error("a name has at least one character")]
    Empty,
    /// Above [`PoolName::MAX_BYTES`].
    #[error("the name has {0} bytes, at most {max} are allowed", max = PoolName::MAX_BYTES)]
    TooLong(usize),
    /// A `/`.
    #[error("a name cannot contain `/`")]
    Slash,
    /// A control character, such as a line break.
    #[error("a name cannot contain control characters, found U+{code:04X}", code = u32::from(*.0))]
    Control(char),
    /// `.` or `..`.
    #[error("`.` and `..` are not names")]
    Dots,
}

impl PoolName {
    /// The longest name in bytes: that of a file on Linux (`NAME_MAX`).
    pub const MAX_BYTES: usize = 255;

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PoolName {
    type Err = PoolNameError;

    fn from_str(text: &str) -> Result<Self, PoolNameError> {
        if text.is_empty() {
            return Err(PoolNameError::Empty);
        }
        if text.len() > Self::MAX_BYTES {
            return Err(PoolNameError::TooLong(text.len()));
        }
        if text.contains('/') {
            return Err(PoolNameError::Slash);
        }
        // XML has no way to write the last two.
        let control = |c: char| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}');
        if let Some(c) = text.chars().find(|c| control(*c)) {
            return Err(PoolNameError::Control(c));
        }
        if matches!(text, "." | "..") {
            return Err(PoolNameError::Dots);
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for PoolName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl AsRef<str> for PoolName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for good in ["a", "...", " x ", "web1-a", "Größe", &"x".repeat(255)] {
            assert_eq!(good.parse::<PoolName>().unwrap().as_str(), good);
        }
        for (bad, why) in [
            ("", PoolNameError::Empty),
            (".", PoolNameError::Dots),
            ("..", PoolNameError::Dots),
            ("a/b", PoolNameError::Slash),
            ("a\nb", PoolNameError::Control('\n')),
            ("a\u{85}", PoolNameError::Control('\u{85}')),
            (&"é".repeat(128), PoolNameError::TooLong(256)),
        ] {
            assert_eq!(bad.parse::<PoolName>(), Err(why));
        }
    }
}
