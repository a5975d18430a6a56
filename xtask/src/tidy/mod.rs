//! `cargo xtask tidy`: the codebase's own rules as a check.
//!
//! [`check`] is pure: a [`Tree`] goes in, findings come out. The rules themselves are
//! in [`rules`], each a function over a path and a text (or, where it must be, over all of them).

pub(crate) mod finding;
pub(crate) mod manifest;
pub(crate) mod rules;
pub(crate) mod source;
#[cfg(test)]
mod tests;
pub(crate) mod tree;

use std::path::Path;

use crate::failure::Failure;
use crate::tools::{self, Tool};
use finding::Finding;
use manifest::Manifests;
use source::Source;
use tree::Tree;

/// Checks the repository at `root` and prints each finding on a line of standard output.
pub(crate) fn run(root: &Path) -> Result<(), Failure> {
    tools::ensure(Tool::Git, root)?;
    let tree = Tree::read(root)?;
    let findings = check(&tree)?;
    for finding in &findings {
        println!("{finding}");
    }
    let files = tree.files().len();
    if findings.is_empty() {
        println!("tidy: {files} files, nothing found");
        return Ok(());
    }
    let why = format!("tidy: {} findings in {files} files", findings.len());
    Err(Failure::new(why).repeated_by("cargo xtask tidy"))
}

/// All findings in the tree, sorted. A tree without Rust is an error: nothing was checked.
pub(crate) fn check(tree: &Tree) -> Result<Vec<Finding>, Failure> {
    if tree.files().iter().all(|file| !tree::has_extension(&file.path, "rs")) {
        return Err(Failure::new("tidy: no .rs file found, so nothing was checked"));
    }
    let (manifests, mut findings) = Manifests::read(tree);
    findings.extend(rules::layers::check(&manifests));
    findings.extend(rules::manifests::check(&manifests));
    findings.extend(rules::names::crowded_folders(tree.files().iter().map(|f| f.path.as_str())));
    for file in tree.files() {
        findings.extend(rules::names::vague_name(&file.path));
        if file.text.is_none() && tree::has_extension(&file.path, "rs") {
            findings.push(Finding::new(&file.path, 1, "parse", "is not UTF-8; save it as UTF-8"));
        }
    }
    for (path, text) in tree.texts() {
        findings.extend(rules::machine_paths::check(path, text));
    }
    for (path, text) in tree.texts_with("md") {
        findings.extend(rules::links::check(path, text, &|target| tree.knows(target)));
        findings.extend(rules::docs::ignored_fences_in_markdown(path, text));
    }
    for (path, text) in tree.texts_with("rs") {
        match Source::parse(path, text) {
            Ok(source) => {
                findings.extend(rules::of_source().iter().flat_map(|rule| rule(&source)));
            }
            Err(finding) => findings.push(finding),
        }
    }
    findings.sort();
    findings.dedup();
    Ok(findings)
}
