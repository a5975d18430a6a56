//! What holds of every tree, whatever is in it.

use npivot_tree::{Errno, Node, Tree};

/// What was found in a whole tree.
#[derive(Debug, Default)]
pub(crate) struct Census {
    pub(crate) dirs: usize,
    pub(crate) files: usize,
    pub(crate) links: usize,
}

/// Goes through a tree: names are sorted and unique, each can be looked at, files answer as their modes
/// say, links lead to something in the tree and to what their text says.
pub(crate) fn check(tree: &Tree<'_>) -> Census {
    let mut census = Census::default();
    visit(tree, "", &mut census);
    census
}

fn visit(tree: &Tree<'_>, dir: &str, census: &mut Census) {
    census.dirs += 1;
    let names = tree.list(dir).unwrap();
    assert!(names.is_sorted_by(|a, b| a < b), "{dir}: {names:?}");
    for name in names {
        assert!(!name.is_empty() && !name.contains('/'), "{dir}: {name:?}");
        let path = if dir.is_empty() { name } else { format!("{dir}/{name}") };
        match tree.look(&path).unwrap_or_else(|errno| panic!("{path}: {errno}")) {
            Node::Dir => {
                assert_eq!(tree.read(&path), Err(Errno::EISDIR));
                assert_eq!(tree.link(&path), Err(Errno::EINVAL));
                assert_eq!(tree.canonical(&path).as_deref(), Ok(&*path));
                visit(tree, &path, census);
            }
            Node::Link { text } => {
                census.links += 1;
                assert_eq!(tree.link(&path).as_deref(), Ok(&*text));
                let there = tree.canonical(&format!("{dir}/{text}"));
                assert_eq!(tree.canonical(&path), there, "{path} -> {text}");
                assert_eq!(tree.look(&there.unwrap()), Ok(Node::Dir), "{path} -> {text}");
            }
            Node::File { mode, .. } => {
                census.files += 1;
                let read = tree.read(&path);
                if mode & 0o400 == 0 {
                    assert_eq!(read, Err(Errno::EACCES), "{path}");
                } else {
                    assert!(read.is_ok_and(|content| content.len() <= 4096), "{path}");
                }
                if mode & 0o200 == 0 {
                    assert_eq!(tree.ask(&path, b"1"), Err(Errno::EACCES), "{path}");
                }
                assert_eq!(tree.look(&format!("{path}/x")), Err(Errno::ENOTDIR), "{path}");
            }
        }
    }
}
