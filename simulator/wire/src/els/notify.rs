//! State change registration and notification: SCR, RSCN (FC-LS).

use npivot_hal::FcId;

use super::process::{read_list, write_list};
use crate::bytes::{Encode, Field, List, Reader, Writer};
use crate::error::{DecodeError, EncodeError};

codes! {
    /// Which notifications a port wants.
    pub struct ScrFunction(u8) {
        FABRIC = 1, "what the fabric detects";
        N_PORT = 2, "what N_Ports detect";
        FULL = 3, "all";
        CLEAR = 255, "none any more";
    }
}

record! {
    /// SCR: registers for state change notifications.
    pub struct Scr("SCR") {
        /// Which ones.
        [6] function: ScrFunction,
    }
}

codes! {
    /// What happened, four bits.
    pub struct Change(u8) {
        UNSPECIFIED = 0, "event is not specified";
        NAME_SERVER_OBJECT = 1, "changed name server object";
        PORT_ATTRIBUTE = 2, "changed port attribute";
        SERVICE_OBJECT = 3, "changed service object";
        SWITCH_CONFIGURATION = 4, "changed switch configuration";
        REMOVED_OBJECT = 5, "removed object";
    }
}

codes! {
    /// How much of the address counts, two bits.
    pub struct Scope(u8) {
        PORT = 0, "port";
        AREA = 1, "area";
        DOMAIN = 2, "domain";
        FABRIC = 3, "fabric";
    }
}

/// A page of RSCN: who has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AffectedPort {
    /// What happened, 0 to 15.
    pub change: Change,
    /// How much of the address counts, 0 to 3.
    pub scope: Scope,
    /// The address.
    pub id: FcId,
}

impl Field for AffectedPort {
    type Wire = [u8; 4];
    fn of([flags, domain, area, port]: [u8; 4]) -> Self {
        Self {
            change: Change(flags >> 2 & 0xf),
            scope: Scope(flags & 0x3),
            id: FcId::of([domain, area, port]),
        }
    }
    fn wire(self) -> [u8; 4] {
        let [domain, area, port] = self.id.wire();
        [(self.change.0 & 0xf) << 2 | self.scope.0 & 0x3, domain, area, port]
    }
}

const PAGE_BYTES: u8 = 4;

/// RSCN: something has changed; who is told asks the name server what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rscn<'a> {
    /// Who has changed.
    pub affected: List<'a, AffectedPort>,
}

impl<'a> Rscn<'a> {
    pub(super) fn read(from: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let page_bytes: u8 = from.field()?;
        if page_bytes != PAGE_BYTES {
            return Err(from.unexpected(1, "pages of 4 bytes", page_bytes));
        }
        Ok(Self { affected: read_list(from, PAGE_BYTES.into())? })
    }
}

/// Without the command code.
impl Encode for Rscn<'_> {
    fn encode(&self, to: &mut Writer<'_>) -> Result<(), EncodeError> {
        to.field(PAGE_BYTES)?;
        write_list(&self.affected, to)
    }
}
