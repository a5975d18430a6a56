//! No file knows where somebody's machine keeps things.

use crate::tidy::finding::Finding;

/// Folders at the root of a machine that belong to whoever works there.
const PRIVATE: [&str; 4] = ["home", "root", "work", "Users"];

/// `machine-path`: no absolute path that exists only on its author's machine.
pub(crate) fn check(path: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, line) in text.lines().enumerate() {
        for folder in PRIVATE {
            let wanted = format!("/{folder}/");
            let starts = line.match_indices(&wanted).map(|(start, _)| start);
            if starts.into_iter().any(|start| is_absolute(&line[..start])) {
                let what = format!(
                    "`{wanted}` exists only on somebody's machine; use a path relative to the \
                     repository, or one a reader chooses"
                );
                findings.push(Finding::new(path, at + 1, "machine-path", what));
            }
        }
    }
    findings
}

/// Whether a `/` after `before` starts a path, and does not go on with one.
fn is_absolute(before: &str) -> bool {
    let goes_on = |c: char| c.is_alphanumeric() || "_-.~/}])*$%?".contains(c);
    before.ends_with("://") || !before.ends_with(goes_on)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(before: &str, folder: &str) -> usize {
        check("a.md", &format!("first\n{before}/{folder}/rest of it\n")).len()
    }

    #[test]
    fn an_absolute_path_of_a_machine_is_found() {
        for folder in PRIVATE {
            for before in ["", "\"", "see ", "(", "A=", "file://", "sysfs:", "<path>", "`"] {
                assert_eq!(found(before, folder), 1, "{before}/{folder}/");
            }
        }
        let text = format!("a\n\nb /{}/c", PRIVATE[0]);
        assert_eq!(check("a.md", &text)[0].line, 3);
    }

    #[test]
    fn other_paths_are_not() {
        for before in ["target", "https://example.org", "..", "{root}", "$(pwd)", "~", "*", "/x"] {
            assert_eq!(found(before, "home"), 0, "{before}");
        }
        for folder in ["sys", "workshop", "homes", "usr"] {
            assert_eq!(found("", folder), 0, "{folder}");
        }
    }
}
