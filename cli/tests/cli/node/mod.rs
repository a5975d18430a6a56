//! What is defined on a host, its guests, and what starts at boot.

mod defined;
mod guests;
mod unit;
