//! Guests: what is read of their definitions, which devices they get, what the hook does.
//!
//! | module | what it shows |
//! |---|---|
//! | `definition` | definitions, read and rewritten: errors, harm, every other byte |
//! | `resolving` | each kind of source on a simulated host |
//! | `refusing` | all findings at once, and never a part of a guest |
//! | `sharing` | one LUN under two names, two guests, two hosts |
//! | `faults` | the faults of today's libvirt that touch guests |
//! | `hook` | the hook's protocol, call by call |
//! | `ports` | who uses what, links, pools: as they are kept on a host |

mod bed;
mod definition;
mod faults;
mod hook;
mod ports;
mod refusing;
mod resolving;
mod sharing;
