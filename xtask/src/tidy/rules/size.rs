//! How long files and functions may be.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use crate::tidy::finding::Finding;
use crate::tidy::source::{Source, is_sign, is_word, line_of, walk};

/// The longest file, in lines.
const FILE_LINES: usize = 500;
/// The longest function, in lines from its signature to its closing brace.
const FUNCTION_LINES: usize = 70;

/// `file-length`: a file has at most 500 lines.
pub(crate) fn file_length(source: &Source<'_>) -> Vec<Finding> {
    let lines = source.text.lines().count();
    if lines <= FILE_LINES {
        return Vec::new();
    }
    let what = format!("has {lines} lines, more than {FILE_LINES}; split it by what it is about");
    vec![Finding::new(source.path, FILE_LINES + 1, "file-length", what)]
}

/// `function-length`: a function has at most 70 lines, also one inside a macro's braces.
pub(crate) fn function_length(source: &Source<'_>) -> Vec<Finding> {
    let mut functions = Functions { path: source.path, findings: Vec::new() };
    functions.visit_file(&source.ast);
    functions.findings
}

struct Functions<'a> {
    path: &'a str,
    findings: Vec<Finding>,
}

impl Functions<'_> {
    fn measure(&mut self, name: &str, first: usize, last: usize) {
        let lines = last + 1 - first;
        if lines > FUNCTION_LINES {
            let what = format!(
                "`fn {name}` has {lines} lines, more than {FUNCTION_LINES}; take a part out that \
                 has a name of its own"
            );
            self.findings.push(Finding::new(self.path, first, "function-length", what));
        }
    }

    fn measure_parsed(&mut self, signature: &syn::Signature, body: &syn::Block) {
        let first = signature.span().start().line;
        let last = body.brace_token.span.close().end().line;
        self.measure(&signature.ident.to_string(), first, last);
    }

    /// What a macro's braces hold need not be Rust, so a function is found by its shape: `fn`, a
    /// name, and a brace before the next `;`.
    fn measure_tokens(&mut self, tokens: &TokenStream) {
        walk(tokens, &mut |tokens| {
            let [first, rest @ ..] = tokens else { return };
            if !is_word(first, &["fn"]) {
                return;
            }
            let name = rest.iter().find_map(|token| match token {
                TokenTree::Ident(ident) => Some(ident.to_string()),
                _ => None,
            });
            let body = rest.iter().take_while(|token| !is_sign(token, ';')).find_map(|token| {
                let TokenTree::Group(group) = token else {
                    return None;
                };
                (group.delimiter() == Delimiter::Brace).then_some(group)
            });
            if let (Some(name), Some(body)) = (name, body) {
                self.measure(&name, line_of(first), body.span_close().end().line);
            }
        });
    }
}

impl<'ast> Visit<'ast> for Functions<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.measure_parsed(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.measure_parsed(&item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(body) = &item.default {
            self.measure_parsed(&item.sig, body);
        }
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        self.measure_tokens(&mac.tokens);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::rules::lines;

    /// A function whose signature starts on line 3 and which has `length` lines.
    fn function(length: usize) -> String {
        format!(
            "/// Doc.\n#[inline]\npub fn f(\n    a: u8,\n) {{\n{}}}\n",
            "    g();\n".repeat(length - 4)
        )
    }

    #[test]
    fn a_file_has_at_most_500_lines() {
        let text = |length| "//\n".repeat(length);
        assert_eq!(lines(file_length, "a.rs", &text(500)), []);
        assert_eq!(lines(file_length, "a.rs", &text(501)), [501]);
    }

    #[test]
    fn a_function_is_measured_from_signature_to_brace() {
        assert_eq!(lines(function_length, "a.rs", &function(70)), []);
        assert_eq!(lines(function_length, "a.rs", &function(71)), [3]);
    }

    #[test]
    fn methods_and_nested_functions_are_measured_too() {
        for (before, after) in [
            ("impl A {\n", "}\n"),
            ("trait A {\n", "}\n"),
            ("mod a {\n", "}\n"),
            ("const A: () = {\n", "};\n"),
        ] {
            let body = function(71).replace("pub ", "");
            let text = format!("{before}{body}{after}");
            assert_eq!(lines(function_length, "a.rs", &text), [4], "{before}");
        }
    }

    #[test]
    fn a_macro_does_not_hide_a_function() {
        let text = |length| format!("proptest! {{\n{}}}\n", function(length));
        assert_eq!(lines(function_length, "a.rs", &text(70)), []);
        assert_eq!(lines(function_length, "a.rs", &text(71)), [4]);
        let rules = format!("macro_rules! m {{\n($a:ident) => {{\n{}}}\n}}\n", function(71));
        assert_eq!(lines(function_length, "a.rs", &rules.replace("fn f", "fn $a")), [5]);
    }

    #[test]
    fn a_declaration_in_a_macro_is_no_function() {
        let block = format!("m! {{\nfn f();\nstruct A {{\n{}}}\n}}\n", "//\n".repeat(80));
        assert_eq!(lines(function_length, "a.rs", &block), []);
    }
}
