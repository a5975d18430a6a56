//! The pools of a [`Node`], as far as a guest is concerned.

use async_trait::async_trait;
use npivot_hal::{Error, ErrorKind, Result};

use super::{FoundPool, Pools};
use crate::libvirt::Uuid;
use crate::node::{Node, NodeError, PoolState};
use crate::pool;
use crate::vhba::VhbaError;

#[async_trait]
impl Pools for Node {
    async fn find(&self, name_or_uuid: &str) -> Result<Option<FoundPool>> {
        let pools = self.pools().await.map_err(|error| unknown(self, name_or_uuid, error))?;
        let uuid: Option<Uuid> = name_or_uuid.parse().ok();
        let by_name = pools.iter().find(|pool| pool.definition.name.as_str() == name_or_uuid);
        let by_uuid = || pools.iter().find(|pool| uuid.is_some() && pool.definition.uuid == uuid);
        let Some(found) = by_name.or_else(by_uuid) else { return Ok(None) };
        let definition = &found.definition;
        let adapters = match found.state {
            PoolState::Inactive => None,
            PoolState::Active | PoolState::Degraded { .. } => {
                match pool::adapters_of(&**self.host(), definition).await {
                    // Noted as up, and nothing of it is there: after a reboot it is as good as down.
                    Err(VhbaError::NoScsiHost { .. }) => None,
                    Ok(adapters) if adapters.is_empty() => None,
                    Ok(adapters) => Some(adapters),
                    Err(error) => return Err(unknown(self, name_or_uuid, error.into())),
                }
            }
        };
        Ok(Some(FoundPool { name: definition.name.clone(), uuid: definition.uuid, adapters }))
    }
}

fn unknown(node: &Node, pool: &str, error: NodeError) -> Error {
    match error {
        NodeError::Hal(error) => error,
        error => {
            let object = format!("{pool} of host {}", node.host().name());
            Error::new(ErrorKind::Malformed, "find pool", object, error.to_string())
        }
    }
}
