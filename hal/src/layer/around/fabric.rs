//! A fabric with a layer around it.

use async_trait::async_trait;

use crate::layer::{Layer, Layered, Request};
use crate::{
    DomainId, EffectiveZones, Fabric, FabricCapabilities, NameServerEntry, Outcome, Result, Switch,
    SwitchPort, ZoneDatabase, ZoneEdit, ZoneTransaction, Zoning,
};

use super::ability;

#[async_trait]
impl<L: Layer<dyn Fabric>> Fabric for Layered<dyn Fabric, L> {
    fn name(&self) -> &str {
        self.inner.name()
    }
    fn capabilities(&self) -> FabricCapabilities {
        self.inner.capabilities()
    }
    async fn switches(&self) -> Result<Vec<Switch>> {
        self.call(self.name(), Request::Switches, self.inner.switches()).await
    }
    async fn ports(&self, domain: DomainId) -> Result<Vec<SwitchPort>> {
        self.call(self.name(), Request::Ports { domain }, self.inner.ports(domain)).await
    }
    async fn name_server(&self) -> Result<Vec<NameServerEntry>> {
        self.call(self.name(), Request::NameServer, self.inner.name_server()).await
    }
    fn zoning(&self) -> Option<&dyn Zoning> {
        self.inner.zoning().map(|_| self as _)
    }
}

#[async_trait]
impl<L: Layer<dyn Fabric>> Zoning for Layered<dyn Fabric, L> {
    async fn defined(&self) -> Result<ZoneDatabase> {
        let zoning = ability!(self.zoning)?;
        self.call(self.name(), Request::Defined, zoning.defined()).await
    }
    async fn effective(&self) -> Result<EffectiveZones> {
        let zoning = ability!(self.zoning)?;
        self.call(self.name(), Request::Effective, zoning.effective()).await
    }
    async fn begin(&self) -> Result<ZoneTransaction> {
        let zoning = ability!(self.zoning)?;
        self.call(self.name(), Request::Begin, zoning.begin()).await
    }
    async fn edit(
        &self,
        transaction: &ZoneTransaction,
        edit: ZoneEdit,
    ) -> Result<(ZoneTransaction, Outcome)> {
        let zoning = ability!(self.zoning)?;
        // The backend takes the edit; the layer may still look at it when the answer comes.
        let asked = edit.clone();
        let request = Request::Edit { transaction, edit: &asked };
        self.call(self.name(), request, zoning.edit(transaction, edit)).await
    }
    async fn commit(&self, transaction: &ZoneTransaction, enable: Option<&str>) -> Result<Outcome> {
        let zoning = ability!(self.zoning)?;
        let request = Request::Commit { transaction, enable };
        self.call(self.name(), request, zoning.commit(transaction, enable)).await
    }
    async fn abort(&self, transaction: &ZoneTransaction) -> Result<()> {
        let zoning = ability!(self.zoning)?;
        self.call(self.name(), Request::Abort { transaction }, zoning.abort(transaction)).await
    }
}
