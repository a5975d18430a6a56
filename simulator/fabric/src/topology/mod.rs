//! Topology files: a SAN in TOML, read into a value that has been checked.
//!
//! ```toml
//! [fabric.a]
//! switches = [{ name = "a1", domain = 1 }, { name = "a2", domain = 2, ports = 96 }]
//! isls = [["a1/47", "a2/47"]]
//! [fabric.a.zone]
//! web = ["21:00:00:1b:32:a9:da:01", "50:06:01:60:41:e0:aa:00"]
//!
//! [host.alpha]
//! hbas = [{ wwpn = "21:00:00:1b:32:a9:da:01", port = "a1/0" }]
//!
//! [array.vault]
//! wwnn = "50:06:01:60:c1:e0:aa:00"
//! ports = [{ wwpn = "50:06:01:60:41:e0:aa:00", port = "a2/8" }]
//! volumes = { root = "20 GiB" }
//! [array.vault.group.alpha]
//! initiators = ["21:00:00:1b:32:a9:da:01"]
//! luns = { 0 = "root" }
//! ```
//!
//! | table | key | what it is |
//! |---|---|---|
//! | `[fabric.F]` | `switches` | tables of `name`, `domain` (1 to 239) and any of [`SwitchSettings`](crate::config::SwitchSettings) |
//! | | `isls` | pairs of ports, written `"SWITCH/PORT"` as everywhere |
//! | | `default-zone` | `"deny"` (default) or `"permit"` |
//! | | `zone-sets` | lists of zones by name; without it, one set `cfg` holds all zones |
//! | | `enabled` | the zone set in force, `""` for none; not needed when there is but one |
//! | `[fabric.F.alias]` | a name | a list of members |
//! | `[fabric.F.zone]` | a name | a list of members, or a table of `principals` and `peers` |
//! | `[host.H]` | `driver` | `"qla2xxx"` (default), `"lpfc"` or `"libfc"` |
//! | | `hbas` | tables of `wwpn` and `port`, and perhaps `wwnn`, `vports` (0 to 65,535) and `npiv` |
//! | `[array.A]` | `wwnn` | its node name |
//! | | `ports` | tables of `wwpn` and `port` |
//! | | `volumes` | sizes such as `"20 GiB"`, or tables of `size` and perhaps `id` and `serial` |
//! | `[array.A.group.G]` | `initiators` | WWPNs |
//! | | `luns` | volumes by name, each under its number, 0 to 16383 |
//! | `[latency]` | any of [`Latencies`](crate::config::Latencies) | `[least, most]` in microseconds, to an hour |
//!
//! A member of a zone is a WWPN in any form that is pasted, `DOMAIN,PORT`, an address such as `0x010800`,
//! or the name of an alias. Keys that are not known are refused.
//!
//! **Start here**: [`Topology::parse`]. `raw` has the shape of the file, `words` what stands inside its
//! strings, `fabrics` and `machines` the checks; [`source`] turns a problem into a text that shows where it
//! is, and serves other kinds of file as well.

use std::fmt;
use std::path::Path;

use miette::{Diagnostic, LabeledSpan};

mod check;
mod fabrics;
mod machines;
mod model;
mod raw;
pub mod source;
mod words;

pub use model::{
    ArraySpec, FabricSpec, GroupSpec, HbaSpec, HostSpec, LunSpec, PortRef, SwitchSpec,
    TargetPortSpec, Topology,
};

use source::{Problems, ReadError, SourceFile};

/// Why there is no topology.
///
/// [`Problems`] displays each problem with its place and its line of the file, ready for a terminal.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TopologyError {
    /// The file could not be read, or is too large.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The file is not a topology: everything that is wrong in it.
    #[error(transparent)]
    Problems(#[from] Problems),
}

impl TopologyError {
    /// What is wrong inside the file, if it could be read.
    pub fn problems(&self) -> Option<&Problems> {
        match self {
            Self::Problems(problems) => Some(problems),
            Self::Read(_) => None,
        }
    }
}

/// That of the problems.
impl Diagnostic for TopologyError {
    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        self.problems()?.source_code()
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.problems()?.help()
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.problems()?.labels()
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        self.problems()?.related()
    }
}

impl Topology {
    /// Reads and checks the text of a topology file; `file_name` is what problems call it.
    ///
    /// # Errors
    /// [`TopologyError::Read`] above 16 MiB. Otherwise [`TopologyError::Problems`]: the first place that is
    /// not TOML; else the first wrong key or kind of value of each fabric, host and array; else all values
    /// that make no sense, up to [`Problems::MAX`] of them.
    pub fn parse(file_name: &str, text: &str) -> Result<Self, TopologyError> {
        Ok(check::check(&SourceFile::new(file_name, text)?)?)
    }

    /// Reads and checks a topology file.
    ///
    /// # Errors
    /// [`TopologyError::Read`] if it cannot be read; else those of [`parse`](Self::parse).
    pub fn load(path: impl AsRef<Path>) -> Result<Self, TopologyError> {
        Ok(check::check(&SourceFile::load(path.as_ref())?)?)
    }
}
