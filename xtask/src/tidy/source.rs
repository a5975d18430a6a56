//! A Rust file as tokens and as a syntax tree.
//!
//! Rules look at tokens, so that a string or a comment which mentions a pattern is not the pattern,
//! and code inside a macro's braces is code all the same.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};

use super::finding::Finding;

/// A Rust file.
pub(crate) struct Source<'a> {
    /// Where it is.
    pub(crate) path: &'a str,
    /// What it says.
    pub(crate) text: &'a str,
    /// Its tokens. A doc comment is a `doc` attribute here; other comments are gone.
    pub(crate) tokens: TokenStream,
    /// Its syntax tree; what stands inside a macro's braces is opaque.
    pub(crate) ast: syn::File,
}

impl<'a> Source<'a> {
    /// Reads `text`, or says where it is not Rust.
    pub(crate) fn parse(path: &'a str, text: &'a str) -> Result<Self, Finding> {
        let wrong = |span: Span, cause: &dyn std::fmt::Display| {
            let line = span.start().line.max(1);
            Finding::new(path, line, "parse", format!("is not Rust: {cause}; make it compile"))
        };
        let tokens: TokenStream = without_shebang(text)
            .parse()
            .map_err(|e: proc_macro2::LexError| wrong(e.span(), &e))?;
        let ast: syn::File = syn::parse2(tokens.clone()).map_err(|e| wrong(e.span(), &e))?;
        Ok(Self { path, text, tokens, ast })
    }
}

impl std::fmt::Debug for Source<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source").field("path", &self.path).finish_non_exhaustive()
    }
}

/// Shows `see` the tokens of every group, once from each position to the group's end.
pub(crate) fn walk(tokens: &TokenStream, see: &mut dyn FnMut(&[TokenTree])) {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        see(&tokens[at..]);
        if let TokenTree::Group(group) = token {
            walk(&group.stream(), see);
        }
    }
}

/// Whether the token is one of these words.
pub(crate) fn is_word(token: &TokenTree, words: &[&str]) -> bool {
    matches!(token, TokenTree::Ident(ident) if words.iter().any(|word| ident == word))
}

/// Whether the token is this sign.
pub(crate) fn is_sign(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

/// Where the tokens start with a path `from::to`, or import `to` as in `from::{…, to}`: its line.
pub(crate) fn path_at(tokens: &[TokenTree], from: &[&str], to: &[&str]) -> Option<usize> {
    let [first, colon, colon2, last, ..] = tokens else {
        return None;
    };
    if !(is_word(first, from) && is_sign(colon, ':') && is_sign(colon2, ':')) {
        return None;
    }
    if is_word(last, to) {
        return Some(line_of(last));
    }
    let TokenTree::Group(group) = last else {
        return None;
    };
    let named = group.stream().into_iter().find(|token| is_word(token, to))?;
    Some(line_of(&named))
}

/// If the tokens start with an attribute: what it applies, each as its tokens. Several, or none,
/// when it is a `cfg_attr`.
pub(crate) fn attribute_at(tokens: &[TokenTree]) -> Option<Vec<Vec<TokenTree>>> {
    let group = match tokens {
        [hash, TokenTree::Group(group), ..] if is_sign(hash, '#') => group,
        [hash, bang, TokenTree::Group(group), ..] if is_sign(hash, '#') && is_sign(bang, '!') => {
            group
        }
        _ => return None,
    };
    if group.delimiter() != Delimiter::Bracket {
        return None;
    }
    let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
    match tokens.as_slice() {
        [first, TokenTree::Group(inner)] if is_word(first, &["cfg_attr"]) => {
            Some(split_at_commas(inner).split_off(1))
        }
        _ => Some(vec![tokens]),
    }
}

/// The line on which a token starts.
pub(crate) fn line_of(token: &TokenTree) -> usize {
    token.span().start().line
}

fn split_at_commas(group: &Group) -> Vec<Vec<TokenTree>> {
    let mut parts = vec![Vec::new()];
    for token in group.stream() {
        if is_sign(&token, ',') {
            parts.push(Vec::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(token);
        }
    }
    parts
}

/// The text without a `#!` line, which Rust ignores; the line itself stays, to count.
fn without_shebang(text: &str) -> &str {
    if text.starts_with("#!") && !text.starts_with("#![") {
        text.find('\n').map_or("", |end| &text[end..])
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<TokenTree> {
        text.parse::<TokenStream>().unwrap().into_iter().collect()
    }

    #[test]
    fn what_is_not_rust_is_a_finding_with_its_line() {
        let unclosed = Source::parse("a.rs", "fn a() {}\nfn b( {}\n").unwrap_err();
        assert_eq!((unclosed.rule, unclosed.path.as_str()), ("parse", "a.rs"));
        let grammar = Source::parse("a.rs", "fn a() {}\n\nfn fn() {}\n").unwrap_err();
        assert_eq!(grammar.line, 3);
        assert!(Source::parse("a.rs", "#!/usr/bin/env cargo\nfn a() {}\n").is_ok());
    }

    #[test]
    fn paths_and_imports_are_the_same() {
        for yes in ["a::b", "a::{c, b}"] {
            assert_eq!(path_at(&tokens(yes), &["a"], &["b"]), Some(1), "{yes}");
        }
        for no in ["a::c", "c::b", "a.b", "a::{c}", "a"] {
            assert_eq!(path_at(&tokens(no), &["a"], &["b"]), None, "{no}");
        }
    }

    #[test]
    fn conditional_attributes_are_seen_through() {
        let applied = |text| attribute_at(&tokens(text)).map(|parts| parts.len());
        assert_eq!(applied("#[inline]"), Some(1));
        assert_eq!(applied("#![inline]"), Some(1));
        assert_eq!(applied("#[cfg_attr(test, inline, cold)]"), Some(2));
        assert_eq!(applied("# (inline)"), None);
        assert_eq!(applied("[inline]"), None);
    }
}
