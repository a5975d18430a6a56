//! The files that belong to the repository.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::failure::Failure;
use crate::task::Task;

/// One file. Paths are relative to the root and use `/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct File {
    /// Where it is.
    pub(crate) path: String,
    /// What it says, or `None` when that is not UTF-8 text.
    pub(crate) text: Option<String>,
}

/// All files of the repository, sorted by path.
#[derive(Debug)]
pub(crate) struct Tree {
    files: Vec<File>,
    /// Every file and every folder above one, without a trailing `/`; the root is "".
    known: BTreeSet<String>,
}

impl Tree {
    /// A tree of these files.
    pub(crate) fn new(mut files: Vec<File>) -> Self {
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let mut known = BTreeSet::new();
        for file in &files {
            let mut path = file.path.as_str();
            while known.insert(path.to_owned()) && !path.is_empty() {
                path = parent(path);
            }
        }
        Self { files, known }
    }

    /// What git tracks under `root`, and what it would track if asked to add everything.
    pub(crate) fn read(root: &Path) -> Result<Self, Failure> {
        let list = Task::new("git", ["ls-files", "-z", "-c", "-o", "--exclude-standard"]);
        let listed = list.capture(root)?;
        if !listed.status.success() {
            let said = String::from_utf8_lossy(&listed.stderr);
            return Err(list.failure(format!("git did not list the files: {}", said.trim())));
        }
        let mut files = Vec::new();
        for path in listed.stdout.split(|byte| *byte == 0).filter(|path| !path.is_empty()) {
            let path = String::from_utf8_lossy(path).into_owned();
            let at = root.join(&path);
            // A tracked file may be deleted, a link or a submodule: nothing to read there.
            if !fs::symlink_metadata(&at).is_ok_and(|meta| meta.is_file()) {
                continue;
            }
            let bytes = fs::read(&at).map_err(|e| Failure::new(format!("reading {path}: {e}")))?;
            files.push(File { path, text: String::from_utf8(bytes).ok() });
        }
        // A file in conflict is listed once per side.
        files.dedup_by(|a, b| a.path == b.path);
        Ok(Self::new(files))
    }

    /// All files, sorted by path.
    pub(crate) fn files(&self) -> &[File] {
        &self.files
    }

    /// The text files: path and text.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().filter_map(|f| Some((f.path.as_str(), f.text.as_deref()?)))
    }

    /// The text files whose name ends with `.extension`.
    pub(crate) fn texts_with(&self, extension: &str) -> impl Iterator<Item = (&str, &str)> {
        self.texts().filter(move |(path, _)| has_extension(path, extension))
    }

    /// Whether there is such a file or folder.
    pub(crate) fn knows(&self, path: &str) -> bool {
        self.known.contains(path)
    }
}

/// The folder above `path`; "" is the root.
pub(crate) fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The last part of `path`.
pub(crate) fn name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// Whether the file name at the end of `path` is `something.extension`.
pub(crate) fn has_extension(path: &str, extension: &str) -> bool {
    name(path).rsplit_once('.').is_some_and(|(_, ext)| ext == extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_known_through_their_files() {
        let file = |path: &str| File { path: path.to_owned(), text: None };
        let tree = Tree::new(vec![file("b/c/d.md"), file("a.rs")]);
        for path in ["", "b", "b/c", "b/c/d.md", "a.rs"] {
            assert!(tree.knows(path), "{path}");
        }
        assert!(!tree.knows("c"));
        assert_eq!(tree.files()[0].path, "a.rs");
    }

    #[test]
    fn extension_and_name_are_of_the_last_part() {
        assert!(has_extension("a.b/c.rs", "rs"));
        assert!(!has_extension("a.rs/c", "rs"));
        assert_eq!((parent("a/b/c"), name("a/b/c")), ("a/b", "c"));
        assert_eq!((parent("c"), name("c")), ("", "c"));
    }
}
