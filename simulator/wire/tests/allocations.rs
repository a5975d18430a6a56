//! Reading and writing allocate nothing: all of the capture's frames, down to their payloads' values.

use npivot_wire::fcoe::Encapsulated;
use npivot_wire::{Body, Encode, Frame, MAX_FRAME_BYTES, fc2};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<std::alloc::System> = &INSTRUMENTED_SYSTEM;

static CAPTURE: &[u8] = include_bytes!("capture/linux-6.1-fcoe-login-npiv.pcap");

/// Reads and writes every frame; how many they are.
fn read_and_write_all(buffer: &mut [u8]) -> usize {
    let mut rest = &CAPTURE[24..];
    let mut count = 0;
    while let Some((head, after)) = rest.split_at_checked(16) {
        let length = u32::from_le_bytes(head[8..12].try_into().expect("four bytes")) as usize;
        let (bytes, after) = after.split_at(length);
        let frame = Frame::decode(bytes).expect("it can be read");
        let written = match frame.body {
            Body::Fcoe(fcoe) => {
                let payload = fcoe.payload().expect("it can be read");
                let again = fc2::Frame::new(fcoe.frame.header, payload);
                let again = Encapsulated { sof: fcoe.sof, frame: again, eof: fcoe.eof };
                again.on(frame.header).encode_to(buffer)
            }
            _ => frame.encode_to(buffer),
        };
        assert_eq!(&buffer[..written.expect("it can be written")], bytes);
        (rest, count) = (after, count + 1);
    }
    count
}

#[test]
fn nothing_is_allocated() {
    let mut buffer = [0; MAX_FRAME_BYTES];
    // The first time, the CRC's code looks up what the processor can do.
    read_and_write_all(&mut buffer);
    let region = Region::new(ALLOCATOR);
    let count = read_and_write_all(&mut buffer);
    let change = region.change();
    assert_eq!((count, change.allocations, change.reallocations), (767, 0, 0));
    drop(std::hint::black_box(vec![1_u8]));
    assert_eq!(region.change().allocations, 1, "the count counts");
}
