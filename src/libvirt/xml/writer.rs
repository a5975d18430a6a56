//! The text as libvirt lays it out: two spaces a level, single quotes, its five escapes.

use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};

use super::kept::{Attribute, Child, Element, Kept};

/// Writes a document from top to bottom into memory, one line for each tag.
pub(in crate::libvirt) struct Writer {
    out: quick_xml::Writer<Vec<u8>>,
    depth: usize,
    /// Whether white space is content where the writer stands.
    verbatim: bool,
}

impl Writer {
    pub(in crate::libvirt) fn new() -> Self {
        Self { out: quick_xml::Writer::new(Vec::new()), depth: 0, verbatim: false }
    }

    /// The document, with a line break at its end.
    pub(in crate::libvirt) fn finish(self) -> String {
        let mut text = String::from_utf8_lossy(&self.out.into_inner()).into_owned();
        text.push('\n');
        text
    }

    /// An element in which `inside` writes; without content `<name/>` comes of it.
    pub(in crate::libvirt) fn element(
        &mut self,
        name: &str,
        known: &[(&str, String)],
        kept: &[Attribute],
        inside: impl FnOnce(&mut Self),
    ) {
        self.open(name, known, kept);
        let opened = self.out.get_mut().len();
        self.depth += 1;
        inside(self);
        self.depth -= 1;
        let out = self.out.get_mut();
        if out.len() == opened {
            out.pop();
            out.extend_from_slice(b"/>");
            return;
        }
        self.close(name);
    }

    /// An element without content.
    pub(in crate::libvirt) fn empty(
        &mut self,
        name: &str,
        known: &[(&str, String)],
        kept: &[Attribute],
    ) {
        self.new_line();
        self.put(Event::Empty(tag(name, known, kept)));
    }

    /// An element of which npivot knows only attributes, with all that was kept of it.
    pub(in crate::libvirt) fn leaf(&mut self, name: &str, known: &[(&str, String)], kept: &Kept) {
        if kept.children.is_empty() {
            return self.empty(name, known, &kept.attributes);
        }
        self.element(name, known, &kept.attributes, |to| to.children(&kept.children));
    }

    /// An element of text only.
    pub(in crate::libvirt) fn text(&mut self, name: &str, kept: &[Attribute], text: &str) {
        if text.is_empty() {
            return self.empty(name, &[], kept);
        }
        self.open(name, &[], kept);
        self.characters(text);
        self.put(Event::End(BytesEnd::new(name)));
    }

    /// What was kept, as it was read.
    pub(in crate::libvirt) fn children(&mut self, children: &[Child]) {
        for child in children {
            match child {
                Child::Element(element) => self.whole(element),
                Child::Text(text) => {
                    self.new_line();
                    self.characters(text);
                }
            }
        }
    }

    /// A kept element with everything in it. It recurses as deep as the document was.
    fn whole(&mut self, element: &Element) {
        let Element { name, attributes, children, verbatim } = element;
        match children.as_slice() {
            [] => self.empty(name, &[], attributes),
            [Child::Text(text)] => self.text(name, attributes, text),
            _ => {
                self.open(name, &[], attributes);
                let outside = std::mem::replace(&mut self.verbatim, *verbatim);
                self.depth += 1;
                self.children(children);
                self.depth -= 1;
                self.close(name);
                self.verbatim = outside;
            }
        }
    }

    fn open(&mut self, name: &str, known: &[(&str, String)], kept: &[Attribute]) {
        self.new_line();
        self.put(Event::Start(tag(name, known, kept)));
    }

    fn close(&mut self, name: &str) {
        self.new_line();
        self.put(Event::End(BytesEnd::new(name)));
    }

    fn characters(&mut self, text: &str) {
        let escaped = escape(text, Place::Text);
        self.put(Event::Text(BytesText::from_escaped(escaped)));
    }

    fn new_line(&mut self) {
        if self.verbatim || self.out.get_mut().is_empty() {
            return;
        }
        let layout = format!("\n{:1$}", "", self.depth * 2);
        self.put(Event::Text(BytesText::from_escaped(layout)));
    }

    fn put(&mut self, event: Event<'_>) {
        self.out.write_event(event).expect("memory takes every byte");
    }
}

/// A tag with its attributes: those that npivot knows, then those that were kept.
///
/// quick-xml's own attributes come in double quotes; libvirt's are in single ones.
fn tag(name: &str, known: &[(&str, String)], kept: &[Attribute]) -> BytesStart<'static> {
    let known = known.iter().map(|(name, value)| (*name, value.as_str()));
    let kept = kept.iter().map(|a| (a.name.as_str(), a.value.as_str()));
    let mut content = name.to_owned();
    for (attribute, value) in known.chain(kept) {
        content.push(' ');
        content.push_str(attribute);
        content.push_str("='");
        content.push_str(&escape(value, Place::Attribute));
        content.push('\'');
    }
    BytesStart::from_content(content, name.len())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Text,
    Attribute,
}

/// The text with libvirt's escapes (`virBufferEscapeString`), and with references where a parser would
/// otherwise change white space. Characters that XML cannot hold go, as they do there.
fn escape(text: &str, place: Place) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\r' => escaped.push_str("&#13;"),
            '\n' if place == Place::Attribute => escaped.push_str("&#10;"),
            '\t' if place == Place::Attribute => escaped.push_str("&#9;"),
            '\n' | '\t' => escaped.push(c),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            _ => escaped.push(c),
        }
    }
    escaped
}
