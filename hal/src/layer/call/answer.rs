//! What a call answered, as far as a layer needs to know it.

use std::fmt;

use crate::{EffectiveZones, LunDetails, LunId, Outcome, Vport, ZoneDatabase, ZoneTransaction};

/// An answer, typed. `Display` prints it on one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Told<'a> {
    /// That it is done, and no more.
    Done,
    /// Whether something changed.
    Outcome(Outcome),
    /// A list of so many entries.
    Entries(usize),
    /// A vport, made or found.
    Vport(&'a Vport, Outcome),
    /// A zoning transaction; with an outcome when it was edited.
    Transaction(&'a ZoneTransaction, Option<Outcome>),
    /// Which volume it is.
    Identity(&'a LunId),
    /// What a logical unit says of itself.
    Details(&'a LunDetails),
    /// The defined zones.
    Defined(&'a ZoneDatabase),
    /// The zones in force.
    Effective(&'a EffectiveZones),
}

/// What a call of the contracts can answer.
pub trait Answer: Send {
    /// The answer, for a layer to look at.
    fn told(&self) -> Told<'_>;
}

impl Answer for () {
    fn told(&self) -> Told<'_> {
        Told::Done
    }
}

impl Answer for Outcome {
    fn told(&self) -> Told<'_> {
        Told::Outcome(*self)
    }
}

impl<T: Send> Answer for Vec<T> {
    fn told(&self) -> Told<'_> {
        Told::Entries(self.len())
    }
}

impl Answer for (Vport, Outcome) {
    fn told(&self) -> Told<'_> {
        Told::Vport(&self.0, self.1)
    }
}

impl Answer for ZoneTransaction {
    fn told(&self) -> Told<'_> {
        Told::Transaction(self, None)
    }
}

impl Answer for (ZoneTransaction, Outcome) {
    fn told(&self) -> Told<'_> {
        Told::Transaction(&self.0, Some(self.1))
    }
}

impl Answer for LunId {
    fn told(&self) -> Told<'_> {
        Told::Identity(self)
    }
}

impl Answer for LunDetails {
    fn told(&self) -> Told<'_> {
        Told::Details(self)
    }
}

impl Answer for ZoneDatabase {
    fn told(&self) -> Told<'_> {
        Told::Defined(self)
    }
}

impl Answer for EffectiveZones {
    fn told(&self) -> Told<'_> {
        Told::Effective(self)
    }
}

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done => f.write_str("done"),
            Self::Outcome(outcome) | Self::Transaction(_, Some(outcome)) => {
                f.write_str(word(*outcome))
            }
            Self::Entries(1) => f.write_str("1 entry"),
            Self::Entries(entries) => write!(f, "{entries} entries"),
            Self::Vport(vport, outcome) => {
                f.write_str(word(*outcome))?;
                if let Some(no) = vport.no {
                    write!(f, ", {no}")?;
                }
                write!(f, ", {}", vport.state)
            }
            // Not its checksum: whoever changes how it is computed should not have to change traces.
            Self::Transaction(transaction, None) => {
                write!(f, "transaction {}", transaction.token)
            }
            Self::Identity(identity) => identity.to_string().escape_debug().fmt(f),
            Self::Details(LunDetails { vendor, product, identity, .. }) => {
                write!(f, "{} {}", vendor.escape_debug(), product.escape_debug())?;
                match identity {
                    Some(identity) => write!(f, ", {}", identity.to_string().escape_debug()),
                    None => f.write_str(", of unknown identity"),
                }
            }
            Self::Defined(ZoneDatabase { aliases, zones, zone_sets, .. }) => {
                let (aliases, zones, sets) = (aliases.len(), zones.len(), zone_sets.len());
                write!(f, "{aliases} aliases, {zones} zones, {sets} zone sets")
            }
            Self::Effective(EffectiveZones { zone_set: Some(set), zones, .. }) => {
                write!(f, "`{}` with {} zones", set.escape_debug(), zones.len())
            }
            Self::Effective(_) => f.write_str("no zone set"),
        }
    }
}

const fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Changed => "changed",
        Outcome::Unchanged => "unchanged",
    }
}
