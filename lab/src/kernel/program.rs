//! A command line for a machine in the lab.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

use super::KernelError;

/// A command line, with its environment, folder and input.
///
/// Its environment is PATH, HOME and what the kernel gives its first program (TERM), and what is added here. Its
/// folder is `/` unless given. Its input is empty unless given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    words: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    folder: Option<PathBuf>,
    pub(super) input: Input,
}

/// What a command reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Input {
    Nothing,
    File(PathBuf),
    Bytes(Vec<u8>),
}

impl Program {
    /// A command line: a program, looked for in PATH if there is no `/` in it, and its arguments.
    pub fn new<W: Into<OsString>>(words: impl IntoIterator<Item = W>) -> Self {
        let words = words.into_iter().map(Into::into).collect();
        Self { words, env: vec![], folder: None, input: Input::Nothing }
    }

    /// The same as it would run here: in this process's folder, with its environment.
    ///
    /// # Errors
    /// If the current folder is not known.
    pub fn here<W: Into<OsString>>(words: impl IntoIterator<Item = W>) -> io::Result<Self> {
        let folder = env::current_dir()?;
        Ok(Self { env: env::vars_os().collect(), ..Self::new(words).folder(folder) })
    }

    /// Adds a variable to its environment. One whose name a shell cannot hold is left out.
    #[must_use]
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    /// Runs it in this folder, if the machine has it; else in `/`.
    #[must_use]
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// What it reads: these bytes.
    #[must_use]
    pub fn input(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.input = Input::Bytes(bytes.into());
        self
    }

    /// What it reads: this file, by its absolute path, as the machine sees it.
    #[must_use]
    pub fn input_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.input = Input::File(path.into());
        self
    }

    /// How much room the machine's directory needs for what it reads, in MiB.
    pub(super) fn input_mib(&self) -> u32 {
        match &self.input {
            Input::Bytes(bytes) => u32::try_from(bytes.len().div_ceil(1 << 20)).unwrap_or(u32::MAX),
            Input::Nothing | Input::File(_) => 0,
        }
    }

    /// The script of a POSIX shell that becomes this program.
    pub(super) fn script(&self) -> Result<Vec<u8>, KernelError> {
        let refused = |what: &str| Err(KernelError::Refused(format!("{:?}: {what}", self.words)));
        let Some(first) = self.words.first().filter(|word| !word.is_empty()) else {
            return refused("no command: say which program to run");
        };
        if first.as_bytes().starts_with(b"-") {
            return refused("a command cannot begin with `-`: give the program's path");
        }
        let parts = self.words.iter().map(OsString::as_os_str);
        let parts = parts.chain(self.env.iter().map(|(_, value)| value.as_os_str()));
        let mut parts = parts.chain(self.folder.as_deref().map(Path::as_os_str));
        if parts.any(|part| part.as_bytes().contains(&0)) {
            return refused("a NUL byte in it: no program can be given one");
        }
        let mut script = b"export HOME=/root\n".to_vec();
        for (name, value) in self.env.iter().filter(|(name, _)| is_shell_name(name)) {
            script.extend_from_slice(b"export ");
            script.extend_from_slice(name.as_bytes());
            script.push(b'=');
            quote(value, &mut script);
            script.push(b'\n');
        }
        if let Some(folder) = &self.folder {
            script.extend_from_slice(b"cd -- ");
            quote(folder.as_os_str(), &mut script);
            script.extend_from_slice(b" 2>/dev/null || cd /\n");
        }
        // The shell would name itself and a line of this script.
        let first = quoted(first).into_vec();
        for part in [
            &b"command -v "[..],
            &first,
            b" >/dev/null || [ -e ",
            &first,
            b" ] || { printf 'npivot: %s: not found\\n' ",
            &first,
            b" >&2; exit 127; }\n",
        ] {
            script.extend_from_slice(part);
        }
        script.extend_from_slice(b"exec");
        for word in &self.words {
            script.push(b' ');
            quote(word, &mut script);
        }
        script.push(b'\n');
        Ok(script)
    }
}

/// `word` so that a POSIX shell reads it as one word, whatever bytes are in it.
pub(super) fn quote(word: &OsStr, to: &mut Vec<u8>) {
    to.push(b'\'');
    for byte in word.as_bytes() {
        if *byte == b'\'' {
            to.extend_from_slice(br"'\''");
        } else {
            to.push(*byte);
        }
    }
    to.push(b'\'');
}

/// The same on its own.
pub(super) fn quoted(word: &OsStr) -> OsString {
    let mut bytes = vec![];
    quote(word, &mut bytes);
    OsString::from_vec(bytes)
}

/// Whether a shell can export a variable of this name without changing how the shell itself works.
fn is_shell_name(name: &OsStr) -> bool {
    let taken =
        [&b"PPID"[..], b"UID", b"EUID", b"BASHOPTS", b"SHELLOPTS", b"BASH_VERSINFO", b"IFS"];
    let name = name.as_bytes();
    let word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    name.first().is_some_and(|first| !first.is_ascii_digit())
        && name.iter().all(word)
        && !taken.contains(&name)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn run(program: &Program) -> Vec<u8> {
        let script = OsString::from_vec(program.script().unwrap());
        let output = Command::new("/bin/sh").arg("-c").arg(script).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        output.stdout
    }

    #[test]
    fn every_byte_of_every_word_arrives() {
        let odd = OsString::from_vec((1..=255).collect());
        let words = ["printf", "%s|"].map(OsString::from).into_iter().chain([
            odd.clone(),
            "it's \"$HOME\" `x` *".into(),
            "".into(),
            "-n".into(),
        ]);
        let mut expected = odd.into_vec();
        expected.extend_from_slice(b"|it's \"$HOME\" `x` *||-n|");
        assert_eq!(run(&Program::new(words)), expected);
    }

    #[test]
    fn environment_and_folder_are_its_own() {
        let program =
            Program::new(["sh", "-c", "printf '%s,%s' \"$A\" \"$PWD\""]).env("A", "x y'z");
        let program = program.env("BASH_FUNC_a%%", "() { :; }").env("1", "x").env("", "x");
        assert_eq!(run(&program.clone().folder("/usr")), b"x y'z,/usr");
        assert_eq!(run(&program.folder("/no/such folder")), b"x y'z,/");
    }

    #[test]
    fn one_that_is_not_there_is_named_and_nothing_else() {
        for name in ["/no/such program", "npivot-no-such-program"] {
            let script = Program::new([name]).script().unwrap();
            let output = Command::new("/bin/sh").arg("-c").arg(OsString::from_vec(script)).output();
            let output = output.unwrap();
            assert_eq!(output.status.code(), Some(127));
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!(said, format!("npivot: {name}: not found\n"));
        }
    }

    #[test]
    fn what_no_program_can_be_is_refused() {
        for (words, what) in [
            (vec![], "no command"),
            (vec![""], "no command"),
            (vec!["-c"], "`-`"),
            (vec!["a\0b"], "NUL"),
        ] {
            let refused = Program::new(words.clone()).script().unwrap_err().to_string();
            assert!(refused.contains(what), "{words:?}: {refused}");
        }
        assert!(Program::new(["a"]).env("A", "\0").script().is_err());
        assert!(Program::new(["a"]).folder("\0").script().is_err());
    }
}
