//! Which cases are run.

use crate::{Access, Case, Group, cases};

/// Which cases are run: those that pass all three. The default is all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selection {
    /// Of these groups; empty: of all.
    pub groups: Vec<Group>,
    /// With these names, or names that begin so; empty: any.
    pub names: Vec<String>,
    /// That do no more than this to the machine.
    pub access: Access,
}

impl Selection {
    /// All cases that do no more than this to the machine.
    pub fn all(access: Access) -> Self {
        Self { access, ..Self::default() }
    }

    /// All cases of a group.
    pub fn of_group(group: Group) -> Self {
        Self { groups: vec![group], ..Self::default() }
    }

    /// All cases whose name is this or begins so.
    pub fn named(name: impl Into<String>) -> Self {
        Self { names: vec![name.into()], ..Self::default() }
    }

    /// The cases that it selects, in the order in which they run.
    pub fn select(&self) -> impl Iterator<Item = &'static Case> {
        cases().iter().filter(|case| self.selects(case))
    }

    /// Whether it selects this case.
    pub fn selects(&self, case: &Case) -> bool {
        (self.groups.is_empty() || self.groups.contains(&case.group))
            && (self.names.is_empty()
                || self.names.iter().any(|name| case.name.starts_with(&**name)))
            && case.access <= self.access
    }
}
