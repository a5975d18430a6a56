//! Zoning transactions: begun, edited, committed, aborted, abandoned.

use std::collections::BTreeSet;
use std::time::Duration;

use npivot_hal::{ErrorKind, Outcome, ZoneEdit, ZoneMember, ZoneTransaction, edit_zones};

use crate::Ability::{Fabric, Zoning};
use crate::bed::{Bed, PREFIX, Verdict, Zones, ensure, refused, same};
use crate::case::{Case, case};

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    case!(Zoning, ReadOnly, [Fabric, Zoning], what_is_in_force_has_no_aliases,
        "EffectiveZones::zones: its zones, without aliases"),
    case!(Zoning, ReadOnly, [Fabric, Zoning], defined_names_resolve,
        "ZoneDatabase: zone sets name zones, zones name aliases: all of them are there"),
    case!(Zoning, Changes, [Fabric, Zoning], nothing_is_seen_before_the_commit,
        "Zoning: nothing of a transaction is visible to readers before its commit"),
    case!(Zoning, Changes, [Fabric, Zoning], a_commit_saves,
        "Zoning::commit: saves the database"),
    case!(Zoning, Changes, [Fabric, Zoning], a_commit_without_zone_set_leaves_what_is_in_force,
        "Zoning::commit: None: leaves the effective configuration alone"),
    case!(Zoning, Changes, [Fabric, Zoning], a_commit_with_the_zone_set_puts_it_in_force,
        "Zoning::commit: puts a zone set in force"),
    case!(Zoning, Changes, [Fabric, Zoning], a_commit_that_changes_nothing_is_unchanged,
        "Zoning::commit: Unchanged when neither differs from before"),
    case!(Zoning, Changes, [Fabric, Zoning], a_commit_ends_the_transaction,
        "Zoning::commit: ends the transaction; Conflict: not the open transaction"),
    case!(Zoning, Changes, [Fabric, Zoning], a_commit_of_no_such_zone_set_is_refused,
        "Zoning::commit: NotFound: no such zone set; the transaction stays open"),
    case!(Zoning, Changes, [Fabric, Zoning], a_second_begin_is_busy,
        "Zoning::begin: Busy: somebody else has it"),
    case!(Zoning, Changes, [Fabric, Zoning], a_stale_checksum_is_a_conflict_on_edit,
        "Zoning::edit: Conflict: an old checksum"),
    case!(Zoning, Changes, [Fabric, Zoning], a_stale_checksum_is_a_conflict_on_commit,
        "Zoning::commit: Conflict as for edit"),
    case!(Zoning, Changes, [Fabric, Zoning], a_foreign_transaction_is_a_conflict,
        "Zoning::edit: Conflict: not the open transaction"),
    case!(Zoning, Changes, [Fabric, Zoning], an_abort_restores,
        "Zoning::abort: drops the transaction's changes and ends it"),
    case!(Zoning, Changes, [Fabric, Zoning], an_ended_transaction_may_be_aborted,
        "Zoning::abort: one that has ended already is no error"),
    case!(Zoning, Changes, [Fabric, Zoning], an_abort_ends_ones_own_only,
        "Zoning::abort: one that has ended is no error, and ends no other"),
    case!(Zoning, Changes, [Fabric, Zoning], transactions_have_tokens_of_their_own,
        "ZoneTransaction::token: a later one has another"),
    case!(Zoning, Changes, [Fabric, Zoning], the_lock_is_a_switchs,
        "ZoneTransaction::lock_domain: the domain that holds the fabric's lock"),
    case!(Zoning, Changes, [Fabric, Zoning], an_abandoned_transaction_ends_by_itself,
        "Zoning: a transaction that is abandoned must end by itself"),
    case!(Zoning, Changes, [Fabric, Zoning], edit_zones_without_edits_leaves_no_lock,
        "edit_zones: no edit is Unchanged and leaves the fabric alone"),
    case!(Zoning, Changes, [Fabric, Zoning], edit_zones_that_fails_leaves_no_lock,
        "edit_zones: the transaction is aborted then"),
];

fn set(name: &str) -> ZoneEdit {
    ZoneEdit::CreateZoneSet(format!("{PREFIX}{name}"))
}

async fn has(zones: &Zones<'_>, name: &str) -> Verdict<bool> {
    let defined = zones.zoning()?.defined().await?;
    Ok(defined.zone_sets.contains_key(&format!("{PREFIX}{name}")))
}

async fn what_is_in_force_has_no_aliases(bed: &Bed) -> Verdict {
    let zones = bed.zones().await?;
    let effective = zones.zoning()?.effective().await?;
    ensure!(
        effective.zone_set.is_some() || effective.zones.is_empty(),
        "zones are in force without a zone set: {effective:?}"
    );
    for (name, zone) in &effective.zones {
        let mut members = zone.members.iter().chain(&zone.principals);
        let alias = members.find(|member| matches!(member, ZoneMember::Alias(_)));
        ensure!(alias.is_none(), "zone {name} in force has the alias {alias:?}");
    }
    Ok(())
}

async fn defined_names_resolve(bed: &Bed) -> Verdict {
    let zones = bed.zones().await?;
    let defined = zones.zoning()?.defined().await?;
    for (set, names) in &defined.zone_sets {
        let missing = names.iter().find(|name| !defined.zones.contains_key(*name));
        ensure!(missing.is_none(), "zone set {set} has {missing:?}, which is no zone");
    }
    for (name, zone) in &defined.zones {
        for member in zone.members.iter().chain(&zone.principals) {
            if let ZoneMember::Alias(alias) = member {
                ensure!(defined.aliases.contains_key(alias), "zone {name}: no alias {alias}");
            }
        }
    }
    Ok(())
}

async fn nothing_is_seen_before_the_commit(bed: &Bed) -> Verdict {
    let zones = bed.zones().await?;
    let zoning = zones.zoning()?;
    let before = (zoning.defined().await?, zoning.effective().await?);
    let open = zones.begin().await?;
    let (_, outcome) = zoning.edit(&open, set("early")).await?;
    same("outcome of the edit", &outcome, &Outcome::Changed)?;
    let now = (zoning.defined().await?, zoning.effective().await?);
    same("defined and effective before the commit", &now, &before)
}

async fn a_commit_saves(bed: &Bed) -> Verdict {
    let zones = bed.zones().await?;
    let outcome = zones.change([set("saved")], None).await?;
    same("outcome", &outcome, &Outcome::Changed)?;
    ensure!(has(&zones, "saved").await?, "committed, and not in defined()");
    Ok(())
}

/// A zone of nobody's, in the zone set that is in force.
async fn new_zone(bed: &Bed, zones: &Zones<'_>) -> Verdict<(String, Vec<ZoneEdit>)> {
    let enabled = zones.in_force().await?;
    let zone = format!("{PREFIX}zone");
    // Names of NAA 5 from a block that the suite made up.
    let spare = bed.spare(0).map(|names| names.wwpn).ok();
    let wwpn = spare.or_else(|| npivot_hal::Wwpn::new(0x5001_a4af_ffff_0001));
    let members: BTreeSet<ZoneMember> = wwpn.into_iter().map(ZoneMember::Wwpn).collect();
    let put = ZoneEdit::PutZone(zone.clone(), npivot_hal::Zone::of(members));
    let add = ZoneEdit::AddToZoneSet { zone_set: enabled.clone(), zone };
    Ok((enabled, vec![put, add]))
}

async fn a_commit_without_zone_set_leaves_what_is_in_force(bed: &Bed) -> Verdict {
    let zones = bed.zones().await?;
    let (_, edits) = new_zone(bed, &zones).await?;
    let before = zones.zoning()?.effective().await?;
    let _ = zones.change(edits, None).await?;
    same("effective()", &zones.zoning()?.effective().await?, &before)
}

async fn a_commit_with_the_zone_set_puts_it_in_force(bed: &Bed) -> Verdict {
    let zones = bed.zones().await?;
    let (enabled, edits) = new_zone(bed, &zones).await?;
    let before = zones.zoning()?.effective().await?;
    let outcome = zones.change(edits, Some(&enabled)).await?;
    same("outcome", &outcome, &Outcome::Changed)?;
    let mut now = zones.zoning()?.effective().await?;
    let new = now.zones.remove(&format!("{PREFIX}zone"));
    ensure!(new.is_some(), "the new zone is not in force");
    same("what else is in force", &now, &before)
}

async fn a_commit_that_changes_nothing_is_unchanged(bed: &Bed) -> Verdict {
    let zones = bed.zones().await?;
    let outcome = zones.change([], None).await?;
    same("outcome of an empty commit", &outcome, &Outcome::Unchanged)?;
    let there_and_back = [set("brief"), ZoneEdit::DeleteZoneSet(format!("{PREFIX}brief"))];
    let outcome = zones.change(there_and_back, None).await?;
    same("outcome of a commit of what was undone", &outcome, &Outcome::Unchanged)
}

const CONFLICT: &[ErrorKind] = &[ErrorKind::Conflict];

async fn a_commit_ends_the_transaction(bed: &Bed) -> Verdict {
    let zones = bed.zones().await?;
    let zoning = zones.zoning()?;
    let open = zones.begin().await?;
    let _ = zoning.commit(&open, None).await?;
    refused("edit after the commit", zoning.edit(&open, set("late")).await, CONFLICT)?;
    refused("a second commit", zoning.commit(&open, None).await, CONFLICT)?;
    zones.begin().await?;
    Ok(())
}

async fn a_commit_of_no_such_zone_set_is_refused(bed: &Bed) -> Verdict {
    let zones = bed.zones().await?;
    let zoning = zones.zoning()?;
    let open = zones.begin().await?;
    let (open, _) = zoning.edit(&open, set("kept")).await?;
    let missing = format!("{PREFIX}missing");
    let answer = zoning.commit(&open, Some(&missing)).await;
    refused("commit of no such zone set", answer, &[ErrorKind::NotFound])?;
    let outcome = zoning.commit(&open, None).await?;
    same("outcome of the commit after it", &outcome, &Outcome::Changed)
}

async fn a_second_begin_is_busy(bed: &Bed) -> Verdict {
    let zones = bed.zones().await?;
    let open = zones.begin().await?;
    let answer = zones.zoning()?.begin().await;
    if let Ok(other) = &answer {
        zones.abort_later(other);
    }
    refused("a second begin", answer, &[ErrorKind::Busy])?;
    zones.zoning()?.abort(&open).await?;
    zones.begin().await?;
    Ok(())
}

/// An open transaction, and what it was before its edit.
async fn edited(zones: &Zones<'_>) -> Verdict<(ZoneTransaction, ZoneTransaction)> {
    let old = zones.begin().await?;
    let (new, _) = zones.zoning()?.edit(&old, set("first")).await?;
    ensure!(new.checksum != old.checksum, "an edit that changed something left the checksum");
    same("token after an edit", &new.token, &old.token)?;
    Ok((old, new))
}

async fn a_stale_checksum_is_a_conflict_on_edit(bed: &Bed) -> Verdict {
    let zones = bed.zones().await?;
    let (old, new) = edited(&zones).await?;
    let zoning = zones.zoning()?;
    refused("edit with an old checksum", zoning.edit(&old, set("second")).await, CONFLICT)?;
    let _ = zoning.edit(&new, set("second")).await?;
    Ok(())
}

async fn a_stale_checksum_is_a_conflict_on_commit(bed: &Bed) -> Verdict {
    let zones = bed.zones().await?;
    let (old, new) = edited(&zones).await?;
    let zoning = zones.zoning()?;
    refused("commit with an old checksum", zoning.commit(&old, None).await, CONFLICT)?;
    let outcome = zoning.commit(&new, None).await?;
    same("outcome of the commit with the right one", &outcome, &Outcome::Changed)
}

async fn a_foreign_transaction_is_a_conflict(bed: &Bed) -> Verdict {
    let zones = bed.zones().await?;
    let zoning = zones.zoning()?;
    let open = zones.begin().await?;
    let mut foreign = open.clone();
    foreign.token = open.token.wrapping_add(77);
    refused("edit of another transaction", zoning.edit(&foreign, set("x")).await, CONFLICT)?;
    refused("commit of another transaction", zoning.commit(&foreign, None).await, CONFLICT)?;
    Ok(())
}

async fn an_abort_restores(bed: &Bed) -> Verdict {
    let zones = bed.zones().await?;
    let zoning = zones.zoning()?;
    let before = (zoning.defined().await?, zoning.effective().await?);
    let (_, open) = edited(&zones).await?;
    zoning.abort(&open).await?;
    let now = (zoning.defined().await?, zoning.effective().await?);
    same("defined and effective after the abort", &now, &before)?;
    // What was edited is gone from the next transaction, too.
    let outcome = zones.change([], None).await?;
    same("outcome of the next, empty transaction", &outcome, &Outcome::Unchanged)
}

async fn an_ended_transaction_may_be_aborted(bed: &Bed) -> Verdict {
    let zones = bed.zones().await?;
    let zoning = zones.zoning()?;
    let open = zones.begin().await?;
    zoning.abort(&open).await?;
    zoning.abort(&open).await?;
    let open = zones.begin().await?;
    let _ = zoning.commit(&open, None).await?;
    zoning.abort(&open).await?;
    Ok(())
}

async fn an_abort_ends_ones_own_only(bed: &Bed) -> Verdict {
    let zones = bed.zones().await?;
    let zoning = zones.zoning()?;
    let ended = zones.begin().await?;
    zoning.abort(&ended).await?;
    let open = zones.begin().await?;
    zoning.abort(&ended).await?;
    let _ = zoning.edit(&open, set("mine")).await?;
    Ok(())
}

async fn transactions_have_tokens_of_their_own(bed: &Bed) -> Verdict {
    let zones = bed.zones().await?;
    let mut seen = BTreeSet::new();
    for _ in 0..3 {
        let open = zones.begin().await?;
        ensure!(seen.insert(open.token), "the token {} is given out twice", open.token);
        zones.zoning()?.abort(&open).await?;
    }
    Ok(())
}

async fn the_lock_is_a_switchs(bed: &Bed) -> Verdict {
    let zones = bed.zones().await?;
    let open = zones.begin().await?;
    let switches = zones.fabric.switches().await?;
    let known = switches.iter().any(|switch| switch.domain == open.lock_domain);
    ensure!(known, "the lock is held by domain {}, which no switch has", open.lock_domain);
    Ok(())
}

async fn an_abandoned_transaction_ends_by_itself(bed: &Bed) -> Verdict {
    let zones = bed.zones().await?;
    let zoning = zones.zoning()?;
    let (_, open) = edited(&zones).await?;
    bed.until("the abandoned transaction has ended", Duration::from_mins(8), async || match zoning
        .begin()
        .await
    {
        Ok(next) => {
            zones.abort_later(&next);
            Ok(true)
        }
        Err(error) if error.kind() == ErrorKind::Busy => Ok(false),
        Err(error) => Err(error.into()),
    })
    .await?;
    refused("commit of an abandoned transaction", zoning.commit(&open, None).await, CONFLICT)?;
    ensure!(!has(&zones, "first").await?, "the abandoned edit was saved");
    Ok(())
}

async fn edit_zones_without_edits_leaves_no_lock(bed: &Bed) -> Verdict {
    let zones = bed.zones().await?;
    let outcome = edit_zones(zones.zoning()?, |_, _| Ok(vec![])).await?;
    same("outcome", &outcome, &Outcome::Unchanged)?;
    zones.begin().await?;
    Ok(())
}

async fn edit_zones_that_fails_leaves_no_lock(bed: &Bed) -> Verdict {
    let zones = bed.zones().await?;
    let missing = || (format!("{PREFIX}missing"), format!("{PREFIX}zone"));
    let answer = edit_zones(zones.zoning()?, |_, _| {
        let (zone_set, zone) = missing();
        Ok(vec![set("half"), ZoneEdit::AddToZoneSet { zone_set, zone }])
    });
    refused("an edit of what is not there", answer.await, &[ErrorKind::NotFound])?;
    ensure!(!has(&zones, "half").await?, "half of a failed change was saved");
    zones.begin().await?;
    Ok(())
}
