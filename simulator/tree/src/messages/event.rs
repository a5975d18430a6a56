//! Events of the FC transport (`include/uapi/scsi/scsi_netlink.h`, `scsi_netlink_fc.h`).

/// What an event says (`enum fc_host_event_code`, `include/scsi/scsi_transport_fc.h`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[repr(u32)]
pub enum FcEventCode {
    /// The link is up.
    LinkUp = 2,
    /// The link is down.
    LinkDown = 3,
    /// The adapter was reset, or logged out with its link up.
    LipReset = 4,
    /// A registered state change notification; the data is its page.
    Rscn = 5,
}

/// An event of an adapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FcEvent {
    /// When: seconds since the beginning of the run, where the kernel says seconds since 1970.
    pub seconds: u64,
    /// The number of the adapter.
    pub host_no: u32,
    /// The number of the event, which only grows.
    pub number: u32,
    /// What happened.
    pub code: FcEventCode,
    /// More about it; of an RSCN the address in the low 24 bits.
    pub data: u32,
}

/// The length of `struct nlmsghdr`.
const NETLINK_HEADER: usize = 16;
/// The length of `struct fc_nl_event` with four bytes of data.
const EVENT: usize = 40;
/// `SCSI_TRANSPORT_MSG`.
const SCSI_TRANSPORT: u16 = 0x11;
/// Version 1, transport 1 (FC).
const VERSION_AND_TRANSPORT: [u8; 2] = [1, 1];
/// `SCSI_NL_MAGIC`.
const MAGIC: u16 = 0xa1b2;
/// `FC_NL_ASYNC_EVENT`.
const ASYNC_EVENT: u16 = 0x0100;

impl FcEvent {
    /// As a message on NETLINK_SCSITRANSPORT, in the machine's byte order: 56 bytes. Kernels from 5.4 to
    /// 6.1 send eight more, which nobody has written to.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(NETLINK_HEADER + EVENT);
        let length = u32::try_from(NETLINK_HEADER + EVENT).unwrap_or_default();
        bytes.extend(length.to_ne_bytes());
        bytes.extend(SCSI_TRANSPORT.to_ne_bytes());
        // Flags, sequence and sender: the kernel's are zero.
        bytes.extend([0; 10]);
        bytes.extend(VERSION_AND_TRANSPORT);
        bytes.extend(MAGIC.to_ne_bytes());
        bytes.extend(ASYNC_EVENT.to_ne_bytes());
        bytes.extend(u16::try_from(EVENT).unwrap_or_default().to_ne_bytes());
        bytes.extend(self.seconds.to_ne_bytes());
        // No vendor.
        bytes.extend([0; 8]);
        // The field has 16 bits, whatever the number.
        let [low, high, ..] = self.host_no.to_le_bytes();
        bytes.extend(u16::from_le_bytes([low, high]).to_ne_bytes());
        bytes.extend(4_u16.to_ne_bytes());
        bytes.extend(self.number.to_ne_bytes());
        bytes.extend((self.code as u32).to_ne_bytes());
        bytes.extend(self.data.to_ne_bytes());
        bytes
    }
}
