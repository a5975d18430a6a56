//! This machine's files, seen from within.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::{LIMIT, finish, machine, run, text};
use npivot_lab::kernel::{KernelError, Program};
use tempfile::TempDir;

#[test]
fn this_machines_files_are_there_to_read() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let finished = run(&["cat", file]);
    assert_eq!(finished.stdout, fs::read(file).unwrap());
}

#[test]
fn what_is_written_stays_within() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kept");
    fs::write(&file, "before").unwrap();
    let script = "echo after >$0 && touch $0.new /etc/npivot-test && cat $0 && ls /etc/npivot-test";
    let finished = run(&["sh", "-c", script, file.to_str().unwrap()]);
    assert_eq!(text(&finished.stdout), "after\n/etc/npivot-test\n", "{finished:?}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "before");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    assert!(!fs::exists("/etc/npivot-test").unwrap());
}

#[test]
fn what_is_shared_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut machine = machine();
    machine.share(folder.path());
    let program = Program::new(["sh", "-c", "echo kept >result"]).folder(folder.path());
    assert_eq!(finish(machine, &program).status, 0);
    assert_eq!(fs::read_to_string(folder.path().join("result")).unwrap(), "kept\n");
}

#[test]
fn the_usual_places_are_there() {
    let script = "test -c /dev/null && test -d /sys/class/fc_host && test -w /run && test -w /tmp \
                  && test -c /dev/ptmx && test -d /dev/shm && test -e /dev/fd/1 && hostname 2>/dev/null \
                  || cat /proc/sys/kernel/hostname";
    let mut alpha = machine();
    alpha.name("alpha");
    let finished = finish(alpha, &Program::new(["sh", "-c", script]));
    assert_eq!((text(&finished.stdout), text(&finished.stderr)), ("alpha\n", ""));
}

/// Copies a program of this machine, and the libraries that it is linked with, to the same places below `root`.
fn copy_program(root: &Path, name: &str) {
    let found = Command::new("sh").args(["-c", "command -v \"$0\"", name]).output().unwrap();
    let program = text(&found.stdout).trim().to_owned();
    let linked = Command::new("ldd").arg(&program).output().unwrap();
    let libraries = text(&linked.stdout).split_whitespace().filter(|word| word.starts_with('/'));
    for file in libraries.chain([program.as_str()]) {
        let to = root.join(file.trim_start_matches('/'));
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(file, to).unwrap();
    }
}

/// A directory with what the documentation asks for in a root, but for one program.
fn small_root(without: Option<&str>) -> TempDir {
    let root = tempfile::tempdir_in("/var/tmp").unwrap();
    for folder in ["dev", "proc", "run", "sys", "bin"] {
        fs::create_dir(root.path().join(folder)).unwrap();
    }
    let programs = ["sh", "mount", "umount", "pivot_root", "mkdir", "cp", "cat", "sleep"];
    for program in programs.into_iter().filter(|program| Some(*program) != without) {
        copy_program(root.path(), program);
    }
    let shell = root.path().join("bin/sh");
    if !shell.exists() {
        fs::copy("/bin/sh", shell).unwrap();
    }
    root
}

#[test]
fn a_root_that_lacks_a_program_is_told_which() {
    let root = small_root(Some("pivot_root"));
    let mut machine = machine();
    machine.root(root.path());
    let error = machine.boot(&Program::new(["true"])).unwrap().wait(LIMIT).unwrap_err();
    let KernelError::Setup { phase, said } = &error else { panic!("{error}") };
    assert_eq!(phase, "mounting the files");
    assert!(said.contains("pivot_root: not found"), "{said}");
}

#[test]
fn any_directory_can_be_the_root() {
    let root = small_root(None);
    fs::write(root.path().join("only-here"), "x\n").unwrap();
    let mut machine = machine();
    machine.root(root.path());
    let script = "read -r x <only-here; echo $x; echo y >only-here; read -r x <only-here; echo $x; \
                  test -e /etc || echo small";
    let finished = finish(machine, &Program::new(["sh", "-c", script]).folder("/no/such"));
    assert_eq!(text(&finished.stdout), "x\ny\nsmall\n", "{finished:?}");
    assert_eq!(fs::read_to_string(root.path().join("only-here")).unwrap(), "x\n");
}

#[test]
fn two_machines_at_once_are_two() {
    let boot = |name: &str| {
        let mut machine = machine();
        machine.name(name);
        machine.boot(&Program::new(["cat", "/proc/sys/kernel/hostname"])).unwrap()
    };
    let (alpha, beta) = (boot("alpha"), boot("beta"));
    let said = [beta, alpha].map(|running| running.wait(LIMIT).unwrap().stdout);
    assert_eq!(said, [b"beta\n".to_vec(), b"alpha\n".to_vec()]);
}
