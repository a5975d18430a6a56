//! `npivot fcf`: a simulated SAN on real wires.

use std::io::Write;
use std::path::Path;
use std::process::ExitStatus;
use std::sync::Arc;

use npivot_lab::act::{Act, Requests};
use npivot_lab::load_topology;
use npivot_lab::wire::{Opening, Plant, Plug, Site, Tap, VolumeFile, mac_text};
use npivot_wire::fcf::{LinkIx, Settings};
use serde::Serialize;
use tokio::process::Command;

use super::json;
use crate::args::{Fcf, Format};
use crate::outcome::{Answer, Failure};
use crate::show::table::{lines, table};

/// What was counted on a port.
#[derive(Debug, Serialize)]
struct Account {
    port: String,
    transport: String,
    closed: Option<String>,
    counters: Vec<Count>,
}

#[derive(Debug, Serialize)]
struct Count {
    what: &'static str,
    frames: u64,
}

/// Serves until it is interrupted, or the command has ended.
pub(super) fn run(asked: &Fcf, out: &mut impl Write) -> Result<Answer, Failure> {
    if asked.port.len() != asked.transport.len() {
        let text = "each --port needs a --transport, and each --transport a --port";
        return Err(Failure::Word(text.into()));
    }
    if asked.pcap.len() > asked.port.len() {
        return Err(Failure::Word("there are more --pcap than --port".into()));
    }
    let (_, topology) = load_topology(&asked.topology)?;
    let word = |error: &dyn std::fmt::Display| Failure::Word(error.to_string());
    let (mut site, openings) =
        Site::at(&topology, &asked.port, asked.seed).map_err(|error| word(&error))?;
    VolumeFile::attach_all(&asked.volume, &mut site.world).map_err(|error| word(&error))?;
    let mut plugs = vec![];
    let mut taps = vec![];
    for (i, (opening, transport)) in openings.iter().zip(&asked.transport).enumerate() {
        let opened = transport.open().map_err(|error| word(&error))?;
        super::say(opened.warning().as_deref());
        let mut plug = Plug::boxed(opening.port, opened);
        if let Some(file) = asked.pcap.get(i) {
            let tap = Tap::create(file).map_err(|cause| Failure::Directory(file.clone(), cause))?;
            plug = plug.tapped(tap.clone());
            taps.push((file, tap));
        }
        plug.faults = asked.faults;
        plugs.push(plug);
    }
    let plant =
        Plant::start(site.world, plugs, Settings::default()).map_err(|error| word(&error))?;
    let plant = Arc::new(plant);
    let requests = asked.control.as_deref().map(|at| serve(&plant, at)).transpose()?;
    tell(asked, &openings);
    let status = wait_for_the_end(&plant, &asked.command)?;
    if status.is_none() && plant.is_deserted() {
        super::say(Some("all ports are closed: there is nobody left to serve"));
    }
    let accounts = accounts(asked, &plant);
    let broken = (0..).map(LinkIx).take(asked.port.len()).any(|link| plant.is_broken(link));
    drop(requests);
    drop(plant);
    for (file, tap) in taps {
        tap.flush().map_err(|cause| Failure::Directory(file.clone(), cause))?;
    }
    if let Some(status) = status {
        return Ok(Answer::Status(status));
    }
    match asked.format {
        Format::Json => json(&accounts, out)?,
        Format::Text => print(&accounts, out)?,
    }
    Ok((!broken).into())
}

/// Serves what is asked for in a directory.
fn serve(plant: &Arc<Plant>, at: &Path) -> Result<Requests, Failure> {
    let plant = Arc::clone(plant);
    let act = move |act: &Act| plant.with(|world, _| act.apply(world));
    Requests::serve(at, act).map_err(|cause| Failure::Unread(at.to_owned(), cause))
}

/// Who is expected at the ports.
fn tell(asked: &Fcf, openings: &[Opening]) {
    for ((place, transport), opening) in asked.port.iter().zip(&asked.transport).zip(openings) {
        let who = opening.hba.as_ref().map_or_else(String::new, |hba| {
            format!(
                ": {} {} is expected there as {}, MAC address {}",
                hba.host,
                hba.given.wwpn.with_colons(),
                hba.names.wwpn.with_colons(),
                mac_text(hba.mac)
            )
        });
        super::say(Some(&format!("{place} is open at {transport}{who}")));
    }
}

/// The exit status of a command as a shell tells it.
fn code_of(status: ExitStatus) -> u8 {
    use std::os::unix::process::ExitStatusExt;
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)
}

/// What a shell has for a command that could not be run: 127 if there is none, else 126.
fn code_of_none(cause: &std::io::Error) -> u8 {
    if cause.kind() == std::io::ErrorKind::NotFound { 127 } else { 126 }
}

/// Waits for the command's end or, without one, for SIGINT or SIGTERM, or until nobody is left at any port. What ends
/// us ends the command first: sockets are removed and captures written whole.
fn wait_for_the_end(plant: &Plant, command: &[String]) -> Result<Option<u8>, Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::Runtime)?;
    runtime.block_on(async {
        let mut interrupted = signal(SignalKind::interrupt()).map_err(Failure::Runtime)?;
        let mut terminated = signal(SignalKind::terminate()).map_err(Failure::Runtime)?;
        let Some((program, arguments)) = command.split_first() else {
            let mut look = tokio::time::interval(std::time::Duration::from_millis(250));
            loop {
                tokio::select! {
                    _ = interrupted.recv() => return Ok(None),
                    _ = terminated.recv() => return Ok(None),
                    _ = look.tick() => {
                        if plant.is_deserted() {
                            return Ok(None);
                        }
                    }
                }
            }
        };
        let mut child = match Command::new(program).args(arguments).spawn() {
            Ok(child) => child,
            Err(cause) => {
                super::say(Some(&format!("{program}: cannot be run: {cause}")));
                return Ok(Some(code_of_none(&cause)));
            }
        };
        loop {
            tokio::select! {
                // A terminal has told the command, too: it ends, or has its reasons not to.
                _ = interrupted.recv() => {}
                _ = terminated.recv() => { let _ = child.start_kill(); }
                status = child.wait() => {
                    return status.map(|status| Some(code_of(status))).map_err(Failure::Runtime);
                }
            }
        }
    })
}

fn accounts(asked: &Fcf, plant: &Plant) -> Vec<Account> {
    let ports = asked.port.iter().zip(&asked.transport).zip(0..);
    let accounts = ports.map(|((place, transport), number)| {
        let link = LinkIx(number);
        let counters = plant.with(|_, forwarder| forwarder.counters(link).cloned());
        let counted = counters.iter().flat_map(npivot_wire::fcf::Counters::iter);
        let mut counters: Vec<Count> =
            counted.map(|(event, frames)| Count { what: event.as_str(), frames }).collect();
        let overrun = plant.overrun(link);
        if overrun != 0 {
            counters.push(Count { what: "lost, transport too slow", frames: overrun });
        }
        let (port, transport) = (place.to_string(), transport.to_string());
        Account { port, transport, closed: plant.closed(link), counters }
    });
    accounts.collect()
}

fn print(accounts: &[Account], out: &mut impl Write) -> Result<(), Failure> {
    let mut rows = table(&["PORT", "TRANSPORT", "WHAT", "FRAMES"]);
    for account in accounts {
        for count in &account.counters {
            let frames = count.frames.to_string();
            rows.add_row([&account.port, &account.transport, count.what, &frames]);
        }
        if let Some(why) = &account.closed {
            rows.add_row([&account.port, &account.transport, &format!("closed: {why}"), ""]);
        }
    }
    write!(out, "{}", lines(&rows))?;
    Ok(())
}
