//! Every example of `examples/`, run as a reader of the documentation would.
//!
//! A scenario names a `topology`; it runs twice with the same seed and must print the same bytes.
//! Any other file is a topology, and must pass the command's own check.

use std::fs;
use std::path::Path;

use toml::Table;

use super::{Context, Outcome};
use crate::failure::Failure;
use crate::task::{Captured, Task};

/// The seed of both runs.
const SEED: &str = "7";

/// What an example file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Something to run on a topology.
    Scenario,
    /// A fabric.
    Topology,
}

/// Builds the command in release and runs every example with it.
pub(crate) fn run(context: &Context) -> Result<Outcome, Failure> {
    let root = &context.root;
    let files = files_with(&root.join("examples"), "toml")?;
    if files.is_empty() {
        return Err(Failure::new("examples/ has no .toml file: nothing was run"));
    }
    Task::cargo(["build", "--release", "-p", "npivot-cli", "--bin", "npivot"]).run(root)?;
    let failures = files.iter().filter_map(|file| run_one(root, file).err()).collect();
    Failure::all(failures).map(|()| Outcome::Passed)
}

/// The names of the files with this extension that stand in a folder, sorted. No folder, no files.
pub(crate) fn files_with(folder: &Path, extension: &str) -> Result<Vec<String>, Failure> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(Vec::new());
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry
            .map_err(|cause| Failure::new(format!("reading {}: {cause}", folder.display())))?;
        let path = entry.path();
        if path.is_file() && path.extension().is_some_and(|found| found == extension) {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

fn run_one(root: &Path, name: &str) -> Result<(), Failure> {
    let file = format!("examples/{name}");
    let text = fs::read_to_string(root.join(&file))
        .map_err(|cause| Failure::new(format!("{file}: {cause}")))?;
    let kind = kind_of(&text).map_err(|cause| Failure::new(format!("{file}: {cause}")))?;
    let task = task_for(kind, &file);
    println!("$ {}", task.shown());
    let first = must_succeed(&task, &file, task.capture(root)?)?;
    if kind == Kind::Scenario {
        let second = must_succeed(&task, &file, task.capture(root)?)?;
        if let Some(difference) = difference(&first, &second) {
            let why = format!("{file}: two runs with seed {SEED} differ {difference}");
            return Err(task.failure(why));
        }
        let lines = first.split(|byte| *byte == b'\n').count() - 1;
        println!("  {file}: two runs, alike in {lines} lines");
    } else {
        println!("  {file}: a sound topology");
    }
    Ok(())
}

fn kind_of(text: &str) -> Result<Kind, toml::de::Error> {
    let table: Table = text.parse()?;
    Ok(if table.contains_key("topology") { Kind::Scenario } else { Kind::Topology })
}

fn task_for(kind: Kind, file: &str) -> Task {
    let cargo = ["run", "--release", "--quiet", "-p", "npivot-cli", "--bin", "npivot", "--"];
    let command: &[&str] = match kind {
        Kind::Scenario => &["run", file, "--seed", SEED],
        Kind::Topology => &["fabric", "check", file],
    };
    Task::cargo(cargo.iter().chain(command).copied())
}

/// The standard output, when the command ended well.
fn must_succeed(task: &Task, file: &str, captured: Captured) -> Result<Vec<u8>, Failure> {
    if captured.status.success() {
        return Ok(captured.stdout);
    }
    print!("{}", String::from_utf8_lossy(&captured.stdout));
    eprint!("{}", String::from_utf8_lossy(&captured.stderr));
    Err(task.failure(format!("{file}: ended with {}", captured.status)))
}

/// How two runs of a scenario disagree. Two that print nothing agree about nothing.
fn difference(first: &[u8], second: &[u8]) -> Option<String> {
    if first.is_empty() && second.is_empty() {
        return Some("in nothing, as neither printed anything".to_owned());
    }
    if first == second {
        return None;
    }
    let lines = |bytes: &[u8]| -> Vec<String> {
        bytes
            .split(|byte| *byte == b'\n')
            .map(|l| String::from_utf8_lossy(l).into_owned())
            .collect()
    };
    let (first, second) = (lines(first), lines(second));
    let at = first.iter().zip(&second).position(|(a, b)| a != b);
    let at = at.unwrap_or(first.len().min(second.len()));
    let show = |lines: &[String]| lines.get(at).map_or("no line".to_owned(), |l| format!("{l:?}"));
    Some(format!("from line {}: {} and {}", at + 1, show(&first), show(&second)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_names_a_topology() {
        assert_eq!(kind_of("topology = \"a.toml\"\n[run]\n").unwrap(), Kind::Scenario);
        assert_eq!(kind_of("[topology]\nswitches = 2\n").unwrap(), Kind::Scenario);
        assert_eq!(kind_of("[fabric]\ntopology = 1\n").unwrap(), Kind::Topology);
        assert!(kind_of("topology = \n").is_err());
    }

    #[test]
    fn examples_are_run_as_documented() {
        let shown = |kind| task_for(kind, "examples/a.toml").shown();
        let cargo = "cargo run --release --quiet -p npivot-cli --bin npivot --";
        assert_eq!(shown(Kind::Scenario), format!("{cargo} run examples/a.toml --seed 7"));
        assert_eq!(shown(Kind::Topology), format!("{cargo} fabric check examples/a.toml"));
    }

    #[test]
    fn runs_are_compared_byte_for_byte() {
        assert_eq!(difference(b"a\nb\n", b"a\nb\n"), None);
        let changed = difference(b"a\nb\n", b"a\nc\n").unwrap();
        assert_eq!(changed, "from line 2: \"b\" and \"c\"");
        let shorter = difference(b"a\nb", b"a").unwrap();
        assert_eq!(shorter, "from line 2: \"b\" and no line");
        assert!(difference(b"a\n", b"a").is_some());
        assert!(difference(b"", b"").is_some(), "a run that prints nothing proves nothing");
    }

    #[test]
    fn a_missing_folder_has_no_files() {
        assert_eq!(files_with(Path::new("no/such/folder"), "rs"), Ok(vec![]));
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        assert_eq!(files_with(&here, "rs").unwrap()[0], "cache.rs");
    }
}
