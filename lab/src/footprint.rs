//! What a storage identity leaves on a SAN: the state that a migration must restore or clear.

use std::collections::{BTreeMap, BTreeSet};

use npivot_fabric::World;
use npivot_fabric::host::Kind;
use npivot_hal::{HostGroup, Wwpn, ZoneDatabase, ZoneMember};

/// Zones, masks, vHBAs and logins of a SAN at one moment. Two equal ones show the same to everybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Footprint {
    /// The zoning of each fabric: what is written down, and which set is in force.
    pub zones: BTreeMap<String, (ZoneDatabase, Option<String>)>,
    /// The zones in force of each fabric.
    pub effective: BTreeMap<String, BTreeMap<String, npivot_hal::Zone>>,
    /// The host groups of each array.
    pub groups: BTreeMap<String, Vec<HostGroup>>,
    /// The vHBAs of each host.
    pub vhbas: BTreeMap<String, BTreeSet<Wwpn>>,
    /// The names logged in to each fabric.
    pub logins: BTreeMap<String, BTreeSet<Wwpn>>,
}

impl Footprint {
    /// The footprint of everything that is on a SAN now.
    pub fn of(world: &World) -> Self {
        let san = world.san();
        let fabrics = || san.fabrics.iter();
        let zones = fabrics().map(|fabric| {
            let set = fabric.zoning.effective().zone_set.clone();
            (fabric.name.clone(), (fabric.zoning.defined().clone(), set))
        });
        let effective =
            fabrics().map(|fabric| (fabric.name.clone(), fabric.zoning.effective().zones.clone()));
        let groups = world.arrays().iter();
        let groups =
            groups.map(|node| (node.name().to_owned(), node.array.group_records().collect()));
        let vhbas = world.hosts().iter().map(|host| {
            let adapters = host.adapters.values().filter_map(|&ix| world.adapter(ix));
            let virtual_ones = adapters.filter(|a| matches!(a.kind, Kind::Virtual { .. }));
            (host.name.clone(), virtual_ones.map(|adapter| adapter.names.wwpn).collect())
        });
        let logins = (0..).zip(fabrics()).map(|(ix, fabric)| {
            let all = san.all(npivot_fabric::san::ids::FabricIx(ix));
            (fabric.name.clone(), all.map(|nport| san.nport(nport).names.wwpn).collect())
        });
        Self {
            zones: zones.collect(),
            effective: effective.collect(),
            groups: groups.collect(),
            vhbas: vhbas.collect(),
            logins: logins.collect(),
        }
    }

    /// Where a name is still found: nowhere, when nothing of it is left.
    pub fn traces_of(&self, wwpn: Wwpn) -> Vec<String> {
        let mut found = vec![];
        for (fabric, (database, _)) in &self.zones {
            let member = ZoneMember::Wwpn(wwpn);
            let zones = database.zones.iter().filter(|(_, zone)| {
                zone.members.contains(&member) || zone.principals.contains(&member)
            });
            found.extend(zones.map(|(name, _)| format!("zone {name} of fabric {fabric}")));
            let aliases = database.aliases.iter().filter(|(_, members)| members.contains(&member));
            found.extend(aliases.map(|(name, _)| format!("alias {name} of fabric {fabric}")));
        }
        for (fabric, zones) in &self.effective {
            let member = ZoneMember::Wwpn(wwpn);
            let zones = zones.iter().filter(|(_, zone)| {
                zone.members.contains(&member) || zone.principals.contains(&member)
            });
            found.extend(zones.map(|(n, _)| format!("zone {n} in force on fabric {fabric}")));
        }
        for (array, groups) in &self.groups {
            let groups = groups.iter().filter(|group| group.initiators.contains(&wwpn));
            found.extend(groups.map(|g| format!("host group {} of array {array}", g.name)));
        }
        for (host, vhbas) in &self.vhbas {
            found.extend(vhbas.contains(&wwpn).then(|| format!("a vHBA of host {host}")));
        }
        for (fabric, logins) in &self.logins {
            found.extend(logins.contains(&wwpn).then(|| format!("a login on fabric {fabric}")));
        }
        found
    }

    /// In what this differs from an earlier one, in words; empty when in nothing.
    pub fn difference(&self, before: &Self) -> Vec<String> {
        let mut found = vec![];
        compare("zoning of fabric", &self.zones, &before.zones, &mut found);
        compare("zones in force on fabric", &self.effective, &before.effective, &mut found);
        compare("host groups of array", &self.groups, &before.groups, &mut found);
        compare("vHBAs of host", &self.vhbas, &before.vhbas, &mut found);
        compare("logins on fabric", &self.logins, &before.logins, &mut found);
        found
    }

    /// How much there is of each kind: equal before and after a move that left nothing behind.
    pub fn sizes(&self) -> [usize; 5] {
        [
            self.zones.values().map(|(db, _)| db.zones.len() + db.aliases.len()).sum(),
            self.effective.values().map(BTreeMap::len).sum(),
            self.groups.values().flatten().map(|group| group.initiators.len()).sum(),
            self.vhbas.values().map(BTreeSet::len).sum(),
            self.logins.values().map(BTreeSet::len).sum(),
        ]
    }
}

fn compare<T: PartialEq>(
    what: &str,
    now: &BTreeMap<String, T>,
    before: &BTreeMap<String, T>,
    found: &mut Vec<String>,
) {
    let differs = |(name, value): &(&String, &T)| before.get(*name) != Some(*value);
    found.extend(now.iter().filter(differs).map(|(name, _)| format!("{what} {name}")));
}
