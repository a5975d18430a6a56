//! What an HBA is and what hangs off it, in one record: the fourth section of the proposal.
//!
//! Everything is asked of the host. A vHBA has the same record, with the HBA that it is on in place of vHBAs
//! of its own.
//!
//! **Start here**: [`Hba::all`], then [`Hba::to_device`] for XML; a [`Tree`] for people.
//!
//! | module | what is in it |
//! |---|---|
//! | `record` | [`Hba`]: an adapter, its vHBAs or its HBA, its vendor |
//! | `device` | the same as libvirt's node device, in three forms ([`DeviceForm`]) |
//! | [`json`] | the same for programs |
//! | `tree`, `text` | [`Tree`]: HBA, vHBA, target, logical unit; printed as lines |

mod device;
pub mod json;
mod record;
mod text;
mod tree;

pub use device::DeviceForm;
pub use record::Hba;
pub(crate) use record::with_adapters;
pub use text::size;
pub use tree::{Branch, Target, Tree};
