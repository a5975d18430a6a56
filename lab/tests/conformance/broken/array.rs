//! An array that is right in all but one thing.

use std::sync::Arc;

use async_trait::async_trait;
use npivot_hal::{
    Array, ArrayCapabilities, ErrorKind, HostGroup, Masking, Outcome, Result, TargetPort, Volume,
    Wwpn,
};

/// What it does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// Moves an initiator that is in another group, without a word.
    StealsInitiators,
    /// Empties a group that is made again.
    EmptiesGroups,
}

/// An array with a flaw.
#[derive(Debug)]
pub(crate) struct BrokenArray {
    inner: Arc<dyn Array>,
    flaw: Flaw,
}

impl BrokenArray {
    pub(crate) fn new(inner: Arc<dyn Array>, flaw: Flaw) -> Self {
        Self { inner, flaw }
    }

    fn masking(&self) -> &dyn Masking {
        self.inner.masking().expect("the simulator has it")
    }
}

#[async_trait]
impl Array for BrokenArray {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn capabilities(&self) -> ArrayCapabilities {
        self.inner.capabilities()
    }

    async fn target_ports(&self) -> Result<Vec<TargetPort>> {
        self.inner.target_ports().await
    }

    async fn volumes(&self) -> Result<Vec<Volume>> {
        self.inner.volumes().await
    }

    fn masking(&self) -> Option<&dyn Masking> {
        Some(self)
    }
}

#[async_trait]
impl Masking for BrokenArray {
    async fn groups(&self) -> Result<Vec<HostGroup>> {
        self.masking().groups().await
    }

    async fn create_group(&self, group: &str) -> Result<Outcome> {
        let outcome = self.masking().create_group(group).await?;
        if self.flaw == Flaw::EmptiesGroups && outcome == Outcome::Unchanged {
            let _ = self.masking().delete_group(group).await?;
            let _ = self.masking().create_group(group).await?;
        }
        Ok(outcome)
    }

    async fn delete_group(&self, group: &str) -> Result<Outcome> {
        self.masking().delete_group(group).await
    }

    async fn add_initiator(&self, group: &str, initiator: Wwpn) -> Result<Outcome> {
        match self.masking().add_initiator(group, initiator).await {
            Err(error)
                if self.flaw == Flaw::StealsInitiators
                    && error.kind() == ErrorKind::AlreadyExists =>
            {
                for other in self.masking().groups().await? {
                    let _ = self.masking().remove_initiator(&other.name, initiator).await?;
                }
                self.masking().add_initiator(group, initiator).await
            }
            answer => answer,
        }
    }

    async fn remove_initiator(&self, group: &str, initiator: Wwpn) -> Result<Outcome> {
        self.masking().remove_initiator(group, initiator).await
    }

    async fn map(&self, group: &str, volume: &str, lun: u32) -> Result<Outcome> {
        self.masking().map(group, volume, lun).await
    }

    async fn unmap(&self, group: &str, volume: &str) -> Result<Outcome> {
        self.masking().unmap(group, volume).await
    }
}
