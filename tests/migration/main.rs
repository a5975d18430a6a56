//! The migration on a simulated SAN: whole, refused, and with every call failing, getting lost, and being
//! the last one before a crash.

mod bed;
mod crashes;
mod faults;
mod outcomes;
mod weather;
