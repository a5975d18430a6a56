//! Ethernet frames, from the outermost layer to the innermost payload. The CRC is also made right, or hardly
//! an input would come further than that.
#![no_main]

#[macro_use]
mod stable;

use libfuzzer_sys::fuzz_target;
use npivot_wire::fcoe::Encapsulated;
use npivot_wire::{Body, Frame, MAX_FRAME_BYTES, Payload, fc2, fip};

/// From the start of the Ethernet frame to the FC header, without a VLAN tag; the CRC and what follows it.
const BEFORE: usize = 28;
const AFTER: usize = 8;

fn read(bytes: &[u8]) {
    stable!(Frame::decode, bytes);
    match Frame::decode(bytes).map(|frame| frame.body) {
        Ok(Body::Fcoe(frame)) => {
            let header = frame.frame.header;
            let _ = frame.payload();
            stable!(|bytes| Payload::decode(&header, bytes), frame.frame.payload);
        }
        Ok(Body::Fip(fip::Message::LinkService(service))) => {
            let header = service.frame.header;
            stable!(|bytes| Payload::decode(&header, bytes), service.frame.payload);
        }
        _ => {}
    }
}

fuzz_target!(|bytes: &[u8]| {
    if bytes.len() > MAX_FRAME_BYTES {
        return;
    }
    read(bytes);
    stable!(Encapsulated::decode, bytes);
    stable!(fc2::Frame::decode, bytes);
    if bytes.len() >= BEFORE + AFTER {
        let mut right = bytes.to_vec();
        let end = bytes.len() - AFTER;
        let crc = fc2::crc(&bytes[BEFORE..end]);
        right[end..end + 4].copy_from_slice(&crc.to_le_bytes());
        read(&right);
    }
});
