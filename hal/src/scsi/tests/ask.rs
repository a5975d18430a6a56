//! The order of the questions, and what becomes of devices that do not answer them.

use super::data::{PAGE_80, PAGE_83, captured_inquiry};
use crate::scsi::ask::{self, AskError};
use crate::scsi::{DecodeError, Sense, SenseKey};
use crate::{Capacity, Lun};

type Answer = Result<Vec<u8>, AskError<&'static str>>;

const REFUSED: AskError<&str> =
    AskError::Check(Sense { key: SenseKey::IllegalRequest, asc: 0x20, ascq: 0 });
const ATTENTION: AskError<&str> = AskError::Check(Sense::REPORTED_LUNS_CHANGED);
const LOST: AskError<&str> = AskError::Failed("path lost");

/// The answers of a whole disk of 2 TiB and a bit.
fn disk(cdb: &[u8]) -> Answer {
    Ok(match cdb {
        [0x12, 0, ..] => captured_inquiry(),
        [0x12, 1, 0x00, ..] => vec![0, 0, 0, 3, 0x00, 0x80, 0x83],
        [0x12, 1, 0x80, ..] => PAGE_80.to_vec(),
        [0x12, 1, 0x83, ..] => PAGE_83.to_vec(),
        [0x25, ..] => [[0xff; 4], [0, 0, 2, 0]].concat(),
        [0x9e, 0x10, ..] => {
            let mut data = vec![0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2, 0];
            data.resize(32, 0);
            data
        }
        [0x5e, 0, ..] => vec![0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 7],
        [0x5e, 1, ..] => vec![0, 0, 0, 1, 0, 0, 0, 0],
        _ => return Err(REFUSED),
    })
}

#[test]
fn a_whole_disk() {
    let mut asked = vec![];
    let mut device = |cdb: &[u8], allocation: usize| {
        asked.push((cdb[0], cdb[1], allocation));
        disk(cdb)
    };
    let details = ask::details(&mut device).unwrap();
    let texts = (details.vendor.as_str(), details.product.as_str(), details.revision.as_str());
    assert_eq!(texts, ("PROBE", "SIM FC DISK", "0001"));
    assert_eq!(details.serial.as_deref(), Some("SIM00C90002010000"));
    assert_eq!(details.identity.unwrap().to_string(), "naa.50000c9002010000");
    let blocks = (1 << 32) + 1;
    assert_eq!(details.capacity, Some(Capacity { blocks, block_bytes: 512 }));
    assert_eq!(details.reservations.unwrap().keys, [7]);
    assert_eq!(
        asked,
        [
            (0x12, 0, 36),
            (0x12, 1, 252),
            (0x12, 1, 252),
            (0x12, 1, 252),
            (0x25, 0, 8),
            (0x9e, 0x10, 32),
            (0x5e, 0, 252),
            (0x5e, 1, 24),
            (0x1a, 8, 4)
        ]
    );
}

#[test]
fn only_inquiry_must_be_answered() {
    let mut device = |cdb: &[u8], _: usize| match cdb {
        [0x12, 0, ..] => Ok(captured_inquiry()),
        [0x12, ..] => Ok(vec![0xff; 3]),
        _ => Err(REFUSED),
    };
    let details = ask::details(&mut device).unwrap();
    assert_eq!(details.product, "SIM FC DISK");
    assert_eq!((details.serial, details.identity, details.capacity), (None, None, None));

    assert_eq!(ask::details(&mut |_: &[u8], _| Answer::Err(REFUSED)).unwrap_err(), REFUSED);
    let mut nothing = |_: &[u8], _: usize| Answer::Ok(vec![0x7f; 36]);
    assert_eq!(ask::details(&mut nothing).unwrap_err(), AskError::NoUnit { qualifier: 3 });
    assert_eq!(ask::identity(&mut nothing).unwrap_err(), AskError::NoUnit { qualifier: 3 });
}

#[test]
fn each_failed_delivery_ends_the_questions() {
    // Eight commands make a whole disk: let each in turn not be delivered.
    for nth in 0..8 {
        let mut count = 0;
        let mut device = |cdb: &[u8], _: usize| {
            count += 1;
            if count > nth { Err(LOST) } else { disk(cdb) }
        };
        let details = ask::details(&mut device);
        assert_eq!(details.is_err(), nth == 0, "{nth}");
        assert!(details.is_err() || details.unwrap().reservations.is_none(), "{nth}");
        assert_eq!(count, nth + 1, "nothing is asked of a path that is lost");
    }
}

#[test]
fn unit_attentions_are_asked_again_and_bounded() {
    let mut owed = 3;
    let mut device = |cdb: &[u8], _: usize| {
        if owed > 0 {
            owed -= 1;
            return Err(ATTENTION);
        }
        disk(cdb)
    };
    assert_eq!(ask::identity(&mut device).unwrap().to_string(), "naa.50000c9002010000");

    let mut count = 0;
    let mut endless = |_: &[u8], _: usize| {
        count += 1;
        Answer::Err(ATTENTION)
    };
    assert_eq!(ask::standard(&mut endless).unwrap_err(), ATTENTION);
    assert_eq!(count, 9);
}

/// A target with this many LUNs.
fn target(luns: u32) -> impl FnMut(&[u8], usize) -> Answer {
    move |cdb, allocation| {
        assert_eq!(cdb[0], 0xa0);
        let list = (0..luns).flat_map(|n| Lun::from_number(n % 16_384).unwrap().to_wire());
        let header = [(luns * 8).to_be_bytes(), [0; 4]].concat();
        Ok(header.into_iter().chain(list).take(allocation).collect())
    }
}

#[test]
fn long_lists_are_asked_again() {
    for count in [0, 1, 511, 512, 16_384] {
        assert_eq!(ask::luns(&mut target(count)).unwrap().len(), count as usize);
    }
    let error = ask::luns(&mut target(16_385)).unwrap_err();
    assert!(matches!(error, AskError::Malformed(DecodeError::Unexpected { .. })), "{error}");
    let mut short = |_: &[u8], _: usize| Answer::Ok(vec![0, 0, 0, 16, 0, 0, 0, 0]);
    let error = ask::luns(&mut short).unwrap_err();
    assert!(matches!(error, AskError::Malformed(DecodeError::Truncated { .. })), "{error}");
}

#[test]
fn a_list_that_always_grows_ends() {
    let mut told = 600_u32;
    let mut device = |_: &[u8], allocation: usize| {
        told += 600;
        let mut data = (told * 8).to_be_bytes().to_vec();
        data.resize(allocation, 0);
        Answer::Ok(data)
    };
    assert!(ask::luns(&mut device).is_err());
}

#[test]
fn a_long_page_is_asked_again() {
    let mut page = vec![0, 0x83, 1, 0x30];
    for _ in 0..15 {
        page.extend([2, 0x21, 0, 12]);
        page.extend(b"target name.");
    }
    page.extend([1, 3, 0, 8, 0x50, 0, 0, 0, 0, 0, 0, 1]);
    page.resize(4 + 0x130, 0);
    let mut asked = vec![];
    let mut device = |cdb: &[u8], allocation: usize| {
        if cdb[1] == 0 {
            return disk(cdb);
        }
        asked.push(allocation);
        Ok(page[..allocation.min(page.len())].to_vec())
    };
    assert_eq!(ask::identity(&mut device).unwrap().to_string(), "naa.5000000000000001");
    assert_eq!(asked, [252, 308]);
}
