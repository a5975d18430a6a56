//! What a world shows now.

use npivot_fabric::World;
use npivot_fabric::host::{Host, Kind};
use npivot_fabric::san::ids::{FabricIx, PortIx};
use npivot_fabric::san::{Attached, Fabric, Switch};
use npivot_fabric::world::ArrayNode;
use npivot_hal::{FcId, HostGroup, Wwpn};

use super::{
    ArrayView, CableView, FabricView, GroupView, IslView, LunView, MachineView, MemberView,
    NPortView, PortView, SanView, SwitchView, VERSION, Who, ZoneView,
};

impl SanView {
    /// What a world shows now.
    pub(crate) fn of(world: &World) -> Self {
        let who = Who::of(world);
        let fabrics = (0..).zip(&world.san().fabrics);
        Self {
            version: VERSION,
            fabrics: fabrics.map(|(ix, f)| fabric(world, FabricIx(ix), f, &who)).collect(),
            hosts: world.hosts().iter().map(|h| host(world, h)).collect(),
            arrays: world.arrays().iter().map(|a| array(world, a)).collect(),
            masking: world.arrays().iter().map(masking).collect(),
            isls: isls(world),
        }
    }
}

fn fabric(world: &World, ix: FabricIx, fabric: &Fabric, who: &Who) -> FabricView {
    let san = world.san();
    let mut switches = fabric.switches.iter().map(|s| &san.switches[s.index()]);
    let wwn = switches.clone().next().and_then(|first| san.fabric_name(first));
    FabricView {
        name: fabric.name.clone(),
        place: ix.index(),
        wwn,
        switches: switches.by_ref().map(|s| switch(world, s)).collect(),
        name_server: name_server(world, ix, who),
        zone_set: fabric.zoning.effective().zone_set.clone(),
        zones: zones(world, ix, fabric, who),
    }
}

fn switch(world: &World, switch: &Switch) -> SwitchView {
    SwitchView {
        name: switch.name.clone(),
        domain: switch.domain,
        wwn: switch.wwn(),
        principal: world.san().principal(switch).is_some_and(|p| p.domain == switch.domain),
        logins: switch.logins,
        max_logins: switch.settings.logins,
        npiv: switch.settings.npiv,
    }
}

fn name_server(world: &World, fabric: FabricIx, who: &Who) -> Vec<NPortView> {
    let entry = |ix| {
        let nport = world.san().nport(ix);
        NPortView {
            port_id: nport.fc_id(),
            wwpn: nport.names.wwpn,
            role: if nport.roles().target { "target" } else { "initiator" },
            who: who.has(nport.names.wwpn).unwrap_or_default().to_owned(),
            at: place(world, nport.port),
        }
    };
    world.san().all(fabric).map(entry).collect()
}

fn zones(world: &World, ix: FabricIx, fabric: &Fabric, who: &Who) -> Vec<ZoneView> {
    let zones = fabric.zoning.effective().zones.iter();
    let zone = |(name, zone): (&String, &npivot_hal::Zone)| {
        let principals = zone.principals.iter().map(|member| (member, true));
        let members = principals.chain(zone.members.iter().map(|member| (member, false)));
        let members = members.map(|(member, principal)| MemberView {
            member: member.clone(),
            who: who.member(world, ix, member),
            principal,
        });
        ZoneView { name: name.clone(), members: members.collect() }
    };
    zones.map(zone).collect()
}

fn place(world: &World, port: PortIx) -> PortView {
    let san = world.san();
    PortView { switch: san.switch_of(port).name.clone(), port: san.port(port).number }
}

fn cable(world: &World, name: String, wwpn: Wwpn, at: PortIx, port_id: Option<FcId>) -> CableView {
    let san = world.san();
    CableView {
        name,
        wwpn,
        fabric: san.fabrics[san.switch_of(at).fabric.index()].name.clone(),
        at: place(world, at),
        port_id,
        online: san.port(at).online,
    }
}

fn host(world: &World, host: &Host) -> MachineView {
    let adapters = host.adapters.values().filter_map(|&ix| world.adapter(ix));
    let ports = adapters.filter_map(|adapter| match adapter.kind {
        Kind::Physical { port, .. } => {
            let id = adapter.nport.map(|n| world.san().nport(n).fc_id());
            Some(cable(world, adapter.no.to_string(), adapter.names.wwpn, port, id))
        }
        Kind::Virtual { .. } => None,
    });
    MachineView { name: host.name.clone(), kind: host.driver.to_string(), ports: ports.collect() }
}

fn array(world: &World, node: &ArrayNode) -> MachineView {
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
}

fn masking(node: &ArrayNode) -> ArrayView {
    let groups = node.array.group_records().map(|g| group(node, g));
    ArrayView { array: node.name().to_owned(), groups: groups.collect() }
}

fn group(node: &ArrayNode, group: HostGroup) -> GroupView {
    let luns = group.mappings.iter().filter_map(|mapping| {
        let volume = node.array.volume(node.array.volume_named(&mapping.volume)?);
        Some(LunView {
            lun: mapping.lun,
            volume: mapping.volume.clone(),
            identity: volume.identity().to_string(),
            size_bytes: volume.size_bytes(),
        })
    });
    let luns = luns.collect();
    GroupView { name: group.name, initiators: group.initiators.into_iter().collect(), luns }
}

fn isls(world: &World) -> Vec<IslView> {
    let san = world.san();
    let mut isls = vec![];
    for switch in &san.switches {
        for port in switch.ports() {
            let Attached::Switch(peer) = san.port(port).attached else { continue };
            // Each link is met from both ends.
            if port.index() > peer.index() {
                continue;
            }
            isls.push(IslView {
                fabric: san.fabrics[switch.fabric.index()].name.clone(),
                a: place(world, port),
                b: place(world, peer),
                online: san.port(port).online,
            });
        }
    }
    isls
}
