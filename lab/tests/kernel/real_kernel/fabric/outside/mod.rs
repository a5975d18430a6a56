//! Kernels from outside, at the end of a line into each: the Linux backend, the conformance suite and a whole
//! migration work here.

mod conformance;
mod line;
mod migration;

use super::{
    ALPHA, BETA, LIMIT, TOPOLOGY, WEB1, address_of, content, kernel, light, npivot, pools, rack,
    topology, until, with,
};
