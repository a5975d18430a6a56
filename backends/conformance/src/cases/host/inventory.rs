//! What a host lists, read without changing anything.

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::task::Poll;

use npivot_hal::{AdapterKind, Lun, PortState};

use crate::Ability::{Host, Luns, Npiv, SpareNames};
use crate::bed::{Bed, Problem, Verdict, ensure, same, strictly_ascending};
use crate::case::{Case, case};

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    case!(Inventory, ReadOnly, [Host], the_host_has_a_name,
        "Host::name: what people call this machine"),
    case!(Inventory, ReadOnly, [Host], adapters_ascend,
        "Host::adapters: all adapters by ascending number, each once"),
    case!(Inventory, ReadOnly, [Host], known_adapters_are_listed,
        "Host::adapters: all adapters; those that are known to be cabled are physical and online"),
    case!(Inventory, ReadOnly, [Host], adapters_read_twice_agree,
        "Adapter::no: valid until reboot or removal"),
    case!(Inventory, ReadOnly, [Host], virtual_adapters_have_a_physical_parent,
        "AdapterKind::Virtual: the adapter it was made on"),
    case!(Inventory, ReadOnly, [Host], npiv_use_is_within_its_limit,
        "NpivUse: in_use is how many exist, max the most that may"),
    case!(Inventory, ReadOnly, [Host, Npiv], npiv_use_counts_the_vports,
        "NpivUse::in_use: how many exist now, in whatever state"),
    case!(Inventory, ReadOnly, [Host], online_adapters_have_address_and_fabric,
        "Adapter::port_id, Adapter::fabric: while logged in"),
    case!(Inventory, ReadOnly, [Host], adapters_that_are_down_have_no_address,
        "Adapter::port_id: while logged in, and not else"),
    case!(Inventory, ReadOnly, [Host], addresses_are_those_of_ports,
        "Adapter::port_id: assigned by the fabric, in a switch's domain, unique in the fabric"),
    case!(Inventory, ReadOnly, [Host], remote_ports_ascend,
        "Host: lists are in ascending order of number"),
    case!(Inventory, ReadOnly, [Host], remote_ports_are_of_the_adapter_asked,
        "RemotePort::adapter: the adapter that sees it"),
    case!(Inventory, ReadOnly, [Host], online_remote_ports_have_names_and_addresses,
        "RemotePort: wwpn is None once the kernel forgot it, not before"),
    case!(Inventory, ReadOnly, [Host], target_ids_are_unique_on_an_adapter,
        "RemotePort::target_id: the T of H:C:T:L"),
    case!(Inventory, ReadOnly, [Host, Luns], paths_ascend,
        "Luns::paths: by ascending address, each once"),
    case!(Inventory, ReadOnly, [Host, Luns], paths_are_of_the_adapter_asked,
        "Luns::paths: the paths of this adapter, at the LUN that the address says"),
    case!(Inventory, ReadOnly, [Host, Npiv], vports_ascend,
        "Npiv::vports: by ascending number"),
    case!(Inventory, Changes, [Host, Npiv, SpareNames], virtual_adapters_have_no_vports,
        "Npiv::vports: a vport cannot have vports: the list is empty, and no error"),
    case!(Inventory, ReadOnly, [Host], host_capabilities_do_not_change,
        "Host::capabilities: limits do not change while the backend lives"),
    case!(Inventory, ReadOnly, [Host], reads_may_come_at_once,
        "Host: calls may come from several tasks at once"),
    case!(Inventory, ReadOnly, [Host], a_dropped_read_disturbs_nothing,
        "Host: dropping a call's future leaves its effect unknown, and the backend usable"),
];

async fn the_host_has_a_name(bed: &Bed) -> Verdict {
    ensure!(!bed.host()?.name().is_empty(), "name() is empty");
    Ok(())
}

async fn adapters_ascend(bed: &Bed) -> Verdict {
    let adapters = bed.host()?.adapters().await?;
    strictly_ascending("adapters()", adapters.iter().map(|adapter| adapter.no))
}

async fn known_adapters_are_listed(bed: &Bed) -> Verdict {
    if bed.known().adapters.is_empty() {
        return Err(Problem::Lacks("adapters in Fixture::known".into()));
    }
    let adapters = bed.host()?.adapters().await?;
    for known in &bed.known().adapters {
        let found = adapters.iter().find(|adapter| adapter.names.wwpn == *known);
        let Some(found) = found else {
            return Err(Problem::failed(format!("adapters() does not list {known}")));
        };
        let physical = matches!(found.kind, AdapterKind::Physical { .. });
        ensure!(physical, "{} is hardware, and listed as {:?}", found.no, found.kind);
        same(&format!("state of {}", found.no), &found.state, &PortState::Online)?;
    }
    Ok(())
}

async fn adapters_read_twice_agree(bed: &Bed) -> Verdict {
    let keys = async || -> Verdict<Vec<_>> {
        let adapters = bed.host()?.adapters().await?;
        Ok(adapters.into_iter().map(|a| (a.no, a.names, a.kind, a.driver, a.pci)).collect())
    };
    same("adapters() the second time", &keys().await?, &keys().await?)
}

async fn virtual_adapters_have_a_physical_parent(bed: &Bed) -> Verdict {
    let adapters = bed.host()?.adapters().await?;
    for adapter in &adapters {
        let AdapterKind::Virtual { parent } = adapter.kind else {
            continue;
        };
        let found = adapters.iter().find(|other| other.no == parent);
        let physical = found.is_some_and(|p| matches!(p.kind, AdapterKind::Physical { .. }));
        ensure!(physical, "the parent of {}, {parent}, is no physical adapter", adapter.no);
    }
    Ok(())
}

async fn npiv_use_is_within_its_limit(bed: &Bed) -> Verdict {
    for adapter in bed.host()?.adapters().await? {
        if let Some(npiv) = adapter.npiv() {
            ensure!(npiv.in_use <= npiv.max, "{}: {npiv:?}", adapter.no);
        }
    }
    Ok(())
}

async fn npiv_use_counts_the_vports(bed: &Bed) -> Verdict {
    for adapter in bed.host()?.adapters().await? {
        let Some(npiv) = adapter.npiv() else {
            continue;
        };
        let listed = bed.npiv()?.vports(adapter.no).await?.len();
        same(&format!("in_use of {}", adapter.no), &(npiv.in_use as usize), &listed)?;
    }
    Ok(())
}

async fn online_adapters_have_address_and_fabric(bed: &Bed) -> Verdict {
    for adapter in bed.host()?.adapters().await? {
        if adapter.state == PortState::Online {
            ensure!(adapter.port_id.is_some(), "{} is Online without port_id", adapter.no);
            ensure!(adapter.fabric.is_some(), "{} is Online without fabric", adapter.no);
        }
    }
    Ok(())
}

async fn adapters_that_are_down_have_no_address(bed: &Bed) -> Verdict {
    for adapter in bed.host()?.adapters().await? {
        if matches!(adapter.state, PortState::Linkdown | PortState::Offline) {
            let (id, state) = (adapter.port_id, adapter.state);
            ensure!(id.is_none(), "{} is {state} and has port_id {id:?}", adapter.no);
        }
    }
    Ok(())
}

async fn addresses_are_those_of_ports(bed: &Bed) -> Verdict {
    let mut seen = BTreeSet::new();
    for adapter in bed.host()?.adapters().await? {
        let Some(id) = adapter.port_id else {
            continue;
        };
        ensure!(id.domain().is_some(), "{} has {id}, which is in no domain", adapter.no);
        let fresh = seen.insert((adapter.fabric, id));
        ensure!(fresh, "{} has {id}, as another adapter on its fabric", adapter.no);
    }
    Ok(())
}

async fn remote_ports_ascend(bed: &Bed) -> Verdict {
    for adapter in bed.host()?.adapters().await? {
        let ports = bed.host()?.remote_ports(adapter.no).await?;
        let what = format!("remote_ports({})", adapter.no);
        strictly_ascending(&what, ports.iter().map(|port| port.number))?;
    }
    Ok(())
}

async fn remote_ports_are_of_the_adapter_asked(bed: &Bed) -> Verdict {
    for adapter in bed.host()?.adapters().await? {
        for port in bed.host()?.remote_ports(adapter.no).await? {
            same(&format!("adapter of remote port {}", port.number), &port.adapter, &adapter.no)?;
        }
    }
    Ok(())
}

async fn online_remote_ports_have_names_and_addresses(bed: &Bed) -> Verdict {
    for adapter in bed.host()?.adapters().await? {
        let ports = bed.host()?.remote_ports(adapter.no).await?;
        for port in ports.iter().filter(|port| port.state == PortState::Online) {
            let whole = port.wwpn.is_some() && port.wwnn.is_some() && port.port_id.is_some();
            ensure!(whole, "Online, and incomplete: {port:?}");
        }
    }
    Ok(())
}

async fn target_ids_are_unique_on_an_adapter(bed: &Bed) -> Verdict {
    for adapter in bed.host()?.adapters().await? {
        let ports = bed.host()?.remote_ports(adapter.no).await?;
        let mut ids: Vec<u32> = ports.iter().filter_map(|port| port.target_id).collect();
        ids.sort_unstable();
        strictly_ascending(&format!("sorted target ids of {}", adapter.no), ids)?;
        for port in ports.iter().filter(|p| p.roles.target && p.state == PortState::Online) {
            ensure!(port.target_id.is_some(), "an online target without target id: {port:?}");
        }
    }
    Ok(())
}

async fn paths_ascend(bed: &Bed) -> Verdict {
    for adapter in bed.host()?.adapters().await? {
        let paths = bed.luns()?.paths(adapter.no).await?;
        let what = format!("paths({})", adapter.no);
        strictly_ascending(&what, paths.iter().map(|path| path.address))?;
    }
    Ok(())
}

async fn paths_are_of_the_adapter_asked(bed: &Bed) -> Verdict {
    for adapter in bed.host()?.adapters().await? {
        for path in bed.luns()?.paths(adapter.no).await? {
            same("host of a path", &path.address.host, &adapter.no)?;
            same("LUN of a path", &path.lun, &Lun::from_sysfs(path.address.lun))?;
        }
    }
    Ok(())
}

async fn vports_ascend(bed: &Bed) -> Verdict {
    for adapter in bed.host()?.adapters().await? {
        let vports = bed.npiv()?.vports(adapter.no).await?;
        let numbers = vports.iter().filter_map(|vport| vport.no);
        strictly_ascending(&format!("vports({})", adapter.no), numbers)?;
    }
    Ok(())
}

async fn virtual_adapters_have_no_vports(bed: &Bed) -> Verdict {
    let (_, vport) = bed.active(0).await?;
    let no = Bed::own_adapter(&vport)?;
    same(&format!("vports({no}), which is a vport"), &bed.npiv()?.vports(no).await?, &vec![])
}

async fn host_capabilities_do_not_change(bed: &Bed) -> Verdict {
    let host = bed.host()?;
    let before = host.capabilities();
    let _ = host.adapters().await?;
    same("capabilities() later", &host.capabilities(), &before)
}

async fn reads_may_come_at_once(bed: &Bed) -> Verdict {
    let host = bed.host()?;
    let (a, b, c) = tokio::join!(host.adapters(), host.adapters(), host.adapters());
    let numbers =
        |list: Vec<npivot_hal::Adapter>| -> Vec<_> { list.iter().map(|a| a.no).collect() };
    let (a, b, c) = (numbers(a?), numbers(b?), numbers(c?));
    ensure!(a == b && b == c, "three at once list {a:?}, {b:?} and {c:?}");
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let host = bed.host_arc()?;
            Ok(tokio::spawn(async move { host.adapters().await.map(|list| list.len()) }))
        })
        .collect::<Verdict<_>>()?;
    for task in tasks {
        let told = task.await.map_err(|error| Problem::failed(format!("a task died: {error}")))?;
        same("adapters, listed by a task of its own", &told?, &a.len())?;
    }
    Ok(())
}

async fn a_dropped_read_disturbs_nothing(bed: &Bed) -> Verdict {
    let host = bed.host()?;
    let before = host.adapters().await?.len();
    let mut call = host.adapters();
    // Begun, and given up.
    poll_fn(|context| {
        let _ = call.as_mut().poll(context);
        Poll::Ready(())
    })
    .await;
    drop(call);
    same("adapters after a call was dropped", &host.adapters().await?.len(), &before)
}
