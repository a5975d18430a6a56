//! What a fabric and an array list, read without changing anything.

use std::collections::BTreeSet;

use npivot_hal::{HostGroup, PortState};

use crate::Ability::{Array, Fabric, Masking};
use crate::bed::{Bed, Verdict, ensure, same, strictly_ascending};
use crate::case::{Case, case};

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    case!(Inventory, ReadOnly, [Fabric], switches_ascend,
        "Fabric::switches: by domain id, unique in the fabric"),
    case!(Inventory, ReadOnly, [Fabric], a_named_fabric_has_one_principal_switch,
        "Switch::principal: the principal switch of its segment; FabricCapabilities::fabric_name: while there is one"),
    case!(Inventory, ReadOnly, [Fabric], switch_ports_ascend,
        "Fabric::ports: the ports of a switch, by number"),
    case!(Inventory, ReadOnly, [Fabric], logins_of_a_switch_add_up,
        "Switch::logins: how many N_Ports are logged in through it"),
    case!(Inventory, ReadOnly, [Fabric], logins_are_within_their_limits,
        "Switch::max_logins, SwitchPort::max_logins: the most that may be"),
    case!(Inventory, ReadOnly, [Fabric], dark_ports_have_no_logins,
        "SwitchPort::logins: the N_Ports logged in through it: none without light"),
    case!(Inventory, ReadOnly, [Fabric], fabric_capabilities_do_not_change,
        "Fabric::capabilities: its name and limits"),
    case!(Inventory, ReadOnly, [Array], target_ports_ascend,
        "Array: ports in ascending order of WWPN"),
    case!(Inventory, ReadOnly, [Array], online_target_ports_have_addresses,
        "TargetPort::port_id, TargetPort::fabric: while logged in"),
    case!(Inventory, ReadOnly, [Array], volumes_ascend,
        "Array: lists in ascending order of name; Volume::name: unique on the array"),
    case!(Inventory, ReadOnly, [Array], identities_differ,
        "Volume::identity: who it is: no two volumes are one"),
    case!(Inventory, ReadOnly, [Array, Masking], groups_ascend,
        "Array: lists in ascending order of name; HostGroup::name: unique on the array"),
    case!(Inventory, ReadOnly, [Array, Masking], mappings_ascend,
        "HostGroup::mappings: by LUN; no LUN and no volume stands twice"),
    case!(Inventory, ReadOnly, [Array, Masking], mapped_volumes_exist,
        "Mapping::volume: the volume's name"),
    case!(Inventory, ReadOnly, [Array, Masking], initiators_are_in_one_group,
        "HostGroup::initiators: each in at most one group of an array"),
    case!(Inventory, ReadOnly, [Array], array_capabilities_do_not_change,
        "Array::capabilities: its limits"),
];

async fn switches_ascend(bed: &Bed) -> Verdict {
    for fabric in bed.fabrics() {
        let switches = fabric.switches().await?;
        strictly_ascending("switches()", switches.iter().map(|switch| switch.domain))?;
        ensure!(!fabric.name().is_empty(), "a fabric's name() is empty");
    }
    Ok(())
}

async fn a_named_fabric_has_one_principal_switch(bed: &Bed) -> Verdict {
    for fabric in bed.fabrics() {
        let switches = fabric.switches().await?;
        let principals = switches.iter().filter(|switch| switch.principal).count();
        let named = fabric.capabilities().fabric_name.is_some();
        same("principal switches", &principals, &usize::from(named))?;
    }
    Ok(())
}

async fn switch_ports_ascend(bed: &Bed) -> Verdict {
    for fabric in bed.fabrics() {
        for switch in fabric.switches().await? {
            let ports = fabric.ports(switch.domain).await?;
            let what = format!("ports({})", switch.domain);
            strictly_ascending(&what, ports.iter().map(|port| port.number))?;
            let others = ports.iter().find(|port| port.domain != switch.domain);
            ensure!(others.is_none(), "{what} lists a port of another switch: {others:?}");
        }
    }
    Ok(())
}

async fn logins_of_a_switch_add_up(bed: &Bed) -> Verdict {
    for fabric in bed.fabrics() {
        for switch in fabric.switches().await? {
            let ports = fabric.ports(switch.domain).await?;
            let sum: usize = ports.iter().map(|port| port.logins.len()).sum();
            same(&format!("logins of domain {}", switch.domain), &(switch.logins as usize), &sum)?;
        }
    }
    Ok(())
}

async fn logins_are_within_their_limits(bed: &Bed) -> Verdict {
    for fabric in bed.fabrics() {
        for switch in fabric.switches().await? {
            let fits = switch.max_logins.is_none_or(|max| switch.logins <= max);
            ensure!(fits, "more logins than may be: {switch:?}");
            for port in fabric.ports(switch.domain).await? {
                let fits = port.max_logins.is_none_or(|max| port.logins.len() <= max as usize);
                ensure!(fits, "more logins than may be: {port:?}");
            }
        }
    }
    Ok(())
}

async fn dark_ports_have_no_logins(bed: &Bed) -> Verdict {
    for fabric in bed.fabrics() {
        for switch in fabric.switches().await? {
            for port in fabric.ports(switch.domain).await? {
                ensure!(port.online || port.logins.is_empty(), "no light, and logins: {port:?}");
            }
        }
    }
    Ok(())
}

async fn fabric_capabilities_do_not_change(bed: &Bed) -> Verdict {
    for fabric in bed.fabrics() {
        let before = fabric.capabilities();
        let _ = fabric.name_server().await?;
        same("capabilities() later", &fabric.capabilities(), &before)?;
    }
    Ok(())
}

async fn target_ports_ascend(bed: &Bed) -> Verdict {
    for array in bed.arrays() {
        let ports = array.target_ports().await?;
        strictly_ascending("target_ports()", ports.iter().map(|port| port.names.wwpn))?;
        ensure!(!array.name().is_empty(), "an array's name() is empty");
    }
    Ok(())
}

async fn online_target_ports_have_addresses(bed: &Bed) -> Verdict {
    for array in bed.arrays() {
        for port in array.target_ports().await? {
            let online = port.state == PortState::Online;
            ensure!(online == port.port_id.is_some(), "state and address disagree: {port:?}");
            ensure!(online || port.fabric.is_none(), "not logged in, in a fabric: {port:?}");
        }
    }
    Ok(())
}

async fn volumes_ascend(bed: &Bed) -> Verdict {
    for array in bed.arrays() {
        let volumes = array.volumes().await?;
        strictly_ascending("volumes()", volumes.iter().map(|volume| volume.name.as_str()))?;
    }
    Ok(())
}

async fn identities_differ(bed: &Bed) -> Verdict {
    let mut seen = BTreeSet::new();
    for array in bed.arrays() {
        for volume in array.volumes().await? {
            let identity = volume.identity.clone();
            ensure!(seen.insert(volume.identity), "{identity} is the identity of two volumes");
        }
    }
    Ok(())
}

async fn groups(bed: &Bed) -> Verdict<Vec<HostGroup>> {
    Ok(bed.mask()?.masking()?.groups().await?)
}

async fn groups_ascend(bed: &Bed) -> Verdict {
    strictly_ascending("groups()", groups(bed).await?.iter().map(|group| group.name.as_str()))
}

async fn mappings_ascend(bed: &Bed) -> Verdict {
    for group in groups(bed).await? {
        let what = format!("mappings of {}", group.name);
        strictly_ascending(&what, group.mappings.iter().map(|mapping| mapping.lun))?;
        let mut volumes: Vec<&str> = group.mappings.iter().map(|m| m.volume.as_str()).collect();
        volumes.sort_unstable();
        strictly_ascending(&format!("sorted volumes of {}", group.name), volumes)?;
    }
    Ok(())
}

async fn mapped_volumes_exist(bed: &Bed) -> Verdict {
    let volumes = bed.mask()?.array.volumes().await?;
    for group in groups(bed).await? {
        for mapping in group.mappings {
            let known = volumes.iter().any(|volume| volume.name == mapping.volume);
            ensure!(known, "{} maps {}, which volumes() does not list", group.name, mapping.volume);
        }
    }
    Ok(())
}

async fn initiators_are_in_one_group(bed: &Bed) -> Verdict {
    let mut seen = BTreeSet::new();
    for group in groups(bed).await? {
        for initiator in group.initiators {
            ensure!(seen.insert(initiator), "{initiator} is in {} and in another", group.name);
        }
    }
    Ok(())
}

async fn array_capabilities_do_not_change(bed: &Bed) -> Verdict {
    for array in bed.arrays() {
        let before = array.capabilities();
        let _ = array.volumes().await?;
        same("capabilities() later", &array.capabilities(), &before)?;
    }
    Ok(())
}
