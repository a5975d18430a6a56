//! SCSI over Fibre Channel (FCP-4): commands, data, responses, task management.
//!
//! | file | what |
//! |---|---|
//! | `command` | [`Command`]: FCP_CMND, a SCSI command or a task management function |
//! | `response` | [`Response`]: FCP_RSP with status, residuals, sense data |
//! | `unit` | [`Fcp`]: all information units, [`TransferReady`], FC-4 link services |

mod command;
mod response;
mod unit;

pub use command::{Attribute, Cdb, Command, Direction, TaskManagement};
pub use response::{Residual, Response, ResponseCode};
pub use unit::{Fcp, LinkService, Retransmission, TransferReady};
