//! Why there is no connection.

use std::path::PathBuf;

use super::SCHEMES;
use crate::ScenarioError;
use crate::act::ActError;
use crate::rack::RackError;
use crate::state::StateError;

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The text is no connection.
    #[error("`{0}` is not a connection: expected one of {forms}", forms = forms())]
    NotAUri(String),
    /// Something must stand where nothing does.
    #[error("`{uri}`: {missing}")]
    Incomplete {
        /// The connection.
        uri: String,
        /// What is missing.
        missing: String,
    },
    /// The topology is wrong or cannot be read.
    #[error(transparent)]
    Topology(#[from] ScenarioError),
    /// The simulated world cannot be kept where it should be.
    #[error(transparent)]
    State(#[from] StateError),
    /// What it leads to cannot be kept.
    #[error(
        "`{0}`: a real kernel and its SAN cannot be kept: leave out --state, or take `sim:` or `tree:`"
    )]
    NotKept(String),
    /// The topology has no such host.
    #[error("{}: there is no host `{name}`: it has {known}", file.display())]
    NoSuchHost {
        /// The topology file.
        file: PathBuf,
        /// The name.
        name: String,
        /// The hosts that there are.
        known: String,
    },
    /// Something cannot be done to the simulated SAN.
    #[error(transparent)]
    Act(#[from] ActError),
    /// No kernel can be put on the SAN, or its machine does not come up.
    #[error(transparent)]
    Kernel(#[from] RackError),
    /// A directory or an archive that no inventory can be read from.
    #[error("{}: {reason}", path.display())]
    Files {
        /// Where.
        path: PathBuf,
        /// What is wrong there.
        reason: String,
    },
}

fn forms() -> String {
    let all: Vec<String> =
        SCHEMES.iter().flat_map(|scheme| scheme.forms).map(|form| format!("`{form}`")).collect();
    all.join(", ")
}
