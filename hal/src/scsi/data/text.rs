//! Text fields of fixed length.

/// The text of a field that should be printable ASCII (SPC-5, 4.3.1), as Linux makes it: what follows a NUL
/// is not text, and each other unprintable byte reads as a space (`scsi_sanitize_inquiry_string`,
/// `drivers/scsi/scsi_scan.c`). The padding around it is cut off.
pub(super) fn printable(field: &[u8]) -> String {
    let text = field.iter().take_while(|byte| **byte != 0);
    let text = text.map(|&byte| if (0x20..0x7f).contains(&byte) { byte.into() } else { ' ' });
    text.collect::<String>().trim().to_owned()
}
