//! What is on a unit: reading, writing, comparing, freeing.

mod compare;
mod free;
mod like_a_buffer;
mod memory;
mod storage;
mod transfer;
