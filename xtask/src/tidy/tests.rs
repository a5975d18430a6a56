//! The whole check over small trees: made up in memory, and one in a folder with git.

use std::fs;
use std::path::{Path, PathBuf};
use std::process;

use super::tree::{File, Tree};
use super::{check, run};
use crate::task::Task;

const MANIFEST: &str = "[package]\nname = \"xtask\"\ndescription = \"A.\"\n\
    license.workspace = true\n[lints]\nworkspace = true\n";

/// A folder that is gone when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("npivot-{name}-{}", process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, path: &str, text: &[u8]) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).unwrap();
        fs::write(path, text).unwrap();
    }

    fn git(&self, args: &[&str]) {
        let done = Task::new("git", args.iter().copied()).capture(&self.0).unwrap();
        assert!(done.status.success(), "{done:?}");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // The system's temporary folder is cleaned by others too.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn tree(files: &[(&str, &str)]) -> Tree {
    let file =
        |(path, text): &(&str, &str)| File { path: (*path).into(), text: Some((*text).into()) };
    Tree::new(files.iter().map(file).collect())
}

#[test]
fn nothing_to_check_is_an_error() {
    assert!(check(&tree(&[("README.md", "# A\n")])).unwrap_err().why.contains("no .rs file"));
}

#[test]
fn findings_are_sorted_lines() {
    let machine = format!("//! A.\n// /{}/me\n", "home");
    let found = check(&tree(&[
        ("src/b.rs", "//! B.\nfn f() { todo!() }\n"),
        ("src/a.rs", &machine),
        ("src/misc.rs", ""),
        ("README.md", "[gone](gone.md)\n"),
        ("Cargo.toml", "[package\n"),
    ]))
    .unwrap();
    let lines: Vec<String> = found
        .iter()
        .map(|finding| format!("{}:{}: {}", finding.path, finding.line, finding.rule))
        .collect();
    assert_eq!(
        lines,
        [
            "Cargo.toml:1: parse",
            "README.md:1: dead-link",
            "src/a.rs:2: machine-path",
            "src/b.rs:2: unfinished",
            "src/misc.rs:1: module-doc",
            "src/misc.rs:1: vague-name",
        ]
    );
}

#[test]
fn a_folder_is_read_as_git_sees_it() {
    let folder = Folder::new("tidy");
    folder.write("Cargo.toml", b"[workspace]\nmembers = [\"xtask\"]\n");
    folder.write("xtask/Cargo.toml", MANIFEST.as_bytes());
    folder.write("xtask/src/main.rs", b"//! A.\nfn main() {}\n");
    folder.write("xtask/src/deleted.rs", b"gone before the check\n");
    folder.write(".gitignore", b"/target\n");
    folder.write("target/generated.rs", b"fn no_module_doc() {}\n");
    folder.write("capture.bin", &[0xff, 0xfe, 0x00]);
    folder.git(&["init", "--quiet"]);
    folder.git(&["add", "."]);
    fs::remove_file(folder.0.join("xtask/src/deleted.rs")).unwrap();
    assert_eq!(run(&folder.0), Ok(()));

    // Not tracked yet, and not UTF-8: both are seen.
    folder.write("xtask/src/utils.rs", b"//! B.\n");
    folder.write("xtask/src/latin.rs", b"//! \xe9\n");
    let failure = run(&folder.0).unwrap_err();
    assert!(failure.why.contains("2 findings"), "{failure}");
    let found = check(&Tree::read(&folder.0).unwrap()).unwrap();
    assert_eq!(found[0].path, "xtask/src/latin.rs");
    assert_eq!(
        found[1].to_string(),
        "xtask/src/utils.rs:1: vague-name: `utils` says nothing; name it after what it holds, or \
         split it"
    );
}

#[test]
fn a_folder_that_git_does_not_know_is_an_error() {
    let folder = Folder::new("tidy-no-git");
    folder.write("a.rs", b"//! A.\n");
    assert!(run(&folder.0).unwrap_err().why.contains("git did not list the files"));
}
