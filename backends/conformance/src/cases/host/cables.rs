//! Cables pulled and plugged in again.

use std::time::Duration;

use npivot_hal::{ErrorKind, HostNo, PathState, PortState, RemotePort, VportState, Wwpn};

use crate::Ability::{Array, Bench, Fabric, Guest, Host, Links, Luns, Npiv};
use crate::bed::{Bed, PATIENCE, Problem, Seat, Verdict, ensure, refused, same};
use crate::case::{Case, case};

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    case!(Links, Disturbs, [Host, Bench, Npiv, Guest], a_dark_adapter_is_down_without_address,
        "PortState::Linkdown: no light; Adapter::port_id: while logged in"),
    case!(Links, Disturbs, [Host, Bench, Npiv, Guest], a_dark_adapters_vports_are_linkdown,
        "VportState::Linkdown: the parent's link is down"),
    case!(Links, Disturbs, [Host, Bench, Npiv, Guest], lost_remote_ports_are_blocked_and_listed,
        "Host::remote_ports: lost ones included; PortState::Blocked until dev_loss"),
    case!(Links, Disturbs, [Host, Bench, Npiv, Guest], a_lost_port_tells_its_last_address,
        "RemotePort::port_id: of a lost port, the last one"),
    case!(Links, Disturbs, [Host, Bench, Npiv, Luns, Guest], lost_paths_are_blocked_and_listed,
        "PathState::Blocked: its remote port is lost; I/O is held"),
    case!(Links, Disturbs, [Host, Bench, Npiv, Luns, Guest], a_lost_path_is_unreachable,
        "Luns::identify: Unreachable: it does not answer"),
    case!(Links, Disturbs, [Host, Bench, Npiv, Luns, Links, Guest], after_dev_loss_paths_are_gone,
        "RemotePort::dev_loss_secs: how long its devices outlive its loss"),
    case!(Links, Disturbs, [Host, Bench, Npiv, Links, Guest], after_dev_loss_the_binding_is_kept,
        "PortState::NotPresent: gone; its binding may be kept: number, name, target id"),
    case!(Links, Disturbs, [Host, Bench, Npiv, Luns, Links, Guest], a_port_returns_under_its_number,
        "RemotePort::number: never used for another port; the same port has it again"),
    case!(Links, Disturbs, [Host, Bench, Npiv, Luns, Guest], a_short_loss_changes_no_name,
        "RemotePort::dev_loss_secs: within it, devices outlive the loss"),
    case!(Links, Disturbs, [Host, Bench, Npiv, Guest], light_brings_vports_back,
        "VportState::Linkdown: and no longer than that"),
    case!(Links, Disturbs, [Host, Bench, Npiv, Guest], other_adapters_stay_up,
        "Host: an adapter's loss is its own"),
    case!(Links, Disturbs, [Host, Bench, Array, Guest], a_dark_target_port_is_not_online,
        "TargetPort::port_id: its address, while logged in"),
    case!(NameServer, Disturbs, [Host, Bench, Fabric, Npiv, Guest], a_dark_port_is_not_registered,
        "Fabric::name_server: all entries: who is logged in, and nobody else"),
];

/// A guest whose first target is in the dark, and has been noticed to be.
async fn loses_target(bed: &Bed) -> Verdict<(Seat<'_>, RemotePort)> {
    let seat = bed.seat().await?;
    lose(bed, seat).await
}

async fn lose<'b>(bed: &Bed, seat: Seat<'b>) -> Verdict<(Seat<'b>, RemotePort)> {
    let wwpn = seat.guest.units[0].target;
    let before = seat.targets(bed).await?.into_iter().find(|port| port.wwpn == Some(wwpn));
    let before = before.ok_or_else(|| Problem::failed(format!("{wwpn} is no online target")))?;
    bed.dark(wwpn).await?;
    bed.until("the target is lost", PATIENCE, async || {
        Ok(seat.targets(bed).await?.iter().all(|port| port.wwpn != Some(wwpn)))
    })
    .await?;
    Ok((seat, before))
}

async fn port(bed: &Bed, no: HostNo, number: u32) -> Verdict<RemotePort> {
    let ports = bed.host()?.remote_ports(no).await?;
    let found = ports.into_iter().find(|port| port.number == number);
    found.ok_or_else(|| Problem::failed(format!("remote port {number} of {no} is not listed")))
}

/// A guest's adapter in the dark.
async fn goes_dark(bed: &Bed) -> Verdict<Seat<'_>> {
    let seat = bed.seat().await?;
    bed.dark(seat.guest.parent).await?;
    bed.until("the dark adapter is down", PATIENCE, async || {
        Ok(bed.adapter(seat.parent.no).await?.state != PortState::Online)
    })
    .await?;
    Ok(seat)
}

async fn a_dark_adapter_is_down_without_address(bed: &Bed) -> Verdict {
    let seat = goes_dark(bed).await?;
    for no in [seat.parent.no, seat.no] {
        let now = bed.adapter(no).await?;
        same(&format!("state of {no}"), &now.state, &PortState::Linkdown)?;
        same(&format!("address of {no}"), &now.port_id, &None)?;
        same(&format!("fabric of {no}"), &now.fabric, &None)?;
    }
    Ok(())
}

async fn a_dark_adapters_vports_are_linkdown(bed: &Bed) -> Verdict {
    let seat = goes_dark(bed).await?;
    let vport = bed.vport(seat.parent.no, seat.guest.names).await?;
    let vport = vport.ok_or_else(|| Problem::failed("the vport went with the light"))?;
    same("state of the vport", &vport.state, &VportState::Linkdown)?;
    same("address of the vport", &vport.port_id, &None)
}

async fn lost_remote_ports_are_blocked_and_listed(bed: &Bed) -> Verdict {
    let (seat, before) = loses_target(bed).await?;
    let now = port(bed, seat.no, before.number).await?;
    same("state of the lost port", &now.state, &PortState::Blocked)?;
    same("name of the lost port", &now.wwpn, &before.wwpn)
}

async fn a_lost_port_tells_its_last_address(bed: &Bed) -> Verdict {
    let (seat, before) = loses_target(bed).await?;
    let now = port(bed, seat.no, before.number).await?;
    same("address of the lost port", &now.port_id, &before.port_id)
}

async fn lost_paths_are_blocked_and_listed(bed: &Bed) -> Verdict {
    let seat = bed.seat().await?;
    let count = seat.paths(bed).await?.len();
    let (seat, before) = lose(bed, seat).await?;
    let paths = seat.paths(bed).await?;
    same("how many paths are listed", &paths.len(), &count)?;
    for path in &paths {
        let lost = Some(path.address.target) == before.target_id;
        let wanted = if lost { PathState::Blocked } else { PathState::Running };
        same(&format!("state of {}", path.address), &path.state, &wanted)?;
    }
    Ok(())
}

async fn a_lost_path_is_unreachable(bed: &Bed) -> Verdict {
    let (seat, before) = loses_target(bed).await?;
    let paths = seat.paths(bed).await?;
    let path = paths.iter().find(|path| Some(path.address.target) == before.target_id);
    let path = path.ok_or_else(|| Problem::failed("the lost paths are not listed"))?;
    let kinds = &[ErrorKind::Unreachable];
    refused("identify", bed.luns()?.identify(path.address).await, kinds)?;
    refused("inspect", bed.luns()?.inspect(path.address).await, kinds)?;
    let target = path.address.target;
    refused("reported", bed.luns()?.reported(seat.no, target).await, kinds)?;
    Ok(())
}

async fn given_up(bed: &Bed) -> Verdict<(Seat<'_>, RemotePort)> {
    let seat = bed.seat().await?;
    let _ = bed.dev_loss(seat.no, 2).await?;
    let (seat, before) = lose(bed, seat).await?;
    bed.until("the lost port is given up", PATIENCE, async || {
        let ports = bed.host()?.remote_ports(seat.no).await?;
        let held = ports.iter().any(|p| p.number == before.number && p.state == PortState::Blocked);
        Ok(!held)
    })
    .await?;
    // Its devices go with it, or a moment later.
    bed.quiet().await;
    Ok((seat, before))
}

async fn after_dev_loss_paths_are_gone(bed: &Bed) -> Verdict {
    let (seat, before) = given_up(bed).await?;
    let paths = seat.paths(bed).await?;
    let left = paths.iter().find(|path| Some(path.address.target) == before.target_id);
    ensure!(left.is_none(), "a path outlived its port: {left:?}");
    Ok(())
}

async fn after_dev_loss_the_binding_is_kept(bed: &Bed) -> Verdict {
    let (seat, before) = given_up(bed).await?;
    // The kernel may forget what it is not bound by; it must not say anything else.
    for port in bed.host()?.remote_ports(seat.no).await? {
        if port.number == before.number {
            same("state of the port", &port.state, &PortState::NotPresent)?;
            let other = port.wwpn != before.wwpn && port.wwpn.is_some();
            ensure!(!other, "another port under its number: {port:?}");
        }
        let taken = port.number != before.number && port.target_id == before.target_id;
        ensure!(!taken, "another port under its target id: {port:?}");
    }
    Ok(())
}

async fn online_again(bed: &Bed, seat: &Seat<'_>, wwpn: Option<Wwpn>) -> Verdict<RemotePort> {
    let mut found = None;
    bed.until("the port is online again", PATIENCE, async || {
        found = seat.targets(bed).await?.into_iter().find(|port| port.wwpn == wwpn);
        Ok(found.is_some())
    })
    .await?;
    found.ok_or_else(|| Problem::failed("the port is online and was lost at once"))
}

async fn a_port_returns_under_its_number(bed: &Bed) -> Verdict {
    let (seat, before) = given_up(bed).await?;
    bed.light(seat.guest.units[0].target, true).await?;
    let now = online_again(bed, &seat, before.wwpn).await?;
    same("number of the returned port", &now.number, &before.number)?;
    same("target id of the returned port", &now.target_id, &before.target_id)?;
    bed.sees(seat.no, &seat.guest.units).await
}

async fn a_short_loss_changes_no_name(bed: &Bed) -> Verdict {
    let seat = bed.seat().await?;
    let keys = async |seat: &Seat<'_>| -> Verdict<Vec<_>> {
        let paths = seat.paths(bed).await?;
        Ok(paths.into_iter().map(|path| (path.address, path.device)).collect())
    };
    let mut before = keys(&seat).await?;
    let (seat, lost) = lose(bed, seat).await?;
    bed.fixture.wait(Duration::from_secs(1)).await;
    bed.light(seat.guest.units[0].target, true).await?;
    online_again(bed, &seat, lost.wwpn).await?;
    let after = keys(&seat).await?;
    for ((address, device), (same_address, found)) in before.iter_mut().zip(&after) {
        // A kernel finds a path first and its disk then: what had no name has not changed it.
        if address == same_address && device.is_none() {
            device.clone_from(found);
        }
    }
    same("addresses and block devices", &after, &before)?;
    for path in seat.paths(bed).await? {
        same(&format!("state of {}", path.address), &path.state, &PathState::Running)?;
    }
    Ok(())
}

async fn light_brings_vports_back(bed: &Bed) -> Verdict {
    let seat = goes_dark(bed).await?;
    bed.light(seat.guest.parent, true).await?;
    let back = bed.logged_in(seat.parent.no, seat.guest.names).await?;
    same("number of the vport's adapter", &back.no, &Some(seat.no))
}

async fn other_adapters_stay_up(bed: &Bed) -> Verdict {
    let states = async || -> Verdict<Vec<_>> {
        let guest = bed.guest()?;
        let mut all = bed.host()?.adapters().await?;
        all.retain(|a| a.names.wwpn != guest.parent && a.names != guest.names);
        Ok(all.into_iter().map(|a| (a.no, a.state, a.port_id)).collect())
    };
    let before = states().await?;
    goes_dark(bed).await?;
    same("the other adapters", &states().await?, &before)
}

async fn a_dark_target_port_is_not_online(bed: &Bed) -> Verdict {
    let wwpn = bed.guest()?.units[0].target;
    bed.dark(wwpn).await?;
    bed.quiet().await;
    for array in bed.arrays() {
        let ports = array.target_ports().await?;
        if let Some(port) = ports.iter().find(|port| port.names.wwpn == wwpn) {
            ensure!(port.state != PortState::Online, "a port without light is {}", port.state);
            return same("its address", &port.port_id, &None);
        }
    }
    Err(Problem::Lacks("the array of the guest's target".into()))
}

async fn a_dark_port_is_not_registered(bed: &Bed) -> Verdict {
    let seat = bed.seat().await?;
    let fabric = bed.fabrics().iter();
    let mut fabric = fabric.filter(|f| f.capabilities().fabric_name == seat.parent.fabric);
    let fabric = fabric.next().ok_or_else(|| Problem::Lacks("the guest's fabric".into()))?;
    bed.dark(seat.guest.parent).await?;
    bed.quiet().await;
    let entries = fabric.name_server().await?;
    let gone = [seat.guest.parent, seat.guest.names.wwpn];
    let left = entries.iter().find(|entry| gone.contains(&entry.names.wwpn));
    ensure!(left.is_none(), "a port without light is registered: {left:?}");
    Ok(())
}
