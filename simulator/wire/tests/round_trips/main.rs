//! Values are written and read again: the same value. On the way, no cut-off message and no buffer that is
//! too small makes a panic.
//!
//! | file | what |
//! |---|---|
//! | `values` | values of any type with a fixed layout, names, texts |
//! | `frames` | Ethernet, FCoE, FC-2, BLS |
//! | `fip` | all FIP messages |
//! | `els` | all requests, accepts and rejects |
//! | `directory`, `fdmi` | requests and answers of both services |
//! | `fcp` | all information units |
//! | `layouts` | which bytes of each structure are reserved |

#[macro_use]
mod values;
mod directory;
mod els;
mod fcp;
mod fdmi;
mod fip;
mod frames;
mod layouts;
