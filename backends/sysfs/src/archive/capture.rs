//! Writes an archive of a machine.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;

use super::redact::Redactor;
use crate::attribute;
use crate::files::{Entry, Files, Kind, beside, is_plain, joined};
use crate::quirks::NOT_TO_READ;

/// Classes whose entries are Fibre Channel's, or are if their device is.
const CLASSES: [&str; 10] = [
    "fc_host",
    "fc_remote_ports",
    "fc_vports",
    "fc_transport",
    "scsi_host",
    "scsi_device",
    "scsi_disk",
    "scsi_generic",
    "block",
    "bsg",
];
/// Directories of a device that say nothing of Fibre Channel.
const LEFT_OUT: [&str; 6] = ["power", "trace", "queue", "integrity", "inflight", "mq"];
/// How deep below an adapter's directory anything is.
const MAX_DEPTH: usize = 16;

/// What to write.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CaptureOptions {
    /// What the moment is called.
    pub phase: String,
    /// Whether serial numbers are written. Else each is replaced by as many other characters, the same
    /// wherever it occurs, and a comment says so.
    pub serials: bool,
}

impl CaptureOptions {
    /// A moment of this name, without serial numbers.
    pub fn of_phase(phase: impl Into<String>) -> Self {
        Self { phase: phase.into(), serials: false }
    }
}

/// Everything that a sysfs says of Fibre Channel, as a phase of an archive: the links of the classes and of
/// the SCSI bus, then the directories of the physical adapters with all that is below them. What cannot be
/// read is said in its place.
///
/// # Errors
/// Only that there is no `class/fc_host` to begin with.
pub fn capture(files: &dyn Files, options: &CaptureOptions) -> io::Result<String> {
    let adapters = files.list("class/fc_host")?;
    let mut tops = BTreeSet::new();
    for entry in adapters.iter().filter(|entry| attribute::adapter(&entry.name).is_some()) {
        let link = joined("class/fc_host", &entry.name);
        let Ok(text) = files.link(&link) else { continue };
        let place = beside(&link, &text);
        let Some(dir) = place.strip_suffix(&format!("/fc_host/{}", entry.name)) else { continue };
        // A vport's adapter lies below its parent's.
        let is_vports = dir.split('/').any(|name| attribute::vport(name).is_some());
        if !is_vports && dir.split('/').all(|name| is_plain(name) && fits(name)) {
            tops.insert(dir.to_owned());
        }
    }
    let mut text = String::new();
    let is_ours = |place: &str| {
        tops.iter()
            .any(|top| place.strip_prefix(top).is_some_and(|r| r.is_empty() || r.starts_with('/')))
    };
    // A tree that is no kernel's may lead to one place in several ways: it is written once.
    let mut written = BTreeSet::new();
    for class in CLASSES {
        links(files, &format!("class/{class}"), &is_ours, &mut written, &mut text);
    }
    links(files, "bus/scsi/devices", &is_ours, &mut written, &mut text);
    let mut redactor = (!options.serials).then(Redactor::default);
    for top in &tops {
        let mut lines = vec![];
        below(files, top, &mut redactor, 0, &mut lines);
        lines.sort();
        for (path, line) in lines {
            if written.insert(path) {
                text.push_str(&line);
                text.push('\n');
            }
        }
    }
    Ok(header(files, options, redactor.as_ref()) + &text)
}

/// Whether a name, or the text of a link, can be in a line: what a space or a line's end would cut is left out.
fn fits(name: &str) -> bool {
    !name.contains(|char: char| char.is_control() || char.is_whitespace())
}

/// What is to be known of a phase before it is read, and its name.
fn header(files: &dyn Files, options: &CaptureOptions, redactor: Option<&Redactor>) -> String {
    let serials = match redactor {
        None => "# Serial numbers are as they were.".into(),
        Some(redactor) => format!(
            "# Serial numbers are replaced ({} of them), each by as many characters, X and a number that is \
             the same wherever it occurs.",
            redactor.count()
        ),
    };
    let passed_over = match files.passed_over() {
        0 => String::new(),
        count => format!("# {count} names that are not UTF-8 are left out.\n"),
    };
    format!("{serials}\n{passed_over}phase {}\n", options.phase)
}

fn links(
    files: &dyn Files,
    dir: &str,
    is_ours: &dyn Fn(&str) -> bool,
    written: &mut BTreeSet<String>,
    text: &mut String,
) {
    for Entry { name, .. } in files.list(dir).unwrap_or_default() {
        let path = joined(dir, &name);
        if let Ok(target) = files.link(&path)
            && is_ours(&beside(&path, &target))
            && fits(&name)
            && fits(&target)
            && written.insert(path.clone())
        {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "link /sys/{path} -> {target}");
        }
    }
}

/// The lines of a directory and all below it, by path.
fn below(
    files: &dyn Files,
    dir: &str,
    redactor: &mut Option<Redactor>,
    depth: usize,
    lines: &mut Vec<(String, String)>,
) {
    let mode = files.mode(dir).unwrap_or(0o755);
    lines.push((dir.to_owned(), format!("dir {mode:04o} /sys/{dir}")));
    if depth == MAX_DEPTH {
        return;
    }
    for Entry { name, kind } in files.list(dir).unwrap_or_default() {
        // A name with a space or a line's end would be read as something else.
        let is_left_out = |names: &[&str]| names.contains(&name.as_str());
        let is_to_be_left =
            is_left_out(&LEFT_OUT) || kind == Kind::File && is_left_out(&NOT_TO_READ);
        if !fits(&name) || is_to_be_left {
            continue;
        }
        let path = joined(dir, &name);
        match kind {
            Kind::Dir => below(files, &path, redactor, depth + 1, lines),
            Kind::Link => {
                if let Ok(target) = files.link(&path)
                    && fits(&target)
                {
                    let line = format!("link /sys/{path} -> {target}");
                    lines.push((path, line));
                }
            }
            Kind::File => {
                let line = file_line(files, &path, &name, redactor);
                lines.push((path, line));
            }
            Kind::Other => {}
        }
    }
}

fn file_line(files: &dyn Files, path: &str, name: &str, redactor: &mut Option<Redactor>) -> String {
    let mode = files.mode(path).unwrap_or(0o444) & 0o777;
    let content = if mode & 0o444 == 0 {
        "(write-only)".to_owned()
    } else {
        match files.read(path) {
            Ok(mut bytes) => {
                if let Some(redactor) = redactor {
                    redactor.redact(name, &mut bytes);
                }
                content(&bytes)
            }
            Err(error) => {
                let errno = error.raw_os_error().map(nix::errno::Errno::from_raw);
                format!("(error {})", errno.map_or("EIO".to_owned(), |errno| format!("{errno:?}")))
            }
        }
    };
    format!("file {mode:04o} /sys/{path} {content}")
}

/// Text where it is printable, else bytes.
fn content(bytes: &[u8]) -> String {
    let printable = |byte: &u8| matches!(byte, b' '..=b'~' | b'\n' | b'\t');
    if !bytes.iter().all(printable) {
        let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
        return format!("hex:{}", digits.collect::<String>());
    }
    let mut text = String::from("\"");
    for &byte in bytes {
        match byte {
            b'\n' => text.push_str("\\n"),
            b'\t' => text.push_str("\\t"),
            b'\\' => text.push_str("\\\\"),
            b'"' => text.push_str("\\\""),
            byte => text.push(char::from(byte)),
        }
    }
    text + "\""
}
