//! The decoders on the bytes of a real kernel's devices, and on any bytes; the order of the questions.

mod ask;
mod cdb;
mod data;
mod lies;
