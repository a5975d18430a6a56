//! One command of another program: how it is shown, run and captured.

use std::env;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use crate::failure::Failure;

/// A command line, run at the repository's root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Task {
    program: String,
    args: Vec<String>,
    env: Vec<(String, String)>,
}

/// What a captured command printed and how it ended.
#[derive(Debug)]
pub(crate) struct Captured {
    /// How it ended.
    pub(crate) status: ExitStatus,
    /// Its standard output, byte for byte.
    pub(crate) stdout: Vec<u8>,
    /// Its standard error.
    pub(crate) stderr: Vec<u8>,
}

impl Task {
    /// `program` with `args`.
    pub(crate) fn new<'a>(program: &str, args: impl IntoIterator<Item = &'a str>) -> Self {
        let args = args.into_iter().map(str::to_owned).collect();
        Self { program: program.to_owned(), args, env: Vec::new() }
    }

    /// `cargo` with `args`; the cargo that started us, when one did.
    pub(crate) fn cargo<'a>(args: impl IntoIterator<Item = &'a str>) -> Self {
        Self::new("cargo", args)
    }

    /// Adds `flags` to what the environment variable `name` already says.
    #[must_use]
    pub(crate) fn with_flags(mut self, name: &str, flags: &str) -> Self {
        let value = match env::var(name) {
            Ok(given) if !given.trim().is_empty() => format!("{given} {flags}"),
            _ => flags.to_owned(),
        };
        self.env.push((name.to_owned(), value));
        self
    }

    /// Sets the environment variable `name`, unless it is set already.
    #[must_use]
    pub(crate) fn with_default(mut self, name: &str, value: &str) -> Self {
        if env::var_os(name).is_none() {
            self.env.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// The command as one types it in a shell.
    pub(crate) fn shown(&self) -> String {
        let env = self.env.iter().map(|(name, value)| format!("{name}={}", quoted(value)));
        let words = std::iter::once(&self.program).chain(&self.args).map(|word| quoted(word));
        env.chain(words).collect::<Vec<_>>().join(" ")
    }

    /// Shows and runs the command with our own standard streams.
    pub(crate) fn run(&self, root: &Path) -> Result<(), Failure> {
        println!("$ {}", self.shown());
        let status = self.command(root).status().map_err(|cause| self.not_started(&cause))?;
        self.judge(status)
    }

    /// Shows and runs the command, passes its standard output on line by line, and adds up what
    /// `count` makes of each line.
    pub(crate) fn run_counting(
        &self,
        root: &Path,
        count: fn(&str) -> usize,
    ) -> Result<usize, Failure> {
        println!("$ {}", self.shown());
        let start = self.command(root).stdout(Stdio::piped()).spawn();
        let mut child = start.map_err(|cause| self.not_started(&cause))?;
        let mut total = 0;
        if let Some(stdout) = child.stdout.take() {
            let mut reader = BufReader::new(stdout);
            let mut line = Vec::new();
            while reader.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
                let text = String::from_utf8_lossy(&line);
                print!("{text}");
                total += count(&text);
                line.clear();
            }
        }
        let status = child.wait().map_err(|cause| self.not_started(&cause))?;
        self.judge(status).map(|()| total)
    }

    /// Runs the command silently and captures both its outputs; its exit code is for the caller.
    pub(crate) fn capture(&self, root: &Path) -> Result<Captured, Failure> {
        let output = self.command(root).stdin(Stdio::null()).output();
        let output = output.map_err(|cause| self.not_started(&cause))?;
        Ok(Captured { status: output.status, stdout: output.stdout, stderr: output.stderr })
    }

    /// Whether the command can be started and exits with 0. Prints nothing.
    pub(crate) fn succeeds(&self, root: &Path) -> bool {
        self.capture(root).is_ok_and(|captured| captured.status.success())
    }

    /// A failure that names this command as the way to repeat it.
    pub(crate) fn failure(&self, why: impl Into<String>) -> Failure {
        Failure::new(why).repeated_by(self.shown())
    }

    fn judge(&self, status: ExitStatus) -> Result<(), Failure> {
        if status.success() { Ok(()) } else { Err(self.failure(format!("ended with {status}"))) }
    }

    fn not_started(&self, cause: &std::io::Error) -> Failure {
        self.failure(format!("`{}` did not run: {cause}", self.program))
    }

    fn command(&self, root: &Path) -> Command {
        let cargo = env::var_os("CARGO").filter(|_| self.program == "cargo");
        let mut command = Command::new(cargo.as_deref().unwrap_or(OsStr::new(&self.program)));
        command.current_dir(root).args(&self.args);
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        // A git hook's view of the repository is not ours.
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
            command.env_remove(name);
        }
        for (name, _) in env::vars_os() {
            if name.to_str().is_some_and(describes_our_own_package) {
                command.env_remove(name);
            }
        }
        command
    }
}

/// Whether `cargo run` set the variable for this program only. Left in place, it makes build
/// scripts that watch it run again each time one changes between a shell's cargo and ours.
fn describes_our_own_package(name: &str) -> bool {
    ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"].iter().any(|prefix| name.starts_with(prefix))
}

/// `word` so that a shell reads it as one word.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shown_command_survives_a_shell() {
        let task = Task::new("echo", ["plain-word", "two words", "it's", "", "*"]);
        assert_eq!(task.shown(), r"echo plain-word 'two words' 'it'\''s' '' '*'");
        let again = Task::new("sh", ["-c", &task.shown()]).capture(Path::new(".")).unwrap();
        assert_eq!(String::from_utf8_lossy(&again.stdout), "plain-word two words it's  *\n");
    }

    #[test]
    fn environment_is_part_of_the_shown_command() {
        let task = Task::cargo(["doc"]).with_flags("NPIVOT_XTASK_UNSET", "-D warnings");
        assert_eq!(task.shown(), "NPIVOT_XTASK_UNSET='-D warnings' cargo doc");
    }

    #[test]
    fn a_default_gives_way_to_what_is_set() {
        let task = Task::cargo(["test"]).with_default("NPIVOT_XTASK_UNSET", "1");
        assert_eq!(task.shown(), "NPIVOT_XTASK_UNSET=1 cargo test");
        // Every environment in which cargo runs a test has a PATH.
        assert_eq!(Task::cargo(["test"]).with_default("PATH", "1").shown(), "cargo test");
    }

    #[test]
    fn failures_name_the_command() {
        let task = Task::new("false", []);
        let failure = task.run(Path::new(".")).unwrap_err();
        assert_eq!(failure.repeat, ["false"]);
        let missing = Task::new("npivot-no-such-program", []);
        assert!(missing.run(Path::new(".")).unwrap_err().why.contains("did not run"));
        assert!(!missing.succeeds(Path::new(".")));
    }

    #[test]
    fn counting_adds_up_and_keeps_the_exit_code() {
        let good = Task::new("printf", ["a\\nb\\na"]);
        let count = |line: &str| usize::from(line.trim() == "a");
        assert_eq!(good.run_counting(Path::new("."), count), Ok(2));
        let bad = Task::new("sh", ["-c", "echo a; exit 3"]);
        assert!(bad.run_counting(Path::new("."), count).is_err());
    }

    #[test]
    fn only_our_own_package_is_hidden_from_children() {
        assert!(describes_our_own_package("CARGO_PKG_NAME"));
        assert!(describes_our_own_package("CARGO_MANIFEST_DIR"));
        for kept in ["CARGO", "CARGO_TERM_COLOR", "CARGO_TARGET_DIR", "RUSTFLAGS"] {
            assert!(!describes_our_own_package(kept), "{kept}");
        }
    }
}
