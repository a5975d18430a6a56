//! What every kind of libvirt document needs, whatever it defines.
//!
//! | module | what is in it |
//! |---|---|
//! | `limits` | one cheap pass before the parser, so that no input costs more than it may |
//! | `source` | the text being read: parsing it, and errors at a place in it |
//! | `error` | [`XmlError`]: where, what was expected, what to do |
//! | `nearest` | the known word that a mistyped one resembles |
//! | `node` | an element as the readers of definitions see it |
//! | `kept` | elements, attributes and text that are kept without being understood |
//! | `own` | npivot's own elements, in which nothing is kept that is not understood |
//! | `writer` | the text as libvirt lays it out |

mod error;
mod kept;
mod limits;
mod nearest;
mod node;
mod own;
mod source;
mod writer;

pub use error::XmlError;
pub use limits::{MAX_ATTRIBUTES, MAX_BYTES, MAX_DEPTH, MAX_NAMESPACES, MAX_TAGS};

pub(super) use error::quoted;
pub(super) use kept::{Attribute, Kept};
pub(super) use node::{Node, Value};
pub(super) use source::{Source, is_space};
pub(super) use writer::Writer;
