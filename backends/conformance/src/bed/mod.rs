//! The test bed: what a case has at hand, and what it must put back.

mod assertion;
mod listen;
mod log_in;
mod san;
mod undo;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use npivot_hal::{
    Adapter, Array, Events, Fabric, Host, HostNo, Links, Luns, Npiv, PortState, WwnPair,
};

use crate::{Ability, Bench, Fixture, Guest, Known};

pub(crate) use assertion::{Problem, Verdict, ensure, refused, same, strictly_ascending};
pub(crate) use log_in::Seat;
pub(crate) use san::{Mask, Shown, Zones};
use undo::Undo;

/// How long a healthy SAN may take for a login, a discovery, a scan.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);
/// How long nothing must happen before a case believes that nothing will.
pub(crate) const QUIET: Duration = Duration::from_secs(3);

/// How long it may take to put one thing back, other people's zoning transactions included.
const CLEANING: Duration = Duration::from_mins(3);

/// A number that no adapter has.
pub(crate) const NO_ADAPTER: HostNo = HostNo(4_000_000_000);

/// What every name begins with that the suite makes on a fabric or an array.
pub(crate) const PREFIX: &str = "npct_";

/// What a case has at hand.
#[derive(Debug)]
pub(crate) struct Bed {
    pub(crate) fixture: Box<dyn Fixture>,
    host: Option<Arc<dyn Host>>,
    fabrics: Vec<Arc<dyn Fabric>>,
    arrays: Vec<Arc<dyn Array>>,
    known: Known,
    spares: Vec<WwnPair>,
    undo: Mutex<Vec<Undo>>,
}

fn lacks<T>(found: Option<T>, ability: Ability) -> Verdict<T> {
    found.ok_or_else(|| Problem::Lacks(ability.to_string()))
}

impl Bed {
    pub(crate) fn new(fixture: Box<dyn Fixture>) -> Self {
        Self {
            host: fixture.host(),
            fabrics: fixture.fabrics(),
            arrays: fixture.arrays(),
            known: fixture.known(),
            spares: fixture.spare_names(),
            fixture,
            undo: Mutex::default(),
        }
    }

    /// Whether the fixture has this.
    pub(crate) fn has(&self, ability: Ability) -> bool {
        let host = self.host.as_deref();
        match ability {
            Ability::Host => host.is_some(),
            Ability::Npiv => host.is_some_and(|host| host.npiv().is_some()),
            Ability::Luns => host.is_some_and(|host| host.luns().is_some()),
            Ability::Links => host.is_some_and(|host| host.links().is_some()),
            Ability::Events => host.is_some_and(|host| host.events().is_some()),
            Ability::Fabric => !self.fabrics.is_empty(),
            Ability::Zoning => self.fabrics.iter().any(|fabric| fabric.zoning().is_some()),
            Ability::Array => !self.arrays.is_empty(),
            Ability::Masking => self.arrays.iter().any(|array| array.masking().is_some()),
            Ability::SpareNames => !self.spares.is_empty(),
            Ability::Guest => !self.known.guests.is_empty(),
            Ability::Bench => self.fixture.bench().is_some(),
        }
    }

    pub(crate) fn host(&self) -> Verdict<&dyn Host> {
        lacks(self.host.as_deref(), Ability::Host)
    }

    pub(crate) fn host_arc(&self) -> Verdict<Arc<dyn Host>> {
        lacks(self.host.clone(), Ability::Host)
    }

    pub(crate) fn npiv(&self) -> Verdict<&dyn Npiv> {
        lacks(self.host()?.npiv(), Ability::Npiv)
    }

    pub(crate) fn luns(&self) -> Verdict<&dyn Luns> {
        lacks(self.host()?.luns(), Ability::Luns)
    }

    pub(crate) fn links(&self) -> Verdict<&dyn Links> {
        lacks(self.host()?.links(), Ability::Links)
    }

    pub(crate) fn events(&self) -> Verdict<&dyn Events> {
        lacks(self.host()?.events(), Ability::Events)
    }

    pub(crate) fn bench(&self) -> Verdict<&dyn Bench> {
        lacks(self.fixture.bench(), Ability::Bench)
    }

    pub(crate) fn fabrics(&self) -> &[Arc<dyn Fabric>] {
        &self.fabrics
    }

    pub(crate) fn arrays(&self) -> &[Arc<dyn Array>] {
        &self.arrays
    }

    pub(crate) fn known(&self) -> &Known {
        &self.known
    }

    /// The nth pair of names that nothing uses.
    pub(crate) fn spare(&self, nth: usize) -> Verdict<WwnPair> {
        let wanted = || Problem::Lacks(format!("Fixture::spare_names, {} of them", nth + 1));
        self.spares.get(nth).copied().ok_or_else(wanted)
    }

    pub(crate) fn spares(&self) -> &[WwnPair] {
        &self.spares
    }

    /// A guest that sees something.
    pub(crate) fn guest(&self) -> Verdict<&Guest> {
        lacks(self.known.guests.iter().find(|guest| !guest.units.is_empty()), Ability::Guest)
    }

    /// That a case may make so many calls.
    pub(crate) fn afford(&self, calls: u32) -> Verdict {
        if self.fixture.budget() >= calls {
            return Ok(());
        }
        Err(Problem::Lacks(format!("a Fixture::budget of {calls} calls")))
    }

    /// The adapter of this number.
    pub(crate) async fn adapter(&self, no: HostNo) -> Verdict<Adapter> {
        let adapters = self.host()?.adapters().await?;
        let found = adapters.into_iter().find(|adapter| adapter.no == no);
        found.ok_or_else(|| Problem::failed(format!("adapters() does not list {no}")))
    }

    /// A physical adapter that is logged in and has room for vports: where a guest belongs, if there is
    /// a guest.
    pub(crate) async fn hba(&self) -> Verdict<Adapter> {
        let mut fit: Vec<Adapter> = self.host()?.adapters().await?;
        fit.retain(|adapter| {
            let room = adapter.npiv().is_some_and(|npiv| npiv.free() >= 4);
            room && adapter.state == PortState::Online
        });
        let guest = self.known.guests.first().map(|guest| guest.parent);
        let place = fit.iter().position(|adapter| Some(adapter.names.wwpn) == guest).unwrap_or(0);
        if place < fit.len() {
            return Ok(fit.swap_remove(place));
        }
        if self.known.adapters.is_empty() {
            return Err(Problem::Lacks("an online adapter with room for four vports".into()));
        }
        Err(Problem::failed(
            "adapters() lists no online physical adapter with room for four vports, \
             although the fixture knows of adapters that are logged in",
        ))
    }

    /// Lets time pass until this holds.
    pub(crate) async fn until(
        &self,
        what: &str,
        limit: Duration,
        mut holds: impl AsyncFnMut() -> Verdict<bool>,
    ) -> Verdict {
        let (mut waited, mut step) = (Duration::ZERO, Duration::from_millis(10));
        while !holds().await? {
            if waited >= limit {
                let text = format!("{what}: not so after {} s", limit.as_secs());
                return Err(Problem::failed(text));
            }
            self.fixture.wait(step).await;
            waited += step;
            step = (step * 2).min(Duration::from_millis(250));
        }
        Ok(())
    }

    /// Lets enough time pass for all to come to rest.
    pub(crate) async fn quiet(&self) {
        self.fixture.wait(QUIET).await;
    }

    fn later(&self, undo: Undo) {
        self.undo.lock().unwrap_or_else(PoisonError::into_inner).push(undo);
    }

    /// Puts back what the case changed, the last first. What could not be is told.
    pub(crate) async fn clean_up(&self) -> Vec<String> {
        let mut residue = vec![];
        loop {
            let last = self.undo.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some(undo) = last else {
                return residue;
            };
            let what = format!("{undo:?}");
            tokio::select! {
                biased;
                done = undo.run(self) => residue.extend(done.err()),
                () = self.fixture.wait(CLEANING) => {
                    let secs = CLEANING.as_secs();
                    residue.push(format!("not undone after {secs} s: {what}"));
                }
            }
        }
    }
}
