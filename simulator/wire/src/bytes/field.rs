//! Values with a fixed place on the wire.

use npivot_hal::{FabricName, FcId, Lun, Wwnn, Wwpn};
use zerocopy::byteorder::big_endian::{U16, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

/// A value that has a fixed number of bytes on the wire, each pattern of which means something.
///
/// The bytes are seen through [`Wire`](Self::Wire), a zerocopy view without alignment: no copy is made
/// before a value is asked for. What a standard reserves is ignored when read and zero when written.
pub trait Field: Copy {
    /// The bytes' layout.
    type Wire: FromBytes + IntoBytes + Immutable + KnownLayout + Unaligned + Copy;

    /// The value of these bytes.
    fn of(wire: Self::Wire) -> Self;

    /// The bytes of this value.
    fn wire(self) -> Self::Wire;
}

/// A field with what a standard reserves before it.
#[derive(Debug, Clone, Copy, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct After<const RESERVED: usize, W> {
    reserved: [u8; RESERVED],
    wire: W,
}

impl<const RESERVED: usize, W> After<RESERVED, W> {
    pub(crate) fn zeros(wire: W) -> Self {
        Self { reserved: [0; RESERVED], wire }
    }

    pub(crate) fn get(self) -> W {
        self.wire
    }
}

impl Field for u8 {
    type Wire = Self;
    fn of(wire: Self) -> Self {
        wire
    }
    fn wire(self) -> Self {
        self
    }
}

impl<const N: usize> Field for [u8; N] {
    type Wire = Self;
    fn of(wire: Self) -> Self {
        wire
    }
    fn wire(self) -> Self {
        self
    }
}

macro_rules! big_endian {
    ($($number:ident as $wire:ident,)*) => {$(
        impl Field for $number {
            type Wire = $wire;
            fn of(wire: $wire) -> Self {
                wire.get()
            }
            fn wire(self) -> $wire {
                $wire::new(self)
            }
        }
    )*};
}

big_endian! {
    u16 as U16,
    u32 as U32,
    u64 as U64,
}

/// Zero and all ones, which mean "not set", are `None`; `None` is written as zero.
macro_rules! names {
    ($($name:ident,)*) => {$(
        impl Field for Option<$name> {
            type Wire = U64;
            fn of(wire: U64) -> Self {
                $name::new(wire.get())
            }
            fn wire(self) -> U64 {
                U64::new(self.map_or(0, $name::get))
            }
        }
    )*};
}

names! {
    Wwpn,
    Wwnn,
    FabricName,
}

impl Field for FcId {
    type Wire = [u8; 3];
    fn of([domain, area, port]: [u8; 3]) -> Self {
        Self::new(u32::from_be_bytes([0, domain, area, port])).expect("three bytes are 24 bits")
    }
    fn wire(self) -> [u8; 3] {
        let [_, domain, area, port] = self.get().to_be_bytes();
        [domain, area, port]
    }
}

impl Field for Lun {
    type Wire = [u8; 8];
    fn of(wire: [u8; 8]) -> Self {
        Self::from_wire(wire)
    }
    fn wire(self) -> [u8; 8] {
        self.to_wire()
    }
}
