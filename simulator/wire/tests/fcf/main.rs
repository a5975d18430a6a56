//! The forwarder as its peers see it: frames in, frames out, on worlds that are built for each test.
//!
//! | file | what |
//! |---|---|
//! | `bed` | a forwarder in front of a small SAN, and the peers that talk to it |
//! | `judge` | what a Linux kernel sent in the capture, and what it was answered |
//! | `link` | discovery, keep-alives, logins |
//! | `service` | name server, state changes |
//! | `port` | link services of N_Ports, SCSI, switching |
//! | `repeat` | the same frames at the same times give the same bytes; runs replay |
//! | `hostile` | any bytes in any order |

mod bed;
mod hostile;
mod judge;
mod link;
mod port;
mod repeat;
mod service;
