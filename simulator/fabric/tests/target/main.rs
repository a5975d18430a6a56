//! The device server, command by command. What is expected is written down from the standards as bytes;
//! nothing is compared with what the array's own encoders say.

mod about;
mod bench;
mod blocks;
mod nexuses;
mod reservations;
