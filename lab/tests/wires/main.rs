//! A running forwarder on sockets: each transport carries a solicitation and its answer, whatever the pieces that
//! the bytes come in.

mod disks;
mod managed;
mod words;

use std::io::{Read, Write};
use std::os::unix::net::{UnixDatagram, UnixStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use npivot_fabric::Topology;
use npivot_hal::Wwnn;
use npivot_lab::wire::transport::{Datagram, Listening, Sent, Stream};
use npivot_lab::wire::{Place, Plant, Plug, Site, Tap, Transport};
use npivot_wire::ethernet::{self, Mac};
use npivot_wire::fcf::{LinkIx, Settings};
use npivot_wire::fip::{Flags, Message, Solicitation};
use npivot_wire::{Body, Encode, Frame, MAX_FRAME_BYTES};

const HERE: Mac = Mac([0x00, 0x1b, 0x32, 0xa9, 0xda, 0x01]);

/// Long enough for any machine; nothing waits for it unless something is broken.
const LIMIT: Duration = Duration::from_mins(1);

fn solicitation() -> Vec<u8> {
    let message: Message<'_> = Message::Solicitation(Solicitation {
        flags: Flags::FPMA,
        mac: HERE,
        name: Wwnn::new(0x1000_001b_32a9_da01),
        max_bytes: 2_158,
    });
    let mut bytes = vec![0; MAX_FRAME_BYTES];
    let on = ethernet::Header::new(HERE, Mac::ALL_FCFS);
    let length = message.on(on).encode_to(&mut bytes).unwrap();
    bytes.truncate(length);
    bytes
}

/// Whether a frame is the answer to it.
fn answers(frame: &[u8]) -> bool {
    let Ok(Frame { header, body: Body::Fip(Message::Advertisement(told)) }) = Frame::decode(frame)
    else {
        return false;
    };
    header.destination == HERE && told.flags == Flags::ANSWER
}

/// A SAN with alpha outside, on this transport.
fn plant(transport: impl Transport + 'static, tap: Option<Tap>, faults: Option<&str>) -> Plant {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/kernel-lab.toml");
    let topology = Topology::load(&path).unwrap();
    let place: Place = "alpha:0".parse().unwrap();
    let (site, openings) = Site::at(&topology, &[place], 0).unwrap();
    let mut plug = Plug::new(openings[0].port, transport);
    plug.tap = tap;
    plug.faults = faults.map(|plan| plan.parse().unwrap());
    Plant::start(site.world, vec![plug], Settings::default()).unwrap()
}

/// The next frame of a stream.
fn framed(stream: &mut UnixStream) -> Vec<u8> {
    let mut length = [0; 4];
    stream.read_exact(&mut length).unwrap();
    let mut frame = vec![0; u32::from_be_bytes(length).try_into().unwrap()];
    stream.read_exact(&mut frame).unwrap();
    frame
}

/// Sends a frame on a stream in pieces of this many bytes.
fn send(stream: &mut UnixStream, frame: &[u8], piece: usize) {
    let mut bytes = u32::try_from(frame.len()).unwrap().to_be_bytes().to_vec();
    bytes.extend_from_slice(frame);
    for piece in bytes.chunks(piece) {
        stream.write_all(piece).unwrap();
    }
}

#[test]
fn a_stream_may_come_in_any_pieces() {
    let (ours, mut theirs) = UnixStream::pair().unwrap();
    theirs.set_read_timeout(Some(LIMIT)).unwrap();
    let _plant = plant(Stream::new(ours).unwrap(), None, None);
    for piece in [1, 3, 5, 1_000] {
        send(&mut theirs, &solicitation(), piece);
        while !answers(&framed(&mut theirs)) {}
    }
}

#[test]
fn all_frames_that_came_at_once_are_answered() {
    let (ours, mut theirs) = UnixStream::pair().unwrap();
    theirs.set_read_timeout(Some(LIMIT)).unwrap();
    let _plant = plant(Stream::new(ours).unwrap(), None, None);
    // More than a turn serves, in one piece; then nothing more comes.
    let frame = solicitation();
    let mut bytes = vec![];
    for _ in 0..200 {
        bytes.extend_from_slice(&u32::try_from(frame.len()).unwrap().to_be_bytes());
        bytes.extend_from_slice(&frame);
    }
    theirs.write_all(&bytes).unwrap();
    for _ in 0..200 {
        while !answers(&framed(&mut theirs)) {}
    }
}

/// A disk that is full.
struct Full(bool);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        // The header of the file fits.
        if std::mem::replace(&mut self.0, true) {
            return Err(std::io::ErrorKind::StorageFull.into());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_capture_that_could_not_be_written_is_told_each_time() {
    let tap = Tap::to(Full(false)).unwrap();
    assert!(tap.flush().is_ok());
    tap.frame(npivot_fabric::world::SimTime::ZERO, b"frame");
    for _ in 0..2 {
        assert_eq!(tap.flush().unwrap_err().kind(), std::io::ErrorKind::StorageFull);
    }
}

#[test]
fn who_leaves_a_listening_stream_makes_room_for_the_next() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("fcf.sock");
    let plant = plant(Listening::bind(&path).unwrap(), None, None);
    for garbage in [&b""[..], b"\xff\xff\xff\xff", b"\x00\x00\x00\x05abc"] {
        let mut first = UnixStream::connect(&path).unwrap();
        first.set_read_timeout(Some(LIMIT)).unwrap();
        send(&mut first, &solicitation(), 1_000);
        while !answers(&framed(&mut first)) {}
        first.write_all(garbage).unwrap();
    }
    assert_eq!(plant.closed(LinkIx(0)), None);
    drop(plant);
    assert!(!path.exists(), "the socket is removed");
}

#[test]
fn a_datagram_is_a_frame() {
    let directory = tempfile::tempdir().unwrap();
    let [ours, theirs] = ["ours", "theirs"].map(|name| directory.path().join(name));
    // The peer may come later.
    let plant = plant(Datagram::bind(&ours, &theirs).unwrap(), None, None);
    let peer = UnixDatagram::bind(&theirs).unwrap();
    peer.set_read_timeout(Some(LIMIT)).unwrap();
    peer.send_to(b"no frame at all", &ours).unwrap();
    peer.send_to(&solicitation(), &ours).unwrap();
    let mut buffer = vec![0; MAX_FRAME_BYTES];
    loop {
        let length = peer.recv(&mut buffer).unwrap();
        if answers(&buffer[..length]) {
            break;
        }
    }
    let counters = plant.with(|_, forwarder| forwarder.counters(LinkIx(0)).cloned()).unwrap();
    let counted = |what: &str| counters.iter().find(|(event, _)| event.as_str() == what);
    assert_eq!(counted("received").map(|(_, count)| count), Some(2), "{counters:?}");
}

/// Keeps what is written.
#[derive(Debug, Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_tap_has_what_came_and_what_went() {
    let kept = Kept::default();
    let (ours, mut theirs) = UnixStream::pair().unwrap();
    theirs.set_read_timeout(Some(LIMIT)).unwrap();
    let plant = plant(Stream::new(ours).unwrap(), Some(Tap::to(kept.clone()).unwrap()), None);
    send(&mut theirs, &solicitation(), 1_000);
    while !answers(&framed(&mut theirs)) {}
    drop(plant);
    let bytes = kept.0.lock().unwrap().clone();
    assert_eq!(bytes[..4], 0xa1b2_c3d4_u32.to_ne_bytes(), "pcap, microseconds");
    assert_eq!(bytes[20..24], 1_u32.to_ne_bytes(), "Ethernet");
    let (mut rest, mut frames) = (&bytes[24..], vec![]);
    while let Some((record, after)) = rest.split_at_checked(16) {
        let length = u32::from_ne_bytes(record[8..12].try_into().unwrap());
        let (frame, after) = after.split_at(length.try_into().unwrap());
        frames.push(frame.to_vec());
        rest = after;
    }
    let asked = frames.iter().position(|frame| *frame == solicitation()).unwrap();
    assert!(frames[asked..].iter().any(|frame| answers(frame)), "{} frames", frames.len());
}

/// A transport that tells what it has lost.
#[derive(Debug)]
struct Leaky(Stream);

impl std::os::fd::AsFd for Leaky {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl Transport for Leaky {
    fn receive(&mut self, into: &mut [u8]) -> std::io::Result<Option<usize>> {
        self.0.receive(into)
    }
    fn send(&mut self, frame: &[u8]) -> std::io::Result<Sent> {
        self.0.send(frame)
    }
    fn lost(&mut self) -> u64 {
        3
    }
}

#[test]
fn what_a_transport_loses_is_counted_at_its_port() {
    let (ours, mut theirs) = UnixStream::pair().unwrap();
    theirs.set_read_timeout(Some(LIMIT)).unwrap();
    let plant = plant(Leaky(Stream::new(ours).unwrap()), None, None);
    // The answer goes out before the state of a turn is told, which the next one waits for.
    for _ in 0..2 {
        send(&mut theirs, &solicitation(), 1_000);
        while !answers(&framed(&mut theirs)) {}
    }
    assert_eq!(plant.overrun(LinkIx(0)), 3);
}

#[test]
fn what_is_dropped_is_not_answered() {
    let (ours, mut theirs) = UnixStream::pair().unwrap();
    theirs.set_nonblocking(true).unwrap();
    let plant = plant(Stream::new(ours).unwrap(), None, Some("drop=1"));
    send(&mut theirs, &solicitation(), 1_000);
    // The forwarder has sent its advertisements into the void.
    let sent = plant.wait(LIMIT, |_, forwarder| {
        let sent = forwarder.counters(LinkIx(0))?.iter().any(|(event, _)| event.as_str() == "sent");
        sent.then_some(())
    });
    assert!(sent.is_some());
    drop(plant);
    let mut nothing = [0; 1];
    assert_eq!(theirs.read(&mut nothing).unwrap(), 0, "not a byte, but the end");
}
