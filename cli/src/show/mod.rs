//! A SAN as a table, JSON, a graph, a picture: all drawn from one [`SanView`].

pub(crate) mod dot;
pub(crate) mod layout;
pub(crate) mod svg;
pub(crate) mod text;
mod view;

pub(crate) use view::{CableView, FabricView, SanView};
