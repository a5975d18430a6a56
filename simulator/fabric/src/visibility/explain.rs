//! The explanation: every layer of every path, what blocks, and what would mend it.

use std::fmt;

use npivot_hal::{HostNo, Lun, VportState, Wwpn};

use super::{Block, Initiator, Layer, Path};
use crate::array::VolumeIx;
use crate::host::Kind;
use crate::san::ids::{AdapterIx, ArrayIx, HostIx, NPortIx, PortIx};
use crate::world::World;

/// What a layer says of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It lets the path through; the text says by what (the zone's name, the LUN).
    Clear(String),
    /// It blocks.
    Blocked {
        /// Why.
        why: String,
        /// What would mend it.
        fix: String,
    },
    /// It cannot be told, because nothing gets here or the vport is only planned.
    Open(String),
}

/// One path through all layers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathTrace {
    /// The fabric that the initiator is on.
    pub fabric: String,
    /// The initiator's name.
    pub initiator: Wwpn,
    /// What the initiator is, as `alpha host0`.
    pub initiator_label: String,
    /// The array's port.
    pub target: Wwpn,
    /// The verdicts, in the order of [`Layer::ALL`].
    pub layers: Vec<(Layer, Verdict)>,
    /// At which LUN, where it is masked.
    pub lun: Option<Lun>,
}

impl PathTrace {
    /// The first layer that blocks.
    pub fn blocked_at(&self) -> Option<Layer> {
        let blocks = |(_, verdict): &&(Layer, Verdict)| matches!(verdict, Verdict::Blocked { .. });
        self.layers.iter().find(blocks).map(|(layer, _)| *layer)
    }
}

/// All paths of a host to a volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The host.
    pub host: String,
    /// The array.
    pub array: String,
    /// The volume.
    pub volume: String,
    /// The paths within each fabric, by adapter and port. Paths from one fabric to another do not exist
    /// and are left out.
    pub paths: Vec<PathTrace>,
}

impl Explanation {
    /// How many paths nothing blocks.
    pub fn clear_paths(&self) -> usize {
        self.paths.iter().filter(|path| path.blocked_at().is_none()).count()
    }

    /// The layer that blocks the path that gets furthest: the one to mend first. `None` when a path is
    /// clear, or there is none at all.
    pub fn blocking_layer(&self) -> Option<Layer> {
        if self.clear_paths() > 0 {
            return None;
        }
        self.paths.iter().filter_map(PathTrace::blocked_at).max()
    }
}

/// Text that names things of the world.
struct Words<'w>(&'w World);

impl World {
    /// Explains how a host sees a volume, or why it does not: over all adapters of the host, or by one
    /// initiator, which may be a vport that does not exist yet (`planned`).
    pub fn explain(
        &self,
        host: HostIx,
        array: ArrayIx,
        volume: VolumeIx,
        planned: Option<Wwpn>,
    ) -> Explanation {
        let mut paths = vec![];
        for initiator in self.initiators(host, planned) {
            let fabric = self.san.switch_of(self.initiator_port(initiator)).fabric;
            for &target in &self.arrays[array.index()].targets {
                let port = self.targets[target.index()].port;
                if self.san.switch_of(port).fabric == fabric {
                    paths.push(self.trace(Path { initiator, target, volume }));
                }
            }
        }
        Explanation {
            host: self.hosts[host.index()].name.clone(),
            array: self.arrays[array.index()].name().to_owned(),
            volume: self.arrays[array.index()].array.volume(volume).name().to_owned(),
            paths,
        }
    }

    /// Who looks: all adapters; or the one of this name, real or planned on each physical adapter.
    fn initiators(&self, host: HostIx, wanted: Option<Wwpn>) -> Vec<Initiator> {
        let adapters = self.hosts[host.index()].adapters.values().copied();
        let Some(wwpn) = wanted else {
            return adapters.map(Initiator::Adapter).collect();
        };
        let named = |ix: &AdapterIx| self.adapter_ref(*ix).names.wwpn == wwpn;
        if let Some(real) = adapters.clone().find(named) {
            return vec![Initiator::Adapter(real)];
        }
        let physical = |ix: &AdapterIx| matches!(self.adapter_ref(*ix).kind, Kind::Physical { .. });
        adapters.filter(physical).map(|ix| Initiator::Planned(wwpn, ix)).collect()
    }

    /// One path through all layers.
    pub fn trace(&self, path: Path) -> PathTrace {
        let words = Words(self);
        let mut layers: Vec<(Layer, Verdict)> = vec![];
        for layer in Layer::ALL {
            let verdict = match self.layer(layer, path) {
                Ok(()) => Verdict::Clear(words.clear(layer, path)),
                Err(Block::NotMade) => Verdict::Open("the vport does not exist yet".into()),
                // Without a login or a mask there is nothing that a scan could have found.
                Err(_) if layer == Layer::Scan && layers.iter().any(|(_, v)| is_block(v)) => {
                    Verdict::Open("nothing gets this far".into())
                }
                Err(block) => {
                    Verdict::Blocked { why: words.why(&block, path), fix: words.fix(&block, path) }
                }
            };
            layers.push((layer, verdict));
        }
        let initiator = self.initiator_name(path.initiator);
        let fabric = self.san.switch_of(self.initiator_port(path.initiator)).fabric;
        PathTrace {
            fabric: self.san.fabrics[fabric.index()].name.clone(),
            initiator,
            initiator_label: words.initiator(path.initiator),
            target: self.targets[path.target.index()].names.wwpn,
            layers,
            lun: self.array_of(path.target).lun_of(initiator, path.volume),
        }
    }
}

const fn is_block(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Blocked { .. })
}

impl Words<'_> {
    fn initiator(&self, initiator: Initiator) -> String {
        let (Initiator::Adapter(ix) | Initiator::Planned(_, ix)) = initiator;
        let adapter = self.0.adapter_ref(ix);
        let host = &self.0.hosts[adapter.host.index()].name;
        match (initiator, &adapter.kind) {
            (Initiator::Planned(..), _) => format!("planned vHBA on {host} {}", adapter.no),
            (_, Kind::Virtual { parent, .. }) => {
                let parent: HostNo = self.0.adapter_ref(*parent).no;
                format!("{host} {}, vHBA on {parent}", adapter.no)
            }
            _ => format!("{host} {}", adapter.no),
        }
    }

    fn port(&self, port: PortIx) -> String {
        let at = self.0.san.port(port);
        format!("{}/{}", self.0.san.switch_of(port).name, at.number)
    }

    fn ports(&self, path: Path) -> (PortIx, PortIx) {
        let own = self.0.initiator_port(path.initiator);
        (own, self.0.targets[path.target.index()].port)
    }

    fn clear(&self, layer: Layer, path: Path) -> String {
        let world = self.0;
        let (own, other) = self.ports(path);
        let wwpn = world.initiator_name(path.initiator);
        match layer {
            Layer::Link => format!("light on {} and {}", self.port(own), self.port(other)),
            Layer::Login => match path.initiator {
                Initiator::Planned(..) => "the switch port accepts FDISC, the name is free".into(),
                Initiator::Adapter(ix) => {
                    let id = world.adapter_ref(ix).nport.map(|n| world.san.nport(n).fc_id());
                    let there = world.targets[path.target.index()].nport;
                    let there = there.map(|n| world.san.nport(n).fc_id());
                    format!("{} and {}", or_none(id), or_none(there))
                }
            },
            Layer::Segment => {
                let fabric = world.san.switch_of(own).fabric;
                format!("both in fabric {}", world.san.fabrics[fabric.index()].name)
            }
            Layer::Zone => self.zones(path),
            Layer::Mask => {
                let array = world.array_of(path.target);
                let lun = array.lun_of(wwpn, path.volume);
                format!("host group {}, LUN {}", or_none(array.group_of(wwpn)), or_none(lun))
            }
            Layer::Scan => self.device(path),
        }
    }

    fn zones(&self, path: Path) -> String {
        let world = self.0;
        let (own, other) = self.ports(path);
        let fabric = world.san.switch_of(own).fabric;
        let key = |port, wwpn, nport: Option<NPortIx>| match nport {
            Some(nport) => world.san.key(nport),
            None => world.san.key_at(port, wwpn, World::NO_ADDRESS),
        };
        let login = match path.initiator {
            Initiator::Adapter(ix) => world.adapter_ref(ix).nport,
            Initiator::Planned(..) => None,
        };
        let target = &world.targets[path.target.index()];
        let a = key(own, world.initiator_name(path.initiator), login);
        let b = key(other, target.names.wwpn, target.nport);
        let zones = world.san.shared_zones(fabric, &a, &b);
        if zones.is_empty() { "default zone".into() } else { format!("zone {}", zones.join(", ")) }
    }

    fn device(&self, path: Path) -> String {
        let Initiator::Adapter(ix) = path.initiator else {
            return String::new();
        };
        let adapter = self.0.adapter_ref(ix);
        let target = self.0.targets[path.target.index()].names.wwpn;
        let rport = adapter.rport(target);
        let device = adapter.devices.iter().find(|(key, device)| {
            device.seen == path.volume && rport.is_some_and(|r| r.target == Some(key.target))
        });
        device.map_or_else(String::new, |(key, device)| {
            let disk = crate::host::disk_name(device.disk);
            format!("{} is {disk}", adapter.address(*key))
        })
    }

    fn why(&self, block: &Block, path: Path) -> String {
        let (array, wwpn) = (self.0.array_of(path.target), self.0.initiator_name(path.initiator));
        let volume = array.volume(path.volume).name();
        match block {
            Block::NoLight { port, .. } => format!("no light on {}", self.port(*port)),
            Block::NotLoggedIn { initiator: true, state } => match state {
                Some(state) => format!("the vHBA is not logged in: {state}"),
                None => "the adapter is not logged in".into(),
            },
            Block::NotLoggedIn { .. } => "the array's port is not logged in".into(),
            Block::NoNpiv => "the adapter or its switch port has no NPIV".into(),
            Block::NameInUse(id) => format!("{wwpn} is logged in elsewhere, as {id}"),
            Block::OtherFabric => "initiator and target are in different fabrics".into(),
            Block::OtherSegment => "the fabric is split between initiator and target".into(),
            Block::NotZoned => "no zone in force has both".into(),
            Block::NotInAnyGroup => {
                format!("array {} has {wwpn} in no host group", array.name())
            }
            Block::NotMapped { group } => {
                format!("host group {group} of array {} does not have {volume}", array.name())
            }
            Block::NotScanned => "the host has not scanned since it was mapped".into(),
            Block::LunTooHigh { max } => {
                let lun = array.lun_of(wwpn, path.volume).map(npivot_hal::Lun::sysfs);
                format!("the driver takes no LUN above {max}, and this is {}", or_none(lun))
            }
            Block::TargetNotFound => "the host has not logged in to the array's port".into(),
            Block::Stale { believed } => {
                format!("the host's device there is stale: it was {believed} when it was found")
            }
            Block::NotMade => "the vport does not exist yet".into(),
        }
    }

    fn fix(&self, block: &Block, path: Path) -> String {
        let (array, wwpn) = (self.0.array_of(path.target), self.0.initiator_name(path.initiator));
        let target = self.0.targets[path.target.index()].names.wwpn;
        let volume = array.volume(path.volume).name();
        let (own, _) = self.ports(path);
        match block {
            Block::NoLight { port, .. } => {
                format!("plug in or enable {}: {}", self.port(*port), self.0.link_name(*port))
            }
            Block::NotLoggedIn { initiator: true, state: Some(VportState::NoFabricSupport) } => {
                format!("enable NPIV on {}, then reset its link", self.port(own))
            }
            Block::NotLoggedIn { initiator: true, state: Some(VportState::Linkdown) } => {
                "wait for the parent adapter's login, or reset it".into()
            }
            Block::NotLoggedIn { initiator: true, state: Some(_) } => {
                format!(
                    "see the switch's log of {} for the reject, then make the vHBA again",
                    self.port(own)
                )
            }
            Block::NotLoggedIn { initiator: true, .. } => {
                "wait for the login, or reset the adapter".into()
            }
            Block::NotLoggedIn { .. } => format!("bring {target} of array {} online", array.name()),
            Block::NoNpiv => format!("enable NPIV on {}, or take another adapter", self.port(own)),
            Block::NameInUse(_) => "delete the other vHBA, or choose another name".into(),
            Block::OtherFabric => "take an adapter on the target's fabric".into(),
            Block::OtherSegment => match self.0.dark_isl(path) {
                Some(port) => format!("bring the inter-switch link up: {}", self.0.link_name(port)),
                None => "connect the two parts of the fabric by an inter-switch link".into(),
            },
            Block::NotZoned => format!(
                "add a zone with {} and {} to the zone set in force, and enable it",
                wwpn.with_colons(),
                target.with_colons()
            ),
            Block::NotInAnyGroup => {
                let name = array.name();
                match array.groups_with(path.volume).next() {
                    Some(group) => {
                        format!("on array {name}: add initiator {wwpn} to host group {group}")
                    }
                    None => format!(
                        "on array {name}: map {volume} to a host group, and add initiator {wwpn} to it"
                    ),
                }
            }
            Block::NotMapped { group } => {
                format!("on array {}: map {volume} to host group {group}", array.name())
            }
            Block::NotScanned => self.scan_command(path),
            Block::LunTooHigh { max } => format!(
                "on array {}: map {volume} at a LUN up to {max}, or raise the driver's limit",
                array.name()
            ),
            // A scan asks only those that the host has logged in to.
            Block::TargetNotFound => self.reset_command(path),
            Block::Stale { .. } => {
                format!("close it, delete the device, then {}", self.scan_command(path))
            }
            Block::NotMade => format!("make the vHBA {wwpn}"),
        }
    }

    fn reset_command(&self, path: Path) -> String {
        let (Initiator::Adapter(ix) | Initiator::Planned(_, ix)) = path.initiator;
        let adapter = self.0.adapter_ref(ix);
        let physical = match adapter.kind {
            Kind::Virtual { parent, .. } => self.0.adapter_ref(parent).no,
            Kind::Physical { .. } => adapter.no,
        };
        format!(
            "wait for the host's name server query; if nothing comes of it: \
             echo 1 > /sys/class/fc_host/{physical}/issue_lip"
        )
    }

    fn scan_command(&self, path: Path) -> String {
        let (Initiator::Adapter(ix) | Initiator::Planned(_, ix)) = path.initiator;
        let adapter = self.0.adapter_ref(ix);
        let target = self.0.targets[path.target.index()].names.wwpn;
        let number = adapter
            .rport(target)
            .and_then(|r| r.target)
            .map_or("-".into(), |target| target.to_string());
        format!("on the host: echo '0 {number} -' > /sys/class/scsi_host/{}/scan", adapter.no)
    }
}

fn or_none<T: fmt::Display>(value: Option<T>) -> String {
    value.map_or_else(|| "none".into(), |value| value.to_string())
}
