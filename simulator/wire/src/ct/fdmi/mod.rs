//! Fabric device management (FC-GS, "FDMI"): what HBAs tell about themselves and their ports.
//!
//! | file | what |
//! |---|---|
//! | `code` | [`Command`], [`Explanation`], the numbers of attributes |
//! | `attribute` | [`Attributes`]: lists of values of different lengths |
//! | `query` | [`Query`]: registrations and questions |
//! | `answer` | [`Answer`]: what an accept brings |

mod answer;
mod attribute;
mod code;
mod query;

pub use answer::Answer;
pub use attribute::{Attribute, Attributes};
pub use code::{Command, Explanation, HbaAttribute, PortAttribute};
pub use query::{HbaId, PortNames, Query};
