//! Numbers and bits that have names. A value that nobody has named is kept as it came: a decoder that
//! refused it could not answer the request, and one that forgot it could not pass it on.

/// Declares a number of which some values have names. The text is the field's own name for the value.
macro_rules! codes {
    (
        $(#[$meta:meta])*
        pub struct $name:ident($raw:ty) {
            $($(#[$doc:meta])* $constant:ident = $value:literal, $text:literal;)*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(
            /// The number on the wire.
            pub $raw,
        );

        impl $name {
            $(
                #[doc = concat!("`", stringify!($value), "`: ", $text, ".")]
                $(#[$doc])*
                pub const $constant: Self = Self($value);
            )*

            /// Every value that has a name.
            pub const NAMED: &'static [Self] = &[$(Self::$constant,)*];

            /// What the field calls this value, if it has a name for it.
            pub const fn name(self) -> Option<&'static str> {
                match self.0 {
                    $($value => Some($text),)*
                    _ => None,
                }
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self.name() {
                    Some(name) => f.pad(name),
                    None => write!(f, "{:#04x}", self.0),
                }
            }
        }

        impl $crate::bytes::Field for $name {
            type Wire = <$raw as $crate::bytes::Field>::Wire;
            fn of(wire: Self::Wire) -> Self {
                Self(<$raw as $crate::bytes::Field>::of(wire))
            }
            fn wire(self) -> Self::Wire {
                $crate::bytes::Field::wire(self.0)
            }
        }
    };
}

/// Declares a set of bits of which some have names.
macro_rules! flags {
    (
        $(#[$meta:meta])*
        pub struct $name:ident($raw:ty) {
            $($constant:ident = $value:literal, $text:literal;)*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
        pub struct $name(
            /// The bits on the wire.
            pub $raw,
        );

        impl $name {
            $(
                #[doc = concat!("`", stringify!($value), "`: ", $text, ".")]
                pub const $constant: Self = Self($value);
            )*

            /// No bit.
            pub const NONE: Self = Self(0);

            /// Whether all bits of `other` are set.
            pub const fn has(self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }

            /// These bits and those of `other`.
            #[must_use]
            pub const fn with(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }

            /// These bits without those of `other`.
            #[must_use]
            pub const fn without(self, other: Self) -> Self {
                Self(self.0 & !other.0)
            }
        }

        impl std::ops::BitOr for $name {
            type Output = Self;
            fn bitor(self, other: Self) -> Self {
                self.with(other)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({:#x})"), self.0)
            }
        }
    };
}

/// Makes a set of bits a field of its number's size.
macro_rules! flags_as_number {
    ($($name:ident($raw:ty),)*) => {$(
        impl $crate::bytes::Field for $name {
            type Wire = <$raw as $crate::bytes::Field>::Wire;
            fn of(wire: Self::Wire) -> Self {
                Self(<$raw as $crate::bytes::Field>::of(wire))
            }
            fn wire(self) -> Self::Wire {
                $crate::bytes::Field::wire(self.0)
            }
        }
    )*};
}
