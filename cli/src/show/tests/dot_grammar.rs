//! As much of GraphViz's grammar as the graph uses.
//!
//! ```text
//! graph     = 'graph' id '{' statement* '}'
//! statement = 'subgraph' id '{' statement* '}' | id '=' id ';' | id ('--' id)? ('[' list ']')? ';'
//! list      = id '=' id (',' id '=' id)*
//! id        = letters, digits and '_' | number | '"' any, '\' before '"' and '\' '"'
//! ```

use std::iter::Peekable;
use std::str::Chars;

/// What a graph has.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) nodes: usize,
    pub(super) edges: usize,
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    Id(String),
    Sign(&'static str),
}

/// Reads a graph.
pub(super) fn check(text: &str) -> Result<Found, String> {
    let mut reader =
        Reader { tokens: tokens(text)?.into_iter().peekable(), found: Found::default() };
    reader.word("graph")?;
    reader.id()?;
    reader.block()?;
    match reader.tokens.next() {
        None => Ok(reader.found),
        Some(token) => Err(format!("{token:?} after the end")),
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = vec![];
    let mut chars = text.chars().peekable();
    while let Some(&c) = chars.peek() {
        if c == '"' {
            tokens.push(Token::Id(quoted(&mut chars)?));
            continue;
        }
        if c.is_ascii_alphanumeric() || c == '_' || c == '.' {
            let mut word = String::new();
            while let Some(c) =
                chars.next_if(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'))
            {
                word.push(c);
            }
            tokens.push(Token::Id(word));
            continue;
        }
        chars.next();
        let sign = match c {
            ' ' | '\n' => continue,
            '-' if chars.next_if_eq(&'-').is_some() => "--",
            '{' => "{",
            '}' => "}",
            '[' => "[",
            ']' => "]",
            '=' => "=",
            ',' => ",",
            ';' => ";",
            c => return Err(format!("stray {c:?}")),
        };
        tokens.push(Token::Sign(sign));
    }
    Ok(tokens)
}

fn quoted(chars: &mut Peekable<Chars<'_>>) -> Result<String, String> {
    let mut text = String::new();
    chars.next();
    loop {
        match chars.next() {
            None => return Err("a quote is not closed".into()),
            Some('"') => return Ok(text),
            Some('\\') => text.extend(chars.next()),
            Some(c) if c.is_control() => return Err(format!("{c:?} within quotes")),
            Some(c) => text.push(c),
        }
    }
}

struct Reader {
    tokens: Peekable<std::vec::IntoIter<Token>>,
    found: Found,
}

impl Reader {
    fn id(&mut self) -> Result<String, String> {
        match self.tokens.next() {
            Some(Token::Id(id)) => Ok(id),
            other => Err(format!("{other:?} in place of a name")),
        }
    }

    fn word(&mut self, word: &str) -> Result<(), String> {
        let id = self.id()?;
        if id == word { Ok(()) } else { Err(format!("{id} in place of {word}")) }
    }

    fn sign(&mut self, sign: &'static str) -> Result<(), String> {
        match self.tokens.next() {
            Some(Token::Sign(s)) if s == sign => Ok(()),
            other => Err(format!("{other:?} in place of {sign}")),
        }
    }

    fn take(&mut self, sign: &'static str) -> bool {
        self.tokens.next_if_eq(&Token::Sign(sign)).is_some()
    }

    fn block(&mut self) -> Result<(), String> {
        self.sign("{")?;
        while !self.take("}") {
            self.statement()?;
        }
        Ok(())
    }

    fn statement(&mut self) -> Result<(), String> {
        let id = self.id()?;
        if id == "subgraph" {
            self.id()?;
            return self.block();
        }
        if self.take("=") {
            self.id()?;
            return self.sign(";");
        }
        if self.take("--") {
            self.id()?;
            self.found.edges += 1;
        } else if id != "node" && id != "edge" {
            self.found.nodes += 1;
        }
        if self.take("[") {
            self.list()?;
        }
        self.sign(";")
    }

    fn list(&mut self) -> Result<(), String> {
        loop {
            self.id()?;
            self.sign("=")?;
            self.id()?;
            if self.take("]") {
                return Ok(());
            }
            self.sign(",")?;
        }
    }
}

#[test]
fn the_check_can_fail() {
    assert!(check("graph g { a -- b [x=\"\\\"\"]; }").is_ok_and(|found| found.edges == 1));
    for wrong in ["graph g { a -- b", "graph g { a\"; }", "graph g { a [x]; }", "graph g {} }"] {
        assert!(check(wrong).is_err(), "{wrong}");
    }
}
