//! A SAN as a table, JSON, a graph, a picture: all made from one [`SanView`].

pub(crate) mod dot;
pub(crate) mod picture;
pub(crate) mod table;
pub(crate) mod text;
mod view;

#[cfg(test)]
mod tests;

pub(crate) use view::{CableView, FabricView, IslView, MachineView, MemberView, SanView, Who};
