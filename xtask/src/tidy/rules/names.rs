//! What files may be called, and how many share a folder.

use std::collections::BTreeMap;

use crate::tidy::finding::Finding;
use crate::tidy::tree::{has_extension, name, parent};

/// Names that say nothing about what a file holds.
const VAGUE: [&str; 7] = ["common", "helper", "helpers", "misc", "util", "utilities", "utils"];

/// The most `.rs` files that share a folder.
const FOLDER_FILES: usize = 9;

/// `vague-name`: a module is called after what it holds.
pub(crate) fn vague_name(path: &str) -> Option<Finding> {
    if !has_extension(path, "rs") {
        return None;
    }
    let stem = name(path).trim_end_matches(".rs");
    let module = if stem == "mod" { name(parent(path)) } else { stem };
    let what = format!("`{module}` says nothing; name it after what it holds, or split it");
    VAGUE.contains(&module).then(|| Finding::new(path, 1, "vague-name", what))
}

/// `crowded-folder`: at most nine `.rs` files share a folder.
pub(crate) fn crowded_folders<'a>(paths: impl Iterator<Item = &'a str>) -> Vec<Finding> {
    let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
    for path in paths.filter(|path| has_extension(path, "rs")) {
        *folders.entry(parent(path)).or_default() += 1;
    }
    let crowded = folders.into_iter().filter(|(_, files)| *files > FOLDER_FILES);
    crowded
        .map(|(folder, files)| {
            let folder = if folder.is_empty() { "." } else { folder };
            let what = format!(
                "holds {files} .rs files, more than {FOLDER_FILES}; group some in a subfolder"
            );
            Finding::new(folder, 1, "crowded-folder", what)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_what_is_inside() {
        for bad in ["src/utils.rs", "helpers.rs", "a/misc.rs", "tests/common/mod.rs", "util.rs"] {
            assert!(vague_name(bad).is_some(), "{bad}");
        }
        for good in ["src/wwn.rs", "common/wwn.rs", "docs/common.md", "src/common_transport.rs"] {
            assert_eq!(vague_name(good), None, "{good}");
        }
    }

    #[test]
    fn a_folder_holds_at_most_nine() {
        let paths = |count: usize| -> Vec<String> {
            let others = ["a/b/x.rs", "a/x.md", "x.rs"].map(str::to_owned);
            (0..count).map(|n| format!("a/f{n}.rs")).chain(others).collect()
        };
        let crowded = |count| crowded_folders(paths(count).iter().map(String::as_str));
        assert_eq!(crowded(9), []);
        assert_eq!(crowded(10).len(), 1);
        assert_eq!(crowded(10)[0].path, "a");
    }
}
