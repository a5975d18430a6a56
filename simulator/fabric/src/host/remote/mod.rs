//! Ports at the far end: found by discovery, lost and found again, and the clocks that run meanwhile.

mod discovery;
mod rport;
mod timeouts;
