//! Every package of the workspace states the same few things the same way.

use toml::{Table, Value};

use crate::tidy::finding::Finding;
use crate::tidy::manifest::{Manifests, Member, Package, is_inherited};

/// The rule's name.
const RULE: &str = "manifest";

/// `manifest`: a description, the workspace's licence and the workspace's lints. A package that
/// talks to the kernel cannot inherit the lints, which forbid unsafe code: it repeats them all and
/// differs in `unsafe_code` alone.
pub(crate) fn check(manifests: &Manifests<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for member in manifests.members.iter().filter(|member| !member.excluded) {
        let Some(package) = &member.manifest.package else {
            continue;
        };
        for what in faults(member, package, &manifests.workspace.lints) {
            findings.push(member.finding(package.name.span().start, RULE, what));
        }
    }
    findings
}

fn faults(member: &Member<'_>, package: &Package, shared: &Table) -> Vec<String> {
    let mut faults = Vec::new();
    let described = match &package.description {
        Some(Value::String(text)) => !text.trim().is_empty(),
        other => is_inherited(other.as_ref()),
    };
    if !described {
        faults.push("has no `description`; say in one line what the package is".to_owned());
    }
    if !is_inherited(package.license.as_ref()) {
        faults.push("does not inherit the licence; write `license.workspace = true`".to_owned());
    }
    let own = &member.manifest.lints;
    if own.get("workspace").and_then(Value::as_bool) != Some(true) {
        if own.is_empty() {
            faults.push("does not inherit the lints; add `[lints] workspace = true`".to_owned());
        } else if let Some(lint) = differing_lint(own, shared) {
            faults.push(format!(
                "has lints of its own and `{lint}` is not as in [workspace.lints]; only \
                 rust::unsafe_code may differ, in a package that talks to the kernel"
            ));
        }
    }
    faults
}

/// A lint of the workspace, other than the exception, that `own` does not repeat.
fn differing_lint(own: &Table, shared: &Table) -> Option<String> {
    for (tool, lints) in shared {
        for (lint, level) in lints.as_table()? {
            let same = own.get(tool).and_then(|lints| lints.get(lint)) == Some(level);
            if !same && (tool.as_str(), lint.as_str()) != ("rust", "unsafe_code") {
                return Some(format!("{tool}::{lint}"));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::{File, Tree};

    const ROOT: &str = "[workspace]\nexclude = [\"fuzz\"]\n[workspace.lints.rust]\n\
        missing_docs = \"warn\"\nunsafe_code = \"forbid\"\n";
    const GOOD: &str = "[package]\nname = \"a\"\ndescription = \"A.\"\n\
        license.workspace = true\n[lints]\nworkspace = true\n";

    fn found(path: &str, manifest: &str) -> Vec<String> {
        let file = |path: &str, text: &str| File { path: path.into(), text: Some(text.into()) };
        let tree = Tree::new(vec![file("Cargo.toml", ROOT), file(path, manifest)]);
        let (manifests, unread) = Manifests::read(&tree);
        assert_eq!(unread, []);
        check(&manifests).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_complete_manifest_passes() {
        assert_eq!(found("a/Cargo.toml", GOOD), [""; 0]);
        let inherited = GOOD.replace("description = \"A.\"", "description.workspace = true");
        assert_eq!(found("a/Cargo.toml", &inherited), [""; 0]);
    }

    #[test]
    fn what_is_missing_is_found() {
        for (from, to, says) in [
            ("description = \"A.\"\n", "", "no `description`"),
            ("\"A.\"", "\" \"", "no `description`"),
            ("license.workspace = true", "license = \"MIT\"", "licence"),
            ("license.workspace = true\n", "", "licence"),
            ("[lints]\nworkspace = true\n", "", "does not inherit the lints"),
            ("workspace = true\n", "workspace = false\n", "lints of its own"),
        ] {
            let at = GOOD.rfind(from).unwrap();
            let manifest = format!("{}{to}{}", &GOOD[..at], &GOOD[at + from.len()..]);
            let found = found("a/Cargo.toml", &manifest);
            assert_eq!(found.len(), 1, "{manifest}: {found:?}");
            assert!(found[0].starts_with("a/Cargo.toml:2: manifest: "), "{found:?}");
            assert!(found[0].contains(says), "{found:?}");
        }
    }

    #[test]
    fn own_lints_differ_in_unsafe_code_alone() {
        let with = |lints: &str| {
            let (before, _) = GOOD.split_once("[lints]").unwrap();
            found("a/Cargo.toml", &format!("{before}[lints.rust]\n{lints}"))
        };
        assert_eq!(with("missing_docs = \"warn\"\nunsafe_code = \"deny\"\n"), [""; 0]);
        assert_eq!(with("missing_docs = \"allow\"\nunsafe_code = \"deny\"\n").len(), 1);
        assert_eq!(with("unsafe_code = \"deny\"\n").len(), 1);
    }

    #[test]
    fn another_workspace_is_its_own_business() {
        assert_eq!(found("fuzz/Cargo.toml", "[package]\nname = \"f\"\n"), [""; 0]);
        assert_eq!(found("fuzzy/Cargo.toml", "[package]\nname = \"f\"\n").len(), 3);
    }
}
