//! Findings: what speaks against a plan, before anything has changed. Pure.

use std::collections::BTreeSet;
use std::fmt;

use npivot_hal::{HostGroup, PathState, Wwpn, Zone, ZoneMember};

use super::plan::groups_of;
use super::survey::ArraySurvey;
use super::{Plan, PoolMove, PoolSurvey, Step, Survey};
use crate::GuestState;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Good to know.
    Info,
    /// It will work, with less than one would want, or it could not be checked.
    Warning,
    /// It will not work, or would lose something: the migration is refused.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// Something that a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How bad.
    pub severity: Severity,
    /// What it is about: a pool's name, or the guest.
    pub subject: String,
    /// What was found.
    pub text: String,
    /// What would mend it; empty where nothing needs to be.
    pub fix: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.severity, self.subject, self.text)?;
        if self.fix.is_empty() { Ok(()) } else { write!(f, "; {}", self.fix) }
    }
}

/// Looks for what speaks against a plan, worst first.
pub fn check(survey: &Survey, plan: &Plan) -> Vec<Finding> {
    let mut findings = Findings(vec![]);
    findings.check_guest(survey);
    for (m, pool) in plan.moves.iter().zip(&survey.pools) {
        findings.check_source(m, pool);
        if m.provisioned {
            findings.check_provisioning(survey, m);
        } else {
            findings.check_prepared_names(survey, plan, m);
            findings.check_prepared_zone(survey, m);
            findings.check_prepared_masks(survey, m, pool);
        }
    }
    findings.check_room(survey, plan);
    findings.check_pending_edits(survey, plan);
    findings.check_redundancy(plan);
    findings.0.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings.0
}

struct Findings(Vec<Finding>);

impl Findings {
    fn add(
        &mut self,
        severity: Severity,
        subject: &str,
        text: impl Into<String>,
        fix: impl Into<String>,
    ) {
        let (text, fix) = (text.into(), fix.into());
        let subject = subject.to_owned();
        let finding = Finding { severity, subject, text, fix };
        // What is so of each volume of a pool is found once for each, and told once.
        if !self.0.contains(&finding) {
            self.0.push(finding);
        }
    }

    fn check_guest(&mut self, survey: &Survey) {
        let host = survey.guest.host();
        if let GuestState::Paused(_) = survey.guest {
            let text = "it is paused, and would run after the move";
            self.add(Severity::Error, "guest", text, "resume it first");
        }
        if host != survey.source {
            let text = format!("it is on {host}, not on {}", survey.source);
            self.add(Severity::Error, "guest", text, "migrate it from where it is");
        }
        if survey.source == survey.destination {
            let text = "source and destination are the same host";
            self.add(Severity::Error, "guest", text, "choose another destination");
        }
    }

    fn check_source(&mut self, m: &PoolMove, pool: &PoolSurvey) {
        if m.expected.is_empty() {
            let text = "it has no volume on the source";
            self.add(Severity::Error, &m.pool, text, "leave the pool out, or mask a volume to it");
        }
        for (id, _) in m.expected.iter().filter(|(_, paths)| **paths == 0) {
            let text = format!("{id} has no running path on the source");
            self.add(Severity::Error, &m.pool, text, "mend its paths first");
        }
        for stale in &pool.volumes.stale {
            let text =
                format!("{} on the source is stale: it was {}", stale.address, stale.believed);
            self.add(Severity::Error, &m.pool, text, "delete that device first");
        }
        for (address, error) in &pool.volumes.unreadable {
            let text = format!("{address} on the source cannot be read: {error}");
            let fix = "mend it or delete that device: what it is must be known before it can move";
            self.add(Severity::Error, &m.pool, text, fix);
        }
        let paths = pool.volumes.volumes.values().flat_map(|volume| &volume.paths);
        for path in paths.filter(|path| path.state != PathState::Running) {
            let text =
                format!("{} on the source is {}, and does not count", path.address, path.state);
            self.add(Severity::Warning, &m.pool, text, "");
        }
        if !m.managed {
            let text = "its definition says managed='no', and its vHBA would have to be deleted";
            self.add(
                Severity::Error,
                &m.pool,
                text,
                "set managed='yes' if it is this guest's alone",
            );
        }
    }

    fn check_provisioning(&mut self, survey: &Survey, m: &PoolMove) {
        let fabric = m.fabric.as_ref().and_then(|name| survey.fabrics.get(name));
        match fabric.and_then(|fabric| fabric.effective.as_ref()) {
            Some(zones) if zones.zone_set.is_some() => {}
            Some(zones) if zones.default_zone == npivot_hal::DefaultZone::Permit => {
                let text = "its fabric has no zone set in force and lets everybody see everybody";
                self.add(Severity::Info, &m.pool, text, "");
            }
            _ => {
                let text = "npivot cannot change the zones of its fabric";
                let fix = format!(
                    "list the fabric, or zone {} and migrate with prepared identities",
                    m.new.wwpn
                );
                self.add(Severity::Error, &m.pool, text, fix);
            }
        }
        self.check_groups(survey, m);
    }

    fn check_groups(&mut self, survey: &Survey, m: &PoolMove) {
        let groups = groups_of(survey, m.old.wwpn);
        for (name, array) in &survey.arrays {
            let involved = array.targets.intersection(&m.targets).next().is_some();
            if involved && !groups.iter().any(|(array, _)| array == name) {
                let text =
                    format!("npivot finds no host group with {} on array {name}", m.old.wwpn);
                let fix =
                    format!("mask {} there, and migrate with prepared identities", m.new.wwpn);
                self.add(Severity::Error, &m.pool, text, fix);
            }
        }
        let known = |target: &&Wwpn| survey.arrays.values().any(|a| a.targets.contains(target));
        for target in m.targets.iter().filter(|target| !known(target)) {
            let text = format!("target port {target} belongs to no listed array");
            let fix = format!("list its array, or mask {} there yourself", m.new.wwpn);
            self.add(Severity::Error, &m.pool, text, fix);
        }
    }

    /// A prepared name must be nobody's: one that is logged in would be thrown out, or throw out.
    fn check_prepared_names(&mut self, survey: &Survey, plan: &Plan, m: &PoolMove) {
        let shares = |other: &PoolMove| {
            other.pool != m.pool && (other.new.wwpn == m.new.wwpn || other.new.wwnn == m.new.wwnn)
        };
        if plan.moves.iter().any(shares) {
            let text = format!("another pool is to have a name of {} too", m.new);
            self.add(Severity::Error, &m.pool, text, "prepare a pair of its own for each pool");
        }
        if survey.in_use.is_live(m.new) {
            let text = format!("a name of {} is in use on an adapter or logged in", m.new);
            self.add(Severity::Error, &m.pool, text, "prepare names that nobody has");
        }
    }

    fn check_prepared_zone(&mut self, survey: &Survey, m: &PoolMove) {
        let wwpn = m.new.wwpn;
        let fabric = m.fabric.as_ref().and_then(|name| survey.fabrics.get(name));
        let Some(zones) = fabric.and_then(|fabric| fabric.effective.as_ref()) else {
            let text = format!("whether {wwpn} is zoned cannot be read");
            return self.add(Severity::Warning, &m.pool, text, "ask the fabric's administrator");
        };
        if zones.zone_set.is_none() {
            return;
        }
        for target in &m.targets {
            if !zones.zones.values().any(|zone| joins(zone, wwpn, *target)) {
                let text = format!("no zone in force has both {wwpn} and target {target}");
                let fix = format!(
                    "ask the administrator of fabric {} for one",
                    m.fabric.as_deref().unwrap_or("-")
                );
                self.add(Severity::Error, &m.pool, text, fix);
            }
        }
    }

    /// The volumes that the array shows to the prepared name must be those that the guest has.
    fn check_prepared_masks(&mut self, survey: &Survey, m: &PoolMove, pool: &PoolSurvey) {
        for (name, array) in &survey.arrays {
            if array.targets.intersection(&m.targets).next().is_none() {
                continue;
            }
            let Some(groups) = &array.groups else {
                let text = format!("whether array {name} shows its volumes cannot be read");
                self.add(Severity::Warning, &m.pool, text, "ask the array's administrator");
                continue;
            };
            for (id, volume) in pool.volumes.volumes.keys().filter_map(|id| named(array, id)) {
                self.check_mask(m, name, groups, id, volume);
            }
        }
    }

    fn check_mask(
        &mut self,
        m: &PoolMove,
        array: &str,
        groups: &[HostGroup],
        id: &npivot_hal::LunId,
        volume: &str,
    ) {
        let wwpn = m.new.wwpn;
        let Some(group) = groups.iter().find(|group| group.initiators.contains(&wwpn)) else {
            let text = format!("array {array} has {wwpn} in no host group");
            let fix = "ask the array's administrator to mask the guest's volumes to it";
            return self.add(Severity::Error, &m.pool, text, fix);
        };
        if group.mappings.iter().any(|mapping| mapping.volume == volume) {
            return;
        }
        let text = format!(
            "array {array} does not show volume {volume} ({id}) to {wwpn}: host group {} lacks it",
            group.name
        );
        let fix = format!("ask the array's administrator to map {volume} to {}", group.name);
        self.add(Severity::Error, &m.pool, text, fix);
    }

    /// Each array must have room for as many initiators as the plan adds.
    fn check_room(&mut self, survey: &Survey, plan: &Plan) {
        for (name, array) in &survey.arrays {
            let adds = |step: &&Step| matches!(step, Step::Mask { array, .. } if array == name);
            let added = plan.steps.iter().filter(adds).count();
            let used: BTreeSet<Wwpn> =
                array.groups.iter().flatten().flat_map(|g| &g.initiators).copied().collect();
            let Some(max) = array.max_initiators else { continue };
            if added > 0 && used.len() + added > max as usize {
                let text = format!(
                    "array {name} has {} of {max} initiators, and {added} are to be added",
                    used.len()
                );
                self.add(Severity::Error, "array", text, "remove initiators that are gone");
            }
        }
    }

    /// Enabling a zone set puts into force what others have saved in it.
    fn check_pending_edits(&mut self, survey: &Survey, plan: &Plan) {
        for (name, fabric) in survey.fabrics.iter().filter(|(_, fabric)| fabric.pending_edits) {
            let touched = |step: &Step| matches!(step, Step::Zone { fabric, .. } if fabric == name);
            if fabric.effective.is_some() && plan.steps.iter().any(touched) {
                let text = format!(
                    "fabric {name} has saved edits of its zone set that are not in force: they would be"
                );
                let fix = "ask its administrator to enable or to take back what he has saved";
                self.add(Severity::Error, "fabric", text, fix);
            }
        }
    }

    fn check_redundancy(&mut self, plan: &Plan) {
        for (i, m) in plan.moves.iter().enumerate() {
            let twin = plan.moves[..i].iter().find(|before| before.parent == m.parent);
            if let Some(twin) = twin {
                let text = format!("shares adapter {} with pool {}", m.parent.wwpn, twin.pool);
                self.add(Severity::Warning, &m.pool, text, "");
            }
        }
    }
}

fn named<'s>(
    array: &'s ArraySurvey,
    id: &'s npivot_hal::LunId,
) -> Option<(&'s npivot_hal::LunId, &'s str)> {
    array.volumes.get(id).map(|name| (id, name.as_str()))
}

/// Whether a zone lets an initiator see a target, by their names. A member by port or address may be
/// either: it is given the benefit of the doubt, and the start on the destination shows the truth.
fn joins(zone: &Zone, initiator: Wwpn, target: Wwpn) -> bool {
    let has = |members: &BTreeSet<ZoneMember>, wwpn| {
        members.iter().any(|m| *m == ZoneMember::Wwpn(wwpn) || !matches!(m, ZoneMember::Wwpn(_)))
    };
    if !zone.is_peer() {
        return has(&zone.members, initiator) && has(&zone.members, target);
    }
    let anywhere = |wwpn| has(&zone.members, wwpn) || has(&zone.principals, wwpn);
    (has(&zone.principals, initiator) && anywhere(target))
        || (has(&zone.principals, target) && anywhere(initiator))
}
