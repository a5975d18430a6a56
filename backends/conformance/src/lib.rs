//! What being a backend of npivot means, executable.
//!
//! A backend implements [`Host`], [`Fabric`] or [`Array`] of `npivot-hal`. Their documentation is the
//! contract; this crate tries it, sentence by sentence. Write a backend, write a [`Fixture`] and a
//! [`Maker`], add one line, run, and know.
//!
//! # Plugging in
//!
//! A [`Fixture`] is one place to try the backend: a host, and as far as you have them its fabrics and
//! arrays. What a fixture does not have is not tried, and the report says so. A [`Maker`] makes a fixture
//! for each case: a fresh simulation, or the same machine again.
//!
//! ```
//! use std::sync::Arc;
//! use async_trait::async_trait;
//! use npivot_conformance::{Fixture, Maker, Selection, testing};
//! use npivot_hal::{
//!     Adapter, AdapterKind, Error, ErrorKind, Host, HostCapabilities, HostNo, RemotePort, Result,
//!     WwnPair,
//! };
//!
//! #[derive(Debug)]
//! struct OneAdapter(WwnPair);
//!
//! #[async_trait]
//! impl Host for OneAdapter {
//!     fn name(&self) -> &str { "toy" }
//!     fn capabilities(&self) -> HostCapabilities { HostCapabilities::default() }
//!     async fn adapters(&self) -> Result<Vec<Adapter>> {
//!         Ok(vec![Adapter::new(HostNo(0), self.0, AdapterKind::Physical { npiv: None })])
//!     }
//!     async fn remote_ports(&self, adapter: HostNo) -> Result<Vec<RemotePort>> {
//!         match adapter {
//!             HostNo(0) => Ok(vec![]),
//!             // Leave this line out, and `remote_ports_of_no_adapter` fails.
//!             other => Err(Error::new(
//!                 ErrorKind::NotFound, "list remote ports", other.to_string(), "no such adapter",
//!             )),
//!         }
//!     }
//! }
//!
//! #[derive(Debug)]
//! struct Place(WwnPair);
//!
//! impl Fixture for Place {
//!     fn host(&self) -> Option<Arc<dyn Host>> { Some(Arc::new(OneAdapter(self.0))) }
//! }
//!
//! #[derive(Debug)]
//! struct Toys;
//!
//! #[async_trait]
//! impl Maker for Toys {
//!     fn name(&self) -> String { "toy".into() }
//!     async fn make(&self) -> Result<Box<dyn Fixture>> {
//!         let wwpn = "2100001b32a9da4e".parse().expect("a name");
//!         Ok(Box::new(Place(WwnPair::new(wwpn, "2000001b32a9da4e".parse().expect("a name")))))
//!     }
//! }
//!
//! // In a test crate, this one line makes a test of each group of cases:
//! npivot_conformance::suite!(toy, Toys);
//!
//! // Or run it by hand, and look at the report:
//! let report = testing::run_paused(&Toys, &Selection::default(), &[], &mut |_| ());
//! assert!(report.passed(), "{report}");
//! ```
//!
//! Then tell more, and more is tried. In the order of how much each adds:
//! - [`Fixture::spare_names`]: names that nothing uses. With them vports are made and deleted.
//! - [`Known::guests`]: names that are zoned and masked, and **what they will see**. With them the suite
//!   does not only compare the backend's answers with each other: it knows what is right.
//! - [`Fixture::fabrics`], [`Fixture::arrays`]: name server, zoning, masking, stale LUNs.
//! - [`Fixture::bench`]: hands that pull cables.
//! - [`Fixture::budget`]: how thorough the random walks are.
//!
//! A machine that lives in real time needs no more than [`run`] on any tokio runtime;
//! [`suite!`] and [`testing`] pause the clock, which is right for simulations alone.
//!
//! # What a case is
//!
//! A [`Case`] is one sentence of the contract, tried: small, with a name that says what is so, and with
//! [`doc`](Case::doc) that names the sentence. [`cases`] lists them. Each case is independent of all
//! others: it gets a fixture of its own, makes what it needs, and what it made is deleted when it ends,
//! however it ends. What cannot be deleted is [`residue`](CaseReport::residue), and a run that leaves any
//! does not [conform](Report::passed). All names that cases give to zones and host groups begin with
//! `npct_`.
//!
//! A case that panics, or whose calls do not return by its [`deadline`](Case::deadline) (in the fixture's
//! time), has failed, and the others go on. Random walks compare the backend with a slow, obvious model of
//! the contract after each step; a failure tells the seed and the step, and the same seed takes the same
//! way.
//!
//! # Which cases are run
//!
//! First you choose: a [`Selection`] takes groups, names or beginnings of names, and the most that a case
//! may do to the machine ([`Access`]). `ReadOnly` is safe in production; `Changes` makes and deletes its
//! own vports, zones and host groups, and commits to the zone set in force; `Disturbs` is for machines that
//! nobody else needs. A selection of no case is an error: a suite that ran nothing has proved nothing.
//!
//! Then the fixture decides: a case whose [`needs`](Case::needs) it has not is `NotApplicable`, with what
//! is missing. That is not a pass, and is counted apart. A backend that has an ability and does it wrong
//! cannot escape so; one that *says* `Unsupported` where the contract allows it can. Where a fixture has
//! all that a group's cases need and still none can be tried (no adapter is online, say), the run fails
//! with the reasons.
//!
//! # Deviations
//!
//! Where a backend is known to differ, and will for now, write a [`Deviation`]: the case, the reason, and
//! where that can be checked. It is held both ways: the case **must** fail. When it passes the run fails
//! ("unexpected pass"), so that the list shrinks when the backend gets better; and a deviation that names
//! no case is an error, so that it does not outlive a renamed one. A case that is not applicable says
//! nothing about its deviation.
//!
//! # Reading a report
//!
//! ```text
//! qla2xxx on a simulated host
//!
//! group  case                      result             time  message
//! npiv   a_vport_becomes_active    passed            10 ms
//! npiv   delete_compares_both_…    FAILED             6 ms  outcome: found Changed, expected Unchanged
//! links  a_dark_adapter_is_down_…  not applicable        -  needs Fixture::bench
//!
//! 3 cases: 1 passed, 1 FAILED, 1 not applicable: qla2xxx on a simulated host DOES NOT CONFORM
//! ```
//!
//! Begin with the first failure, and look up its `doc`. Several failures often have one cause: if
//! `a_vport_becomes_active` fails, so does all that needs a vport. The time is the fixture's. The same
//! report comes as [JSON](Report::json) and as [JUnit XML](Report::junit).
//!
//! # Inside
//!
//! | module | what is in it |
//! |---|---|
//! | `cases` | the cases, one file for each part of the contract; random walks in `walks` |
//! | `bed` | what a case has at hand, and how it is put back |
//! | `model` | the contract again, slow and obvious |
//! | `run` | deadlines, panics, cleaning up, deviations |
//! | `report` | records, table, JSON, JUnit |
//! | [`testing`] | the suite as `#[test]`s |
//!
//! [`Host`]: npivot_hal::Host
//! [`Fabric`]: npivot_hal::Fabric
//! [`Array`]: npivot_hal::Array

mod bed;
mod case;
mod cases;
mod deviation;
mod fixture;
mod model;
mod report;
mod run;
mod selection;
pub mod testing;

pub use case::{Ability, Access, Case, Group, Needs, NoSuchGroup};
pub use cases::cases;
pub use deviation::Deviation;
pub use fixture::{Bench, Fixture, Guest, Known, Maker, Unit};
pub use report::{CaseReport, CaseResult, Counts, Report};
pub use run::run;
pub use selection::Selection;
