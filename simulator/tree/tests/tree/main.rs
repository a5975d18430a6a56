//! The tree of simulated hosts: reading, writing, exporting, and what the kernel sends.

mod exporting;
mod random;
mod reading;
mod sending;
mod site;
mod whole;
mod writing;
