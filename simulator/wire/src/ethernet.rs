//! Ethernet frames (IEEE 802.3, 802.1Q), as far as FCoE and FIP need them.

use std::fmt;

use npivot_hal::FcId;

use crate::bytes::{Encode, Field, Reader, Writer};
use crate::error::{DecodeError, EncodeError};

const WHAT: &str = "Ethernet header";

/// The shortest frame that a real Ethernet carries, without its check sequence. Shorter ones are padded
/// with zeros; virtual links do without.
pub const MIN_BYTES: usize = 60;

/// A MAC address.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Mac(
    /// The six bytes, as they are sent.
    pub [u8; 6],
);

impl Mac {
    /// The group of all ENodes: unsolicited advertisements go there (FC-BB-5, All-ENode-MACs).
    pub const ALL_ENODES: Self = Self([0x01, 0x10, 0x18, 0x01, 0x00, 0x01]);
    /// The group of all FCoE forwarders: solicitations go there (FC-BB-5, All-FCF-MACs).
    pub const ALL_FCFS: Self = Self([0x01, 0x10, 0x18, 0x01, 0x00, 0x02]);

    /// The address that a fabric provides for an N_Port_ID (FPMA): the FC-MAP, then the N_Port_ID.
    pub fn fabric_provided(map: FcMap, id: FcId) -> Self {
        let mut mac = [0; 6];
        mac[..3].copy_from_slice(&map.0);
        mac[3..].copy_from_slice(&id.wire());
        Self(mac)
    }

    /// Whether it is a group's.
    pub const fn is_group(self) -> bool {
        self.0[0] & 1 != 0
    }
}

/// With colons: `0e:fc:00:01:01:01`.
impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, byte) in self.0.iter().enumerate() {
            let colon = if i == 0 { "" } else { ":" };
            write!(f, "{colon}{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mac({self})")
    }
}

impl Field for Mac {
    type Wire = [u8; 6];
    fn of(wire: [u8; 6]) -> Self {
        Self(wire)
    }
    fn wire(self) -> [u8; 6] {
        self.0
    }
}

/// The upper three bytes of the MAC addresses that a fabric provides (FC-BB-5, FC-MAP).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FcMap(
    /// The three bytes.
    pub [u8; 3],
);

impl FcMap {
    /// `0e:fc:00`, which fabrics use unless told otherwise.
    pub const DEFAULT: Self = Self([0x0e, 0xfc, 0x00]);
}

impl Field for FcMap {
    type Wire = [u8; 3];
    fn of(wire: [u8; 3]) -> Self {
        Self(wire)
    }
    fn wire(self) -> [u8; 3] {
        self.0
    }
}

codes! {
    /// What an Ethernet frame carries.
    pub struct EtherType(u16) {
        VLAN = 0x8100, "VLAN tag";
        FCOE = 0x8906, "FCoE";
        FIP = 0x8914, "FIP";
    }
}

/// An 802.1Q tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct VlanTag(
    /// Priority (3 bits), drop eligibility (1), VLAN (12).
    pub u16,
);

impl VlanTag {
    /// The VLAN, 0 to 4,095; 0 is a tag that has a priority only.
    pub const fn id(self) -> u16 {
        self.0 & 0x0fff
    }

    /// The priority, 0 to 7. FCoE is usually given 3.
    pub const fn priority(self) -> u8 {
        (self.0 >> 13) as u8
    }
}

impl Field for VlanTag {
    type Wire = <u16 as Field>::Wire;
    fn of(wire: Self::Wire) -> Self {
        Self(u16::of(wire))
    }
    fn wire(self) -> Self::Wire {
        self.0.wire()
    }
}

/// Who sends an Ethernet frame to whom, and on which VLAN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// To whom.
    pub destination: Mac,
    /// From whom.
    pub source: Mac,
    /// The tag, if there is one. A second tag is not looked for.
    pub vlan: Option<VlanTag>,
}

impl Header {
    /// A header without a tag.
    pub const fn new(source: Mac, destination: Mac) -> Self {
        Self { destination, source, vlan: None }
    }

    pub(crate) fn read(from: &mut Reader<'_>) -> Result<(Self, EtherType), DecodeError> {
        let mut here = from.named(WHAT);
        let (destination, source, mut carries) = (here.field()?, here.field()?, here.field()?);
        let mut vlan = None;
        if carries == EtherType::VLAN {
            (vlan, carries) = (Some(here.field()?), here.field()?);
        }
        *from = here;
        Ok((Self { destination, source, vlan }, carries))
    }

    pub(crate) fn write(self, carries: EtherType, to: &mut Writer<'_>) -> Result<(), EncodeError> {
        to.field(self.destination)?;
        to.field(self.source)?;
        if let Some(tag) = self.vlan {
            to.field(EtherType::VLAN)?;
            to.field(tag)?;
        }
        to.field(carries)
    }
}

/// Any value in an Ethernet frame: what the header is followed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tagged<P> {
    /// From whom to whom.
    pub header: Header,
    /// What it carries.
    pub carries: EtherType,
    /// The value.
    pub payload: P,
}

impl<P: Encode> Encode for Tagged<P> {
    fn encode(&self, to: &mut Writer<'_>) -> Result<(), EncodeError> {
        self.header.write(self.carries, to)?;
        self.payload.encode(to)
    }
}

/// Fills a frame up to [`MIN_BYTES`] with zeros, for links that are real Ethernet. Only FIP messages are
/// ever that short: an FCoE frame has at least 60 bytes.
///
/// # Errors
/// [`EncodeError::NoRoom`].
pub fn pad(to: &mut Writer<'_>) -> Result<(), EncodeError> {
    to.zeros(MIN_BYTES.saturating_sub(to.at()))
}
