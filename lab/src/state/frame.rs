//! Records in a file: one a line, each with its length and a checksum, so that half of one is never
//! believed.
//!
//! ```text
//! 0000002f 9c1e5d0a77b3f264 {"end":90561,"fingerprint":"…","commands":[…]}
//! LENGTH   CHECKSUM         PAYLOAD
//! ```
//!
//! The length is that of the payload, in bytes, as 8 hexadecimal digits. The checksum is the first 64 bits
//! of SHA-256 over the checksum of the record before (zero before the first) and the payload: a record is
//! right only in its place.

use sha2::{Digest, Sha256};

/// Length, checksum, and a space after each.
const HEAD_BYTES: usize = 8 + 1 + 16 + 1;

/// What a file of records holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Records<'b> {
    /// The payloads, in order.
    pub(super) payloads: Vec<&'b str>,
    /// The checksum of the last one: the next begins with it.
    pub(super) checksum: u64,
    /// How many bytes they take.
    pub(super) bytes: usize,
    /// How many bytes of an unfinished one follow.
    pub(super) torn_bytes: usize,
}

/// A record that is not what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Damage {
    /// Which record, from 1; it is also the line.
    pub(super) record: usize,
    /// What is wrong with it.
    pub(super) what: &'static str,
}

fn checksum(before: u64, payload: &[u8]) -> u64 {
    let mut hash = Sha256::new();
    hash.update(before.to_be_bytes());
    hash.update(payload);
    let digest: [u8; 32] = hash.finalize().into();
    digest[..8].iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte))
}

/// A record as bytes, and its checksum. `None` for a payload that is no record: one with a line's end in
/// it, or of 4 GiB.
pub(super) fn encode(before: u64, payload: &str) -> Option<(Vec<u8>, u64)> {
    let length = u32::try_from(payload.len()).ok()?;
    if payload.contains('\n') {
        return None;
    }
    let sum = checksum(before, payload.as_bytes());
    Some((format!("{length:08x} {sum:016x} {payload}\n").into_bytes(), sum))
}

/// Reads records. A last one that was not finished is no error: a process may end, or power be lost, while
/// it is written. It shows as the beginning of a record, perhaps with zeros after it.
pub(super) fn decode(bytes: &[u8]) -> Result<Records<'_>, Damage> {
    let mut records = Records { payloads: vec![], checksum: 0, bytes: 0, torn_bytes: 0 };
    // No byte of a record is zero: zeros up to the end were never written.
    let written = bytes.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    while records.bytes < bytes.len() {
        let rest = &bytes[records.bytes..];
        match first(rest, written.saturating_sub(records.bytes), records.checksum) {
            Ok((payload, sum, length)) => {
                records.payloads.push(payload);
                records.checksum = sum;
                records.bytes += length;
            }
            Err(None) => {
                records.torn_bytes = rest.len();
                break;
            }
            Err(Some(what)) => return Err(Damage { record: records.payloads.len() + 1, what }),
        }
    }
    Ok(records)
}

/// The first record: payload, checksum and bytes; `Err(None)` if it was not finished. Only so many of the
/// bytes were written.
fn first(
    rest: &[u8],
    written: usize,
    before: u64,
) -> Result<(&str, u64, usize), Option<&'static str>> {
    if let Some(at) = rest.iter().take(HEAD_BYTES).enumerate().position(|(i, b)| !fits(i, *b)) {
        return Err((at < written).then_some("no record begins where one should"));
    }
    if rest.len() < HEAD_BYTES {
        return Err(None);
    }
    let (head, body) = rest.split_at(HEAD_BYTES);
    let length = usize::try_from(number(&head[..8])).unwrap_or(usize::MAX);
    let Some(end) = body.get(length) else {
        // Nothing is written behind an unfinished record, so no line ends in it.
        return Err(body.contains(&b'\n').then_some("its length is not what it says"));
    };
    let payload = &body[..length];
    let sum = checksum(before, payload);
    let is_whole = *end == b'\n' && sum == number(&head[9..25]);
    match std::str::from_utf8(payload) {
        Ok(payload) if is_whole => Ok((payload, sum, HEAD_BYTES + length + 1)),
        _ if written <= HEAD_BYTES + length && !payload.contains(&b'\n') => Err(None),
        _ if *end != b'\n' => Err(Some("its length is not what it says")),
        _ => Err(Some("its checksum is not that of its content")),
    }
}

/// Whether a byte may stand there in the head of a record.
fn fits(place: usize, byte: u8) -> bool {
    if place == 8 || place == 25 {
        return byte == b' ';
    }
    byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)
}

fn number(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |number, &digit| {
        let digit = char::from(digit).to_digit(16).unwrap_or_default();
        number << 4 | u64::from(digit)
    })
}
