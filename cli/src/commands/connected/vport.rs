//! `npivot vport create`, `delete` and `list`.

use std::future::poll_fn;
use std::io::Write;
use std::time::Duration;

use npivot_hal::{Host, HostNo, Npiv, Outcome, Vport as VportRecord, VportState, WwnPair, Wwpn};

use super::host::vport_table;
use super::{ability, adapters, find_adapter, records, whole_behind};
use crate::args::{Adapter, Format, Vport};
use crate::commands::json as write_json;
use crate::outcome::{Answer, Failure};
use crate::show::table::lines;

/// How often a vport's state is read while its login is awaited, if no event tells of it.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

pub(super) async fn run(
    command: &Vport,
    host: &dyn Host,
    out: &mut impl Write,
) -> Result<Answer, Failure> {
    let npiv = ability(host.npiv(), "use NPIV", host)?;
    match command {
        Vport::Create { parent, wwpn, wwnn, wait, format } => {
            let parent = find_adapter(host, *parent).await?.no;
            let names = WwnPair::new(*wwpn, *wwnn);
            create(host, npiv, (parent, names), *wait, *format, out).await
        }
        Vport::Delete { wwpn, parent } => delete(host, npiv, *wwpn, *parent, out).await,
        Vport::List { parent, format } => {
            let vports: Vec<_> =
                all(host, npiv, *parent).await?.into_iter().map(|(_, vport)| vport).collect();
            match format {
                Format::Json => {
                    write_json(&vports.iter().map(records::vport).collect::<Vec<_>>(), out)?;
                }
                Format::Text if vports.is_empty() => writeln!(out, "no vports")?,
                Format::Text => write!(out, "{}", lines(&vport_table(&vports)))?,
            }
            whole_behind(host, *parent).await
        }
    }
}

/// The vports of all adapters that can have some, or of one.
async fn all(
    host: &dyn Host,
    npiv: &dyn Npiv,
    parent: Option<Adapter>,
) -> Result<Vec<(HostNo, VportRecord)>, Failure> {
    let mut all = vec![];
    for adapter in adapters(host, parent).await?.iter().filter(|a| a.npiv().is_some()) {
        all.extend(npiv.vports(adapter.no).await?.into_iter().map(|vport| (adapter.no, vport)));
    }
    Ok(all)
}

async fn create(
    host: &dyn Host,
    npiv: &dyn Npiv,
    (parent, names): (HostNo, WwnPair),
    wait_secs: u64,
    format: Format,
    out: &mut impl Write,
) -> Result<Answer, Failure> {
    // Before the vport is made, so that nothing is missed.
    let events = host.events().map(npivot_hal::Events::subscribe);
    let (mut vport, outcome) = npiv.create_vport(parent, names).await?;
    let deadline = tokio::time::Instant::now() + Duration::from_secs(wait_secs);
    let mut events = events;
    while vport.state != VportState::Active
        && !vport.state.is_refusal()
        && tokio::time::Instant::now() < deadline
    {
        let again = deadline.min(tokio::time::Instant::now() + LOOK_AGAIN);
        let something = poll_fn(|context| match &mut events {
            Some(events) => events.as_mut().poll_next(context).map(|event| event.is_some()),
            None => std::task::Poll::Pending,
        });
        if tokio::time::timeout_at(again, something).await == Ok(false) {
            events = None;
        }
        let now = npiv.vports(parent).await?.into_iter().find(|vport| vport.names == names);
        vport = now.ok_or_else(|| {
            let name = names.wwpn.with_colons();
            Failure::Word(format!("{name} was made on {parent} and somebody has deleted it"))
        })?;
    }
    if format == Format::Json {
        let mut record = records::vport(&vport);
        record["changed"] = (outcome == Outcome::Changed).into();
        write_json(&record, out)?;
    } else {
        write!(out, "{}", lines(&vport_table(std::slice::from_ref(&vport))))?;
        if outcome == Outcome::Unchanged {
            writeln!(out, "it was there already")?;
        }
    }
    Ok(Answer::from(wait_secs == 0 || vport.state == VportState::Active))
}

async fn delete(
    host: &dyn Host,
    npiv: &dyn Npiv,
    wwpn: Wwpn,
    parent: Option<Adapter>,
    out: &mut impl Write,
) -> Result<Answer, Failure> {
    let all = all(host, npiv, parent).await?;
    let found: Vec<_> = all.iter().filter(|(_, vport)| vport.names.wwpn == wwpn).collect();
    let name = wwpn.with_colons();
    match found.as_slice() {
        [] => writeln!(out, "there is no vport {name}")?,
        [(parent, vport)] => match npiv.delete_vport(*parent, vport.names).await? {
            Outcome::Changed => writeln!(out, "vport {name} on {parent} deleted")?,
            Outcome::Unchanged => writeln!(out, "vport {name} on {parent} was gone already")?,
        },
        several => {
            let parents: Vec<String> = several.iter().map(|(no, _)| no.to_string()).collect();
            let parents = parents.join(", ");
            return Err(Failure::Word(format!(
                "there are several vports {name}, on {parents}: say which with --parent"
            )));
        }
    }
    Ok(Answer::Yes)
}
