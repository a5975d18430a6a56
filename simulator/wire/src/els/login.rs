//! Logins: FLOGI, FDISC, PLOGI and their accepts, which have one format (FC-LS, "FLOGI", "PLOGI").

use npivot_hal::{WwnPair, Wwnn, Wwpn};

use crate::bytes::{Encode, Reader, Writer};
use crate::error::{DecodeError, EncodeError};

flags! {
    /// Common features. What a bit means depends on who says it to whom.
    pub struct CommonFeatures(u16) {
        NPIV = 0x8000, "in FLOGI: asks for more than one N_Port_ID";
        CONTINUOUS_OFFSET = 0x8000, "in PLOGI: continuously increasing relative offset";
        CLEAN_ADDRESS = 0x8000, "in FLOGI's accept: the address has not been another's lately";
        RANDOM_OFFSET = 0x4000, "random relative offset";
        VENDOR_VERSION = 0x2000, "in requests: the vendor version level is valid";
        NPIV_ACCEPTED = 0x2000, "in FLOGI's accept: the port takes FDISC";
        F_PORT = 0x1000, "the sender is an F_Port";
        BB_CREDIT = 0x0800, "alternate BB_Credit management";
        E_D_TOV_NANOSECONDS = 0x0400, "E_D_TOV is in nanoseconds, not milliseconds";
        MULTICAST = 0x0200, "multicast";
        BROADCAST = 0x0100, "broadcast";
        SECURITY = 0x0020, "security";
        SEQ_CNT = 0x0002, "SEQ_CNT goes on from sequence to sequence";
        LONG_PAYLOAD = 0x0001, "the payload has 256 bytes, not 116";
    }
}

flags! {
    /// What is offered in a class of service.
    pub struct ClassFlags(u16) {
        VALID = 0x8000, "the class is supported";
        SEQUENTIAL = 0x0800, "frames arrive in order";
        PRIORITY = 0x0080, "priority and preemption";
    }
}

flags_as_number! {
    CommonFeatures(u16),
    ClassFlags(u16),
}

/// How long frames may be: the receive data field size in the lower 12 bits, in bytes, a multiple of 4
/// from 256 to 2112; the buffer-to-buffer state change number above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BufferField(
    /// The 16 bits.
    pub u16,
);

impl BufferField {
    /// The longest data field, in bytes, that the sender takes.
    pub const fn receive_bytes(self) -> u16 {
        self.0 & 0x0fff
    }
}

impl crate::bytes::Field for BufferField {
    type Wire = <u16 as crate::bytes::Field>::Wire;
    fn of(wire: Self::Wire) -> Self {
        Self(u16::of(wire))
    }
    fn wire(self) -> Self::Wire {
        self.0.wire()
    }
}

record! {
    /// Common service parameters.
    pub struct CommonParameters("common service parameters") {
        /// Highest and lowest version, obsolete: 0x2020.
        version: u16,
        /// Buffer-to-buffer credit, in frames.
        bb_credit: u16,
        /// Features.
        features: CommonFeatures,
        /// The longest data field.
        buffer: BufferField,
        /// In FLOGI's accept, R_A_TOV in milliseconds. In PLOGI, the number of concurrent sequences (upper
        /// half) and the categories with relative offset (lower half).
        r_a_tov_or_sequences: u32,
        /// E_D_TOV in milliseconds, or in nanoseconds if a feature says so.
        e_d_tov: u32,
    }
}

record! {
    /// Service parameters of one class of service.
    pub struct ClassParameters("class service parameters") {
        /// Whether the class is offered, and how.
        class: ClassFlags,
        /// Initiator control.
        initiator_control: u16,
        /// Recipient control.
        recipient_control: u16,
        /// The longest data field in this class, in bytes.
        receive_bytes: u16,
        /// How many sequences at a time.
        concurrent_sequences: u16,
        /// End-to-end credit, in frames.
        end_to_end_credit: u16,
        /// How many open sequences an exchange may have.
        [1] open_sequences: u8,
        ; [2]
    }
}

impl ClassParameters {
    /// A class that is not offered.
    pub const NONE: Self = Self {
        class: ClassFlags::NONE,
        initiator_control: 0,
        recipient_control: 0,
        receive_bytes: 0,
        concurrent_sequences: 0,
        end_to_end_credit: 0,
        open_sequences: 0,
    };
}

layout! {
    /// A login after its command code.
    struct Body("login") {
        [3] common: CommonParameters,
        wwpn: Option<Wwpn>,
        wwnn: Option<Wwnn>,
        class_1: ClassParameters,
        class_2: ClassParameters,
        class_3: ClassParameters,
        class_4: ClassParameters,
        vendor_version: [u8; 16],
    }
}

/// FLOGI, FDISC, PLOGI, PDISC or the accept of one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Login<'a> {
    /// What holds for all classes.
    pub common: CommonParameters,
    /// The port's name, `None` when it is not set: such a login is to be refused
    /// ([`INVALID_PORT_NAME`](crate::els::Explanation::INVALID_PORT_NAME)).
    pub wwpn: Option<Wwpn>,
    /// The node's name; in the accept of a FLOGI or FDISC, the fabric's.
    pub wwnn: Option<Wwnn>,
    /// Classes 1 (obsolete), 2, 3 and 4 (obsolete). Only class 3 is used here.
    pub classes: [ClassParameters; 4],
    /// Vendor version level.
    pub vendor_version: [u8; 16],
    /// What follows the first 116 bytes, as it came: services and extensions of long payloads.
    pub extension: &'a [u8],
}

impl<'a> Login<'a> {
    /// A login of these names in class 3, with frames of this many bytes. Everything else is as the
    /// parameters say.
    pub const fn class_3(common: CommonParameters, names: WwnPair) -> Self {
        let class_3 = ClassParameters {
            class: ClassFlags::VALID.with(ClassFlags::SEQUENTIAL),
            receive_bytes: common.buffer.receive_bytes(),
            concurrent_sequences: 255,
            open_sequences: 1,
            ..ClassParameters::NONE
        };
        let none = ClassParameters::NONE;
        Self {
            common,
            wwpn: Some(names.wwpn),
            wwnn: Some(names.wwnn),
            classes: [none, none, class_3, none],
            vendor_version: [0; 16],
            extension: &[],
        }
    }

    pub(super) fn read(from: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let body: Body = from.field()?;
        Ok(Self {
            common: body.common,
            wwpn: body.wwpn,
            wwnn: body.wwnn,
            classes: [body.class_1, body.class_2, body.class_3, body.class_4],
            vendor_version: body.vendor_version,
            extension: from.rest(),
        })
    }
}

/// Without the command code.
impl Encode for Login<'_> {
    fn encode(&self, to: &mut Writer<'_>) -> Result<(), EncodeError> {
        let [class_1, class_2, class_3, class_4] = self.classes;
        to.field(Body {
            common: self.common,
            wwpn: self.wwpn,
            wwnn: self.wwnn,
            class_1,
            class_2,
            class_3,
            class_4,
            vendor_version: self.vendor_version,
        })?;
        to.bytes(self.extension)
    }
}
