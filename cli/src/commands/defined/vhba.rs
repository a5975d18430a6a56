//! `npivot vhba …`.

use std::io::Write;
use std::path::Path;

use npivot::libvirt::{NodeDevice, NotDefinable, ParentChoice};
use npivot::node::{NodeName, VhbaInfo, VhbaState, WantedVhba};
use npivot::pool::read_volumes;
use npivot_hal::{HostNo, Outcome, WwnPair};
use serde_json::{Value, json};

use super::{Session, start_failed, stop_failed};
use crate::args::{Format, Parent, Vhba};
use crate::commands::connected::or_dash;
use crate::commands::{json as write_json, say};
use crate::outcome::{Answer, Failure};
use crate::show::table::{lines, table};

pub(super) async fn run(
    command: &Vhba,
    session: &Session<'_>,
    out: &mut impl Write,
) -> Result<Answer, Failure> {
    let node = &session.node;
    match command {
        Vhba::Define { file: Some(file), name, .. } => {
            define_device(session, file, name.as_deref(), out).await?;
        }
        Vhba::Define { file: None, name, wwpn, wwnn, parent } => {
            let name = node_name(name.as_deref().unwrap_or_default())?;
            let names = wwpn.zip(*wwnn).map(|(wwpn, wwnn)| WwnPair::new(wwpn, wwnn));
            define(session, WantedVhba { name, parent: choice(parent), xml: None }, names, out)
                .await?;
        }
        Vhba::Create { file, wwpn, wwnn, parent } => {
            let names = wwpn.zip(*wwnn).map(|(wwpn, wwnn)| WwnPair::new(wwpn, wwnn));
            create(session, file.as_deref(), (names, choice(parent)), out).await?;
        }
        Vhba::Undefine { name } => {
            let up = matches!(node.vhba(name).await?.state, VhbaState::Up { .. });
            node.undefine_vhba(name).await?;
            let stays =
                if up { "; it stays up until it is stopped, or the host restarts" } else { "" };
            writeln!(out, "vHBA {name} is not defined any more{stays}")?;
        }
        Vhba::Start { name } => {
            let up = node.start_vhba(name).await;
            let up = up.map_err(|error| start_failed(&format!("vHBA {name}"), error))?;
            let there = if up.adopted { ", where it was already" } else { "" };
            writeln!(out, "vHBA {name} is up: {} on {}{there}", up.adapter, up.parent)?;
        }
        Vhba::Stop { name, force } => {
            if let VhbaState::Up { adapter: Some(adapter), .. } = node.vhba(name).await?.state
                && !force
            {
                let host = &*session.connection.host;
                let found = read_volumes(host, &[adapter], false).await?;
                session.must_be_unused(&format!("vHBA {name}"), &found).await?;
            }
            let done = node.stop_vhba(name).await;
            match done.map_err(|error| stop_failed(&format!("vHBA {name}"), error))? {
                Outcome::Changed => writeln!(out, "vHBA {name} is down")?,
                Outcome::Unchanged => writeln!(out, "vHBA {name} was down already")?,
            }
        }
        Vhba::Release { wwpn, from } => match node.revoke_lease(*wwpn, from).await? {
            Outcome::Changed => writeln!(out, "{} is nobody's", wwpn.with_colons())?,
            Outcome::Unchanged => writeln!(out, "{} was nobody's already", wwpn.with_colons())?,
        },
        Vhba::Autostart { name, disable } => {
            let _ = node.autostart_vhba(name, !disable).await?;
            let starts = if *disable { "does not start" } else { "starts" };
            writeln!(out, "vHBA {name} {starts} at boot")?;
        }
        Vhba::Dumpxml { name } => write!(out, "{}", xml(&node.vhba(name).await?))?,
        Vhba::List { format } => list(&node.vhbas().await?, *format, out)?,
    }
    Ok(Answer::Yes)
}

fn node_name(text: &str) -> Result<NodeName, Failure> {
    text.parse().map_err(|error| Failure::Word(format!("{error}")))
}

/// Defines a vHBA from a node device's XML.
async fn define_device(
    session: &Session<'_>,
    file: &Path,
    name: Option<&str>,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let input = session.document(file)?;
    let mut device = NodeDevice::parse(&input.name, &input.text)?;
    if let Some(name) = name {
        device.name = Some(node_name(name)?);
    }
    let refused = |why: NotDefinable| Failure::Word(format!("{}: {why}", input.name));
    // Who leaves the world wide names out leaves the choice to npivot.
    define(session, device.to_wanted_vhba().map_err(refused)?, device.wwns, out).await
}

async fn define(
    session: &Session<'_>,
    wanted: WantedVhba,
    names: Option<WwnPair>,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let Some(names) = names else { return define_new(session, &wanted, out).await };
    let definition = wanted.under(names);
    match session.node.define_vhba(&definition).await? {
        Outcome::Changed => writeln!(out, "vHBA {} is defined", definition.name)?,
        Outcome::Unchanged => writeln!(out, "vHBA {} was defined so already", definition.name)?,
    }
    Ok(())
}

/// Defines it under names that nobody has: not on this host, in its fabrics or arrays as far as they can be
/// asked, nor in a definition that there is or ever was. One that is defined keeps its names.
async fn define_new(
    session: &Session<'_>,
    wanted: &WantedVhba,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let name = &wanted.name;
    let mut chance = session.chance(&format!("vHBA {name}"))?;
    let done = session.node.define_new_vhba(wanted, &mut chance).await?;
    for (who, error) in &done.unasked {
        say(Some(&format!("{who} could not be asked which names it knows: {error}")));
    }
    match done.outcome {
        Outcome::Changed => {
            let (wwpn, wwnn) = (done.names.wwpn.with_colons(), done.names.wwnn.with_colons());
            writeln!(out, "vHBA {name} is defined: port {wwpn}, node {wwnn}")?;
        }
        Outcome::Unchanged => writeln!(out, "vHBA {name} was defined so already")?,
    }
    Ok(())
}

/// Makes a transient vHBA, as a file or the command line says.
async fn create(
    session: &Session<'_>,
    file: Option<&Path>,
    (mut names, mut parent): (Option<WwnPair>, ParentChoice),
    out: &mut impl Write,
) -> Result<(), Failure> {
    if let Some(file) = file {
        let input = session.document(file)?;
        let device = NodeDevice::parse(&input.name, &input.text)?;
        if device.vport_ops.is_some() {
            return Err(Failure::Word(format!("{}: {}", input.name, NotDefinable::IsHba)));
        }
        (names, parent) = (device.wwns, device.parent.choice());
    }
    let mut chance = session.chance(&format!("a transient vHBA at {}", session.now()))?;
    let up = session.node.create_vhba(names, &parent, &mut chance).await;
    let up = up.map_err(|error| start_failed("the vHBA", error))?;
    let (wwpn, wwnn) = (up.names.wwpn.with_colons(), up.names.wwnn.with_colons());
    let there = if up.adopted { ", where it was already" } else { "" };
    let HostNo(no) = up.adapter;
    writeln!(out, "vHBA scsi_host{no} is up on {}{there}: port {wwpn}, node {wwnn}", up.parent)?;
    Ok(())
}

fn choice(parent: &Parent) -> ParentChoice {
    let Parent { name, names, fabric } = parent;
    if let Some(name) = name {
        ParentChoice::ByName(name.clone())
    } else if let Some(names) = names {
        ParentChoice::ByWwn(*names)
    } else if let Some(fabric) = fabric {
        ParentChoice::ByFabric(*fabric)
    } else {
        ParentChoice::Automatic
    }
}

/// The adapter that carries it, and its own, where it is up.
fn places(info: &VhbaInfo) -> (Option<HostNo>, Option<HostNo>) {
    match info.state {
        VhbaState::Up { parent, adapter, .. } => (Some(parent), adapter),
        _ => (None, None),
    }
}

fn state(info: &VhbaInfo) -> Option<&'static str> {
    match info.state {
        VhbaState::Up { state, .. } => Some(state.as_str()),
        _ => None,
    }
}

fn list(vhbas: &[VhbaInfo], format: Format, out: &mut impl Write) -> Result<(), Failure> {
    if format == Format::Json {
        return write_json(&vhbas.iter().map(record).collect::<Vec<_>>(), out);
    }
    if vhbas.is_empty() {
        writeln!(out, "no vHBAs")?;
        return Ok(());
    }
    let mut rows = table(&["NAME", "WWPN", "STATE", "ADAPTER", "PARENT", "AUTOSTART", "KIND"]);
    for info in vhbas {
        let (parent, adapter) = places(info);
        rows.add_row([
            info.name.clone(),
            info.names.wwpn.with_colons().to_string(),
            state(info).unwrap_or("down").to_owned(),
            or_dash(adapter),
            or_dash(parent),
            if info.autostart { "yes" } else { "no" }.to_owned(),
            kind(info).to_owned(),
        ]);
    }
    write!(out, "{}", lines(&rows))?;
    Ok(())
}

fn kind(info: &VhbaInfo) -> &'static str {
    if info.definition.is_some() { "persistent" } else { "transient" }
}

fn record(info: &VhbaInfo) -> Value {
    let (parent, adapter) = places(info);
    let wanted = info.definition.as_ref().map(|definition| match &definition.parent {
        ParentChoice::ByName(name) => json!({ "name": name }),
        ParentChoice::ByWwn(names) => json!({ "wwpn": names.wwpn, "wwnn": names.wwnn }),
        ParentChoice::ByFabric(fabric) => json!({ "fabric": fabric }),
        _ => json!({}),
    });
    json!({
        "name": info.name,
        "wwpn": info.names.wwpn,
        "wwnn": info.names.wwnn,
        "kind": kind(info),
        "autostart": info.autostart,
        "state": state(info),
        "adapter": adapter.map(|no| no.to_string()),
        "parent": parent.map(|no| no.to_string()),
        "wanted_parent": wanted,
    })
}

/// The vHBA as a node device, with its number while it is up.
fn xml(info: &VhbaInfo) -> String {
    let (parent, adapter) = places(info);
    let mut device = if let Some(definition) = &info.definition {
        NodeDevice::from(definition)
    } else {
        let parent = parent.map_or(ParentChoice::Automatic, |HostNo(no)| {
            ParentChoice::ByName(format!("scsi_host{no}"))
        });
        let mut device = NodeDevice::new(info.names, parent);
        device.name = info.name.parse().ok();
        device
    };
    device.host = adapter;
    device.to_xml()
}
