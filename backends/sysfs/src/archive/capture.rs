//! Writes an archive of a machine.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;

use super::read::is_phase_name;
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
/// That there is no `class/fc_host` to begin with; `InvalidInput`: the phase's name is none ([`is_phase_name`]).
pub fn capture(files: &dyn Files, options: &CaptureOptions) -> io::Result<String> {
    if !is_phase_name(&options.phase) {
        let reason = "a phase has a name, with no white space around it and no control characters";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, reason));
    }
    let adapters = files.list("class/fc_host")?;
    let (mut tops, mut unfit) = (BTreeSet::new(), 0);
    for entry in adapters.iter().filter(|entry| attribute::adapter(&entry.name).is_some()) {
        let link = joined("class/fc_host", &entry.name);
        let Ok(text) = files.link(&link) else { continue };
        let place = beside(&link, &text);
        let Some(dir) = place.strip_suffix(&format!("/fc_host/{}", entry.name)) else { continue };
        // A vport's adapter lies below its parent's.
        let is_vports = dir.split('/').any(|name| attribute::vport(name).is_some());
        if is_vports {
            continue;
        }
        if dir.split('/').all(|name| is_plain(name) && fits(name)) {
            tops.insert(dir.to_owned());
        } else {
            unfit += 1;
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
    let redactor = (!options.serials).then(Redactor::default);
    let mut walk = Walk { files, redactor, unfit, lines: vec![] };
    for top in &tops {
        walk.below(top, 0);
        walk.lines.sort();
        for (path, line) in walk.lines.drain(..) {
            if written.insert(path) {
                text.push_str(&line);
                text.push('\n');
            }
        }
    }
    Ok(header(options, &walk) + &text)
}

/// Whether a name, or the text of a link, can be in a line: what a space or a line's end would cut is left out.
fn fits(name: &str) -> bool {
    !name.contains(|char: char| char.is_control() || char.is_whitespace())
}

/// What is to be known of a phase before it is read, and its name.
fn header(options: &CaptureOptions, walk: &Walk<'_>) -> String {
    let mut header = match &walk.redactor {
        None => "# Serial numbers are as they were.\n".into(),
        Some(redactor) => format!(
            "# Serial numbers are replaced ({} of them), each by as many characters, X and a number that is \
             the same wherever it occurs.\n",
            redactor.count()
        ),
    };
    for (count, what) in [
        (walk.files.passed_over(), "names that are not UTF-8"),
        (walk.unfit, "names and links with white space or control characters in them"),
    ] {
        if count > 0 {
            // Writing to a string cannot fail.
            let _ = writeln!(header, "# {count} {what} are left out.");
        }
    }
    let _ = writeln!(header, "phase {}", options.phase);
    header
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

/// On the way through the directories of adapters.
struct Walk<'f> {
    files: &'f dyn Files,
    redactor: Option<Redactor>,
    /// How many names and links no line can have.
    unfit: u64,
    /// By path.
    lines: Vec<(String, String)>,
}

impl Walk<'_> {
    /// The lines of a directory and all below it.
    fn below(&mut self, dir: &str, depth: usize) {
        let mode = self.files.mode(dir).unwrap_or(0o755);
        let mut line = format!("dir {mode:04o} /sys/{dir}");
        let entries = self.files.list(dir).unwrap_or_else(|error| {
            // What it has is not known, and the format has no word for that but this one.
            let _ = write!(line, "\n# It could not be listed: {}", symbol(&error));
            vec![]
        });
        self.lines.push((dir.to_owned(), line));
        if depth == MAX_DEPTH {
            return;
        }
        for Entry { name, kind } in entries {
            let is_left_out = |names: &[&str]| names.contains(&name.as_str());
            if is_left_out(&LEFT_OUT) || kind != Kind::Dir && is_left_out(&NOT_TO_READ) {
                continue;
            }
            // A name with a space or a line's end would be read as something else.
            if !fits(&name) {
                self.unfit += 1;
                continue;
            }
            let path = joined(dir, &name);
            match kind {
                Kind::Dir => self.below(&path, depth + 1),
                Kind::Link => self.link(path),
                Kind::File | Kind::Other => {
                    let line = self.file(&path, &name, kind);
                    self.lines.push((path, line));
                }
            }
        }
    }

    fn link(&mut self, path: String) {
        match self.files.link(&path) {
            Ok(target) if fits(&target) => {
                let line = format!("link /sys/{path} -> {target}");
                self.lines.push((path, line));
            }
            Ok(_) => self.unfit += 1,
            // It has just gone: no privilege is needed to read one.
            Err(_) => {}
        }
    }

    fn file(&mut self, path: &str, name: &str, kind: Kind) -> String {
        let mode = self.files.mode(path).unwrap_or(0o444) & 0o777;
        let content = match (kind, mode & 0o444, mode & 0o222) {
            // A device or a pipe, which is not opened: that alone may do something.
            (Kind::Other, ..) => "(error EINVAL)".to_owned(),
            // Nobody may do anything with it, which privilege alone could get around.
            (_, 0, 0) => "(error EACCES)".to_owned(),
            (_, 0, _) => "(write-only)".to_owned(),
            _ => match self.files.read(path) {
                Ok(mut bytes) => {
                    if let Some(redactor) = &mut self.redactor {
                        redactor.redact(name, &mut bytes);
                    }
                    content(&bytes)
                }
                Err(error) => format!("(error {})", symbol(&error)),
            },
        };
        format!("file {mode:04o} /sys/{path} {content}")
    }
}

/// The symbol of the errno, or of the one that says the same.
fn symbol(error: &io::Error) -> String {
    match (error.raw_os_error().map(nix::errno::Errno::from_raw), error.kind()) {
        (Some(errno), _) => format!("{errno:?}"),
        (None, io::ErrorKind::InvalidData) => "EINVAL".into(),
        (None, io::ErrorKind::FileTooLarge) => "EFBIG".into(),
        (None, _) => "EIO".into(),
    }
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
