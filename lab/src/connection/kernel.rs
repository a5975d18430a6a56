//! Real kernels on simulated SANs.

use std::env;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use npivot_conformance::Maker;
use npivot_hal::WwnPair;

use super::sim::{Named, named};
use super::{ConnectError, Connection, Uri};
use crate::kernel::Kernel;
use crate::proving::KernelMaker;
use crate::rack::{Alone, RackError};
use crate::state::StateDir;

/// How long a kernel may take until somebody listens in it.
const PATIENCE: Duration = Duration::from_mins(2);
/// The command that listens there, of this build.
const COMMAND: &str = "npivot";

pub(super) fn open(uri: &Uri, state: Option<&StateDir>) -> Result<Connection, ConnectError> {
    if state.is_some() {
        return Err(ConnectError::NotKept(uri.to_string()));
    }
    let alone = boot(uri)?;
    let (fabrics, arrays) = (alone.fabrics(), alone.arrays());
    Ok(Connection { host: alone.host(), fabrics, arrays, simulated: None })
}

pub(super) fn maker(uri: &Uri, _: &[WwnPair]) -> Result<Box<dyn Maker>, ConnectError> {
    Ok(Box::new(KernelMaker::new(boot(uri)?)))
}

fn boot(uri: &Uri) -> Result<Arc<Alone>, ConnectError> {
    let Named { topology, host, .. } = named(uri)?;
    let kernel = Kernel::find().map_err(RackError::from)?;
    Ok(Alone::boot(&topology, &host, &kernel, &command()?, PATIENCE)?)
}

/// This program if it is the command, else the command beside it.
fn command() -> Result<PathBuf, ConnectError> {
    let own = env::current_exe().map_err(|error| ConnectError::Files {
        path: PathBuf::from(COMMAND),
        reason: error.to_string(),
    })?;
    // Tests are in a folder below it.
    let beside = own.ancestors().skip(1).take(2).map(|folder| folder.join(COMMAND));
    let found = std::iter::once(own.clone()).chain(beside);
    let is_it =
        |path: &PathBuf| path.file_name().is_some_and(|name| name == COMMAND) && path.is_file();
    found.into_iter().find(is_it).ok_or_else(|| ConnectError::Files {
        path: own,
        reason: format!("the command `{COMMAND}`, which listens in the kernel, is not beside it"),
    })
}
