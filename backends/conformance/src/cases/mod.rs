//! The cases, one file for each part of the contract. A case is a function and a row in its file's
//! `CASES`, which says what it proves.

mod array;
mod fabric;
mod general;
mod host;
mod walks;

use std::sync::LazyLock;

use crate::{Case, Group};

/// All cases, in the order in which they run: that of [`Group::ALL`].
pub fn cases() -> &'static [Case] {
    static ALL: LazyLock<Vec<Case>> = LazyLock::new(|| {
        let files = [host::ALL, fabric::ALL, array::ALL, general::ALL, walks::ALL];
        let all: Vec<Case> = files.into_iter().flatten().copied().flatten().copied().collect();
        let of = |group: Group| all.iter().filter(move |case| case.group == group).copied();
        Group::ALL.into_iter().flat_map(of).collect()
    });
    &ALL
}
