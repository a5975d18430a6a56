//! What a guest's resolution rests on: who uses what, links, the pools of a node.

mod claims;
mod contention;
mod failing;
mod links;
mod pools;
