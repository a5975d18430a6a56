//! The header of every message.

use crate::bytes::Field;

/// What a message is: protocol code and subcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Operation {
    /// The protocol: 1 discovery, 2 link services, 3 control, 4 VLAN discovery, 5 VN2VN.
    pub code: u16,
    /// Which of its messages.
    pub subcode: u8,
}

impl Operation {
    /// Discovery solicitation.
    pub const SOLICITATION: Self = Self::new(1, 1);
    /// Discovery advertisement.
    pub const ADVERTISEMENT: Self = Self::new(1, 2);
    /// Link service request.
    pub const LINK_SERVICE_REQUEST: Self = Self::new(2, 1);
    /// Link service reply.
    pub const LINK_SERVICE_REPLY: Self = Self::new(2, 2);
    /// Keep alive.
    pub const KEEP_ALIVE: Self = Self::new(3, 1);
    /// Clear virtual link.
    pub const CLEAR_VIRTUAL_LINK: Self = Self::new(3, 2);
    /// VLAN request.
    pub const VLAN_REQUEST: Self = Self::new(4, 1);
    /// VLAN notification.
    pub const VLAN_NOTIFICATION: Self = Self::new(4, 2);

    /// The operation of these numbers.
    pub const fn new(code: u16, subcode: u8) -> Self {
        Self { code, subcode }
    }
}

flags! {
    /// The header's flags.
    pub struct Flags(u16) {
        FPMA = 0x8000, "fabric provided MAC addresses";
        SPMA = 0x4000, "server provided MAC addresses";
        AVAILABLE = 0x0004, "available for login";
        SOLICITED = 0x0002, "solicited";
        F_PORT = 0x0001, "from a forwarder";
    }
}

flags_as_number! {
    Flags(u16),
}

impl Flags {
    /// An advertisement that nobody asked for, of a forwarder that takes logins: `8005`.
    pub const UNSOLICITED: Self = Self::FPMA.with(Self::AVAILABLE).with(Self::F_PORT);
    /// The answer to a solicitation: `8007`. Linux takes no other.
    pub const ANSWER: Self = Self::UNSOLICITED.with(Self::SOLICITED);
}

codes! {
    /// What a descriptor is. Below 128 it must be known to whoever reads the message.
    pub struct DescriptorType(u8) {
        PRIORITY = 1, "priority descriptor";
        MAC = 2, "MAC address descriptor";
        FC_MAP = 3, "FC-MAP descriptor";
        NAME = 4, "name identifier descriptor";
        FABRIC = 5, "fabric descriptor";
        MAX_SIZE = 6, "max FCoE size descriptor";
        FLOGI = 7, "FLOGI descriptor";
        FDISC = 8, "NPIV FDISC descriptor";
        LOGO = 9, "LOGO descriptor";
        ELP = 10, "ELP descriptor";
        VN_PORT = 11, "Vx_Port identification descriptor";
        KEEP_ALIVE = 12, "FKA_ADV_Period descriptor";
        VENDOR = 13, "vendor ID descriptor";
        VLAN = 14, "VLAN descriptor";
        FC4 = 15, "FC-4 attributes descriptor";
    }
}

impl DescriptorType {
    /// Whether a message with it is to be dropped by whoever does not know it.
    pub const fn is_critical(self) -> bool {
        self.0 < 128
    }
}

layout! {
    /// The header. The version is in the upper four bits.
    pub(super) struct Header("FIP header") {
        version: u8,
        [1] code: u16,
        [1] subcode: u8,
        descriptor_words: u16,
        flags: Flags,
    }
}

/// The version that there is.
pub(super) const VERSION: u8 = 1;

/// The words of the header's length field and of descriptors.
pub(super) const WORD_BYTES: usize = 4;

layout! {
    /// What every descriptor begins with.
    pub(super) struct DescriptorHead("FIP descriptor") {
        kind: DescriptorType,
        words: u8,
    }
}

impl Header {
    /// How many bytes it has.
    pub(super) const BYTES: usize = size_of::<<Self as Field>::Wire>();
}
