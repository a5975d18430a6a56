//! Records: what is not whole is not believed, and what is damaged is told from what was not finished.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::state::frame::{Records, decode, encode};

fn file_of(payloads: &[impl AsRef<str>]) -> Vec<u8> {
    let mut bytes = vec![];
    let mut sum = 0;
    for payload in payloads {
        let (record, next) = encode(sum, payload.as_ref()).unwrap();
        bytes.extend(record);
        sum = next;
    }
    bytes
}

const SOME: [&str; 4] = [r#"{"npivot_state":1}"#, "", "zwei ½", r#"{"end":90561}"#];

#[test]
fn a_record_is_a_line_that_people_can_read() {
    let text = String::from_utf8(file_of(&SOME)).unwrap();
    insta::assert_snapshot!(text, @r#"
    00000012 23d7ceb054ecfd9f {"npivot_state":1}
    00000000 f5fca847da4e23de 
    00000007 e2390a69e9f8887a zwei ½
    0000000d 840517ebed560768 {"end":90561}
    "#);
    assert_eq!(encode(0, "two\nlines"), None);
}

#[test]
fn cut_anywhere_what_was_whole_is_there_and_the_rest_is_unfinished() {
    let whole = file_of(&SOME);
    let mut boundaries = vec![0];
    for n in 1..=SOME.len() {
        boundaries.push(file_of(&SOME[..n]).len());
    }
    for length in 0..=whole.len() {
        let count = boundaries.iter().filter(|&&end| end <= length).count() - 1;
        let mut bytes = whole[..length].to_vec();
        for zeros in [0, 1, 30, 5_000] {
            bytes.resize(length + zeros, 0);
            let Records { payloads, bytes: good, torn_bytes, .. } = decode(&bytes).unwrap();
            assert_eq!(payloads, SOME[..count], "{length}");
            assert_eq!((good, torn_bytes), (boundaries[count], bytes.len() - boundaries[count]));
        }
    }
}

#[test]
fn a_record_out_of_its_place_is_damage() {
    let lines: Vec<Vec<u8>> =
        file_of(&SOME).split_inclusive(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect();
    let at = |order: &[usize]| {
        let bytes: Vec<u8> = order.iter().flat_map(|&n| lines[n].clone()).collect();
        decode(&bytes).map(|records| records.payloads.len()).map_err(|damage| damage.record)
    };
    assert_eq!(at(&[0, 1, 2, 3]), Ok(4));
    assert_eq!(
        [at(&[0, 2, 3]), at(&[0, 1, 1, 2]), at(&[1]), at(&[0, 1, 3, 2])],
        [Err(2), Err(3), Err(1), Err(3)]
    );
}

#[test]
fn another_byte_anywhere_is_never_believed() {
    let whole = file_of(&SOME);
    let before_last = file_of(&SOME[..3]).len();
    for at in 0..whole.len() {
        for bit in 0..8 {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << bit;
            match decode(&bytes) {
                // Only the end of a file can look unfinished, and only where zeros are.
                Ok(records) => {
                    assert!(at >= before_last && bytes[at] == 0, "{at} {bit}");
                    assert_eq!(records.payloads, SOME[..3]);
                }
                Err(damage) => {
                    let line = whole[..at].split(|&byte| byte == b'\n').count();
                    assert_eq!(damage.record, line, "{at} {bit}");
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read(payloads in vec("[^\n]{0,40}", 0..6)) {
        let bytes = file_of(&payloads);
        let records = decode(&bytes).unwrap();
        prop_assert_eq!((records.bytes, records.torn_bytes), (bytes.len(), 0));
        prop_assert_eq!(records.payloads, payloads);
    }

    #[test]
    fn any_bytes_may_be_there(before in 0_usize..5, bytes in vec(any::<u8>(), 0..200)) {
        let mut all = file_of(&SOME[..before.min(4)]);
        all.extend(bytes);
        if let Ok(records) = decode(&all) {
            prop_assert_eq!(records.bytes + records.torn_bytes, all.len());
            prop_assert!(records.payloads.len() >= before.min(4));
        }
    }

    #[test]
    fn words_of_the_alphabet_may_be_there(
        text in "[0-9a-f]{7,9} [0-9a-f]{15,17} [a-z\n]{0,20}\n?\0{0,3}"
    ) {
        let _ = decode(text.as_bytes());
    }
}
