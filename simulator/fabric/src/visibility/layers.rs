//! The layers, each decided in one place.

use std::fmt;

use npivot_hal::{FcId, Lun, VportState, Wwpn};

use crate::array::VolumeIx;
use crate::host::{DeviceKey, Kind};
use crate::san::ids::{AdapterIx, ArrayIx, PortIx, TargetIx};
use crate::san::{Attached, Switch};
use crate::world::World;

/// What stands between an initiator and a volume, from the cable up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Light at both ends.
    Link,
    /// Both are logged in to their fabric.
    Login,
    /// Both are in one fabric, and in one segment of it.
    Segment,
    /// A zone has both.
    Zone,
    /// The array shows the volume to the initiator.
    Mask,
    /// The host has found it, and believes it to be what it is.
    Scan,
}

impl Layer {
    /// All of them, in the order in which they are asked.
    pub const ALL: [Self; 6] =
        [Self::Link, Self::Login, Self::Segment, Self::Zone, Self::Mask, Self::Scan];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Login => "login",
            Self::Segment => "segment",
            Self::Zone => "zoning",
            Self::Mask => "masking",
            Self::Scan => "scan",
        }
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Who looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Initiator {
    /// An adapter, physical or virtual.
    Adapter(AdapterIx),
    /// A vport of this name that does not exist: what would it see if it were made on this adapter?
    Planned(Wwpn, AdapterIx),
}

/// One way to a volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Path {
    /// Who looks.
    pub initiator: Initiator,
    /// Through which port of the array.
    pub target: TargetIx,
    /// For which of the array's volumes.
    pub volume: VolumeIx,
}

/// Why a layer does not let a path through.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Block {
    /// No light on the initiator's side (`true`) or the target's.
    NoLight {
        /// Whose.
        initiator: bool,
        /// The switch port.
        port: PortIx,
    },
    /// Not logged in.
    NotLoggedIn {
        /// Whose.
        initiator: bool,
        /// A vport's state says why.
        state: Option<VportState>,
    },
    /// The switch port does not accept FDISC: a planned vport could not log in.
    NoNpiv,
    /// The name that a planned vport would have is logged in elsewhere.
    NameInUse(FcId),
    /// Initiator and target are in different fabrics.
    OtherFabric,
    /// The fabric is split between them.
    OtherSegment,
    /// No zone has both.
    NotZoned,
    /// The initiator is in no host group of the array.
    NotInAnyGroup,
    /// Its host group does not have the volume.
    NotMapped {
        /// The group.
        group: String,
    },
    /// Logged in and masked, but the host has no device: nobody has scanned since.
    NotScanned,
    /// The LUN is above what the host's driver gives devices to.
    LunTooHigh {
        /// The highest, as Linux numbers LUNs.
        max: u64,
    },
    /// The host has no remote port for the target that is online.
    TargetNotFound,
    /// The host's device at this LUN was another volume when it was found.
    Stale {
        /// The volume that the host believes to have.
        believed: String,
    },
    /// The vport does not exist yet, so there is nothing to scan.
    NotMade,
}

impl World {
    /// Whether a path goes through, and at which LUN; else the first layer that blocks, and why.
    ///
    /// # Errors
    /// The first layer that blocks.
    pub fn sees(&self, path: Path) -> Result<Lun, (Layer, Block)> {
        for layer in Layer::ALL {
            self.layer(layer, path).map_err(|block| (layer, block))?;
        }
        let wwpn = self.initiator_name(path.initiator);
        let lun = self.array_of(path.target).lun_of(wwpn, path.volume);
        lun.ok_or((Layer::Mask, Block::NotInAnyGroup))
    }

    /// Whether one layer lets a path through, the ones below it taken for granted.
    ///
    /// # Errors
    /// Why not.
    pub fn layer(&self, layer: Layer, path: Path) -> Result<(), Block> {
        match layer {
            Layer::Link => self.link_layer(path),
            Layer::Login => self.login_layer(path),
            Layer::Segment => self.segment_layer(path),
            Layer::Zone => self.zone_layer(path),
            Layer::Mask => self.mask_layer(path),
            Layer::Scan => self.scan_layer(path),
        }
    }

    /// The port name of an initiator.
    pub fn initiator_name(&self, initiator: Initiator) -> Wwpn {
        match initiator {
            Initiator::Adapter(ix) => self.adapter_ref(ix).names.wwpn,
            Initiator::Planned(wwpn, _) => wwpn,
        }
    }

    /// The switch port of an initiator.
    pub(super) fn initiator_port(&self, initiator: Initiator) -> PortIx {
        let (Initiator::Adapter(ix) | Initiator::Planned(_, ix)) = initiator;
        self.port_of(self.adapter_ref(ix))
    }

    pub(super) fn array_ix(&self, target: TargetIx) -> ArrayIx {
        self.targets[target.index()].array
    }

    pub(super) fn array_of(&self, target: TargetIx) -> &crate::array::Array {
        &self.arrays[self.array_ix(target).index()].array
    }

    fn link_layer(&self, path: Path) -> Result<(), Block> {
        let own = self.initiator_port(path.initiator);
        let other = self.targets[path.target.index()].port;
        for (initiator, port) in [(true, own), (false, other)] {
            if !self.san.port(port).online {
                return Err(Block::NoLight { initiator, port });
            }
        }
        Ok(())
    }

    fn login_layer(&self, path: Path) -> Result<(), Block> {
        match path.initiator {
            Initiator::Adapter(ix) => {
                let adapter = self.adapter_ref(ix);
                if adapter.nport.is_none() {
                    let state = adapter.vport_state();
                    return Err(Block::NotLoggedIn { initiator: true, state });
                }
            }
            Initiator::Planned(wwpn, parent) => {
                let adapter = self.adapter_ref(parent);
                let switch = self.san.switch_of(self.port_of(adapter));
                let capable = matches!(adapter.kind, Kind::Physical { max_vports: 1.., .. });
                if !switch.settings.npiv || !capable {
                    return Err(Block::NoNpiv);
                }
                if adapter.nport.is_none() {
                    return Err(Block::NotLoggedIn { initiator: true, state: None });
                }
                if let Some(there) = self.san.by_name(switch.fabric, wwpn) {
                    return Err(Block::NameInUse(self.san.nport(there).fc_id()));
                }
            }
        }
        match self.targets[path.target.index()].nport {
            Some(_) => Ok(()),
            None => Err(Block::NotLoggedIn { initiator: false, state: None }),
        }
    }

    fn segment_layer(&self, path: Path) -> Result<(), Block> {
        let one = self.san.switch_of(self.initiator_port(path.initiator));
        let other = self.san.switch_of(self.targets[path.target.index()].port);
        if one.fabric != other.fabric {
            Err(Block::OtherFabric)
        } else if one.segment != other.segment {
            Err(Block::OtherSegment)
        } else {
            Ok(())
        }
    }

    /// A link without light that leads from the initiator's part of the fabric to the target's.
    pub(super) fn dark_isl(&self, path: Path) -> Option<PortIx> {
        let here = self.san.switch_of(self.initiator_port(path.initiator));
        let there = self.san.switch_of(self.targets[path.target.index()].port).segment;
        let switches = self.san.fabrics[here.fabric.index()].switches.iter();
        let switches = switches.map(|ix| &self.san.switches[ix.index()]);
        let mut ports = switches.filter(|s| s.segment == here.segment).flat_map(Switch::ports);
        let leads_there = |port: &PortIx| match self.san.port(*port).attached {
            Attached::Switch(peer) => self.san.switch_of(peer).segment == there,
            Attached::Nothing | Attached::Node => false,
        };
        ports.find(leads_there)
    }

    /// An address that no N_Port has: what zoning by address knows one by that is not logged in.
    pub(super) const NO_ADDRESS: FcId = FcId::FABRIC_LOGIN;

    fn zone_layer(&self, path: Path) -> Result<(), Block> {
        let port = self.initiator_port(path.initiator);
        let own = match path.initiator {
            Initiator::Adapter(ix) => self.adapter_ref(ix).nport.map(|n| self.san.key(n)),
            Initiator::Planned(..) => None,
        };
        let name = self.initiator_name(path.initiator);
        let own = own.unwrap_or_else(|| self.san.key_at(port, name, Self::NO_ADDRESS));
        let target = &self.targets[path.target.index()];
        let other = target.nport.map_or_else(
            || self.san.key_at(target.port, target.names.wwpn, Self::NO_ADDRESS),
            |n| self.san.key(n),
        );
        let fabric = self.san.switch_of(port).fabric;
        let zones = self.san.fabrics[fabric.index()].zoning.compiled();
        if zones.can_see(&own, &other) { Ok(()) } else { Err(Block::NotZoned) }
    }

    fn mask_layer(&self, path: Path) -> Result<(), Block> {
        let (array, wwpn) = (self.array_of(path.target), self.initiator_name(path.initiator));
        if array.lun_of(wwpn, path.volume).is_some() {
            return Ok(());
        }
        match array.group_of(wwpn) {
            Some(group) => Err(Block::NotMapped { group: group.to_owned() }),
            None => Err(Block::NotInAnyGroup),
        }
    }

    fn scan_layer(&self, path: Path) -> Result<(), Block> {
        let Initiator::Adapter(ix) = path.initiator else {
            return Err(Block::NotMade);
        };
        let adapter = self.adapter_ref(ix);
        let target = &self.targets[path.target.index()];
        let rport = adapter.rport(target.names.wwpn).filter(|r| r.is_up());
        let number = rport.and_then(|r| r.target).ok_or(Block::TargetNotFound)?;
        let array = self.array_of(path.target);
        let lun = array.lun_of(adapter.names.wwpn, path.volume).ok_or(Block::NotScanned)?;
        let key = DeviceKey { target: number, lun: lun.sysfs() };
        let max = self.driver_of(ix).max_lun();
        let Some(device) = adapter.devices.get(&key) else {
            return Err(if key.lun > max { Block::LunTooHigh { max } } else { Block::NotScanned });
        };
        if (device.array, device.seen) == (target.array, path.volume) {
            return Ok(());
        }
        let believed = self.arrays[device.array.index()].array.volume(device.seen);
        Err(Block::Stale { believed: believed.name().to_owned() })
    }
}
