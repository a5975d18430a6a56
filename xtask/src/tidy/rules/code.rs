//! What code may not say, found in its tokens: a string or a comment may say anything.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::tidy::finding::Finding;
use crate::tidy::source::{Source, attribute_at, is_sign, is_word, line_of, path_at, walk};
use crate::tidy::tree;

/// `unfinished`: nothing panics because nobody has written it yet.
pub(crate) fn unfinished(source: &Source<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    walk(&source.tokens, &mut |tokens| {
        if let [TokenTree::Ident(name), bang, TokenTree::Group(_), ..] = tokens
            && ["todo", "unimplemented"].iter().any(|word| name == word)
            && is_sign(bang, '!')
        {
            let what = format!("`{name}!` is unfinished work; write it, or return an error");
            findings.push(Finding::new(source.path, line_of(&tokens[0]), "unfinished", what));
        }
    });
    findings
}

/// `ignored-test`: every test runs.
pub(crate) fn ignored_tests(source: &Source<'_>) -> Vec<Finding> {
    attributes(source, "ignored-test", |attr| {
        let first = attr.first()?;
        let what = "a test that is ignored proves nothing; let it run, or delete it";
        is_word(first, &["ignore"]).then(|| (line_of(first), what.to_owned()))
    })
}

/// `allow-reason`: who silences a lint says why.
pub(crate) fn allow_without_reason(source: &Source<'_>) -> Vec<Finding> {
    attributes(source, "allow-reason", |attr| {
        let [level @ TokenTree::Ident(name), TokenTree::Group(group)] = attr else {
            return None;
        };
        if !is_word(level, &["allow", "expect"]) {
            return None;
        }
        let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
        let reason =
            tokens.windows(2).any(|pair| is_word(&pair[0], &["reason"]) && is_sign(&pair[1], '='));
        let what = format!("`{name}(…)` does not say why; add `reason = \"…\"`");
        (!reason).then(|| (line_of(level), what))
    })
}

/// `sleeping-test`: a test waits for an event, or moves virtual time; it does not sleep.
pub(crate) fn sleeping_tests(source: &Source<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut look = |tokens: &TokenStream| {
        walk(tokens, &mut |tokens| {
            if let Some(line) = path_at(tokens, &["thread", "time"], &["sleep"]) {
                let what = "a test that sleeps is slow or wrong; wait for the event with a \
                            deadline, or advance the virtual clock";
                findings.push(Finding::new(source.path, line, "sleeping-test", what));
            }
        });
    };
    if is_test_file(source.path) {
        look(&source.tokens);
    } else {
        walk(&source.tokens, &mut |tokens| {
            if let [module, name, TokenTree::Group(body), ..] = tokens
                && is_word(module, &["mod"])
                && is_word(name, &["test", "tests"])
                && body.delimiter() == Delimiter::Brace
            {
                look(&body.stream());
            }
        });
    }
    findings
}

/// `hash-order`: in the simulator nothing depends on the order of a randomly seeded hash.
pub(crate) fn hash_order(source: &Source<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if source.path.starts_with("simulator/") {
        walk(&source.tokens, &mut |tokens| {
            if let Some(line) = path_at(tokens, &["collections"], &["HashMap", "HashSet"]) {
                let what = "the order of std's hash collections differs from run to run; use \
                            BTreeMap or dense ids, or hashbrown with a fixed hasher";
                findings.push(Finding::new(source.path, line, "hash-order", what));
            }
        });
    }
    findings
}

/// The findings of `judge` over every attribute, `cfg_attr` seen through.
fn attributes(
    source: &Source<'_>,
    rule: &'static str,
    judge: fn(&[TokenTree]) -> Option<(usize, String)>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    walk(&source.tokens, &mut |tokens| {
        let attrs = attribute_at(tokens).unwrap_or_default();
        let judged = attrs.iter().filter_map(|attr| judge(attr));
        findings.extend(judged.map(|(line, what)| Finding::new(source.path, line, rule, what)));
    });
    findings
}

fn is_test_file(path: &str) -> bool {
    let in_tests = tree::parent(path).split('/').any(|folder| folder == "tests");
    let stem = tree::name(path).trim_end_matches(".rs");
    in_tests || matches!(stem, "test" | "tests") || stem.ends_with("_tests")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::rules::lines;

    #[test]
    fn work_is_finished() {
        for bad in ["fn f() {\n    todo!()\n}", "fn f() {\n    std::unimplemented!(\"x\");\n}"] {
            assert_eq!(lines(unfinished, "a.rs", bad), [2], "{bad}");
        }
        let good = "fn f() {\n // todo!()\n g(\"todo!()\");\n todo(!true);\n todo != a;\n}";
        assert_eq!(lines(unfinished, "a.rs", good), []);
        assert_eq!(lines(unfinished, "a.rs", "m! {\n a => unimplemented![],\n}"), [2]);
    }

    #[test]
    fn tests_are_not_ignored() {
        for bad in ["#[ignore]", "#[ignore = \"slow\"]", "#[cfg_attr(miri, ignore)]"] {
            assert_eq!(lines(ignored_tests, "a.rs", &format!("#[test]\n{bad}\nfn f() {{}}")), [2]);
        }
        for good in ["#[cfg(ignore)]", "#[serde(ignore)]", "// #[ignore]"] {
            assert_eq!(lines(ignored_tests, "a.rs", &format!("{good}\nfn f() {{}}")), [], "{good}");
        }
    }

    #[test]
    fn silenced_lints_say_why() {
        for bad in [
            "#[allow(dead_code)]",
            "#[expect(dead_code)]",
            "#[allow(\n    dead_code,\n)]",
            "#[cfg_attr(test, allow(dead_code))]",
        ] {
            let text = format!("fn g() {{}}\n{bad}\nfn f() {{}}");
            assert_eq!(lines(allow_without_reason, "a.rs", &text), [2], "{bad}");
        }
        assert_eq!(lines(allow_without_reason, "a.rs", "#![allow(dead_code)]"), [1]);
        for good in [
            "#[allow(dead_code, reason = \"the next commit calls it\")]",
            "#[deny(dead_code)]",
            "#[cfg_attr(test, expect(dead_code, reason = \"x\"), cold)]",
            "#[doc = \"#[allow(dead_code)]\"]",
        ] {
            let text = format!("{good}\nfn f() {{ a.expect(\"b\"); }}");
            assert_eq!(lines(allow_without_reason, "a.rs", &text), [], "{good}");
        }
    }

    #[test]
    fn tests_do_not_sleep() {
        let sleeps = [
            "fn f() {\n    std::thread::sleep(a);\n}",
            "fn f() {\n    tokio::time::sleep(a).await;\n}",
            "\nuse tokio::time::{advance, sleep};",
        ];
        for text in sleeps {
            for path in ["tests/a.rs", "hal/tests/b/c.rs", "src/a/tests.rs", "src/a_tests.rs"] {
                assert_eq!(lines(sleeping_tests, path, text), [2], "{path} {text}");
            }
            assert_eq!(lines(sleeping_tests, "src/a.rs", text), [], "{text}");
            let inside = format!("#[cfg(test)] mod tests {{\n{text}\n}}");
            assert_eq!(lines(sleeping_tests, "src/a.rs", &inside), [3], "{text}");
        }
        let good = "fn f() { time::advance(a); world.sleep(); \"thread::sleep\"; }";
        assert_eq!(lines(sleeping_tests, "tests/a.rs", good), []);
    }

    #[test]
    fn the_simulator_has_no_random_order() {
        for bad in [
            "use std::collections::HashMap;",
            "use std::collections::{BTreeMap, HashSet};",
            "fn f() { std::collections::HashMap::new(); }",
        ] {
            assert_eq!(lines(hash_order, "simulator/fabric/src/a.rs", bad), [1], "{bad}");
            assert_eq!(lines(hash_order, "src/a.rs", bad), [], "{bad}");
        }
        for good in ["use hashbrown::HashMap;", "use std::collections::BTreeMap;"] {
            assert_eq!(lines(hash_order, "simulator/fabric/src/a.rs", good), [], "{good}");
        }
    }
}
