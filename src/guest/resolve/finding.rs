//! What a check tells.

use std::fmt;

use crate::libvirt::{Domain, Place, XmlError};
use crate::migration::Severity;

/// Something that was found about a guest's storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How bad. An error refuses the guest.
    pub severity: Severity,
    /// The document.
    pub file: String,
    /// The place in it.
    pub place: Place,
    /// What it is about: `disk vda`, or the guest.
    pub subject: String,
    /// What was found.
    pub text: String,
    /// What was expected instead; empty where the text says it.
    pub expected: String,
    /// What to do; empty where nothing needs to be.
    pub fix: String,
}

/// One line: `web1.xml:5:7: error: disk vda: …; expected …; …`.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { severity, file, place, subject, text, expected, fix } = self;
        write!(f, "{file}:{place}: {severity}: {subject}: {text}")?;
        if !expected.is_empty() {
            write!(f, "; expected {expected}")?;
        }
        if fix.is_empty() { Ok(()) } else { write!(f, "; {fix}") }
    }
}

impl Finding {
    /// A fault of the document as a finding.
    pub fn of_fault(domain: &Domain, fault: &XmlError) -> Self {
        let place = Place { line: fault.line(), column: fault.column() };
        let mut finding = Problem::error(fault.message()).at(domain.file(), place, "definition");
        finding.fix = fault.help().unwrap_or_default().into();
        finding
    }
}

/// A finding that has no place yet.
#[derive(Debug)]
pub(super) struct Problem {
    severity: Severity,
    text: String,
    expected: String,
    fix: String,
}

impl Problem {
    fn new(severity: Severity, text: impl Into<String>) -> Self {
        Self { severity, text: text.into(), expected: String::new(), fix: String::new() }
    }

    pub(super) fn error(text: impl Into<String>) -> Self {
        Self::new(Severity::Error, text)
    }

    pub(super) fn warning(text: impl Into<String>) -> Self {
        Self::new(Severity::Warning, text)
    }

    pub(super) fn info(text: impl Into<String>) -> Self {
        Self::new(Severity::Info, text)
    }

    pub(super) fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = expected.into();
        self
    }

    pub(super) fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = fix.into();
        self
    }

    pub(super) fn at(self, file: &str, place: Place, subject: impl Into<String>) -> Finding {
        let Self { severity, text, expected, fix } = self;
        Finding { severity, file: file.into(), place, subject: subject.into(), text, expected, fix }
    }
}
