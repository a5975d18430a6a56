//! From sources to a stripped binary, step by step.

use std::fmt;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::failure::Failure;

use super::recipe::{EDITS, Edit, Recipe};
use super::source::Source;
use crate::cache::{Place, tail};

/// A line of progress for so many compiled files.
const REPORT_EVERY: usize = 100;

/// What User Mode Linux on x86 never reads, and what makes the sources twice as large. Each is a pattern of tar's.
const LEFT_OUT: [&str; 6] = [
    "*/drivers/gpu/*.[ch]",
    "*/drivers/media/*.[ch]",
    "*/drivers/net/ethernet/*.[ch]",
    "*/sound/*.[ch]",
    "*/Documentation/*.rst",
    "*.dts*",
];

/// One step of a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Unpack,
    Edit,
    Configure,
    Compile,
    Strip,
    Keep,
}

impl Stage {
    /// What a person does about its failure.
    fn advice(self) -> &'static str {
        match self {
            Self::Unpack => "is there 1 GiB of room, and is the archive whole?",
            Self::Edit => "these are not the sources of Linux 6.1 that the edits were made for",
            Self::Configure => "mend lab/kernel/uml-6.1-fcoe.config",
            Self::Compile => "is there 1 GiB of room, and are these sources of Linux 6.1?",
            Self::Strip | Self::Keep => "is there room, and may you write there?",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unpack => "unpacking the kernel's sources",
            Self::Edit => "editing the kernel's sources",
            Self::Configure => "configuring the kernel",
            Self::Compile => "compiling the kernel",
            Self::Strip => "stripping the kernel",
            Self::Keep => "keeping the kernel",
        })
    }
}

/// A failure of one step, with what to do about it.
fn failed(stage: Stage, what: impl fmt::Display) -> Failure {
    let why = format!("{stage}: {what}; {}", stage.advice());
    Failure::new(why).repeated_by("cargo xtask kernel")
}

/// Builds `recipe` from `source` in `place`: the kernel's path. Nothing but it is left.
pub(crate) fn build(
    recipe: &Recipe,
    source: &Source,
    place: &Place,
    now: fn() -> Instant,
) -> Result<PathBuf, Failure> {
    let build = Build { place, now, start: now() };
    println!("building the lab's kernel from {} {}", source.archive.display(), source.version);
    fs::create_dir_all(&place.tree).map_err(|cause| failed(Stage::Unpack, cause))?;
    let result = build.all(recipe, source);
    // The sources are large, and of no use to whoever reads the log.
    let _ = fs::remove_dir_all(&place.tree);
    let kernel = result?;
    let _ = fs::remove_file(&place.log);
    let bytes = fs::metadata(&kernel).map_or(0, |facts| facts.len());
    build.say(format_args!("built: {} KiB", bytes / 1024));
    Ok(kernel)
}

#[derive(Debug)]
struct Build<'a> {
    place: &'a Place,
    now: fn() -> Instant,
    start: Instant,
}

impl Build<'_> {
    fn all(&self, recipe: &Recipe, source: &Source) -> Result<PathBuf, Failure> {
        let tree = &self.place.tree;
        let mut unpack = Command::new("tar");
        unpack.arg("-xf").arg(&source.archive).args(["--strip-components", "1", "-C"]).arg(tree);
        unpack.args(LEFT_OUT.map(|pattern| format!("--exclude={pattern}")));
        self.run(Stage::Unpack, &mut unpack)?;
        for edit in EDITS {
            apply(tree, edit)?;
        }
        let fragment = tree.join("npivot.config");
        fs::write(&fragment, &recipe.configuration)
            .map_err(|cause| failed(Stage::Configure, cause))?;
        let mut configure = make("allnoconfig");
        self.run(Stage::Configure, configure.env("KCONFIG_ALLCONFIG", &fragment))?;
        let config = fs::read_to_string(tree.join(".config"))
            .map_err(|cause| failed(Stage::Configure, cause))?;
        let missing = recipe.not_taken(&config);
        if !missing.is_empty() {
            let what =
                format!("not taken, for want of what they depend on: {}", missing.join(", "));
            return Err(failed(Stage::Configure, what));
        }
        self.run(Stage::Compile, &mut make("linux"))?;
        self.run(Stage::Strip, Command::new("strip").arg("linux"))?;
        self.keep()
    }

    /// Runs one step in the tree; what it prints goes to the log, and from time to time a line says how far it is.
    fn run(&self, stage: Stage, command: &mut Command) -> Result<(), Failure> {
        self.say(format_args!("{stage}"));
        let wrong = |cause: std::io::Error| failed(stage, cause);
        let mut log = File::options().create(true).append(true).open(&self.place.log);
        if stage == Stage::Unpack {
            log = File::create(&self.place.log);
        }
        let mut log = log.map_err(wrong)?;
        let errors = log.try_clone().map_err(wrong)?;
        command.current_dir(&self.place.tree).env("LC_ALL", "C").stdin(Stdio::null());
        let child = command.stdout(Stdio::piped()).stderr(errors).spawn();
        let program = command.get_program().to_string_lossy().into_owned();
        let mut child = child.map_err(|cause| failed(stage, format!("{program}: {cause}")))?;
        let lines = child.stdout.take().map(|out| BufReader::new(out).split(b'\n'));
        let mut compiled = 0;
        for line in lines.into_iter().flatten() {
            let mut line = line.map_err(wrong)?;
            if line.starts_with(b"  CC ") {
                compiled += 1;
                if compiled % REPORT_EVERY == 0 {
                    self.say(format_args!("{compiled} files compiled"));
                }
            }
            line.push(b'\n');
            log.write_all(&line).map_err(wrong)?;
        }
        let status = child.wait().map_err(wrong)?;
        if status.success() {
            return Ok(());
        }
        let what = format!(
            "{program} ended with {status}, having printed\n{}\nin {}",
            tail(&self.place.log),
            self.place.log.display()
        );
        Err(failed(stage, what))
    }

    /// Moves the binary to its place in one step, so that a half-written one is never found.
    fn keep(&self) -> Result<PathBuf, Failure> {
        let wrong = |cause| failed(Stage::Keep, cause);
        let kernel = &self.place.made;
        if let Some(folder) = kernel.parent() {
            fs::create_dir_all(folder).map_err(wrong)?;
        }
        fs::rename(self.place.tree.join("linux"), kernel).map_err(wrong)?;
        Ok(kernel.clone())
    }

    fn say(&self, what: fmt::Arguments<'_>) {
        println!("  {:>4} s  {what}", ((self.now)() - self.start).as_secs());
    }
}

/// make, for one target.
fn make(target: &str) -> Command {
    let jobs = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut make = Command::new("make");
    make.args(["ARCH=um", &format!("-j{jobs}"), target]);
    // A make that started us would hand its own options on.
    for name in ["MAKEFLAGS", "MFLAGS", "MAKELEVEL", "ARCH", "CROSS_COMPILE", "LDFLAGS", "CFLAGS"] {
        make.env_remove(name);
    }
    make
}

/// Replaces what `edit` names, which must be there exactly once.
fn apply(tree: &Path, edit: Edit) -> Result<(), Failure> {
    let path = tree.join(edit.file);
    let wrong = |what: &dyn fmt::Display| failed(Stage::Edit, format!("{}: {what}", edit.file));
    let text = fs::read_to_string(&path).map_err(|cause| wrong(&cause))?;
    match text.matches(edit.old).count() {
        1 => fs::write(&path, text.replace(edit.old, edit.new)).map_err(|cause| wrong(&cause)),
        found => Err(wrong(&format!("`{}` is there {found} times, not once", edit.old))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EDIT: Edit = Edit { file: "a.c", old: "SIZE, 1;", new: "SIZE, 2;" };

    #[test]
    fn an_edit_needs_its_one_place() {
        let tree = std::env::temp_dir().join(format!("npivot-edit-{}", std::process::id()));
        fs::create_dir_all(&tree).unwrap();
        let mut told = Vec::new();
        for text in ["x\nSIZE, 1;\n", "SIZE, 3;", "SIZE, 1; SIZE, 1;"] {
            fs::write(tree.join("a.c"), text).unwrap();
            told.push(apply(&tree, EDIT).map(|()| fs::read_to_string(tree.join("a.c")).unwrap()));
        }
        fs::remove_dir_all(&tree).unwrap();
        assert_eq!(told[0].as_deref(), Ok("x\nSIZE, 2;\n"));
        for (wrong, times) in told[1..].iter().zip(["0 times", "2 times"]) {
            let wrong = wrong.as_ref().unwrap_err();
            assert!(wrong.why.contains(times) && wrong.why.contains("6.1"), "{wrong}");
            assert_eq!(wrong.repeat, ["cargo xtask kernel"]);
        }
        assert!(apply(&tree, EDIT).unwrap_err().why.contains("a.c"));
    }

    #[test]
    fn a_log_ends_with_its_last_lines() {
        let log = std::env::temp_dir().join(format!("npivot-log-{}", std::process::id()));
        let lines: Vec<String> = (0..40).map(|line| line.to_string()).collect();
        fs::write(&log, lines.join("\n")).unwrap();
        let tail = tail(&log);
        fs::remove_file(&log).unwrap();
        assert!(tail.starts_with("    25\n") && tail.ends_with("    39"), "{tail}");
    }
}
