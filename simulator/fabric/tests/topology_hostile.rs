//! Topology files that nobody wrote with care: hostile, huge, unreadable and random.

use npivot_fabric::topology::source::{Problems, ReadError, SourceFile};
use npivot_fabric::topology::{Topology, TopologyError};
use proptest::prelude::*;

const EXAMPLE: &str = include_str!("../../../examples/two-fabrics.toml");

/// The smallest topology, for those tests that are about another part of it.
const SMALL: &str = "[fabric.a]\nswitches = [{ name = \"a1\", domain = 1 }]\n";

fn parse(text: &str) -> Result<Topology, TopologyError> {
    Topology::parse("san.toml", text)
}

fn complaint(text: &str) -> String {
    parse(text).expect_err("a wrong file").to_string()
}

#[test]
fn hostile_text_is_shown_harmlessly() {
    let zone = |member: &str| complaint(&format!("{SMALL}[fabric.a.zone]\nz = [{member}]\n"));
    let escape = zone("\"\\u001b[2Jx\\u202e\"");
    assert!(escape.chars().all(|c| c == '\n' || !c.is_control()), "{escape:?}");
    assert!(!escape.contains('\u{202e}'), "{escape:?}");
    let long = zone(&format!("\"{}\"", "x/".repeat(100_000)));
    assert!(long.len() < 1_500, "{} bytes", long.len());
    let late = zone(&format!("{}\"x/\"", "\"1,1\", ".repeat(10_000)));
    assert!(late.starts_with("san.toml:4:70006: `x/` is not a member of a zone\n"), "{late}");
    assert!(late.lines().all(|line| line.chars().count() < 120), "{late}");
    let [_, line, marks, _] = late.lines().collect::<Vec<_>>()[..] else { panic!("{late}") };
    let under = |mark: &str, text: &str| text[..text.find(mark).unwrap()].chars().count();
    assert_eq!(under("^", marks), under("\"x/\"", line), "{late}");
    let date = complaint(&format!("{SMALL}[host]\nh = 2012-03-04\n"));
    assert!(date.contains("expected a table, found a date"), "{date}");
    assert!(complaint("").starts_with("san.toml:1:1: there is no fabric\n    1 | \n"));
}

#[test]
fn line_ends_and_byte_order_marks_move_nothing() {
    let text = format!("{SMALL}\tspeed = 8\n");
    let plain = complaint(&text);
    assert_eq!(complaint(&text.replace('\n', "\r\n")), plain);
    assert_eq!(complaint(&format!("\u{feff}{text}")), plain);
    assert!(complaint("\r").starts_with("san.toml:1:"));
    let first = complaint("\u{feff}fabrics = 1");
    assert!(first.starts_with("san.toml:1:1: "), "{first}");
}

#[test]
fn only_so_many_are_listed() {
    let domains: Vec<_> = (0..50).map(|i| format!("{{ name = \"s{i}\", domain = 0 }},")).collect();
    let domains = domains.join("\n");
    let error = parse(&format!("[fabric.a]\nswitches = [{domains}]")).unwrap_err();
    assert_eq!(error.problems().unwrap().iter().count(), Problems::MAX);
    let text = error.to_string();
    assert!(text.ends_with("\n\nsan.toml: 30 more not shown"), "{text}");
}

#[test]
fn unreadable_files() {
    let error = Topology::load("no/such/file.toml").unwrap_err();
    assert_eq!(error.to_string(), "no/such/file.toml: cannot be read");
    assert!(std::error::Error::source(&error).is_some(), "the cause is kept");
    let huge = "#".repeat(SourceFile::MAX_BYTES + 1);
    assert_eq!(complaint(&huge), "san.toml: larger than 16 MiB");
    let folder = std::env::temp_dir().join(format!("npivot-topology-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let binary = folder.join("binary.toml");
    std::fs::write(&binary, b"# one\n# \xff\n").unwrap();
    let error = Topology::load(&binary).unwrap_err();
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(matches!(error, TopologyError::Read(ReadError::NotUtf8 { line: 2, .. })), "{error}");
}

#[test]
fn huge_files_are_answered_soon() {
    let fill = |head: &str, line: &dyn Fn(usize) -> String| {
        let lines = (0..).map(line).scan(head.len(), |size, line| {
            *size += line.len();
            (*size <= 1 << 18).then_some(line)
        });
        head.to_owned() + &lines.collect::<String>()
    };
    // Each is wrong everywhere, so nothing may be done for each wrong word that takes all others.
    let zones = fill(&format!("{SMALL}[fabric.a.zone]\n"), &|i| format!("z{i} = [\"w{i}\"]\n"));
    is_answered(&zones);
    let aliases = fill(&format!("{SMALL}[fabric.a.alias]\n"), &|i| format!("z{i} = [\"w{i}\"]\n"));
    is_answered(&aliases);
    let hosts =
        fill(SMALL, &|i| format!("[host.h{i}]\nhbas = [{{ wwpn = \"x\", port = \"s{i}/0\" }}]\n"));
    is_answered(&hosts);
    is_answered(&fill("a = ", &|_| "[".to_owned()));
    is_answered(&fill("a", &|_| ".a".to_owned()));
    is_answered(&fill("", &|_| "\"".to_owned()));
    is_answered(&fill("", &|_| "\r".to_owned()));
}

/// A text has a topology or problems that stand in it.
fn is_answered(text: &str) {
    let Err(error) = parse(text) else { return };
    let problems = error.problems().expect("small enough to be read");
    assert!(!problems.is_empty());
    for problem in problems {
        assert!(
            problem.span().start <= text.len() && problem.span().end <= text.len(),
            "{problem:?}"
        );
    }
    let message = error.to_string();
    let place = message.strip_prefix("san.toml:").unwrap_or_default();
    let numbers: Vec<_> = place.splitn(3, ':').take(2).map(str::parse::<usize>).collect();
    assert!(matches!(numbers[..], [Ok(1..), Ok(1..)]), "{message}");
}

/// The example's words, wherever they may be found: what a mutation puts in is then often nearly right.
fn piece() -> impl Strategy<Value = String> {
    let own = EXAMPLE.split_inclusive([' ', '\n', '"']).map(str::to_owned).collect::<Vec<_>>();
    let odd = [
        "[",
        "]]",
        "{",
        "}",
        "\"",
        "'''",
        "=",
        ",",
        "\n",
        ".",
        "-1",
        "1e9",
        "é",
        "\r",
        "\u{0}",
        "ports = 3,",
    ];
    prop_oneof![
        prop::sample::select(own),
        prop::sample::select(odd.map(str::to_owned).to_vec()),
        "\\PC{0,3}",
    ]
}

proptest! {
    #[test]
    fn no_text_panics(text in "(?s).{0,200}") {
        is_answered(&text);
    }

    #[test]
    fn no_toml_panics(pieces in prop::collection::vec(piece(), 0..40)) {
        is_answered(&pieces.concat());
    }

    #[test]
    fn changed_copies_of_the_example_are_answered(
        changes in prop::collection::vec((0..EXAMPLE.len(), 0..30_usize, piece()), 1..4)
    ) {
        let mut text = EXAMPLE.to_owned();
        for (at, length, with) in changes {
            let start = text.floor_char_boundary(at);
            let end = text.floor_char_boundary(start.saturating_add(length));
            text.replace_range(start..end, &with);
        }
        is_answered(&text);
    }
}
