//! What TOML's reader says, in the words of the file's author: keys instead of fields, ranges instead of
//! Rust's types, and the nearest right word.

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, Deserializer, Error};

use super::{Problem, Problems, SourceFile, Span};

/// The longest text of which all errors are looked at to find the first; there may be one per byte.
const SEARCHED_BYTES: usize = 1 << 20;
/// The longest word for which a nearest one is looked for, in bytes.
const WORD_BYTES: usize = 64;
/// The most right words that are compared, so that a huge file with a wrong word is still answered at once.
const COMPARED: usize = 10_000;
/// The most right words that are listed when none is near.
const LISTED: usize = 8;

impl SourceFile {
    /// Reads the text as TOML into a `T`.
    ///
    /// # Errors
    /// The first thing in it that is not TOML or not a `T`, as one problem.
    pub fn read_toml<T: DeserializeOwned>(&self) -> Result<T, Problems> {
        let read = parse_table(self.text()).and_then(|t| T::deserialize(Deserializer::from(t)));
        read.map_err(|error| {
            let mut problems = Problems::new(self.clone());
            problems.push(Problem::from_toml(&error, 0..0));
            problems
        })
    }
}

/// Reads TOML into tables, or tells the first place in the text that is not TOML.
///
/// The reader's own first error is the first that it came to, which may be a consequence: it misses the
/// end of a table before it says that the text in it has no end.
pub(in crate::topology) fn parse_table(text: &str) -> Result<Spanned<DeTable<'_>>, Error> {
    DeTable::parse(text).map_err(|first| {
        if text.len() > SEARCHED_BYTES {
            return first;
        }
        let (_, all) = DeTable::parse_recoverable(text);
        let place = |error: &Error| error.span().map_or(usize::MAX, |span| span.start);
        all.into_iter().min_by_key(place).unwrap_or(first)
    })
}

impl Problem {
    /// The problem that an error of TOML's reader tells of, at the error's place, or at `fallback` if it
    /// has none.
    pub fn from_toml(error: &Error, fallback: Span) -> Self {
        let span = error.span().unwrap_or(fallback);
        let message = error.message();
        for (prefix, what) in [("unknown field `", "key"), ("unknown variant `", "word")] {
            let Some(rest) = message.strip_prefix(prefix) else {
                continue;
            };
            let (word, clause) = rest.split_once("`, expected").unwrap_or((rest, ""));
            // The reader hands a date over as a table with one key of its own.
            if word.starts_with("$__toml_private") {
                return Self::new(span, "expected a table, found a date");
            }
            // The words stand between backticks, so they are every second piece.
            let right: Vec<&str> = clause.split('`').skip(1).step_by(2).collect();
            return Self::unknown_word(span, what, word, &right);
        }
        Self::new(span, reword(message))
    }

    /// A word that is none of these right ones.
    pub fn unknown_word(span: Span, what: &str, word: &str, right: &[&str]) -> Self {
        let word_shown = quoted(word);
        let problem = Self::new(span, format!("{word_shown} is not a {what} that can stand here"));
        match nearest(word, right.iter().copied()) {
            Some(near) => problem.with_help(format!("did you mean `{near}`?")),
            None if right.is_empty() => problem,
            None => problem.with_help(format!("expected {}", one_of(right))),
        }
    }
}

/// Puts an error of serde into the words of a TOML file.
fn reword(message: &str) -> String {
    if let Some(rest) = message.strip_prefix("missing field ") {
        return format!("the key {rest} is missing");
    }
    for prefix in ["invalid type: ", "invalid value: "] {
        let Some((found, expected)) =
            message.strip_prefix(prefix).and_then(|rest| rest.rsplit_once(", expected "))
        else {
            continue;
        };
        let found = match found {
            "map" => "a table",
            "sequence" => "a list",
            other => other,
        };
        return format!("expected {}, found {found}", in_words(expected));
    }
    let length = message.strip_prefix("invalid length ");
    if let Some((found, expected)) = length.and_then(|rest| rest.split_once(", expected ")) {
        return match expected {
            "fewer elements in array" => format!("{found} values are too many for this list"),
            other => format!("expected {}, found {found}", in_words(other)),
        };
    }
    message.to_owned()
}

/// What serde expects, without Rust's words for it.
fn in_words(expected: &str) -> &str {
    match expected {
        "u8" => "an integer from 0 to 255",
        "u16" => "an integer from 0 to 65535",
        "u32" => "an integer from 0 to 4294967295",
        "u64" => "an integer, not negative",
        "i64" => "an integer",
        "a boolean" => "`true` or `false`",
        "a string" => "text in quotes",
        "a sequence" => "a list",
        "a map" => "a table",
        "a tuple of size 2" => "a list of two",
        other => other,
    }
}

/// The right word that somebody who wrote `word` most likely meant, or `None` if none is near.
pub fn nearest<'a>(word: &str, right: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.is_empty() || word.len() > WORD_BYTES {
        return None;
    }
    let word = word.to_lowercase();
    let length = word.chars().count();
    // A third of the letters, and one even in the shortest: above that it is another word.
    let tolerated = (length / 3).max(1);
    right
        .into_iter()
        .take(COMPARED)
        .filter(|candidate| {
            candidate.chars().take(length * 2 + 2).count().abs_diff(length) <= tolerated
        })
        .map(|candidate| {
            let distance = strsim::osa_distance(&word, &candidate.to_lowercase());
            (distance, candidate)
        })
        .filter(|(distance, _)| *distance <= tolerated)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The words in backticks, with commas and an "or"; at most eight of them.
pub(in crate::topology) fn one_of(words: &[&str]) -> String {
    let mut text = String::new();
    for (i, word) in words.iter().take(LISTED).enumerate() {
        let last = i + 1 == words.len();
        text.push_str(match i {
            0 => "",
            _ if last => " or ",
            _ => ", ",
        });
        text.push_str(&quoted(word));
    }
    if words.len() > LISTED {
        text.push_str(", …");
    }
    text
}

/// A word of the file in backticks, shortened if it is no word.
pub(in crate::topology) fn quoted(word: &str) -> String {
    if word.is_empty() {
        return "the empty text".to_owned();
    }
    match word.char_indices().nth(WORD_BYTES) {
        Some((end, _)) => format!("`{}…`", &word[..end]),
        None => format!("`{word}`"),
    }
}
