//! What all targets of frames ask for: what can be read is written, and read again it is the same.

/// Reads, writes, reads again. The error of what cannot be read is inside of it.
macro_rules! stable {
    ($decode:expr, $bytes:expr) => {
        match $decode($bytes) {
            Ok(value) => {
                let mut buffer = [0; 2 * npivot_wire::MAX_FRAME_BYTES];
                let length = npivot_wire::Encode::encode_to(&value, &mut buffer)
                    .expect("what was read can be written");
                assert_eq!($decode(&buffer[..length]).as_ref(), Ok(&value));
            }
            Err(error) => assert!(error.at() <= $bytes.len(), "{error}"),
        }
    };
}
