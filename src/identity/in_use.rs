//! What a site knows of.

use std::collections::BTreeSet;

use npivot_hal::{Array, Fabric, Host, Result, WwnPair, ZoneDatabase, ZoneMember};

use crate::Site;

/// Every name that a site knows of: logged in, configured on an adapter, zoned, or masked. A name that is
/// only zoned or masked counts too: giving it to a stranger would give him somebody's storage.
#[derive(Debug, Clone, Default)]
pub struct NamesInUse {
    all: BTreeSet<u64>,
    /// Those that somebody has now: on an adapter, or logged in.
    live: BTreeSet<u64>,
}

impl NamesInUse {
    /// Asks all machines of a site.
    ///
    /// # Errors
    /// That of the first machine that does not answer: a name cannot be called free then.
    pub async fn of(site: &Site) -> Result<Self> {
        let mut names = Self::default();
        for host in [&site.source, &site.destination] {
            names.add_host(&**host).await?;
        }
        for fabric in &site.fabrics {
            names.add_fabric(&**fabric).await?;
        }
        for array in &site.arrays {
            names.add_array(&**array).await?;
        }
        Ok(names)
    }

    /// Adds the names of a host's adapters.
    ///
    /// # Errors
    /// Those of [`Host::adapters`].
    pub async fn add_host(&mut self, host: &dyn Host) -> Result<()> {
        for adapter in host.adapters().await? {
            self.add_live(adapter.names);
        }
        Ok(())
    }

    /// Adds the names that a fabric's name server has registered, and those in its zones.
    ///
    /// # Errors
    /// Those of [`Fabric::name_server`] and of [`Zoning::defined`](npivot_hal::Zoning::defined).
    pub async fn add_fabric(&mut self, fabric: &dyn Fabric) -> Result<()> {
        for entry in fabric.name_server().await? {
            self.add_live(entry.names);
        }
        if let Some(zoning) = fabric.zoning() {
            self.add_zoned(&zoning.defined().await?);
        }
        Ok(())
    }

    /// Adds the names of an array's ports, and those in its host groups.
    ///
    /// # Errors
    /// Those of [`Array::target_ports`] and of [`Masking::groups`](npivot_hal::Masking::groups).
    pub async fn add_array(&mut self, array: &dyn Array) -> Result<()> {
        for port in array.target_ports().await? {
            self.add(port.names);
        }
        if let Some(masking) = array.masking() {
            for group in masking.groups().await? {
                self.all.extend(group.initiators.iter().map(|wwpn| wwpn.get()));
            }
        }
        Ok(())
    }

    /// Adds a pair.
    pub fn add(&mut self, names: WwnPair) {
        self.all.extend([names.wwpn.get(), names.wwnn.get()]);
    }

    fn add_live(&mut self, names: WwnPair) {
        self.add(names);
        self.live.extend([names.wwpn.get(), names.wwnn.get()]);
    }

    /// Whether one of a pair's names is somebody's now, not only written down for somebody.
    pub fn is_live(&self, names: WwnPair) -> bool {
        self.live.contains(&names.wwpn.get()) || self.live.contains(&names.wwnn.get())
    }

    /// Whether somebody has this name, or it is written down for somebody.
    pub(super) fn contains(&self, name: u64) -> bool {
        self.all.contains(&name)
    }

    fn add_zoned(&mut self, database: &ZoneDatabase) {
        let zones = database.zones.values();
        let members = zones.flat_map(|zone| zone.members.iter().chain(&zone.principals));
        let aliased = database.aliases.values().flatten();
        self.all.extend(members.chain(aliased).filter_map(|member| match member {
            ZoneMember::Wwpn(wwpn) => Some(wwpn.get()),
            _ => None,
        }));
    }
}
