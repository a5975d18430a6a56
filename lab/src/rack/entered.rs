//! A host that runs with a line into it.

use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::Duration;

use npivot_hal::Host;

use super::RackError;
use crate::kernel::Running;
use crate::line::{Line, linux_host};

/// How long it is between two looks at whether the machine still boots.
const LOOK: Duration = Duration::from_millis(50);

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
        let mut said = vec![];
        let mut looks = patience.as_millis().div_ceil(LOOK.as_millis());
        loop {
            let ready = line.ready(LOOK);
            if ready == Ok(true) {
                return Ok(Self { name: host.to_owned(), _running: running, line });
            }
            // A machine that died or never came up says why; a program that ended has said so, too.
            let ended = running.look(&mut std::io::sink(), &mut said)?;
            looks = looks.saturating_sub(1);
            if ended.is_some() || looks == 0 || ready.is_err() {
                let said = String::from_utf8_lossy(&said).trim().to_owned();
                let said = match (said.is_empty(), ready) {
                    (true, Err(error)) => error.to_string(),
                    (true, Ok(_)) => format!("while {}", running.phase()),
                    (false, _) => said,
                };
                return Err(RackError::NoLine { host: host.to_owned(), said });
            }
        }
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
