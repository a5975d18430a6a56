//! The rules, by what they look at.
//!
//! | module | rules |
//! |---|---|
//! | [`size`] | `file-length`, `function-length` |
//! | [`docs`] | `module-doc`, `ignored-doctest` |
//! | [`code`] | `unfinished`, `ignored-test`, `sleeping-test`, `allow-reason`, `hash-order` |
//! | [`names`] | `vague-name`, `crowded-folder` |
//! | [`machine_paths`] | `machine-path` |
//! | [`links`] | `dead-link` |
//! | [`manifests`] | `manifest` |
//! | [`layers`] | `layers`: who may depend on whom |

pub(crate) mod code;
pub(crate) mod docs;
pub(crate) mod layers;
pub(crate) mod links;
pub(crate) mod machine_paths;
pub(crate) mod manifests;
pub(crate) mod names;
pub(crate) mod size;

use super::finding::Finding;
use super::source::Source;

/// A rule over one Rust file.
pub(crate) type SourceRule = fn(&Source<'_>) -> Vec<Finding>;

/// Every rule over one Rust file.
pub(crate) fn of_source() -> [SourceRule; 9] {
    [
        size::file_length,
        size::function_length,
        docs::module_doc,
        docs::ignored_fences,
        code::unfinished,
        code::ignored_tests,
        code::sleeping_tests,
        code::allow_without_reason,
        code::hash_order,
    ]
}

/// The lines on which one rule finds something in a made-up file.
#[cfg(test)]
pub(crate) fn lines(rule: SourceRule, path: &str, text: &str) -> Vec<usize> {
    let source = Source::parse(path, text).expect("the sample is Rust");
    rule(&source).into_iter().map(|finding| finding.line).collect()
}
