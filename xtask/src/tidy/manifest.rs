//! A `Cargo.toml`, as far as the rules read it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use toml::{Spanned, Table, Value};

use super::finding::Finding;
use super::tree::Tree;

/// Dependencies by key, which is the package's name unless the value says otherwise.
pub(crate) type Dependencies = BTreeMap<Spanned<String>, Value>;

/// A `Cargo.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub(crate) struct Manifest {
    /// `[package]`; absent in a workspace without a root package.
    pub(crate) package: Option<Package>,
    /// `[workspace]`.
    pub(crate) workspace: Option<Workspace>,
    /// `[lints]`.
    pub(crate) lints: Table,
    dependencies: Dependencies,
    build_dependencies: Dependencies,
    dev_dependencies: Dependencies,
    target: BTreeMap<String, ForTarget>,
}

/// `[package]`.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    /// Its name, and where that stands.
    pub(crate) name: Spanned<String>,
    /// Its description, or that it inherits one.
    pub(crate) description: Option<Value>,
    /// Its licence, or that it inherits one.
    pub(crate) license: Option<Value>,
}

/// `[workspace]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Workspace {
    /// Folders that are not of this workspace.
    pub(crate) exclude: Vec<String>,
    /// `[workspace.lints]`.
    pub(crate) lints: Table,
    /// `[workspace.dependencies]`.
    pub(crate) dependencies: BTreeMap<String, Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
struct ForTarget {
    dependencies: Dependencies,
    build_dependencies: Dependencies,
    dev_dependencies: Dependencies,
}

/// A dependency as written: where its key stands (bytes from the start), its key and its value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dependency<'a> {
    /// Where the key stands, in bytes.
    pub(crate) offset: usize,
    /// Its key.
    pub(crate) key: &'a str,
    /// A version, or a table.
    pub(crate) value: &'a Value,
    /// Whether only tests, benches and examples see it.
    pub(crate) dev: bool,
}

impl Manifest {
    /// Every dependency: normal, build and dev, for every target.
    pub(crate) fn dependencies(&self) -> impl Iterator<Item = Dependency<'_>> {
        let normal = [&self.dependencies, &self.build_dependencies];
        let targets = self.target.values();
        let normal = normal.into_iter().chain(
            targets.clone().flat_map(|target| [&target.dependencies, &target.build_dependencies]),
        );
        let dev = std::iter::once(&self.dev_dependencies)
            .chain(targets.map(|target| &target.dev_dependencies));
        normal.map(|table| (table, false)).chain(dev.map(|table| (table, true))).flat_map(
            |(table, dev)| {
                table.iter().map(move |(key, value)| Dependency {
                    offset: key.span().start,
                    key: key.get_ref(),
                    value,
                    dev,
                })
            },
        )
    }
}

/// One package's manifest in the tree.
#[derive(Debug)]
pub(crate) struct Member<'a> {
    /// Where the manifest is.
    pub(crate) path: &'a str,
    /// What it says.
    pub(crate) text: &'a str,
    /// What that means.
    pub(crate) manifest: Manifest,
    /// Whether the root workspace leaves it out, as it does with `fuzz/`.
    pub(crate) excluded: bool,
}

impl Member<'_> {
    /// A finding at a byte of this manifest.
    pub(crate) fn finding(
        &self,
        offset: usize,
        rule: &'static str,
        what: impl Into<String>,
    ) -> Finding {
        Finding::new(self.path, line_at(self.text, offset), rule, what)
    }
}

/// Every manifest of the tree, and what the root one says for all of them.
#[derive(Debug, Default)]
pub(crate) struct Manifests<'a> {
    /// Sorted by path.
    pub(crate) members: Vec<Member<'a>>,
    /// `[workspace]` of the root manifest.
    pub(crate) workspace: Workspace,
    /// The names of all packages in the tree.
    pub(crate) packages: BTreeSet<String>,
}

impl<'a> Manifests<'a> {
    /// Reads every `Cargo.toml`; one that cannot be read is a finding.
    pub(crate) fn read(tree: &'a Tree) -> (Self, Vec<Finding>) {
        let (mut all, mut findings) = (Self::default(), Vec::new());
        for (path, text) in tree.texts_with("toml") {
            if super::tree::name(path) != "Cargo.toml" {
                continue;
            }
            match toml::from_str::<Manifest>(text) {
                Ok(manifest) => {
                    all.members.push(Member { path, text, manifest, excluded: false });
                }
                Err(cause) => {
                    let line = line_at(text, cause.span().map_or(0, |span| span.start));
                    let what = format!("is no manifest: {}; make cargo read it", cause.message());
                    findings.push(Finding::new(path, line, "parse", what));
                }
            }
        }
        if let Some(root) = all.members.iter_mut().find(|member| member.path == "Cargo.toml") {
            all.workspace = root.manifest.workspace.take().unwrap_or_default();
        }
        for member in &mut all.members {
            member.excluded = all.workspace.exclude.iter().any(|folder| {
                let folder = format!("{}/", folder.trim_end_matches('/'));
                member.path.starts_with(&folder)
            });
            if let Some(package) = &member.manifest.package {
                all.packages.insert(package.name.get_ref().clone());
            }
        }
        (all, findings)
    }

    /// The name of the package that a dependency means.
    pub(crate) fn package_of<'d>(&'d self, dependency: Dependency<'d>) -> &'d str {
        let named = |value: &'d Value| value.get("package").and_then(Value::as_str);
        let inherited = is_inherited(Some(dependency.value));
        named(dependency.value)
            .or_else(|| {
                let shared = self.workspace.dependencies.get(dependency.key);
                shared.filter(|_| inherited).and_then(named)
            })
            .unwrap_or(dependency.key)
    }
}

/// Whether a manifest's value is `{ workspace = true }`.
pub(crate) fn is_inherited(value: Option<&Value>) -> bool {
    value.and_then(|value| value.get("workspace")).and_then(Value::as_bool) == Some(true)
}

/// The line, from 1, of the byte at `offset`.
fn line_at(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}
