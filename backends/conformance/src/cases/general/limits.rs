//! What the capabilities promise.

use std::collections::BTreeSet;
use std::time::Duration;

use npivot_hal::{Adapter, ErrorKind, Retry, WwnPair, Wwnn, Wwpn, ZoneEdit, ZoneMember};
use tokio::time::Instant;

use crate::Ability::{Array, Fabric, Host, Masking, Npiv, SpareNames, Zoning};
use crate::bed::{Bed, PREFIX, Problem, Verdict, Zones, ensure, refused, same};
use crate::case::{Case, case};

/// Filling something up takes its time.
const LONG: Duration = Duration::from_hours(2);

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    case!(Limits, ReadOnly, [Host], no_adapter_allows_more_than_the_host_says,
        "HostCapabilities::max_vports_per_adapter: the most that any adapter here allows"),
    case!(Limits, Changes, [Host, Npiv, SpareNames], creation_and_deletion_keep_their_time,
        "HostCapabilities::slowest_call_ms: the longest time before the backend answers NoAnswer"),
    case!(Limits, Disturbs, [Host, Npiv, SpareNames], an_adapter_takes_as_many_vports_as_it_says,
        "NpivUse::max: the most that adapter and driver allow").within(LONG),
    case!(Limits, Disturbs, [Host, Npiv, SpareNames], one_vport_too_many_is_refused,
        "Npiv::create_vport: LimitReached: none is free").within(LONG),
    case!(Limits, Disturbs, [Host, Npiv, SpareNames], a_deleted_vport_makes_room,
        "Npiv::create_vport: LimitReached while none is free, and no longer").within(LONG),
    case!(Limits, Changes, [Fabric, Zoning], the_longest_zone_name_is_taken,
        "FabricCapabilities::max_zone_name_bytes: the longest name of a zone, alias or zone set"),
    case!(Limits, Changes, [Fabric, Zoning], a_longer_zone_name_is_refused,
        "Zoning::edit: InvalidArgument: a database that is not valid"),
    case!(Limits, Changes, [Fabric, Zoning], a_database_that_is_too_large_is_not_committed,
        "Zoning::commit: LimitReached: the database is too large"),
    case!(Limits, Changes, [Fabric, Zoning], a_transaction_outlives_a_refused_commit,
        "Zoning::commit: the transaction stays open"),
    case!(Limits, Changes, [Array, Masking], the_highest_lun_is_taken,
        "ArrayCapabilities::max_lun: the highest LUN number, inclusive"),
    case!(Limits, Changes, [Array, Masking], a_higher_lun_is_refused,
        "Masking::map: InvalidArgument: a LUN above the array's limit"),
    case!(Limits, Disturbs, [Array, Masking], one_initiator_too_many_is_refused,
        "ArrayCapabilities::max_initiators: the most over all groups; LimitReached").within(LONG),
];

async fn no_adapter_allows_more_than_the_host_says(bed: &Bed) -> Verdict {
    let most = bed.host()?.capabilities().max_vports_per_adapter;
    for adapter in bed.host()?.adapters().await? {
        if let (Some(most), Some(npiv)) = (most, adapter.npiv()) {
            ensure!(npiv.max <= most, "{} allows {}, the host {most}", adapter.no, npiv.max);
        }
    }
    Ok(())
}

async fn creation_and_deletion_keep_their_time(bed: &Bed) -> Verdict {
    let slowest = bed.host()?.capabilities().slowest_call_ms;
    let slowest = slowest.ok_or_else(|| Problem::Lacks("slowest_call_ms, told".into()))?;
    let (hba, names) = (bed.hba().await?, bed.spare(0)?);
    let begun = Instant::now();
    let _ = bed.create(hba.no, names).await?;
    let created = begun.elapsed();
    let _ = bed.npiv()?.delete_vport(hba.no, names).await?;
    let deleted = begun.elapsed().saturating_sub(created);
    let slowest = Duration::from_millis(slowest);
    ensure!(created <= slowest && deleted <= slowest, "{created:?} and {deleted:?}");
    Ok(())
}

/// The nth of many names, next to a spare one.
fn many(first: WwnPair, n: u32) -> Verdict<WwnPair> {
    let shift = u64::from(n) << 8;
    let pair = (Wwpn::new(first.wwpn.get() ^ shift), Wwnn::new(first.wwnn.get() ^ shift));
    match pair {
        (Some(wwpn), Some(wwnn)) => Ok(WwnPair::new(wwpn, wwnn)),
        _ => Err(Problem::failed("a name next to a spare one is unset")),
    }
}

/// An adapter with all its vports, and the first that it has not.
async fn full(bed: &Bed) -> Verdict<(Adapter, WwnPair)> {
    let (hba, first) = (bed.hba().await?, bed.spare(0)?);
    let npiv = hba.npiv().ok_or_else(|| Problem::failed("it has lost its NPIV limits"))?;
    bed.afford(npiv.max.saturating_mul(4))?;
    for n in 0..npiv.free() {
        let _ = bed.create(hba.no, many(first, n)?).await?;
    }
    let next = many(first, npiv.free())?;
    bed.delete_later(hba.no, next);
    Ok((hba, next))
}

async fn an_adapter_takes_as_many_vports_as_it_says(bed: &Bed) -> Verdict {
    let (hba, _) = full(bed).await?;
    let npiv = bed.adapter(hba.no).await?.npiv();
    same("in_use", &npiv.map(|npiv| npiv.in_use), &npiv.map(|npiv| npiv.max))
}

async fn one_vport_too_many_is_refused(bed: &Bed) -> Verdict {
    let (hba, next) = full(bed).await?;
    let answer = bed.npiv()?.create_vport(hba.no, next).await;
    let error = refused("one vport too many", answer, &[ErrorKind::LimitReached])?;
    same("retry", &error.retry(), &Retry::AfterChange)?;
    ensure!(bed.vport(hba.no, next).await?.is_none(), "refused, and made");
    Ok(())
}

async fn a_deleted_vport_makes_room(bed: &Bed) -> Verdict {
    let (hba, next) = full(bed).await?;
    let _ = bed.npiv()?.delete_vport(hba.no, bed.spare(0)?).await?;
    let _ = bed.create(hba.no, next).await?;
    Ok(())
}

/// A name of this many bytes.
fn long_name(bytes: u32) -> String {
    let missing = (bytes as usize).saturating_sub(PREFIX.len());
    format!("{PREFIX}{}", "x".repeat(missing))
}

fn longest(zones: &Zones<'_>) -> Verdict<u32> {
    let told = zones.fabric.capabilities().max_zone_name_bytes;
    told.ok_or_else(|| Problem::Lacks("max_zone_name_bytes, told".into()))
}

async fn the_longest_zone_name_is_taken(bed: &Bed) -> Verdict {
    let zones = bed.zones().await?;
    let name = long_name(longest(&zones)?);
    let _ = zones.change([ZoneEdit::CreateZoneSet(name.clone())], None).await?;
    let defined = zones.zoning()?.defined().await?;
    ensure!(defined.zone_sets.contains_key(&name), "the longest name was taken, and cut");
    Ok(())
}

async fn a_longer_zone_name_is_refused(bed: &Bed) -> Verdict {
    let zones = bed.zones().await?;
    let name = long_name(longest(&zones)?.saturating_add(1));
    let error = zones.refusal(&[], ZoneEdit::CreateZoneSet(name)).await?;
    same("kind of the refusal", &error.kind(), &ErrorKind::InvalidArgument)
}

/// An edit that makes a database too large.
fn too_large(zones: &Zones<'_>) -> Verdict<ZoneEdit> {
    let most = zones.fabric.capabilities().max_zone_database_bytes;
    let most = most.filter(|most| *most <= 16 << 20);
    let most =
        most.ok_or_else(|| Problem::Lacks("a max_zone_database_bytes up to 16 MiB".into()))?;
    // Any switch counts at least the eight bytes of each name.
    let members = (0..=most / 8).filter_map(|n| Wwpn::new(0x5001_a4b0_0000_0000 + n));
    let members: BTreeSet<ZoneMember> = members.map(ZoneMember::Wwpn).collect();
    Ok(ZoneEdit::PutAlias(format!("{PREFIX}large"), members))
}

async fn a_database_that_is_too_large_is_not_committed(bed: &Bed) -> Verdict {
    let zones = bed.zones().await?;
    let edit = too_large(&zones)?;
    let (zoning, open) = (zones.zoning()?, zones.begin().await?);
    let answer = match zoning.edit(&open, edit).await {
        Ok((open, _)) => zoning.commit(&open, None).await,
        Err(error) => Err(error),
    };
    refused("a database that is too large", answer, &[ErrorKind::LimitReached])?;
    let defined = zoning.defined().await?;
    ensure!(!defined.aliases.contains_key(&format!("{PREFIX}large")), "refused, and saved");
    Ok(())
}

async fn a_transaction_outlives_a_refused_commit(bed: &Bed) -> Verdict {
    let zones = bed.zones().await?;
    let edit = too_large(&zones)?;
    let (zoning, open) = (zones.zoning()?, zones.begin().await?);
    let (mut open, _) = zoning.edit(&open, ZoneEdit::CreateZoneSet(format!("{PREFIX}s"))).await?;
    if let Ok((large, _)) = zoning.edit(&open, edit).await {
        let answer = zoning.commit(&large, None).await;
        ensure!(answer.is_err(), "a database that is too large was committed");
        let less = ZoneEdit::DeleteAlias(format!("{PREFIX}large"));
        (open, _) = zoning.edit(&large, less).await?;
    }
    let _ = zoning.commit(&open, None).await?;
    let defined = zoning.defined().await?;
    ensure!(defined.zone_sets.contains_key(&format!("{PREFIX}s")), "the rest was not saved");
    Ok(())
}

async fn highest(bed: &Bed) -> Verdict<(crate::bed::Mask<'_>, String, String, u32)> {
    let mask = bed.mask()?;
    let most = mask.array.capabilities().max_lun;
    let most = most.ok_or_else(|| Problem::Lacks("max_lun, told".into()))?;
    let (group, volume) = (mask.group("high").await?, mask.volume(0).await?.name);
    Ok((mask, group, volume, most))
}

async fn the_highest_lun_is_taken(bed: &Bed) -> Verdict {
    let (mask, group, volume, most) = highest(bed).await?;
    let _ = mask.masking()?.map(&group, &volume, most).await?;
    let groups = mask.masking()?.groups().await?;
    let found = groups.iter().find(|other| other.name == group);
    let luns = found.map(|group| group.mappings.iter().map(|m| m.lun).collect::<Vec<_>>());
    same("LUNs of the group", &luns, &Some(vec![most]))
}

async fn a_higher_lun_is_refused(bed: &Bed) -> Verdict {
    let (mask, group, volume, most) = highest(bed).await?;
    for lun in [most.saturating_add(1), u32::MAX] {
        let answer = mask.masking()?.map(&group, &volume, lun).await;
        refused(&format!("map at LUN {lun}"), answer, &[ErrorKind::InvalidArgument])?;
    }
    Ok(())
}

async fn one_initiator_too_many_is_refused(bed: &Bed) -> Verdict {
    let mask = bed.mask()?;
    let most = mask.array.capabilities().max_initiators;
    let most = most.ok_or_else(|| Problem::Lacks("max_initiators, told".into()))?;
    bed.afford(most.saturating_mul(2))?;
    let (masking, group) = (mask.masking()?, mask.group("full").await?);
    let there = masking.groups().await?.iter().map(|group| group.initiators.len()).sum::<usize>();
    let name = |n: u64| {
        let wwpn = Wwpn::new(0x5001_a4b1_0000_0000 + n);
        wwpn.ok_or_else(|| Problem::failed("not a name"))
    };
    for n in there as u64..u64::from(most) {
        let _ = masking.add_initiator(&group, name(n)?).await?;
    }
    let answer = masking.add_initiator(&group, name(u64::from(most))?).await;
    refused("one initiator too many", answer, &[ErrorKind::LimitReached])?;
    Ok(())
}
