//! Host groups: who sees which volume, at which LUN.

use npivot_hal::{ErrorKind, HostGroup, Mapping, Outcome};

use crate::Ability::{Array, Masking, SpareNames};
use crate::bed::{Bed, Mask, PREFIX, Problem, Verdict, ensure, refused, same};
use crate::case::{Case, case};

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    case!(Masking, Changes, [Array, Masking], a_new_group_is_empty,
        "Masking::create_group: makes an empty group"),
    case!(Masking, Changes, [Array, Masking], groups_stay_in_order,
        "Array: lists in ascending order of name, in whatever order they are made"),
    case!(Masking, Changes, [Array, Masking], a_deleted_group_is_gone,
        "Masking::delete_group: deletes a group with its mappings"),
    case!(Masking, Changes, [Array, Masking, SpareNames], a_deleted_groups_initiators_are_free,
        "Masking::delete_group: its initiators are in no group then"),
    case!(Masking, Changes, [Array, Masking, SpareNames], an_initiator_is_added,
        "Masking::add_initiator: lets an initiator see what the group sees"),
    case!(Masking, Changes, [Array, Masking, SpareNames], an_initiator_is_in_one_group,
        "Masking::add_initiator: AlreadyExists: the initiator is in another group"),
    case!(Masking, Changes, [Array, Masking, SpareNames], an_initiator_may_move,
        "Masking::remove_initiator: takes that away; then another group may have it"),
    case!(Masking, Changes, [Array, Masking, SpareNames], no_initiator_is_added_to_no_group,
        "Masking::add_initiator: NotFound: no such group"),
    case!(Masking, Changes, [Array, Masking, SpareNames], no_initiator_is_removed_from_no_group,
        "Masking::remove_initiator: NotFound: no such group"),
    case!(Masking, Changes, [Array, Masking], a_volume_is_mapped,
        "Masking::map: shows a volume to a group at a LUN"),
    case!(Masking, Changes, [Array, Masking], mappings_stay_in_order,
        "HostGroup::mappings: by LUN, in whatever order they are made"),
    case!(Masking, Changes, [Array, Masking], a_lun_shows_one_volume,
        "Masking::map: AlreadyExists: the LUN shows another volume"),
    case!(Masking, Changes, [Array, Masking], a_volume_has_one_lun_in_a_group,
        "Masking::map: AlreadyExists: the volume has another LUN in this group"),
    case!(Masking, Changes, [Array, Masking], a_volume_may_be_in_two_groups,
        "Masking::map: another LUN in this group, and not in another"),
    case!(Masking, Changes, [Array, Masking], nothing_is_mapped_to_no_group,
        "Masking::map: NotFound: no such group"),
    case!(Masking, Changes, [Array, Masking], no_volume_is_mapped,
        "Masking::map: NotFound: no such volume"),
    case!(Masking, Changes, [Array, Masking], a_volume_is_unmapped,
        "Masking::unmap: takes a volume away from a group, and no other"),
    case!(Masking, Changes, [Array, Masking], nothing_is_unmapped_from_no_group,
        "Masking::unmap: NotFound: no such group"),
    case!(Masking, Changes, [Array, Masking, SpareNames], a_refused_change_changes_nothing,
        "Masking: refused is not done"),
    case!(Masking, Changes, [Array, Masking], other_groups_are_left_alone,
        "Masking: this group, and no other"),
    case!(Idempotence, Changes, [Array, Masking, SpareNames], a_group_made_again_keeps_its_content,
        "Masking::create_group: one of that name is Unchanged, whatever is in it"),
    case!(Idempotence, Changes, [Array, Masking], a_group_deleted_again_is_unchanged,
        "Masking::delete_group: one that does not exist is Unchanged"),
    case!(Idempotence, Changes, [Array, Masking, SpareNames], an_initiator_added_again_is_unchanged,
        "Outcome::Unchanged: it was so already"),
    case!(Idempotence, Changes, [Array, Masking, SpareNames], an_initiator_removed_again_is_unchanged,
        "Masking::remove_initiator: an initiator that is not in the group is Unchanged"),
    case!(Idempotence, Changes, [Array, Masking], the_same_mapping_again_is_unchanged,
        "Masking::map: the same mapping again is Unchanged"),
    case!(Idempotence, Changes, [Array, Masking], an_unmapped_volume_unmapped_is_unchanged,
        "Masking::unmap: one that is not mapped is Unchanged"),
];

const NO_GROUP: &str = "npct_missing";
const NOT_FOUND: &[ErrorKind] = &[ErrorKind::NotFound];
const TAKEN: &[ErrorKind] = &[ErrorKind::AlreadyExists];

async fn group(mask: &Mask<'_>, name: &str) -> Verdict<Option<HostGroup>> {
    let groups = mask.masking()?.groups().await?;
    Ok(groups.into_iter().find(|group| group.name == name))
}

async fn content(mask: &Mask<'_>, name: &str) -> Verdict<HostGroup> {
    let missing = || Problem::failed(format!("groups() does not list {name}"));
    group(mask, name).await?.ok_or_else(missing)
}

fn at(lun: u32, volume: &str) -> Mapping {
    Mapping { lun, volume: volume.to_owned() }
}

async fn a_new_group_is_empty(bed: &Bed) -> Verdict {
    let mask = bed.mask()?;
    let name = format!("{PREFIX}new");
    mask.delete_later(&name);
    let outcome = mask.masking()?.create_group(&name).await?;
    same("outcome", &outcome, &Outcome::Changed)?;
    same("the group", &content(&mask, &name).await?, &HostGroup::new(name, [].into(), vec![]))
}

async fn groups_stay_in_order(bed: &Bed) -> Verdict {
    let mask = bed.mask()?;
    for name in ["m", "z", "a"] {
        mask.group(name).await?;
    }
    let groups = mask.masking()?.groups().await?;
    crate::bed::strictly_ascending("groups()", groups.iter().map(|group| group.name.as_str()))
}

async fn a_deleted_group_is_gone(bed: &Bed) -> Verdict {
    let mask = bed.mask()?;
    let (masking, name) = (mask.masking()?, mask.group("gone").await?);
    let volume = mask.volume(0).await?.name;
    let _ = masking.map(&name, &volume, 1).await?;
    let outcome = masking.delete_group(&name).await?;
    same("outcome", &outcome, &Outcome::Changed)?;
    ensure!(group(&mask, &name).await?.is_none(), "deleted, and listed");
    let _ = masking.create_group(&name).await?;
    same("its mappings when made anew", &content(&mask, &name).await?.mappings, &vec![])
}

async fn a_deleted_groups_initiators_are_free(bed: &Bed) -> Verdict {
    let mask = bed.mask()?;
    let (masking, wwpn) = (mask.masking()?, bed.spare(0)?.wwpn);
    let (a, b) = (mask.group("a").await?, mask.group("b").await?);
    let _ = masking.add_initiator(&a, wwpn).await?;
    let _ = masking.delete_group(&a).await?;
    let outcome = masking.add_initiator(&b, wwpn).await?;
    same("outcome", &outcome, &Outcome::Changed)
}

async fn an_initiator_is_added(bed: &Bed) -> Verdict {
    let mask = bed.mask()?;
    let (name, wwpn) = (mask.group("a").await?, bed.spare(0)?.wwpn);
    let outcome = mask.masking()?.add_initiator(&name, wwpn).await?;
    same("outcome", &outcome, &Outcome::Changed)?;
    same("its initiators", &content(&mask, &name).await?.initiators, &[wwpn].into())
}

async fn an_initiator_is_in_one_group(bed: &Bed) -> Verdict {
    let mask = bed.mask()?;
    let (masking, wwpn) = (mask.masking()?, bed.spare(0)?.wwpn);
    let (a, b) = (mask.group("a").await?, mask.group("b").await?);
    let _ = masking.add_initiator(&a, wwpn).await?;
    let answer = masking.add_initiator(&b, wwpn).await;
    refused("add_initiator of one in another group", answer, TAKEN)?;
    ensure!(content(&mask, &b).await?.initiators.is_empty(), "refused, and added");
    Ok(())
}

async fn an_initiator_may_move(bed: &Bed) -> Verdict {
    let mask = bed.mask()?;
    let (masking, wwpn) = (mask.masking()?, bed.spare(0)?.wwpn);
    let (a, b) = (mask.group("a").await?, mask.group("b").await?);
    let _ = masking.add_initiator(&a, wwpn).await?;
    let outcome = masking.remove_initiator(&a, wwpn).await?;
    same("outcome of the removal", &outcome, &Outcome::Changed)?;
    let _ = masking.add_initiator(&b, wwpn).await?;
    ensure!(content(&mask, &a).await?.initiators.is_empty(), "removed, and listed");
    same("initiators of the other group", &content(&mask, &b).await?.initiators, &[wwpn].into())
}

async fn no_initiator_is_added_to_no_group(bed: &Bed) -> Verdict {
    let mask = bed.mask()?;
    let answer = mask.masking()?.add_initiator(NO_GROUP, bed.spare(0)?.wwpn).await;
    refused("add_initiator to no group", answer, NOT_FOUND)?;
    Ok(())
}

async fn no_initiator_is_removed_from_no_group(bed: &Bed) -> Verdict {
    let mask = bed.mask()?;
    let answer = mask.masking()?.remove_initiator(NO_GROUP, bed.spare(0)?.wwpn).await;
    refused("remove_initiator from no group", answer, NOT_FOUND)?;
    Ok(())
}

async fn a_volume_is_mapped(bed: &Bed) -> Verdict {
    let mask = bed.mask()?;
    let (name, volume) = (mask.group("a").await?, mask.volume(0).await?.name);
    let outcome = mask.masking()?.map(&name, &volume, 7).await?;
    same("outcome", &outcome, &Outcome::Changed)?;
    same("its mappings", &content(&mask, &name).await?.mappings, &vec![at(7, &volume)])
}

async fn mappings_stay_in_order(bed: &Bed) -> Verdict {
    let mask = bed.mask()?;
    let name = mask.group("a").await?;
    let (a, b) = (mask.volume(0).await?.name, mask.volume(1).await?.name);
    let _ = mask.masking()?.map(&name, &a, 12).await?;
    let _ = mask.masking()?.map(&name, &b, 9).await?;
    same("its mappings", &content(&mask, &name).await?.mappings, &vec![at(9, &b), at(12, &a)])
}

async fn a_lun_shows_one_volume(bed: &Bed) -> Verdict {
    let mask = bed.mask()?;
    let name = mask.group("a").await?;
    let (a, b) = (mask.volume(0).await?.name, mask.volume(1).await?.name);
    let _ = mask.masking()?.map(&name, &a, 0).await?;
    let answer = mask.masking()?.map(&name, &b, 0).await;
    refused("map at a LUN that shows another volume", answer, TAKEN)?;
    same("its mappings", &content(&mask, &name).await?.mappings, &vec![at(0, &a)])
}

async fn a_volume_has_one_lun_in_a_group(bed: &Bed) -> Verdict {
    let mask = bed.mask()?;
    let (name, volume) = (mask.group("a").await?, mask.volume(0).await?.name);
    let _ = mask.masking()?.map(&name, &volume, 0).await?;
    let answer = mask.masking()?.map(&name, &volume, 1).await;
    refused("map of a volume at a second LUN", answer, TAKEN)?;
    same("its mappings", &content(&mask, &name).await?.mappings, &vec![at(0, &volume)])
}

async fn a_volume_may_be_in_two_groups(bed: &Bed) -> Verdict {
    let mask = bed.mask()?;
    let (a, b) = (mask.group("a").await?, mask.group("b").await?);
    let volume = mask.volume(0).await?.name;
    let _ = mask.masking()?.map(&a, &volume, 0).await?;
    let outcome = mask.masking()?.map(&b, &volume, 1).await?;
    same("outcome in the second group", &outcome, &Outcome::Changed)?;
    same("mappings of the first", &content(&mask, &a).await?.mappings, &vec![at(0, &volume)])?;
    same("mappings of the second", &content(&mask, &b).await?.mappings, &vec![at(1, &volume)])
}

async fn nothing_is_mapped_to_no_group(bed: &Bed) -> Verdict {
    let mask = bed.mask()?;
    let volume = mask.volume(0).await?.name;
    refused("map to no group", mask.masking()?.map(NO_GROUP, &volume, 0).await, NOT_FOUND)?;
    Ok(())
}

async fn no_volume_is_mapped(bed: &Bed) -> Verdict {
    let mask = bed.mask()?;
    let name = mask.group("a").await?;
    let answer = mask.masking()?.map(&name, "npct_no_volume", 0).await;
    refused("map of no volume", answer, NOT_FOUND)?;
    Ok(())
}

async fn a_volume_is_unmapped(bed: &Bed) -> Verdict {
    let mask = bed.mask()?;
    let (masking, name) = (mask.masking()?, mask.group("a").await?);
    let (a, b) = (mask.volume(0).await?.name, mask.volume(1).await?.name);
    let _ = masking.map(&name, &a, 0).await?;
    let _ = masking.map(&name, &b, 1).await?;
    let outcome = masking.unmap(&name, &a).await?;
    same("outcome", &outcome, &Outcome::Changed)?;
    same("its mappings", &content(&mask, &name).await?.mappings, &vec![at(1, &b)])
}

async fn nothing_is_unmapped_from_no_group(bed: &Bed) -> Verdict {
    let mask = bed.mask()?;
    let volume = mask.volume(0).await?.name;
    refused("unmap from no group", mask.masking()?.unmap(NO_GROUP, &volume).await, NOT_FOUND)?;
    Ok(())
}

async fn a_refused_change_changes_nothing(bed: &Bed) -> Verdict {
    let mask = bed.mask()?;
    let (masking, wwpn) = (mask.masking()?, bed.spare(0)?.wwpn);
    let (a, b) = (mask.group("a").await?, mask.group("b").await?);
    let volume = mask.volume(0).await?.name;
    let _ = masking.add_initiator(&a, wwpn).await?;
    let _ = masking.map(&a, &volume, 0).await?;
    for nth in 0..5 {
        let before = masking.groups().await?;
        let answer = match nth {
            0 => masking.add_initiator(&b, wwpn).await,
            1 => masking.map(&a, &volume, 1).await,
            2 => masking.map(&a, "npct_no_volume", 2).await,
            3 => masking.map(NO_GROUP, &volume, 0).await,
            _ => masking.add_initiator(NO_GROUP, wwpn).await,
        };
        if let Err(error) = answer {
            let what = format!("groups() after the refusal: {error}");
            same(&what, &masking.groups().await?, &before)?;
        }
    }
    Ok(())
}

async fn other_groups_are_left_alone(bed: &Bed) -> Verdict {
    let mask = bed.mask()?;
    let before = mask.masking()?.groups().await?;
    let (name, volume) = (mask.group("a").await?, mask.volume(0).await?.name);
    let _ = mask.masking()?.map(&name, &volume, 3).await?;
    let mut now = mask.masking()?.groups().await?;
    now.retain(|group| group.name != name);
    same("the other groups", &now, &before)
}

async fn a_group_made_again_keeps_its_content(bed: &Bed) -> Verdict {
    let mask = bed.mask()?;
    let (name, wwpn) = (mask.group("a").await?, bed.spare(0)?.wwpn);
    let _ = mask.masking()?.add_initiator(&name, wwpn).await?;
    let outcome = mask.masking()?.create_group(&name).await?;
    same("outcome", &outcome, &Outcome::Unchanged)?;
    same("its initiators", &content(&mask, &name).await?.initiators, &[wwpn].into())
}

async fn a_group_deleted_again_is_unchanged(bed: &Bed) -> Verdict {
    let mask = bed.mask()?;
    let name = mask.group("a").await?;
    let _ = mask.masking()?.delete_group(&name).await?;
    let outcome = mask.masking()?.delete_group(&name).await?;
    same("outcome", &outcome, &Outcome::Unchanged)
}

async fn an_initiator_added_again_is_unchanged(bed: &Bed) -> Verdict {
    let mask = bed.mask()?;
    let (name, wwpn) = (mask.group("a").await?, bed.spare(0)?.wwpn);
    let _ = mask.masking()?.add_initiator(&name, wwpn).await?;
    let outcome = mask.masking()?.add_initiator(&name, wwpn).await?;
    same("outcome", &outcome, &Outcome::Unchanged)
}

async fn an_initiator_removed_again_is_unchanged(bed: &Bed) -> Verdict {
    let mask = bed.mask()?;
    let (name, wwpn) = (mask.group("a").await?, bed.spare(0)?.wwpn);
    let outcome = mask.masking()?.remove_initiator(&name, wwpn).await?;
    same("outcome", &outcome, &Outcome::Unchanged)
}

async fn the_same_mapping_again_is_unchanged(bed: &Bed) -> Verdict {
    let mask = bed.mask()?;
    let (name, volume) = (mask.group("a").await?, mask.volume(0).await?.name);
    let _ = mask.masking()?.map(&name, &volume, 0).await?;
    let outcome = mask.masking()?.map(&name, &volume, 0).await?;
    same("outcome", &outcome, &Outcome::Unchanged)
}

async fn an_unmapped_volume_unmapped_is_unchanged(bed: &Bed) -> Verdict {
    let mask = bed.mask()?;
    let (name, volume) = (mask.group("a").await?, mask.volume(0).await?.name);
    let outcome = mask.masking()?.unmap(&name, &volume).await?;
    same("outcome", &outcome, &Outcome::Unchanged)
}
