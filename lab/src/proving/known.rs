//! What a topology says of a SAN, worked out without the simulator: from its text alone.

use std::collections::BTreeSet;

use npivot_conformance::{Guest, Known, Unit};
use npivot_fabric::Topology;
use npivot_fabric::topology::{FabricSpec, HbaSpec, HostSpec};
use npivot_hal::{DefaultZone, WwnPair, Wwnn, Wwpn, Zone, ZoneMember};

/// How many spare names there are.
const SPARES: u64 = 8;
/// Where they begin: NAA 5, which all drivers take.
const FIRST_SPARE: u64 = 0x5001_a4af_ff00_0000;

/// What is known of a host.
pub(super) fn known(topology: &Topology, host: &HostSpec) -> Known {
    let mut known = Known::default();
    known.adapters = host.hbas.iter().map(|hba| hba.names.wwpn).collect();
    let groups = topology.arrays.iter().flat_map(|array| &array.groups);
    let initiators: BTreeSet<Wwpn> = groups.flat_map(|group| &group.initiators).copied().collect();
    for initiator in initiators.difference(&hardware(topology)) {
        let parent = host.hbas.iter().filter(|hba| hba.npiv && hba.vports != Some(0));
        let mut places = parent.map(|hba| (hba, units(topology, host, hba, *initiator)));
        let seeing = places.find(|(_, units)| !units.is_empty());
        if let (Some((hba, units)), Some(names)) = (seeing, pair(*initiator)) {
            known.guests.push(Guest::new(names, hba.names.wwpn, units));
        }
    }
    known
}

/// Names that nothing in a topology has.
pub(super) fn spare_names(topology: &Topology) -> Vec<WwnPair> {
    let mut used = hardware(topology);
    let groups = topology.arrays.iter().flat_map(|array| &array.groups);
    used.extend(groups.flat_map(|group| &group.initiators));
    used.extend(topology.arrays.iter().flat_map(|array| &array.ports).map(|port| port.wwpn));
    for fabric in &topology.fabrics {
        let zones = fabric.zones.zones.values();
        let members = zones.flat_map(|zone| zone.members.iter().chain(&zone.principals));
        let members = members.chain(fabric.zones.aliases.values().flatten());
        used.extend(members.filter_map(|member| match member {
            ZoneMember::Wwpn(wwpn) => Some(*wwpn),
            _ => None,
        }));
    }
    let names = (FIRST_SPARE + 1..).filter_map(Wwpn::new).filter(|wwpn| !used.contains(wwpn));
    names.filter_map(pair).take(usize::try_from(SPARES).unwrap_or(0)).collect()
}

/// The port names of all hosts.
fn hardware(topology: &Topology) -> BTreeSet<Wwpn> {
    let hbas = topology.hosts.iter().flat_map(|host| &host.hbas);
    hbas.map(|hba| hba.names.wwpn).collect()
}

/// A port name with a node name made of it: the topology has none for vports.
fn pair(wwpn: Wwpn) -> Option<WwnPair> {
    Some(WwnPair::new(wwpn, Wwnn::new(wwpn.get() ^ 1 << 32)?))
}

/// What a vport of this name on this adapter sees: each LUN of its host groups through each port of the
/// array that shares a zone with it.
fn units(topology: &Topology, host: &HostSpec, hba: &HbaSpec, initiator: Wwpn) -> Vec<Unit> {
    let fabric = &topology.fabrics[hba.port.fabric];
    let mut units = vec![];
    for array in &topology.arrays {
        let ports = array.ports.iter().filter(|port| port.port.fabric == hba.port.fabric);
        for target in ports.filter(|port| share_a_zone(fabric, initiator, port.wwpn)) {
            for group in array.groups.iter().filter(|g| g.initiators.contains(&initiator)) {
                let luns = group.luns.iter().filter(|l| l.lun.sysfs() <= host.driver.max_lun());
                units.extend(luns.map(|spec| {
                    let identity = array.volumes[spec.volume].identity.clone();
                    Unit::new(target.wwpn, spec.lun, identity)
                }));
            }
        }
    }
    units
}

/// Whether two names see one another, as far as names tell: a guest that may see more than is known here
/// is no guest for the suite.
fn share_a_zone(fabric: &FabricSpec, a: Wwpn, b: Wwpn) -> bool {
    let names = fabric.enabled.as_ref().and_then(|set| fabric.zones.zone_sets.get(set));
    let zones = names.into_iter().flatten().filter_map(|name| fabric.zones.zones.get(name));
    let zones: Vec<&Zone> = zones.collect();
    let by_name = |zone: &&Zone| all_by_name(fabric, zone);
    if fabric.zones.default_zone == DefaultZone::Permit || !zones.iter().all(by_name) {
        return false;
    }
    zones.into_iter().any(|zone| {
        let leads = |wwpn| has(fabric, &zone.principals, wwpn);
        let is_in = |wwpn| leads(wwpn) || has(fabric, &zone.members, wwpn);
        is_in(a) && is_in(b) && (!zone.is_peer() || leads(a) || leads(b))
    })
}

fn all_by_name(fabric: &FabricSpec, zone: &Zone) -> bool {
    zone.members.iter().chain(&zone.principals).all(|member| match member {
        ZoneMember::Wwpn(_) => true,
        ZoneMember::Alias(alias) => {
            let mut stands_for = fabric.zones.aliases.get(alias).into_iter().flatten();
            stands_for.all(|member| matches!(member, ZoneMember::Wwpn(_)))
        }
        _ => false,
    })
}

fn has(fabric: &FabricSpec, members: &BTreeSet<ZoneMember>, wwpn: Wwpn) -> bool {
    members.iter().any(|member| match member {
        ZoneMember::Wwpn(name) => *name == wwpn,
        ZoneMember::Alias(alias) => {
            let stands_for = fabric.zones.aliases.get(alias);
            stands_for.is_some_and(|members| members.contains(&ZoneMember::Wwpn(wwpn)))
        }
        _ => false,
    })
}
