//! What descriptors hold, after their type and length.

use npivot_hal::{FabricName, FcId, Wwnn, Wwpn};

use super::header::{DescriptorHead, DescriptorType, WORD_BYTES};
use crate::bytes::{Field, Writer};
use crate::error::EncodeError;
use crate::ethernet::{FcMap, Mac};

/// The content of a descriptor whose length does not vary.
pub trait Descriptor: Field {
    /// Its type.
    const KIND: DescriptorType;
}

/// Writes a descriptor with its type and length.
pub(super) fn write<T: Descriptor>(content: T, to: &mut Writer<'_>) -> Result<(), EncodeError> {
    let bytes = size_of::<DescriptorHead>() + size_of::<T::Wire>();
    let words = u8::try_from(bytes / WORD_BYTES).unwrap_or(u8::MAX);
    to.field(DescriptorHead { kind: T::KIND, words })?;
    to.field(content)
}

macro_rules! descriptors {
    ($($content:ty => $kind:ident,)*) => {$(
        impl Descriptor for $content {
            const KIND: DescriptorType = DescriptorType::$kind;
        }

        /// It fills whole words.
        const _: () = assert!((2 + size_of::<<$content as Field>::Wire>()).is_multiple_of(4));
    )*};
}

layout! {
    /// How much a forwarder wants to be chosen.
    pub(super) struct Priority("priority descriptor") {
        [1] priority: u8,
    }
}

layout! {
    /// A node's or a switch's name.
    pub(super) struct Name("name descriptor") {
        [2] name: Option<Wwnn>,
    }
}

record! {
    /// Which fabric a forwarder belongs to.
    pub struct Fabric("fabric descriptor") {
        /// Virtual fabric, 0 if there are none.
        vf_id: u16,
        /// The upper half of the MAC addresses that it provides.
        [1] map: FcMap,
        /// The fabric's name.
        name: Option<FabricName>,
    }
}

layout! {
    /// The longest FCoE frame.
    pub(super) struct MaxSize("max FCoE size descriptor") {
        bytes: u16,
    }
}

record! {
    /// A VN_Port: a logged-in N_Port at its MAC address.
    pub struct VnPort("Vx_Port identification descriptor") {
        /// Its MAC address.
        mac: Mac,
        /// Its address.
        [1] id: FcId,
        /// Its name.
        wwpn: Option<Wwpn>,
    }
}

/// The D bit: keep-alives are not wanted.
const NOT_WANTED: u8 = 0x01;

/// How often advertisements come and keep-alives must.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeepAlivePeriod {
    /// The period, in milliseconds; 8,000 unless told otherwise.
    pub period_ms: u32,
    /// Whether the forwarder looks for keep-alives: the D bit is clear.
    pub wanted: bool,
}

impl Field for KeepAlivePeriod {
    type Wire = [u8; 6];
    fn of([_, flags, period @ ..]: [u8; 6]) -> Self {
        Self { period_ms: u32::from_be_bytes(period), wanted: flags & NOT_WANTED == 0 }
    }
    fn wire(self) -> [u8; 6] {
        let flags = if self.wanted { 0 } else { NOT_WANTED };
        let [a, b, c, d] = self.period_ms.to_be_bytes();
        [0, flags, a, b, c, d]
    }
}

record! {
    /// A VLAN on which FCoE runs.
    pub struct Vlan("VLAN descriptor") {
        /// The VLAN, 1 to 4,094.
        id: u16,
    }
}

descriptors! {
    Priority => PRIORITY,
    Mac => MAC,
    Name => NAME,
    Fabric => FABRIC,
    MaxSize => MAX_SIZE,
    VnPort => VN_PORT,
    KeepAlivePeriod => KEEP_ALIVE,
    Vlan => VLAN,
}
