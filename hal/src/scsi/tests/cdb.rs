//! Commands, byte by byte.

use crate::scsi::cdb;

#[test]
fn fields_are_where_the_standards_have_them() {
    assert_eq!(cdb::inquiry(0x0124), [0x12, 0, 0, 1, 0x24, 0]);
    assert_eq!(cdb::vpd(0xb0, 64), [0x12, 1, 0xb0, 0, 64, 0]);
    assert_eq!(cdb::report_luns(0x0102_0304), [0xa0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 0, 0]);
    assert_eq!(cdb::read_keys(0x0102), [0x5e, 0, 0, 0, 0, 0, 0, 1, 2, 0]);
    assert_eq!(cdb::read_reservation(24), [0x5e, 1, 0, 0, 0, 0, 0, 0, 24, 0]);
    let sixteen = cdb::read_capacity_16(32);
    assert_eq!(sixteen, [0x9e, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 32, 0, 0]);
    let read = cdb::read_16(0x0102_0304_0506_0708, 0x090a_0b0c);
    assert_eq!(read, [0x88, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 0]);
    let write = cdb::write_16(1, 2);
    assert_eq!(write, [0x8a, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0]);
}
