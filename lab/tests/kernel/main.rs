//! The lab's real kernel: it boots, runs commands, has wires. `cargo xtask kernel` builds it, and `cargo xtask test`
//! runs these in a step of their own; where there is no kernel they fail and say so.

mod real_kernel;
