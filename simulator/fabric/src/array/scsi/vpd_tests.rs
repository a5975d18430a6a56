//! Page 83: what is written is read back, nothing makes the reader panic, and it chooses as Linux does.

use proptest::prelude::*;

use npivot_hal::scsi::{VpdError, vpd_83 as parse_vpd_83};

use super::*;

fn an_identity() -> impl Strategy<Value = LunId> {
    let naa8 =
        (any::<[u8; 8]>(), prop_oneof![Just(3_u8), Just(5)]).prop_map(|(mut bytes, kind)| {
            bytes[0] = kind << 4 | bytes[0] & 0x0f;
            LunId::Naa8(bytes)
        });
    let naa16 = any::<[u8; 16]>().prop_map(|mut bytes| {
        bytes[0] = 0x60 | bytes[0] & 0x0f;
        LunId::Naa16(bytes)
    });
    let eui = (any::<[u8; 16]>(), prop_oneof![Just(8_usize), Just(12), Just(16)])
        .prop_map(|(bytes, length)| LunId::Eui(bytes[..length].into()));
    let t10 = "[ -~]{0,251}[!-~]".prop_map(|text| LunId::T10(text.into()));
    prop_oneof![naa8, naa16, eui, t10]
}

fn port(relative: u16) -> PortDesignators {
    PortDesignators { wwpn: Wwpn::new(0x5000_0000_0000_0001).unwrap(), relative, group: 3 }
}

/// Code set, type, content.
type Designator<'a> = (u8, u8, &'a [u8]);

fn of(designators: &[Designator]) -> Vec<u8> {
    let all = designators.iter();
    let content: Vec<_> =
        all.flat_map(|(set, kind, content)| designator(*set, *kind, content)).collect();
    page(0x83, &content)
}

proptest! {
    #[test]
    fn reads_what_it_writes(
        identity in an_identity(),
        serial in "[!-~]{1,244}",
        relative in any::<u16>(),
    ) {
        prop_assert!(can_be_identity(&identity) && can_be_serial(&serial));
        let page = vpd_83(&Product::default(), &identity, &serial, port(relative));
        prop_assert_eq!(usize::from(u16::from_be_bytes([page[2], page[3]])), page.len() - 4);
        prop_assert_eq!(parse_vpd_83(&page), Ok(identity));
        for cut in 0..page.len() {
            let truncated = matches!(parse_vpd_83(&page[..cut]), Err(VpdError::Truncated { .. }));
            prop_assert!(truncated, "cut at {}", cut);
        }
    }

    #[test]
    fn survives_anything(mut page in prop::collection::vec(any::<u8>(), 0..80)) {
        let _ = parse_vpd_83(&page);
        if let Some(code) = page.get_mut(1) {
            *code = 0x83;
        }
        let _ = parse_vpd_83(&page);
        if page.len() >= 4 {
            page[2..4].copy_from_slice(&[0, 60]);
        }
        let _ = parse_vpd_83(&page);
    }

    #[test]
    fn survives_a_lie(identity in an_identity(), at in any::<prop::sample::Index>(), byte: u8) {
        let mut page = vpd_83(&Product::default(), &identity, "1", port(1));
        let at = at.index(page.len());
        page[at] = byte;
        let _ = parse_vpd_83(&page);
    }
}

#[test]
fn a_whole_page() {
    let identity: LunId = "naa.600140500000000a0000000000000001".parse().unwrap();
    let page = vpd_83(&Product::default(), &identity, "42", port(2));
    let expected = [
        &[0x00, 0x83, 0, 62][..],
        &[0x02, 0x01, 0, 10],
        b"NPIVOT  42",
        &[0x01, 0x03, 0, 16],
        &[0x60, 0x01, 0x40, 0x50, 0, 0, 0, 0x0a, 0, 0, 0, 0, 0, 0, 0, 1],
        &[0x01, 0x93, 0, 8, 0x50, 0, 0, 0, 0, 0, 0, 1],
        &[0x01, 0x94, 0, 4, 0, 0, 0, 2],
        &[0x01, 0x95, 0, 4, 0, 0, 0, 3],
    ];
    assert_eq!(page, expected.concat());
    assert_eq!(vpd_00(), [0x00, 0x00, 0, 6, 0x00, 0x80, 0x83, 0xb0, 0xb1, 0xb2]);
    assert_eq!(vpd_80("42"), [0x00, 0x80, 0, 2, b'4', b'2']);
}

#[test]
fn the_kernels_preference() {
    let naa6 = [0x60, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
    let naa5 = [0x50, 1, 2, 3, 4, 5, 6, 7];
    let naa3 = [0x30, 1, 2, 3, 4, 5, 6, 7];
    let naa2 = [0x20, 1, 2, 3, 4, 5, 6, 7];
    let name = b"naa.50010203040506aa\0\0\0\0";
    let text = b"NPIVOT  a-long-serial-number";
    let cases: [(&[Designator], &str); 9] = [
        (&[(1, 3, &naa6), (1, 2, &[9; 16])], "naa.600102030405060708090a0b0c0d0e0f"),
        (&[(1, 3, &naa5), (1, 2, &[9; 12])], "eui.090909090909090909090909"),
        (&[(1, 2, &[9; 8]), (1, 3, &naa5)], "naa.5001020304050607"),
        (&[(1, 2, &[9; 8]), (2, 1, text)], "eui.0909090909090909"),
        (&[(3, 8, name), (1, 3, &naa6)], "naa.50010203040506aa"),
        (&[(2, 1, text), (1, 3, &naa3)], "naa.3001020304050607"),
        (&[(1, 3, &naa3), (2, 1, text)], "t10.NPIVOT  a-long-serial-number"),
        // NAA type 2 has no rank in Linux.
        (&[(2, 1, b"NPIVOT  x   "), (1, 3, &naa2)], "t10.NPIVOT  x"),
        // What is associated with the port is not the volume's.
        (&[(1, 0x93, &naa5), (1, 2, &[9; 8])], "eui.0909090909090909"),
    ];
    for (designators, expected) in cases {
        let found = parse_vpd_83(&of(designators)).map(|id| id.to_string());
        assert_eq!(found.as_deref(), Ok(expected));
    }
}

#[test]
fn what_names_no_volume() {
    assert_eq!(parse_vpd_83(&of(&[])), Err(VpdError::NoIdentity));
    let lying = [0x00, 0x83, 0, 4, 1, 3, 0, 255];
    assert_eq!(parse_vpd_83(&lying), Err(VpdError::Truncated { at: 4, missing: 255 }));
    assert_eq!(
        parse_vpd_83(&vpd_80("1")).unwrap_err().to_string(),
        "VPD page 80 where page 83 was expected"
    );
    let iqn = of(&[(3, 8, b"iqn.2012-04.org.example:1\0\0\0")]);
    assert_eq!(parse_vpd_83(&iqn), Err(VpdError::NoIdentity));
}
