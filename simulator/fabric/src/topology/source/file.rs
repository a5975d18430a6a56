//! A named text, and how a place in it is shown.

use std::fmt;
use std::io::{self, Read};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use miette::{MietteError, MietteSpanContents, SourceSpan, SpanContents};

/// A stretch of a file's text, in bytes from its start, end exclusive. One that reaches beyond the text or
/// into the middle of a character is rounded to what is there.
pub type Span = Range<usize>;

/// The most characters of a line that an excerpt shows.
const EXCERPT_CHARS: usize = 100;
/// How many of them may stand before the marked place.
const EXCERPT_LEAD: usize = 60;

/// Why a file could not be read at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The operating system refused.
    #[error("{name}: cannot be read")]
    Io {
        /// The file.
        name: String,
        /// What it said.
        source: io::Error,
    },
    /// It is larger than [`SourceFile::MAX_BYTES`].
    #[error("{name}: larger than {} MiB", SourceFile::MAX_BYTES >> 20)]
    TooLarge {
        /// The file.
        name: String,
    },
    /// It is not text in UTF-8.
    #[error("{name}:{line}: not UTF-8 text")]
    NotUtf8 {
        /// The file.
        name: String,
        /// The line, from 1, of the first byte that is no text.
        line: usize,
    },
}

/// A place in a file as people count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
}

/// A text and the name under which people know it. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    name: Arc<str>,
    text: Arc<str>,
}

/// A line of a file around a place.
struct Line<'a> {
    number: usize,
    /// Without its line end.
    text: &'a str,
    /// The place in `text`, in bytes.
    marked: Span,
}

impl SourceFile {
    /// The largest file that is read: 16 MiB.
    pub const MAX_BYTES: usize = 16 << 20;

    /// This text, under this name.
    ///
    /// # Errors
    /// [`ReadError::TooLarge`] above [`MAX_BYTES`](Self::MAX_BYTES).
    pub fn new(name: &str, text: &str) -> Result<Self, ReadError> {
        if text.len() > Self::MAX_BYTES {
            return Err(ReadError::TooLarge { name: name.into() });
        }
        Ok(Self { name: name.into(), text: text.into() })
    }

    /// Reads a file; its name is its path as given.
    ///
    /// # Errors
    /// Any of [`ReadError`].
    pub fn load(path: &Path) -> Result<Self, ReadError> {
        let name = path.display().to_string();
        let mut bytes = Vec::new();
        let limit = Self::MAX_BYTES as u64 + 1;
        let read = std::fs::File::open(path).and_then(|f| f.take(limit).read_to_end(&mut bytes));
        if let Err(source) = read {
            return Err(ReadError::Io { name, source });
        }
        if bytes.len() > Self::MAX_BYTES {
            return Err(ReadError::TooLarge { name });
        }
        match std::str::from_utf8(&bytes) {
            Ok(text) => Self::new(&name, text),
            Err(error) => {
                let good = &bytes[..error.valid_up_to()];
                let line = good.split(|&byte| byte == b'\n').count();
                Err(ReadError::NotUtf8 { name, line })
            }
        }
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The line and column of a byte.
    pub fn position(&self, offset: usize) -> Position {
        let line = self.line(&(offset..offset));
        Position { line: line.number, column: line.text[..line.marked.start].chars().count() + 1 }
    }

    fn line(&self, span: &Span) -> Line<'_> {
        let text = &*self.text;
        let mut at = text.floor_char_boundary(span.start.min(text.len()));
        // A span that starts between the two bytes of a line end belongs to the line before it.
        if text[..at].ends_with('\r') && text[at..].starts_with('\n') {
            at -= 1;
        }
        let mut start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        if start == 0 && text.starts_with('\u{feff}') {
            start = '\u{feff}'.len_utf8();
            at = at.max(start);
        }
        let end = text[at..].find('\n').map_or(text.len(), |n| at + n);
        let line = &text[start..end];
        // A carriage return is part of the line end only before a newline.
        let line = match line.strip_suffix('\r') {
            Some(shorter) if end < text.len() => shorter,
            _ => line,
        };
        let from = (at - start).min(line.len());
        let until = line.ceil_char_boundary(span.end.saturating_sub(start));
        Line {
            number: text[..start].matches('\n').count() + 1,
            text: line,
            marked: from..until.max(from),
        }
    }

    /// Writes the first line of the span, and below it `mark` under the span, with a label.
    pub(super) fn excerpt(
        &self,
        f: &mut fmt::Formatter<'_>,
        span: &Span,
        mark: &str,
        label: &str,
    ) -> fmt::Result {
        let line = self.line(span);
        let before = line.text[..line.marked.start].chars().count();
        let marked = line.text[line.marked.clone()].chars().count();
        let skipped = if line.text.chars().count() > EXCERPT_CHARS {
            before.saturating_sub(EXCERPT_LEAD)
        } else {
            0
        };
        let mut rest = line.text.chars().skip(skipped).map(visible);
        let mut shown: String = rest.by_ref().take(EXCERPT_CHARS).collect();
        let shown_chars = shown.chars().count();
        if rest.next().is_some() {
            shown.push('…');
        }
        let ellipsis = if skipped > 0 { "…" } else { "" };
        let indent = before - skipped + ellipsis.chars().count();
        let width = marked.min(shown_chars.saturating_sub(before - skipped)).max(1);
        write!(f, "\n{:>5} | {ellipsis}{}", line.number, shown.trim_end())?;
        write!(f, "\n      | {:indent$}{}", "", mark.repeat(width))?;
        if label.is_empty() {
            return Ok(());
        }
        write!(f, " {label}")
    }
}

/// What a terminal may be shown for a character of somebody's file: nothing that moves the cursor, changes
/// colours or turns the direction of writing.
pub(super) fn visible(c: char) -> char {
    match c {
        '\t' | '\n' | '\r' => ' ',
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        c if c.is_control() || c == '\u{feff}' => '\u{fffd}',
        c => c,
    }
}

impl miette::SourceCode for SourceFile {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let inner = self.text.read_span(span, lines_before, lines_after)?;
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.to_string(),
            inner.data(),
            *inner.span(),
            inner.line(),
            inner.column(),
            inner.line_count(),
        )))
    }
}
