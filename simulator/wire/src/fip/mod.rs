//! FCoE Initialization Protocol (FC-BB-5, FC-BB-6): how ENodes find forwarders, log in and stay connected.
//!
//! A message is a header and a list of descriptors, each with a type and a length in words. [`Message`] is
//! what they say together; the list itself is read in any order, and descriptors that a message does not
//! need are passed over. One type below 128 that is not known, a length of zero or beyond the list, or a
//! descriptor that is given twice or missing make a message unreadable, as FC-BB-5 wants it.
//!
//! | file | what |
//! |---|---|
//! | `header` | [`Operation`], [`Flags`] |
//! | `descriptor` | what each descriptor holds: [`Fabric`], [`KeepAlivePeriod`], [`VnPort`] … |
//! | `several` | [`Several`]: descriptors of one type, of which a message may have many |
//! | `collect` | the walk over a list |
//! | `message` | [`Message`]: all messages |
//! | `read`, `write` | a message from its descriptors, and back |

mod collect;
mod descriptor;
mod header;
mod message;
mod read;
mod several;
mod write;

pub use descriptor::{Fabric, KeepAlivePeriod, Vlan, VnPort};
pub use header::{DescriptorType, Flags, Operation};
pub use message::{
    Advertisement, ClearVirtualLink, KeepAlive, LinkService, LinkServiceKind, Message,
    Solicitation, VlanNotification, VlanRequest,
};
pub use several::Several;
