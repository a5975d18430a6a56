//! A tree as entries by path, to be compared with the capture.

use npivot_tree::{Errno, Node, Tree};

use crate::archive::{Entry, Phase};

/// What the capture left out, by name.
const LEFT_OUT: [&str; 6] = ["power", "trace", "queue", "integrity", "inflight", "mq"];

/// The whole tree below these directories.
pub(crate) fn entries(tree: &Tree<'_>, roots: &[&str]) -> Phase {
    let mut phase = Phase::new();
    for root in roots {
        visit(tree, root, &mut phase);
    }
    phase
}

fn visit(tree: &Tree<'_>, dir: &str, phase: &mut Phase) {
    for name in tree.list(dir).unwrap() {
        let path = format!("{dir}/{name}");
        let entry = match tree.look(&path).unwrap() {
            Node::Dir => Entry::Dir,
            Node::Link { text } => Entry::Link(text),
            Node::File { mode, .. } => Entry::File(
                mode,
                match tree.read(&path) {
                    Ok(content) => Some(content),
                    Err(errno) => {
                        assert_eq!((mode, errno), (0o200, Errno::EACCES), "{path}");
                        None
                    }
                },
            ),
        };
        let is_dir = entry == Entry::Dir;
        phase.insert(path.clone(), entry);
        // The capture names the directories that it leaves out, and nothing in them.
        if is_dir && !LEFT_OUT.contains(&name.as_str()) {
            visit(tree, &path, phase);
        }
    }
}
