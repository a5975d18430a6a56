//! Random and damaged text: no panic, an error with a place in the text, and what is accepted is stable.

use npivot::libvirt::PoolDefinition;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::round_trips::CASES;

/// Tokens that XML parsers trip over.
const PIECES: [&str; 36] = [
    "<",
    ">",
    "/>",
    "</",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?",
    "?>",
    "<?xml version='1.0'?>",
    "<!DOCTYPE x [<!ENTITY e 'e'>]>",
    "&",
    "&amp;",
    "&#0;",
    "&#10;",
    "&#x10FFFF;",
    "&e;",
    "'",
    "\"",
    "=",
    " xmlns='u'",
    " xmlns:p='u'",
    " xmlns=''",
    "p:",
    "xml:space='preserve'",
    "\u{feff}",
    "\0",
    "\r\n",
    "€",
    "<name>",
    "</name>",
    "<pool type='scsi'>",
    "</pool>",
    "<a>",
    "</a>",
];

/// Pieces that are well-formed each, and differ in what white space and neighbours mean to them.
const WHOLE: [&str; 16] = [
    "text",
    " ",
    "\n\t",
    "&#13;",
    "&#32;",
    "<!-- comment -->",
    "<?instruction?>",
    "<![CDATA[ <&> ]]>",
    "<![CDATA[]]>",
    "<a> </a>",
    "<a> <b/> </a>",
    "<a>x <b> <c/> </b></a>",
    "<a xml:space='preserve'> <b/> </a>",
    "<a xmlns='u'><name/></a>",
    "<p:a xmlns:p='u'><a xmlns:p='v' p:b='&#10;'/></p:a>",
    "<capacity>1<!-- -->2</capacity>",
];

#[derive(Debug, Clone)]
enum Edit {
    Insert(Index, &'static str),
    Delete(Index, usize),
    Repeat(Index, usize),
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        (any::<Index>(), select(&PIECES[..])).prop_map(|(at, piece)| Edit::Insert(at, piece)),
        (any::<Index>(), 1..20_usize).prop_map(|(at, length)| Edit::Delete(at, length)),
        (any::<Index>(), 1..200_usize).prop_map(|(at, length)| Edit::Repeat(at, length)),
    ]
}

fn apply(text: &mut String, edit: &Edit) {
    let range = |at: &Index, length: usize| {
        let start = text.floor_char_boundary(at.index(text.len() + 1));
        start..text.ceil_char_boundary((start + length).min(text.len()))
    };
    match edit {
        Edit::Insert(at, piece) => {
            let start = range(at, 0).start;
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
fn check(xml: &str) -> Result<bool, TestCaseError> {
    match PoolDefinition::parse("any.xml", xml) {
        Ok(pool) => {
            let once = pool.to_xml();
            let again = PoolDefinition::parse("written.xml", &once)
                .map_err(|error| TestCaseError::fail(format!("{error}\n{once}")))?;
            prop_assert_eq!(again.to_xml(), once);
            Ok(true)
        }
        Err(error) => {
            let lines = u32::try_from(xml.split('\n').count()).unwrap();
            prop_assert!((1..=lines).contains(&error.line()), "{}", error);
            prop_assert!(error.column() >= 1);
            let head = error.to_string().lines().next().unwrap().to_owned();
            prop_assert!(head.ends_with(error.message()), "on one line: {}", error);
            prop_assert!(!error.message().chars().any(char::is_control), "{}", error);
            Ok(false)
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn any_text(xml in any::<String>()) {
        check(&xml)?;
    }

    #[test]
    fn any_tokens(pieces in proptest::collection::vec(select(&PIECES[..]), 0..40)) {
        check(&pieces.concat())?;
    }

    #[test]
    fn damaged_pools(
        case in select(&CASES[..]),
        edits in proptest::collection::vec(edit(), 1..5),
    ) {
        let mut xml = case.1.to_owned();
        for edit in &edits {
            apply(&mut xml, edit);
        }
        check(&xml)?;
    }

    #[test]
    fn tokens_within_a_pool(pieces in proptest::collection::vec(select(&PIECES[..]), 1..8)) {
        let xml = CASES[3].1.replace("never tested", &pieces.concat());
        check(&xml)?;
    }

    #[test]
    fn well_formed_pieces_within_a_pool_are_accepted(
        pieces in proptest::collection::vec(select(&WHOLE[..]), 1..12),
        place in select(&["</pool>", "<source", "</source>", "<inv:slot", "</metadata>", "<b>first"][..]),
    ) {
        let xml = CASES[3].1.replacen(place, &(pieces.concat() + place), 1);
        prop_assert!(check(&xml)?, "accepted: {}", xml);
    }
}
