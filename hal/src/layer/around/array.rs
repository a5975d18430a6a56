//! An array with a layer around it.

use async_trait::async_trait;

use crate::layer::{Layer, Layered, Request};
use crate::{
    Array, ArrayCapabilities, HostGroup, Masking, Outcome, Result, TargetPort, Volume, Wwpn,
};

use super::ability;

#[async_trait]
impl<L: Layer<dyn Array>> Array for Layered<dyn Array, L> {
    fn name(&self) -> &str {
        self.inner.name()
    }
    fn capabilities(&self) -> ArrayCapabilities {
        self.inner.capabilities()
    }
    async fn target_ports(&self) -> Result<Vec<TargetPort>> {
        self.call(self.name(), Request::TargetPorts, self.inner.target_ports()).await
    }
    async fn volumes(&self) -> Result<Vec<Volume>> {
        self.call(self.name(), Request::Volumes, self.inner.volumes()).await
    }
    fn masking(&self) -> Option<&dyn Masking> {
        self.inner.masking().map(|_| self as _)
    }
}

#[async_trait]
impl<L: Layer<dyn Array>> Masking for Layered<dyn Array, L> {
    async fn groups(&self) -> Result<Vec<HostGroup>> {
        let masking = ability!(self.masking)?;
        self.call(self.name(), Request::Groups, masking.groups()).await
    }
    async fn create_group(&self, group: &str) -> Result<Outcome> {
        let masking = ability!(self.masking)?;
        let request = Request::CreateGroup { group };
        self.call(self.name(), request, masking.create_group(group)).await
    }
    async fn delete_group(&self, group: &str) -> Result<Outcome> {
        let masking = ability!(self.masking)?;
        let request = Request::DeleteGroup { group };
        self.call(self.name(), request, masking.delete_group(group)).await
    }
    async fn add_initiator(&self, group: &str, initiator: Wwpn) -> Result<Outcome> {
        let masking = ability!(self.masking)?;
        let request = Request::AddInitiator { group, initiator };
        self.call(self.name(), request, masking.add_initiator(group, initiator)).await
    }
    async fn remove_initiator(&self, group: &str, initiator: Wwpn) -> Result<Outcome> {
        let masking = ability!(self.masking)?;
        let request = Request::RemoveInitiator { group, initiator };
        self.call(self.name(), request, masking.remove_initiator(group, initiator)).await
    }
    async fn map(&self, group: &str, volume: &str, lun: u32) -> Result<Outcome> {
        let masking = ability!(self.masking)?;
        let request = Request::Map { group, volume, lun };
        self.call(self.name(), request, masking.map(group, volume, lun)).await
    }
    async fn unmap(&self, group: &str, volume: &str) -> Result<Outcome> {
        let masking = ability!(self.masking)?;
        let request = Request::Unmap { group, volume };
        self.call(self.name(), request, masking.unmap(group, volume)).await
    }
}
