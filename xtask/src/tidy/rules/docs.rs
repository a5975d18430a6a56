//! What must be written down, and that its examples are run.

use proc_macro2::TokenTree;
use syn::{AttrStyle, Expr, ExprLit, Lit, Meta};

use crate::tidy::finding::Finding;
use crate::tidy::source::{Source, attribute_at, is_sign, is_word, line_of, walk};

/// `module-doc`: every file says at its top what it is.
pub(crate) fn module_doc(source: &Source<'_>) -> Vec<Finding> {
    let documented = source.ast.attrs.iter().any(|attr| {
        let Meta::NameValue(pair) = &attr.meta else {
            return false;
        };
        let says_something = match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => !text.value().trim().is_empty(),
            _ => true,
        };
        matches!(attr.style, AttrStyle::Inner(_)) && pair.path.is_ident("doc") && says_something
    });
    if documented {
        return Vec::new();
    }
    let what = "has no `//!`; say in its first lines what this file is and why it is there";
    vec![Finding::new(source.path, 1, "module-doc", what)]
}

/// `ignored-doctest`: no doc comment has an example that is not even compiled.
pub(crate) fn ignored_fences(source: &Source<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    walk(&source.tokens, &mut |tokens| {
        for attr in attribute_at(tokens).unwrap_or_default() {
            let [doc, equals, TokenTree::Literal(text)] = attr.as_slice() else {
                continue;
            };
            if !(is_word(doc, &["doc"]) && is_sign(equals, '=')) {
                continue;
            }
            let Lit::Str(said) = Lit::new(text.clone()) else {
                continue;
            };
            let first = line_of(&attr[2]);
            findings
                .extend(ignoring_lines(&said.value()).map(|at| finding(source.path, first + at)));
        }
    });
    findings
}

/// `ignored-doctest` in a text file, which `#![doc = include_str!(…)]` may make a doc comment.
pub(crate) fn ignored_fences_in_markdown(path: &str, text: &str) -> Vec<Finding> {
    ignoring_lines(text).map(|at| finding(path, at + 1)).collect()
}

fn finding(path: &str, line: usize) -> Finding {
    let what = "this example is ignored; let it compile (hide lines with `# `, use `no_run` if it \
                cannot run here), or mark it `text`";
    Finding::new(path, line, "ignored-doctest", what)
}

/// The lines, from 0, that open a code block with `ignore`.
fn ignoring_lines(text: &str) -> impl Iterator<Item = usize> {
    text.lines().enumerate().filter(|(_, line)| opens_ignored(line)).map(|(at, _)| at)
}

fn opens_ignored(line: &str) -> bool {
    let fence = line.trim_start_matches([' ', '\t', '*', '>']);
    let Some(sign) = fence.chars().next().filter(|sign| matches!(sign, '`' | '~')) else {
        return false;
    };
    let info = fence.trim_start_matches(sign);
    let words = info.split(|c: char| c == ',' || c == '{' || c == '}' || c.is_whitespace());
    fence.len() - info.len() >= 3
        && words.into_iter().any(|word| word == "ignore" || word.starts_with("ignore-"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::rules::lines;

    #[test]
    fn a_file_says_what_it_is() {
        for good in ["//! What it is.\nfn f() {}\n", "#![doc = include_str!(\"a.md\")]\n"] {
            assert_eq!(lines(module_doc, "a.rs", good), [], "{good}");
        }
        for bad in ["fn f() {}\n", "//!\n//!\nfn f() {}\n", "/// Of f.\nfn f() {}\n", "// A.\n", ""]
        {
            assert_eq!(lines(module_doc, "a.rs", bad), [1], "{bad}");
        }
    }

    #[test]
    fn an_example_is_compiled() {
        let doc = |fence: &str| {
            format!("//! A.\n\n/// B.\n/// ```{fence}\n/// c();\n/// ```\nfn f() {{}}\n")
        };
        for good in ["", "no_run", "text", "should_panic", "ignored"] {
            assert_eq!(lines(ignored_fences, "a.rs", &doc(good)), [], "{good}");
        }
        for bad in ["ignore", "rust,ignore", "rust, ignore", "ignore-windows", "{.rust .x ignore}"]
        {
            assert_eq!(lines(ignored_fences, "a.rs", &doc(bad)), [4], "{bad}");
        }
        let block = "/**\n * A.\n * ~~~ignore\n * ~~~\n */\nfn f() {}\n";
        assert_eq!(lines(ignored_fences, "a.rs", block), [3]);
        let inside = "m! {\n/// ```ignore\n/// ```\nfn f() {}\n}\n";
        assert_eq!(lines(ignored_fences, "a.rs", inside), [2]);
    }

    #[test]
    fn an_example_in_a_text_is_compiled() {
        let found = |text| ignored_fences_in_markdown("a.md", text).len();
        assert_eq!(found("# A\n```rust\nignore();\n```\nignore this\n"), 0);
        assert_eq!(found("# A\n```rust,ignore\nb();\n```\n"), 1);
    }
}
