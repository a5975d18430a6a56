//! What each zone edit does, and what it is refused for.

use npivot_hal::{ErrorKind, Outcome, Wwpn, Zone, ZoneDatabase, ZoneEdit, ZoneMember};

use crate::Ability::{Fabric, Zoning};
use crate::bed::{Bed, PREFIX, Problem, Verdict, Zones, ensure, same};
use crate::case::{Case, case};

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    case!(Zoning, Changes, [Fabric, Zoning], put_alias_makes_and_replaces,
        "ZoneEdit::PutAlias: makes an alias, or replaces its members"),
    case!(Zoning, Changes, [Fabric, Zoning], put_zone_makes_and_replaces,
        "ZoneEdit::PutZone: makes a zone, or replaces it"),
    case!(Zoning, Changes, [Fabric, Zoning], a_peer_zone_keeps_its_principals,
        "Zone::principals: principals of a peer zone"),
    case!(Zoning, Changes, [Fabric, Zoning], delete_zone_takes_it_out_of_zone_sets,
        "ZoneEdit::DeleteZone: deletes a zone and takes it out of every zone set"),
    case!(Zoning, Changes, [Fabric, Zoning], a_zone_is_put_into_a_zone_set_and_taken_out,
        "ZoneEdit::AddToZoneSet, RemoveFromZoneSet"),
    case!(Zoning, Changes, [Fabric, Zoning], other_objects_are_left_alone,
        "ZoneEdit: one change to the defined database, and no other"),
    case!(Zoning, Changes, [Fabric, Zoning], an_alias_in_use_is_not_deleted,
        "ZoneEdit::DeleteAlias: which no zone may use; InvalidArgument: a database that is not valid"),
    case!(Zoning, Changes, [Fabric, Zoning], an_alias_of_an_alias_is_refused,
        "ZoneDatabase::aliases: each for any number of members, not for aliases"),
    case!(Zoning, Changes, [Fabric, Zoning], a_zone_with_an_unknown_alias_is_refused,
        "Zoning::edit: NotFound: the edit names what is not there"),
    case!(Zoning, Changes, [Fabric, Zoning], an_unknown_zone_is_not_added,
        "Zoning::edit: NotFound: the edit names what is not there"),
    case!(Zoning, Changes, [Fabric, Zoning], nothing_is_added_to_an_unknown_zone_set,
        "Zoning::edit: NotFound: the edit names what is not there"),
    case!(Zoning, Changes, [Fabric, Zoning], the_zone_set_in_force_is_not_deleted,
        "ZoneEdit::DeleteZoneSet: which must not be enabled"),
    case!(Zoning, Changes, [Fabric, Zoning], an_empty_name_is_refused,
        "Zoning::edit: InvalidArgument: a database that is not valid"),
    case!(Zoning, Changes, [Fabric, Zoning], a_refused_edit_leaves_the_transaction_as_it_was,
        "Zoning::edit: refused is not done, and the transaction goes on"),
    case!(Idempotence, Changes, [Fabric, Zoning], each_edit_twice_is_unchanged,
        "ZoneEdit: each is idempotent: asked for what is already so, it is Unchanged"),
    case!(Idempotence, Changes, [Fabric, Zoning], deleting_what_is_absent_is_unchanged,
        "ZoneEdit: each is idempotent: what is not there is deleted already"),
];

fn own(name: &str) -> String {
    format!("{PREFIX}{name}")
}

fn member(n: u64) -> Verdict<ZoneMember> {
    let wwpn = Wwpn::new(0x5001_a4af_ffff_0000 + n);
    wwpn.map(ZoneMember::Wwpn).ok_or_else(|| Problem::failed("not a name"))
}

fn zone(n: u64) -> Verdict<Zone> {
    Ok(Zone::of([member(n)?, member(n + 1)?]))
}

/// The database after these edits were committed.
async fn after(zones: &Zones<'_>, edits: Vec<ZoneEdit>) -> Verdict<ZoneDatabase> {
    let _ = zones.change(edits, None).await?;
    Ok(zones.zoning()?.defined().await?)
}

async fn put_alias_makes_and_replaces(bed: &Bed) -> Verdict {
    let zones = bed.zones().await?;
    for n in [1, 3] {
        let put = ZoneEdit::PutAlias(own("a"), [member(n)?].into());
        let defined = after(&zones, vec![put]).await?;
        same("members of the alias", &defined.aliases.get(&own("a")), &Some(&[member(n)?].into()))?;
    }
    Ok(())
}

async fn put_zone_makes_and_replaces(bed: &Bed) -> Verdict {
    let zones = bed.zones().await?;
    for n in [1, 3] {
        let defined = after(&zones, vec![ZoneEdit::PutZone(own("z"), zone(n)?)]).await?;
        same("the zone", &defined.zones.get(&own("z")), &Some(&zone(n)?))?;
    }
    Ok(())
}

async fn a_peer_zone_keeps_its_principals(bed: &Bed) -> Verdict {
    let zones = bed.zones().await?;
    let mut peer = zone(1)?;
    peer.principals.insert(member(9)?);
    let put = ZoneEdit::PutZone(own("peer"), peer.clone());
    let defined = after(&zones, vec![put]).await?;
    same("the peer zone", &defined.zones.get(&own("peer")), &Some(&peer))
}

/// A zone in a zone set.
fn zone_in_set() -> Verdict<Vec<ZoneEdit>> {
    let add = ZoneEdit::AddToZoneSet { zone_set: own("s"), zone: own("z") };
    Ok(vec![ZoneEdit::PutZone(own("z"), zone(1)?), ZoneEdit::CreateZoneSet(own("s")), add])
}

async fn delete_zone_takes_it_out_of_zone_sets(bed: &Bed) -> Verdict {
    let zones = bed.zones().await?;
    let _ = after(&zones, zone_in_set()?).await?;
    let defined = after(&zones, vec![ZoneEdit::DeleteZone(own("z"))]).await?;
    ensure!(!defined.zones.contains_key(&own("z")), "the zone is still there");
    same("the zone set", &defined.zone_sets.get(&own("s")), &Some(&[].into()))
}

async fn a_zone_is_put_into_a_zone_set_and_taken_out(bed: &Bed) -> Verdict {
    let zones = bed.zones().await?;
    let defined = after(&zones, zone_in_set()?).await?;
    same("the zone set", &defined.zone_sets.get(&own("s")), &Some(&[own("z")].into()))?;
    let remove = ZoneEdit::RemoveFromZoneSet { zone_set: own("s"), zone: own("z") };
    let defined = after(&zones, vec![remove]).await?;
    same("the zone set", &defined.zone_sets.get(&own("s")), &Some(&[].into()))?;
    ensure!(defined.zones.contains_key(&own("z")), "the zone went with its place in the set");
    Ok(())
}

async fn other_objects_are_left_alone(bed: &Bed) -> Verdict {
    let zones = bed.zones().await?;
    let before = zones.zoning()?.defined().await?;
    let mut now = after(&zones, zone_in_set()?).await?;
    now.zones.remove(&own("z"));
    now.zone_sets.remove(&own("s"));
    same("the rest of the database", &now, &before)
}

/// That an edit is refused so, after others in the same transaction.
async fn is_refused(bed: &Bed, first: &[ZoneEdit], last: ZoneEdit, kind: ErrorKind) -> Verdict {
    let zones = bed.zones().await?;
    let what = format!("refusal of {last:?}");
    let error = zones.refusal(first, last).await?;
    same(&what, &error.kind(), &kind)
}

async fn an_alias_in_use_is_not_deleted(bed: &Bed) -> Verdict {
    let user = Zone::of([ZoneMember::Alias(own("a")), member(1)?]);
    let first =
        [ZoneEdit::PutAlias(own("a"), [member(2)?].into()), ZoneEdit::PutZone(own("z"), user)];
    is_refused(bed, &first, ZoneEdit::DeleteAlias(own("a")), ErrorKind::InvalidArgument).await
}

async fn an_alias_of_an_alias_is_refused(bed: &Bed) -> Verdict {
    let first = [ZoneEdit::PutAlias(own("a"), [member(2)?].into())];
    let nested = ZoneEdit::PutAlias(own("b"), [ZoneMember::Alias(own("a"))].into());
    is_refused(bed, &first, nested, ErrorKind::InvalidArgument).await
}

async fn a_zone_with_an_unknown_alias_is_refused(bed: &Bed) -> Verdict {
    let zone = Zone::of([ZoneMember::Alias(own("missing"))]);
    is_refused(bed, &[], ZoneEdit::PutZone(own("z"), zone), ErrorKind::NotFound).await
}

async fn an_unknown_zone_is_not_added(bed: &Bed) -> Verdict {
    let first = [ZoneEdit::CreateZoneSet(own("s"))];
    let add = ZoneEdit::AddToZoneSet { zone_set: own("s"), zone: own("missing") };
    is_refused(bed, &first, add, ErrorKind::NotFound).await
}

async fn nothing_is_added_to_an_unknown_zone_set(bed: &Bed) -> Verdict {
    let first = [ZoneEdit::PutZone(own("z"), zone(1)?)];
    let add = ZoneEdit::AddToZoneSet { zone_set: own("missing"), zone: own("z") };
    is_refused(bed, &first, add, ErrorKind::NotFound).await
}

async fn the_zone_set_in_force_is_not_deleted(bed: &Bed) -> Verdict {
    let enabled = bed.zones().await?.in_force().await?;
    is_refused(bed, &[], ZoneEdit::DeleteZoneSet(enabled), ErrorKind::InvalidArgument).await
}

async fn an_empty_name_is_refused(bed: &Bed) -> Verdict {
    for edit in [
        ZoneEdit::PutZone(String::new(), zone(1)?),
        ZoneEdit::PutAlias(String::new(), [member(1)?].into()),
        ZoneEdit::CreateZoneSet(String::new()),
    ] {
        is_refused(bed, &[], edit, ErrorKind::InvalidArgument).await?;
    }
    Ok(())
}

async fn a_refused_edit_leaves_the_transaction_as_it_was(bed: &Bed) -> Verdict {
    let zones = bed.zones().await?;
    let zoning = zones.zoning()?;
    let open = zones.begin().await?;
    let (open, _) = zoning.edit(&open, ZoneEdit::CreateZoneSet(own("s"))).await?;
    let add = ZoneEdit::AddToZoneSet { zone_set: own("s"), zone: own("missing") };
    ensure!(zoning.edit(&open, add).await.is_err(), "an unknown zone was added");
    // The checksum from before the refusal is still the right one.
    let _ = zoning.commit(&open, None).await?;
    let defined = zoning.defined().await?;
    same("the zone set", &defined.zone_sets.get(&own("s")), &Some(&[].into()))
}

async fn each_edit_twice_is_unchanged(bed: &Bed) -> Verdict {
    let zones = bed.zones().await?;
    let zoning = zones.zoning()?;
    let mut edits = vec![ZoneEdit::PutAlias(own("a"), [member(5)?].into())];
    edits.extend(zone_in_set()?);
    edits.push(ZoneEdit::RemoveFromZoneSet { zone_set: own("s"), zone: own("z") });
    edits.push(ZoneEdit::DeleteZone(own("z")));
    edits.push(ZoneEdit::DeleteZoneSet(own("s")));
    edits.push(ZoneEdit::DeleteAlias(own("a")));
    let mut open = zones.begin().await?;
    for edit in edits {
        for expected in [Outcome::Changed, Outcome::Unchanged] {
            let (next, outcome) = zoning.edit(&open, edit.clone()).await?;
            open = next;
            same(&format!("outcome of {edit:?}"), &outcome, &expected)?;
        }
    }
    Ok(())
}

async fn deleting_what_is_absent_is_unchanged(bed: &Bed) -> Verdict {
    let zones = bed.zones().await?;
    let zoning = zones.zoning()?;
    let mut open = zones.begin().await?;
    for edit in [
        ZoneEdit::DeleteAlias(own("missing")),
        ZoneEdit::DeleteZone(own("missing")),
        ZoneEdit::DeleteZoneSet(own("missing")),
    ] {
        let (next, outcome) = zoning.edit(&open, edit.clone()).await?;
        open = next;
        same(&format!("outcome of {edit:?}"), &outcome, &Outcome::Unchanged)?;
    }
    Ok(())
}
