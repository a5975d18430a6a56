//! Layers: wrappers that are backends themselves and fit over any backend.
//!
//! | layer | what it does | with |
//! |---|---|---|
//! | [`checked`] | refuses what the caller could have known to be wrong | [`CheckedHost`], [`CheckedFabric`], [`CheckedArray`] |
//! | [`traced`] | tells a sink of every call | [`TracedHost`], [`TracedFabric`], [`TracedArray`], [`TraceLog`] |
//! | [`faulty`] | makes calls fail, come late, get lost or never come back, by a [`FaultPlan`] | [`FaultyHost`], [`FaultyFabric`], [`FaultyArray`] |
//!
//! A wrapped backend keeps the contract of the traits and has exactly the abilities of the one below: what
//! passes on a backend passes on a checked one, on a traced one, and on a faulty one whose plan does
//! nothing. All are one mechanism: a [`Layer`] is told each [`Call`] with its arguments and sees its
//! answer, and [`Layered`] makes it a machine. Write your own in the same way.
//!
//! # In which order
//!
//! Any: each sees the calls that the layers outside of it let through and make, and the answers of those
//! inside. Without faults every order answers the same. What an order means:
//!
//! | order, the outermost first | what it means |
//! |---|---|
//! | checked, faulty | Refused calls reach no plan: none is counted, none is made to fail. **The looks of the checks do**: they are reads, so plans that count changing calls do not see them, but plans for all calls do. A look that is made to fail finds nothing wrong, and the call is made. A call that got lost may be refused when it is repeated only if it was wrong, never because it was done: what is already so passes. The usual order. |
//! | faulty, checked | The plan decides on what the caller asks, sense or nonsense, and never on looks: verdicts by number, of reads too, stay where they are. A lost call may have been one that was refused: the caller learns `NoAnswer` where nothing was done, which that kind allows. |
//! | traced, faulty | The trace has what the caller saw: injected errors, marked. A call that crashed stays open until the caller's future is dropped. |
//! | faulty, traced | The trace has what the backend was asked: a call that was made to fail is not in it, one that got lost is, with its true answer. |
//! | traced, checked | The trace has the caller's calls with their refusals; where another traced layer further in has the same sink, the looks show as nested calls. |
//! | checked, traced | The trace has what was let through, and the looks. |
//! | one kind twice | Two plans both decide, the outer one first; two traced layers with one sink show who asked what of whom; two checked ones only cost twice. |
//!
//! Zoning: a checked layer knows the transactions that go through it alone. Where several callers share a
//! fabric they must share the wrapper (or its clone) too, else each finds the other's stale transactions
//! only by the backend's answer.
//!
//! ```
//! # use async_trait::async_trait;
//! # use npivot_hal::{Adapter, AdapterKind, HostCapabilities, HostNo, RemotePort, Result, WwnPair};
//! use std::sync::Arc;
//! use npivot_hal::layer::{CheckedHost, FaultyHost, Script, TraceLog, TracedHost, Verdict, When};
//! use npivot_hal::{ErrorKind, Host};
//!
//! # #[derive(Debug)]
//! # struct OneAdapter(WwnPair);
//! # #[async_trait]
//! # impl Host for OneAdapter {
//! #     fn name(&self) -> &str { "toy" }
//! #     fn capabilities(&self) -> HostCapabilities { HostCapabilities::default() }
//! #     async fn adapters(&self) -> Result<Vec<Adapter>> {
//! #         Ok(vec![Adapter::new(HostNo(0), self.0, AdapterKind::Physical { npiv: None })])
//! #     }
//! #     async fn remote_ports(&self, _adapter: HostNo) -> Result<Vec<RemotePort>> { Ok(vec![]) }
//! # }
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let names = WwnPair::new("2100001b32a9da4e".parse()?, "2000001b32a9da4e".parse()?);
//! // The backend of fifteen lines from `Host`, whose only adapter is host0.
//! let backend: Arc<dyn Host> = Arc::new(OneAdapter(names));
//!
//! let log = Arc::new(TraceLog::new(100));
//! let script = Script::new([When::method("remote_ports").nth(1, Verdict::Lost)]);
//! let host = FaultyHost::new(backend, Arc::new(script));
//! let host = CheckedHost::new(Arc::new(host));
//! let host = TracedHost::new(Arc::new(host), log.clone());
//!
//! assert!(host.remote_ports(HostNo(0)).await?.is_empty());
//! let lost = host.remote_ports(HostNo(0)).await.unwrap_err();
//! assert!(lost.is_injected());
//! let refused = host.remote_ports(HostNo(7)).await.unwrap_err();
//! assert_eq!(refused.kind(), ErrorKind::NotFound);
//! assert!(host.npiv().is_none(), "the backend has no NPIV, and no layer adds it");
//! assert_eq!(log.to_string(), "  \
//!   0 read  toy: list remote ports of host0 -> 0 entries
//!   1 read  toy: list remote ports of host0 -> NoAnswer: list remote ports on toy: its answer was made to get lost [injected]
//!   2 read  toy: list remote ports of host7 -> NotFound: list remote ports on host7: no such adapter: expected one of 1, from host0 to host0
//! ");
//! # Ok(()) }
//! ```

mod around;
mod call;
pub mod checked;
pub mod faulty;
pub mod traced;

pub use around::{Layer, Layered};
pub use call::{Answer, Call, Request, Told};
pub use checked::{CheckedArray, CheckedFabric, CheckedHost};
pub use faulty::plans::{
    Counted, FaultGuard, FaultSwitch, Line, Once, Pass, Rates, RatesError, Script, Timed, When,
};
pub use faulty::{FaultPlan, FaultyArray, FaultyFabric, FaultyHost, Timer, Verdict};
pub use traced::{TraceLog, TraceSink, TracedArray, TracedFabric, TracedHost};
