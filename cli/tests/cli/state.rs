//! Simulated SANs that stay: from one process to the next, and through everything that ends one.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use npivot_lab::load_topology;
use npivot_lab::state::{Kept, StateDir};

use crate::{example, fresh, npivot, printed, refused, root};

const SIM: &str = "sim:examples/two-fabrics.toml#alpha";
const CREATE: [&str; 5] =
    ["vport", "create", "--parent", "21:00:00:1b:32:a9:da:01", "5001a4a000000001"];
const NODE: &str = "5001a4a000000101";

/// The words of a command on the world that is kept there.
fn on<'w>(state: &'w str, words: &[&'w str]) -> Vec<&'w str> {
    [&["--state", state, "-c", SIM], words].concat()
}

/// A directory in which the world has one vport.
fn with_vport(name: &str) -> String {
    let state = fresh(name);
    printed(0, &on(&state, &[&CREATE[..], &[NODE]].concat()));
    state
}

fn log(state: &str) -> PathBuf {
    Path::new(state).join("world.log")
}

/// The session in the documentation, run as it stands there.
#[test]
fn the_documented_session_prints_this() {
    let page = fs::read_to_string(root().join("docs/connections.md")).unwrap();
    let (_, session) = page.split_once("```console\n").unwrap();
    let (session, _) = session.split_once("```").unwrap();
    let mut state = None;
    let mut transcript = String::new();
    for line in session.lines() {
        let words = line.strip_prefix("$ ").unwrap();
        writeln!(transcript, "{line}").unwrap();
        if let Some(name) = words.strip_prefix("export NPIVOT_STATE=") {
            state = Some(fresh(name));
            continue;
        }
        let words: Vec<&str> = words.strip_prefix("npivot ").unwrap().split(' ').collect();
        let mut command = Command::new(env!("CARGO_BIN_EXE_npivot"));
        command.env("NPIVOT_STATE", state.as_ref().unwrap());
        let output = command.current_dir(root()).args(words).output().unwrap();
        transcript += &String::from_utf8(output.stdout).unwrap();
        transcript += &String::from_utf8(output.stderr).unwrap();
        writeln!(transcript, "[exit code {}]\n", output.status.code().unwrap()).unwrap();
    }
    insta::assert_snapshot!(transcript);
}

#[test]
fn the_same_commands_make_the_same_bytes() {
    let worlds = ["same-1", "same-2"].map(|name| {
        let state = with_vport(name);
        printed(0, &on(&state, &["lab", "reboot"]));
        printed(0, &on(&state, &[&CREATE[..], &[NODE]].concat()));
        printed(0, &on(&state, &["host", "events", "--for", "60"]));
        fs::read(log(&state)).unwrap()
    });
    assert_eq!(worlds[0], worlds[1]);
}

#[test]
fn without_a_directory_nothing_stays() {
    printed(0, &[&["-c", SIM][..], &CREATE, &[NODE]].concat());
    assert_eq!(printed(0, &["-c", SIM, "vport", "list"]), "no vports\n");
    // An empty variable names none; the word on the command line comes first.
    let (state, other) = (with_vport("first"), fresh("second"));
    let list = |variable: &str, words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_npivot"));
        command.env("NPIVOT_STATE", variable).current_dir(root()).args(words);
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    assert_eq!(list("", &["-c", SIM, "vport", "list"]), "no vports\n");
    assert!(list(&other, &on(&state, &["vport", "list"])).contains("Active"));
    assert!(!Path::new(&other).exists());
    // A machine that is not simulated keeps its own state.
    let sysfs = refused(2, &["--state", &other, "-c", "sysfs:docs", "vport", "list"]);
    assert!(sysfs.contains("as a sysfs has") && !Path::new(&other).exists(), "{sysfs}");
}

#[test]
fn a_restart_says_who_has_which_number_now() {
    let state = with_vport("restart");
    let json = printed(0, &on(&state, &["lab", "reboot", "--format", "json"]));
    let restart: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(restart["host"], "alpha");
    let adapters = restart["adapters"].as_array().unwrap();
    assert_eq!(adapters.len(), 3);
    let vport = adapters.iter().find(|adapter| adapter["wwpn"] == "5001a4a000000001").unwrap();
    assert_eq!((vport["kind"].as_str(), vport["now"].as_str()), (Some("virtual"), None));
    let list = printed(0, &on(&state, &["host", "list", "--format", "json"]));
    let list: serde_json::Value = serde_json::from_str(&list).unwrap();
    for adapter in list.as_array().unwrap() {
        let told = adapters.iter().find(|told| told["wwpn"] == adapter["wwpn"]).unwrap();
        assert_eq!(told["now"], adapter["adapter"]);
    }
    let kernel = "kernel:examples/kernel-lab.toml#alpha";
    let kernel = refused(2, &["--state", &fresh("kernel"), "-c", kernel, "vport", "list"]);
    assert!(kernel.contains("a real kernel and its SAN cannot be kept"), "{kernel}");
    let real = refused(2, &["-c", "sysfs:", "lab", "reboot"]);
    assert!(real.contains("sim:") || real.contains("fc_host"), "{real}");
}

/// A command that has the directory until it is killed.
fn hold(state: &str) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_npivot"));
    command.current_dir(root()).args(on(state, &["host", "events"]));
    command.stdout(Stdio::null()).stderr(Stdio::null()).stdin(Stdio::null());
    let mut child = command.spawn().unwrap();
    let lock = Path::new(state).join("world.lock");
    let own = child.id().to_string();
    while fs::read_to_string(&lock).unwrap_or_default() != own {
        assert_eq!(child.try_wait().unwrap(), None, "it goes on until it is killed");
        std::thread::yield_now();
    }
    child
}

#[test]
fn the_second_of_two_commands_is_told_who_the_first_is() {
    let state = with_vport("two");
    let mut first = hold(&state);
    let said = refused(2, &on(&state, &["vport", "list"]));
    let number = first.id();
    assert_eq!(
        said,
        format!(
            "npivot: {state}: in use by process {number}: try again when it has ended, or wait for it \
             with --state-wait\n"
        )
    );
    let mut second = Command::new(env!("CARGO_BIN_EXE_npivot"));
    second.current_dir(root()).args(on(&state, &["--state-wait", "vport", "list"]));
    let second = second.stdout(Stdio::piped()).spawn().unwrap();
    first.kill().unwrap();
    first.wait().unwrap();
    let output = second.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8(output.stdout).unwrap().contains("Active"));
    // The one that was killed has left no trace.
    assert!(printed(0, &on(&state, &["vport", "list"])).contains("Active"));
}

#[test]
fn who_waits_sees_what_was_done_meanwhile() {
    let state = with_vport("wait");
    let (file, topology) = load_topology(&root().join("examples/two-fabrics.toml")).unwrap();
    let open = || Kept::open(&StateDir::new(&state), &topology, &file).unwrap();
    let mut opened = open();
    let mut second = Command::new(env!("CARGO_BIN_EXE_npivot"));
    second.current_dir(root()).args(on(&state, &["--state-wait", "vport", "list"]));
    let second = second.stdout(Stdio::piped()).spawn().unwrap();
    let host = npivot_fabric::san::ids::HostIx(0);
    let reboot = npivot_fabric::world::HostCommand::Reboot;
    opened.world.apply(npivot_fabric::world::Command::Host(host, reboot)).unwrap();
    assert!(opened.kept.keep(&opened.world).unwrap());
    drop(opened);
    let output = second.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "no vports\n");
}

#[test]
fn a_record_that_was_not_finished_is_cut_off_with_a_word() {
    let state = with_vport("torn");
    let whole = fs::read(log(&state)).unwrap();
    printed(0, &on(&state, &["lab", "reboot"]));
    let longer = fs::read(log(&state)).unwrap();
    fs::write(log(&state), &longer[..longer.len() - 30]).unwrap();
    let output = npivot(&on(&state, &["vport", "list"]));
    let word = String::from_utf8(output.stderr).unwrap();
    let bytes = longer.len() - 30 - whole.len();
    assert!(word.contains(&format!("{bytes} bytes of it are cut off")), "{word}");
    assert!(String::from_utf8(output.stdout).unwrap().contains("Active"), "not restarted");
    assert_eq!(fs::read(log(&state)).unwrap(), whole);
}

#[test]
fn what_cannot_be_used_is_told_and_left_alone() {
    let file = fresh("file");
    fs::write(&file, "mine").unwrap();
    let said = refused(2, &on(&file, &["vport", "list"]));
    assert!(said.contains("is not a directory"), "{said}");
    let said = refused(2, &["--state", "examples", "-c", SIM, "vport", "list"]);
    assert!(said.contains("there is no world in it, but"), "{said}");
    let state = with_vport("left-alone");
    let other = crate::file("other.toml", &example("two-fabrics.toml").replace("1 TiB", "2 TiB"));
    let uri = format!("sim:{other}#alpha");
    let said = refused(2, &["--state", &state, "-c", &uri, "vport", "list"]);
    assert!(said.contains("another topology"), "{said}");
    for words in [
        &["explain", &other, "--host", "alpha", "--volume", "scratch"][..],
        &["fabric", "show", &other],
    ] {
        let said = refused(2, &[&["--state", &state], words].concat());
        assert!(said.contains("another topology"), "{said}");
    }
    // The way out that is told.
    let kept = format!("sim:{state}/world.toml#alpha");
    assert!(printed(0, &["--state", &state, "-c", &kept, "vport", "list"]).contains("Active"));
    let whole = fs::read(log(&state)).unwrap();
    let mut damaged = whole.clone();
    damaged[500] ^= 1;
    fs::write(log(&state), &damaged).unwrap();
    let said = refused(2, &on(&state, &["lab", "reboot"]));
    assert!(said.contains("record 2 is damaged"), "{said}");
    assert_eq!(fs::read(log(&state)).unwrap(), damaged);
}

#[test]
fn pictures_are_of_the_world_that_is_kept() {
    let state = with_vport("pictures");
    let show = ["--state", &state, "fabric", "show", "examples/two-fabrics.toml"];
    assert!(printed(0, &show).contains("0x010001"));
    let volume =
        ["explain", "examples/two-fabrics.toml", "--host", "alpha", "--volume", "web1-root"];
    let before = fs::read(log(&state)).unwrap();
    printed(0, &[&["--state", &state], &volume[..]].concat());
    printed(1, &volume);
    let directory = fresh("exported-world");
    let export = ["export", "examples/two-fabrics.toml", "--host", "alpha", &directory];
    printed(0, &[&["--state", &state], &export[..]].concat());
    let tree = printed(0, &["-c", &format!("sysfs:{directory}"), "host", "tree"]);
    assert!(tree.contains("host2 vport 50:01:a4:a0:00:00:00:01 Online"), "{tree}");
    assert_eq!(fs::read(log(&state)).unwrap(), before, "looking is no step");
}
