//! Reading and writing bytes with every length checked, and the few shapes that all messages are made of.
//!
//! | file | what |
//! |---|---|
//! | `field` | [`Field`]: a value with a fixed place on the wire, through a zerocopy view of it |
//! | `record` | `record!`: a structure of fields, as the standards' tables have them |
//! | `code` | `codes!` and `flags!`: numbers and bits with names, unknown ones kept |
//! | `list` | [`List`]: records one after the other, read in place or written from a slice |
//! | `reader` | the cursor that every decoder goes by |
//! | `writer` | [`Writer`] and [`Encode`]: into a buffer of the caller's |

#[macro_use]
mod code;
#[macro_use]
mod record;
mod field;
mod list;
mod reader;
mod writer;

pub use field::Field;
pub use list::List;
pub use writer::{Encode, Writer};

pub(crate) use field::After;
pub(crate) use reader::Reader;
pub(crate) use record::Record;
