//! When a pool is ready.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use npivot_hal::{Event, Host, HostNo, LunId, Result};
use tokio::time::Instant;

use super::{StartOptions, Volumes, read_volumes};
use crate::libvirt::PoolDefinition;
use crate::wait::Changes;

/// The volumes that must be there, and how many usable paths of each.
pub type Expected = BTreeMap<LunId, usize>;

/// When to stop waiting for LUNs.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
    /// When these volumes are there with as many paths as said (at least).
    Expected(Expected),
    /// When at least one volume is there and nothing has happened on the adapter for this long, or the
    /// deadline has passed. For a pool whose volumes nobody has written down.
    Quiet(Duration),
}

/// How a start ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Readiness {
    /// All that was expected is there.
    Complete,
    /// Volumes are there, and nothing more came for a while or until the deadline.
    Quiet,
    /// The deadline passed; these are missing, with how many paths they lack. Empty: no volume at all came
    /// (where nothing was expected by name).
    Partial(BTreeMap<LunId, usize>),
}

impl Readiness {
    /// The same, after every device was asked who it is.
    pub(super) fn confirmed(self, rule: &Rule, found: &Volumes) -> Self {
        match rule {
            Rule::Expected(expected) if self == Self::Complete => {
                let lacking = missing(expected, found);
                if lacking.is_empty() { self } else { Self::Partial(lacking) }
            }
            _ => self,
        }
    }

    /// Whether nothing is missing.
    pub const fn is_ready(&self) -> bool {
        !matches!(self, Self::Partial(_))
    }
}

impl fmt::Display for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Complete => f.write_str("complete"),
            Self::Quiet => f.write_str("quiet"),
            Self::Partial(missing) if missing.is_empty() => f.write_str("no volume has come"),
            Self::Partial(missing) => {
                f.write_str("missing")?;
                for (i, (id, paths)) in missing.iter().enumerate() {
                    let comma = if i > 0 { "," } else { "" };
                    let s = if *paths == 1 { "" } else { "s" };
                    write!(f, "{comma} {paths} path{s} of {id}")?;
                }
                Ok(())
            }
        }
    }
}

/// What a pool's definition expects and its volumes do not have now: LUNs, with how many usable paths they lack.
pub fn lacking(definition: &PoolDefinition, found: &Volumes) -> BTreeMap<LunId, usize> {
    match StartOptions::of(definition).rule {
        Rule::Expected(expected) => missing(&expected, found),
        Rule::Quiet(_) => BTreeMap::new(),
    }
}

/// What of the expected is not there.
pub(crate) fn missing(expected: &Expected, found: &Volumes) -> BTreeMap<LunId, usize> {
    let counts = found.path_counts();
    let lacking = |(id, wanted): (&LunId, &usize)| {
        let lack = wanted.saturating_sub(counts.get(id).copied().unwrap_or(0));
        (lack > 0).then(|| (id.clone(), lack))
    };
    expected.iter().filter_map(lacking).collect()
}

/// Whether an event is about what is behind one of these adapters. [`Event::Lost`] may be.
fn concerns(event: &Event, adapters: &[HostNo]) -> bool {
    match event {
        Event::Lun { address, .. } | Event::LunsChanged { address } => {
            adapters.contains(&address.host)
        }
        Event::RemotePort { adapter, .. } | Event::Rscn { adapter, .. } => {
            adapters.contains(adapter)
        }
        Event::Adapter { no, .. } => adapters.contains(no),
        Event::Vport { .. } => false,
        _ => true,
    }
}

/// Waits, event by event, until the adapters' volumes satisfy the rule or the deadline passes. `changes`
/// was subscribed to before the adapters' vports were made.
pub(super) async fn wait(
    host: &dyn Host,
    adapters: &[HostNo],
    rule: &Rule,
    changes: &mut Changes,
    deadline: Instant,
) -> Result<Readiness> {
    match rule {
        Rule::Expected(expected) => loop {
            // Devices are believed while waiting: asking each at each event would be a storm.
            let lacking = missing(expected, &read_volumes(host, adapters, false).await?);
            if lacking.is_empty() {
                return Ok(Readiness::Complete);
            }
            if changes.next(deadline).await.is_none() {
                return Ok(Readiness::Partial(lacking));
            }
        },
        Rule::Quiet(quiet) => loop {
            let until = (Instant::now() + *quiet).min(deadline);
            // What other adapters do says nothing about these.
            let noise = loop {
                match changes.next(until).await {
                    Some(event) if concerns(&event, adapters) => break true,
                    Some(_) => {}
                    None => break false,
                }
            };
            if noise {
                continue;
            }
            if !read_volumes(host, adapters, false).await?.volumes.is_empty() {
                return Ok(Readiness::Quiet);
            }
            // Nothing yet: without a change there will be nothing.
            if changes.next(deadline).await.is_none() {
                return Ok(Readiness::Partial(BTreeMap::new()));
            }
        },
    }
}
