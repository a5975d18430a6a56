//! The text being read: parsing it, and errors at a place in it.

use roxmltree::{Document, Error, ParsingOptions};

use super::error::{XmlError, quoted};
use super::limits;

/// Whether XML counts a character as white space (XML 1.0, production 3).
pub(in crate::libvirt) const fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

/// A document's text and the name it goes by in errors.
#[derive(Debug, Clone, Copy)]
pub(in crate::libvirt) struct Source<'a> {
    file: &'a str,
    pub(in crate::libvirt) text: &'a str,
}

impl<'a> Source<'a> {
    /// The parser's own limit. Text between tags makes nodes too, hence more than [`limits::MAX_TAGS`].
    const MAX_NODES: u32 = 65_536;

    pub(in crate::libvirt) fn new(file: &'a str, text: &'a str) -> Self {
        // A byte order mark is no character of the first line.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self { file, text }
    }

    /// The tree of this text.
    ///
    /// # Errors
    /// For what is above the limits, has a document type definition, or is not well-formed.
    pub(in crate::libvirt) fn parse(&self) -> Result<Document<'a>, XmlError> {
        limits::check(self.file, self.text)?;
        let options = ParsingOptions {
            allow_dtd: false,
            nodes_limit: Self::MAX_NODES,
            ..ParsingOptions::default()
        };
        Document::parse_with_options(self.text, options)
            .map_err(|error| self.not_well_formed(&error))
    }

    /// An error at this byte of the text.
    pub(super) fn error(&self, at: usize, message: impl Into<String>) -> XmlError {
        XmlError::new(self.file, self.text, at, message.into())
    }

    fn not_well_formed(&self, error: &Error) -> XmlError {
        let position = error.pos();
        let at = match error {
            Error::NoRootNode | Error::UnclosedRootNode | Error::UnexpectedEndOfStream => {
                self.text.trim_end_matches(is_space).len()
            }
            _ => self.offset(position.row, position.col),
        };
        let (message, help) = describe(error, self.text);
        let error = self.error(at, message);
        match help {
            Some(help) => error.with_help(help),
            None => error,
        }
    }

    /// The byte at a row and a column, both counted from 1 as the parser does.
    fn offset(&self, row: u32, column: u32) -> usize {
        let nth = |n: u32| usize::try_from(n).unwrap_or(usize::MAX).saturating_sub(1);
        let line_at: usize = self.text.split_inclusive('\n').take(nth(row)).map(str::len).sum();
        let in_line = self.text[line_at..].chars().take(nth(column));
        line_at + in_line.map(char::len_utf8).sum::<usize>()
    }
}

/// What is wrong with the text as XML, in words for people who write pools and not parsers.
fn describe(error: &Error, text: &str) -> (String, Option<&'static str>) {
    let escape = Some("write `&amp;` for `&` and `&lt;` for `<`");
    match error {
        Error::NoRootNode if text.trim_matches(is_space).is_empty() => {
            ("the document is empty".into(), None)
        }
        Error::NoRootNode => ("the document has no element".into(), None),
        Error::UnclosedRootNode => (
            "the document ends before its outermost element does".into(),
            Some("an end tag is missing; the file may be cut off"),
        ),
        Error::UnexpectedEndOfStream => (
            "the document ends within a tag, a comment or a section".into(),
            Some("the file may be cut off"),
        ),
        Error::UnexpectedCloseTag(expected, found, _) => (
            format!("end tag {} where that of {} was expected", quoted(found), quoted(expected)),
            None,
        ),
        Error::DuplicatedAttribute(name, _) => {
            (format!("attribute {} is given twice", quoted(name)), None)
        }
        Error::UnknownNamespace(prefix, _) => (
            format!("namespace prefix {} is not declared", quoted(prefix)),
            Some(
                "declare it with an attribute `xmlns:PREFIX='…'` on this element or one around it",
            ),
        ),
        Error::UnknownEntityReference(name, _) => (
            format!(
                "entity {} is not known: without a document type definition there are only amp, lt, gt, apos and quot",
                quoted(name)
            ),
            escape,
        ),
        Error::MalformedEntityReference(_) => ("`&` does not begin an entity".into(), escape),
        Error::InvalidAttributeValue(_) | Error::InvalidChar(b'\'' | b'"', b'<', _) => {
            ("`<` in an attribute's value".into(), escape)
        }
        Error::NonXmlChar(c, _) => {
            (format!("character U+{:04X} is not allowed in XML", u32::from(*c)), None)
        }
        Error::UnknownToken(_) => {
            ("expected an element here, or the end of the document".into(), None)
        }
        Error::InvalidString("-->", _) => ("a comment does not end".into(), None),
        other => {
            // The position that the parser prints at the end is already the error's own.
            let position = format!(" at {}", other.pos());
            let text = other.to_string().replacen(&position, "", 1);
            (format!("not well-formed XML: {}", clean(&text)), None)
        }
    }
}

/// The parser prints bytes as they come: none of them may break a message's one line.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect()
}
