//! The name server (FC-GS, "Name Server"): who is there, found by address, name or type.
//!
//! | file | what |
//! |---|---|
//! | `code` | [`Command`], [`PortType`], [`Explanation`] and other numbers |
//! | `object` | [`SymbolicName`], [`Fc4Types`] and the other objects of its data base |
//! | `query` | [`Query`]: all requests |
//! | `answer` | [`Answer`]: what an accept brings |

mod answer;
mod code;
mod object;
mod query;

pub use answer::{Answer, Next};
pub use code::{Command, EntryControl, Explanation, Features, PortType, ServiceClasses};
pub use object::{
    Fc4Types, NodeNameEntry, NodeNameOf, PortId, PortIdEntry, PortNameEntry, PortNameOf,
    SymbolicName,
};
pub use query::{ByFcType, ByPortType, ClassesOf, FeaturesOf, PortTypeOf, Query, TypesOf};
