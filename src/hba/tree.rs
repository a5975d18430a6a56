//! What hangs off what: HBA, vHBA, target, logical unit.

use std::collections::BTreeMap;

use npivot_hal::{AdapterKind, Error, Host, HostNo, LunPath, RemotePort, Result, Vport};

use super::Hba;

/// All adapters of a host with all that hangs off them. It prints as lines for people.
#[derive(Debug)]
#[non_exhaustive]
pub struct Tree {
    /// What people call the machine.
    pub host: String,
    /// The HBAs by ascending number; behind them, vHBAs whose HBA went between two looks.
    pub branches: Vec<Branch>,
}

/// An adapter with all that hangs off it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Branch {
    /// The adapter.
    pub hba: Hba,
    /// The vHBAs on it.
    pub vports: Vec<Branch>,
    /// The targets that it sees, lost ones included, or why they cannot be read. Remote ports that are no
    /// targets are left out.
    pub targets: Result<Vec<Target>, Error>,
}

/// A target as an adapter sees it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Target {
    /// Its port.
    pub port: RemotePort,
    /// The paths through it, by ascending address.
    pub paths: Vec<LunPath>,
}

impl Tree {
    /// Looks at a host. What cannot be read of one adapter is told there and hides nothing else.
    ///
    /// # Errors
    /// As [`Hba::all`].
    pub async fn of(host: &dyn Host) -> Result<Self> {
        let mut branches = vec![];
        let mut vports: BTreeMap<HostNo, Vec<Branch>> = BTreeMap::new();
        for hba in Hba::all(host).await? {
            let targets = targets(host, hba.adapter.no).await;
            let parent = match hba.adapter.kind {
                AdapterKind::Virtual { parent } => Some(parent),
                _ => None,
            };
            let branch = Branch { hba, vports: vec![], targets };
            match parent {
                Some(parent) => vports.entry(parent).or_default().push(branch),
                None => branches.push(branch),
            }
        }
        for branch in &mut branches {
            branch.vports = vports.remove(&branch.hba.adapter.no).unwrap_or_default();
        }
        branches.extend(vports.into_values().flatten());
        Ok(Self { host: host.name().into(), branches })
    }
}

impl Branch {
    /// The vHBAs on it that have no adapter of their own (yet).
    pub(super) fn without_adapter(&self) -> impl Iterator<Item = &Vport> {
        self.hba.vports.iter().filter(|vport| vport.no.is_none())
    }
}

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
