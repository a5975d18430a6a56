//! Serial numbers, replaced by as many other characters.
//!
//! The same number gets the same placeholder everywhere, so that what belongs together still does: the
//! paths of a volume that is known by T10 text alone.

use std::collections::BTreeMap;

/// Vendor identification before the vendor's own text in a T10 designator (SPC-5, 7.7.6.4).
const T10_VENDOR: usize = 8;
const T10: u8 = 1;
/// The vendor's own bytes in standard INQUIRY data (SPC-5, 6.7.2), where many put a serial number.
const INQUIRY_OWN: std::ops::Range<usize> = 36..56;

/// What has been replaced so far.
#[derive(Debug, Default)]
pub(super) struct Redactor {
    seen: BTreeMap<Vec<u8>, usize>,
}

impl Redactor {
    /// Replaces the serial numbers in what was read from a file of this name.
    pub(super) fn redact(&mut self, name: &str, bytes: &mut [u8]) {
        match name {
            "serial_number" | "serial_num" | "serialnum" | "serial" => self.replace(bytes),
            "vpd_pg80" => self.replace(bytes.get_mut(4..).unwrap_or_default()),
            "vpd_pg83" => self.designators(bytes.get_mut(4..).unwrap_or_default()),
            "inquiry" => {
                let end = INQUIRY_OWN.end.min(bytes.len());
                self.replace(bytes.get_mut(INQUIRY_OWN.start..end).unwrap_or_default());
            }
            "wwid" if bytes.starts_with(b"t10.") => {
                self.replace(bytes.get_mut(4 + T10_VENDOR..).unwrap_or_default());
            }
            _ => {}
        }
    }

    /// How many different ones there were.
    pub(super) fn count(&self) -> usize {
        self.seen.len()
    }

    fn designators(&mut self, mut rest: &mut [u8]) {
        while let Some((header, after)) = rest.split_first_chunk_mut::<4>() {
            let length = usize::from(header[3]).min(after.len());
            let (content, next) = after.split_at_mut(length);
            if header[1] & 0x0f == T10 {
                self.replace(content.get_mut(T10_VENDOR..).unwrap_or_default());
            }
            rest = next;
        }
    }

    /// Replaces what is not padding at either end.
    fn replace(&mut self, field: &mut [u8]) {
        let is_padding = |byte: &u8| *byte == 0 || byte.is_ascii_whitespace();
        let Some(start) = field.iter().position(|byte| !is_padding(byte)) else {
            return;
        };
        let end = field.iter().rposition(|byte| !is_padding(byte)).map_or(start, |last| last + 1);
        let serial = &mut field[start..end];
        let next = self.seen.len() + 1;
        let number = *self.seen.entry(serial.to_vec()).or_insert(next);
        let digits = number.to_string();
        serial.fill(b'X');
        for (place, digit) in serial.iter_mut().rev().zip(digits.bytes().rev()) {
            *place = digit;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redacted(redactor: &mut Redactor, name: &str, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        redactor.redact(name, &mut bytes);
        bytes
    }

    #[test]
    fn the_same_serial_gets_the_same_placeholder() {
        let mut redactor = Redactor::default();
        let mut of = |name: &str, bytes: &[u8]| redacted(&mut redactor, name, bytes);
        assert_eq!(of("vpd_pg80", b"\0\x80\0\x08 ABC123 "), b"\0\x80\0\x08 XXXXX1 ");
        assert_eq!(of("serial_number", b"ABC123\n"), b"XXXXX1\n");
        assert_eq!(of("wwid", b"t10.VENDOR  ZZ\n"), b"t10.VENDOR  X2\n");
        assert_eq!(
            of("vpd_pg83", b"\0\x83\0\x0e\x02\x01\0\x0aVENDOR  ZZ"),
            b"\0\x83\0\x0e\x02\x01\0\x0aVENDOR  X2"
        );
        assert_eq!(of("wwid", b"naa.600140500000000a\n"), b"naa.600140500000000a\n");
        assert_eq!(of("serial_number", b"\n"), b"\n");
        assert_eq!(redactor.count(), 2);
    }

    #[test]
    fn what_is_cut_off_or_lies_is_taken_as_far_as_it_goes() {
        let mut redactor = Redactor::default();
        for cut in 0..20 {
            let page = &b"\0\x83\xff\xff\x02\x01\0\xffVENDOR  SERIAL"[..cut];
            assert_eq!(redacted(&mut redactor, "vpd_pg83", page).len(), cut);
            assert_eq!(redacted(&mut redactor, "vpd_pg80", page).len(), cut);
        }
        let page = b"\0\x83\xff\xff\x02\x01\0\xffVENDOR  SERIAL";
        let told = redacted(&mut redactor, "vpd_pg83", page);
        assert!(!told.windows(6).any(|window| window == b"SERIAL"));
    }
}
