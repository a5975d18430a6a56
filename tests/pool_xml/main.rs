//! libvirt's pool XML from outside: golden texts, what is kept, and input that means harm.
//!
//! | module | what it shows |
//! |---|---|
//! | `round_trips` | `inputs/` becomes `outputs/`, byte for byte, and stays so |
//! | `typed` | what the typed fields say for every notation |
//! | `errors` | the text of every kind of error (`snapshots/`) |
//! | `hostile` | limits: size, depth, numbers, document type definitions |
//! | `generated` | random definitions with random unknown content lose nothing |
//! | `mutated` | random and damaged text never panics, and what is accepted is stable |

mod errors;
mod generated;
mod hostile;
mod mutated;
mod round_trips;
mod typed;
