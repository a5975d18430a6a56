//! Other sources, and the same bytes around them.

use std::collections::BTreeMap;
use std::ops::Range;

use npivot_hal::{LunId, ScsiAddress};

use super::definition::{DeviceSource, Domain};
use super::record;

/// What a device is to be on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NewSource {
    /// A disk: `type='block'` with `<source dev=/>`. What the source's tag and element have beside the old
    /// names (`startupPolicy`, `<reservations>`, `<seclabel>`) stays.
    Block(String),
    /// A SCSI device that is passed through: another address.
    ScsiDevice(ScsiAddress),
}

/// Why a source cannot be replaced.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// The domain has fewer devices.
    #[error("the domain has no device number {0}")]
    NoDevice(usize),
    /// A disk cannot become a SCSI device, nor the other way round.
    #[error("{0} cannot have a source of that kind")]
    OtherKind(String),
    /// It was replaced already.
    #[error("the source of {0} is replaced already")]
    Twice(String),
    /// The path has a character in it that XML cannot hold, or a line break.
    #[error("a path with control characters in it")]
    ControlCharacters,
}

/// A change of a domain's text: attributes are replaced where they stand.
#[derive(Debug)]
pub struct DomainEdit<'d> {
    domain: &'d Domain,
    edits: Vec<(Range<usize>, String)>,
    changed: Vec<usize>,
}

impl<'d> DomainEdit<'d> {
    pub(super) fn new(domain: &'d Domain) -> Self {
        Self { domain, edits: Vec::new(), changed: Vec::new() }
    }

    /// Puts the device of this index in [`Domain::devices`] on another source.
    ///
    /// # Errors
    /// [`EditError`]; nothing is changed then.
    pub fn source(&mut self, device: usize, new: &NewSource) -> Result<(), EditError> {
        let found = self.domain.devices.get(device).ok_or(EditError::NoDevice(device))?;
        if self.changed.contains(&device) {
            return Err(EditError::Twice(found.subject()));
        }
        let spans = &found.spans;
        match (new, &found.source) {
            (NewSource::Block(dev), source) if is_disk(source) => {
                if dev.chars().any(|c| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}')) {
                    return Err(EditError::ControlCharacters);
                }
                let kind = spans.kind.clone().map(|span| (span, "type='block'".to_owned()));
                self.edits.extend(kind);
                let mut text = format!("dev='{}'", escaped(dev));
                for (_, span) in &spans.source {
                    // The first of the old names makes way for the new one, the others for nothing.
                    self.edits.push((span.clone(), std::mem::take(&mut text)));
                }
            }
            (NewSource::ScsiDevice(address), DeviceSource::ScsiDevice(_)) => {
                for (name, span) in &spans.source {
                    let text = match *name {
                        "name" => format!("name='scsi_host{}'", address.host.0),
                        "bus" => format!("bus='{}'", address.channel),
                        "target" => format!("target='{}'", address.target),
                        _ => format!("unit='{}'", address.lun),
                    };
                    self.edits.push((span.clone(), text));
                }
            }
            _ => return Err(EditError::OtherKind(found.subject())),
        }
        self.changed.push(device);
        Ok(())
    }

    /// Writes which LUN each device is, by the devices' keys, into the guest's metadata, in place of what
    /// was recorded there.
    #[must_use]
    pub fn records(mut self, records: &BTreeMap<String, LunId>) -> Self {
        let spots = &self.domain.spots;
        let text = self.text();
        let edit = if let Some(range) = &spots.record {
            let element = record::element(records, &layout(text, range.start));
            (range.clone(), element)
        } else if let Some(range) = &spots.metadata {
            let outer = layout(text, range.start);
            let element = record::element(records, &deeper(&outer));
            let whole = &text[range.clone()];
            if let Some(end) = whole.rfind("</").filter(|_| !whole.ends_with("/>")) {
                let at = range.start + text[range.start..range.start + end].trim_end().len();
                (at..at, format!("{}{element}", deeper(&outer)))
            } else {
                let slash = range.end - "/>".len();
                (slash..range.end, format!(">{}{element}{outer}</metadata>", deeper(&outer)))
            }
        } else {
            let name_start = text[..spots.after_name].rfind("<name").unwrap_or(spots.after_name);
            let outer = layout(text, name_start);
            let element = record::element(records, &deeper(&outer));
            let at = spots.after_name;
            (at..at, format!("{outer}<metadata>{}{element}{outer}</metadata>", deeper(&outer)))
        };
        self.edits.push(edit);
        self
    }

    /// The text of the document, without the byte order mark: ranges count from its first character.
    fn text(&self) -> &'d str {
        let xml = self.domain.xml.as_str();
        xml.strip_prefix('\u{feff}').unwrap_or(xml)
    }

    /// The changed text. Without a change, the text as it was given.
    pub fn finish(mut self) -> String {
        let (xml, text) = (self.domain.xml.as_str(), self.text());
        self.edits.sort_by_key(|(range, _)| (range.start, range.end));
        let mut changed = String::with_capacity(xml.len() + 64 * self.edits.len());
        changed.push_str(&xml[..xml.len() - text.len()]);
        let mut at = 0;
        for (range, new) in &self.edits {
            let mut before = &text[at..range.start];
            if new.is_empty() {
                // The white space before an attribute goes with it.
                before = before.trim_end();
            }
            changed.push_str(before);
            changed.push_str(new);
            at = range.end;
        }
        changed.push_str(&text[at..]);
        changed
    }
}

const fn is_disk(source: &DeviceSource) -> bool {
    matches!(
        source,
        DeviceSource::Volume { .. } | DeviceSource::Fc { .. } | DeviceSource::Block { .. }
    )
}

/// The line break and indentation before a byte, where the line has nothing else before it.
fn layout(text: &str, at: usize) -> String {
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let indent = &text[start..at];
    if start > 0 && indent.chars().all(|c| matches!(c, ' ' | '\t')) {
        format!("\n{indent}")
    } else {
        String::new()
    }
}

/// One level deeper than this layout, where there is one.
pub(super) fn deeper(layout: &str) -> String {
    if layout.is_empty() { String::new() } else { format!("{layout}  ") }
}

/// As the value of an attribute in single quotes.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\'' => escaped.push_str("&apos;"),
            _ => escaped.push(c),
        }
    }
    escaped
}
