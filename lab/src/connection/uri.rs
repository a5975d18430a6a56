//! The text of a connection.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use super::{ConnectError, SCHEMES, Scheme};

/// Where to connect to: `SCHEME:PATH#NAME`, of which path and name may be missing.
///
/// The name begins after the last `#`, so that a path may have one if a name follows.
///
/// ```
/// let uri: npivot_lab::connection::Uri = "sim:examples/two-fabrics.toml#alpha".parse()?;
/// assert_eq!(uri.name(), Some("alpha"));
/// assert!("examples/two-fabrics.toml".parse::<npivot_lab::connection::Uri>().is_err());
/// # Ok::<(), npivot_lab::connection::ConnectError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Uri {
    scheme: &'static Scheme,
    path: String,
    name: Option<String>,
}

impl Uri {
    pub(super) const fn scheme(&self) -> &'static Scheme {
        self.scheme
    }

    /// What stands before the colon: `sysfs`, `sim`.
    pub const fn kind(&self) -> &'static str {
        self.scheme.name
    }

    /// What stands between colon and `#`; `None` if nothing does.
    pub fn path(&self) -> Option<&Path> {
        (!self.path.is_empty()).then(|| Path::new(&self.path))
    }

    /// What stands after the last `#`.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

impl FromStr for Uri {
    type Err = ConnectError;

    fn from_str(text: &str) -> Result<Self, ConnectError> {
        let wrong = || ConnectError::NotAUri(text.to_owned());
        let (scheme, rest) = text.split_once(':').ok_or_else(wrong)?;
        let scheme = SCHEMES.iter().find(|known| known.name == scheme).ok_or_else(wrong)?;
        let (path, name) = match rest.rsplit_once('#') {
            Some((path, name)) => (path, Some(name.to_owned())),
            None => (rest, None),
        };
        Ok(Self { scheme, path: path.to_owned(), name })
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.scheme.name, self.path)?;
        match &self.name {
            Some(name) => write!(f, "#{name}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_prints() {
        for text in ["sysfs:", "sysfs:/tmp/root", "sysfs:a#b.txt#online", "sim:x.toml#alpha"] {
            assert_eq!(text.parse::<Uri>().unwrap().to_string(), text);
        }
        assert_eq!("sysfs:".parse::<Uri>().unwrap().path(), None);
    }

    #[test]
    fn what_is_none_is_refused_with_what_would_be() {
        for text in ["", "x.toml", "ssh:host", "SIM:x#y"] {
            let error = text.parse::<Uri>().unwrap_err().to_string();
            assert!(error.contains("sim:TOPOLOGY#HOST"), "{error}");
        }
    }
}
