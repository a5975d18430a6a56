//! All 767 frames of a Linux 6.1 kernel's login, vport, scans and I/O over FCoE: each is read down to its
//! innermost payload and written again, layer by layer from the values, with the same bytes.
//!
//! | file | what |
//! |---|---|
//! | `pcap` | the capture's frames |
//! | `exchanges` | which request an answer belongs to |
//! | `rewrite` | a frame from its values, with what it was |
//! | `census` | how many frames of each kind there are |
//! | `values` | what some of them say |

mod census;
mod exchanges;
mod pcap;
mod rewrite;
mod values;

use npivot_wire::Encode;

use exchanges::Exchanges;

#[test]
fn every_frame_is_written_again_with_the_same_bytes() {
    let mut exchanges = Exchanges::default();
    let mut count = 0;
    for (number, bytes) in pcap::frames() {
        let rewritten = rewrite::rewrite(bytes, &mut exchanges)
            .unwrap_or_else(|error| panic!("frame {number}: {error}"));
        assert_eq!(rewritten.bytes, bytes, "frame {number}: {}", rewritten.kind);
        count += 1;
    }
    assert_eq!(count, 767);
}

#[test]
fn a_frame_as_a_whole_is_written_again_as_well() {
    let mut buffer = [0; npivot_wire::MAX_FRAME_BYTES];
    for (number, bytes) in pcap::frames() {
        let frame = npivot_wire::Frame::decode(bytes).unwrap();
        let length = frame.encode_to(&mut buffer).unwrap();
        assert_eq!(&buffer[..length], bytes, "frame {number}");
    }
}

#[test]
fn a_flipped_bit_between_the_delimiters_is_always_found() {
    let fcoe = pcap::frames().filter(|(_, bytes)| bytes[12..14] == [0x89, 0x06]);
    for (number, bytes) in fcoe {
        let mut damaged = bytes.to_vec();
        // One bit a frame, another place in each, from the FC header to the CRC's last byte.
        let places = 28..bytes.len() - 4;
        let at = places.start + number * 7 % places.len();
        damaged[at] ^= 1 << (number % 8);
        let error = npivot_wire::Frame::decode(&damaged).expect_err("it is damaged");
        assert_eq!((error.what(), error.at()), ("FC frame", bytes.len() - 8), "frame {number}");
    }
}
