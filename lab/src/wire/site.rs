//! A world of a topology in which some hosts are left to the outside.

use std::collections::BTreeMap;

use npivot_fabric::san::ids::{PortIx, TargetIx};
use npivot_fabric::topology::PortRef;
use npivot_fabric::world::Refusal;
use npivot_fabric::{Topology, World};
use npivot_hal::{FcId, WwnPair, Wwnn, Wwpn, ZoneMember};

use super::plug::Place;

/// An adapter that is not simulated: where it is to be plugged in, and what it is to be called.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OutsideHba {
    /// The host's name.
    pub host: String,
    /// Its switch port, as `a1/0`.
    pub place: String,
    /// The same, in the world.
    pub port: PortIx,
    /// The names that it has in the topology.
    pub given: WwnPair,
    /// The names that a Linux kernel's software initiator gives itself there: its MAC address behind NAA 2
    /// and NAA 1 (`fcoe_wwn_from_mac`, `drivers/scsi/fcoe/fcoe_ctlr.c`).
    pub names: WwnPair,
    /// That MAC address.
    pub mac: [u8; 6],
    /// How many disks it will find: paths to volumes that zones and host groups show it.
    pub disks: usize,
}

/// A world and the places in it that are left to the outside.
#[derive(Debug)]
#[non_exhaustive]
pub struct Site {
    /// The world, booted.
    pub world: World,
    /// The adapters of the hosts that are outside, host by host, in the order of the topology.
    pub outside: Vec<OutsideHba>,
}

/// A place in the world that is left to the outside.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Opening {
    /// The switch port.
    pub port: PortIx,
    /// The adapter of the topology that is expected there, if there is one.
    pub hba: Option<OutsideHba>,
}

/// Why a topology is no site.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SiteError {
    /// A host that is not there.
    #[error("the topology has no host `{host}`; it has {}", list(.all))]
    NoHost {
        /// The name given.
        host: String,
        /// Those that there are.
        all: Vec<String>,
    },
    /// A port that is not there.
    #[error("the topology has no port `{place}`: {why}")]
    NoPlace {
        /// The port, as it was given.
        place: Place,
        /// What there is.
        why: String,
    },
    /// Two adapters would give themselves one name.
    #[error(
        "{a} and {b} both end in {}: a kernel makes its name of these six bytes, so give one of them others",
        mac_text(*.mac)
    )]
    SameMac {
        /// One adapter's name.
        a: Wwpn,
        /// The other's.
        b: Wwpn,
        /// The six bytes.
        mac: [u8; 6],
    },
    /// The topology cannot be built, which one that was read from a file can.
    #[error(transparent)]
    Build(#[from] Refusal),
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "none".into() } else { names.join(", ") }
}

/// A MAC address as `ip link` writes it.
pub fn mac_text(mac: [u8; 6]) -> String {
    mac.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":")
}

impl Site {
    /// The world of a topology without these hosts, logged in. Wherever the topology names an adapter of
    /// theirs (zones, aliases, host groups), the name stands that a Linux kernel gives itself.
    ///
    /// # Errors
    /// [`SiteError`].
    pub fn of(topology: &Topology, hosts: &[&str], seed: u64) -> Result<Self, SiteError> {
        for &host in hosts {
            if !topology.hosts.iter().any(|spec| spec.name == host) {
                let all = topology.hosts.iter().map(|spec| spec.name.clone()).collect();
                return Err(SiteError::NoHost { host: host.into(), all });
            }
        }
        let mut topology = topology.clone();
        let (gone, left): (Vec<_>, Vec<_>) =
            topology.hosts.into_iter().partition(|spec| hosts.contains(&spec.name.as_str()));
        topology.hosts = left;
        let mut found = vec![];
        let mut renamed: BTreeMap<Wwpn, Wwpn> = BTreeMap::new();
        let mut taken: BTreeMap<[u8; 6], Wwpn> = BTreeMap::new();
        for spec in &gone {
            for hba in &spec.hbas {
                let mac = free_mac(hba.names.wwpn, &taken)?;
                taken.insert(mac, hba.names.wwpn);
                let names = kernel_names(mac, hba.names);
                renamed.insert(hba.names.wwpn, names.wwpn);
                found.push((spec.name.clone(), hba.port, hba.names, names, mac));
            }
        }
        rename(&mut topology, &renamed);
        let mut world = World::from_topology(&topology, seed)?;
        // Every block that a host writes would be kept otherwise.
        world.stop_recording();
        world.settle(World::BOOT_LIMIT);
        let mut outside = vec![];
        for (host, at, given, names, mac) in found {
            let (place, port) = place_of(&topology, &world, at)?;
            let disks = disks_at(&world, port, names.wwpn);
            outside.push(OutsideHba { host, place, port, given, names, mac, disks });
        }
        Ok(Self { world, outside })
    }
}

impl Site {
    /// The world of a topology with these places left to the outside, and the places in the same order. A
    /// host that has an adapter at one of them is outside with all its adapters.
    ///
    /// # Errors
    /// [`SiteError`].
    pub fn at(
        topology: &Topology,
        places: &[Place],
        seed: u64,
    ) -> Result<(Self, Vec<Opening>), SiteError> {
        let mut hosts: Vec<&str> = vec![];
        for place in places {
            let host = match place {
                Place::Adapter { host, .. } => Some(host.as_str()),
                Place::Port { switch, number } => host_at(topology, switch, *number),
            };
            hosts.extend(host.filter(|host| !hosts.contains(host)));
        }
        let site = Self::of(topology, &hosts, seed)?;
        let opened = places.iter().map(|place| site.opening(place)).collect::<Result<_, _>>()?;
        Ok((site, opened))
    }

    fn opening(&self, place: &Place) -> Result<Opening, SiteError> {
        let nowhere = |why: String| SiteError::NoPlace { place: place.clone(), why };
        match place {
            Place::Adapter { host, number } => {
                let mut all = self.outside.iter().filter(|hba| hba.host == *host);
                let found = all.nth(*number).cloned().ok_or_else(|| {
                    let all = self.outside.iter().filter(|hba| hba.host == *host).count();
                    nowhere(format!("{host} has {all} adapters, numbered from 0"))
                })?;
                Ok(Opening { port: found.port, hba: Some(found) })
            }
            Place::Port { switch, number } => {
                let switches = &self.world.san().switches;
                let there =
                    switches.iter().find(|there| there.name == *switch).ok_or_else(|| {
                        let all: Vec<String> = switches.iter().map(|s| s.name.clone()).collect();
                        nowhere(format!("its switches are {}", list(&all)))
                    })?;
                let ports = there.settings.ports;
                let port = there.port(*number).ok_or_else(|| {
                    nowhere(format!("{switch} has {ports} ports, numbered from 0"))
                })?;
                let hba = self.outside.iter().find(|hba| hba.port == port).cloned();
                Ok(Opening { port, hba })
            }
        }
    }
}

/// The host with an adapter at a switch port.
fn host_at<'t>(topology: &'t Topology, switch: &str, number: u16) -> Option<&'t str> {
    let is_there = |at: PortRef| {
        at.port == number && topology.fabrics[at.fabric].switches[at.switch].name == switch
    };
    let host = topology.hosts.iter().find(|host| host.hbas.iter().any(|hba| is_there(hba.port)));
    host.map(|host| host.name.as_str())
}

/// The last six bytes of an adapter's name as its MAC address. The ports of one card often differ in the first
/// two bytes only: the second and further ones are told apart as locally administered addresses.
fn free_mac(wwpn: Wwpn, taken: &BTreeMap<[u8; 6], Wwpn>) -> Result<[u8; 6], SiteError> {
    let [_, _, mac @ ..] = wwpn.get().to_be_bytes();
    let local = (0..64).map(|number: u8| {
        let mut local = mac;
        local[0] = number << 2 | 2;
        local
    });
    let mut all = std::iter::once(mac).chain(local);
    all.find(|mac| !taken.contains_key(mac)).ok_or_else(|| {
        let a = taken.get(&mac).copied().unwrap_or(wwpn);
        SiteError::SameMac { a, b: wwpn, mac }
    })
}

/// The names that the kernel's FCoE initiator makes of a MAC address.
fn kernel_names(mac: [u8; 6], given: WwnPair) -> WwnPair {
    let tail = mac.iter().fold(0, |tail, &byte| tail << 8 | u64::from(byte));
    let wwpn = Wwpn::new(0x2000 << 48 | tail).unwrap_or(given.wwpn);
    let wwnn = Wwnn::new(0x1000 << 48 | tail).unwrap_or(given.wwnn);
    WwnPair::new(wwpn, wwnn)
}

fn rename(topology: &mut Topology, renamed: &BTreeMap<Wwpn, Wwpn>) {
    let new = |wwpn: Wwpn| renamed.get(&wwpn).copied().unwrap_or(wwpn);
    let member = |member: &ZoneMember| match member {
        ZoneMember::Wwpn(wwpn) => ZoneMember::Wwpn(new(*wwpn)),
        other => other.clone(),
    };
    for fabric in &mut topology.fabrics {
        for members in fabric.zones.aliases.values_mut() {
            *members = members.iter().map(member).collect();
        }
        for zone in fabric.zones.zones.values_mut() {
            zone.members = zone.members.iter().map(member).collect();
        }
    }
    for group in topology.arrays.iter_mut().flat_map(|array| &mut array.groups) {
        group.initiators.iter_mut().for_each(|initiator| *initiator = new(*initiator));
    }
}

/// What an adapter of this name will find at this port.
fn disks_at(world: &World, port: PortIx, wwpn: Wwpn) -> usize {
    let san = world.san();
    // The address that it will have, for zones that name it by that.
    let [_, area] = san.port(port).number.to_be_bytes();
    let key = san.key_at(port, wwpn, FcId::from_parts(san.switch_of(port).domain, area, 0));
    let targets = san.visible_at(port, &key).into_iter();
    let targets = targets.filter_map(|ix| san.nport(ix).owner.as_target());
    let array = |target: TargetIx| &world.arrays()[world.targets()[target.index()].array.index()];
    targets.map(|target| array(target).array.report_luns(wwpn).count()).sum()
}

fn place_of(topology: &Topology, world: &World, at: PortRef) -> Result<(String, PortIx), Refusal> {
    let switch = &topology.fabrics[at.fabric].switches[at.switch];
    let there = world.san().switches.iter().find(|there| there.name == switch.name);
    let port = there.and_then(|there| there.port(at.port)).ok_or(Refusal::NoSuch("switch port"))?;
    Ok((format!("{}/{}", switch.name, at.port), port))
}
