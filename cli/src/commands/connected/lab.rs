//! `npivot lab reboot`, and `npivot lab act` on a simulated host's SAN.

use std::collections::BTreeMap;
use std::io::Write;

use npivot_hal::{Adapter, AdapterKind, Host, HostNo, Wwpn};
use npivot_lab::connection::{ConnectError, Connection, Uri};
use serde::Serialize;
use serde_json::json;

use super::host::or_dash;
use crate::args::{Format, Lab};
use crate::commands::json as write_json;
use crate::outcome::{Answer, Failure};
use crate::show::table::{lines, table};

/// What became of an adapter.
#[derive(Debug, Serialize)]
struct Fate {
    wwpn: Wwpn,
    kind: &'static str,
    before: Option<String>,
    now: Option<String>,
}

pub(super) async fn run(
    command: &Lab,
    uri: &Uri,
    connection: &Connection,
    out: &mut impl Write,
) -> Result<Answer, Failure> {
    let simulated = connection.simulated.as_ref().ok_or_else(|| {
        let way = "name a simulated one, as in `-c sim:examples/two-fabrics.toml#alpha`";
        Failure::Word(format!(
            "`{uri}` is not a simulated host, and this is for those alone: {way}"
        ))
    })?;
    let format = match command {
        Lab::Reboot { format } => format,
        Lab::Act(asked) => {
            let act = asked.words.join(" ").parse().map_err(ConnectError::Act)?;
            simulated.act(&act).await?;
            return Ok(Answer::Yes);
        }
        Lab::Run(_) | Lab::Serve { .. } => {
            return Err(Failure::Word("a kernel is not run on a connection".into()));
        }
    };
    let host = &*connection.host;
    let before = host.adapters().await?;
    simulated.reboot().await?;
    let fates = fates(&before, &host.adapters().await?);
    match format {
        Format::Json => write_json(&json!({ "host": host.name(), "adapters": fates }), out)?,
        Format::Text => write!(out, "{}", text(host, &fates))?,
    }
    Ok(Answer::Yes)
}

/// By the numbers that they had; what is new comes last.
fn fates(before: &[Adapter], now: &[Adapter]) -> Vec<Fate> {
    // A vport may have the name of one on another adapter, and of no other adapter here.
    let mut numbers: BTreeMap<Wwpn, HostNo> =
        now.iter().map(|adapter| (adapter.names.wwpn, adapter.no)).collect();
    let fate = |adapter: &Adapter, before: Option<HostNo>, now: Option<HostNo>| Fate {
        wwpn: adapter.names.wwpn,
        kind: if matches!(adapter.kind, AdapterKind::Virtual { .. }) {
            "virtual"
        } else {
            "physical"
        },
        before: before.map(|no| no.to_string()),
        now: now.map(|no| no.to_string()),
    };
    let old = before.iter().map(|adapter| {
        // What only the kernel knew cannot be back.
        let physical = !matches!(adapter.kind, AdapterKind::Virtual { .. });
        let now = physical.then(|| numbers.remove(&adapter.names.wwpn)).flatten();
        fate(adapter, Some(adapter.no), now)
    });
    let mut fates: Vec<Fate> = old.collect();
    let new = now.iter().filter(|adapter| numbers.contains_key(&adapter.names.wwpn));
    fates.extend(new.map(|adapter| fate(adapter, None, Some(adapter.no))));
    fates
}

fn text(host: &dyn Host, fates: &[Fate]) -> String {
    let mut rows = table(&["WWPN", "KIND", "BEFORE", "NOW"]);
    for Fate { wwpn, kind, before, now } in fates {
        rows.add_row([
            wwpn.with_colons().to_string(),
            (*kind).to_owned(),
            or_dash(before.as_ref()),
            now.clone().unwrap_or_else(|| "gone".into()),
        ]);
    }
    format!("{} was restarted\n{}", host.name(), lines(&rows))
}
