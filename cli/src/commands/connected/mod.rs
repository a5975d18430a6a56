//! The commands that work on a connection: `host`, `lun`, `vport`, `lab`.
//!
//! | module | what is in it |
//! |---|---|
//! | `host` | `host list`, `show` and `events` |
//! | `tree` | `host tree` |
//! | `lun` | `lun list` and `show` |
//! | `lab` | `lab reboot` |
//! | `vport` | `vport create`, `delete` and `list` |
//! | `records` | what they print for programs |

mod host;
mod lab;
mod lun;
mod records;
mod tree;
mod vport;

use std::io::Write;

use npivot_hal::{Adapter as AdapterRecord, Error, ErrorKind, Host as HalHost, HostNo};
use npivot_lab::connection::{Clock, Connection, Simulated, Uri};
use tokio::runtime::{Builder, Runtime};

pub(super) use host::or_dash;
pub(super) use lun::reservation;

use super::say;
use crate::args::{Adapter, Command, Host, State};
use crate::outcome::{Answer, Failure, with_causes};

/// Does a command on a connection.
pub(super) fn run(
    command: &Command,
    uri: &Uri,
    state: &State,
    out: &mut impl Write,
) -> Result<Answer, Failure> {
    // It changes nothing, and is read while it runs.
    let telling = if matches!(command, Command::Host(Host::Events { .. })) {
        Telling::AtOnce
    } else {
        Telling::WhenKept
    };
    with(uri, state, telling, out, async |connection, out| on(command, uri, connection, out).await)
}

/// Where an answer goes.
pub(super) struct Sink<'o>(&'o mut dyn Write);

impl Write for Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

/// When the answer of a command on a simulated SAN that is kept is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Telling {
    /// Once what was done is kept: it is not said before.
    WhenKept,
    /// As it comes.
    AtOnce,
}

/// Connects, works, and keeps what was done to a simulated SAN.
pub(super) fn with<W: Write>(
    uri: &Uri,
    state: &State,
    telling: Telling,
    out: &mut W,
    work: impl AsyncFnOnce(&Connection, &mut Sink<'_>) -> Result<Answer, Failure>,
) -> Result<Answer, Failure> {
    runtime(uri.clock())?.block_on(async {
        let Some(state) = state.directory_for(uri) else {
            let connection = uri.connect().await?;
            let done = work(&connection, &mut Sink(out)).await;
            return done.or_else(|failure| explained(failure, uri));
        };
        let connection = uri.connect_keeping(&state).await?;
        say(connection.simulated.as_ref().and_then(Simulated::notice));
        let mut answer: Vec<u8> = vec![];
        let to = if telling == Telling::AtOnce { Sink(out) } else { Sink(&mut answer) };
        let done = work(&connection, &mut { to }).await;
        let finished = connection.finish().await;
        if done.is_ok() {
            finished?;
        } else if let Err(unkept) = finished {
            say(Some(&format!("what was done until then is not kept: {unkept}")));
        }
        out.write_all(&answer)?;
        done.or_else(|failure| explained(failure, uri))
    })
}

async fn on(
    command: &Command,
    uri: &Uri,
    connection: &Connection,
    out: &mut impl Write,
) -> Result<Answer, Failure> {
    match command {
        Command::Host(command) => host::run(command, connection, out).await,
        Command::Lun(command) => lun::run(command, &*connection.host, out).await,
        Command::Vport(command) => vport::run(command, &*connection.host, out).await,
        Command::Lab(command) => lab::run(command, uri, connection, out).await,
        _ => Ok(Answer::Yes),
    }
}

/// A runtime for a connection: the time of a simulated one is virtual.
pub(super) fn runtime(clock: Clock) -> Result<Runtime, Failure> {
    let mut builder = Builder::new_current_thread();
    builder.enable_all().start_paused(clock == Clock::Virtual);
    builder.build().map_err(Failure::Runtime)
}

/// A machine without Fibre Channel is no failure, but an answer.
fn explained(failure: Failure, uri: &Uri) -> Result<Answer, Failure> {
    match failure {
        Failure::Hal(error) if error.kind() == ErrorKind::Unsupported => {
            let uri = uri.to_string();
            Err(Failure::NotThere(format!("{}: {error}", uri.trim_end_matches(':'))))
        }
        other => Err(other),
    }
}

/// The ability of a host, or why there is no answer.
pub(super) fn ability<T>(
    ability: Option<T>,
    what: &'static str,
    host: &dyn HalHost,
) -> Result<T, Failure> {
    ability.ok_or_else(|| {
        let reason = "this connection cannot do it";
        Failure::Hal(Error::new(ErrorKind::Unsupported, what, host.name(), reason))
    })
}

/// The adapter that a person means.
pub(super) async fn find_adapter(
    host: &dyn HalHost,
    wanted: Adapter,
) -> Result<AdapterRecord, Failure> {
    let adapters = host.adapters().await?;
    let known: Vec<String> = adapters.iter().map(|adapter| adapter.no.to_string()).collect();
    let found = adapters.into_iter().find(|adapter| match wanted {
        Adapter::No(no) => adapter.no == no,
        Adapter::Wwpn(wwpn) => adapter.names.wwpn == wwpn,
    });
    if found.is_none() {
        // It may be one of these.
        whole(host, None).await?;
    }
    found.ok_or_else(|| {
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        Failure::Word(format!("there is no adapter {wanted} on {}: there is {known}", host.name()))
    })
}

/// Tells on stderr what is there and in no list, since it cannot be read: everywhere, or on one adapter. A
/// list of which something is missing is a no.
pub(super) async fn whole(host: &dyn HalHost, only: Option<HostNo>) -> Result<Answer, Failure> {
    let concerns = |error: &Error| {
        only.is_none_or(|no| error.object().split('/').next() == Some(&*no.to_string()))
    };
    let unreadable = host.unreadable().await?;
    let mut answer = Answer::Yes;
    for error in unreadable.iter().filter(|error| concerns(error)) {
        say(Some(&format!("warning: {}", host::harmless(&with_causes(error)))));
        answer = Answer::No;
    }
    Ok(answer)
}

/// The same, everywhere or on the adapter that a person means.
async fn whole_behind(host: &dyn HalHost, only: Option<Adapter>) -> Result<Answer, Failure> {
    let only = match only {
        Some(wanted) => Some(find_adapter(host, wanted).await?.no),
        None => None,
    };
    whole(host, only).await
}

/// All adapters, or the one that is wanted.
async fn adapters(
    connection: &dyn HalHost,
    only: Option<Adapter>,
) -> Result<Vec<AdapterRecord>, Failure> {
    match only {
        Some(wanted) => Ok(vec![find_adapter(connection, wanted).await?]),
        None => Ok(connection.adapters().await?),
    }
}
