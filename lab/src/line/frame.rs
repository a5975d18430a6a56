//! Values on a stream: a length and a value.

use std::io::{self, Read, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The longest frame that is sent or taken, in bytes: a directory with all paths of a large host.
pub const MAX_FRAME_BYTES: usize = 4 << 20;

fn wrong(what: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.into())
}

/// A value as a frame.
///
/// # Errors
/// InvalidData if it is longer than a frame may be.
pub(super) fn encode(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut frame = vec![0; 4];
    frame = postcard::to_extend(value, frame).map_err(|cause| wrong(cause.to_string()))?;
    let body = frame.len() - 4;
    match u32::try_from(body) {
        Ok(length) if body <= MAX_FRAME_BYTES => {
            frame[..4].copy_from_slice(&length.to_be_bytes());
            Ok(frame)
        }
        _ => Err(wrong(format!("{body} bytes do not fit into a frame of {MAX_FRAME_BYTES}"))),
    }
}

/// Sends a value.
pub(super) fn send(to: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    to.write_all(&encode(value)?)?;
    to.flush()
}

/// Receives a value; `None` when the stream ends between two frames.
///
/// # Errors
/// InvalidData for what is no frame, UnexpectedEof for half of one, and the stream's own.
pub(super) fn receive<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<Option<T>> {
    let mut head = [0; 4];
    let mut there = 0;
    while there < head.len() {
        match from.read(&mut head[there..]) {
            Ok(0) if there == 0 => return Ok(None),
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => there += read,
            Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
            Err(cause) => return Err(cause),
        }
    }
    let length = u32::from_be_bytes(head) as usize;
    if length > MAX_FRAME_BYTES {
        return Err(wrong(format!(
            "a frame of {length} bytes, expected {MAX_FRAME_BYTES} at most"
        )));
    }
    // Room is made as bytes come, not for what the length says.
    let mut body = vec![];
    from.take(length as u64).read_to_end(&mut body)?;
    if body.len() < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    match postcard::take_from_bytes(&body) {
        Ok((value, [])) => Ok(Some(value)),
        Ok((_, rest)) => Err(wrong(format!("{} bytes too many in a frame", rest.len()))),
        Err(cause) => Err(wrong(format!("not a frame of this line: {cause}"))),
    }
}
