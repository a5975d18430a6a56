//! What a host's caller could have known.

use std::sync::Arc;

use crate::layer::{Answer, Call, Layer, Layered, Request};
use crate::{Adapter, AdapterKind, ErrorKind, Host, HostNo, Result, ScanScope, WwnPair};

use super::refusal;

/// A host that is not asked what cannot be.
pub type CheckedHost = Layered<dyn Host, HostChecks>;

/// The checks of a host's calls.
#[derive(Debug, Clone, Copy, Default)]
pub struct HostChecks;

impl Layered<dyn Host, HostChecks> {
    /// Wraps a backend.
    pub fn new(inner: Arc<dyn Host>) -> Self {
        Self::around(inner, HostChecks)
    }
}

impl Layer<dyn Host> for HostChecks {
    async fn around<T: Answer>(
        &self,
        machine: &Arc<dyn Host>,
        call: &Call<'_>,
        inner: impl Future<Output = Result<T>> + Send,
    ) -> Result<T> {
        check(&**machine, call).await?;
        inner.await
    }
}

async fn check(host: &dyn Host, call: &Call<'_>) -> Result<()> {
    let on = match call.request {
        Request::CreateVport { parent, names } => {
            return new_vport(host, call, parent, names).await;
        }
        Request::Scan { adapter, scope } => {
            no_hidden_wildcard(call, adapter, scope)?;
            adapter
        }
        Request::SetDevLossSecs { adapter, secs: 0 } => {
            let reason =
                "0 seconds: expected 1 or more, since devices cannot outlive a loss by none";
            return Err(refusal(call, ErrorKind::InvalidArgument, adapter.to_string(), reason));
        }
        Request::RemotePorts { adapter }
        | Request::Paths { adapter }
        | Request::Reported { adapter, .. }
        | Request::Reset { adapter }
        | Request::SetDevLossSecs { adapter, .. } => adapter,
        Request::Vports { parent } | Request::DeleteVport { parent, .. } => parent,
        Request::Identify { address }
        | Request::Inspect { address }
        | Request::Remove { address } => address.host,
        _ => return Ok(()),
    };
    match host.adapters().await {
        Ok(adapters) => known(call, &adapters, on).map(|_| ()),
        Err(_) => Ok(()),
    }
}

/// The adapter with this number.
fn known<'a>(call: &Call<'_>, adapters: &'a [Adapter], no: HostNo) -> Result<&'a Adapter> {
    adapters.iter().find(|adapter| adapter.no == no).ok_or_else(|| {
        let expected = match (adapters.first(), adapters.last()) {
            (Some(first), Some(last)) => {
                format!("expected one of {}, from {} to {}", adapters.len(), first.no, last.no)
            }
            _ => "this host has none".into(),
        };
        let reason = format!("no such adapter: {expected}");
        let object = match call.request {
            Request::Identify { address }
            | Request::Inspect { address }
            | Request::Remove { address } => address.to_string(),
            _ => no.to_string(),
        };
        refusal(call, ErrorKind::NotFound, object, reason)
    })
}

/// Linux reads all ones as its wildcard `-`: an exact scan would become one of everything.
fn no_hidden_wildcard(call: &Call<'_>, adapter: HostNo, scope: ScanScope) -> Result<()> {
    let what = match scope {
        ScanScope { target: Some(u32::MAX), .. } => format!("target {}", u32::MAX),
        ScanScope { lun: Some(u64::MAX), .. } => format!("LUN {}", u64::MAX),
        _ => return Ok(()),
    };
    let reason =
        format!("{what} is the kernel's wildcard: say None to scan all, or a smaller number");
    Err(refusal(call, ErrorKind::InvalidArgument, adapter.to_string(), reason))
}

async fn new_vport(host: &dyn Host, call: &Call<'_>, parent: HostNo, names: WwnPair) -> Result<()> {
    let Ok(adapters) = host.adapters().await else { return Ok(()) };
    let adapter = known(call, &adapters, parent)?;
    let refused = |kind, reason: String| Err(refusal(call, kind, parent.to_string(), reason));
    let npiv = match adapter.kind {
        AdapterKind::Physical { npiv: Some(npiv) } if npiv.max > 0 => npiv,
        AdapterKind::Physical { .. } => {
            return refused(ErrorKind::Unsupported, "this adapter cannot have vports".into());
        }
        AdapterKind::Virtual { parent } => {
            let reason =
                format!("this is the adapter of a vport: expected a physical one, as {parent}");
            return refused(ErrorKind::Unsupported, reason);
        }
    };
    match port_name_in_use(host, &adapters, parent, names).await {
        NameUse::Free => {}
        NameUse::SameVport => return Ok(()),
        NameUse::Taken(by) => {
            let reason = format!(
                "port name {} is that of {by}: expected one that nothing on this host has",
                names.wwpn
            );
            return refused(ErrorKind::AlreadyExists, reason);
        }
    }
    if npiv.free() == 0 {
        let reason = format!("{} of {} vports in use: delete one first", npiv.in_use, npiv.max);
        return refused(ErrorKind::LimitReached, reason);
    }
    Ok(())
}

/// What has a port name.
enum NameUse {
    /// Nothing.
    Free,
    /// The very vport that is asked for.
    SameVport,
    /// Something else.
    Taken(String),
}

async fn port_name_in_use(
    host: &dyn Host,
    adapters: &[Adapter],
    parent: HostNo,
    names: WwnPair,
) -> NameUse {
    let mut taken = None;
    for adapter in adapters.iter().filter(|adapter| adapter.names.wwpn == names.wwpn) {
        let same_place = adapter.kind == AdapterKind::Virtual { parent };
        if same_place && adapter.names == names {
            return NameUse::SameVport;
        }
        taken = Some(adapter.no.to_string());
    }
    // A vport may have no adapter of its own yet: the lists of vports know it.
    for on in adapters.iter().filter(|adapter| adapter.npiv().is_some()) {
        let Some(npiv) = host.npiv() else { break };
        let vports = npiv.vports(on.no).await.unwrap_or_default();
        for vport in vports.iter().filter(|vport| vport.names.wwpn == names.wwpn) {
            if on.no == parent && vport.names == names {
                return NameUse::SameVport;
            }
            taken.get_or_insert_with(|| format!("a vport on {}", on.no));
        }
    }
    taken.map_or(NameUse::Free, NameUse::Taken)
}
