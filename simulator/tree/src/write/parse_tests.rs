//! What the kernel makes of writes that are nearly right, and of those that are wrong.

use super::*;

#[test]
fn numbers_of_any_base() {
    for (text, value) in [("60", 60), ("60\n", 60), ("0x3c", 60), ("0X3C\n", 60), ("074", 60)] {
        assert_eq!(seconds(text.as_bytes()), Ok(value), "{text:?}");
    }
    // As the kernel does, a number that is missing is zero.
    assert_eq!(
        (seconds(b"\n"), seconds(b"\0"), seconds(b"4294967295")),
        (Ok(0), Ok(0), Ok(u32::MAX))
    );
    for bad in ["-1", "+1", "60s", "60 \n", " 60", "4294967296", "0x", "08", "off"] {
        assert_eq!(seconds(bad.as_bytes()), Err(Errno::EINVAL), "{bad:?}");
    }
    assert_eq!(seconds(b"60\0garbage"), Ok(60), "what follows a NUL is not seen");
    assert_eq!(seconds_or_off(b"off\n"), Ok(None));
    assert_eq!(seconds_or_off(b"5\n"), Ok(Some(5)));
    assert_eq!(seconds_or_off(b"on\n"), Err(Errno::EINVAL));
}

#[test]
fn names_are_33_characters() {
    let good = names(b"2100000000000a01:2000000000000a01").unwrap();
    assert_eq!((good.wwpn.get(), good.wwnn.get()), (0x2100_0000_0000_0a01, 0x2000_0000_0000_0a01));
    assert_eq!(names(b"2100000000000A01:2000000000000a01\n"), Ok(good));
    for bad in [
        "2100000000000a01:2000000000000a01\n\n",
        "2100000000000a01:2000000000000a01\0",
        "2100000000000a01:2000000000000a01 ",
        " 2100000000000a01:200000000000a01",
        "2100000000000a01-2000000000000a01",
        "2100000000000a0:12000000000000a01",
        "0x00000000000a01:2000000000000a01",
        "2100000000000a01:2000000000000a0",
        "21:00:00:00:00:00:0a:01",
        "0000000000000000:2000000000000a01",
        "2100000000000a01:ffffffffffffffff",
        "\u{e9}100000000000a01:2000000000000a01",
        "\n",
    ] {
        assert_eq!(names(bad.as_bytes()), Err(Errno::EINVAL), "{bad:?}");
    }
}

#[test]
fn scans_as_sscanf_reads_them() {
    let all = Ok(Some(ScanScope { target: None, lun: None }));
    for text in ["- - -", "- - -\n", "- - -\0", "  -\t-\n-  \n", "0 - -", "4294967295 0xffffffff -"]
    {
        assert_eq!(scan(text.as_bytes()), all, "{text:?}");
    }
    assert_eq!(scan(b"0 2 16640"), Ok(Some(ScanScope { target: Some(2), lun: Some(16640) })));
    assert_eq!(scan(b"- 0x10 010"), Ok(Some(ScanScope { target: Some(16), lun: Some(8) })));
    assert_eq!(scan(b"1 - -"), Ok(None), "there is one channel, 0");
    // Eleven characters are two fields to the kernel.
    assert_eq!(scan(b"00000000001 -"), Ok(Some(ScanScope { target: Some(1), lun: None })));
    for bad in ["", "-", "- -", "- - - -", "a - -", "- - -x", "-- - -", "0 0 -1", "- - - \u{1}"] {
        assert_eq!(scan(bad.as_bytes()), Err(Errno::EINVAL), "{bad:?}");
    }
}
