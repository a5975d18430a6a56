//! What is wrong in a file: single problems, and all of them as one error.

use std::fmt;

use miette::{Diagnostic, LabeledSpan};

use super::file::{Position, SourceFile, Span, visible};

/// The most characters of a message; what is more is cut out of its middle.
const MESSAGE_CHARS: usize = 400;

/// A message of bounded length, on one line, that a terminal may be shown.
fn tame(message: &str) -> String {
    let chars = message.chars().count();
    if chars <= MESSAGE_CHARS {
        return message.chars().map(visible).collect();
    }
    let half = MESSAGE_CHARS / 2;
    let head = message.chars().take(half);
    let tail = message.chars().skip(chars - half);
    head.chain(['…']).chain(tail).map(visible).collect()
}

/// One thing that is wrong in a file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    span: Span,
    message: String,
    also: Vec<(Span, String)>,
    help: Option<String>,
}

impl Problem {
    /// What is wrong at this place: one line that says what was found and what was expected.
    pub fn new(span: Span, message: impl AsRef<str>) -> Self {
        Self { span, message: tame(message.as_ref()), also: Vec::new(), help: None }
    }

    /// Shows another place as well, such as where a name was first used.
    #[must_use]
    pub fn with_place(mut self, span: Span, label: impl AsRef<str>) -> Self {
        self.also.push((span, tame(label.as_ref())));
        self
    }

    /// Shows a way out.
    #[must_use]
    pub fn with_help(mut self, help: impl AsRef<str>) -> Self {
        self.help = Some(tame(help.as_ref()));
        self
    }

    /// Where it is.
    pub fn span(&self) -> Span {
        self.span.clone()
    }

    /// What is wrong.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// A way out, where one is known.
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// The problem with its place and the lines of the file that it is about.
    pub fn render<'a>(&'a self, file: &'a SourceFile) -> impl fmt::Display {
        Rendered { problem: self, file }
    }
}

struct Rendered<'a> {
    problem: &'a Problem,
    file: &'a SourceFile,
}

impl fmt::Display for Rendered<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { problem, file } = *self;
        let Position { line, column } = file.position(problem.span.start);
        write!(f, "{}:{line}:{column}: {problem}", file.name())?;
        file.excerpt(f, &problem.span, "^", "")?;
        for (span, label) in &problem.also {
            file.excerpt(f, span, "-", label)?;
        }
        match &problem.help {
            Some(help) => write!(f, "\n      help: {help}"),
            None => Ok(()),
        }
    }
}

/// The message alone: a problem does not know its file.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

impl Diagnostic for Problem {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<_>)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let first = LabeledSpan::new_primary_with_span(None, self.span.clone());
        let others = self.also.iter();
        let others = others
            .map(|(span, label)| LabeledSpan::new_with_span(Some(label.clone()), span.clone()));
        Some(Box::new(std::iter::once(first).chain(others)))
    }
}

/// Everything that is wrong in one file, at most [`MAX`](Self::MAX) of it.
///
/// It is filled with [`push`](Self::push) and becomes an error by [`into_result`](Self::into_result), so as
/// an error it is never empty. It displays as plain text, each problem with its lines; a `miette` handler
/// that draws the source itself is best given the problems of [`iter`](Self::iter) one by one, with the
/// [`file`](Self::file) as their source code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems {
    file: SourceFile,
    list: Vec<Problem>,
    unlisted: usize,
}

impl Problems {
    /// How many problems are kept; of those beyond it only the number is.
    pub const MAX: usize = 20;

    /// None yet, in this file.
    pub fn new(file: SourceFile) -> Self {
        Self { file, list: Vec::new(), unlisted: 0 }
    }

    /// Adds one.
    pub fn push(&mut self, problem: Problem) {
        if self.is_full() {
            self.unlisted += 1;
        } else {
            self.list.push(problem);
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether the next one will only be counted: work on a good help for it is wasted.
    pub fn is_full(&self) -> bool {
        self.list.len() >= Self::MAX
    }

    /// Those that are kept; in the order of the file once they are an error.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.list.iter()
    }

    /// The file that they are in.
    pub fn file(&self) -> &SourceFile {
        &self.file
    }

    /// The value if there is no problem.
    ///
    /// # Errors
    /// The problems, in the order of the file, if there are any.
    pub fn into_result<T>(mut self, value: T) -> Result<T, Self> {
        if self.list.is_empty() {
            return Ok(value);
        }
        self.list.sort_by_key(|problem| problem.span.start);
        Err(self)
    }
}

impl<'a> IntoIterator for &'a Problems {
    type Item = &'a Problem;
    type IntoIter = std::slice::Iter<'a, Problem>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.list.iter().enumerate() {
            let gap = if i == 0 { "" } else { "\n\n" };
            write!(f, "{gap}{}", problem.render(&self.file))?;
        }
        match self.unlisted {
            0 => Ok(()),
            more => write!(f, "\n\n{}: {more} more not shown", self.file.name()),
        }
    }
}

impl std::error::Error for Problems {}

/// A single problem is the diagnostic itself; several are related to one.
impl Diagnostic for Problems {
    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        Some(&self.file)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        match &self.list[..] {
            [one] => Diagnostic::help(one),
            _ => None,
        }
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        match &self.list[..] {
            [one] => one.labels(),
            _ => None,
        }
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        if self.list.len() < 2 {
            return None;
        }
        Some(Box::new(self.list.iter().map(|one| one as &dyn Diagnostic)))
    }
}
