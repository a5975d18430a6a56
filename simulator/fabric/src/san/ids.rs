//! Dense ids: what the world's tables are indexed by.
//!
//! Four bytes each, given out in order, so that a table is a `Vec` and a reference costs half a pointer.

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl $name {
            /// The id of the element at this place of its table.
            ///
            /// # Panics
            /// Above `u32::MAX`, which no table reaches: 15.7 million addresses are the largest.
            pub fn from_index(index: usize) -> Self {
                Self(u32::try_from(index).expect("a table of the world never holds 2^32 elements"))
            }

            /// Its place in its table.
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

id! {
    /// A fabric.
    FabricIx
}
id! {
    /// A switch, of any fabric.
    SwitchIx
}
id! {
    /// A physical switch port, of any switch.
    PortIx
}
id! {
    /// A logged-in N_Port. Used again after its logout.
    NPortIx
}
id! {
    /// A simulated host.
    HostIx
}
id! {
    /// An adapter of a simulated host, physical or virtual. Used again after its deletion.
    AdapterIx
}
id! {
    /// A simulated array.
    ArrayIx
}
id! {
    /// A port of a simulated array, counted over all arrays.
    TargetIx
}
