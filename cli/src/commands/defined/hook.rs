//! `npivot hook qemu`.

use std::io::{self, Write};

use npivot::guest::hook::{self, HookAnswer, HookPorts};

use super::documents::bounded;
use super::{PATIENCE_SECS, Session};
use crate::args::{Args, Hook, LinksAt};
use crate::commands::connected::{self, Telling};
use crate::outcome::{Answer, Failure};

/// Answers libvirt. Whatever fails is an answer too: a hook that says nothing lets everything pass.
pub(in crate::commands) fn run(
    command: &Hook,
    args: &Args,
    out: &mut impl Write,
) -> Result<Answer, Failure> {
    let Hook::Qemu { links, words } = command;
    let answer = match bounded(io::stdin().lock()) {
        Err(cause) => hook::unable(words, format_args!("standard input: {cause}")),
        Ok(stdin) => {
            hook::at_once(words, &stdin).unwrap_or_else(|| ask(links, words, &stdin, args))
        }
    };
    // Before the exit status; who closed it does not want to know.
    let _ = io::stderr().write_all(answer.stderr.as_bytes());
    out.write_all(&answer.stdout)?;
    Ok(Answer::from(answer.status == 0))
}

/// Asks the host and its records.
fn ask(links: &LinksAt, words: &[String], stdin: &[u8], args: &Args) -> HookAnswer {
    let (mut answer, mut nothing) = (None, vec![]);
    let (uri, state) = (&args.connect, &args.state);
    let telling = Telling::WhenKept;
    let done = connected::with(uri, state, telling, &mut nothing, async |connection, _| {
        let session = Session::open(args, connection, None, PATIENCE_SECS)?;
        let links = session.links(links)?;
        let ports = HookPorts { resolve: session.ports(), links: &links };
        answer = Some(hook::qemu(words, stdin, &ports).await);
        Ok(Answer::Yes)
    });
    match (done, answer) {
        (Ok(_), Some(answer)) => answer,
        (Err(failure), _) => hook::unable(words, failure),
        (Ok(_), None) => hook::unable(words, "the host was not asked"),
    }
}
