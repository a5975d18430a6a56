//! A guest's definition, read and rewritten.
//!
//! | module | what it shows |
//! |---|---|
//! | `reading` | what definitions say; every kind of error with its place |
//! | `hostile` | input that means harm is refused at little cost |
//! | `preserved` | a rewritten definition differs in the source, and in no other byte |

mod hostile;
mod preserved;
mod reading;
