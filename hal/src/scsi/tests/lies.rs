//! Any bytes, answers cut anywhere, and lengths that lie: an answer or an error, never a panic, and never
//! more out than came in.

use proptest::prelude::*;

use super::data::{PAGE_80, PAGE_83, captured_inquiry};
use crate::scsi::{
    DecodeError, Sense, inquiry, read_capacity_10, read_capacity_16, read_keys, read_reservation,
    report_luns, vpd_00, vpd_80, vpd_83,
};

fn decode_all(data: &[u8]) {
    let _ = (inquiry(data), vpd_00(data), vpd_83(data), Sense::decode(data));
    let _ = (read_capacity_10(data), read_capacity_16(data), read_reservation(data));
    if let Ok(Some(serial)) = vpd_80(data) {
        assert!(serial.len() <= data.len());
    }
    if let Ok(list) = report_luns(data) {
        assert!(8 + 8 * list.luns.len() <= data.len());
        assert!(list.needed_bytes() as usize >= 8 + 8 * list.luns.len());
    }
    if let Ok(found) = read_keys(data) {
        assert!(8 + 8 * found.keys.len() <= data.len());
    }
}

proptest! {
    #[test]
    fn any_bytes(data in prop::collection::vec(any::<u8>(), 0..200)) {
        decode_all(&data);
    }

    #[test]
    fn any_bytes_behind_a_true_beginning(
        head in prop::sample::select(vec![
            vec![0, 0x00], vec![0, 0x80], vec![0, 0x83], vec![0x70], vec![0x72], vec![0, 0, 0],
        ]),
        tail in prop::collection::vec(any::<u8>(), 0..100),
    ) {
        decode_all(&[head, tail].concat());
    }

    #[test]
    fn one_lie(at in any::<prop::sample::Index>(), byte: u8) {
        for mut data in [captured_inquiry(), PAGE_80.to_vec(), PAGE_83.to_vec()] {
            let at = at.index(data.len());
            data[at] = byte;
            decode_all(&data);
        }
    }

    #[test]
    fn what_is_cut_says_how_much_is_missing(cut in 0..PAGE_80.len()) {
        match vpd_80(&PAGE_80[..cut]).unwrap_err() {
            DecodeError::Truncated { at, missing, .. } => {
                prop_assert!(missing > 0 && missing <= PAGE_80.len());
                prop_assert!(at <= cut);
            }
            other => prop_assert!(false, "{other}"),
        }
        prop_assert!(vpd_83(&PAGE_83[..cut]).is_err());
    }
}
