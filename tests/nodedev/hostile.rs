//! Input that means harm is refused at little cost, and no text panics.

use npivot::libvirt::{MAX_BYTES, MAX_DEPTH, MAX_TAGS, NodeDevice};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::round_trips::CASES;

fn device_with(extra: &str) -> String {
    format!(
        "<device><name>d</name>{extra}<capability type='scsi_host'><capability type='fc_host'>\
         <wwnn>20000000c9831b4b</wwnn><wwpn>10000000c9831b4b</wwpn></capability></capability></device>"
    )
}

fn message(xml: &str) -> String {
    let error = NodeDevice::parse("evil.xml", xml).expect_err("refused");
    assert!(error.to_string().len() < 2_000, "errors are short");
    error.message().to_owned()
}

#[test]
fn document_type_definitions() {
    let ten = |i: u32| format!("<!ENTITY l{i} '{}'>", format!("&l{};", i - 1).repeat(10));
    let entities = (1..10).map(ten).collect::<Vec<_>>().concat();
    for definition in [
        "<!DOCTYPE device>".to_owned(),
        format!("<!DOCTYPE device [<!ENTITY l0 'lol'>{entities}]>"),
        "<!DOCTYPE device SYSTEM 'file:///etc/passwd'>".to_owned(),
    ] {
        let refused = message(&(definition + &device_with("<path>&l9;</path>")));
        assert!(refused.starts_with("a document type definition"), "{refused}");
    }
    let error = NodeDevice::parse("evil.xml", "<?xml version='1.0'?>\n  <!DOCTYPE x><device/>");
    let error = error.unwrap_err();
    assert_eq!((error.line(), error.column()), (2, 3));
}

#[test]
fn limits() {
    let nested = |levels: usize| format!("{}{}", "<a>".repeat(levels), "</a>".repeat(levels));
    let deepest = device_with(&nested(MAX_DEPTH - 1));
    let device = NodeDevice::parse("deep.xml", &deepest).unwrap();
    assert!(NodeDevice::parse("deep.xml", &device.to_xml()) == Ok(device));
    for levels in [MAX_DEPTH, 10_000] {
        let refused = message(&device_with(&nested(levels)));
        assert_eq!(refused, "elements are nested more than 64 levels deep, which is the limit");
    }
    let refused = message(&device_with(&"<a/>".repeat(MAX_TAGS)));
    assert!(refused.starts_with("more than 20000 tags"), "{refused}");
    let refused = message(&device_with(&" ".repeat(MAX_BYTES)));
    assert!(refused.ends_with("the limit is 1048576"), "{refused}");
}

/// Pieces that readers trip over, and those that devices are made of.
const PIECES: [&str; 34] = [
    "<",
    ">",
    "/>",
    "<!--",
    "-->",
    "<![CDATA[ <&> ]]>",
    "<?i?>",
    "&#13;",
    "&#10;",
    "&#0;",
    "\u{feff}",
    "\0",
    "\r\n",
    " ",
    "€",
    " xmlns='u'",
    " xmlns=''",
    " xmlns:npivot='u'",
    " xmlns:x='urn:npivot:nodedev:1'",
    " xml:space='preserve'",
    " type='fc_host'",
    "<a> <b/> </a>",
    "<a>x <b> <c/> </b></a>",
    "<a xmlns='u'><name/></a>",
    "<npivot:hba xmlns:npivot='urn:npivot:nodedev:1'/>",
    "<hba xmlns='urn:npivot:nodedev:1'><online/><state a='b'/><vports num='7'/></hba>",
    "<capability type='x'/>",
    "<capability>",
    "</capability>",
    "<parent fabric_wwn='10000000c9831b4b'/>",
    "<driver><name/></driver>",
    "<driver a='b'/>",
    "<uuid b='c'/>",
    "<fabric_wwn>0x0</fabric_wwn>",
];

#[derive(Debug, Clone)]
enum Edit {
    Insert(Index, &'static str),
    Delete(Index, usize),
    Repeat(Index, usize),
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        3 => (any::<Index>(), select(&PIECES[..])).prop_map(|(at, piece)| Edit::Insert(at, piece)),
        1 => (any::<Index>(), 1..20_usize).prop_map(|(at, length)| Edit::Delete(at, length)),
        1 => (any::<Index>(), 1..200_usize).prop_map(|(at, length)| Edit::Repeat(at, length)),
    ]
}

fn apply(text: &mut String, edit: &Edit) {
    let range = |at: &Index, length: usize| {
        let start = text.floor_char_boundary(at.index(text.len() + 1));
        start..text.ceil_char_boundary((start + length).min(text.len()))
    };
    match edit {
        // Between tags, where it has a chance to be well-formed.
        Edit::Insert(at, piece) => {
            let start = range(at, 0).start;
            let start = text[start..].find('<').map_or(start, |next| start + next);
            text.insert_str(start, piece);
        }
        Edit::Delete(at, length) => {
            let range = range(at, *length);
            text.replace_range(range, "");
        }
        Edit::Repeat(at, length) => {
            let range = range(at, *length);
            let piece = text[range.clone()].to_owned();
            text.insert_str(range.start, &piece);
        }
    }
}

/// Reads a text; whatever comes of it must make sense.
fn check(xml: &str) -> Result<(), TestCaseError> {
    match NodeDevice::parse("any.xml", xml) {
        Ok(device) => {
            let once = device.to_xml();
            let again = NodeDevice::parse("written.xml", &once)
                .map_err(|error| TestCaseError::fail(format!("{error}\n{once}")))?;
            prop_assert_eq!(again.to_xml(), once.as_str());
            prop_assert!(again == device, "{:?}\n{:?}\n{}", again, device, once);
        }
        Err(error) => {
            let lines = u32::try_from(xml.split('\n').count()).unwrap();
            prop_assert!((1..=lines).contains(&error.line()), "{}", error);
            let head = error.to_string().lines().next().unwrap().to_owned();
            prop_assert!(head.ends_with(error.message()), "on one line: {}", error);
            prop_assert!(!error.message().chars().any(char::is_control), "{}", error);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_text(xml in any::<String>()) {
        check(&xml)?;
    }

    #[test]
    fn any_pieces(pieces in proptest::collection::vec(select(&PIECES[..]), 0..40)) {
        check(&pieces.concat())?;
        check(&device_with(&pieces.concat()))?;
    }

    #[test]
    fn damaged_devices(
        case in select(&CASES[..]),
        edits in proptest::collection::vec(edit(), 1..5),
    ) {
        let mut xml = case.1.to_owned();
        for edit in &edits {
            apply(&mut xml, edit);
        }
        check(&xml)?;
    }
}
