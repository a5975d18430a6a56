//! Who may know whom: the arrows of the architecture, as a table.

use crate::tidy::finding::Finding;
use crate::tidy::manifest::{Dependency, Manifests, Member};

/// The rule's name.
const RULE: &str = "layers";

/// Each package of the workspace, and the packages of ours that it may depend on. Dev-dependencies
/// are free, but for [`BACKENDS`].
const MAY_USE: [(&str, &[&str]); 11] = [
    ("npivot-hal", &[]),
    ("npivot-conformance", &["npivot-hal"]),
    ("npivot-sysfs", &["npivot-hal"]),
    ("npivot-plugin", &["npivot-hal"]),
    ("npivot-fabric", &["npivot-hal"]),
    ("npivot-wire", &["npivot-fabric", "npivot-hal"]),
    ("npivot-tree", &["npivot-fabric", "npivot-hal"]),
    ("npivot", &["npivot-hal"]),
    (
        "npivot-lab",
        &[
            "npivot",
            "npivot-hal",
            "npivot-conformance",
            "npivot-sysfs",
            "npivot-fabric",
            "npivot-wire",
            "npivot-tree",
        ],
    ),
    (
        "npivot-cli",
        &[
            "npivot-lab",
            "npivot",
            "npivot-hal",
            "npivot-conformance",
            "npivot-fabric",
            "npivot-wire",
            "npivot-tree",
            "npivot-sysfs",
            "npivot-plugin",
        ],
    ),
    ("xtask", &[]),
];

/// Implementations of the HAL for something real. They never see each other or the simulator, not
/// even in tests: what holds for all of them is in the conformance suite.
const BACKENDS: [&str; 2] = ["npivot-sysfs", "npivot-plugin"];
const SIMULATOR: [&str; 3] = ["npivot-fabric", "npivot-wire", "npivot-tree"];

/// `layers`: dependencies between our packages go only where the architecture has an arrow.
pub(crate) fn check(manifests: &Manifests<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for member in manifests.members.iter().filter(|member| !member.excluded) {
        let Some(package) = &member.manifest.package else {
            continue;
        };
        let name = package.name.get_ref().as_str();
        let Some((_, allowed)) = MAY_USE.iter().find(|(known, _)| *known == name) else {
            let what = format!(
                "the architecture does not know `{name}`; add it to the table in {} with what it \
                 may depend on",
                file!()
            );
            findings.push(member.finding(package.name.span().start, RULE, what));
            continue;
        };
        findings.extend(wrong_arrows(member, name, allowed, manifests));
    }
    findings
}

fn wrong_arrows(
    member: &Member<'_>,
    name: &str,
    allowed: &[&str],
    manifests: &Manifests<'_>,
) -> Vec<Finding> {
    let wrong = member.manifest.dependencies().filter_map(|dependency: Dependency<'_>| {
        let target = manifests.package_of(dependency);
        let ours = manifests.packages.contains(target)
            || MAY_USE.iter().any(|(package, _)| *package == target);
        if !ours || target == name {
            return None;
        }
        let what = if !dependency.dev && !allowed.contains(&target) {
            let may =
                if allowed.is_empty() { "none of ours".to_owned() } else { allowed.join(", ") };
            format!(
                "`{name}` may not depend on `{target}`, only on {may}; move the code, or turn \
                     the dependency round with a trait"
            )
        } else if dependency.dev && is_backend_seeing_another(name, target) {
            format!(
                "the backend `{name}` may not see `{target}`, not even in tests; test both \
                     through npivot-conformance"
            )
        } else {
            return None;
        };
        Some(member.finding(dependency.offset, RULE, what))
    });
    wrong.collect()
}

fn is_backend_seeing_another(name: &str, target: &str) -> bool {
    BACKENDS.contains(&name) && (BACKENDS.contains(&target) || SIMULATOR.contains(&target))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::{File, Tree};

    const ROOT: &str = "[workspace]\nexclude = [\"fuzz\"]\n[workspace.dependencies]\n\
        sim = { path = \"simulator/fabric\", package = \"npivot-fabric\" }\n";

    fn found(path: &str, name: &str, dependencies: &str) -> Vec<Finding> {
        let file = |path: &str, text: String| File { path: path.into(), text: Some(text) };
        let manifest = format!("[package]\nname = \"{name}\"\n{dependencies}");
        let tree = Tree::new(vec![file("Cargo.toml", ROOT.into()), file(path, manifest)]);
        let (manifests, unread) = Manifests::read(&tree);
        assert_eq!(unread, []);
        check(&manifests)
    }

    #[test]
    fn arrows_of_the_architecture_pass() {
        for (name, dependencies) in [
            ("npivot-hal", "[dependencies]\nserde = \"1\"\n"),
            ("npivot-hal", "[dev-dependencies]\nnpivot-conformance = { path = \"x\" }\n"),
            ("npivot-fabric", "[dependencies]\nnpivot-hal.workspace = true\n"),
            ("npivot", "[dev-dependencies]\nsim.workspace = true\n"),
            ("npivot-lab", "[dependencies]\nsim.workspace = true\nnpivot.workspace = true\n"),
            ("npivot-cli", "[dependencies]\nnpivot-lab.workspace = true\n"),
            ("npivot-sysfs", "[dev-dependencies]\nnpivot-conformance = { path = \"x\" }\n"),
        ] {
            assert_eq!(found("a/Cargo.toml", name, dependencies), [], "{name} {dependencies}");
        }
    }

    #[test]
    fn arrows_the_other_way_are_found() {
        for (name, dependencies) in [
            ("npivot-hal", "[dependencies]\nnpivot-fabric = { path = \"x\" }\n"),
            ("npivot-hal", "[build-dependencies]\nnpivot = { path = \"x\" }\n"),
            ("npivot-fabric", "[dependencies]\nnpivot.workspace = true\n"),
            ("npivot-fabric", "[dependencies]\nnpivot-wire.workspace = true\n"),
            ("npivot", "[dependencies]\nsim.workspace = true\n"),
            ("npivot", "[dependencies]\nf = { path = \"x\", package = \"npivot-fabric\" }\n"),
            ("npivot", "[dependencies.npivot-sysfs]\npath = \"x\"\n"),
            ("npivot-lab", "[target.'cfg(unix)'.dependencies]\nnpivot-cli = { path = \"x\" }\n"),
            ("npivot-sysfs", "[dependencies]\nnpivot-conformance = { path = \"x\" }\n"),
            ("npivot-sysfs", "[dev-dependencies]\nsim.workspace = true\n"),
            ("npivot-sysfs", "[dev-dependencies]\nnpivot-plugin = { path = \"x\" }\n"),
            ("xtask", "[dependencies]\nnpivot-hal = { path = \"x\" }\n"),
        ] {
            let found = found("a/Cargo.toml", name, dependencies);
            assert_eq!(found.len(), 1, "{name} {dependencies} {found:?}");
            assert!(found[0].line >= 3, "{found:?}");
        }
    }

    #[test]
    fn an_unknown_package_must_be_placed() {
        let found_here = found("new/Cargo.toml", "npivot-new", "");
        assert_eq!((found_here.len(), found_here[0].line), (1, 2));
        assert!(found_here[0].what.contains("add it to the table in "));
        assert_eq!(found("fuzz/Cargo.toml", "npivot-fuzz", ""), []);
    }

    #[test]
    fn nobody_depends_on_the_chores() {
        let on_xtask = "[dependencies]\nxtask = { path = \"x\" }\n";
        for (name, allowed) in MAY_USE {
            assert!(!allowed.contains(&"xtask"), "{name}");
        }
        assert_eq!(found("a/Cargo.toml", "npivot-cli", on_xtask).len(), 1);
    }

    #[test]
    fn the_table_has_no_circle() {
        // Each package stands below everything it may use.
        for (at, (name, allowed)) in MAY_USE.iter().enumerate() {
            for used in *allowed {
                let below = MAY_USE.iter().position(|(package, _)| package == used);
                assert!(below.is_some_and(|below| below < at), "{name} uses {used}");
            }
        }
    }
}
