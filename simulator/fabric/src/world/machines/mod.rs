//! The machines of the world: built, plugged in, and administered.
//!
//! | file | what |
//! |---|---|
//! | `building` | adding machines and links, one by one |
//! | `install` | a whole SAN from a topology |
//! | `nodes` | what is plugged in where; logins and logouts and who is told of them |
//! | `outside` | N_Ports that are not simulated machines |
//! | `scsi` | their SCSI commands |
//! | `admin` | the administrators' work on zones and masks |

mod admin;
mod building;
mod install;
mod nodes;
mod outside;
mod scsi;

pub(super) use nodes::Node;
pub use nodes::{ArrayNode, TargetPort};
pub use outside::Notice;
pub use scsi::{Path, Unit};
