//! Values to be written, and the check that they come back.

use npivot_wire::Field;
use proptest::prelude::*;
use zerocopy::FromBytes;

/// Any value with a fixed layout. Names are "not set" now and then.
pub(crate) fn any_of<T: Field + std::fmt::Debug>() -> impl Strategy<Value = T> {
    let bytes = prop_oneof![
        9 => proptest::collection::vec(any::<u8>(), size_of::<T::Wire>()),
        1 => Just(vec![0; size_of::<T::Wire>()]),
    ];
    bytes.prop_map(|bytes| {
        T::of(T::Wire::read_from_bytes(&bytes).expect("as many bytes as the layout has"))
    })
}

/// A few of them.
pub(crate) fn some_of<T: Field + std::fmt::Debug>() -> impl Strategy<Value = Vec<T>> {
    proptest::collection::vec(any_of::<T>(), 0..8)
}

/// Up to this many bytes.
pub(crate) fn bytes_to(most: usize) -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 0..=most)
}

/// Up to this many words of four bytes.
pub(crate) fn words_to(most: usize) -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<[u8; 4]>(), 0..=most).prop_map(|words| words.concat())
}

/// Writes a value, reads it again and compares; reads every beginning of it; writes it to buffers that are
/// too small.
macro_rules! round_trip {
    ($value:expr, $decode:expr) => {{
        let value = $value;
        let mut buffer = [0; 4096];
        let length =
            npivot_wire::Encode::encode_to(&value, &mut buffer).expect("it can be written");
        let bytes = &buffer[..length];
        assert_eq!($decode(bytes).as_ref(), Ok(&value), "{bytes:02x?}");
        for cut in 0..length {
            if let Err(error) = $decode(&bytes[..cut]) {
                assert!(error.at() <= cut, "{error} in {cut} bytes");
            }
            let mut small = vec![0; cut];
            let room = npivot_wire::Encode::encode_to(&value, &mut small);
            assert!(
                matches!(room, Err(npivot_wire::EncodeError::NoRoom { .. })),
                "{length} bytes in {cut}: {room:?}"
            );
        }
        length
    }};
}
