//! Standard INQUIRY data (SPC-5, 6.7.2).

/// Vendor identification: 8 characters, padded.
pub const VENDOR: [u8; 8] = *b"NPIVOT  ";
/// Product identification: 16 characters, padded.
pub const PRODUCT: [u8; 16] = *b"VOLUME          ";
/// Product revision level.
pub const REVISION: [u8; 4] = *b"0001";

/// Standard INQUIRY data of a volume: 36 bytes.
pub fn inquiry_standard() -> Vec<u8> {
    standard(0x00)
}

/// Standard INQUIRY data at a LUN where the initiator has nothing: qualifier 011b, type 1Fh. An array
/// answers it at every LUN; Linux takes the target for present and adds no device.
pub fn inquiry_no_device() -> Vec<u8> {
    standard(0x7f)
}

fn standard(peripheral: u8) -> Vec<u8> {
    let mut data = vec![
        peripheral, //
        0x00,       // not removable
        0x07,       // SPC-5
        0x12,       // HISUP (hierarchical LUNs), response data format 2
        31,         // bytes that follow
        0x00,       // no target port groups
        0x10,       // MULTIP: several ports
        0x02,       // CMDQUE
    ];
    data.extend(VENDOR);
    data.extend(PRODUCT);
    data.extend(REVISION);
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_of_36_bytes() {
        let data = inquiry_standard();
        assert_eq!((data.len(), data[4]), (36, 31));
        assert_eq!(&data[8..], b"NPIVOT  VOLUME          0001");
        assert_eq!((data[0], inquiry_no_device()[0]), (0x00, 0x7f));
    }
}
