//! Which questions make a logical unit's particulars, in which order: the same for every backend that can
//! pass a command through.
//!
//! ```
//! use npivot_hal::scsi::{Sense, ask};
//!
//! // A device that answers INQUIRY and refuses the rest.
//! let mut device = |cdb: &[u8], _allocation: usize| match cdb[..2] {
//!     [0x12, 0] => Ok([&[0; 8][..], b"NPIVOT  VOLUME          0001"].concat()),
//!     _ => Err(ask::AskError::<std::io::Error>::Check(Sense::LOGICAL_UNIT_NOT_SUPPORTED)),
//! };
//! let details = ask::details(&mut device).unwrap();
//! assert_eq!((details.vendor.as_str(), details.serial), ("NPIVOT", None));
//! ```

use super::{
    DecodeError, Inquiry, Sense, SenseKey, cdb, inquiry, mode_sense_6_write_protect,
    read_capacity_10, read_capacity_16, read_keys, read_reservation, report_luns,
    target_port_group_state, vpd_00, vpd_80, vpd_83, vpd_83_port_group,
};
use crate::{Capacity, Lun, LunDetails, LunId, Reservations};

/// How often one question is asked again because of a unit attention: a device may owe several, and one
/// that never stops must not hold its caller.
const ATTENTIONS: usize = 8;
/// The first allocation length for what has no fixed length: one byte would hold the length of it, so
/// that no device, however old, misreads it.
const SMALL: u16 = 252;
/// The most bytes of REPORT LUNS that are asked for: every LUN that flat addressing has.
const LARGEST_LIST: u32 = 8 + 8 * (Lun::MAX_FLAT + 1);
/// The standard INQUIRY data that every device has.
const INQUIRY_BYTES: u16 = 36;
/// The most bytes of REPORT TARGET PORT GROUPS that are asked for: 512 groups of a port each.
const GROUPS_BYTES: u32 = 6_144;
/// How often keys and reservation are read anew because the generation moved between them.
const ROUNDS: usize = 3;

/// Why a question has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AskError<E> {
    /// The device refused the command.
    #[error("{0}")]
    Check(Sense),
    /// The target has no logical unit at this LUN (any more): INQUIRY says so.
    #[error("the target has no logical unit there (peripheral qualifier {qualifier})")]
    NoUnit {
        /// The peripheral qualifier.
        qualifier: u8,
    },
    /// The answer cannot be read.
    #[error(transparent)]
    Malformed(#[from] DecodeError),
    /// The command did not get there, or its answer not back.
    #[error("the command was not delivered")]
    Failed(#[source] E),
}

/// Sends a command to a device.
///
/// # For backend authors
/// Send these bytes and return what came, at most `allocation` bytes. CHECK CONDITION is
/// [`AskError::Check`], a unit attention too: it is asked again here. All else is [`AskError::Failed`] with
/// an error of yours.
pub trait Ask<E> {
    /// Sends one command that only reads.
    ///
    /// # Errors
    /// `Check` and `Failed`.
    fn ask(&mut self, cdb: &[u8], allocation: usize) -> Result<Vec<u8>, AskError<E>>;
}

impl<E, F: FnMut(&[u8], usize) -> Result<Vec<u8>, AskError<E>>> Ask<E> for F {
    fn ask(&mut self, cdb: &[u8], allocation: usize) -> Result<Vec<u8>, AskError<E>> {
        self(cdb, allocation)
    }
}

/// Asks, and again while the device answers with a unit attention, which says that something has changed
/// and nothing of the command.
fn patiently<E>(
    device: &mut impl Ask<E>,
    cdb: &[u8],
    allocation: usize,
) -> Result<Vec<u8>, AskError<E>> {
    for _ in 0..ATTENTIONS {
        match device.ask(cdb, allocation) {
            Err(AskError::Check(Sense { key: SenseKey::UnitAttention, .. })) => {}
            answer => return cut(answer, allocation),
        }
    }
    cut(device.ask(cdb, allocation), allocation)
}

fn cut<E>(answer: Result<Vec<u8>, AskError<E>>, most: usize) -> Result<Vec<u8>, AskError<E>> {
    answer.map(|mut data| {
        data.truncate(most);
        data
    })
}

/// Asks what the device is (INQUIRY).
///
/// # Errors
/// [`AskError`]: it does not answer, or there is none.
pub fn standard<E>(device: &mut impl Ask<E>) -> Result<Inquiry, AskError<E>> {
    let data = patiently(device, &cdb::inquiry(INQUIRY_BYTES), INQUIRY_BYTES.into())?;
    let found = inquiry(&data)?;
    if found.is_connected() {
        Ok(found)
    } else {
        Err(AskError::NoUnit { qualifier: found.qualifier })
    }
}

/// Asks the device which volume it is now (INQUIRY, VPD page 83).
///
/// # Errors
/// [`AskError`]: it does not answer, there is none, or its answer tells no identity.
pub fn identity<E>(device: &mut impl Ask<E>) -> Result<LunId, AskError<E>> {
    standard(device)?;
    page(device, 0x83).and_then(|page| Ok(vpd_83(&page).map_err(DecodeError::from)?))
}

/// A page of vital product data, asked a second time where the first allocation was too short.
fn page<E>(device: &mut impl Ask<E>, code: u8) -> Result<Vec<u8>, AskError<E>> {
    let page = patiently(device, &cdb::vpd(code, SMALL), SMALL.into())?;
    let told = page
        .first_chunk::<4>()
        .map_or(0, |header| u16::from_be_bytes([header[2], header[3]]).saturating_add(4));
    if told <= SMALL || page.len() < SMALL.into() {
        return Ok(page);
    }
    patiently(device, &cdb::vpd(code, told), told.into())
}

/// Asks a target which LUNs it shows (REPORT LUNS), in the target's order and at most 16,384.
///
/// # Errors
/// [`AskError`]. `Malformed` (`Unexpected`) where it claims more LUNs than that.
pub fn luns<E>(device: &mut impl Ask<E>) -> Result<Vec<Lun>, AskError<E>> {
    let mut allocation = 4_096_u32;
    // A list that grew while it was read is read once more.
    for _ in 0..ROUNDS {
        let data = patiently(device, &cdb::report_luns(allocation), allocation as usize)?;
        let list = report_luns(&data)?;
        if list.missing == 0 {
            return Ok(list.luns);
        }
        let needed = list.needed_bytes();
        if needed > LARGEST_LIST {
            Err(DecodeError::Unexpected {
                what: "REPORT LUNS data",
                at: 0,
                found: (needed - 8).into(),
                expected: "a list of at most 16384 LUNs",
            })?;
        }
        if needed <= allocation {
            let (at, missing) = (data.len(), needed as usize - data.len().min(needed as usize));
            Err(DecodeError::Truncated { what: "REPORT LUNS data", at, missing })?;
        }
        allocation = needed;
    }
    let missing = allocation as usize;
    Err(DecodeError::Truncated { what: "REPORT LUNS data", at: 0, missing }.into())
}

/// Asks a device all that it says of itself: INQUIRY; of the VPD pages that it lists 80 and 83; READ
/// CAPACITY (10), and (16) where the size does not fit; READ KEYS and READ RESERVATION; MODE SENSE; REPORT TARGET
/// PORT GROUPS where it is in one.
///
/// INQUIRY must be answered. What else is refused or cannot be read is `None`; once a command was not
/// delivered, nothing more is asked, so that a lost path costs one time-out.
///
/// # Errors
/// [`AskError`] of INQUIRY.
pub fn details<E>(device: &mut impl Ask<E>) -> Result<LunDetails, AskError<E>> {
    let found = standard(device)?;
    let has_blocks = found.has_blocks();
    let mut details = LunDetails::new(found.vendor, found.product, found.revision);
    // A failed delivery ends the questions; what is known by then stands.
    let _ = fill(device, &mut details, has_blocks);
    Ok(details)
}

/// Only a failed delivery is an error here.
fn fill<E>(
    device: &mut impl Ask<E>,
    details: &mut LunDetails,
    has_blocks: bool,
) -> Result<(), AskError<E>> {
    // A device that does not list its pages is asked all the same: it can but refuse.
    let listed = optional(page(device, 0x00))?.and_then(|page| vpd_00(&page).ok());
    let has = |code| listed.as_ref().is_none_or(|pages| pages.contains(&code));
    if has(0x80) {
        details.serial = optional(page(device, 0x80))?.and_then(|page| vpd_80(&page).ok()?);
    }
    let mut group = None;
    if has(0x83) {
        let page = optional(page(device, 0x83))?;
        details.identity = page.as_ref().and_then(|page| vpd_83(page).ok());
        group = page.as_ref().and_then(|page| vpd_83_port_group(page));
    }
    if has_blocks {
        details.capacity = optional(capacity(device))?;
    }
    details.reservations = optional(reservations(device))?;
    if has_blocks {
        let header = optional(patiently(device, &cdb::mode_sense_6(4), 4))?;
        details.read_only = header.and_then(|data| mode_sense_6_write_protect(&data).ok());
    }
    if let Some(group) = group {
        let asked = cdb::report_target_port_groups(GROUPS_BYTES);
        let groups = optional(patiently(device, &asked, GROUPS_BYTES as usize))?;
        details.access =
            groups.and_then(|data| target_port_group_state(&data, group).ok().flatten());
    }
    Ok(())
}

fn optional<T, E>(answer: Result<T, AskError<E>>) -> Result<Option<T>, AskError<E>> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error @ AskError::Failed(_)) => Err(error),
        Err(_) => Ok(None),
    }
}

fn capacity<E>(device: &mut impl Ask<E>) -> Result<Capacity, AskError<E>> {
    let short = patiently(device, &cdb::read_capacity_10(), 8)?;
    if let Some(capacity) = read_capacity_10(&short)? {
        return Ok(capacity);
    }
    Ok(read_capacity_16(&patiently(device, &cdb::read_capacity_16(32), 32)?)?)
}

/// Keys and reservation of one generation, unless it keeps moving; then those of the last round.
fn reservations<E>(device: &mut impl Ask<E>) -> Result<Reservations, AskError<E>> {
    let mut round = 0;
    loop {
        round += 1;
        let mut found = read_keys(&patiently(device, &cdb::read_keys(SMALL), SMALL.into())?)?;
        if found.missing > 0 {
            let most = u16::MAX - 7;
            found = read_keys(&patiently(device, &cdb::read_keys(most), most.into())?)?;
        }
        let held = patiently(device, &cdb::read_reservation(24), 24)?;
        let holder = read_reservation(&held)?;
        let same = held.first_chunk() == Some(&found.generation.to_be_bytes());
        if same || round == ROUNDS {
            return Ok(Reservations { generation: found.generation, keys: found.keys, holder });
        }
    }
}
