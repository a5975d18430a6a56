//! Remote ports and scans.

use std::collections::BTreeSet;

use npivot_hal::{
    ErrorKind, LunPath, Outcome, PortState, ScanScope, ScsiAddress, ZoneEdit, ZoneMember,
};

use crate::Ability::{Bench, Guest, Host, Luns, Masking, Npiv, Zoning};
use crate::bed::{Bed, PATIENCE, Problem, Seat, Verdict, ensure, refused, same};
use crate::case::{Case, case};

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    case!(Discovery, Changes, [Host, Npiv, Guest], a_guest_finds_its_targets,
        "Host::remote_ports: the remote ports that an adapter knows: online targets by role"),
    case!(Discovery, Changes, [Host, Npiv, Guest], targets_keep_number_and_id,
        "RemotePort::number: never used for another port while the adapter lives"),
    case!(Discovery, Changes, [Host, Npiv, Guest, Zoning], a_zone_taken_out_of_force_loses_the_target,
        "ZoneDatabase: who may see whom; a remote port that was lost is listed, and not online"),
    case!(Discovery, Changes, [Host, Npiv, Guest, Zoning], a_zone_put_back_finds_it_under_its_number,
        "RemotePort: number and target id stay those of the port"),
    case!(Discovery, Changes, [Host, Npiv, Luns, Guest], a_scan_for_nothing_new_is_unchanged,
        "Luns::scan: Changed when a path was added"),
    case!(Discovery, Changes, [Host, Npiv, Luns, Guest], remove_forgets_a_path,
        "Luns::remove: forgets a path, and no other"),
    case!(Discovery, Changes, [Host, Npiv, Luns, Guest], a_removed_path_stays_away,
        "Luns::scan: looks for new LUNs; nobody else does"),
    case!(Discovery, Changes, [Host, Npiv, Luns, Guest], a_scan_finds_a_removed_path,
        "Luns::scan: Changed when a path was added; at the same address"),
    case!(Discovery, Changes, [Host, Npiv, Luns, Guest], a_scan_of_a_target_looks_at_it_alone,
        "ScanScope::target: the target id; None is the wildcard"),
    case!(Discovery, Changes, [Host, Npiv, Luns, Guest], a_scan_of_a_lun_looks_at_it_alone,
        "ScanScope::lun: the LUN as Linux numbers it; None is the wildcard"),
    case!(Discovery, Changes, [Host, Npiv, Luns, Guest], a_scan_of_an_absent_target_succeeds,
        "Luns::scan: what is not there is skipped, as the kernel does"),
    case!(Discovery, Changes, [Host, Npiv, Luns, Guest], a_scan_beyond_the_limits_is_refused,
        "Luns::scan: InvalidArgument: target above the adapter's limits"),
    case!(Discovery, Changes, [Host, Npiv, Luns, Guest, Masking], a_new_mapping_waits_for_a_scan,
        "Event::LunsChanged: Linux logs it and changes nothing; reported() tells, a scan finds"),
    case!(Discovery, Disturbs, [Host, Npiv, Luns, Guest, Bench], a_scan_skips_lost_ports_and_succeeds,
        "Luns::scan: remote ports that are not online are skipped"),
];

fn addresses(paths: &[LunPath]) -> Vec<ScsiAddress> {
    paths.iter().map(|path| path.address).collect()
}

async fn a_guest_finds_its_targets(bed: &Bed) -> Verdict {
    let seat = bed.seat().await?;
    let found = seat.targets(bed).await?;
    let found: BTreeSet<_> = found.iter().filter_map(|port| port.wwpn).collect();
    let known: BTreeSet<_> = seat.guest.units.iter().map(|unit| unit.target).collect();
    ensure!(known.is_subset(&found), "online targets are {found:?}, known are {known:?}");
    Ok(())
}

async fn targets_keep_number_and_id(bed: &Bed) -> Verdict {
    let seat = bed.seat().await?;
    let keys = async || -> Verdict<Vec<_>> {
        let targets = seat.targets(bed).await?;
        Ok(targets.iter().map(|port| (port.number, port.wwpn, port.target_id)).collect())
    };
    let before = keys().await?;
    bed.quiet().await;
    if let Ok(luns) = bed.luns() {
        let _ = luns.scan(seat.no, ScanScope::default()).await?;
    }
    same("number, name and target id of the targets", &keys().await?, &before)
}

/// Takes every zone of the guest's names out of force; the edits that put them back.
async fn cut<'b>(
    bed: &'b Bed,
    seat: &Seat<'_>,
) -> Verdict<(crate::bed::Zones<'b>, String, Vec<ZoneEdit>)> {
    let zones = bed.zones().await?;
    let set = zones.in_force().await?;
    let defined = zones.zoning()?.defined().await?;
    let guest = ZoneMember::Wwpn(seat.guest.names.wwpn);
    let enabled = defined.zone_sets.get(&set).cloned().unwrap_or_default();
    let of_guest = |name: &&String| {
        let zone = defined.zones.get(*name);
        zone.is_some_and(|zone| zone.members.contains(&guest) || zone.principals.contains(&guest))
    };
    let names: Vec<String> = enabled.iter().filter(of_guest).cloned().collect();
    if names.is_empty() {
        return Err(Problem::Lacks("a zone with the guest's name as a member".into()));
    }
    let zone_set = || set.clone();
    let remove = names.iter().cloned();
    let remove = remove.map(|zone| ZoneEdit::RemoveFromZoneSet { zone_set: zone_set(), zone });
    let outcome = zones.change(remove, Some(&set)).await?;
    same("outcome of a commit that changes what is in force", &outcome, &Outcome::Changed)?;
    let back = names.into_iter();
    let back = back.map(|zone| ZoneEdit::AddToZoneSet { zone_set: zone_set(), zone }).collect();
    Ok((zones, set, back))
}

async fn lost(bed: &Bed, seat: &Seat<'_>) -> Verdict {
    bed.until("the guest's targets are lost", PATIENCE, async || {
        Ok(seat.targets(bed).await?.is_empty())
    })
    .await
}

async fn a_zone_taken_out_of_force_loses_the_target(bed: &Bed) -> Verdict {
    let seat = bed.seat().await?;
    let before = seat.targets(bed).await?;
    cut(bed, &seat).await?;
    lost(bed, &seat).await?;
    let ports = bed.host()?.remote_ports(seat.no).await?;
    for target in before {
        let port = ports.iter().find(|port| port.number == target.number);
        let Some(port) = port else {
            return Err(Problem::failed(format!("the lost port is not listed: {target:?}")));
        };
        same("state of a lost remote port", &port.state, &PortState::Blocked)?;
    }
    Ok(())
}

async fn a_zone_put_back_finds_it_under_its_number(bed: &Bed) -> Verdict {
    let seat = bed.seat().await?;
    let keys = async || -> Verdict<Vec<_>> {
        let targets = seat.targets(bed).await?;
        Ok(targets.iter().map(|port| (port.number, port.wwpn, port.target_id)).collect())
    };
    let before = keys().await?;
    let (zones, set, back) = cut(bed, &seat).await?;
    lost(bed, &seat).await?;
    let _ = zones.change(back, Some(&set)).await?;
    let what = "the targets are online again";
    bed.until(what, PATIENCE, async || Ok(keys().await?.len() == before.len())).await?;
    same("number, name and target id of the targets", &keys().await?, &before)
}

async fn a_scan_for_nothing_new_is_unchanged(bed: &Bed) -> Verdict {
    let seat = bed.seat().await?;
    let before = addresses(&seat.paths(bed).await?);
    let outcome = bed.luns()?.scan(seat.no, ScanScope::default()).await?;
    let after = addresses(&seat.paths(bed).await?);
    same("paths after a scan for nothing new", &after, &before)?;
    same("outcome", &outcome, &Outcome::Unchanged)
}

async fn remove_forgets_a_path(bed: &Bed) -> Verdict {
    let seat = bed.seat().await?;
    let mut wanted = addresses(&seat.paths(bed).await?);
    let gone = wanted.remove(0);
    let outcome = bed.luns()?.remove(gone).await?;
    same("outcome", &outcome, &Outcome::Changed)?;
    same("paths without the first", &addresses(&seat.paths(bed).await?), &wanted)?;
    refused(
        "identify of a removed path",
        bed.luns()?.identify(gone).await,
        &[ErrorKind::NotFound],
    )?;
    Ok(())
}

async fn a_removed_path_stays_away(bed: &Bed) -> Verdict {
    let seat = bed.seat().await?;
    let gone = seat.path(bed).await?.address;
    let _ = bed.luns()?.remove(gone).await?;
    bed.quiet().await;
    let paths = addresses(&seat.paths(bed).await?);
    ensure!(!paths.contains(&gone), "{gone} was removed, and is back without a scan");
    Ok(())
}

fn of_target(target: u32) -> ScanScope {
    ScanScope { target: Some(target), lun: None }
}

async fn a_scan_finds_a_removed_path(bed: &Bed) -> Verdict {
    let seat = bed.seat().await?;
    let before = addresses(&seat.paths(bed).await?);
    let gone = before[0];
    let _ = bed.luns()?.remove(gone).await?;
    let scope = ScanScope { target: Some(gone.target), lun: Some(gone.lun) };
    let outcome = bed.luns()?.scan(seat.no, scope).await?;
    same("paths after the scan", &addresses(&seat.paths(bed).await?), &before)?;
    same("outcome", &outcome, &Outcome::Changed)
}

async fn a_scan_of_a_target_looks_at_it_alone(bed: &Bed) -> Verdict {
    let seat = bed.seat().await?;
    let paths = addresses(&seat.paths(bed).await?);
    let (first, last) = (paths[0], paths[paths.len() - 1]);
    if first.target == last.target {
        return Err(Problem::Lacks("a guest that sees two targets".into()));
    }
    for gone in [first, last] {
        let _ = bed.luns()?.remove(gone).await?;
    }
    let _ = bed.luns()?.scan(seat.no, of_target(last.target)).await?;
    let now = addresses(&seat.paths(bed).await?);
    ensure!(now.contains(&last), "{last} is not found by a scan of its target");
    ensure!(!now.contains(&first), "{first} is found by a scan of another target");
    Ok(())
}

async fn a_scan_of_a_lun_looks_at_it_alone(bed: &Bed) -> Verdict {
    let seat = bed.seat().await?;
    let paths = addresses(&seat.paths(bed).await?);
    let first = paths[0];
    let other = paths.iter().find(|path| path.target == first.target && path.lun != first.lun);
    let other = *other.ok_or_else(|| Problem::Lacks("a guest that sees two LUNs".into()))?;
    for gone in [first, other] {
        let _ = bed.luns()?.remove(gone).await?;
    }
    let scope = ScanScope { target: None, lun: Some(other.lun) };
    let _ = bed.luns()?.scan(seat.no, scope).await?;
    let now = addresses(&seat.paths(bed).await?);
    ensure!(now.contains(&other), "{other} is not found by a scan of its LUN");
    ensure!(!now.contains(&first), "{first} is found by a scan of another LUN");
    Ok(())
}

async fn a_scan_of_an_absent_target_succeeds(bed: &Bed) -> Verdict {
    let seat = bed.seat().await?;
    let ports = bed.host()?.remote_ports(seat.no).await?;
    let free = ports.iter().filter_map(|port| port.target_id).max().unwrap_or(0) + 1;
    let outcome = bed.luns()?.scan(seat.no, of_target(free)).await?;
    same("outcome", &outcome, &Outcome::Unchanged)
}

async fn a_scan_beyond_the_limits_is_refused(bed: &Bed) -> Verdict {
    let seat = bed.seat().await?;
    let answer = bed.luns()?.scan(seat.no, of_target(u32::MAX - 1)).await;
    refused("scan of target 4294967294", answer, &[ErrorKind::InvalidArgument])?;
    Ok(())
}

async fn a_new_mapping_waits_for_a_scan(bed: &Bed) -> Verdict {
    let shown = bed.shown().await?;
    let (seat, masking) = (&shown.seat, shown.mask.masking()?);
    let before = addresses(&seat.paths(bed).await?);
    let _ = masking.map(&shown.group, &shown.second.name, 7).await?;
    bed.quiet().await;
    same("paths before a scan", &addresses(&seat.paths(bed).await?), &before)?;
    let target = before[0].target;
    let told = bed.luns()?.reported(seat.no, target).await?;
    let told: Vec<_> = told.iter().map(|lun| lun.number()).collect();
    same("reported()", &told, &vec![Some(0), Some(7)])?;
    let outcome = bed.luns()?.scan(seat.no, of_target(target)).await?;
    same("outcome of the scan", &outcome, &Outcome::Changed)?;
    let paths = seat.paths(bed).await?;
    let new = paths.iter().find(|path| path.address.target == target && path.address.lun == 7);
    let new = new.ok_or_else(|| Problem::failed("the scan added no path at LUN 7"))?;
    let identity = new.identity.as_ref().ok();
    same("identity of the new path", &identity, &Some(&shown.second.identity))
}

async fn a_scan_skips_lost_ports_and_succeeds(bed: &Bed) -> Verdict {
    let seat = bed.seat().await?;
    let paths = seat.paths(bed).await?;
    let path = &paths[0];
    let target = path.target.ok_or_else(|| Problem::failed("a path without target"))?;
    let _ = bed.luns()?.remove(path.address).await?;
    bed.dark(target).await?;
    bed.until("the target is lost", PATIENCE, async || {
        let up = seat.targets(bed).await?;
        Ok(up.iter().all(|port| port.wwpn != Some(target)))
    })
    .await?;
    let outcome = bed.luns()?.scan(seat.no, of_target(path.address.target)).await?;
    same("outcome of a scan of a lost port", &outcome, &Outcome::Unchanged)
}
