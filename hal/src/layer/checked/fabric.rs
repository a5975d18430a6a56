//! What a fabric's caller could have known.

use std::sync::Arc;

use crate::layer::{Answer, Call, Layer, Layered, Request, Told};
use crate::{Error, ErrorKind, Fabric, Result, ZoneEdit, ZoneMember, ZoneTransaction};

use super::transactions::{Stale, Transactions};
use super::{quoted, refusal};

/// A fabric that is not asked what cannot be.
pub type CheckedFabric = Layered<dyn Fabric, FabricChecks>;

/// The checks of a fabric's calls, with what they have seen of zoning transactions.
#[derive(Debug, Default)]
pub struct FabricChecks {
    transactions: Transactions,
}

impl Layered<dyn Fabric, FabricChecks> {
    /// Wraps a backend.
    pub fn new(inner: Arc<dyn Fabric>) -> Self {
        Self::around(inner, FabricChecks::default())
    }
}

impl Layer<dyn Fabric> for FabricChecks {
    async fn around<T: Answer>(
        &self,
        machine: &Arc<dyn Fabric>,
        call: &Call<'_>,
        inner: impl Future<Output = Result<T>> + Send,
    ) -> Result<T> {
        self.check(&**machine, call).await?;
        let change = match call.request {
            Request::Edit { transaction, .. }
            | Request::Commit { transaction, .. }
            | Request::Abort { transaction } => Some(self.transactions.changing(transaction.token)),
            _ => None,
        };
        let answer = inner.await?;
        match (change, answer.told()) {
            (None, Told::Transaction(begun, None)) => self.transactions.begun(begun),
            (Some(change), Told::Transaction(now, _)) => change.edited(now),
            (Some(change), _) => change.ended(),
            (None, _) => {}
        }
        Ok(answer)
    }
}

impl FabricChecks {
    async fn check(&self, fabric: &dyn Fabric, call: &Call<'_>) -> Result<()> {
        match call.request {
            Request::Ports { domain } => {
                let Ok(switches) = fabric.switches().await else { return Ok(()) };
                if switches.iter().any(|switch| switch.domain == domain) {
                    return Ok(());
                }
                let known: Vec<String> =
                    switches.iter().map(|switch| switch.domain.to_string()).collect();
                let reason =
                    format!("no switch has this domain: expected one of {}", known.join(", "));
                let object = format!("domain {domain} of {}", fabric.name());
                Err(refusal(call, ErrorKind::NotFound, object, reason))
            }
            Request::Edit { transaction, edit } => {
                self.in_use(fabric, call, transaction)?;
                names(fabric, call, edit)?;
                match edit {
                    ZoneEdit::DeleteZoneSet(name) => not_enabled(fabric, call, name).await,
                    _ => Ok(()),
                }
            }
            Request::Commit { transaction, enable } => {
                self.in_use(fabric, call, transaction)?;
                enable.map_or(Ok(()), |name| {
                    name_problem(fabric, name).map_or(Ok(()), |problem| {
                        let reason = format!("no zone set can have this name: {problem}");
                        Err(refusal(call, ErrorKind::NotFound, quoted("zone set", name), reason))
                    })
                })
            }
            _ => Ok(()),
        }
    }

    fn in_use(
        &self,
        fabric: &dyn Fabric,
        call: &Call<'_>,
        presented: &ZoneTransaction,
    ) -> Result<()> {
        let reason = match self.transactions.stale(presented) {
            None => return Ok(()),
            Some(Stale::Ended) => "it was committed or aborted: begin a new one".to_owned(),
            Some(Stale::EditedTo(checksum)) => format!(
                "it is at checksum {checksum:016x}, not {:016x}: present what the last edit returned",
                presented.checksum
            ),
        };
        let object = format!("transaction {} of {}", presented.token, fabric.name());
        Err(refusal(call, ErrorKind::Conflict, object, reason))
    }
}

/// What is wrong with a name, if anything is.
fn name_problem(fabric: &dyn Fabric, name: &str) -> Option<String> {
    let max = fabric.capabilities().max_zone_name_bytes;
    if name.is_empty() {
        return Some("expected at least one character".into());
    }
    let max = max.filter(|max| name.len() as u64 > u64::from(*max))?;
    Some(format!("it has {} bytes, expected {max} at most", name.len()))
}

/// Whether what is to be made can have its name, and what is to be used can exist.
fn names(fabric: &dyn Fabric, call: &Call<'_>, edit: &ZoneEdit) -> Result<()> {
    let made = |what, name: &str| {
        name_problem(fabric, name).map_or(Ok(()), |problem| {
            let reason = format!("the name cannot be: {problem}");
            Err(refusal(call, ErrorKind::InvalidArgument, quoted(what, name), reason))
        })
    };
    let used = |what, name: &str| {
        name_problem(fabric, name).map_or(Ok(()), |problem| {
            let reason = format!("no {what} can have this name: {problem}");
            Err(refusal(call, ErrorKind::NotFound, quoted(what, name), reason))
        })
    };
    match edit {
        ZoneEdit::PutAlias(name, members) => {
            made("alias", name)?;
            let nested = members.iter().find(|member| matches!(member, ZoneMember::Alias(_)));
            nested.map_or(Ok(()), |member| Err(nested_alias(call, name, member)))
        }
        ZoneEdit::PutZone(name, _) => made("zone", name),
        ZoneEdit::CreateZoneSet(name) => made("zone set", name),
        ZoneEdit::AddToZoneSet { zone_set, zone } => {
            used("zone set", zone_set)?;
            used("zone", zone)
        }
        ZoneEdit::RemoveFromZoneSet { zone_set, .. } => used("zone set", zone_set),
        _ => Ok(()),
    }
}

fn nested_alias(call: &Call<'_>, alias: &str, member: &ZoneMember) -> Error {
    let reason = format!(
        "its member `{}` is an alias: expected ports, by name, address or switch port",
        member.to_string().escape_debug()
    );
    refusal(call, ErrorKind::InvalidArgument, quoted("alias", alias), reason)
}

/// Whether a zone set is not the one in force. One that is not defined either can be deleted: that does
/// nothing.
async fn not_enabled(fabric: &dyn Fabric, call: &Call<'_>, name: &str) -> Result<()> {
    let Some(zoning) = fabric.zoning() else { return Ok(()) };
    let Ok(effective) = zoning.effective().await else { return Ok(()) };
    if effective.zone_set.as_deref() != Some(name) {
        return Ok(());
    }
    let Ok(defined) = zoning.defined().await else { return Ok(()) };
    if !defined.zone_sets.contains_key(name) {
        return Ok(());
    }
    let reason = "it is enabled: enable another one first";
    Err(refusal(call, ErrorKind::InvalidArgument, quoted("zone set", name), reason))
}
