//! The frames of the capture: when they came, who sent them, and which answers which.

use std::collections::BTreeMap;

use npivot_hal::FcId;
use npivot_wire::ethernet::Mac;
use npivot_wire::fc2::Header;
use npivot_wire::fip::Message;
use npivot_wire::{Body, Frame};

static CAPTURE: &[u8] = include_bytes!("../../capture/linux-6.1-fcoe-login-npiv.pcap");

/// The forwarder of the capture.
pub(crate) const FORWARDER: Mac = Mac([0x0e, 0xfc, 0x01, 0xaa, 0xbb, 0x01]);

/// A frame of the capture.
pub(crate) struct Captured {
    /// Since the first one, in microseconds.
    pub(crate) at_us: u64,
    pub(crate) bytes: Vec<u8>,
}

impl Captured {
    pub(crate) fn read(&self) -> Frame<'_> {
        Frame::decode(&self.bytes).expect("the capture can be read")
    }

    pub(crate) fn is_forwarders(&self) -> bool {
        self.read().header.source == FORWARDER
    }

    pub(crate) fn fc(&self) -> Option<Header> {
        match self.read().body {
            Body::Fcoe(fcoe) => Some(fcoe.frame.header),
            _ => None,
        }
    }
}

pub(crate) fn frames() -> Vec<Captured> {
    let mut rest = &CAPTURE[24..];
    let mut first = None;
    let next = || {
        let (head, after) = rest.split_at_checked(16)?;
        let word = |at: usize| u64::from(u32::from_le_bytes(head[at..at + 4].try_into().unwrap()));
        let (bytes, after) = after.split_at(usize::try_from(word(8)).unwrap());
        rest = after;
        let at = word(0) * 1_000_000 + word(4);
        let at_us = at - *first.get_or_insert(at);
        Some(Captured { at_us, bytes: bytes.to_vec() })
    };
    std::iter::from_fn(next).collect()
}

/// The forwarder's frames by the number of the kernel's frame that each answers or passes on. Numbers are
/// counted from 1. What answers nothing is left out.
pub(crate) fn answers(frames: &[Captured]) -> BTreeMap<usize, Vec<usize>> {
    let mut answers = BTreeMap::<usize, Vec<usize>>::new();
    let mut of_exchange = BTreeMap::<(FcId, FcId, u16), usize>::new();
    let mut last_fip = 0;
    for (number, frame) in (1..).zip(frames) {
        let answered = match (frame.is_forwarders(), frame.fc()) {
            (false, Some(header)) => {
                of_exchange.insert((header.s_id, header.d_id, header.ox_id), number);
                None
            }
            (false, None) => {
                last_fip = number;
                None
            }
            (true, Some(header)) => passed_on(frames, number, &header)
                .or_else(|| of_exchange.get(&(header.d_id, header.s_id, header.ox_id)).copied()),
            (true, None) => Some(last_fip).filter(|_| !is_unsolicited(frame)),
        };
        if let Some(answered) = answered {
            answers.entry(answered).or_default().push(number);
        }
    }
    answers
}

fn is_unsolicited(frame: &Captured) -> bool {
    let Body::Fip(Message::Advertisement(message)) = frame.read().body else { return false };
    message.flags == npivot_wire::fip::Flags::UNSOLICITED
}

/// The kernel's frame with the same FC header, of the few before.
fn passed_on(frames: &[Captured], number: usize, header: &Header) -> Option<usize> {
    let before = frames[..number - 1].iter().enumerate().rev().take(6);
    let same = |frame: &Captured| !frame.is_forwarders() && frame.fc() == Some(*header);
    before.into_iter().find(|(_, frame)| same(frame)).map(|(i, _)| i + 1)
}
