//! A host that runs with a line into it.

use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::Duration;

use npivot_hal::Host;

use super::RackError;
use crate::kernel::{KernelError, Running};
use crate::line::{Line, linux_host};

/// How long it is between two looks at whether the machine still boots.
const LOOK: Duration = Duration::from_millis(50);

/// How long the end of a machine may take whose line has ended.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// A host that runs with a line into it. Dropped, it is switched off.
#[derive(Debug)]
pub struct Entered {
    name: String,
    _running: Running,
    line: Arc<Line>,
}

impl Entered {
    /// Waits until somebody listens in the machine.
    pub(super) fn wait_for(
        host: &str,
        mut running: Running,
        line: UnixStream,
        patience: Duration,
    ) -> Result<Self, RackError> {
        let line = Arc::new(Line::over(line).map_err(RackError::Wire)?);
        let none = |said: &[u8], otherwise: String| {
            let said = String::from_utf8_lossy(said).trim().to_owned();
            let said = if said.is_empty() { otherwise } else { said };
            RackError::NoLine { host: host.to_owned(), said }
        };
        let mut said = vec![];
        for _ in 0..patience.as_millis().div_ceil(LOOK.as_millis()) {
            match line.ready(LOOK) {
                Ok(true) => return Ok(Self { name: host.to_owned(), _running: running, line }),
                Ok(false) => {}
                // A machine that died says why, as soon as its process has ended.
                Err(broken) => {
                    return Err(match running.wait(LAST_WORDS) {
                        Ok(finished) => none(&finished.stderr, broken.to_string()),
                        Err(KernelError::TimedOut { .. }) => none(&said, broken.to_string()),
                        Err(cause) => cause.into(),
                    });
                }
            }
            // So does one that did not come up; and a program that ended has said why.
            if running.look(&mut std::io::sink(), &mut said)?.is_some() {
                break;
            }
        }
        Err(none(&said, format!("while {}", running.phase())))
    }

    /// Its kernel, as the Linux backend sees it.
    pub fn host(&self) -> Arc<dyn Host> {
        Arc::new(linux_host(&self.line, &self.name))
    }

    /// The line into it.
    pub const fn line(&self) -> &Arc<Line> {
        &self.line
    }
}
