//! The preamble of every message (FC-GS, "CT_IU preamble").

use npivot_hal::FcId;

/// The command code of an answer that refuses.
pub(super) const REJECT: u16 = 0x8001;
/// The command code of an answer that accepts.
pub(super) const ACCEPT: u16 = 0x8002;

codes! {
    /// Why a request was rejected. The explanation is the service's.
    pub struct Reason(u8) {
        INVALID_COMMAND = 0x01, "invalid command code";
        INVALID_VERSION = 0x02, "invalid version level";
        LOGICAL_ERROR = 0x03, "logical error";
        IU_SIZE = 0x04, "invalid CT_IU size";
        LOGICAL_BUSY = 0x05, "logical busy";
        PROTOCOL_ERROR = 0x07, "protocol error";
        UNABLE = 0x09, "unable to perform command request";
        UNSUPPORTED = 0x0b, "command not supported";
        UNAUTHORIZED = 0x0e, "command not authorized";
        VENDOR = 0xff, "vendor specific error";
    }
}

/// Which service: its type and subtype.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Service {
    /// GS_Type.
    pub kind: u8,
    /// GS_Subtype.
    pub subtype: u8,
}

impl Service {
    /// The name server, at `FFFFFC`.
    pub const DIRECTORY: Self = Self { kind: 0xfc, subtype: 0x02 };
    /// Fabric device management, at `FFFFFA`.
    pub const FDMI: Self = Self { kind: 0xfa, subtype: 0x10 };
}

layout! {
    /// The preamble.
    pub(super) struct Preamble("CT preamble") {
        revision: u8,
        in_id: FcId,
        kind: u8,
        subtype: u8,
        options: u8,
        [1] command: u16,
        words: u16,
        [1] reason: u8,
        explanation: u8,
        vendor: u8,
    }
}

/// What a preamble tells besides the service and the command; an answer repeats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Context {
    /// The revision of common transport: 1 to 3.
    pub revision: u8,
    /// Whom a proxy asks for; 0 otherwise.
    pub in_id: FcId,
    /// Options; 0 for synchronous transactions.
    pub options: u8,
}

impl Context {
    /// Revision 1, for oneself, synchronous.
    pub fn plain() -> Self {
        Self { revision: 1, in_id: crate::bytes::Field::of([0; 3]), options: 0 }
    }
}
