//! The fabric's services: the name server, the fabric controller, FDMI.

mod changes;
mod fdmi;
mod names;
mod registrations;
