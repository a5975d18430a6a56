//! `npivot host tree`: adapters, the vports on them, the targets that they see, the logical units there.

use std::collections::BTreeMap;
use std::io::Write;

use npivot_hal::{Adapter, AdapterKind, Host, HostNo, LunPath, RemotePort, Result};
use serde_json::Value;

use super::records;
use crate::args::Format;
use crate::commands::json as write_json;
use crate::outcome::{Answer, Failure};
use crate::show::table::size;

/// An adapter with all that hangs off it.
struct Branch {
    adapter: Adapter,
    vports: Vec<Branch>,
    targets: Result<Vec<Target>>,
}

struct Target {
    port: RemotePort,
    paths: Vec<LunPath>,
}

pub(super) async fn run(
    host: &dyn Host,
    format: Format,
    out: &mut impl Write,
) -> Result<Answer, Failure> {
    let mut physical = vec![];
    let mut vports: BTreeMap<HostNo, Vec<Branch>> = BTreeMap::new();
    for adapter in host.adapters().await? {
        let targets = targets(host, adapter.no).await;
        let parent = match adapter.kind {
            AdapterKind::Virtual { parent } => Some(parent),
            _ => None,
        };
        let branch = Branch { adapter, vports: vec![], targets };
        match parent {
            Some(parent) => vports.entry(parent).or_default().push(branch),
            None => physical.push(branch),
        }
    }
    for branch in &mut physical {
        branch.vports = vports.remove(&branch.adapter.no).unwrap_or_default();
    }
    // What lost its parent between two looks is shown all the same.
    physical.extend(vports.into_values().flatten());
    match format {
        Format::Json => write_json(&physical.iter().map(Branch::json).collect::<Vec<_>>(), out)?,
        Format::Text => {
            writeln!(out, "{}", host.name())?;
            let last = physical.len();
            for (n, branch) in (1..).zip(&physical) {
                branch.write("", n == last, out)?;
            }
        }
    }
    Ok(Answer::Yes)
}

/// The targets that an adapter sees, with their paths; other remote ports are left out.
async fn targets(host: &dyn Host, adapter: HostNo) -> Result<Vec<Target>> {
    let ports = host.remote_ports(adapter).await?;
    let mut paths = match host.luns() {
        Some(luns) => luns.paths(adapter).await?,
        None => vec![],
    };
    let mut targets = vec![];
    for port in ports.into_iter().filter(|port| port.target_id.is_some()) {
        let (own, others) =
            paths.into_iter().partition(|path| Some(path.address.target) == port.target_id);
        paths = others;
        targets.push(Target { port, paths: own });
    }
    Ok(targets)
}

impl Branch {
    fn write(&self, indent: &str, last: bool, out: &mut impl Write) -> std::io::Result<()> {
        let (fork, deeper) = if last { ("└─", "   ") } else { ("├─", "│  ") };
        let Adapter { no, names, state, port_id, .. } = &self.adapter;
        let what = match self.adapter.kind {
            AdapterKind::Virtual { .. } => "vport",
            _ => self.adapter.driver.as_deref().unwrap_or("adapter"),
        };
        let id = port_id.map_or_else(String::new, |id| format!(" {id}"));
        let name = names.wwpn.with_colons();
        writeln!(out, "{indent}{fork} {no} {what} {name} {state}{id}")?;
        let indent = format!("{indent}{deeper}");
        let targets = match &self.targets {
            Ok(targets) => targets.as_slice(),
            Err(error) => {
                writeln!(out, "{indent}└─ unreadable: {error}")?;
                &[]
            }
        };
        let parts = targets.len() + self.vports.len();
        for (n, target) in (1..).zip(targets) {
            target.write(&indent, n == parts, out)?;
        }
        for (n, vport) in (targets.len() + 1..).zip(&self.vports) {
            vport.write(&indent, n == parts, out)?;
        }
        Ok(())
    }

    fn json(&self) -> Value {
        let mut value = records::adapter(&self.adapter);
        value["vports"] = self.vports.iter().map(Self::json).collect();
        match &self.targets {
            Ok(targets) => value["targets"] = targets.iter().map(Target::json).collect(),
            Err(error) => value["targets_error"] = error.to_string().into(),
        }
        value
    }
}

impl Target {
    fn write(&self, indent: &str, last: bool, out: &mut impl Write) -> std::io::Result<()> {
        let (fork, deeper) = if last { ("└─", "   ") } else { ("├─", "│  ") };
        let name = self.port.wwpn.map_or_else(|| "?".into(), |w| w.with_colons().to_string());
        writeln!(out, "{indent}{fork} target {name} {}", self.port.state)?;
        let count = self.paths.len();
        for (n, path) in (1..).zip(&self.paths) {
            let fork = if n == count { "└─" } else { "├─" };
            let device = path.device.as_deref().unwrap_or("-");
            let size = path.size_bytes.map(size).unwrap_or_default();
            let identity = match &path.identity {
                Ok(identity) => identity.to_string(),
                Err(error) => format!("unreadable: {error}"),
            };
            let (address, state) = (path.address, path.state);
            writeln!(out, "{indent}{deeper}{fork} {address} {device} {size} {state} {identity}")?;
        }
        Ok(())
    }

    fn json(&self) -> Value {
        let mut value = records::remote_port(&self.port);
        let paths: Vec<_> = self.paths.iter().map(records::PathRecord::of).collect();
        value["paths"] = serde_json::json!(paths);
        value
    }
}
