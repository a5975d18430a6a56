//! From the survey to steps: pure, so that it can be shown, reviewed and tested without any machine.

use std::collections::BTreeSet;
use std::fmt;

use npivot_hal::{Adapter, AdapterKind, Error, PortState, WwnPair, Wwpn};
use rand::Rng;

use super::survey::PoolSurvey;
use super::{Identities, JournalError, Request, Step, Survey};
use crate::libvirt::PoolDefinition;
use crate::pool::Expected;

/// Why there is no plan. Nothing has changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// A machine could not be read.
    #[error("the SAN cannot be read: {0}")]
    Hal(#[from] Error),
    /// A pool of the guest is not up on the source.
    #[error("pool {pool} is not active on {host}: it has no vHBA {wwpn}; start it first")]
    PoolNotActive {
        /// The pool.
        pool: String,
        /// Its name there.
        wwpn: Wwpn,
        /// The source.
        host: String,
    },
    /// A pool is on several vHBAs, or on none.
    #[error(
        "pool {pool} has {count} vHBAs, and only a pool with one can move: one pool per fabric"
    )]
    NotOneVhba {
        /// The pool.
        pool: String,
        /// How many it has; none on a SCSI host.
        count: usize,
    },
    /// A pool has the names of hardware: they cannot move.
    #[error("pool {pool}: {wwpn} is a physical adapter of {host}, not a vHBA: it cannot move")]
    PhysicalAdapter {
        /// The pool.
        pool: String,
        /// The name.
        wwpn: Wwpn,
        /// The source.
        host: String,
    },
    /// An earlier migration was cut off, or has left something behind.
    #[error("the journal has a migration that has not ended: recover it first")]
    Unfinished,
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The destination has no adapter for a pool.
    #[error("{host} has no adapter for pool {pool}, which is on {fabric}{}", reasons(.refused))]
    NoParent {
        /// The pool.
        pool: String,
        /// The destination.
        host: String,
        /// The pool's fabric.
        fabric: String,
        /// Each adapter, and why it is refused.
        refused: Vec<String>,
    },
    /// Not as many prepared identities as pools.
    #[error("{pools} pools need {pools} prepared identities, {given} are given")]
    IdentityCount {
        /// Pools of the request.
        pools: usize,
        /// Identities given.
        given: usize,
    },
    /// No free name was found.
    #[error("no free world wide name was found; take another OUI")]
    NoName,
    /// There is nothing to move.
    #[error("the request has no pool")]
    NoPool,
}

fn reasons(refused: &[String]) -> String {
    if refused.is_empty() { String::new() } else { format!("; {}", refused.join("; ")) }
}

/// One pool's move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolMove {
    /// The pool's name.
    pub pool: String,
    /// The fabric, as its backend calls it; `None` where no listed fabric is the one.
    pub fabric: Option<String>,
    /// The names on the source.
    pub old: WwnPair,
    /// The names on the destination.
    pub new: WwnPair,
    /// The adapter on the destination that will carry it, by port name.
    pub parent: WwnPair,
    /// The volumes, with how many paths each.
    pub expected: Expected,
    /// The array ports that its paths go through.
    pub targets: BTreeSet<Wwpn>,
    /// Whether npivot may delete the old vHBA (`managed` is not `no`).
    pub managed: bool,
    /// Whether npivot does the zoning and masking.
    pub provisioned: bool,
}

/// What will be done, in order. Its `Display` is the text to review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// From where.
    pub source: String,
    /// To where.
    pub destination: String,
    /// The pools.
    pub moves: Vec<PoolMove>,
    /// The steps.
    pub steps: Vec<Step>,
}

impl Plan {
    /// Makes a plan; what the request leaves open is drawn from `chance`.
    ///
    /// # Errors
    /// [`PlanError`].
    pub fn draw(
        survey: &Survey,
        request: &Request,
        chance: &mut impl Rng,
    ) -> Result<Self, PlanError> {
        if request.pools.is_empty() {
            return Err(PlanError::NoPool);
        }
        let names = new_names(survey, request, chance)?;
        let mut moves = vec![];
        let mut definitions = vec![];
        for ((definition, pool), new) in request.pools.iter().zip(&survey.pools).zip(names) {
            let made = plan_move(survey, request, definition, pool, new, &moves)?;
            definitions.push(at_destination(definition, &made));
            moves.push(made);
        }
        let steps = steps(survey, request, &moves, definitions);
        let (source, destination) = (survey.source.clone(), survey.destination.clone());
        Ok(Self { source, destination, moves, steps })
    }
}

fn new_names(
    survey: &Survey,
    request: &Request,
    chance: &mut impl Rng,
) -> Result<Vec<WwnPair>, PlanError> {
    match &request.identities {
        Identities::Prepared(given) if given.len() == request.pools.len() => Ok(given.clone()),
        Identities::Prepared(given) => {
            let (pools, given) = (request.pools.len(), given.len());
            Err(PlanError::IdentityCount { pools, given })
        }
        Identities::Fresh(range) => {
            let mut in_use = survey.in_use.clone();
            let mut draw = || {
                let pair = range.draw(chance, &in_use).ok_or(PlanError::NoName)?;
                in_use.add(pair);
                Ok(pair)
            };
            request.pools.iter().map(|_| draw()).collect()
        }
    }
}

fn plan_move(
    survey: &Survey,
    request: &Request,
    definition: &PoolDefinition,
    pool: &PoolSurvey,
    new: WwnPair,
    before: &[PoolMove],
) -> Result<PoolMove, PlanError> {
    let name = definition.name.to_string();
    let parent = choose_parent(survey, &name, pool, before)?;
    let fabric = survey.fabric_of(pool.adapter.fabric).map(|(name, _)| name.to_owned());
    Ok(PoolMove {
        pool: name,
        fabric,
        old: pool.adapter.names,
        new,
        parent,
        expected: pool.volumes.path_counts(),
        targets: {
            let zoned = survey.zoned_targets(pool.adapter.fabric, pool.adapter.names.wwpn);
            pool.targets.union(&zoned).copied().collect()
        },
        managed: definition.adapter.fc_host().is_none_or(|vhba| vhba.managed != Some(false)),
        provisioned: matches!(request.identities, Identities::Fresh(_)),
    })
}

/// The destination's adapter for a pool: on the same fabric, so that the guest keeps its redundancy; one
/// that carries no other pool of the guest before one that does; then the one with the most free vports.
fn choose_parent(
    survey: &Survey,
    pool_name: &str,
    pool: &PoolSurvey,
    before: &[PoolMove],
) -> Result<WwnPair, PlanError> {
    let mut refused = vec![];
    let mut fit: Vec<(usize, u32, &Adapter)> = vec![];
    for adapter in &survey.candidates {
        let AdapterKind::Physical { npiv } = adapter.kind else {
            continue;
        };
        let shared = before.iter().filter(|m| m.parent == adapter.names).count();
        let taken = u32::try_from(shared).unwrap_or(u32::MAX);
        let why = match npiv {
            None => "is not vport-capable".to_owned(),
            Some(_) if adapter.state != PortState::Online => format!("is {}", adapter.state),
            Some(_) if adapter.fabric != pool.adapter.fabric => "is on another fabric".to_owned(),
            Some(npiv) if npiv.free() <= taken => format!("has no free vport of {}", npiv.max),
            Some(npiv) => {
                fit.push((shared, npiv.free(), adapter));
                continue;
            }
        };
        refused.push(format!("{} ({}) {why}", adapter.no, adapter.names.wwpn));
    }
    fit.sort_by_key(|(shared, free, adapter)| (*shared, std::cmp::Reverse(*free), adapter.no));
    if let Some((_, _, adapter)) = fit.first() {
        return Ok(adapter.names);
    }
    let fabric = match (survey.fabric_of(pool.adapter.fabric), pool.adapter.fabric) {
        (Some((name, _)), _) => format!("fabric {name}"),
        (None, Some(wwn)) => format!("fabric {wwn}"),
        (None, None) => "no fabric at the moment".into(),
    };
    let host = survey.destination.clone();
    Err(PlanError::NoParent { pool: pool_name.to_owned(), host, fabric, refused })
}

/// The definition of a pool on the destination: the same name, UUID and all else, with the new names and
/// the parent that the plan chose.
fn at_destination(definition: &PoolDefinition, made: &PoolMove) -> PoolDefinition {
    let mut there = definition.clone();
    if let Some(vhba) = there.adapter.fc_host_mut() {
        vhba.wwns = made.new;
        vhba.parent = None;
        vhba.parent_wwns = Some(made.parent);
        vhba.parent_fabric_wwn = None;
    }
    there
}

fn steps(
    survey: &Survey,
    request: &Request,
    moves: &[PoolMove],
    definitions: Vec<PoolDefinition>,
) -> Vec<Step> {
    let mut steps = vec![];
    let provisioned = || moves.iter().filter(|m| m.provisioned);
    steps.extend(provisioned().filter_map(|m| {
        let (fabric, zone_set) = zone_set_of(survey, m)?;
        let (initiator, targets) = (m.new.wwpn, m.targets.clone());
        Some(Step::Zone { fabric, zone_set, initiator, targets })
    }));
    for m in provisioned() {
        for (array, group) in groups_of(survey, m.old.wwpn) {
            steps.push(Step::Mask { array, group, initiator: m.new.wwpn });
        }
    }
    for (m, definition) in moves.iter().zip(definitions) {
        let (definition, expected) = (Box::new(definition), m.expected.clone());
        steps.push(Step::StartPool { definition, expected, patience: request.patience });
    }
    let adapters: Vec<WwnPair> = moves.iter().map(|m| m.new).collect();
    steps.push(Step::Compare { adapters: adapters.clone(), expected: all_expected(moves) });
    steps.push(Step::HandOver { adapters, expected: all_expected(moves) });
    for m in moves {
        steps.push(Step::StopPool { pool: m.pool.clone(), names: m.old });
    }
    for m in provisioned() {
        for (array, group) in groups_of(survey, m.old.wwpn) {
            steps.push(Step::Unmask { array, group, initiator: m.old.wwpn });
        }
    }
    steps.extend(provisioned().filter_map(|m| {
        let (fabric, _) = zone_set_of(survey, m)?;
        Some(Step::Unzone { fabric, initiator: m.old.wwpn })
    }));
    steps
}

/// The paths of each volume over all pools.
fn all_expected(moves: &[PoolMove]) -> Expected {
    let mut all = Expected::new();
    for (id, paths) in moves.iter().flat_map(|m| &m.expected) {
        *all.entry(id.clone()).or_default() += paths;
    }
    all
}

/// The fabric and zone set in which a move is zoned; `None` where no zone set is in force.
fn zone_set_of(survey: &Survey, m: &PoolMove) -> Option<(String, String)> {
    let fabric = m.fabric.clone()?;
    let effective = survey.fabrics.get(&fabric)?.effective.as_ref()?;
    Some((fabric, effective.zone_set.clone()?))
}

/// The host groups that have an initiator: array and group.
pub(super) fn groups_of(survey: &Survey, initiator: Wwpn) -> Vec<(String, String)> {
    let mut found = vec![];
    for (array, s) in &survey.arrays {
        for group in s.groups.iter().flatten().filter(|g| g.initiators.contains(&initiator)) {
            found.push((array.clone(), group.name.clone()));
        }
    }
    found
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "from {} to {}", self.source, self.destination)?;
        for m in &self.moves {
            writeln!(
                f,
                "pool {}: {} becomes {} on {}, fabric {}",
                m.pool,
                m.old.wwpn,
                m.new.wwpn,
                m.parent.wwpn,
                m.fabric.as_deref().unwrap_or("not listed")
            )?;
        }
        for (i, step) in self.steps.iter().enumerate() {
            writeln!(f, "{:3}. {step}", i + 1)?;
        }
        Ok(())
    }
}
