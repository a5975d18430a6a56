//! Uevents: that an object of sysfs came, changed or went.
//!
//! The kernel sends `action@devpath`, then `KEY=value`, each ended by a NUL (`lib/kobject_uevent.c`). udev
//! sends the same keys on, behind a header of 40 bytes (`struct udev_monitor_netlink_header`, systemd's
//! `src/libsystemd/sd-device/device-monitor.c`).

use std::collections::BTreeMap;

/// The longest message that is read, in bytes. The kernel's are at most 2 KiB and a path, udev's 8 KiB.
pub const MOST_BYTES: usize = 64 * 1024;
/// The most keys that are read. The kernel sends at most 64, udev some hundred.
pub const MOST_KEYS: usize = 1_024;

/// How udev's messages begin, NUL included.
const PREFIX: &[u8; 8] = b"libudev\0";
/// The header's magic number, the only field of it that is big-endian.
const MAGIC: u32 = 0xfeed_cafe;
/// How long udev's header is.
const HEADER: usize = 40;

/// A uevent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Uevent {
    /// What happened: `add`, `remove`, `change`, `move`, `bind`, …
    pub action: String,
    /// The object's path below `/sys`: `/devices/…`.
    pub devpath: String,
    /// All keys, `ACTION` and `DEVPATH` among them where they were sent. Bytes of a value that are no
    /// UTF-8 read as U+FFFD.
    pub keys: BTreeMap<String, String>,
}

impl Uevent {
    /// A key's value.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.keys.get(key).map(String::as_str)
    }

    /// The subsystem: `scsi`, `fc_host`, `block`.
    pub fn subsystem(&self) -> Option<&str> {
        self.get("SUBSYSTEM")
    }
}

/// Why a message is no uevent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UeventError {
    /// Longer than any uevent.
    #[error("a uevent of {length} bytes: expected at most {MOST_BYTES}")]
    TooLong {
        /// Its length.
        length: usize,
    },
    /// More keys than any uevent has.
    #[error("a uevent with more than {MOST_KEYS} keys")]
    TooManyKeys,
    /// Something in it is not what it should be.
    #[error("not a uevent: expected {expected} at byte {at}")]
    Expected {
        /// What was expected.
        expected: &'static str,
        /// Where.
        at: usize,
    },
}

const fn expected(expected: &'static str, at: usize) -> UeventError {
    UeventError::Expected { expected, at }
}

/// Reads a uevent in either form.
///
/// # Errors
/// [`UeventError`]; any bytes at all may be given.
pub fn parse(message: &[u8]) -> Result<Uevent, UeventError> {
    if message.len() > MOST_BYTES {
        return Err(UeventError::TooLong { length: message.len() });
    }
    if message.starts_with(PREFIX) { from_udev(message) } else { from_kernel(message) }
}

fn from_kernel(message: &[u8]) -> Result<Uevent, UeventError> {
    let end = message.iter().position(|byte| *byte == 0);
    let end = end.ok_or(expected("the NUL after action@devpath", message.len()))?;
    let head = str::from_utf8(&message[..end])
        .map_err(|error| expected("text in UTF-8", error.valid_up_to()))?;
    let (action, devpath) =
        head.split_once('@').ok_or(expected("an action and an @ in front of the path", 0))?;
    let keys = keys(message, end + 1)?;
    let uevent = checked(action, devpath, keys, 0)?;
    for (key, value) in [("ACTION", action), ("DEVPATH", devpath)] {
        if uevent.get(key).is_some_and(|told| told != value) {
            return Err(expected("keys that agree with the first line", end + 1));
        }
    }
    Ok(uevent)
}

fn from_udev(message: &[u8]) -> Result<Uevent, UeventError> {
    let word = |at: usize| {
        let bytes = message.get(at..at + 4).and_then(|bytes| bytes.first_chunk().copied());
        bytes.ok_or(expected("a header of 40 bytes", at))
    };
    let length =
        |at| word(at).map(|bytes| usize::try_from(u32::from_ne_bytes(bytes)).unwrap_or(usize::MAX));
    if u32::from_be_bytes(word(8)?) != MAGIC {
        return Err(expected("the magic number feedcafe", 8));
    }
    let (header, from, size) = (length(12)?, length(16)?, length(20)?);
    // A later udev may have a longer header.
    if header < HEADER || header > message.len() {
        return Err(expected("the header's length", 12));
    }
    let end = from.checked_add(size).filter(|end| from >= header && *end <= message.len());
    let end = end.ok_or(expected("keys within the message", 16))?;
    let keys = keys(&message[..end], from)?;
    let value = |key: &str| keys.get(key).cloned().unwrap_or_default();
    let (action, devpath) = (value("ACTION"), value("DEVPATH"));
    checked(&action, &devpath, keys, from)
}

/// The uevent, if an action and a path make one.
fn checked(
    action: &str,
    devpath: &str,
    keys: BTreeMap<String, String>,
    at: usize,
) -> Result<Uevent, UeventError> {
    if action.is_empty() || !action.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Err(expected("an action in lower-case letters", at));
    }
    let within = devpath.split('/').all(|part| !matches!(part, "." | ".."));
    if !devpath.starts_with('/') || !within {
        return Err(expected("an absolute path without dots", at));
    }
    Ok(Uevent { action: action.to_owned(), devpath: devpath.to_owned(), keys })
}

/// The keys from a byte to the end. Of a key that comes twice the last one counts, as for udev.
fn keys(message: &[u8], from: usize) -> Result<BTreeMap<String, String>, UeventError> {
    let mut keys = BTreeMap::new();
    let mut at = from;
    while at < message.len() {
        let rest = &message[at..];
        let length = rest.iter().position(|byte| *byte == 0);
        let length = length.ok_or(expected("the NUL after a key", message.len()))?;
        let entry = &rest[..length];
        let sign = entry.iter().position(|byte| *byte == b'=');
        let sign = sign.filter(|sign| *sign > 0).ok_or(expected("KEY=value", at))?;
        let key = str::from_utf8(&entry[..sign]).map_err(|_| expected("a key in UTF-8", at))?;
        let value = String::from_utf8_lossy(&entry[sign + 1..]).into_owned();
        keys.insert(key.to_owned(), value);
        if keys.len() > MOST_KEYS {
            return Err(UeventError::TooManyKeys);
        }
        at += length + 1;
    }
    Ok(keys)
}
