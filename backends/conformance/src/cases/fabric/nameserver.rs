//! Who is logged in to the fabric.

use std::sync::Arc;

use npivot_hal::{Adapter, FcId, NameServerEntry, SwitchPort, Vport};

use crate::Ability::{Array, Fabric, Host, Npiv, SpareNames};
use crate::bed::{Bed, PATIENCE, Problem, Verdict, ensure, same, strictly_ascending};
use crate::case::{Case, case};

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    case!(NameServer, ReadOnly, [Fabric], entries_ascend,
        "Fabric::name_server: all entries, by address"),
    case!(NameServer, ReadOnly, [Fabric], entries_are_in_domains_of_switches,
        "FcId: domain, area and port: the domain is that of a switch"),
    case!(NameServer, ReadOnly, [Fabric], entries_are_logged_in_at_their_port,
        "NameServerEntry::port_number: the switch port it is behind, counted from 0"),
    case!(NameServer, ReadOnly, [Fabric, Host], online_adapters_are_registered,
        "Fabric::name_server: all entries: every online adapter, under its address"),
    case!(NameServer, ReadOnly, [Fabric, Array], target_ports_are_registered_as_targets,
        "NameServerEntry::roles: its FC-4 features for FCP"),
    case!(NameServer, Changes, [Fabric, Host, Npiv, SpareNames], an_active_vport_is_registered,
        "Fabric::name_server: an active vport is logged in, under its address"),
    case!(NameServer, Changes, [Fabric, Host, Npiv, SpareNames], a_vport_registers_as_initiator,
        "NameServerEntry::roles: a vport uses logical units and serves none"),
    case!(NameServer, Changes, [Fabric, Host, Npiv, SpareNames], delete_logs_out_by_its_return,
        "Npiv::delete_vport: logged out of the fabric when the call returns"),
    case!(NameServer, Changes, [Fabric, Host, Npiv, SpareNames], a_vport_is_behind_its_parents_port,
        "SwitchPort::logins: the N_Ports logged in through it, the physical one first"),
    case!(NameServer, Changes, [Fabric, Host, Npiv, SpareNames], a_vport_counts_as_a_login,
        "Switch::logins: how many N_Ports are logged in through it"),
    case!(NameServer, Changes, [Fabric, Host, Npiv, SpareNames], a_port_with_a_vport_takes_fdisc,
        "SwitchPort::npiv: whether it accepts FDISC"),
];

async fn entries_ascend(bed: &Bed) -> Verdict {
    for fabric in bed.fabrics() {
        let entries = fabric.name_server().await?;
        strictly_ascending("name_server()", entries.iter().map(|entry| entry.port_id))?;
        let mut names: Vec<_> = entries.iter().map(|entry| entry.names.wwpn).collect();
        names.sort_unstable();
        strictly_ascending("sorted port names of name_server()", names)?;
    }
    Ok(())
}

async fn entries_are_in_domains_of_switches(bed: &Bed) -> Verdict {
    for fabric in bed.fabrics() {
        let switches = fabric.switches().await?;
        for entry in fabric.name_server().await? {
            let domain = entry.port_id.domain();
            let known = switches.iter().any(|switch| Some(switch.domain) == domain);
            ensure!(known, "no switch has the domain of {entry:?}");
        }
    }
    Ok(())
}

async fn entries_are_logged_in_at_their_port(bed: &Bed) -> Verdict {
    for fabric in bed.fabrics() {
        for entry in fabric.name_server().await? {
            let (Some(domain), Some(number)) = (entry.port_id.domain(), entry.port_number) else {
                continue;
            };
            let ports = fabric.ports(domain).await?;
            let port = ports.iter().find(|port| port.number == number);
            let there = port.is_some_and(|port| port.logins.contains(&entry.names));
            ensure!(there, "{} is not logged in at {domain}/{number}", entry.names.wwpn);
        }
    }
    Ok(())
}

/// The fabric that an adapter is logged in to.
fn fabric_of(bed: &Bed, adapter: &Adapter) -> Option<Arc<dyn npivot_hal::Fabric>> {
    let mut fabrics = bed.fabrics().iter();
    let name = adapter.fabric?;
    fabrics.find(|fabric| fabric.capabilities().fabric_name == Some(name)).cloned()
}

async fn online_adapters_are_registered(bed: &Bed) -> Verdict {
    for adapter in bed.host()?.adapters().await? {
        let (Some(fabric), Some(id)) = (fabric_of(bed, &adapter), adapter.port_id) else {
            continue;
        };
        let entries = fabric.name_server().await?;
        let entry = entries.iter().find(|entry| entry.port_id == id);
        let found = entry.map(|entry| entry.names);
        same(&format!("names registered for {id}"), &found, &Some(adapter.names))?;
    }
    Ok(())
}

async fn target_ports_are_registered_as_targets(bed: &Bed) -> Verdict {
    for array in bed.arrays() {
        for port in array.target_ports().await? {
            let (Some(name), Some(id)) = (port.fabric, port.port_id) else {
                continue;
            };
            let fabric = bed.fabrics().iter();
            let mut fabric = fabric.filter(|f| f.capabilities().fabric_name == Some(name));
            let Some(fabric) = fabric.next() else {
                continue;
            };
            let entries = fabric.name_server().await?;
            let entry = entries.iter().find(|entry| entry.port_id == id);
            let fits = entry.is_some_and(|e| e.names == port.names && e.roles.target);
            ensure!(fits, "the target port {port:?} is registered as {entry:?}");
        }
    }
    Ok(())
}

struct Registered {
    fabric: Arc<dyn npivot_hal::Fabric>,
    hba: Adapter,
    vport: Vport,
    entry: NameServerEntry,
}

async fn registered(bed: &Bed) -> Verdict<Registered> {
    let (hba, vport) = bed.active(0).await?;
    let fabric = fabric_of(bed, &hba);
    let fabric = fabric.ok_or_else(|| Problem::Lacks("the fabric of the adapter".into()))?;
    let mut entry = None;
    // Registration follows the login.
    bed.until("the active vport is registered", PATIENCE, async || {
        let entries = fabric.name_server().await?;
        entry = entries.into_iter().find(|entry| entry.names == vport.names);
        Ok(entry.is_some())
    })
    .await?;
    let entry = entry.ok_or_else(|| Problem::failed("it is not registered"))?;
    Ok(Registered { fabric, hba, vport, entry })
}

async fn an_active_vport_is_registered(bed: &Bed) -> Verdict {
    let Registered { vport, entry, .. } = registered(bed).await?;
    same("its address in the name server", &Some(entry.port_id), &vport.port_id)
}

async fn a_vport_registers_as_initiator(bed: &Bed) -> Verdict {
    let Registered { fabric, vport, .. } = registered(bed).await?;
    let what = "the vport is registered as an initiator, and not as a target";
    bed.until(what, PATIENCE, async || {
        let entries = fabric.name_server().await?;
        let entry = entries.iter().find(|entry| entry.names == vport.names);
        Ok(entry.is_some_and(|entry| entry.roles.initiator && !entry.roles.target))
    })
    .await
}

async fn delete_logs_out_by_its_return(bed: &Bed) -> Verdict {
    let Registered { fabric, hba, vport, .. } = registered(bed).await?;
    let _ = bed.npiv()?.delete_vport(hba.no, vport.names).await?;
    let entries = fabric.name_server().await?;
    let left = entries.iter().find(|entry| entry.names.wwpn == vport.names.wwpn);
    ensure!(left.is_none(), "the vport is deleted, and logged in: {left:?}");
    Ok(())
}

/// The switch port that an adapter is behind.
async fn port_of(bed: &Bed, at: &Registered) -> Verdict<SwitchPort> {
    let base = bed.adapter(at.hba.no).await?.port_id.and_then(FcId::domain);
    let domain = base.ok_or_else(|| Problem::failed("the adapter has lost its address"))?;
    let ports = at.fabric.ports(domain).await?;
    let port = ports.into_iter().find(|port| port.logins.contains(&at.hba.names));
    port.ok_or_else(|| Problem::failed(format!("{} is at no switch port", at.hba.names.wwpn)))
}

async fn a_vport_is_behind_its_parents_port(bed: &Bed) -> Verdict {
    let at = registered(bed).await?;
    let port = port_of(bed, &at).await?;
    same("the first login of the port", &port.logins.first(), &Some(&at.hba.names))?;
    ensure!(port.logins.contains(&at.vport.names), "the vport is not behind {port:?}");
    Ok(())
}

async fn a_vport_counts_as_a_login(bed: &Bed) -> Verdict {
    let at = registered(bed).await?;
    let domain = port_of(bed, &at).await?.domain;
    let logins = async || -> Verdict<Option<u32>> {
        let switches = at.fabric.switches().await?;
        Ok(switches.iter().find(|s| s.domain == domain).map(|switch| switch.logins))
    };
    let with = logins().await?;
    let _ = bed.npiv()?.delete_vport(at.hba.no, at.vport.names).await?;
    same("logins without the vport", &logins().await?.map(|logins| logins + 1), &with)
}

async fn a_port_with_a_vport_takes_fdisc(bed: &Bed) -> Verdict {
    let at = registered(bed).await?;
    let port = port_of(bed, &at).await?;
    ensure!(port.npiv && port.online, "a vport is logged in at a port that says {port:?}");
    Ok(())
}
