//! Structures of fields, written down as the standards' tables have them.

use super::field::Field;

/// A structure with a name for error messages.
pub(crate) trait Record: Field {
    /// What it is: `ADISC`.
    const WHAT: &'static str;
}

/// Declares a structure of [`Field`]s in the order of the wire. `[3] name: Type` has three reserved bytes
/// before it, a last line `; [2]` has two at the end. The bytes' layout is a zerocopy view of its own, so
/// one check of the length covers all fields.
macro_rules! layout {
    (
        $(#[$meta:meta])*
        $vis:vis struct $name:ident($what:literal) {
            $($(#[$doc:meta])* $([$gap:literal])? $field:ident: $type:ty,)*
            $(; [$end:literal])?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        $vis struct $name {
            $($(#[$doc])* $vis $field: $type,)*
        }

        const _: () = {
            use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};
            use $crate::bytes::{After, Field, Record};

            #[derive(Debug, Clone, Copy)]
            #[derive(FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
            #[repr(C)]
            $vis struct Wire {
                $($field: After<{ 0 $(+ $gap)? }, <$type as Field>::Wire>,)*
                reserved_at_end: [u8; 0 $(+ $end)?],
            }

            impl Field for $name {
                type Wire = Wire;
                fn of(wire: Wire) -> Self {
                    Self { $($field: Field::of(wire.$field.get()),)* }
                }
                fn wire(self) -> Wire {
                    Wire {
                        $($field: After::zeros(Field::wire(self.$field)),)*
                        reserved_at_end: [0; 0 $(+ $end)?],
                    }
                }
            }

            impl Record for $name {
                const WHAT: &'static str = $what;
            }
        };
    };
}

/// A [`layout!`] that is a message of its own, or a part of one that others read and write by itself.
macro_rules! record {
    (
        $(#[$meta:meta])*
        pub struct $name:ident($what:literal) { $($fields:tt)* }
    ) => {
        layout! {
            $(#[$meta])*
            pub struct $name($what) { $($fields)* }
        }

        impl $name {
            /// How many bytes it has on the wire.
            pub const BYTES: usize = size_of::<<Self as $crate::bytes::Field>::Wire>();

            /// Reads it from the beginning of these bytes; what follows is not looked at.
            ///
            /// # Errors
            /// [`Truncated`](crate::DecodeError::Truncated) for fewer than [`BYTES`](Self::BYTES).
            pub fn decode(bytes: &[u8]) -> Result<Self, $crate::DecodeError> {
                $crate::bytes::Reader::new(<Self as $crate::bytes::Record>::WHAT, bytes).field()
            }
        }

        impl $crate::bytes::Encode for $name {
            fn encode(
                &self,
                to: &mut $crate::bytes::Writer<'_>,
            ) -> Result<(), $crate::EncodeError> {
                to.field(*self)
            }
        }
    };
}
