//! Extended link services (FC-LS): logins, logouts, discovery, notifications.
//!
//! A request tells by its first byte what it is: [`Els::decode`]. An accept does not, so it is read in two
//! steps: [`Reply::decode`] tells accept from reject, [`Reply::accept`] reads an accept as that of the
//! request it answers, which only the exchange knows.
//!
//! | file | what |
//! |---|---|
//! | `code` | [`Command`], and the reasons of a reject |
//! | `request` | [`Els`]: all requests |
//! | `reply` | [`Reply`], [`Accept`], [`Reject`] |
//! | `login` | FLOGI, FDISC, PLOGI: [`Login`] |
//! | `process` | PRLI and PRLO: [`Page`] |
//! | `notify` | RSCN, SCR |
//! | `port` | LOGO, ADISC, RTV, RLS: about ports |
//! | `exchange` | REC, RRQ: about exchanges |

mod code;
mod exchange;
mod login;
mod notify;
mod port;
mod process;
mod reply;
mod request;

pub use code::{Command, Explanation, Reason};
pub use exchange::{ExchangeName, ExchangeStatus, StatusFlags};
pub use login::{
    BufferField, ClassFlags, ClassParameters, CommonFeatures, CommonParameters, Login,
};
pub use notify::{AffectedPort, Change, Rscn, Scope, Scr, ScrFunction};
pub use port::{Discovery, LinkErrors, Logo, PortName, TimeOutUnits, TimeOuts};
pub use process::{FcpParameters, Page, PageFlags, PageResponse, Pages};
pub use reply::{Accept, Reject, Reply};
pub use request::Els;
