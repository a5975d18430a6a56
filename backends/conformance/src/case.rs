//! What a case is: a name, a group, what it needs, what it does to a machine, and what it proves.

use std::fmt;
use std::pin::Pin;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::bed::{Bed, Verdict};

/// Which part of the contract a case is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Group {
    /// What there is: adapters, remote ports, paths, switches, volumes; order and agreement of lists.
    Inventory,
    /// Which volume is behind a path.
    Identity,
    /// The life of a vport.
    Npiv,
    /// Remote ports and scans.
    Discovery,
    /// Paths whose volume was changed or taken away under them.
    Stale,
    /// Resets, cables, and how long a loss is borne.
    Links,
    /// What is told without being asked.
    Events,
    /// Who is logged in to the fabric.
    NameServer,
    /// Zones and their transactions.
    Zoning,
    /// Host groups.
    Masking,
    /// What a refusal says.
    Errors,
    /// The same request twice.
    Idempotence,
    /// What the capabilities promise.
    Limits,
}

impl Group {
    /// All groups, in the order in which their cases run.
    pub const ALL: [Self; 13] = [
        Self::Inventory,
        Self::Identity,
        Self::Npiv,
        Self::Discovery,
        Self::Stale,
        Self::Links,
        Self::Events,
        Self::NameServer,
        Self::Zoning,
        Self::Masking,
        Self::Errors,
        Self::Idempotence,
        Self::Limits,
    ];

    /// The word for it in reports and on command lines.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inventory => "inventory",
            Self::Identity => "identity",
            Self::Npiv => "npiv",
            Self::Discovery => "discovery",
            Self::Stale => "stale",
            Self::Links => "links",
            Self::Events => "events",
            Self::NameServer => "nameserver",
            Self::Zoning => "zoning",
            Self::Masking => "masking",
            Self::Errors => "errors",
            Self::Idempotence => "idempotence",
            Self::Limits => "limits",
        }
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A word that names no group.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a group of cases: expected one of {known}", known = known_groups())]
pub struct NoSuchGroup(String);

fn known_groups() -> String {
    Group::ALL.map(Group::as_str).join(", ")
}

impl FromStr for Group {
    type Err = NoSuchGroup;
    fn from_str(text: &str) -> Result<Self, NoSuchGroup> {
        let found = Self::ALL.into_iter().find(|group| group.as_str() == text);
        found.ok_or_else(|| NoSuchGroup(text.to_owned()))
    }
}

/// What a case does to the machine that it runs on; each includes the ones before.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// It reads. Safe on a machine in production.
    ReadOnly,
    /// It makes and deletes vports, zones and host groups of its own, and nothing of others' changes.
    Changes,
    /// It resets links, pulls cables, fills what has a limit: all that goes through the adapter suffers.
    #[default]
    Disturbs,
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::ReadOnly => "read-only",
            Self::Changes => "changes",
            Self::Disturbs => "disturbs",
        })
    }
}

/// Something that a fixture has or has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Ability {
    /// A [`Host`](npivot_hal::Host).
    Host,
    /// [`Host::npiv`](npivot_hal::Host::npiv).
    Npiv,
    /// [`Host::luns`](npivot_hal::Host::luns).
    Luns,
    /// [`Host::links`](npivot_hal::Host::links).
    Links,
    /// [`Host::events`](npivot_hal::Host::events).
    Events,
    /// At least one [`Fabric`](npivot_hal::Fabric).
    Fabric,
    /// A fabric with [`zoning`](npivot_hal::Fabric::zoning).
    Zoning,
    /// At least one [`Array`](npivot_hal::Array).
    Array,
    /// An array with [`masking`](npivot_hal::Array::masking).
    Masking,
    /// [`Fixture::spare_names`](crate::Fixture::spare_names).
    SpareNames,
    /// A guest in [`Fixture::known`](crate::Fixture::known).
    Guest,
    /// [`Fixture::bench`](crate::Fixture::bench).
    Bench,
}

impl fmt::Display for Ability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Host => "a host",
            Self::Npiv => "Host::npiv",
            Self::Luns => "Host::luns",
            Self::Links => "Host::links",
            Self::Events => "Host::events",
            Self::Fabric => "a fabric",
            Self::Zoning => "Fabric::zoning",
            Self::Array => "an array",
            Self::Masking => "Array::masking",
            Self::SpareNames => "Fixture::spare_names",
            Self::Guest => "a guest in Fixture::known",
            Self::Bench => "Fixture::bench",
        })
    }
}

/// What a fixture must have for a case to mean anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Needs(pub(crate) &'static [Ability]);

impl Needs {
    /// What is needed.
    pub const fn abilities(self) -> &'static [Ability] {
        self.0
    }
}

pub(crate) type Running<'a> = Pin<Box<dyn Future<Output = Verdict> + 'a>>;

/// One thing that the contract says, tried.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Case {
    /// Its name, unique over all groups: `create_returns_the_names_asked`.
    pub name: &'static str,
    /// Its group.
    pub group: Group,
    /// What the fixture must have.
    pub needs: Needs,
    /// What it does to the machine.
    pub access: Access,
    /// What it proves: the place in the contract, and the sentence.
    pub doc: &'static str,
    /// How long it may take, in the fixture's time.
    pub deadline: Duration,
    pub(crate) run: for<'a> fn(&'a Bed) -> Running<'a>,
}

impl Case {
    /// The same case with more time.
    pub(crate) const fn within(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }
}

/// How long a case may take that is not given more.
pub(crate) const DEADLINE: Duration = Duration::from_mins(10);

/// Names a function as a case: group, access, needs, function, what it proves.
macro_rules! case {
    ($group:ident, $access:ident, $needs:expr, $function:ident, $doc:literal) => {
        $crate::case::Case {
            name: stringify!($function),
            group: $crate::case::Group::$group,
            needs: $crate::case::Needs(&$needs),
            access: $crate::case::Access::$access,
            doc: $doc,
            deadline: $crate::case::DEADLINE,
            run: |bed| Box::pin($function(bed)),
        }
    };
}
pub(crate) use case;
