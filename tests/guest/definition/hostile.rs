//! Input that means harm is refused at little cost; no text panics, and what is accepted can be rewritten.

use npivot::libvirt::{Domain, MAX_BYTES, NewSource};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::bed::{disk, guest, hostdev, volume};

fn refused(xml: &str) -> String {
    let error = Domain::parse("evil.xml", xml).expect_err("refused");
    assert!(error.to_string().len() < 2_000, "errors are short");
    error.message().to_owned()
}

#[test]
fn document_type_definitions() {
    let lol = "<!DOCTYPE domain [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]>";
    for start in [lol, "<!DOCTYPE x SYSTEM 'file:///etc/passwd'>", "<!--x--><!DOCTYPE x>"] {
        let message = refused(&format!("{start}{}", guest(&["&b;"])));
        assert!(message.starts_with("a document type definition"), "{message}");
    }
    assert!(refused(&guest(&["&b;"])).starts_with("entity ‘b’ is not known"));
}

#[test]
fn depth_size_and_numbers() {
    let deep = format!("{}{}", "<a>".repeat(100), "</a>".repeat(100));
    assert!(refused(&guest(&[&deep])).contains("nested more than 64 levels"));
    assert!(refused(&guest(&[&"<a/>".repeat(30_000)])).contains("more than 20000 tags"));
    assert!(refused(&" ".repeat(MAX_BYTES + 1)).contains("the limit is 1048576"));
    let many = (0..300).map(|i| format!(" a{i}=''")).collect::<Vec<_>>().concat();
    assert!(refused(&guest(&[&format!("<disk{many}/>")])).contains("more than 256 attributes"));
}

/// Thousands of disks on one line: their places are found in one pass, not in one pass each.
#[test]
fn a_document_full_of_devices_is_read() {
    let disks: Vec<_> = (0..3_000).map(|i| volume("p", "unit:0:0:1", &format!("vä{i}"))).collect();
    let long = guest(&[&disks.concat()]);
    let domain = Domain::parse("long.xml", &long).unwrap();
    assert_eq!(domain.devices().len(), 3_000);
    let line = long.lines().nth(4).unwrap();
    let sources = line.match_indices("<source").map(|(at, _)| line[..at].chars().count() + 1);
    for (device, column) in domain.devices().iter().zip(sources) {
        assert_eq!((device.place.line, usize::try_from(device.place.column)), (5, Ok(column)));
    }
}

#[test]
fn faults_are_told_all_but_not_without_end() {
    let bad = disk("fc", "wwpn='5001a4a000000001' lun='1'", "vda");
    let few = Domain::parse("faults.xml", &guest(&[bad.as_str(); 5])).unwrap();
    assert_eq!(few.faults().len(), 5);
    let lines: Vec<u32> = few.faults().iter().map(npivot::libvirt::XmlError::line).collect();
    assert_eq!(lines, [5, 6, 7, 8, 9]);
    let many = Domain::parse("faults.xml", &guest(&[bad.as_str(); 500])).unwrap();
    assert_eq!(many.faults().len(), Domain::MAX_FAULTS);
    assert_eq!(many.faults().last().unwrap().message(), "too many faults: reading ends here");
}

#[test]
fn control_characters_are_refused_wherever_a_name_is_read() {
    for c in ["&#10;", "&#9;", "&#13;", "&#x85;", "&#127;"] {
        for device in [
            volume(&format!("p{c}"), "unit:0:0:1", "vda"),
            volume("p", &format!("unit:0:0:1{c}"), "vda"),
            volume("p", "unit:0:0:1", &format!("vda{c}")),
            disk("block", &format!("dev='/dev/sda{c}'"), "vda"),
        ] {
            let domain = Domain::parse("control.xml", &guest(&[&device])).unwrap();
            assert!(domain.devices().is_empty(), "{device}");
            let message = domain.faults()[0].message();
            assert!(message.contains("control characters"), "{message}");
            assert!(!message.chars().any(char::is_control), "one line");
        }
        assert!(refused(&guest(&[]).replace("web1", &format!("web{c}1"))).contains("control"));
    }
    for c in ['\u{0}', '\u{1}', '\u{b}', '\u{fffe}'] {
        refused(&guest(&[&volume(&format!("p{c}"), "unit:0:0:1", "vda")]));
    }
    refused(&guest(&[&volume("p&#1;", "unit:0:0:1", "vda")]));
}

#[test]
fn half_pairs_and_other_world_wide_names() {
    for source in [
        "wwnn='5001a4a000000101' lun='1'",
        "wwpn='5001a4a000000001' lun='1'",
        "wwnn='' wwpn='5001a4a000000001' lun='1'",
        "wwnn='5001a4a00000010' wwpn='5001a4a000000001' lun='1'",
        "wwnn='5001a4a000000101' wwpn='5001a4a00000000x' lun='1'",
        "wwnn='ffffffffffffffff' wwpn='5001a4a000000001' lun='1'",
        "wwnn='5001a4a000000101' wwpn='5001a4a000000001'",
        "wwnn='5001a4a000000101' wwpn='5001a4a000000001' lun='-1'",
        "wwnn='5001a4a000000101' wwpn='5001a4a000000001' lun='16384'",
        "wwnn='5001a4a000000101' wwpn='5001a4a000000001' lun='1' wwid='naa.12'",
        "wwnn='5001a4a000000101' wwpn='5001a4a000000001' lun='1' target='x'",
    ] {
        let domain = Domain::parse("half.xml", &guest(&[&disk("fc", source, "vda")])).unwrap();
        assert!(domain.devices().is_empty() && domain.faults().len() == 1, "{source}");
    }
}

const PIECES: [&str; 30] = [
    "<",
    ">",
    "/>",
    "'",
    "\"",
    "=",
    "&",
    "&amp;",
    "&#10;",
    "\0",
    "\u{feff}",
    "\r\n",
    "€",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?x",
    "?>",
    " xmlns=''",
    " xmlns:p='u'",
    "p:",
    "<source ",
    "<disk type='fc'>",
    "</disk>",
    "<metadata/>",
    "<devices>",
    " dev='/dev/sda'",
    "<name>",
    "type=",
];

fn whole() -> String {
    let fc = "wwnn='5001a4a000000101' wwpn='5001a4a000000001' lun='1' target='5006016141e0aa00'";
    guest(&[
        &volume("web1", "naa.5000c500a1b2c3d4", "vda"),
        &disk("fc", fc, "vdb"),
        &disk("block", "dev='/dev/npivot/pool/web1/naa.5000c500a1b2c3d4'", "vdc"),
        &hostdev(npivot_hal::HostNo(5), 1, 2),
        "<hostdev mode='subsystem' type='scsi_host'><source protocol='vhost' wwpn='naa.5001405bd4b5ac06'/></hostdev>",
    ])
    .replace("  <devices>", "  <metadata><n:guest xmlns:n='urn:npivot:guest:1'><n:lun of='vda' wwid='naa.5000c500a1b2c3d4'/></n:guest></metadata>\n  <devices>")
}

proptest! {
    #[test]
    fn damaged_text_never_panics_and_what_is_accepted_can_be_rewritten(
        damage in proptest::collection::vec((any::<Index>(), 0..12_usize, select(&PIECES[..])), 0..6),
    ) {
        let mut text = whole();
        for (at, cut, piece) in damage {
            let start = text.floor_char_boundary(at.index(text.len()));
            let end = text.floor_char_boundary((start + cut).min(text.len()));
            text.replace_range(start..end, piece);
        }
        let Ok(domain) = Domain::parse("damaged.xml", &text) else { return Ok(()) };
        prop_assert_eq!(domain.edit().finish(), text.as_str());
        for at in 0..domain.devices().len() {
            let mut edit = domain.edit();
            if edit.source(at, &NewSource::Block("/dev/x".into())).is_ok() {
                let again = Domain::parse("again.xml", &edit.finish());
                let again = again.map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
                prop_assert_eq!(again.devices().len(), domain.devices().len());
                prop_assert_eq!(again.devices()[at].source.to_string(), "/dev/x");
            }
        }
    }
}
