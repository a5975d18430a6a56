//! N_Ports as others see them: link services, SCSI, frames between two links.

mod aborts;
mod commands;
mod link_services;
mod reads;
mod switching;
mod writes;
