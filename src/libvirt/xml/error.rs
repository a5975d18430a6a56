//! Errors that a person can act on: the place, the line with a caret, and help where there is some.

use std::fmt;

/// Why an XML document was not accepted, and where.
///
/// It prints as compilers do, over several lines: `file:line:column: message`, the line with a caret
/// under the place, and a `help:` line where there is something to suggest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {message}{}", Details(self))]
pub struct XmlError {
    file: String,
    line: u32,
    column: u32,
    message: String,
    help: Option<String>,
    excerpt: Excerpt,
}

impl XmlError {
    /// An error at a byte of `text`. `at` may lie at or after the end, or within a character.
    pub(super) fn new(file: &str, text: &str, at: usize, message: String) -> Self {
        let text_before = &text[..text.floor_char_boundary(at)];
        let start = text_before.rfind('\n').map_or(0, |newline| newline + 1);
        let line_text = text[start..].split('\n').next().unwrap_or_default();
        let before = text_before[start..].chars().count();
        let lines = text_before.bytes().filter(|b| *b == b'\n').count();
        Self {
            file: file.into(),
            line: u32::try_from(lines).map_or(u32::MAX, |n| n.saturating_add(1)),
            column: u32::try_from(before).map_or(u32::MAX, |n| n.saturating_add(1)),
            message,
            help: None,
            excerpt: Excerpt::new(line_text.trim_end_matches('\r'), before),
        }
    }

    /// The same error with a line of advice.
    pub(in crate::libvirt) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The name of the file, as it was given to the reader.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The line, counted from 1.
    pub fn line(&self) -> u32 {
        self.line
    }

    /// The column in characters, counted from 1.
    pub fn column(&self) -> u32 {
        self.column
    }

    /// What is wrong and what was expected, on one line, without the place.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it, where there is something to suggest.
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }
}

/// The lines after the first.
struct Details<'a>(&'a XmlError);

impl fmt::Display for Details<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.0.line.to_string();
        let gutter = number.len();
        let Excerpt { text, caret } = &self.0.excerpt;
        let space = if text.is_empty() { "" } else { " " };
        write!(f, "\n {number} |{space}{text}")?;
        write!(f, "\n {:gutter$} | {:caret$}^", "", "")?;
        if let Some(help) = &self.0.help {
            write!(f, "\n {:gutter$} = help: {help}", "")?;
        }
        Ok(())
    }
}

/// A printable piece of a line and the place of the caret below it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Excerpt {
    text: String,
    /// How many characters stand before the caret.
    caret: usize,
}

impl Excerpt {
    /// Lines up to this many characters are shown whole.
    const WIDTH: usize = 120;

    /// The part of a line around its character number `at`, counted from 0.
    fn new(line: &str, at: usize) -> Self {
        let whole = line.chars().count() <= Self::WIDTH;
        // Of a longer line, what stands before the place says more than what follows it.
        let skipped = if whole { 0 } else { at.saturating_sub(Self::WIDTH * 2 / 3) };
        let mut text = String::new();
        if skipped > 0 {
            text.push('…');
        }
        let caret = at - skipped + text.chars().count();
        // One column per character keeps the caret true, tabs included.
        let printable = |c: char| if is_printable(c) { c } else { ' ' };
        let mut rest = line.chars().skip(skipped).map(printable);
        text.extend(rest.by_ref().take(Self::WIDTH));
        if rest.next().is_some() {
            text.push('…');
        }
        text.truncate(text.trim_end().len());
        Self { text, caret }
    }
}

/// Whether a character can be shown without moving the cursor or hiding what is there: no control
/// characters, line separators, marks that change the writing direction, or zero-width ones.
fn is_printable(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// A piece of input as messages show it: in quotation marks, on one line, of bounded length.
pub(in crate::libvirt) fn quoted(text: &str) -> impl fmt::Display {
    const SHOWN: usize = 60;
    let mut shown = String::from("‘");
    let mut chars = text.chars();
    for c in chars.by_ref().take(SHOWN) {
        if is_printable(c) {
            shown.push(c);
        } else {
            shown.extend(c.escape_default());
        }
    }
    if chars.next().is_some() {
        shown.push('…');
    }
    shown.push('’');
    shown
}
