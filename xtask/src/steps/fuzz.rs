//! The fuzz targets: each for a short time in CI, or for longer by hand.
//!
//! libFuzzer writes what it discovers to the first folder of inputs it is given. In CI that is a
//! folder of the build's, so that a check leaves the repository as it was; `cargo xtask fuzz` adds
//! to the corpus.

use std::fs;
use std::path::Path;

use super::examples::files_with;
use super::{Context, Outcome};
use crate::failure::Failure;
use crate::task::Task;
use crate::tools::{self, Tool};

/// Where new inputs go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keep {
    /// To the build's folder.
    Aside,
    /// To the corpus.
    InCorpus,
}

/// Runs every target for [`Context::fuzz_seconds`].
pub(crate) fn smoke(context: &Context) -> Result<Outcome, Failure> {
    let targets = targets(&context.root)?;
    run(&context.root, &targets, context.fuzz_seconds, Keep::Aside).map(|()| Outcome::Passed)
}

/// `cargo xtask fuzz`: runs one target, or each in turn, and keeps what it discovers.
pub(crate) fn explore(root: &Path, target: Option<&str>, seconds: u32) -> Result<(), Failure> {
    let mut targets = targets(root)?;
    if let Some(wanted) = target {
        let all = targets.join(", ");
        targets.retain(|name| name == wanted);
        if targets.is_empty() {
            return Err(Failure::new(format!("no fuzz target `{wanted}`; there are {all}")));
        }
    }
    for tool in [Tool::Cxx, Tool::CargoFuzz] {
        tools::ensure(tool, root)?;
    }
    run(root, &targets, seconds, Keep::InCorpus)
}

/// The names of all targets: the binaries of fuzz/Cargo.toml. There must be one, and every file of the
/// rooms that has a target must be one, or it would never be run.
fn targets(root: &Path) -> Result<Vec<String>, Failure> {
    let manifest = root.join("fuzz/Cargo.toml");
    let text = fs::read_to_string(&manifest).unwrap_or_default();
    let table: toml::Table = toml::from_str(&text)
        .map_err(|cause| Failure::new(format!("reading {}: {cause}", manifest.display())))?;
    let binaries = table.get("bin").and_then(toml::Value::as_array).into_iter().flatten();
    let word = |binary: &toml::Value, key| binary.get(key)?.as_str().map(ToOwned::to_owned);
    let (mut names, paths): (Vec<String>, Vec<String>) =
        binaries.filter_map(|binary| Some((word(binary, "name")?, word(binary, "path")?))).unzip();
    if names.is_empty() {
        return Err(Failure::new("fuzz/Cargo.toml has no [[bin]]: nothing was fuzzed"));
    }
    for room in rooms(root) {
        for file in files_with(&root.join("fuzz/fuzz_targets").join(&room), "rs")? {
            let path = format!("fuzz_targets/{room}/{file}");
            let text = fs::read_to_string(root.join("fuzz").join(&path)).unwrap_or_default();
            if text.contains("fuzz_target!") && !paths.contains(&path) {
                let why = format!("{path} has no [[bin]] in fuzz/Cargo.toml: it would never run");
                return Err(Failure::new(why));
            }
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// The folders of fuzz/fuzz_targets.
fn rooms(root: &Path) -> Vec<String> {
    let entries = fs::read_dir(root.join("fuzz/fuzz_targets"));
    let entries = entries.into_iter().flatten().filter_map(Result::ok);
    let folders = entries.filter(|entry| entry.path().is_dir());
    folders.filter_map(|entry| entry.file_name().into_string().ok()).collect()
}

fn run(root: &Path, targets: &[String], seconds: u32, keep: Keep) -> Result<(), Failure> {
    let mut failures = Vec::new();
    for target in targets {
        let inputs = inputs(root, target, keep)?;
        let task = task_for(target, &inputs, seconds);
        if let Err(mut failure) = task.run(root) {
            failure.why = format!("{target}: {}", failure.why);
            failures.push(failure);
        }
    }
    Failure::all(failures)
}

/// The folders of inputs, the one that is written to first; it is made when it is not there.
fn inputs(root: &Path, target: &str, keep: Keep) -> Result<Vec<String>, Failure> {
    let corpus = format!("fuzz/corpus/{target}");
    let first = match keep {
        Keep::Aside => format!("fuzz/target/discovered/{target}"),
        Keep::InCorpus => corpus.clone(),
    };
    fs::create_dir_all(root.join(&first))
        .map_err(|cause| Failure::new(format!("making {first}: {cause}")))?;
    let given = [corpus, format!("fuzz/seeds/{target}")];
    let given = given.into_iter().filter(|folder| *folder != first && root.join(folder).is_dir());
    Ok(std::iter::once(first.clone()).chain(given).collect())
}

fn task_for(target: &str, inputs: &[String], seconds: u32) -> Task {
    // Without a sanitizer the stable toolchain builds it; ours is safe code, so panics, hangs and
    // memory are what can go wrong.
    let (time, memory, hang) =
        (format!("-max_total_time={seconds}"), "-rss_limit_mb=2048", "-timeout=30");
    let before = ["fuzz", "run", "-s", "none", target];
    let folders = inputs.iter().map(String::as_str);
    Task::cargo(before.into_iter().chain(folders).chain(["--", time.as_str(), memory, hang]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_is_cargo_fuzz() {
        let inputs = ["fuzz/corpus/a".to_owned(), "fuzz/seeds/a".to_owned()];
        assert_eq!(
            task_for("a", &inputs, 10).shown(),
            "cargo fuzz run -s none a fuzz/corpus/a fuzz/seeds/a -- -max_total_time=10 \
             -rss_limit_mb=2048 -timeout=30"
        );
    }

    #[test]
    fn a_check_writes_nothing_to_the_corpus() {
        let root = std::env::temp_dir().join(format!("npivot-fuzz-{}", std::process::id()));
        fs::create_dir_all(root.join("fuzz/corpus/a")).unwrap();
        fs::create_dir_all(root.join("fuzz/seeds/a")).unwrap();
        let aside = inputs(&root, "a", Keep::Aside);
        let kept = inputs(&root, "a", Keep::InCorpus);
        let without = inputs(&root, "b", Keep::Aside);
        let made = root.join("fuzz/target/discovered/b").is_dir();
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(aside.unwrap(), ["fuzz/target/discovered/a", "fuzz/corpus/a", "fuzz/seeds/a"]);
        assert_eq!(kept.unwrap(), ["fuzz/corpus/a", "fuzz/seeds/a"]);
        assert_eq!(without.unwrap(), ["fuzz/target/discovered/b"]);
        assert!(made);
    }

    #[test]
    fn a_target_that_nobody_runs_is_a_failure() {
        let root = std::env::temp_dir().join(format!("npivot-targets-{}", std::process::id()));
        let room = root.join("fuzz/fuzz_targets/wire");
        fs::create_dir_all(&room).unwrap();
        let bin = "[[bin]]\nname = \"wire_a\"\npath = \"fuzz_targets/wire/a.rs\"\n";
        fs::write(root.join("fuzz/Cargo.toml"), bin).unwrap();
        fs::write(room.join("a.rs"), "fuzz_target!(|bytes: &[u8]| {});").unwrap();
        fs::write(room.join("shared.rs"), "pub fn shared() {}").unwrap();
        let all_are_run = targets(&root);
        fs::write(room.join("b.rs"), "fuzz_target!(|bytes: &[u8]| {});").unwrap();
        let one_is_not = targets(&root);
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(all_are_run.unwrap(), ["wire_a"]);
        assert!(one_is_not.unwrap_err().why.contains("fuzz_targets/wire/b.rs"));
    }

    #[test]
    fn no_target_is_a_failure() {
        let nowhere = Path::new("no/such/repository");
        assert!(targets(nowhere).unwrap_err().why.contains("nothing was fuzzed"));
        assert!(explore(nowhere, Some("a"), 1).is_err());
    }
}
