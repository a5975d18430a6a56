//! Scenario files: a topology, libvirt's XML, steps, and what is expected to come of them.
//!
//! ```toml
//! title = "A guest moves from alpha to beta while it writes"
//! topology = "two-fabrics.toml"          # paths are relative to this file
//! seed = 1
//!
//! [pool]
//! web1-a = "xml/web1-a.xml"              # the name is that in the XML
//!
//! [guest.web1]
//! pools = ["web1-a"]
//! write-every = "2 ms"
//!
//! [[step]]
//! start-pool = { pool = "web1-a", on = "alpha" }
//! [[step]]
//! start-guest = "web1"
//! [[step]]
//! migrate = { guest = "web1", to = "beta" }
//!
//! [[expect]]
//! migration = "done"
//! ```
//!
//! | step | what it does |
//! |---|---|
//! | `start-pool = { pool, on }` | starts a pool on a host and waits for its volumes |
//! | `stop-pool = "P"` | stops it where it is |
//! | `start-guest = "G"` | starts a guest where its pools are: it writes until the end |
//! | `run-for = "500 ms"` | lets time pass |
//! | `migrate = { guest, to, patience?, identities?, during? }` | moves a guest; `identities` (a list of `{ wwpn, wwnn }`, one per pool) are prepared ones; `during` is a list of faults |
//! | `link-down = "a1/0"`, `link-up = "a1/0"` | takes the light off a switch port, or gives it back |
//! | `map = { array, group, volume, lun }`, `unmap = { array, group, volume }` | the array's administrator at work |
//!
//! A fault of a migration is `{ step, nth?, after?, link-down?, link-up? }`: this long after the nth step of
//! that kind has begun, the light of a port goes. Kinds are those of [`Step::kind`]. One that has not happened by
//! the migration's end fails the run.
//!
//! | expectation | holds when |
//! |---|---|
//! | `migration = "done"`, `"refused"` or `"rolled-back"` | the last migration ended so |
//! | `reason = "text"` | its refusal or failure says this |
//! | `guest-runs = { guest, on }` | the guest runs on that host |
//! | `no-write-lost = "G"` | it wrote, and every acknowledged block was read back as written |
//! | `nothing-left-behind = true` | at the end of the run: after `done` the old names are nowhere and there is as much of everything as before; after `refused` and `rolled-back` all is as before the migration |
//!
//! [`Step::kind`]: npivot::migration::Step::kind

mod check;
mod expect;
mod faults;
mod file;
mod report;
mod run;
mod timeline;

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use npivot::libvirt::{PoolDefinition, XmlError};
use npivot_fabric::Topology;
use npivot_fabric::topology::TopologyError;
use npivot_fabric::topology::source::{Problems, ReadError, SourceFile};

pub use report::{Line, Report, Result as CheckResult};

use file::{Expectation, Guest, Step};

/// Why a scenario cannot be run. `Display` is the text to print, with places.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScenarioError {
    /// A file cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The scenario file is wrong.
    #[error(transparent)]
    Problems(#[from] Problems),
    /// Its topology is wrong.
    #[error(transparent)]
    Topology(#[from] TopologyError),
    /// One of its XML files is wrong.
    #[error(transparent)]
    Xml(#[from] XmlError),
}

/// A checked scenario, ready to run.
#[derive(Debug)]
pub struct Scenario {
    title: String,
    seed: u64,
    topology: Topology,
    pools: IndexMap<String, PoolDefinition>,
    guests: IndexMap<String, Guest>,
    steps: Vec<Step>,
    expectations: Vec<Expectation>,
}

impl Scenario {
    /// Reads a scenario and all that it names.
    ///
    /// # Errors
    /// [`ScenarioError`]: everything that is wrong in the first file in which something is.
    pub fn load(path: &Path) -> Result<Self, ScenarioError> {
        let source = SourceFile::load(path)?;
        let raw: file::RawScenario = source.read_toml()?;
        let topology_path = beside(path, raw.topology.get_ref());
        let topology = match Topology::load(&topology_path) {
            // A missing file is a mistake of the one who names it: show where.
            Err(TopologyError::Read(cause)) => {
                return Err(check::unreadable(source, &raw.topology, &cause).into());
            }
            other => other?,
        };
        let mut pools = IndexMap::new();
        for (name, file) in &raw.pool {
            let file_path = beside(path, file.get_ref());
            let text = match SourceFile::load(&file_path) {
                Err(cause) => return Err(check::unreadable(source, file, &cause).into()),
                Ok(text) => text,
            };
            pools.insert(name.clone(), PoolDefinition::parse(text.name(), text.text())?);
        }
        check::check(raw, source, topology, pools).map_err(Into::into)
    }

    /// What it is about, in a line.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The SAN that it runs on.
    pub const fn topology(&self) -> &Topology {
        &self.topology
    }
}

/// Reads the topology in a file, or the one that a scenario file names. The path is that of the topology.
///
/// # Errors
/// [`ScenarioError`].
pub fn load_topology(path: &Path) -> Result<(PathBuf, Topology), ScenarioError> {
    let source = SourceFile::load(path)?;
    let named = source.read_toml::<toml::Table>().ok();
    let named = named.as_ref().and_then(|table| table.get("topology")?.as_str());
    let Some(named) = named else {
        // What was read is what is parsed: a pipe gives its text once.
        let topology = Topology::parse(source.name(), source.text())?;
        return Ok((path.to_owned(), topology));
    };
    let path = beside(path, named);
    let topology = Topology::load(&path)?;
    Ok((path, topology))
}

/// A path that stands in a file is relative to that file.
fn beside(file: &Path, named: &str) -> PathBuf {
    file.parent().unwrap_or(Path::new("")).join(named)
}
