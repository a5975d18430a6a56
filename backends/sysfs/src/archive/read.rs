//! Reads an archive.

use std::collections::{BTreeMap, BTreeSet};

use crate::files::MAX_ATTRIBUTE;

/// The largest archive, in bytes: 256 MiB. It is in memory as a whole.
pub const MAX_ARCHIVE: usize = 256 << 20;

/// What an archive has at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// A directory, with its permission bits.
    Dir(u32),
    /// A link, with its text.
    Link(String),
    /// An attribute, with its permission bits.
    File(u32, Content),
}

/// What was in an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// These bytes.
    Bytes(Vec<u8>),
    /// It can only be written.
    WriteOnly,
    /// It could not be read: the symbol of the errno.
    Error(String),
}

/// One moment of a machine, by path relative to where sysfs was mounted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Phase {
    /// What it is called.
    pub name: String,
    /// What was there.
    pub nodes: BTreeMap<String, Node>,
}

/// Why a text is no archive.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// A line is wrong.
    #[error("line {line}: {reason}")]
    Line {
        /// Its number, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// There is no phase of this name.
    #[error("there is no phase `{wanted}`: there is {known}")]
    NoSuchPhase {
        /// The name.
        wanted: String,
        /// The phases that there are.
        known: String,
    },
    /// There are several, and none was named.
    #[error("there are several phases: name one of {known} after `#`")]
    WhichPhase {
        /// The phases that there are.
        known: String,
    },
    /// Nothing is in it.
    #[error("there is no phase in it: is it an archive?")]
    Empty,
    /// Larger than any archive.
    #[error("it is larger than {} MiB, the most that an archive can have", MAX_ARCHIVE >> 20)]
    TooLarge,
}

/// The phases of an archive, in order.
///
/// # Errors
/// [`ArchiveError::Line`], [`ArchiveError::Empty`], [`ArchiveError::TooLarge`].
pub fn parse(text: &str) -> Result<Vec<Phase>, ArchiveError> {
    if text.len() > MAX_ARCHIVE {
        return Err(ArchiveError::TooLarge);
    }
    let mut phases: Vec<Phase> = vec![];
    let mut names = BTreeSet::new();
    for (number, line) in (1..).zip(text.lines()) {
        let wrong = |reason: String| ArchiveError::Line { line: number, reason };
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        if word == "phase" {
            let name = rest.trim();
            if !is_phase_name(name) || !names.insert(name) {
                let name = shown(name);
                return Err(wrong(format!("a phase has a name of its own, not `{name}`")));
            }
            phases.push(Phase { name: name.to_owned(), nodes: BTreeMap::new() });
            continue;
        }
        let (path, node) = entry(word, rest).map_err(wrong)?;
        let phase = phases
            .last_mut()
            .ok_or_else(|| wrong("expected `phase NAME` before entries".into()))?;
        if phase.nodes.insert(path.to_owned(), node).is_some() {
            return Err(wrong(format!("/sys/{} is there twice", shown(path))));
        }
    }
    if phases.is_empty() { Err(ArchiveError::Empty) } else { Ok(phases) }
}

/// Whether a phase can have this name: it is printed, and a line has no other.
pub fn is_phase_name(name: &str) -> bool {
    !name.is_empty() && name.trim() == name && !name.contains(char::is_control)
}

/// A text of a stranger's as an error shows it: without control characters, and no more than begins it.
fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut chars = text.chars();
    let begin: String = chars.by_ref().take(LONGEST).flat_map(char::escape_debug).collect();
    if chars.next().is_some() { begin + "…" } else { begin }
}

fn entry<'t>(word: &str, rest: &'t str) -> Result<(&'t str, Node), String> {
    match word {
        "dir" => {
            let (mode, path) = rest.split_once(' ').ok_or("expected `dir MODE PATH`")?;
            Ok((path_of(path)?, Node::Dir(mode_of(mode)?)))
        }
        "link" => {
            let (path, target) = rest.split_once(" -> ").ok_or("expected `link PATH -> TARGET`")?;
            if target.is_empty() || target.contains(char::is_control) {
                return Err("a link leads to a path without control characters".into());
            }
            Ok((path_of(path)?, Node::Link(target.to_owned())))
        }
        "file" => {
            let (mode, rest) = rest.split_once(' ').ok_or("expected `file MODE PATH CONTENT`")?;
            let (path, content) =
                rest.split_once(' ').ok_or("expected a content after the path of a file")?;
            Ok((path_of(path)?, Node::File(mode_of(mode)?, content_of(content)?)))
        }
        other => Err(format!("expected `phase`, `dir`, `link` or `file`, not `{}`", shown(other))),
    }
}

fn path_of(path: &str) -> Result<&str, String> {
    let relative = path.strip_prefix("/sys/").unwrap_or_default();
    let is_path = !relative.is_empty() && relative.split('/').all(crate::files::is_plain);
    if !is_path || relative.contains(char::is_control) {
        return Err(format!(
            "a path begins with /sys/ and has no empty or `..` parts and no control characters: `{}`",
            shown(path)
        ));
    }
    Ok(relative)
}

fn mode_of(mode: &str) -> Result<u32, String> {
    let bits = u32::from_str_radix(mode, 8).ok().filter(|bits| *bits <= 0o7777);
    bits.ok_or_else(|| format!("a mode is octal digits, not `{}`", shown(mode)))
}

fn content_of(text: &str) -> Result<Content, String> {
    if text == "(write-only)" {
        return Ok(Content::WriteOnly);
    }
    if let Some(name) = text.strip_prefix("(error ").and_then(|rest| rest.strip_suffix(')')) {
        let is_symbol = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_symbol {
            return Err(format!("an error is the symbol of an errno, not `{}`", shown(name)));
        }
        return Ok(Content::Error(name.to_owned()));
    }
    let bytes = if let Some(digits) = text.strip_prefix("hex:") {
        unhex(digits).ok_or("expected an even number of hexadecimal digits after `hex:`")?
    } else {
        let quoted = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        unescaped(quoted.ok_or("expected \"TEXT\", hex:BYTES, (write-only) or (error NAME)")?)?
    };
    if bytes.len() > MAX_ATTRIBUTE {
        return Err(format!("{} bytes are more than an attribute can have", bytes.len()));
    }
    Ok(Content::Bytes(bytes))
}

fn unhex(digits: &str) -> Option<Vec<u8>> {
    let value = |digit: u8| char::from(digit).to_digit(16).and_then(|v| u8::try_from(v).ok());
    let pairs = digits.as_bytes().chunks(2);
    pairs.map(|pair| Some(value(pair[0])? << 4 | value(*pair.get(1)?)?)).collect()
}

fn unescaped(text: &str) -> Result<Vec<u8>, String> {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        plain.push(match char {
            '"' => return Err("a quotation mark within the text is written \\\"".into()),
            '\\' => match chars.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                Some('\\') => '\\',
                Some('"') => '"',
                other => {
                    let other = other.unwrap_or_default().escape_debug();
                    return Err(format!("no escape: \\{other}"));
                }
            },
            char => char,
        });
    }
    Ok(plain.into_bytes())
}
