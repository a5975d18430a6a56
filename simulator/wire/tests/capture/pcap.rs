//! The capture's frames. The format is libpcap's, little-endian: 24 bytes, then 16 bytes before each frame.

static CAPTURE: &[u8] = include_bytes!("linux-6.1-fcoe-login-npiv.pcap");

/// The frames with their numbers, counted from 1 as analysers do.
pub(crate) fn frames() -> impl Iterator<Item = (usize, &'static [u8])> {
    assert_eq!(CAPTURE[..4], [0xd4, 0xc3, 0xb2, 0xa1], "little-endian, microseconds");
    let mut rest = &CAPTURE[24..];
    let next = move || {
        let (head, after) = rest.split_at_checked(16)?;
        let captured = u32::from_le_bytes(head[8..12].try_into().unwrap());
        let (frame, after) = after.split_at(captured as usize);
        rest = after;
        Some(frame)
    };
    (1..).zip(std::iter::from_fn(next))
}

/// One of them.
pub(crate) fn frame(number: usize) -> &'static [u8] {
    frames().nth(number - 1).expect("there are 767").1
}
