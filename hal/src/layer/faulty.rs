//! Backends that fail on purpose.
//!
//! [`FaultyHost`], [`FaultyFabric`] and [`FaultyArray`] ask one [`FaultPlan`] about every call and obey.
//! Errors that they make up are marked ([`Error::is_injected`]).

use std::sync::Arc;

use async_trait::async_trait;

use super::{Call, FaultPlan, Verdict};
use crate::{
    Adapter, Array, ArrayCapabilities, DomainId, EffectiveZones, Error, ErrorKind, Events, Fabric,
    FabricCapabilities, Host, HostCapabilities, HostGroup, HostNo, Links, Lun, LunDetails, LunId,
    LunPath, Luns, Masking, NameServerEntry, Npiv, Outcome, RemotePort, Result, ScanScope,
    ScsiAddress, Switch, SwitchPort, TargetPort, Volume, Vport, WwnPair, Wwpn, ZoneDatabase,
    ZoneEdit, ZoneTransaction, Zoning,
};

macro_rules! faulty {
    ($(#[$doc:meta])* $name:ident, $machine:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name {
            inner: Arc<dyn $machine>,
            plan: Arc<dyn FaultPlan>,
        }

        impl $name {
            /// Wraps a backend.
            pub fn new(inner: Arc<dyn $machine>, plan: Arc<dyn FaultPlan>) -> Self {
                Self { inner, plan }
            }

            async fn run<T>(
                &self,
                method: &'static str,
                changes: bool,
                call: impl Future<Output = Result<T>>,
            ) -> Result<T> {
                decide(&*self.plan, &Call::new(method, self.inner.name(), changes), call).await
            }
        }
    };
}

faulty! {
    /// A host whose calls fail by plan.
    FaultyHost, Host
}
faulty! {
    /// A fabric whose calls fail by plan.
    FaultyFabric, Fabric
}
faulty! {
    /// An array whose calls fail by plan.
    FaultyArray, Array
}

/// Makes a call under a plan. Ports of other layers use it too, so that one plan rules a whole run.
///
/// # Errors
/// The call's own, or an injected one.
pub async fn decide<T>(
    plan: &dyn FaultPlan,
    call: &Call<'_>,
    future: impl Future<Output = Result<T>>,
) -> Result<T> {
    let injected =
        |kind, reason| Err(Error::new(kind, call.method, call.machine, reason).injected());
    match plan.verdict(call) {
        Verdict::Pass => future.await,
        Verdict::Fail => injected(ErrorKind::Rejected, "made to fail"),
        Verdict::Lost => {
            let _ = future.await;
            injected(ErrorKind::NoAnswer, "its answer was made to get lost")
        }
        Verdict::CrashBefore => std::future::pending().await,
        Verdict::CrashAfter => {
            let _ = future.await;
            std::future::pending().await
        }
    }
}

/// The ability that the accessor has shown to be there.
macro_rules! ability {
    ($self:ident . $accessor:ident) => {
        $self.inner.$accessor().ok_or_else(|| {
            Error::new(
                ErrorKind::Unsupported,
                stringify!($accessor),
                $self.inner.name(),
                "the backend has lost this ability",
            )
        })
    };
}

#[async_trait]
impl Host for FaultyHost {
    fn name(&self) -> &str {
        self.inner.name()
    }
    fn capabilities(&self) -> HostCapabilities {
        self.inner.capabilities()
    }
    async fn adapters(&self) -> Result<Vec<Adapter>> {
        self.run("adapters", false, self.inner.adapters()).await
    }
    async fn remote_ports(&self, adapter: HostNo) -> Result<Vec<RemotePort>> {
        self.run("remote_ports", false, self.inner.remote_ports(adapter)).await
    }
    fn npiv(&self) -> Option<&dyn Npiv> {
        self.inner.npiv().map(|_| self as _)
    }
    fn luns(&self) -> Option<&dyn Luns> {
        self.inner.luns().map(|_| self as _)
    }
    fn links(&self) -> Option<&dyn Links> {
        self.inner.links().map(|_| self as _)
    }
    fn events(&self) -> Option<&dyn Events> {
        self.inner.events()
    }
}

#[async_trait]
impl Npiv for FaultyHost {
    async fn create_vport(&self, parent: HostNo, names: WwnPair) -> Result<(Vport, Outcome)> {
        let npiv = ability!(self.npiv)?;
        self.run("create_vport", true, npiv.create_vport(parent, names)).await
    }
    async fn delete_vport(&self, parent: HostNo, names: WwnPair) -> Result<Outcome> {
        let npiv = ability!(self.npiv)?;
        self.run("delete_vport", true, npiv.delete_vport(parent, names)).await
    }
    async fn vports(&self, parent: HostNo) -> Result<Vec<Vport>> {
        let npiv = ability!(self.npiv)?;
        self.run("vports", false, npiv.vports(parent)).await
    }
}

#[async_trait]
impl Luns for FaultyHost {
    async fn paths(&self, adapter: HostNo) -> Result<Vec<LunPath>> {
        let luns = ability!(self.luns)?;
        self.run("paths", false, luns.paths(adapter)).await
    }
    async fn identify(&self, address: ScsiAddress) -> Result<LunId> {
        let luns = ability!(self.luns)?;
        self.run("identify", false, luns.identify(address)).await
    }
    async fn inspect(&self, address: ScsiAddress) -> Result<LunDetails> {
        let luns = ability!(self.luns)?;
        self.run("inspect", false, luns.inspect(address)).await
    }
    async fn reported(&self, adapter: HostNo, target: u32) -> Result<Vec<Lun>> {
        let luns = ability!(self.luns)?;
        self.run("reported", false, luns.reported(adapter, target)).await
    }
    async fn scan(&self, adapter: HostNo, scope: ScanScope) -> Result<Outcome> {
        let luns = ability!(self.luns)?;
        self.run("scan", true, luns.scan(adapter, scope)).await
    }
    async fn remove(&self, address: ScsiAddress) -> Result<Outcome> {
        let luns = ability!(self.luns)?;
        self.run("remove", true, luns.remove(address)).await
    }
}

#[async_trait]
impl Links for FaultyHost {
    async fn reset(&self, adapter: HostNo) -> Result<()> {
        let links = ability!(self.links)?;
        self.run("reset", true, links.reset(adapter)).await
    }
    async fn set_dev_loss_secs(&self, adapter: HostNo, secs: u32) -> Result<Outcome> {
        let links = ability!(self.links)?;
        self.run("set_dev_loss_secs", true, links.set_dev_loss_secs(adapter, secs)).await
    }
}

#[async_trait]
impl Fabric for FaultyFabric {
    fn name(&self) -> &str {
        self.inner.name()
    }
    fn capabilities(&self) -> FabricCapabilities {
        self.inner.capabilities()
    }
    async fn switches(&self) -> Result<Vec<Switch>> {
        self.run("switches", false, self.inner.switches()).await
    }
    async fn ports(&self, domain: DomainId) -> Result<Vec<SwitchPort>> {
        self.run("ports", false, self.inner.ports(domain)).await
    }
    async fn name_server(&self) -> Result<Vec<NameServerEntry>> {
        self.run("name_server", false, self.inner.name_server()).await
    }
    fn zoning(&self) -> Option<&dyn Zoning> {
        self.inner.zoning().map(|_| self as _)
    }
}

#[async_trait]
impl Zoning for FaultyFabric {
    async fn defined(&self) -> Result<ZoneDatabase> {
        let zoning = ability!(self.zoning)?;
        self.run("defined", false, zoning.defined()).await
    }
    async fn effective(&self) -> Result<EffectiveZones> {
        let zoning = ability!(self.zoning)?;
        self.run("effective", false, zoning.effective()).await
    }
    async fn begin(&self) -> Result<ZoneTransaction> {
        let zoning = ability!(self.zoning)?;
        self.run("begin", true, zoning.begin()).await
    }
    async fn edit(
        &self,
        transaction: &ZoneTransaction,
        edit: ZoneEdit,
    ) -> Result<(ZoneTransaction, Outcome)> {
        let zoning = ability!(self.zoning)?;
        self.run("edit", true, zoning.edit(transaction, edit)).await
    }
    async fn commit(&self, transaction: &ZoneTransaction, enable: Option<&str>) -> Result<Outcome> {
        let zoning = ability!(self.zoning)?;
        self.run("commit", true, zoning.commit(transaction, enable)).await
    }
    async fn abort(&self, transaction: &ZoneTransaction) -> Result<()> {
        let zoning = ability!(self.zoning)?;
        self.run("abort", true, zoning.abort(transaction)).await
    }
}

#[async_trait]
impl Array for FaultyArray {
    fn name(&self) -> &str {
        self.inner.name()
    }
    fn capabilities(&self) -> ArrayCapabilities {
        self.inner.capabilities()
    }
    async fn target_ports(&self) -> Result<Vec<TargetPort>> {
        self.run("target_ports", false, self.inner.target_ports()).await
    }
    async fn volumes(&self) -> Result<Vec<Volume>> {
        self.run("volumes", false, self.inner.volumes()).await
    }
    fn masking(&self) -> Option<&dyn Masking> {
        self.inner.masking().map(|_| self as _)
    }
}

#[async_trait]
impl Masking for FaultyArray {
    async fn groups(&self) -> Result<Vec<HostGroup>> {
        let masking = ability!(self.masking)?;
        self.run("groups", false, masking.groups()).await
    }
    async fn create_group(&self, group: &str) -> Result<Outcome> {
        let masking = ability!(self.masking)?;
        self.run("create_group", true, masking.create_group(group)).await
    }
    async fn delete_group(&self, group: &str) -> Result<Outcome> {
        let masking = ability!(self.masking)?;
        self.run("delete_group", true, masking.delete_group(group)).await
    }
    async fn add_initiator(&self, group: &str, initiator: Wwpn) -> Result<Outcome> {
        let masking = ability!(self.masking)?;
        self.run("add_initiator", true, masking.add_initiator(group, initiator)).await
    }
    async fn remove_initiator(&self, group: &str, initiator: Wwpn) -> Result<Outcome> {
        let masking = ability!(self.masking)?;
        self.run("remove_initiator", true, masking.remove_initiator(group, initiator)).await
    }
    async fn map(&self, group: &str, volume: &str, lun: u32) -> Result<Outcome> {
        let masking = ability!(self.masking)?;
        self.run("map", true, masking.map(group, volume, lun)).await
    }
    async fn unmap(&self, group: &str, volume: &str) -> Result<Outcome> {
        let masking = ability!(self.masking)?;
        self.run("unmap", true, masking.unmap(group, volume)).await
    }
}
