//! FCP_CMND (FCP-4, "FCP_CMND IU").

use npivot_hal::Lun;

use crate::bytes::{Encode, Reader, Writer};
use crate::error::{DecodeError, EncodeError};

const WHAT: &str = "FCP_CMND";

codes! {
    /// In which order a task is done (SAM, "Task attributes"), three bits.
    pub struct Attribute(u8) {
        SIMPLE = 0, "simple";
        HEAD_OF_QUEUE = 1, "head of queue";
        ORDERED = 2, "ordered";
        ACA = 4, "ACA";
    }
}

flags! {
    /// Task management functions; with one of them set, the CDB does not count.
    pub struct TaskManagement(u8) {
        CLEAR_ACA = 0x40, "clear ACA";
        TARGET_RESET = 0x20, "target reset, obsolete";
        LUN_RESET = 0x10, "logical unit reset";
        CLEAR_TASK_SET = 0x04, "clear task set";
        ABORT_TASK_SET = 0x02, "abort task set";
    }
}

flags! {
    /// Which way data goes; both bits for a bidirectional command.
    pub struct Direction(u8) {
        READ = 0x02, "from the target";
        WRITE = 0x01, "to the target";
    }
}

flags_as_number! {
    TaskManagement(u8),
}

layout! {
    /// What stands before the additional CDB bytes.
    struct Head("FCP_CMND") {
        lun: Lun,
        reference: u8,
        priority_and_attribute: u8,
        task_management: TaskManagement,
        length_and_direction: u8,
        cdb: [u8; 16],
    }
}

/// A command descriptor block: 16 bytes, shorter ones filled with zeros, and what goes beyond them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cdb<'a> {
    /// The first 16 bytes.
    pub first: [u8; 16],
    /// Those after them: up to 252, in multiples of 4.
    pub additional: &'a [u8],
}

impl Cdb<'_> {
    /// A CDB of at most 16 bytes, or `None` for a longer one.
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let mut first = [0; 16];
        first.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(Self { first, additional: &[] })
    }

    /// The operation code.
    pub const fn operation(&self) -> u8 {
        self.first[0]
    }
}

/// A SCSI command to a logical unit, or a task management function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Command<'a> {
    /// The logical unit.
    pub lun: Lun,
    /// Command reference number, for precise delivery.
    pub reference: u8,
    /// Priority, 0 to 15.
    pub priority: u8,
    /// Task attribute.
    pub attribute: Attribute,
    /// The task management function; none for a SCSI command.
    pub task_management: TaskManagement,
    /// Which way data goes.
    pub direction: Direction,
    /// The command.
    pub cdb: Cdb<'a>,
    /// How many bytes the initiator has, or has room for.
    pub data_bytes: u32,
    /// The room for a bidirectional command's read, in bytes. Some exactly when `direction` is both.
    pub bidirectional_read_bytes: Option<u32>,
}

impl<'a> Command<'a> {
    const BOTH: Direction = Direction::READ.with(Direction::WRITE);
    const MAX_ADDITIONAL: usize = 0x3f * 4;

    /// A simple SCSI command.
    pub const fn new(lun: Lun, cdb: Cdb<'a>, direction: Direction, data_bytes: u32) -> Self {
        Self {
            lun,
            reference: 0,
            priority: 0,
            attribute: Attribute::SIMPLE,
            task_management: TaskManagement::NONE,
            direction,
            cdb,
            data_bytes,
            bidirectional_read_bytes: None,
        }
    }

    /// Reads it.
    ///
    /// # Errors
    /// Fewer bytes than it has, with the additional CDB bytes that it announces.
    pub fn decode(payload: &'a [u8]) -> Result<Self, DecodeError> {
        let mut from = Reader::new(WHAT, payload);
        let head: Head = from.field()?;
        let additional = from.take(usize::from(head.length_and_direction >> 2) * 4)?;
        let direction = Direction(head.length_and_direction & Self::BOTH.0);
        let data_bytes = from.field()?;
        let bidirectional_read_bytes =
            if direction == Self::BOTH { Some(from.field()?) } else { None };
        Ok(Self {
            lun: head.lun,
            reference: head.reference,
            priority: head.priority_and_attribute >> 3 & 0x0f,
            attribute: Attribute(head.priority_and_attribute & 0x07),
            task_management: head.task_management,
            direction,
            cdb: Cdb { first: head.cdb, additional },
            data_bytes,
            bidirectional_read_bytes,
        })
    }
}

impl Encode for Command<'_> {
    fn encode(&self, to: &mut Writer<'_>) -> Result<(), EncodeError> {
        let found = self.cdb.additional.len();
        if found > Self::MAX_ADDITIONAL || !found.is_multiple_of(4) {
            let expected = "up to 252, in multiples of 4";
            return Err(EncodeError::Length { what: "additional CDB", expected, found });
        }
        let additional = u8::try_from(found).unwrap_or(u8::MAX);
        to.field(Head {
            lun: self.lun,
            reference: self.reference,
            priority_and_attribute: (self.priority & 0x0f) << 3 | self.attribute.0 & 0x07,
            task_management: self.task_management,
            // A quarter of the length, two bits up: the length itself.
            length_and_direction: additional | self.direction.0 & Self::BOTH.0,
            cdb: self.cdb.first,
        })?;
        to.bytes(self.cdb.additional)?;
        to.field(self.data_bytes)?;
        if self.direction.has(Self::BOTH) {
            to.field(self.bidirectional_read_bytes.unwrap_or(0))?;
        }
        Ok(())
    }
}
