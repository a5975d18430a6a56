//! Messages of the FC transport: what a driver tells of its port and of the fabric.
//!
//! A datagram holds netlink messages, each of them a SCSI transport message with one FC event
//! (`include/uapi/scsi/scsi_netlink.h`, `scsi_netlink_fc.h`; `fc_host_post_fc_event` in
//! `drivers/scsi/scsi_transport_fc.c`). Numbers are in the byte order of the machine.

use npivot_hal::{FcId, HostNo, PortState};

/// `struct nlmsghdr`: its length, and what the next message is aligned to.
const NETLINK_HEADER: usize = 16;
const ALIGNMENT: usize = 4;
/// Netlink's own message types, which carry nothing for us, end below this.
const FIRST_TYPE: u16 = 0x10;
/// `SCSI_TRANSPORT_MSG`.
const SCSI_TRANSPORT: u16 = 0x11;
/// `struct scsi_nl_hdr`: version, transport, magic, message type, length.
const VERSION: u8 = 1;
const TRANSPORT_FC: u8 = 1;
const MAGIC: u16 = 0xa1b2;
const ASYNC_EVENT: u16 = 0x0100;
/// Where `event_data` begins in `struct fc_nl_event`, and how long that is with its four bytes of data.
const DATA_AT: usize = 36;
const EVENT: usize = 40;

/// What an event is about (`enum fc_host_event_code`, `include/scsi/scsi_transport_fc.h`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FcEventCode {
    /// A loop was initialised.
    Lip,
    /// The link came up.
    LinkUp,
    /// The link went down.
    LinkDown,
    /// A loop was reset.
    LipReset,
    /// The fabric sent an RSCN.
    Rscn,
    /// The adapter itself changed.
    AdapterChange,
    /// A port's state is not known.
    PortUnknown,
    /// A port went offline.
    PortOffline,
    /// A port came online.
    PortOnline,
    /// A port changed its fabric.
    PortFabric,
    /// A link's state is not known.
    LinkUnknown,
    /// The fabric sent a performance impact notification.
    Fpin,
    /// One was received and acknowledged.
    FpinAck,
    /// The vendor's own.
    VendorUnique,
    /// One that is not known here.
    Other(u32),
}

impl FcEventCode {
    /// Whether it says that the adapter's own link changed.
    pub const fn is_of_the_link(self) -> bool {
        matches!(self, Self::Lip | Self::LinkUp | Self::LinkDown | Self::LipReset)
    }

    /// What the adapter's port was while its link was as this says; `None` where it does not say that it
    /// was down.
    pub const fn state_meanwhile(self) -> Option<PortState> {
        match self {
            Self::LinkDown => Some(PortState::Linkdown),
            Self::Lip | Self::LipReset => Some(PortState::Offline),
            _ => None,
        }
    }

    /// The code's meaning.
    pub const fn from_code(code: u32) -> Self {
        match code {
            0x1 => Self::Lip,
            0x2 => Self::LinkUp,
            0x3 => Self::LinkDown,
            0x4 => Self::LipReset,
            0x5 => Self::Rscn,
            0x103 => Self::AdapterChange,
            0x200 => Self::PortUnknown,
            0x201 => Self::PortOffline,
            0x202 => Self::PortOnline,
            0x204 => Self::PortFabric,
            0x500 => Self::LinkUnknown,
            0x501 => Self::Fpin,
            0x502 => Self::FpinAck,
            0xffff => Self::VendorUnique,
            other => Self::Other(other),
        }
    }
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FcEvent {
    /// When it was, in seconds since 1970 by the host's clock.
    pub seconds: u64,
    /// Whose an event of the vendor is; else 0.
    pub vendor_id: u64,
    /// The adapter.
    pub adapter: HostNo,
    /// A number that grows by one with each event of the transport: a gap is a loss.
    pub number: u32,
    /// What it is about.
    pub code: FcEventCode,
    /// What comes with it.
    pub data: Vec<u8>,
}

/// In which order a driver puts the four bytes of an RSCN page into its event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums, reason = "there are two ways")]
pub enum PageOrder {
    /// As they were on the wire: lpfc (`lpfc_els_rcv_rscn`, `drivers/scsi/lpfc/lpfc_els.c`).
    Wire,
    /// As a number of the machine: qla2xxx (`qla2x00_async_event`, `drivers/scsi/qla2xxx/qla_isr.c`).
    Machine,
}

impl PageOrder {
    /// How the driver of this name does it. Drivers that are not known are taken to pass the page on.
    pub fn of_driver(driver: Option<&str>) -> Self {
        match driver {
            Some("qla2xxx") => Self::Machine,
            _ => Self::Wire,
        }
    }
}

impl FcEvent {
    /// The address that an RSCN names (FC-LS, "RSCN payload": the page's lower three bytes). `None` for
    /// another event, and for one without a page.
    pub fn affected(&self, order: PageOrder) -> Option<FcId> {
        let page = *self.data.first_chunk().filter(|_| self.code == FcEventCode::Rscn)?;
        let page = match order {
            PageOrder::Wire => u32::from_be_bytes(page),
            PageOrder::Machine => u32::from_ne_bytes(page),
        };
        FcId::new(page & 0x00ff_ffff)
    }
}

/// Why a datagram cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FcMessageError {
    /// It ends in the middle, or a length in it leads beyond its end.
    #[error("{what} at byte {at} is cut off: it needs {needed} bytes and has {found}")]
    Truncated {
        /// What ends too early.
        what: &'static str,
        /// Where it begins.
        at: usize,
        /// How long it must be.
        needed: usize,
        /// How much there is.
        found: usize,
    },
    /// A field has another value than the format.
    #[error("{what} at byte {at} is {found:#x} where {expected:#x} was expected")]
    Unexpected {
        /// The field.
        what: &'static str,
        /// Where it is.
        at: usize,
        /// Its value.
        found: u32,
        /// What the format has.
        expected: u32,
    },
}

/// Some bytes of a datagram, which know where they are in it.
#[derive(Clone, Copy)]
struct Part<'a> {
    what: &'static str,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Part<'a> {
    fn read<const N: usize>(self, at: usize) -> Result<[u8; N], FcMessageError> {
        let found = self.bytes.len();
        let bytes = self.bytes.get(at..).and_then(<[u8]>::first_chunk).copied();
        let Self { what, at: start, .. } = self;
        bytes.ok_or(FcMessageError::Truncated { what, at: start, needed: at + N, found })
    }

    fn u16(self, at: usize) -> Result<u16, FcMessageError> {
        self.read(at).map(u16::from_ne_bytes)
    }

    fn u32(self, at: usize) -> Result<u32, FcMessageError> {
        self.read(at).map(u32::from_ne_bytes)
    }

    /// So many of its bytes from a place on, as another part.
    fn part(
        self,
        what: &'static str,
        from: usize,
        length: usize,
    ) -> Result<Part<'a>, FcMessageError> {
        let bytes = from.checked_add(length).and_then(|end| self.bytes.get(from..end));
        let (at, found) = (self.at + from, self.bytes.len().saturating_sub(from));
        let bytes = bytes.ok_or(FcMessageError::Truncated { what, at, needed: length, found })?;
        Ok(Part { what, bytes, at })
    }

    fn expect(
        self,
        what: &'static str,
        at: usize,
        found: impl Into<u32>,
        expected: impl Into<u32>,
    ) -> Result<(), FcMessageError> {
        let (found, expected) = (found.into(), expected.into());
        if found == expected {
            return Ok(());
        }
        Err(FcMessageError::Unexpected { what, at: self.at + at, found, expected })
    }
}

/// Reads the FC events of a datagram, in its order. Netlink's own messages in it, and those of other
/// kinds of SCSI transport event, are passed over.
///
/// # Errors
/// [`FcMessageError`]: any bytes at all may be given, and events in front of an error are not answered.
pub fn parse(datagram: &[u8]) -> Result<Vec<FcEvent>, FcMessageError> {
    let whole = Part { what: "a netlink message", bytes: datagram, at: 0 };
    let mut events = vec![];
    let mut at = 0;
    while at < datagram.len() {
        let header = whole.part("a netlink header", at, NETLINK_HEADER.min(datagram.len() - at))?;
        let length = usize::try_from(header.u32(0)?).unwrap_or(usize::MAX);
        let kind = header.u16(4)?;
        header.read::<NETLINK_HEADER>(0)?;
        let message = whole.part("a netlink message", at, length.max(NETLINK_HEADER))?;
        if length < NETLINK_HEADER {
            let needed = NETLINK_HEADER;
            let what = "a netlink message";
            return Err(FcMessageError::Truncated { what, at, needed, found: length });
        }
        if kind >= FIRST_TYPE {
            message.expect("the netlink message type", 4, kind, SCSI_TRANSPORT)?;
            let body = message.part("a SCSI message", NETLINK_HEADER, length - NETLINK_HEADER)?;
            events.extend(transport_message(body)?);
        }
        at += length.next_multiple_of(ALIGNMENT);
    }
    Ok(events)
}

fn transport_message(body: Part<'_>) -> Result<Option<FcEvent>, FcMessageError> {
    let [version, transport] = body.read(0)?;
    body.expect("the version", 0, version, VERSION)?;
    body.expect("the magic number", 2, body.u16(2)?, MAGIC)?;
    let (kind, length) = (body.u16(4)?, body.u16(6)?);
    let body = body.part("a SCSI message", 0, length.into())?;
    if transport != TRANSPORT_FC || kind != ASYNC_EVENT {
        return Ok(None);
    }
    let event = body.part("an FC event", 0, body.bytes.len().max(EVENT))?;
    let data_length = usize::from(event.u16(26)?);
    let data = event.part("an FC event's data", DATA_AT, data_length)?;
    Ok(Some(FcEvent {
        seconds: event.read(8).map(u64::from_ne_bytes)?,
        vendor_id: event.read(16).map(u64::from_ne_bytes)?,
        adapter: HostNo(event.u16(24)?.into()),
        number: event.u32(28)?,
        code: FcEventCode::from_code(event.u32(32)?),
        data: data.bytes.to_vec(),
    }))
}
