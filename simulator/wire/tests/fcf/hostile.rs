//! Any bytes in any order on one link: no panic, what is held is bounded, every frame has one fate, and a
//! well-behaved peer on the same fabric goes on.

use npivot_wire::fcf::{Event, LinkIx};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::bed::{Bed, Peer, VAULT, read_10, write_10};

static CAPTURE: &[u8] = include_bytes!("../capture/linux-6.1-fcoe-login-npiv.pcap");

/// What comes on the bad link.
#[derive(Debug, Clone)]
enum Step {
    /// These bytes.
    Bytes(Vec<u8>),
    /// A frame of the capture, with the addresses that lead here.
    Captured(usize),
    /// The same, with some bytes changed, cut to a length, and the CRC made right again.
    Changed(usize, Vec<(u16, u8)>, Option<u16>),
    /// Time passes, in microseconds.
    Pass(u32),
    /// The light of the link goes off and on.
    Blink,
}

fn step() -> impl Strategy<Value = Step> {
    let changes = vec((any::<u16>(), any::<u8>()), 0..4);
    let cut = proptest::option::weighted(0.3, 14..2_200_u16);
    prop_oneof![
        2 => vec(any::<u8>(), 0..200).prop_map(Step::Bytes),
        // The first frames log in: they come more often, or hardly anything would come further.
        4 => (1_usize..30).prop_map(Step::Captured),
        8 => (0_usize..767).prop_map(Step::Captured),
        8 => (0_usize..767, changes, cut).prop_map(|(n, all, cut)| Step::Changed(n, all, cut)),
        2 => (0..9_000_000_u32).prop_map(Step::Pass),
        1 => Just(Step::Blink),
    ]
}

/// The frames of the capture, as if this forwarder were the one in it, and its first port the kernel's.
fn captured(fcf: [u8; 6]) -> Vec<Vec<u8>> {
    let mut rest = &CAPTURE[24..];
    let next = || {
        let (head, after) = rest.split_at_checked(16)?;
        let length = u32::from_le_bytes(head[8..12].try_into().unwrap());
        let (frame, after) = after.split_at(length as usize);
        rest = after;
        Some(frame.to_vec())
    };
    let ours = |mut frame: Vec<u8>| {
        let renamed = [
            (&[0x0e, 0xfc, 0x01, 0xaa, 0xbb, 0x01][..], &fcf[..]),
            (&[1, 1, 1], &[1, 1, 0]),
            (&[1, 1, 2], &[1, 1, 1]),
            (&[1, 2, 0], &[1, 0x28, 0]),
        ];
        for (from, to) in renamed {
            for at in 0..=frame.len() - from.len() {
                if frame[at..].starts_with(from) {
                    frame[at..at + to.len()].copy_from_slice(to);
                }
            }
        }
        crc_made_right(frame)
    };
    std::iter::from_fn(next).map(ours).collect()
}

fn crc_made_right(mut frame: Vec<u8>) -> Vec<u8> {
    if frame.len() >= 28 + 24 + 8 && frame[12..14] == [0x89, 0x06] {
        let end = frame.len() - 8;
        let crc = npivot_wire::fc2::crc(&frame[28..end]);
        frame[end..end + 4].copy_from_slice(&crc.to_le_bytes());
    }
    frame
}

fn changed(frame: &[u8], changes: &[(u16, u8)], cut: Option<u16>) -> Vec<u8> {
    let mut frame = frame.to_vec();
    if let Some(cut) = cut {
        frame.truncate(cut.into());
    }
    for &(at, byte) in changes {
        // Most of what matters is in front.
        let room = if at % 3 == 0 { frame.len() } else { frame.len().min(90) };
        if let Some(place) = frame.get_mut(usize::from(at) % room.max(1)) {
            *place = byte;
        }
    }
    crc_made_right(frame)
}

fn fates_add_up(bed: &Bed, link: LinkIx) {
    let counters = bed.counters(link);
    let fates: u64 = Event::FATES.iter().map(|&event| counters.of(event)).sum();
    assert_eq!(counters.of(Event::Received), fates, "{counters:?}");
    assert_eq!(counters.of(Event::Unsendable), 0, "{counters:?}");
}

fn play(steps: &[Step]) {
    let mut bed = Bed::new();
    // A run of days is not recorded.
    bed.world.stop_recording();
    let mut good = Peer::initiator(&mut bed, 2);
    let bad = bed.attach(1);
    bed.show(crate::bed::ARRAY, crate::bed::wwpn(0x2000_0200_0000_000a));
    let frames = captured(good.fcf.0);
    let port = bed.port(0, 1);
    for step in steps {
        match step {
            Step::Bytes(bytes) => bed.send_bytes(bad, bytes),
            Step::Captured(n) => bed.send_bytes(bad, &frames[*n]),
            Step::Changed(n, changes, cut) => {
                bed.send_bytes(bad, &changed(&frames[*n], changes, *cut));
            }
            Step::Pass(micros) => bed.pass((*micros).into()),
            Step::Blink => {
                bed.light(port, false);
                bed.light(port, true);
            }
        }
        good.keep_alive(&mut bed);
        bed.sent.clear();
        fates_add_up(&bed, bad);
        assert!(bed.fcf.held_bytes(bad) <= bed.fcf.held_bytes_limit(bad), "{step:?}");
    }
    // The good one still logs in, writes and reads.
    bed.pass(0);
    good.flogi(&mut bed).expect("it may log in");
    good.register(&mut bed, true);
    good.log_in_with(&mut bed, VAULT);
    good.scsi(&mut bed, &[0; 6], 0);
    assert_eq!(good.write(&mut bed, &write_10(0, 8), &[3; 4_096]).response().status, 0);
    assert_eq!(good.scsi(&mut bed, &read_10(0, 8), 4_096).0, [3; 4_096]);
    fates_add_up(&bed, good.link);
    // And so does one on the bad link.
    bed.light(port, false);
    bed.light(port, true);
    let mut late = Peer::on(&mut bed, bad, 77);
    late.flogi(&mut bed).expect("it may log in");
    late.log_in_with(&mut bed, VAULT);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_frames_in_any_order(steps in vec(step(), 0..120)) {
        play(&steps);
    }
}

#[test]
fn the_capture_forwards_and_backwards() {
    let forwards: Vec<Step> = (0..767).map(Step::Captured).collect();
    play(&forwards);
    let backwards: Vec<Step> = (0..767).rev().map(Step::Captured).collect();
    play(&backwards);
}

#[test]
fn each_frame_of_the_capture_cut_at_each_length() {
    // Logged in first, so that frames come further than to the question of who sent them.
    let mut steps: Vec<Step> = (0..30).map(Step::Captured).collect();
    for n in [3, 5, 7, 19, 21, 23, 27, 212, 732, 735, 746] {
        for cut in 0..180 {
            steps.push(Step::Changed(n, vec![], Some(cut)));
        }
    }
    play(&steps);
}
