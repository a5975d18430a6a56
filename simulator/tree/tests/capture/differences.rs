//! The reviewed list of what may differ.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::archive::{Entry, Phase};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct List {
    pub(crate) difference: Vec<Difference>,
}

/// Something that may differ, and must in at least one place.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Difference {
    /// The ends of the paths: names, with `*` for any part of one.
    pub(crate) paths: Vec<String>,
    pub(crate) what: What,
    /// Why that is right.
    pub(crate) reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum What {
    /// Both have the entry, with another content.
    Content,
    /// The tree has not what the kernel has.
    Missing,
    /// The tree has what the kernel has not.
    Extra,
    /// Both have it, as something else or with another mode.
    Kind,
}

/// What differs, by path.
pub(crate) fn compare(real: &Phase, ours: &Phase) -> BTreeSet<(String, What)> {
    let mut found = BTreeSet::new();
    for (path, entry) in real {
        let what = match (entry, ours.get(path)) {
            (_, None) => What::Missing,
            (real, Some(ours)) if real == ours => continue,
            (Entry::File(a, _), Some(Entry::File(b, _))) if a == b => What::Content,
            (Entry::Link(_), Some(Entry::Link(_))) => What::Content,
            _ => What::Kind,
        };
        found.insert((path.clone(), what));
    }
    let extra = ours.keys().filter(|path| !real.contains_key(*path));
    found.extend(extra.map(|path| (path.clone(), What::Extra)));
    found
}

impl Difference {
    /// The pattern among its own that allows this, if one does.
    pub(crate) fn allows(&self, path: &str, what: What) -> Option<&str> {
        let is_it = |pattern: &&String| what == self.what && matches(pattern, path);
        self.paths.iter().find(is_it).map(String::as_str)
    }
}

/// Whether a path ends in these names.
fn matches(pattern: &str, path: &str) -> bool {
    let mut names = path.rsplit('/');
    pattern.rsplit('/').all(|wanted| names.next().is_some_and(|name| one(wanted, name)))
}

fn one(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((head, tail)) => name.strip_prefix(head).is_some_and(|rest| {
            rest.char_indices()
                .map(|(at, _)| at)
                .chain([rest.len()])
                .any(|at| one(tail, &rest[at..]))
        }),
    }
}
