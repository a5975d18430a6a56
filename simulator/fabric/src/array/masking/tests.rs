//! Masking: the messages, the limits, and a property against the HAL's records as the model.

use std::collections::BTreeMap;

use npivot_hal::{ErrorKind, HostGroup, Lun, Mapping};
use proptest::prelude::*;

use super::super::Nexus;
use super::super::model::tests::{lun, sample, wwpn};
use super::*;

#[test]
fn what_is_refused_and_how() {
    let mut array = sample();
    for group in ["a", "b", "c"] {
        assert_eq!(array.create_group(group), Ok(Outcome::Changed));
    }
    assert_eq!(array.create_group("a"), Ok(Outcome::Unchanged));
    assert_eq!(array.map("a", "v0", 300), Ok(Outcome::Changed));
    assert_eq!(array.add_initiator("a", wwpn(1)), Ok(Outcome::Changed));
    let cases = [
        (array.create_group("d"), "the array has 3 host groups, its most: delete one first"),
        (array.map("d", "v0", 0), "there is no host group `d`: create it first"),
        (array.map("a", "w", 0), "there is no volume `w`: look the name up in the array's list"),
        (
            array.map("a", "v1", 300),
            "LUN 300 of host group `a` shows volume `v0`: unmap that, or take another LUN",
        ),
        (
            array.map("a", "v0", 1),
            "host group `a` sees volume `v0` at LUN 300: unmap it before mapping it elsewhere",
        ),
        (
            array.map("a", "v1", 16_384),
            "LUN 16384 is above 16383, the array's highest: take a lower one",
        ),
        (
            array.add_initiator("b", wwpn(1)),
            "initiator 2100000000000001 is in host group `a`, not `b`: remove it there first",
        ),
    ];
    for (result, message) in cases {
        assert_eq!(result.unwrap_err().to_string(), message);
    }
    assert_eq!(array.lun_of(wwpn(1), array.volume_named("v0").unwrap()), Some(lun(300)));
}

#[test]
fn initiators_are_limited_over_all_groups() {
    let mut array = sample();
    array.create_group("a").unwrap().changed();
    for n in 1..4 {
        assert_eq!(array.add_initiator("a", wwpn(n)), Ok(Outcome::Changed));
    }
    let full = array.add_initiator("a", wwpn(4)).unwrap_err();
    assert_eq!(full.kind(), ErrorKind::LimitReached);
    assert_eq!(array.add_initiator("a", wwpn(3)), Ok(Outcome::Unchanged));
    assert_eq!(array.remove_initiator("a", wwpn(3)), Ok(Outcome::Changed));
    assert_eq!(array.add_initiator("a", wwpn(4)), Ok(Outcome::Changed));
    assert_eq!(array.group_of(wwpn(4)), Some("a"));
}

#[derive(Debug, Clone)]
enum Change {
    Create(String),
    Delete(String),
    Add(String, u64),
    Remove(String, u64),
    Map(String, String, u32),
    Unmap(String, String),
}

fn a_change() -> impl Strategy<Value = Change> {
    let (group, volume) = (|| "[ab]", || "v[0-3]");
    let number = || prop_oneof![0_u32..3, Just(256), Just(16_384)];
    prop_oneof![
        group().prop_map(Change::Create),
        group().prop_map(Change::Delete),
        (group(), 1_u64..5).prop_map(|(group, n)| Change::Add(group, n)),
        (group(), 1_u64..5).prop_map(|(group, n)| Change::Remove(group, n)),
        (group(), volume(), number()).prop_map(|(g, v, n)| Change::Map(g, v, n)),
        (group(), volume()).prop_map(|(group, volume)| Change::Unmap(group, volume)),
    ]
}

type Model = BTreeMap<String, HostGroup>;

/// A change on the HAL's records, by the words of [`npivot_hal::Masking`]: changed or not, or the kind of
/// error.
fn model(groups: &mut Model, change: &Change) -> Result<bool, ErrorKind> {
    let count: usize = groups.values().map(|group| group.initiators.len()).sum();
    let taken = |groups: &Model, n| groups.values().any(|g| g.initiators.contains(&wwpn(n)));
    let is_taken = matches!(change, Change::Add(_, n) if taken(groups, *n));
    let find =
        |groups: &'_ mut Model, name: &String| groups.remove(name).ok_or(ErrorKind::NotFound);
    match change {
        Change::Create(name) if groups.contains_key(name) => Ok(false),
        Change::Create(name) => {
            let group = HostGroup::new(name.as_str(), std::iter::empty().collect(), vec![]);
            Ok(groups.insert(name.clone(), group).is_none())
        }
        Change::Delete(name) => Ok(groups.remove(name).is_some()),
        Change::Add(name, n) => {
            let mut group = find(groups, name)?;
            let result = match (group.initiators.contains(&wwpn(*n)), is_taken) {
                (true, _) => Ok(false),
                (false, true) => Err(ErrorKind::AlreadyExists),
                (false, false) if count == 3 => Err(ErrorKind::LimitReached),
                (false, false) => Ok(group.initiators.insert(wwpn(*n))),
            };
            groups.insert(name.clone(), group);
            result
        }
        Change::Remove(name, n) => {
            let group = groups.get_mut(name).ok_or(ErrorKind::NotFound)?;
            Ok(group.initiators.remove(&wwpn(*n)))
        }
        Change::Map(name, volume, lun) => {
            let group = groups.get_mut(name).ok_or(ErrorKind::NotFound)?;
            let wanted = Mapping { lun: *lun, volume: volume.clone() };
            if *lun > 16_383 {
                return Err(ErrorKind::InvalidArgument);
            }
            if group.mappings.contains(&wanted) {
                return Ok(false);
            }
            if group.mappings.iter().any(|m| m.lun == *lun || m.volume == *volume) {
                return Err(ErrorKind::AlreadyExists);
            }
            group.mappings.push(wanted);
            group.mappings.sort();
            Ok(true)
        }
        Change::Unmap(name, volume) => {
            let group = groups.get_mut(name).ok_or(ErrorKind::NotFound)?;
            let before = group.mappings.len();
            group.mappings.retain(|mapping| mapping.volume != *volume);
            Ok(group.mappings.len() < before)
        }
    }
}

fn apply(array: &mut Array, change: &Change) -> Result<bool, ErrorKind> {
    let outcome = match change {
        Change::Create(group) => array.create_group(group),
        Change::Delete(group) => Ok(array.delete_group(group)),
        Change::Add(group, n) => array.add_initiator(group, wwpn(*n)),
        Change::Remove(group, n) => array.remove_initiator(group, wwpn(*n)),
        Change::Map(group, volume, lun) => array.map(group, volume, *lun),
        Change::Unmap(group, volume) => array.unmap(group, volume),
    };
    outcome.map(Outcome::changed).map_err(|error| error.kind())
}

/// What an initiator sees, by LUN.
fn view(array: &Array, n: u64) -> Vec<(Lun, String)> {
    let seen = array.report_luns(wwpn(n));
    seen.map(|(lun, ix)| (lun, array.volume(ix).name().into())).collect()
}

proptest! {
    #[test]
    fn is_the_model(changes in prop::collection::vec(a_change(), 0..60)) {
        let (mut array, mut groups) = (sample(), Model::new());
        (1..5).for_each(|n| array.note_nexus(wwpn(n), 0));
        for change in &changes {
            let before: Vec<_> = (1..5).map(|n| view(&array, n)).collect();
            prop_assert_eq!(apply(&mut array, change), model(&mut groups, change), "{:?}", change);
            let records: Vec<_> = array.group_records().collect();
            prop_assert_eq!(records, groups.values().cloned().collect::<Vec<_>>());
            for (n, before) in (1..5).zip(before) {
                let after = view(&array, n);
                let nexus = Nexus::new(wwpn(n), 0);
                let told = array.pending_attention(nexus, None).is_some();
                array.luns_reported(wwpn(n), 0);
                prop_assert_eq!(told, before != after, "initiator {} after {:?}", n, change);
                let group = groups.values().find(|group| group.initiators.contains(&wwpn(n)));
                let mappings = group.map_or(&[][..], |group| &group.mappings);
                let expected = mappings.iter().map(|m| (lun(m.lun), m.volume.clone()));
                prop_assert_eq!(&after, &expected.collect::<Vec<_>>());
                for ix in (0..5).map(super::super::VolumeIx) {
                    let at = array.lun_of(wwpn(n), ix);
                    let name = array.volume(ix).name();
                    let listed = after.iter().find(|(_, seen)| seen == name).map(|(lun, _)| *lun);
                    prop_assert_eq!(at, listed);
                    if let Some(at) = at {
                        prop_assert_eq!(array.volume_at(wwpn(n), at), Some(ix));
                    }
                }
            }
        }
    }
}
