//! Where definitions are kept.

use std::path::{Path, PathBuf};

use clap::Args;

use super::ON_WHAT;

/// The variable that stands for `--store`.
const VARIABLE: &str = "NPIVOT_STORE";

/// Where definitions are kept.
#[derive(Debug, Args)]
pub(crate) struct Store {
    /// Keep definitions of vHBAs and pools, and who uses which LUN, in this file, which is made if it is
    /// missing. Also taken from the environment, as NPIVOT_STORE. Default: on this machine
    /// /var/lib/npivot/store.redb, for a simulated SAN that is kept with --state store.redb in that
    /// directory. For vhba, pool, reconcile, autostart, guest and hook.
    #[arg(long, value_name = "FILE", global = true, help_heading = ON_WHAT)]
    store: Option<PathBuf>,
    /// Where another command has that file, wait for its end so many seconds. Default: 0; for autostart and
    /// hook 30.
    #[arg(long, value_name = "SECONDS", global = true, help_heading = ON_WHAT)]
    store_wait: Option<u64>,
}

impl Store {
    /// The file, if one is named: on the command line, else in the environment.
    pub(crate) fn file(&self) -> Option<PathBuf> {
        let environment = || std::env::var_os(VARIABLE).filter(|path| !path.is_empty());
        self.store.clone().or_else(|| environment().map(PathBuf::from))
    }

    /// How long to wait for another command's end, in seconds.
    pub(crate) fn wait_secs(&self, usual: u64) -> u64 {
        self.store_wait.unwrap_or(usual)
    }

    /// Where this machine's definitions are if nobody says otherwise.
    pub(crate) fn of_this_machine() -> &'static Path {
        Path::new("/var/lib/npivot/store.redb")
    }
}
