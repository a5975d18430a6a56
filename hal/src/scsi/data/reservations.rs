//! PERSISTENT RESERVE IN parameter data (SPC-5, 6.16).

use crate::scsi::error::{DecodeError, field};
use crate::{Reservation, ReservationKind};

/// Who is registered at a logical unit (READ KEYS).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RegisteredKeys {
    /// Counts the changes since the logical unit was powered on.
    pub generation: u32,
    /// The keys that came, one per registration.
    pub keys: Vec<u64>,
    /// How many more there are, for which the allocation length left no room.
    pub missing: u32,
}

/// Reads READ KEYS data. The list may be cut by the allocation length, which
/// [`missing`](RegisteredKeys::missing) tells.
///
/// # Errors
/// `Truncated` below 8 bytes; `Unexpected` for a list length that is no multiple of 8.
pub fn read_keys(data: &[u8]) -> Result<RegisteredKeys, DecodeError> {
    let what = "READ KEYS data";
    let generation = u32::from_be_bytes(field(what, data, 0)?);
    let length = u32::from_be_bytes(field(what, data, 4)?);
    if !length.is_multiple_of(8) {
        let expected = "a list length in multiples of 8";
        return Err(DecodeError::Unexpected { what, at: 4, found: length.into(), expected });
    }
    let told = length / 8;
    let (entries, _) = data[8..].as_chunks::<8>();
    let keys: Vec<u64> =
        entries.iter().take(told as usize).map(|key| u64::from_be_bytes(*key)).collect();
    let came = u32::try_from(keys.len()).unwrap_or(told);
    Ok(RegisteredKeys { generation, keys, missing: told - came })
}

/// Reads READ RESERVATION data. `None`: nobody holds a reservation.
///
/// # Errors
/// `Truncated` below 8 bytes, and below 24 where there is one; `Unexpected` for a length in between.
pub fn read_reservation(data: &[u8]) -> Result<Option<Reservation>, DecodeError> {
    let what = "READ RESERVATION data";
    match u32::from_be_bytes(field(what, data, 4)?) {
        0 => Ok(None),
        length if length >= 16 => {
            let whole: [u8; 16] = field(what, data, 8)?;
            let key = u64::from_be_bytes(field(what, &whole, 0)?);
            // The scope in the upper four bits is always the logical unit.
            Ok(Some(Reservation { key, kind: kind(whole[13] & 0x0f) }))
        }
        length => {
            let expected = "0 or 16 bytes of a reservation";
            Err(DecodeError::Unexpected { what, at: 4, found: length.into(), expected })
        }
    }
}

/// The type codes of SPC-5, 6.16.3.3.
const fn kind(code: u8) -> ReservationKind {
    match code {
        1 => ReservationKind::WriteExclusive,
        3 => ReservationKind::ExclusiveAccess,
        5 => ReservationKind::WriteExclusiveRegistrantsOnly,
        6 => ReservationKind::ExclusiveAccessRegistrantsOnly,
        7 => ReservationKind::WriteExclusiveAllRegistrants,
        8 => ReservationKind::ExclusiveAccessAllRegistrants,
        other => ReservationKind::Other(other),
    }
}
