//! Colour, for terminals only.

use std::ffi::OsStr;
use std::io::IsTerminal;

/// Whether to print in colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    /// Plain text: into a pipe, a file, or for who asked for it.
    Plain,
    /// Colours as a terminal understands them.
    Colour,
}

impl Ink {
    /// What fits standard output. `NO_COLOR` (<https://no-color.org>) and a dumb terminal forbid colour.
    pub(crate) fn of_stdout() -> Self {
        let env = |name| std::env::var_os(name);
        let refused = env("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = env("TERM").as_deref() == Some(OsStr::new("dumb"));
        let terminal = std::io::stdout().is_terminal();
        if terminal && !refused && !dumb { Self::Colour } else { Self::Plain }
    }

    pub(crate) fn good(self, text: &str) -> String {
        self.with("32", text)
    }

    pub(crate) fn bad(self, text: &str) -> String {
        self.with("31", text)
    }

    pub(crate) fn strong(self, text: &str) -> String {
        self.with("1", text)
    }

    fn with(self, code: &str, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Colour => format!("\x1b[{code}m{text}\x1b[0m"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Ink;

    #[test]
    fn only_colour_has_escapes() {
        assert_eq!(Ink::Plain.strong("a"), "a");
        assert_eq!(Ink::Colour.bad("a"), "\x1b[31ma\x1b[0m");
    }
}
