//! What happens to the SAN while the kernel runs: cables, volumes, a bad wire.

mod acts;
mod events;
mod faults;
