//! `npivot pool …`, but for its volumes.

use std::fmt::Write as _;
use std::io::Write;

use npivot::libvirt::PoolDefinition;
use npivot::node::{Node, NodeError, PoolInfo, PoolState, VhbaState};
use npivot::pool::{ActivePool, Readiness, Volumes, lacking};
use npivot_hal::{Outcome, VportState};
use serde_json::{Value, json};

use super::{Session, start_failed, stop_failed, volumes};
use crate::args::{Format, Pool};
use crate::commands::connected::or_dash;
use crate::commands::json as write_json;
use crate::outcome::{Answer, Failure, with_causes};
use crate::show::table::{lines, size, table};

pub(super) async fn run(
    command: &Pool,
    session: &Session<'_>,
    out: &mut impl Write,
) -> Result<Answer, Failure> {
    let node = &session.node;
    match command {
        Pool::Define { file } => {
            let document = session.document(file)?;
            let definition = PoolDefinition::parse(&document.name, &document.text)?;
            let name = &definition.name;
            let mut chance = session.chance(&format!("pool {name}"))?;
            let (uuid, outcome) = node.define_pool(&definition, &mut chance).await?;
            match outcome {
                Outcome::Changed => writeln!(out, "pool {name} is defined: {uuid}")?,
                Outcome::Unchanged => writeln!(out, "pool {name} was defined so already: {uuid}")?,
            }
        }
        Pool::Undefine { pool } => {
            node.undefine_pool(pool).await?;
            writeln!(out, "pool {pool} is not defined any more")?;
        }
        Pool::Start { pool } => {
            let up = node.start_pool(pool).await;
            let up = up.map_err(|error| start_failed(&format!("pool {pool}"), error))?;
            return started(&up, out);
        }
        Pool::Stop { pool, force } => {
            let up = node.pool(pool).await?.state != PoolState::Inactive;
            if up && !force {
                let found = node.pool_volumes(pool, false).await?;
                session.must_be_unused(&format!("pool {pool}"), &found).await?;
            }
            let done = node.stop_pool(pool).await;
            match done.map_err(|error| stop_failed(&format!("pool {pool}"), error))? {
                Outcome::Changed => writeln!(out, "pool {pool} is down")?,
                Outcome::Unchanged => writeln!(out, "pool {pool} was down already")?,
            }
        }
        Pool::Refresh { pool } => {
            let found = node.pool_volumes(pool, true).await?;
            writeln!(out, "pool {pool} has {}", counted(&found))?;
        }
        Pool::Autostart { pool, disable } => {
            let _ = node.autostart_pool(pool, !disable).await?;
            let starts = if *disable { "does not start" } else { "starts" };
            writeln!(out, "pool {pool} {starts} at boot")?;
        }
        Pool::Dumpxml { pool } => {
            let mut definition = node.pool(pool).await?.definition;
            // Of a pool that is down, or whose volumes cannot be read, what was defined.
            if let Ok(found) = node.pool_volumes(pool, false).await {
                definition = definition.with_volumes_of(bytes(&found));
            }
            write!(out, "{}", definition.to_xml())?;
        }
        Pool::List { format } => list(&node.pools().await?, *format, out)?,
        Pool::Info { pool, format } => info(node, pool, *format, out).await?,
        Pool::Volumes { pool, format } => {
            return volumes::run(&node.pool_volumes(pool, false).await?, *format, out);
        }
    }
    Ok(Answer::Yes)
}

/// How a start has ended.
fn started(up: &ActivePool, out: &mut impl Write) -> Result<Answer, Failure> {
    let name = &up.definition.name;
    let complete = up.readiness.is_ready() && up.down.is_empty();
    let how = if complete { "is up" } else { "is up, and not complete" };
    writeln!(out, "pool {name} {how}: {}", counted(&up.volumes))?;
    for vhba in &up.vhbas {
        let there = if vhba.adopted { ", where it was already" } else { "" };
        let wwpn = vhba.names.wwpn.with_colons();
        writeln!(out, "vHBA {wwpn} is {} on {}{there}", vhba.adapter, vhba.parent)?;
    }
    for (names, why) in &up.down {
        writeln!(out, "vHBA {} is down: {}", names.wwpn.with_colons(), with_causes(why))?;
    }
    if let Readiness::Partial(_) = up.readiness {
        writeln!(out, "{}", up.readiness)?;
    }
    Ok(Answer::from(complete))
}

/// What the volumes hold together.
fn bytes(found: &Volumes) -> u64 {
    found.volumes.values().filter_map(|volume| volume.size_bytes).fold(0, u64::saturating_add)
}

/// So many volumes on so many paths.
fn counted(volumes: &Volumes) -> String {
    let plural = |n: usize| if n == 1 { "" } else { "s" };
    let (count, paths) = (volumes.volumes.len(), volumes.path_counts().values().sum());
    let mut text = format!("{count} volume{} on {paths} path{}", plural(count), plural(paths));
    for (paths, what) in [(volumes.stale.len(), "stale"), (volumes.unreadable.len(), "unreadable")]
    {
        if paths > 0 {
            // Writing to a string cannot fail.
            let _ = write!(text, ", {paths} {what} path{}", plural(paths));
        }
    }
    text
}

fn state(pool: &PoolInfo) -> String {
    match pool.state {
        PoolState::Inactive => "inactive".into(),
        PoolState::Active => "active".into(),
        PoolState::Degraded { .. } if pool.definition.adapter.fc_host().is_none() => {
            "degraded (its SCSI host is gone)".into()
        }
        PoolState::Degraded { vhbas, of } => format!("degraded ({vhbas} of {of} vHBAs)"),
        _ => "unknown".into(),
    }
}

fn record(pool: &PoolInfo) -> Value {
    let vhbas = pool.definition.vhbas();
    let word = match pool.state {
        PoolState::Inactive => "inactive",
        PoolState::Active => "active",
        PoolState::Degraded { .. } => "degraded",
        _ => "unknown",
    };
    json!({
        "name": pool.definition.name.as_str(),
        "uuid": pool.definition.uuid.map(|uuid| uuid.to_string()),
        "state": word,
        "autostart": pool.autostart,
        "vhbas": vhbas.map(|vhba| json!({
            "wwpn": vhba.wwns.wwpn, "wwnn": vhba.wwns.wwnn,
        })).collect::<Vec<_>>(),
    })
}

fn list(pools: &[PoolInfo], format: Format, out: &mut impl Write) -> Result<(), Failure> {
    if format == Format::Json {
        return write_json(&pools.iter().map(record).collect::<Vec<_>>(), out);
    }
    if pools.is_empty() {
        writeln!(out, "no pools")?;
        return Ok(());
    }
    let mut rows = table(&["NAME", "STATE", "AUTOSTART", "UUID"]);
    for pool in pools {
        rows.add_row([
            pool.definition.name.to_string(),
            state(pool),
            if pool.autostart { "yes" } else { "no" }.to_owned(),
            or_dash(pool.definition.uuid),
        ]);
    }
    write!(out, "{}", lines(&rows))?;
    Ok(())
}

async fn info(
    node: &Node,
    name: &str,
    format: Format,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let pool = node.pool(name).await?;
    let (found, unread) = match pool.state {
        PoolState::Inactive => (None, None),
        _ => match node.pool_volumes(name, false).await {
            Ok(found) => (Some(found), None),
            // The rest is known all the same.
            Err(NodeError::Pool(error)) => (None, Some(with_causes(&error.cause))),
            Err(error) => return Err(error.into()),
        },
    };
    let lacking = found.as_ref().map(|found| lacking(&pool.definition, found));
    let lacking = lacking.filter(|lacking| !lacking.is_empty()).map(Readiness::Partial);
    let bytes = found.as_ref().map(bytes);
    let there = node.vhbas().await?;
    let place = |names| {
        there.iter().find(|vhba| vhba.names == names).and_then(|vhba| match vhba.state {
            VhbaState::Up { parent, adapter, state } => Some((adapter, parent, state)),
            _ => None,
        })
    };
    if format == Format::Json {
        let mut value = record(&pool);
        value["missing"] = lacking.map(|lacking| lacking.to_string()).into();
        value["error"] = unread.into();
        value["volumes"] = found.as_ref().map(|found| found.volumes.len()).into();
        value["capacity_bytes"] = bytes.into();
        return write_json(&value, out);
    }
    writeln!(out, "name       {}", pool.definition.name)?;
    writeln!(out, "uuid       {}", or_dash(pool.definition.uuid))?;
    writeln!(out, "state      {}", state(&pool))?;
    writeln!(out, "autostart  {}", if pool.autostart { "yes" } else { "no" })?;
    for vhba in pool.definition.vhbas() {
        let wwpn = vhba.wwns.wwpn.with_colons();
        match place(vhba.wwns) {
            Some((adapter, parent, VportState::Active)) => {
                writeln!(out, "vHBA       {wwpn}: {} on {parent}", or_dash(adapter))?;
            }
            Some((adapter, parent, state)) => {
                writeln!(out, "vHBA       {wwpn}: {} on {parent}, {state}", or_dash(adapter))?;
            }
            None => writeln!(out, "vHBA       {wwpn}: down")?,
        }
    }
    if let Some(found) = &found {
        writeln!(out, "volumes    {}", counted(found))?;
        writeln!(out, "capacity   {}", or_dash(bytes.map(size)))?;
    }
    if let Some(lacking) = lacking {
        writeln!(out, "expected   {lacking}")?;
    }
    if let Some(why) = unread {
        writeln!(out, "volumes    cannot be read: {why}")?;
    }
    Ok(())
}
