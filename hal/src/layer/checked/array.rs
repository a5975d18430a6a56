//! What an array's caller could have known.

use std::sync::Arc;

use crate::layer::{Answer, Call, Layer, Layered, Request};
use crate::{Array, ErrorKind, HostGroup, Result, Wwpn};

use super::{quoted, refusal};

/// An array that is not asked what cannot be.
pub type CheckedArray = Layered<dyn Array, ArrayChecks>;

/// The checks of an array's calls.
#[derive(Debug, Clone, Copy, Default)]
pub struct ArrayChecks;

impl Layered<dyn Array, ArrayChecks> {
    /// Wraps a backend.
    pub fn new(inner: Arc<dyn Array>) -> Self {
        Self::around(inner, ArrayChecks)
    }
}

impl Layer<dyn Array> for ArrayChecks {
    async fn around<T: Answer>(
        &self,
        machine: &Arc<dyn Array>,
        call: &Call<'_>,
        inner: impl Future<Output = Result<T>> + Send,
    ) -> Result<T> {
        check(&**machine, call).await?;
        inner.await
    }
}

async fn check(array: &dyn Array, call: &Call<'_>) -> Result<()> {
    let named = match call.request {
        Request::CreateGroup { group: "" } => {
            let reason = "a host group without a name: expected at least one character";
            return Err(refusal(call, ErrorKind::InvalidArgument, array.name(), reason));
        }
        Request::Map { lun, .. } if array.capabilities().max_lun.is_some_and(|max| lun > max) => {
            let max = array.capabilities().max_lun.unwrap_or_default();
            let reason = format!("LUN {lun} is above the array's limit: expected 0 to {max}");
            return Err(refusal(call, ErrorKind::InvalidArgument, array.name(), reason));
        }
        Request::AddInitiator { group, .. }
        | Request::RemoveInitiator { group, .. }
        | Request::Map { group, .. }
        | Request::Unmap { group, .. } => group,
        _ => return Ok(()),
    };
    let Some(masking) = array.masking() else { return Ok(()) };
    let Ok(groups) = masking.groups().await else { return Ok(()) };
    let Some(group) = groups.iter().find(|group| group.name == named) else {
        let reason = format!("{} has no such group: create it first", array.name());
        return Err(refusal(call, ErrorKind::NotFound, quoted("host group", named), reason));
    };
    match call.request {
        Request::AddInitiator { initiator, .. } => {
            new_initiator(array, call, &groups, group, initiator)
        }
        Request::Map { volume, lun, .. } => new_mapping(array, call, group, volume, lun).await,
        _ => Ok(()),
    }
}

fn new_initiator(
    array: &dyn Array,
    call: &Call<'_>,
    groups: &[HostGroup],
    into: &HostGroup,
    initiator: Wwpn,
) -> Result<()> {
    if into.initiators.contains(&initiator) {
        return Ok(());
    }
    if let Some(other) = groups.iter().find(|group| group.initiators.contains(&initiator)) {
        let reason = format!(
            "it is in group `{}`: an initiator is in one group at most, remove it there first",
            other.name.escape_debug()
        );
        return Err(refusal(call, ErrorKind::AlreadyExists, initiator.to_string(), reason));
    }
    let in_use: usize = groups.iter().map(|group| group.initiators.len()).sum();
    match array.capabilities().max_initiators {
        Some(max) if in_use as u64 >= u64::from(max) => {
            let reason = format!("{in_use} of {max} initiators in use: remove one first");
            Err(refusal(call, ErrorKind::LimitReached, array.name(), reason))
        }
        _ => Ok(()),
    }
}

async fn new_mapping(
    array: &dyn Array,
    call: &Call<'_>,
    group: &HostGroup,
    volume: &str,
    lun: u32,
) -> Result<()> {
    let taken = |reason| {
        let object = quoted("host group", &group.name);
        Err(refusal(call, ErrorKind::AlreadyExists, object, reason))
    };
    for mapping in &group.mappings {
        match (mapping.lun == lun, mapping.volume == volume) {
            (true, true) => return Ok(()),
            (true, false) => {
                return taken(format!(
                    "LUN {lun} shows volume `{}`: choose another LUN or unmap that volume",
                    mapping.volume.escape_debug()
                ));
            }
            (false, true) => {
                return taken(format!(
                    "volume `{}` has LUN {} in this group: unmap it first",
                    volume.escape_debug(),
                    mapping.lun
                ));
            }
            (false, false) => {}
        }
    }
    let Ok(volumes) = array.volumes().await else { return Ok(()) };
    if volumes.iter().any(|known| known.name == volume) {
        return Ok(());
    }
    let reason = format!("{} has no such volume: expected the name of one", array.name());
    Err(refusal(call, ErrorKind::NotFound, quoted("volume", volume), reason))
}
