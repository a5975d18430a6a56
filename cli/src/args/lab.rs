//! What keeps simulated SANs, and what is done to them.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use npivot_lab::state::StateDir;

use super::Format;

/// The variable that stands for `--state`.
const VARIABLE: &str = "NPIVOT_STATE";

/// Where a simulated SAN is kept.
#[derive(Debug, Args)]
pub(crate) struct State {
    /// Keep the simulated SAN in this directory, which is made if it is missing: the next command finds it
    /// as this one left it. Also taken from the environment, as NPIVOT_STATE. For `sim:` and `tree:`
    /// connections; explain, fabric show and export look at it. Without it each command boots its own.
    #[arg(long, value_name = "DIR", global = true)]
    state: Option<PathBuf>,
    /// Where another command is using that directory, wait until it has ended.
    #[arg(long, global = true)]
    state_wait: bool,
}

impl State {
    /// The directory, if one is named: on the command line, else in the environment.
    pub(crate) fn directory(&self) -> Option<StateDir> {
        let environment = || std::env::var_os(VARIABLE).filter(|path| !path.is_empty());
        let path = self.state.clone().or_else(|| environment().map(PathBuf::from))?;
        Some(StateDir::new(path).waiting(self.state_wait))
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Lab {
    /// Restart a simulated host: its vports are gone, its adapters may have other numbers.
    #[command(after_help = "\
Example:
  npivot --state /tmp/lab -c sim:examples/two-fabrics.toml#alpha lab reboot

Which adapter gets which number is drawn from the world's seed. What the fabrics and the
arrays keep (zones, host groups, reservations, data) stays. It waits until the adapters
have logged in.")]
    Reboot {
        /// How to print the old and the new numbers.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
}
