//! Task management (SAM-5, 7; FCP-4, 9.1.2.8). Every command is done when it arrives, so there never is
//! one to abort: what is left is the resets and what they tell.

use npivot_hal::Lun;
use serde::{Deserialize, Serialize};

use crate::array::Array;
use crate::array::attention::Nexus;

/// A task management function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum TaskManagement {
    /// ABORT TASK.
    AbortTask,
    /// ABORT TASK SET.
    AbortTaskSet,
    /// CLEAR TASK SET.
    ClearTaskSet,
    /// LOGICAL UNIT RESET.
    LogicalUnitReset,
    /// TARGET RESET, which FCP-4 has dropped and Linux still sends.
    TargetReset,
    /// CLEAR ACA.
    ClearAca,
}

/// What became of it, with the RSP_CODE of FCP-4, 9.5.15.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum TaskAnswer {
    /// Done.
    Complete = 0x00,
    /// Not a function of this array.
    Rejected = 0x04,
    /// The initiator has nothing at this LUN.
    IncorrectLun = 0x09,
}

impl TaskAnswer {
    /// RSP_CODE on the wire.
    pub const fn code(self) -> u8 {
        self as u8
    }
}

impl Array {
    /// Does a task management function. The LUN is of no meaning to a target reset.
    ///
    /// A reset sets the mode pages back and owes BUS DEVICE RESET FUNCTION OCCURRED to every nexus that
    /// sees the unit, the sender's too. Registrations and reservations stay.
    pub fn manage(&mut self, nexus: Nexus, lun: Lun, function: TaskManagement) -> TaskAnswer {
        self.attentions.used(nexus);
        if function == TaskManagement::TargetReset {
            self.reset_all();
            return TaskAnswer::Complete;
        }
        let Some(unit) = self.volume_at(nexus.initiator, lun) else {
            return TaskAnswer::IncorrectLun;
        };
        match function {
            TaskManagement::ClearAca => return TaskAnswer::Rejected,
            TaskManagement::LogicalUnitReset => self.reset_unit(unit),
            _ => {}
        }
        TaskAnswer::Complete
    }

    fn reset_all(&mut self) {
        for unit in self.volume_indices() {
            self.reset_unit(unit);
        }
    }
}
