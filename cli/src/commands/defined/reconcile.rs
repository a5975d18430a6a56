//! `npivot reconcile` and `npivot autostart`.

use std::future::poll_fn;
use std::io::Write;
use std::time::Duration;

use npivot::node::{Action, Findings, NodeError, Reconciled, Why};
use npivot_hal::Host;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::Session;
use crate::args::{Autostart, Format, Reconcile};
use crate::commands::json as write_json;
use crate::outcome::{Answer, Failure, with_causes};
use crate::show::table::{lines, table};

/// The least between two attempts, which cause events themselves.
const PAUSE: Duration = Duration::from_secs(1);

pub(super) async fn run(
    wanted: &Reconcile,
    session: &Session<'_>,
    out: &mut impl Write,
) -> Result<Answer, Failure> {
    let findings = session.node.findings(false).await?;
    let format = wanted.format;
    if wanted.dry_run {
        match format {
            Format::Json => {
                let todo: Vec<Value> = findings.actions.iter().map(record).collect();
                write_json(&json!({ "todo": todo }), out)?;
            }
            Format::Text => write_plan(&findings, out)?,
        }
        return Ok(Answer::from(findings.actions.is_empty()));
    }
    if format == Format::Text {
        write_plan(&findings, out)?;
    }
    let done = session.node.reconcile(findings).await;
    write_done(&done, format, out)?;
    Ok(Answer::from(is_all_done(&done)))
}

fn is_all_done(done: &Reconciled) -> bool {
    done.failed.is_empty() && done.partial.is_empty()
}

pub(super) async fn autostart(
    wanted: &Autostart,
    session: &Session<'_>,
    out: &mut impl Write,
) -> Result<Answer, Failure> {
    if session.node.has_nothing().await? {
        // A machine without Fibre Channel boots well, too.
        return told(&Reconciled::default(), wanted.format, out);
    }
    let deadline = Instant::now() + Duration::from_secs(wanted.wait);
    let mut all = vec![];
    let mut last = loop {
        // Before it is tried, so that nothing is missed.
        let next = something(&*session.connection.host);
        let again = Instant::now() + PAUSE;
        match session.node.findings(true).await {
            Ok(findings) => {
                let mut tried = session.node.reconcile(findings).await;
                all.append(&mut tried.done);
                if is_all_done(&tried) || again >= deadline {
                    break tried;
                }
            }
            // Its driver may not have been loaded yet; that makes no event of its own.
            Err(_) if again < deadline => {
                tokio::time::sleep_until(again).await;
                continue;
            }
            Err(error) => return Err(error.into()),
        }
        tokio::time::sleep_until(again).await;
        // Where nothing is told, the time that was asked for passes, and then it is tried once more.
        let _ = tokio::time::timeout_at(deadline, next).await;
    };
    last.done = all;
    told(&last, wanted.format, out)
}

fn told(last: &Reconciled, format: Format, out: &mut impl Write) -> Result<Answer, Failure> {
    if format == Format::Text && last.done.is_empty() && is_all_done(last) {
        writeln!(out, "nothing is to be started")?;
    }
    write_done(last, format, out)?;
    Ok(Answer::from(is_all_done(last)))
}

/// Ends when something happens on the host from now on; never, where it tells nothing.
fn something(host: &dyn Host) -> impl Future<Output = ()> + use<> {
    let mut stream = host.events().map(npivot_hal::Events::subscribe);
    poll_fn(move |context| match &mut stream {
        Some(events) => events.as_mut().poll_next(context).map(drop),
        None => std::task::Poll::Pending,
    })
}

/// What an action does to what, and why.
fn words(action: &Action) -> (&'static str, String, String) {
    match action {
        Action::StartVhba { name, why } => {
            let why = match why {
                Why::Gone => "it was up, and is gone".into(),
                why => why.to_string(),
            };
            ("start", format!("vHBA {name}"), why)
        }
        Action::StartPool { name, why } => ("start", format!("pool {name}"), why.to_string()),
        Action::DeleteVhba { names, made_for } => {
            let wwpn = names.wwpn.with_colons();
            let why = format!("it was made for {made_for}, which is not defined");
            ("delete", format!("vHBA {wwpn}"), why)
        }
        Action::Forget { what, .. } => {
            ("note as down", what.clone(), "it is noted as up, and is not".into())
        }
        Action::Move { names, .. } => {
            let text = action.to_string();
            let why = text.split_once(": ").map_or("", |(_, why)| why).to_owned();
            ("move", format!("vHBA {}", names.wwpn.with_colons()), why)
        }
        Action::GiveUp { wwpn } => {
            let why = "this host holds the name, and has no such vHBA".into();
            ("give up", format!("name {}", wwpn.with_colons()), why)
        }
        other => ("do", other.to_string(), String::new()),
    }
}

fn write_plan(findings: &Findings, out: &mut impl Write) -> Result<(), Failure> {
    if findings.actions.is_empty() {
        writeln!(out, "nothing is to be done: the host has what is defined")?;
        return Ok(());
    }
    let mut rows = table(&["ACTION", "WHAT", "WHY"]);
    for action in &findings.actions {
        let (what, of, why) = words(action);
        rows.add_row([what.to_owned(), of, why]);
    }
    write!(out, "{}", lines(&rows))?;
    Ok(())
}

fn record(action: &Action) -> Value {
    let (what, of, why) = words(action);
    json!({ "action": what, "what": of, "why": why })
}

fn write_done(done: &Reconciled, format: Format, out: &mut impl Write) -> Result<(), Failure> {
    if format == Format::Json {
        let failed = |(action, error): &(Action, NodeError)| {
            let mut value = record(action);
            value["error"] = with_causes(error).into();
            value
        };
        let partial = |(action, missing): &(Action, String)| {
            let mut value = record(action);
            value["missing"] = missing.as_str().into();
            value
        };
        let failed: Vec<Value> = done.failed.iter().map(failed).collect();
        let partial: Vec<Value> = done.partial.iter().map(partial).collect();
        let done: Vec<Value> = done.done.iter().map(record).collect();
        return write_json(&json!({ "done": done, "partial": partial, "failed": failed }), out);
    }
    for action in &done.done {
        let (what, of, _) = words(action);
        writeln!(out, "done: {what} {of}")?;
    }
    for (action, missing) in &done.partial {
        let (what, of, _) = words(action);
        writeln!(out, "done in part: {what} {of}: {missing}")?;
    }
    for (action, error) in &done.failed {
        let (what, of, _) = words(action);
        writeln!(out, "FAILED: {what} {of}: {}", with_causes(error))?;
    }
    Ok(())
}
