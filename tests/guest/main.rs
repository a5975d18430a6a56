//! Guests: what is read of their definitions, which devices they get, what the hook does.
//!
//! | module | what it shows |
//! |---|---|
//! | `reading` | what the definitions say; every kind of error with its place |
//! | `hostile` | input that means harm is refused at little cost |
//! | `preserved` | a rewritten definition differs in the source, and in no other byte |
//! | `resolving` | each kind of source on a simulated host |
//! | `refusing` | all findings at once, and never a part of a guest |
//! | `sharing` | one LUN under two names, two guests, two hosts |
//! | `faults` | the faults of today's libvirt that touch guests |
//! | `hook` | the hook's protocol, call by call |

mod bed;
mod faults;
mod hook;
mod hostile;
mod preserved;
mod reading;
mod refusing;
mod resolving;
mod sharing;
