//! Archives: what is refused, where, and that nothing else happens.

use npivot_sysfs::ArchiveFiles;
use npivot_sysfs::archive::{ArchiveError, parse};
use npivot_sysfs::files::{Files as _, Kind};
use proptest::prelude::*;

use crate::site::REAL;

#[test]
fn the_real_capture_has_its_phases() {
    let names: Vec<String> = parse(REAL).unwrap().into_iter().map(|phase| phase.name).collect();
    assert_eq!(names, ["created", "online", "vport"]);
    for wanted in [None, Some("offline")] {
        let told = ArchiveFiles::read(REAL, wanted).unwrap_err().to_string();
        assert!(names.iter().all(|name| told.contains(name.as_str())), "{told}");
    }
}

#[test]
fn refusals_tell_the_line() {
    for bad in [
        "dir 0755",
        "dir 9999 /sys/a",
        "dir 0755 /etc/passwd",
        "dir 0755 /sys/../etc",
        "dir 0755 /sys//a",
        "dir 0755 /sys/",
        "link /sys/a",
        "link /sys/a ->",
        "link /sys/a -> ../b\0c",
        "file 0444 /sys/a",
        "file 0444 /sys/a text",
        "file 0444 /sys/a \"open",
        "file 0444 /sys/a \"a\"b\"",
        "file 0444 /sys/a \"\\q\"",
        "file 0444 /sys/a \"\\\"",
        "file 0444 /sys/a hex:123",
        "file 0444 /sys/a hex:zz",
        "file 0444 /sys/a (nothing)",
        "file mode /sys/a \"\"",
        "what is this",
        "\u{1b}[31mred",
        "phase \u{1b}[2J",
        "phase \u{9b}2J",
        "dir 0755 /sys/\u{1b}[2J",
        "dir \u{1b}[2J /sys/a",
        "file 0444 /sys/a (error \u{1b}[2J)",
        "file 0444 /sys/a \"\\\u{1b}\"",
    ] {
        let text = format!("# one\nphase p\ndir 0755 /sys/fine\n{bad}\n");
        let error = parse(&text).unwrap_err();
        assert!(matches!(error, ArchiveError::Line { line: 4, .. }), "{bad}: {error}");
        assert!(error.to_string().starts_with("line 4: "), "{error}");
        assert!(!error.to_string().contains(char::is_control), "a terminal would obey {error:?}");
    }
    let long = parse(&"x".repeat(1 << 20)).unwrap_err().to_string();
    assert!(long.len() < 300 && long.contains('…'), "{long}");
    assert!(matches!(parse(""), Err(ArchiveError::Empty)));
}

/// Each compared with all before it, so many would take minutes, where they take a second.
#[test]
fn many_phases_are_read_at_the_pace_of_few() {
    let lines: Vec<String> = (0..200_000).map(|n| format!("phase {n}\n")).collect();
    let mut text = lines.concat();
    assert_eq!(parse(&text).unwrap().len(), 200_000);
    let told = ArchiveFiles::read(&text, Some("x")).unwrap_err().to_string();
    assert!(told.contains("`19` and 199980 more") && told.len() < 500, "{told}");
    text.push_str("phase 7\n");
    let error = parse(&text).unwrap_err().to_string();
    assert_eq!(error, "line 200001: a phase has a name of its own, not `7`");
}

#[test]
fn what_an_attribute_cannot_have_is_refused() {
    let digits = "00".repeat(npivot_sysfs::files::MAX_ATTRIBUTE + 1);
    let error = parse(&format!("phase p\nfile 0444 /sys/a hex:{digits}\n")).unwrap_err();
    assert!(matches!(error, ArchiveError::Line { line: 2, .. }), "{error}");
}

#[test]
fn an_archive_answers_as_a_file_system_does() {
    let text = "phase p\n\
        link /sys/class/a -> ../devices/x\n\
        link /sys/class/loop -> loop\n\
        link /sys/class/out -> ../../../../../etc/passwd\n\
        file 0444 /sys/devices/x/name \"a\\tb\\\\\\\"\\n\"\n\
        file 0200 /sys/devices/x/do (write-only)\n\
        file 0444 /sys/devices/x/bad (error EIO)\n";
    let files = ArchiveFiles::read(text, None).unwrap();
    assert_eq!(files.read("class/a/name").unwrap(), b"a\tb\\\"\n");
    let errno = |path: &str| files.read(path).unwrap_err().raw_os_error();
    assert_eq!(errno("class/loop"), Some(40), "ELOOP");
    assert_eq!(errno("class/out"), Some(2), "ENOENT: `..` at the top stays there");
    assert_eq!(errno("class/a/do"), Some(13), "EACCES");
    assert_eq!(errno("class/a/name/x"), Some(20), "ENOTDIR");
    assert_eq!(errno("class/a/name/.."), Some(20), "ENOTDIR");
    assert_eq!(errno("class"), Some(21), "EISDIR");
    assert_eq!(errno("class/a/bad"), Some(5), "EIO, as when it was captured");
    assert!(files.link("class").is_err());
    let class = files.list("class").unwrap();
    assert!(class.iter().all(|entry| entry.kind == Kind::Link) && class.len() == 3);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Lines of the real capture with bytes changed, cut out and doubled: read or refused at a line.
    #[test]
    fn a_mutated_archive_is_read_or_refused(
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0_u8..4, "[ -~\n]"), 1..12),
        from in 0_usize..1900,
    ) {
        let lines: Vec<&str> = REAL.lines().skip(from).take(60).collect();
        let mut text: Vec<char> = format!("phase p\n{}\n", lines.join("\n")).chars().collect();
        for (at, how, with) in changes {
            // All that was left of it may have been cut out.
            if text.is_empty() { break; }
            let at = at.index(text.len());
            match how {
                0 => text[at] = with.chars().next().unwrap_or(' '),
                1 => { text.remove(at); }
                2 => text.insert(at, with.chars().next().unwrap_or(' ')),
                _ => { text.truncate(at.max(1)); }
            }
        }
        let text: String = text.into_iter().collect();
        let count = text.lines().count();
        match parse(&text) {
            Ok(phases) => prop_assert!(phases.iter().map(|phase| phase.nodes.len()).sum::<usize>() <= count),
            Err(ArchiveError::Line { line, .. }) => prop_assert!((1..=count).contains(&line)),
            Err(ArchiveError::Empty) => {}
            Err(other) => prop_assert!(false, "{other}"),
        }
    }

    #[test]
    fn no_text_panics(text in "(phase|dir|link|file|#)? ?[ -~\\n]{0,200}") {
        if let Ok(files) = ArchiveFiles::read(&text, None) {
            let _ = files.list("");
        }
    }
}
