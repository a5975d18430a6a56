//! Process login and logout: PRLI, PRLO (FC-LS), with FCP's parameters (FCP-4, "Process login").

use crate::bytes::{Encode, Field, List, Reader, Writer};
use crate::error::{DecodeError, EncodeError, fits};
use crate::fc2::FcType;

flags! {
    /// What an image pair is asked for, and in accepts how that went: the code is in the lower four bits.
    pub struct PageFlags(u8) {
        ORIGINATOR_ASSOCIATOR = 0x80, "the originator's process associator is valid";
        RESPONDER_ASSOCIATOR = 0x40, "the responder's process associator is valid";
        IMAGE_PAIR = 0x20, "establish an image pair";
    }
}

flags! {
    /// FCP's service parameters.
    pub struct FcpParameters(u32) {
        TASK_RETRY_ID = 0x200, "task retry identification requested";
        RETRY = 0x100, "retry";
        CONFIRMATION = 0x80, "confirmed completion allowed";
        DATA_OVERLAY = 0x40, "data overlay allowed";
        INITIATOR = 0x20, "initiator function";
        TARGET = 0x10, "target function";
        READ_WITHOUT_READY = 0x02, "no FCP_XFER_RDY for reads";
        WRITE_WITHOUT_READY = 0x01, "no FCP_XFER_RDY for the first burst of writes";
    }
}

flags_as_number! {
    PageFlags(u8),
    FcpParameters(u32),
}

codes! {
    /// How a page's request went.
    pub struct PageResponse(u8) {
        REQUEST = 0, "a request";
        EXECUTED = 1, "request executed";
        NO_RESOURCES = 2, "no resources";
        INITIALIZING = 3, "initialization not complete";
        NO_ASSOCIATOR = 4, "the process associator does not exist";
        CONFIGURED_OUT = 5, "a predefined configuration precludes it";
        CONDITIONAL = 6, "executed conditionally";
        ONE_PAGE = 7, "only one page is possible";
        INVALID = 8, "service parameters are invalid";
    }
}

impl PageFlags {
    const RESPONSE: u8 = 0x0f;

    /// How it went.
    pub const fn response(self) -> PageResponse {
        PageResponse(self.0 & Self::RESPONSE)
    }

    /// These flags, as the answer that it went like this.
    #[must_use]
    pub const fn answered(self, response: PageResponse) -> Self {
        Self(self.0 & !Self::RESPONSE | response.0 & Self::RESPONSE)
    }
}

record! {
    /// A service parameter page of PRLI, or a logout page of PRLO.
    pub struct Page("service parameter page") {
        /// The FC-4.
        fc_type: FcType,
        /// Its extension.
        type_extension: u8,
        /// What is asked for, and how that went.
        flags: PageFlags,
        /// Originator process associator.
        [1] originator: u32,
        /// Responder process associator.
        responder: u32,
        /// The FC-4's parameters; for FCP, [`FcpParameters`].
        parameters: FcpParameters,
    }
}

const PAGE_BYTES: u8 = 16;

/// The pages of PRLI, PRLO or of their accepts.
pub type Pages<'a> = List<'a, Page>;

/// Reads pages with their lengths, from the byte after the command code.
pub(super) fn read<'a>(from: &mut Reader<'a>) -> Result<Pages<'a>, DecodeError> {
    let page_bytes: u8 = from.field()?;
    if page_bytes != PAGE_BYTES {
        return Err(from.unexpected(1, "pages of 16 bytes", page_bytes));
    }
    read_list(from, PAGE_BYTES.into())
}

/// Writes them likewise.
pub(super) fn write(pages: &Pages<'_>, to: &mut Writer<'_>) -> Result<(), EncodeError> {
    to.field(PAGE_BYTES)?;
    write_list(pages, to)
}

/// Reads the payload's length, which counts the four bytes before the first record, and the records.
pub(super) fn read_list<'a, T: Field>(
    from: &mut Reader<'a>,
    record_bytes: u16,
) -> Result<List<'a, T>, DecodeError> {
    let payload: u16 = from.field()?;
    match payload.checked_sub(4) {
        Some(bytes) if bytes.is_multiple_of(record_bytes) => {
            from.list(usize::from(bytes / record_bytes))
        }
        _ => Err(from.unexpected(2, "a payload length of 4 and whole pages", payload)),
    }
}

/// Writes them likewise.
pub(super) fn write_list<T: Field>(
    list: &List<'_, T>,
    to: &mut Writer<'_>,
) -> Result<(), EncodeError> {
    to.field(fits::<u16>("pages", u16::MAX.into(), 4 + list.bytes())?)?;
    list.encode(to)
}
