//! The capture: what a real kernel showed, by phase and path.

use std::collections::BTreeMap;

/// What is at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entry {
    Dir,
    Link(String),
    /// Mode, and the content where it could be read.
    File(u16, Option<Vec<u8>>),
}

/// The entries of a phase by path below the mount point.
pub(crate) type Phase = BTreeMap<String, Entry>;

/// Reads the archive's text.
pub(crate) fn read(text: &str) -> BTreeMap<String, Phase> {
    let mut phases = BTreeMap::new();
    let mut name = String::new();
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        if let Some(phase) = line.strip_prefix("phase ") {
            phase.clone_into(&mut name);
            continue;
        }
        let (path, entry) = entry(line).unwrap_or_else(|| panic!("not an entry: {line}"));
        let phase: &mut Phase = phases.entry(name.clone()).or_default();
        assert!(phase.insert(path, entry).is_none(), "twice: {line}");
    }
    phases
}

fn entry(line: &str) -> Option<(String, Entry)> {
    let (kind, rest) = line.split_once(' ')?;
    if kind == "link" {
        let (path, text) = rest.split_once(" -> ")?;
        return Some((below_mount(path)?, Entry::Link(text.to_owned())));
    }
    let (mode, rest) = rest.split_once(' ')?;
    let mode = u16::from_str_radix(mode, 8).ok()?;
    if kind == "dir" {
        assert_eq!(mode, 0o755, "{line}");
        return Some((below_mount(rest)?, Entry::Dir));
    }
    let (path, content) = rest.split_once(' ')?;
    let content = match content {
        "(write-only)" => None,
        _ if content.starts_with("hex:") => Some(unhex(&content[4..])?),
        _ => Some(unescape(content.strip_prefix('"')?.strip_suffix('"')?)?),
    };
    Some((below_mount(path)?, Entry::File(mode, content)))
}

fn below_mount(path: &str) -> Option<String> {
    Some(path.strip_prefix("/sys/")?.to_owned())
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(text.get(i..i + 2)?, 16).ok()).collect()
}

fn unescape(text: &str) -> Option<Vec<u8>> {
    let mut bytes = vec![];
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'\\' => match rest.next()? {
                b'n' => b'\n',
                b't' => b'\t',
                other => other,
            },
            other => other,
        });
    }
    Some(bytes)
}
