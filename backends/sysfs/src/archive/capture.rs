//! Writes an archive of a machine.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;

use crate::attribute;
use crate::files::{Entry, Files, Kind, beside, joined};

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
    /// Whether serial numbers are written; else each character is an `x`.
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
        if !dir.split('/').any(|name| attribute::vport(name).is_some()) {
            tops.insert(dir.to_owned());
        }
    }
    let mut text = format!("phase {}\n", options.phase);
    let is_ours = |place: &str| {
        tops.iter()
            .any(|top| place.strip_prefix(top).is_some_and(|r| r.is_empty() || r.starts_with('/')))
    };
    for class in CLASSES {
        links(files, &format!("class/{class}"), &is_ours, &mut text);
    }
    links(files, "bus/scsi/devices", &is_ours, &mut text);
    for top in &tops {
        let mut lines = vec![];
        below(files, top, options, 0, &mut lines);
        lines.sort();
        for (_, line) in lines {
            text.push_str(&line);
            text.push('\n');
        }
    }
    Ok(text)
}

fn links(files: &dyn Files, dir: &str, is_ours: &dyn Fn(&str) -> bool, text: &mut String) {
    for Entry { name, .. } in files.list(dir).unwrap_or_default() {
        let path = joined(dir, &name);
        if let Ok(target) = files.link(&path)
            && is_ours(&beside(&path, &target))
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
    options: &CaptureOptions,
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
        if name.contains([' ', '\n', '\r', '\t']) || LEFT_OUT.contains(&name.as_str()) {
            continue;
        }
        let path = joined(dir, &name);
        match kind {
            Kind::Dir => below(files, &path, options, depth + 1, lines),
            Kind::Link => {
                if let Ok(target) = files.link(&path)
                    && !target.contains('\n')
                {
                    let line = format!("link /sys/{path} -> {target}");
                    lines.push((path, line));
                }
            }
            Kind::File => {
                let line = file_line(files, &path, &name, options);
                lines.push((path, line));
            }
            Kind::Other => {}
        }
    }
}

fn file_line(files: &dyn Files, path: &str, name: &str, options: &CaptureOptions) -> String {
    let mode = files.mode(path).unwrap_or(0o444) & 0o777;
    let content = if mode & 0o444 == 0 {
        "(write-only)".to_owned()
    } else {
        match files.read(path) {
            Ok(bytes) if options.serials => content(&bytes),
            Ok(bytes) => content(&without_serial(name, bytes)),
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

/// The same content, with an `x` for each character of a serial number: an adapter's own, a unit's (VPD
/// page 80), and the text of T10 designators (VPD page 83, `t10.` names), which arrays make of it.
fn without_serial(name: &str, mut bytes: Vec<u8>) -> Vec<u8> {
    match name {
        "serial_number" => cross_out(&mut bytes),
        "vpd_pg80" => cross_out(bytes.get_mut(4..).unwrap_or_default()),
        "wwid" if bytes.starts_with(b"t10.") => cross_out(&mut bytes[4..]),
        "vpd_pg83" => {
            let mut at = 4;
            while let Some(&[_, kind, _, length]) = bytes.get(at..at + 4) {
                let end = (at + 4 + usize::from(length)).min(bytes.len());
                // T10 vendor identification: eight bytes of vendor, then what is the array's own.
                if kind & 0x0f == 1 {
                    cross_out(bytes.get_mut(at + 12..end).unwrap_or_default());
                }
                at = at + 4 + usize::from(length);
            }
        }
        _ => {}
    }
    bytes
}

fn cross_out(bytes: &mut [u8]) {
    for byte in bytes.iter_mut().filter(|byte| byte.is_ascii_graphic()) {
        *byte = b'x';
    }
}
