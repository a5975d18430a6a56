//! Node devices: libvirt's XML of HBAs and vHBAs from outside, and the records of simulated HBAs.
//!
//! | module | what it shows |
//! |---|---|
//! | `round_trips` | `inputs/` becomes `outputs/`, byte for byte, and stays so; the typed fields |
//! | `errors` | the text of every kind of error (`snapshots/`) |
//! | `hostile` | limits, document type definitions, random and damaged text |
//! | `generated` | random devices with random unknown content lose nothing |
//! | `definitions` | to and from the definitions that a node keeps |
//! | `records` | what a simulated host's HBAs are as XML, JSON and a tree |
//! | `libvirt_faults` | what libvirt gets wrong, named after its fault |

mod definitions;
mod errors;
mod generated;
mod hostile;
mod libvirt_faults;
mod records;
mod round_trips;
