//! What is shown of a SAN, and the shape of the JSON.

use std::collections::BTreeMap;

use npivot_fabric::World;
use npivot_fabric::host::Kind;
use npivot_fabric::san::ids::{FabricIx, PortIx};
use npivot_fabric::san::{Attached, Fabric};
use npivot_hal::{DomainId, FcId, HostGroup, Wwpn, ZoneMember};
use serde::Serialize;

/// A SAN.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct SanView {
    pub(crate) fabrics: Vec<FabricView>,
    pub(crate) hosts: Vec<MachineView>,
    pub(crate) arrays: Vec<MachineView>,
    /// Host groups and volumes, by array.
    pub(crate) masking: Vec<ArrayView>,
    /// Inter-switch links.
    pub(crate) isls: Vec<IslView>,
}

/// A fabric.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct FabricView {
    pub(crate) name: String,
    /// By which hosts know it: the principal switch's name.
    pub(crate) wwn: Option<String>,
    pub(crate) switches: Vec<SwitchView>,
    pub(crate) name_server: Vec<NPortView>,
    pub(crate) zone_set: Option<String>,
    pub(crate) zones: Vec<ZoneView>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct SwitchView {
    pub(crate) name: String,
    pub(crate) domain: DomainId,
    pub(crate) wwn: String,
    pub(crate) principal: bool,
    pub(crate) logins: u32,
    pub(crate) max_logins: u32,
    pub(crate) npiv: bool,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct NPortView {
    pub(crate) port_id: FcId,
    pub(crate) wwpn: Wwpn,
    pub(crate) role: &'static str,
    pub(crate) who: String,
    pub(crate) at: String,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct ZoneView {
    pub(crate) name: String,
    pub(crate) members: Vec<MemberView>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct MemberView {
    pub(crate) member: String,
    /// Who that is; `None`: nobody that is logged in or defined.
    pub(crate) who: Option<String>,
    pub(crate) principal: bool,
}

/// A host or an array, with its ports.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct MachineView {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) ports: Vec<CableView>,
}

/// A port of a machine and where its cable goes.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct CableView {
    /// What the machine calls it.
    pub(crate) name: String,
    pub(crate) wwpn: Wwpn,
    pub(crate) fabric: String,
    pub(crate) switch: String,
    pub(crate) port: u16,
    pub(crate) port_id: Option<FcId>,
    pub(crate) online: bool,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct IslView {
    pub(crate) fabric: String,
    pub(crate) a: (String, u16),
    pub(crate) b: (String, u16),
    pub(crate) online: bool,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct ArrayView {
    pub(crate) array: String,
    pub(crate) groups: Vec<GroupView>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct GroupView {
    pub(crate) name: String,
    pub(crate) initiators: Vec<Wwpn>,
    pub(crate) luns: Vec<LunView>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct LunView {
    pub(crate) lun: u32,
    pub(crate) volume: String,
    pub(crate) identity: String,
    pub(crate) size_bytes: u64,
}

impl SanView {
    /// What a world shows now.
    pub(crate) fn of(world: &World) -> Self {
        let who = who_is_who(world);
        let fabrics = (0..).zip(&world.san().fabrics);
        Self {
            fabrics: fabrics.map(|(ix, f)| fabric_view(world, FabricIx(ix), f, &who)).collect(),
            hosts: hosts(world),
            arrays: arrays(world),
            masking: masking(world),
            isls: isls(world),
        }
    }

    /// Leaves out all that is not on this fabric.
    pub(crate) fn keep_fabric(&mut self, name: &str) {
        self.fabrics.retain(|fabric| fabric.name == name);
        self.isls.retain(|isl| isl.fabric == name);
        for machine in self.hosts.iter_mut().chain(&mut self.arrays) {
            machine.ports.retain(|port| port.fabric == name);
        }
    }
}

/// What people call the owner of each port name.
fn who_is_who(world: &World) -> BTreeMap<Wwpn, String> {
    let mut who = BTreeMap::new();
    for host in world.hosts() {
        for adapter in host.adapters.values().filter_map(|&ix| world.adapter(ix)) {
            who.insert(adapter.names.wwpn, format!("{} {}", host.name, adapter.no));
        }
    }
    for target in world.targets() {
        let array = world.arrays()[target.array.index()].name();
        who.insert(target.names.wwpn, format!("{array} port {}", target.number));
    }
    who
}

fn fabric_view(
    world: &World,
    ix: FabricIx,
    fabric: &Fabric,
    who: &BTreeMap<Wwpn, String>,
) -> FabricView {
    let san = world.san();
    let first = fabric.switches.first().map(|s| &san.switches[s.index()]);
    let switches = fabric.switches.iter().map(|s| &san.switches[s.index()]);
    let effective = fabric.zoning.effective();
    let name_server = san.all(ix).map(|n| {
        let nport = san.nport(n);
        let roles = nport.roles();
        NPortView {
            port_id: nport.fc_id(),
            wwpn: nport.names.wwpn,
            role: if roles.target { "target" } else { "initiator" },
            who: who.get(&nport.names.wwpn).cloned().unwrap_or_default(),
            at: place(world, nport.port),
        }
    });
    let zones = effective.zones.iter().map(|(name, zone)| {
        let member = |member: &ZoneMember, principal| MemberView {
            member: member.to_string(),
            who: match member {
                ZoneMember::Wwpn(wwpn) => who.get(wwpn).cloned(),
                _ => None,
            },
            principal,
        };
        let principals = zone.principals.iter().map(|m| member(m, true));
        let members = principals.chain(zone.members.iter().map(|m| member(m, false))).collect();
        ZoneView { name: name.clone(), members }
    });
    FabricView {
        name: fabric.name.clone(),
        wwn: first.and_then(|s| san.fabric_name(s)).map(|wwn| wwn.with_colons().to_string()),
        switches: switches
            .map(|s| SwitchView {
                name: s.name.clone(),
                domain: s.domain,
                wwn: s.wwn().with_colons().to_string(),
                principal: san.principal(s).is_some_and(|p| p.domain == s.domain),
                logins: s.logins,
                max_logins: s.settings.logins,
                npiv: s.settings.npiv,
            })
            .collect(),
        name_server: name_server.collect(),
        zone_set: effective.zone_set.clone(),
        zones: zones.collect(),
    }
}

fn place(world: &World, port: PortIx) -> String {
    format!("{}/{}", world.san().switch_of(port).name, world.san().port(port).number)
}

fn cable(world: &World, name: String, wwpn: Wwpn, at: PortIx, port_id: Option<FcId>) -> CableView {
    let (san, switch) = (world.san(), world.san().switch_of(at));
    CableView {
        name,
        wwpn,
        fabric: san.fabrics[switch.fabric.index()].name.clone(),
        switch: switch.name.clone(),
        port: san.port(at).number,
        port_id,
        online: san.port(at).online,
    }
}

fn hosts(world: &World) -> Vec<MachineView> {
    let host = |host: &npivot_fabric::host::Host| {
        let adapters = host.adapters.values().filter_map(|&ix| world.adapter(ix));
        let ports = adapters.filter_map(|adapter| match adapter.kind {
            Kind::Physical { port, .. } => {
                let id = adapter.nport.map(|n| world.san().nport(n).fc_id());
                Some(cable(world, adapter.no.to_string(), adapter.names.wwpn, port, id))
            }
            Kind::Virtual { .. } => None,
        });
        MachineView {
            name: host.name.clone(),
            kind: host.driver.to_string(),
            ports: ports.collect(),
        }
    };
    world.hosts().iter().map(host).collect()
}

fn arrays(world: &World) -> Vec<MachineView> {
    let array = |node: &npivot_fabric::world::ArrayNode| {
        let ports = node.targets.iter().map(|ix| &world.targets()[ix.index()]);
        let ports = ports.map(|target| {
            let id = target.nport.map(|n| world.san().nport(n).fc_id());
            cable(world, format!("port {}", target.number), target.names.wwpn, target.port, id)
        });
        let volumes = node.array.volumes().len();
        let s = if volumes == 1 { "" } else { "s" };
        MachineView {
            name: node.name().to_owned(),
            kind: format!("{volumes} volume{s}"),
            ports: ports.collect(),
        }
    };
    world.arrays().iter().map(array).collect()
}

fn masking(world: &World) -> Vec<ArrayView> {
    let group = |node: &npivot_fabric::world::ArrayNode, group: HostGroup| {
        let luns = group.mappings.iter().filter_map(|mapping| {
            let volume = node.array.volume(node.array.volume_named(&mapping.volume)?);
            Some(LunView {
                lun: mapping.lun,
                volume: mapping.volume.clone(),
                identity: volume.identity().to_string(),
                size_bytes: volume.size_bytes(),
            })
        });
        GroupView {
            name: group.name.clone(),
            initiators: group.initiators.iter().copied().collect(),
            luns: luns.collect(),
        }
    };
    let array = |node: &npivot_fabric::world::ArrayNode| ArrayView {
        array: node.name().to_owned(),
        groups: node.array.group_records().map(|g| group(node, g)).collect(),
    };
    world.arrays().iter().map(array).collect()
}

fn isls(world: &World) -> Vec<IslView> {
    let mut isls = vec![];
    for switch in &world.san().switches {
        for port in switch.ports() {
            let Attached::Switch(peer) = world.san().port(port).attached else { continue };
            // Each link is met from both ends.
            if port.index() > peer.index() {
                continue;
            }
            let end = |port: PortIx| {
                (world.san().switch_of(port).name.clone(), world.san().port(port).number)
            };
            isls.push(IslView {
                fabric: world.san().fabrics[switch.fabric.index()].name.clone(),
                a: end(port),
                b: end(peer),
                online: world.san().port(port).online,
            });
        }
    }
    isls
}
