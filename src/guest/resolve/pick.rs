//! From a name to a LUN that is what it is said to be, and to the paths that lead to it now.

use std::collections::BTreeSet;

use npivot_hal::{HostNo, LunId, PathState};

use super::Purpose;
use super::finding::Problem;
use super::scope::{Named, Number, Scope};
use super::survey::{Asked, SeenPath, Survey};

/// A LUN with the paths that may be handed out, best first.
#[derive(Debug)]
pub(super) struct Picked {
    pub(super) id: LunId,
    pub(super) paths: Vec<SeenPath>,
}

/// One question: which LUN is this?
pub(super) struct Question<'q> {
    /// The source in words.
    pub(super) name: String,
    pub(super) scope: &'q Scope,
    /// Which LUN it was, by the record in the guest or on this host.
    pub(super) recorded: Option<LunId>,
    pub(super) purpose: Purpose,
}

impl Question<'_> {
    /// The LUN; `None` when it is none of npivot's. What is not grave goes to `notes`.
    pub(super) async fn answer(
        &self,
        survey: &mut Survey<'_>,
        notes: &mut Vec<Problem>,
    ) -> Result<Option<Picked>, Problem> {
        match &self.scope.named {
            Named::Identity(id) => self.by_identity(id, &self.scope.adapters, survey, notes).await,
            Named::Number(_) if self.purpose == Purpose::Arrival => {
                self.on_arrival(survey, notes).await
            }
            Named::Number(number) => self.by_number(number, survey, notes).await,
        }
    }

    /// What is known of which LUN it must be.
    fn known(&self) -> Option<&LunId> {
        self.scope.wwid.as_ref().or(self.recorded.as_ref())
    }

    async fn paths(
        &self,
        adapters: &[HostNo],
        survey: &mut Survey<'_>,
    ) -> Result<Vec<SeenPath>, Problem> {
        let read = survey.paths(adapters).await;
        read.map_err(|why| Problem::error(format!("{}: {why}", self.name)))
    }

    async fn by_identity(
        &self,
        id: &LunId,
        adapters: &[HostNo],
        survey: &mut Survey<'_>,
        notes: &mut Vec<Problem>,
    ) -> Result<Option<Picked>, Problem> {
        let all = self.paths(adapters, survey).await?;
        let paths: Vec<_> =
            all.into_iter().filter(|seen| seen.believed.as_ref() == Ok(id)).collect();
        if paths.is_empty() && self.scope.optional && self.known().is_none() {
            return Ok(None);
        }
        if paths.is_empty() {
            return Err(Problem::error(format!("{} is not there", self.name))
                .expected(format!("{id} behind {}", list(adapters)))
                .fix("check its zoning and masking, and scan"));
        }
        let paths = self.usable(paths, survey, notes).await?;
        Ok(Some(Picked { id: id.clone(), paths }))
    }

    /// A guest that brings its memory along must meet the LUN that it left, wherever that is here.
    async fn on_arrival(
        &self,
        survey: &mut Survey<'_>,
        notes: &mut Vec<Problem>,
    ) -> Result<Option<Picked>, Problem> {
        if let Some(id) = self.known() {
            return self.by_identity(id, &self.scope.wide, survey, notes).await;
        }
        if self.scope.optional && self.matches(survey).await?.is_empty() {
            return Ok(None);
        }
        Err(Problem::error(format!(
            "{} names a place, and what was there when the guest left is not recorded",
            self.name
        ))
        .expected("a name by identity, or the identity recorded in the guest's metadata")
        .fix("where the guest is, `npivot guest resolve --record` writes it there"))
    }

    /// The paths that the number leads to.
    async fn matches(&self, survey: &mut Survey<'_>) -> Result<Vec<SeenPath>, Problem> {
        let Named::Number(number) = &self.scope.named else { return Ok(vec![]) };
        let all = self.paths(&self.scope.adapters, survey).await?;
        Ok(all.into_iter().filter(|seen| number.fits(seen)).collect())
    }

    async fn by_number(
        &self,
        number: &Number,
        survey: &mut Survey<'_>,
        notes: &mut Vec<Problem>,
    ) -> Result<Option<Picked>, Problem> {
        let matches = self.matches(survey).await?;
        let Some(id) = self.one_identity(&matches)? else { return Ok(None) };
        match self.known() {
            Some(known) if *known != id => return Err(self.other_lun(&id, known, survey).await),
            Some(_) => {}
            None => notes.push(Problem::info(format!(
                "{} is {id} now, and nothing is recorded to compare that with",
                self.name
            ))),
        }
        for seen in &matches {
            if let Asked::Stale(actual) = survey.ask(seen).await {
                return Err(stale(&self.name, seen, actual.as_ref()));
            }
        }
        // A name of one path means that path; a volume, all its paths.
        let one_path = number.host.is_some() || !self.scope.own_link;
        let paths = if one_path {
            matches
        } else {
            let all = self.paths(&self.scope.adapters, survey).await?;
            all.into_iter().filter(|seen| seen.believed.as_ref() == Ok(&id)).collect()
        };
        let paths = self.usable(paths, survey, notes).await?;
        Ok(Some(Picked { id, paths }))
    }

    /// The one identity of these paths; `None` for a foreign device.
    fn one_identity(&self, matches: &[SeenPath]) -> Result<Option<LunId>, Problem> {
        let ids: BTreeSet<&LunId> =
            matches.iter().filter_map(|seen| seen.believed.as_ref().ok()).collect();
        let mut in_order = ids.iter();
        match (in_order.next(), in_order.next()) {
            (Some(id), None) => Ok(Some((*id).clone())),
            (Some(one), Some(other)) => Err(Problem::error(format!(
                "{} is ambiguous: {one} and {other} are there",
                self.name
            ))
            .expected("one LUN")
            .fix("name it by identity")),
            (None, _) => match (matches.first(), self.known()) {
                (Some(seen), _) => {
                    let why = seen.believed.as_ref().err().map_or("", String::as_str);
                    let at = seen.path.address;
                    Err(Problem::error(format!("{}: who {at} is cannot be read: {why}", self.name)))
                }
                (None, None) if self.scope.optional => Ok(None),
                (None, known) => {
                    let expected = known.map_or_else(|| "a LUN".into(), ToString::to_string);
                    let behind = list(&self.scope.adapters);
                    Err(Problem::error(format!("{} is not there", self.name))
                        .expected(format!("{expected} behind {behind}"))
                        .fix("check its zoning and masking, and scan"))
                }
            },
        }
    }

    /// The number leads to another LUN than it did.
    async fn other_lun(&self, id: &LunId, known: &LunId, survey: &mut Survey<'_>) -> Problem {
        let problem =
            Problem::error(format!("{} is {id} here", self.name)).expected(known.to_string());
        let all = survey.paths(&self.scope.adapters).await.unwrap_or_default();
        match all.iter().find(|seen| seen.believed.as_ref() == Ok(known)) {
            Some(seen) => problem.fix(format!(
                "{known} is {} here: name the disk by its identity",
                seen.path.address
            )),
            None => problem.fix(format!(
                "mask {known} to this host; if the change is meant, name the disk by its new identity"
            )),
        }
    }

    /// Those paths on which the LUN itself answers. Running ones first, then by address.
    async fn usable(
        &self,
        paths: Vec<SeenPath>,
        survey: &mut Survey<'_>,
        notes: &mut Vec<Problem>,
    ) -> Result<Vec<SeenPath>, Problem> {
        let (mut usable, mut reasons) = (vec![], vec![]);
        for seen in paths {
            let address = seen.path.address;
            match survey.ask(&seen).await {
                Asked::Confirmed => usable.push(seen),
                Asked::Believed(why) => {
                    notes.push(Problem::warning(format!(
                        "{address} could not be asked, and is taken for what the kernel says: {why}"
                    )));
                    usable.push(seen);
                }
                Asked::Stale(actual) if !self.scope.own_link => {
                    return Err(stale(&self.name, &seen, actual.as_ref()));
                }
                Asked::Stale(actual) => reasons.push(describe(&seen, actual.as_ref())),
                Asked::Unusable(why) => reasons.push(format!("{address} cannot be used: {why}")),
            }
        }
        if usable.is_empty() {
            let reasons = reasons.join(", ");
            return Err(Problem::error(format!("{} has no usable path: {reasons}", self.name))
                .expected("a path on which the LUN itself answers")
                .fix("mend its paths; delete devices that are stale, and scan"));
        }
        let left_out = |why: String| Problem::warning(format!("{why}, and is left out"));
        notes.extend(reasons.into_iter().map(left_out));
        usable.sort_by_key(|seen| (seen.path.state != PathState::Running, seen.path.address));
        Ok(usable)
    }
}

fn describe(seen: &SeenPath, actual: Option<&LunId>) -> String {
    let address = seen.path.address;
    let believed = seen.believed.as_ref().map(ToString::to_string).unwrap_or_default();
    match actual {
        Some(actual) => format!("{address} is stale (it was {believed} and is {actual} now)"),
        None => format!("{address} is stale (it was {believed}, and nothing is there now)"),
    }
}

fn stale(name: &str, seen: &SeenPath, actual: Option<&LunId>) -> Problem {
    let address = seen.path.address;
    Problem::error(format!("{name}: {}", describe(seen, actual)))
        .expected("a device that is what the kernel found there")
        .fix(format!("delete {address} and scan, then see what it is"))
}

fn list(adapters: &[HostNo]) -> String {
    if adapters.is_empty() {
        return "any adapter".into();
    }
    adapters.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
