//! The sessions in the documentation, run as they stand there: what is printed is compared byte by byte.
//!
//! In a block marked `console`, a line that begins with `$ ` is a command for the shell; what follows is what it
//! prints, on standard output and standard error. `UPDATE_GOLDEN=1` writes what is printed into the page.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::{fresh, root};

/// What ends the output of a command, with its exit code.
const MARK: &str = "=npivot-transcript=";

/// A page as text and sessions in turn; a session is commands with what they print.
struct Page {
    parts: Vec<Part>,
}

enum Part {
    Text(String),
    Session(Vec<(String, String)>),
}

impl Page {
    fn read(text: &str) -> Self {
        let mut parts = vec![];
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("```console\n") {
            let (session, after) = after.split_once("```\n").expect("a block ends");
            parts.push(Part::Text(format!("{before}```console\n")));
            let mut commands: Vec<(String, String)> = vec![];
            for line in session.lines() {
                if let Some(command) = line.strip_prefix("$ ") {
                    commands.push((command.to_owned(), String::new()));
                } else {
                    let (_, printed) = commands.last_mut().expect("a block begins with a command");
                    printed.push_str(line);
                    printed.push('\n');
                }
            }
            parts.push(Part::Session(commands));
            parts.push(Part::Text("```\n".into()));
            rest = after;
        }
        parts.push(Part::Text(rest.into()));
        Self { parts }
    }

    fn commands(&mut self) -> impl Iterator<Item = &mut (String, String)> {
        self.parts.iter_mut().flat_map(|part| match part {
            Part::Session(commands) => commands.as_mut_slice(),
            Part::Text(_) => &mut [],
        })
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(part) => text.push_str(part),
                Part::Session(commands) => {
                    for (command, printed) in commands {
                        // Writing to a string cannot fail.
                        let _ = write!(text, "$ {command}\n{printed}");
                    }
                }
            }
        }
        text
    }
}

/// Runs all of them in one shell; the output and the exit code of each.
fn run(directory: &Path, commands: &[String]) -> Vec<(String, i32)> {
    let mut script = String::from("exec 2>&1\n");
    for command in commands {
        // The next command may ask for the exit code of this one.
        let _ = write!(script, "{command}\ns=$?; printf '%s%s\\n' '{MARK}' \"$s\"; (exit $s)\n");
    }
    let program = PathBuf::from(env!("CARGO_BIN_EXE_npivot"));
    let path = std::env::var("PATH").unwrap_or_default();
    let path = format!("{}:{path}", program.parent().unwrap().display());
    let mut shell = Command::new("sh");
    shell.current_dir(directory).env("PATH", path).env_remove("NPIVOT_STATE");
    shell.env_remove("NPIVOT_STORE").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut shell = shell.spawn().expect("there is a shell");
    shell.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let output = shell.wait_with_output().unwrap();
    let mut rest = &*String::from_utf8(output.stdout).unwrap();
    let mut done = vec![];
    while let Some((printed, after)) = rest.split_once(MARK) {
        let (code, after) = after.split_once('\n').unwrap();
        done.push((printed.to_owned(), code.parse().unwrap()));
        rest = after;
    }
    assert_eq!((done.len(), rest), (commands.len(), ""), "the shell has ended early");
    done
}

/// Runs the sessions of a page, in a directory that has nothing but the examples.
fn must_be_true(name: &str) {
    let directory = PathBuf::from(fresh(name));
    fs::create_dir_all(directory.join("examples/xml")).unwrap();
    for path in ["examples", "examples/xml"] {
        for entry in fs::read_dir(root().join(path)).unwrap().map(Result::unwrap) {
            if entry.path().is_file() {
                let to = directory.join(path).join(entry.file_name());
                fs::copy(entry.path(), to).unwrap();
            }
        }
    }
    let file = root().join("docs").join(name);
    let shown = fs::read_to_string(&file).unwrap();
    let mut page = Page::read(&shown);
    assert_eq!(page.text(), shown, "the page is read as it is written");
    let commands: Vec<String> = page.commands().map(|(command, _)| command.clone()).collect();
    let done = run(&directory, &commands);
    for (at, ((command, printed), (really, code))) in page.commands().zip(done).enumerate() {
        let asked = commands.get(at + 1).is_some_and(|next| next == "echo $?");
        assert!(code == 0 || asked, "`{command}` exits with {code}, and the page does not say so");
        *printed = really;
    }
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&file, page.text()).unwrap();
    } else {
        let really = page.text();
        let mut lines = shown.lines().zip(really.lines()).zip(1..);
        let differs = lines.find(|((one, other), _)| one != other);
        assert!(
            shown == really,
            "docs/{name} differs from what is printed; UPDATE_GOLDEN=1 writes it: {differs:#?}"
        );
    }
}

#[test]
fn the_operators_day_is_as_it_is_told() {
    must_be_true("operators-day.md");
}
