//! The commands on what is defined: `vhba`, `pool`, `reconcile`, `autostart`, `guest`, `hook`.
//!
//! | module | what is in it |
//! |---|---|
//! | `store` | where definitions are kept; a [`Session`](store::Session) with host and definitions |
//! | `documents` | definitions that people hand in, and those that they get |
//! | `vhba` | `vhba …` |
//! | `pool`, `volumes` | `pool …` |
//! | `reconcile` | `reconcile` and `autostart` |
//! | `guest` | `guest …` |
//! | `hook` | `hook qemu` |

mod documents;
mod guest;
mod hook;
mod pool;
mod reconcile;
mod store;
mod vhba;
mod volumes;

use std::io::Write;

use npivot::node::NodeError;

use super::connected::{self, Telling};
use crate::args::{Args, Command, Pool, Vhba};
use crate::outcome::{Answer, Failure, with_causes};

pub(super) use hook::run as hook;

use documents::Input;
use store::Session;

/// How long `autostart` and the hook wait for another command that has the definitions, in seconds: nobody
/// is there who could try again.
const PATIENCE_SECS: u64 = 30;

/// A start that failed. What could not be taken back is in its error; what could not be noted is not.
fn start_failed(what: &str, error: NodeError) -> Failure {
    match error {
        NodeError::Records(_) => Failure::Word(format!(
            "{what}: {}; it may be up: `npivot reconcile` finishes or takes back what was begun",
            with_causes(&error)
        )),
        error => about(what, error),
    }
}

/// A stop that failed in the middle.
fn stop_failed(what: &str, error: NodeError) -> Failure {
    match about(what, error) {
        Failure::Word(text) => Failure::Word(format!("{text}; it counts as up: stop it again")),
        refused => refused,
    }
}

/// The error, with what it is about; a refusal says that by itself.
fn about(what: &str, error: NodeError) -> Failure {
    match error {
        NodeError::Pool(error) => Failure::Word(format!("{what}: {}", with_causes(&error.cause))),
        NodeError::Vhba(_) | NodeError::Hal(_) | NodeError::Records(_) => {
            Failure::Word(format!("{what}: {}", with_causes(&error)))
        }
        error => error.into(),
    }
}

/// Does a command on what is defined.
pub(super) fn run(args: &Args, out: &mut impl Write) -> Result<Answer, Failure> {
    let usual = if matches!(args.command, Command::Autostart(_)) { PATIENCE_SECS } else { 0 };
    let input = Input::of(&args.command)?;
    connected::with(&args.connect, &args.state, Telling::WhenKept, out, async |connection, out| {
        let session = Session::open(args, connection, input, usual)?;
        let answer = match &args.command {
            Command::Vhba(command) => vhba::run(command, &session, out).await?,
            Command::Pool(command) => pool::run(command, &session, out).await?,
            Command::Reconcile(wanted) => reconcile::run(wanted, &session, out).await?,
            Command::Autostart(wanted) => reconcile::autostart(wanted, &session, out).await?,
            Command::Guest(command) => guest::run(command, &session, out).await?,
            _ => Answer::Yes,
        };
        // What cannot be read looks as if it were gone.
        let lists = matches!(
            args.command,
            Command::Vhba(Vhba::List { .. }) | Command::Pool(Pool::List { .. })
        );
        if lists && answer == Answer::Yes {
            return connected::whole(&*connection.host, None).await;
        }
        Ok(answer)
    })
}
