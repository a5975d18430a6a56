//! World wide names: every form that is pasted, every form that is refused, and a round trip of all.

use super::*;
use proptest::prelude::*;

#[test]
fn every_pasted_form_is_the_same_name() {
    for text in [
        "2100001b32a9da4e",
        "0x2100001b32a9da4e",
        "0X2100001B32A9DA4E",
        "21:00:00:1b:32:a9:da:4e",
        "21-00-00-1B-32-A9-DA-4E",
        "naa.2100001b32a9da4e",
        "wwn-0x2100001b32a9da4e",
        " 2100001B32A9DA4E\n",
    ] {
        assert_eq!(text.parse::<Wwpn>().map(Wwpn::get), Ok(0x2100_001b_32a9_da4e), "{text:?}");
    }
}

#[test]
fn the_kernel_drops_leading_zeros() {
    let name: Wwpn = "0x1b32a9da4e".parse().unwrap();
    assert_eq!(name.get(), 0x1b_32a9_da4e);
    assert_eq!(name.sysfs().to_string(), "0x1b32a9da4e");
    assert_eq!(name.to_string(), "0000001b32a9da4e");
    assert!("1b32a9da4e".parse::<Wwpn>().is_err(), "only after 0x may digits be missing");
}

#[test]
fn refusals_say_where() {
    let refusal = |text: &str| text.parse::<Wwpn>().unwrap_err().to_string();
    assert_eq!(
        refusal("2100001b32a9dazz"),
        "`2100001b32a9dazz`: unexpected `z` at character 14, expected a hexadecimal digit"
    );
    assert_eq!(
        refusal("0x21:00"),
        "`0x21:00`: unexpected `:` at character 4, expected a hexadecimal digit"
    );
    assert_eq!(refusal("2100"), "`2100` has 4 hexadecimal digits, a world wide name has 16");
    assert_eq!(
        refusal("2100001b32a9da4e0"),
        "`2100001b32a9da4e0` has 17 hexadecimal digits, a world wide name has 16"
    );
    assert_eq!(
        refusal("0xffffffffffffffff"),
        "`0xffffffffffffffff` means \"not set\", not a world wide name"
    );
    for bad in ["", "0x", "21:0", ":2100001b32a9da4e", "2100001b32a9da4e:", "21::00001b32a9da4e"] {
        assert!(bad.parse::<Wwpn>().is_err(), "{bad:?}");
    }
}

#[test]
fn an_optional_name_costs_no_more_than_a_name() {
    assert_eq!(size_of::<Option<Wwpn>>(), 8);
    assert_eq!(Wwpn::new(0), None);
    assert_eq!(Wwpn::new(u64::MAX), None);
}

proptest! {
    #[test]
    fn every_printed_form_reads_back(raw in 1..u64::MAX) {
        let name = Wwpn::new(raw).unwrap();
        for text in [
            name.to_string(),
            name.with_colons().to_string(),
            name.sysfs().to_string(),
            name.naa_prefixed().to_string(),
        ] {
            prop_assert_eq!(text.parse::<Wwpn>(), Ok(name));
        }
    }

    #[test]
    fn no_text_panics(text in ".{0,40}") {
        let _ = text.parse::<Wwpn>();
    }
}
