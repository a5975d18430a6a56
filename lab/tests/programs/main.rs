//! Stock programs on a real kernel that is logged in to the simulated fabric, as Debian 12 has them: what they print
//! is compared with what the world holds. `cargo xtask test --step programs` makes the directory that they are in,
//! and the kernel.

mod real_programs;
