//! Bytes that no correct sender sends. Nothing panics, and what can be read is read again from what is
//! written of it; errors say where and what was expected.
//!
//! | file | what |
//! |---|---|
//! | `any` | random bytes, and frames of the capture with some bytes changed |
//! | `lies` | lengths, counts and types that are wrong in a certain way, with what is said about them |

mod any;
mod lies;
