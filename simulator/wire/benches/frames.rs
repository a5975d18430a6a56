//! How many frames a second are read and written: the capture's 767, each down to its payload's value, and
//! one of each kind that a forwarder sees most. The time of one control frame is what bounds a forwarder:
//! it reads one and writes one for each that it answers.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use npivot_wire::fcoe::Encapsulated;
use npivot_wire::{Body, DecodeError, Encode, Frame, MAX_FRAME_BYTES, Payload, fc2, fip};

static CAPTURE: &[u8] = include_bytes!("../tests/capture/linux-6.1-fcoe-login-npiv.pcap");

/// The capture's frames.
fn frames() -> Vec<&'static [u8]> {
    let mut rest = &CAPTURE[24..];
    let next = || {
        let (head, after) = rest.split_at_checked(16)?;
        let length = u32::from_le_bytes(head[8..12].try_into().ok()?);
        let (frame, after) = after.split_at_checked(length as usize)?;
        rest = after;
        Some(frame)
    };
    let frames: Vec<_> = std::iter::from_fn(next).collect();
    assert_eq!(frames.len(), 767);
    frames
}

/// Reads a frame to its payload's value, and writes it from there. How many bytes it has.
fn read_and_write(bytes: &[u8], buffer: &mut [u8]) -> Result<usize, DecodeError> {
    let frame = Frame::decode(bytes)?;
    let written = match frame.body {
        Body::Fcoe(fcoe) => {
            let payload = fcoe.payload()?;
            let again = fc2::Frame::new(fcoe.frame.header, payload);
            let again = Encapsulated { sof: fcoe.sof, frame: again, eof: fcoe.eof };
            again.on(frame.header).encode_to(buffer)
        }
        Body::Fip(fip::Message::LinkService(service)) => {
            let payload = Payload::decode(&service.frame.header, service.frame.payload)?;
            black_box(payload);
            frame.encode_to(buffer)
        }
        _ => frame.encode_to(buffer),
    };
    Ok(written.expect("the buffer is large enough"))
}

fn read(bytes: &[u8]) -> Result<(), DecodeError> {
    if let Body::Fcoe(fcoe) = black_box(Frame::decode(bytes)?).body {
        black_box(fcoe.payload()?);
    }
    Ok(())
}

fn benches(criterion: &mut Criterion) {
    let all = frames();
    let mut buffer = [0; MAX_FRAME_BYTES];
    for frame in &all {
        let length = read_and_write(frame, &mut buffer).expect("it can be read");
        assert_eq!(&buffer[..length], *frame);
    }

    let control: Vec<_> = all.iter().copied().filter(|frame| frame.len() <= 180).collect();
    let mut group = criterion.benchmark_group("capture");
    group.throughput(Throughput::Elements(control.len() as u64));
    group.bench_function("control frames, read and written", |bencher| {
        bencher.iter(|| {
            control
                .iter()
                .try_for_each(|frame| read_and_write(black_box(frame), &mut buffer).map(|_| ()))
        });
    });
    group.bench_function("control frames, read", |bencher| {
        bencher.iter(|| control.iter().try_for_each(|frame| read(black_box(frame))));
    });
    group.throughput(Throughput::Elements(all.len() as u64));
    group.bench_function("all frames, read and written", |bencher| {
        bencher.iter(|| {
            all.iter()
                .try_for_each(|frame| read_and_write(black_box(frame), &mut buffer).map(|_| ()))
        });
    });
    group.finish();

    let mut group = criterion.benchmark_group("one frame, read and written");
    group.throughput(Throughput::Elements(1));
    // By their numbers in the capture.
    for (name, number) in [
        ("PLOGI", 6),
        ("GPN_FT accept", 21),
        ("FCP_CMND", 28),
        ("FCP_RSP", 30),
        ("FCP_DATA of 2,048 bytes", 734),
        ("FIP FLOGI", 4),
    ] {
        let frame = all[number - 1];
        group.bench_function(name, |bencher| {
            bencher.iter(|| read_and_write(black_box(frame), &mut buffer));
        });
    }
    group.finish();
}

criterion_group!(frames_per_second, benches);
criterion_main!(frames_per_second);
