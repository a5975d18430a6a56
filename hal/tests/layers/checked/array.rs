//! An array.

use std::sync::Arc;

use npivot_hal::layer::CheckedArray;
use npivot_hal::{Array, ErrorKind, Masking, Outcome};

use super::must_refuse;
use crate::toy::{ToyArray, names, now};

fn with_groups(test: impl FnOnce(&ToyArray, &dyn Masking)) {
    let toy = Arc::new(ToyArray::default());
    let array = CheckedArray::new(toy.clone());
    let masking = array.masking().unwrap();
    for group in ["g", "h"] {
        assert_eq!(now(masking.create_group(group)).unwrap(), Outcome::Changed);
    }
    toy.take_asked();
    test(&toy, masking);
}

#[test]
fn no_such_group() {
    with_groups(|toy, masking| {
        let n = "no\nne";
        for (operation, answer) in [
            ("add initiator", now(masking.add_initiator(n, names(5).wwpn))),
            ("remove initiator", now(masking.remove_initiator(n, names(5).wwpn))),
            ("map volume", now(masking.map(n, "v0", 0))),
            ("unmap volume", now(masking.unmap(n, "v0"))),
        ] {
            let line = format!(
                "{operation} on host group `no\\nne`: array-1 has no such group: create it first"
            );
            must_refuse(answer, ErrorKind::NotFound, &line);
        }
        assert_eq!(toy.take_asked(), ["groups"; 4]);
        assert_eq!(now(masking.delete_group(n)).unwrap(), Outcome::Unchanged);
    });
}

#[test]
fn a_group_without_a_name() {
    with_groups(|toy, masking| {
        must_refuse(
            now(masking.create_group("")),
            ErrorKind::InvalidArgument,
            "create host group on array-1: a host group without a name: expected at least one character",
        );
        assert_eq!(toy.take_asked(), [""; 0]);
        assert_eq!(now(masking.create_group("g")).unwrap(), Outcome::Unchanged);
        assert_eq!(now(masking.delete_group("")).unwrap(), Outcome::Unchanged, "it is not there");
    });
}

#[test]
fn an_initiator_of_another_group() {
    with_groups(|toy, masking| {
        let add = |group, n| now(masking.add_initiator(group, names(n).wwpn));
        assert_eq!(add("g", 5).unwrap(), Outcome::Changed);
        assert_eq!(add("g", 5).unwrap(), Outcome::Unchanged);
        toy.take_asked();
        must_refuse(
            add("h", 5),
            ErrorKind::AlreadyExists,
            "add initiator on 2100001b32a9da05: it is in group `g`: an initiator is in one group at most, remove it there first",
        );
        assert_eq!(toy.take_asked(), ["groups"]);
        assert_eq!(now(masking.remove_initiator("h", names(5).wwpn)).unwrap(), Outcome::Unchanged);
    });
}

#[test]
fn more_initiators_than_there_is_room_for() {
    with_groups(|toy, masking| {
        let add = |group, n| now(masking.add_initiator(group, names(n).wwpn));
        for (group, n) in [("g", 5), ("h", 6), ("h", 7)] {
            assert_eq!(add(group, n).unwrap(), Outcome::Changed);
        }
        toy.take_asked();
        must_refuse(
            add("g", 8),
            ErrorKind::LimitReached,
            "add initiator on array-1: 3 of 3 initiators in use: remove one first",
        );
        assert_eq!(toy.take_asked(), ["groups"]);
        assert_eq!(add("h", 7).unwrap(), Outcome::Unchanged);
    });
}

#[test]
fn mappings_that_cannot_be() {
    with_groups(|toy, masking| {
        let map = |volume, lun| now(masking.map("g", volume, lun));
        assert_eq!(map("v0", 9).unwrap(), Outcome::Changed);
        assert_eq!(map("v0", 9).unwrap(), Outcome::Unchanged);
        toy.take_asked();
        must_refuse(
            map("v1", 10),
            ErrorKind::InvalidArgument,
            "map volume on array-1: LUN 10 is above the array's limit: expected 0 to 9",
        );
        must_refuse(
            map("v1", 9),
            ErrorKind::AlreadyExists,
            "map volume on host group `g`: LUN 9 shows volume `v0`: choose another LUN or unmap that volume",
        );
        must_refuse(
            map("v0", 1),
            ErrorKind::AlreadyExists,
            "map volume on host group `g`: volume `v0` has LUN 9 in this group: unmap it first",
        );
        must_refuse(
            map("nothing", 1),
            ErrorKind::NotFound,
            "map volume on volume `nothing`: array-1 has no such volume: expected the name of one",
        );
        assert!(!toy.take_asked().contains(&"map"));
        assert_eq!(now(masking.map("h", "v0", 1)).unwrap(), Outcome::Changed, "another group");
        assert_eq!(now(masking.unmap("g", "nothing")).unwrap(), Outcome::Unchanged);
    });
}
