//! Definitions from the command line: where they are kept, what is told of them, what a kill leaves.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use npivot::store::FileStore;
use npivot_fabric::san::ids::ArrayIx;
use npivot_fabric::world::{Command as WorldCommand, MaskingCommand};
use npivot_lab::load_topology;
use npivot_lab::state::{Kept, StateDir};
use redb::{Database, TableDefinition};

use crate::{example, fresh, npivot, printed, refused, root};

const SIM: &str = "sim:examples/two-fabrics.toml#alpha";
const WEB1_A: &str = "examples/xml/web1-a.xml";
const DEFINE: [&str; 8] = [
    "vhba",
    "define",
    "--name",
    "web1-a",
    "--wwpn",
    "5001a4a000000001",
    "--wwnn",
    "5001a4a000000101",
];

fn on<'w>(state: &'w str, words: &[&'w str]) -> Vec<&'w str> {
    [&["--state", state, "-c", SIM], words].concat()
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

/// A kept host on which the example's pool is up.
fn with_pool(name: &str) -> String {
    let state = fresh(name);
    printed(0, &on(&state, &["pool", "define", WEB1_A]));
    printed(0, &on(&state, &["pool", "start", "web1-a"]));
    state
}

#[test]
fn what_would_be_lost_is_not_taken() {
    let said = refused(2, &["-c", SIM, "vhba", "list"]);
    assert!(said.contains("--state DIR") && said.contains("--store"), "{said}");
    let store = fresh("alone.redb");
    printed(0, &[&["-c", SIM, "--store", &store], &DEFINE[..]].concat());
    // The definition stays, the host does not.
    let list = printed(0, &["-c", SIM, "--store", &store, "vhba", "list", "--format", "json"]);
    assert_eq!(json(&list)[0]["name"], "web1-a");
    assert_eq!(json(&list)[0]["state"], serde_json::Value::Null);
    let mut command = Command::new(env!("CARGO_BIN_EXE_npivot"));
    command.env("NPIVOT_STORE", &store).current_dir(root()).args(["-c", SIM, "vhba", "list"]);
    assert!(String::from_utf8(command.output().unwrap().stdout).unwrap().contains("web1-a"));
    let copy = fresh("picture");
    printed(0, &["export", "examples/two-fabrics.toml", "--host", "alpha", &copy]);
    let said = refused(2, &["-c", &format!("sysfs:{copy}"), "pool", "list"]);
    assert!(said.contains("is a picture of a machine"), "{said}");
}

#[test]
fn a_store_that_cannot_be_used_is_told_and_left_alone() {
    let list = |store: &str| refused(2, &["-c", SIM, "--store", store, "pool", "list"]);
    let damaged = fresh("damaged.redb");
    fs::write(&damaged, "mine").unwrap();
    assert!(list(&damaged).contains("put a copy back, or move it away"), "{}", list(&damaged));
    assert_eq!(fs::read_to_string(&damaged).unwrap(), "mine");
    let newer = fresh("newer.redb");
    drop(FileStore::open(&newer).unwrap());
    let database = Database::open(&newer).unwrap();
    let write = database.begin_write().unwrap();
    let meta: TableDefinition<'_, &str, u64> = TableDefinition::new("npivot");
    write.open_table(meta).unwrap().insert("version", 1_000).unwrap();
    write.commit().unwrap();
    drop(database);
    assert!(list(&newer).contains("version 1000"), "{}", list(&newer));
    let nowhere = list("/proc/npivot/store.redb");
    assert!(nowhere.contains("/proc/npivot"), "{nowhere}");
    // The hook refuses what it cannot check, and lets pass what is not its business.
    let state = with_pool("unusable-hook");
    let guest = example("xml/guest-web1.xml");
    let call = |operation: &str, guest: &str| {
        let words = ["--store", &damaged, "hook", "qemu", "web1", operation, "begin", "-"];
        crate::fed(guest, &on(&state, &words))
    };
    let answer = call("prepare", &guest);
    assert_eq!(answer.status.code(), Some(1));
    let said = String::from_utf8(answer.stderr).unwrap();
    assert!(said.starts_with("npivot: guest web1: ") && said.contains("damaged"), "{said}");
    assert_eq!(call("started", &guest).status.code(), Some(0), "it runs already");
    let diskless = "<domain><name>web1</name><devices/></domain>";
    for (operation, guest) in [("prepare", diskless), ("snapshot", &*guest)] {
        let answer = call(operation, guest);
        assert_eq!(
            (answer.status.code(), &*answer.stderr, &*answer.stdout),
            (Some(0), &b""[..], &b""[..])
        );
    }
}

#[test]
fn to_look_makes_no_file() {
    let store = fresh("looked-at.redb");
    let guest = "examples/xml/guest-web1.xml";
    for (status, words) in [
        (0, &["vhba", "list"][..]),
        (0, &["pool", "list"]),
        (1, &["pool", "info", "web1"]),
        (0, &["guest", "list"]),
        (0, &["reconcile", "--dry-run"]),
        (1, &["guest", "resolve", guest, "--check"]),
    ] {
        let code = npivot(&[&["-c", SIM, "--store", &store], words].concat()).status.code();
        assert_eq!(code, Some(status), "{words:?}");
        assert!(!Path::new(&store).exists(), "{words:?}");
    }
}

#[test]
fn what_else_a_vhbas_xml_says_is_printed_again() {
    let state = fresh("said");
    let xml = example("xml/vhba-web1-a.xml").replace("</device>", "  <rack>12</rack>\n</device>");
    printed(0, &on(&state, &["vhba", "define", &crate::file("said.xml", &xml)]));
    let dumped = printed(0, &on(&state, &["vhba", "dumpxml", "web1-a"]));
    assert!(dumped.contains("<rack>12</rack>"), "{dumped}");
    let again = printed(0, &on(&state, &["vhba", "define", &crate::file("said.xml", &dumped)]));
    assert_eq!(again, "vHBA web1-a was defined so already\n");
}

#[test]
fn one_command_has_the_definitions_at_a_time() {
    let (copy, store) = (fresh("waiting"), fresh("waiting.redb"));
    printed(0, &["export", "examples/two-fabrics.toml", "--host", "alpha", &copy]);
    let uri = format!("sysfs:{copy}");
    let words = ["-c", &uri, "--store", &store, "pool", "list"];
    let held = FileStore::open(&store).unwrap();
    let said = refused(2, &words);
    let process = std::process::id();
    let how = "wait for it with --store-wait SECONDS";
    assert_eq!(said, format!("npivot: {store}: in use by process {process}; {how}\n"));
    // What is handed in was read before: it may come from a command that needs the definitions.
    fs::write(format!("{copy}/latin-1.xml"), b"<pool \xe9>").unwrap();
    let define = ["-c", &uri, "--store", &store, "pool", "define", &format!("{copy}/latin-1.xml")];
    assert!(refused(2, &define).contains("is not UTF-8"));
    // The other one is a process of this machine: a simulated world's time does not make it end.
    let waiting = [uri.as_str(), SIM].map(|uri| {
        let mut next = Command::new(env!("CARGO_BIN_EXE_npivot"));
        next.current_dir(root()).args(["-c", uri, "--store", &store, "--store-wait", "600"]);
        next.args(["pool", "list"]).stdout(Stdio::piped()).spawn().unwrap()
    });
    drop(held);
    for next in waiting {
        let output = next.wait_with_output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "no pools\n");
    }
}

#[test]
fn a_link_to_no_store_is_no_empty_store() {
    let store = fresh("linked.redb");
    std::os::unix::fs::symlink("/nowhere/store.redb", &store).unwrap();
    let said = refused(2, &["-c", SIM, "--store", &store, "pool", "list"]);
    assert!(said.contains("it is a link, and nothing is where it leads"), "{said}");
}

#[test]
fn words_that_are_wrong_are_told_apart_from_what_is_not_there() {
    let state = fresh("words");
    printed(0, &on(&state, &DEFINE));
    assert_eq!(
        refused(1, &on(&state, &["vhba", "start", "nobody"])),
        "npivot: alpha has no vHBA nobody\n"
    );
    assert_eq!(
        refused(1, &on(&state, &["pool", "info", "nobody"])),
        "npivot: alpha has no pool nobody\n"
    );
    let name = [&DEFINE[..3], &["a/b"], &DEFINE[4..]].concat();
    let said = refused(2, &on(&state, &name));
    assert!(said.contains("\"a/b\" is no name"), "{said}");
    refused(2, &on(&state, &DEFINE[..6]));
    let both =
        [&DEFINE[..], &["--parent", "host0", "--parent-fabric", "100000504e500001"]].concat();
    refused(2, &on(&state, &both));
    let none = [&DEFINE[..], &["--parent", "scsi_host9"]].concat();
    printed(0, &on(&state, &none));
    let said = refused(2, &on(&state, &["vhba", "start", "web1-a"]));
    assert!(
        said.contains("wanted parent scsi_host9; host0 (2100001b32a9da01) not the one"),
        "{said}"
    );
    assert_eq!(printed(0, &on(&state, &["vport", "list"])), "no vports\n");
    let said = refused(2, &on(&state, &["pool", "start"]));
    assert!(said.contains("<POOL>"), "{said}");
    for (file, text) in
        [("dtd.xml", "<!DOCTYPE pool [<!ENTITY a 'b'>]><pool/>"), ("half.xml", "<pool>")]
    {
        let path = crate::file(file, text);
        let said = refused(2, &on(&state, &["pool", "define", &path]));
        assert!(said.contains(&format!("{path}:1:")), "{said}");
    }
    let path = crate::file("latin1.xml", "");
    fs::write(&path, b"<pool>\xe4</pool>").unwrap();
    let said = refused(2, &on(&state, &["pool", "define", &path]));
    assert!(said.contains("is not UTF-8 from byte 6 on"), "{said}");
}

#[test]
fn a_vhba_without_names_is_given_some_that_nobody_has() {
    let state = fresh("drawn");
    let define = |name| printed(0, &on(&state, &["vhba", "define", "--name", name]));
    let said = define("one");
    assert!(said.starts_with("vHBA one is defined: port 50:01:a4:a"), "{said}");
    assert_eq!(define("one"), "vHBA one was defined so already\n");
    define("other");
    let list = json(&printed(0, &on(&state, &["vhba", "list", "--format", "json"])));
    let mut names = vec![];
    for vhba in list.as_array().unwrap() {
        names.extend([&vhba["wwpn"], &vhba["wwnn"]].map(|name| name.as_str().unwrap()));
    }
    assert!(names.iter().all(|name| name.starts_with("5001a4a")), "{names:?}");
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 4);
    let half = refused(2, &on(&state, &["vhba", "define", "--name", "x", "--wwpn", names[0]]));
    assert!(half.contains("--wwnn"), "{half}");
}

#[test]
fn a_pool_without_a_uuid_is_given_one_that_stays() {
    let state = fresh("uuid");
    let define = |name: &str, digit: &str| {
        let text = example("xml/web1-a.xml");
        let (before, after) = text.split_once("  <uuid>").unwrap();
        let after = after.split_once("</uuid>\n").unwrap().1.replace("web1-a", name);
        let before = before.replace("web1-a", name);
        let text = (before + &after).replace("00001'", &format!("0000{digit}'"));
        let path = crate::file(
            &format!("{name}.xml"),
            &text.replace("000101'", &format!("0001f{digit}'")),
        );
        let said = printed(0, &on(&state, &["pool", "define", &path]));
        said.trim().rsplit(' ').next().unwrap().to_owned()
    };
    let (one, other) = (define("one", "7"), define("other", "8"));
    assert_eq!((one.len(), other.len()), (36, 36));
    assert_ne!(one, other);
    assert_eq!(define("one", "7"), one, "the same again");
    let list = json(&printed(0, &on(&state, &["pool", "list", "--format", "json"])));
    assert_eq!((list[0]["uuid"].as_str(), list[1]["uuid"].as_str()), (Some(&*one), Some(&*other)));
    assert_eq!(
        printed(0, &on(&state, &["pool", "info", &one])).lines().next(),
        Some("name       one")
    );
}

#[test]
fn a_stale_path_is_told_and_is_no_path_of_a_volume() {
    let state = with_pool("stale");
    let (file, topology) = load_topology(&root().join("examples/two-fabrics.toml")).unwrap();
    let mut opened = Kept::open(&StateDir::new(&state), &topology, &file).unwrap();
    let (group, volume) = ("web1".to_owned(), "web1-data".to_owned());
    let unmap = MaskingCommand::Unmap { group: group.clone(), volume };
    let map = MaskingCommand::Map { group, volume: "scratch".into(), lun: 1 };
    for command in [unmap, map] {
        opened.world.apply(WorldCommand::Masking(ArrayIx(0), command)).unwrap();
    }
    assert!(opened.kept.keep(&opened.world).unwrap());
    drop(opened);
    let text = printed(1, &on(&state, &["pool", "volumes", "web1-a"]));
    assert_eq!(text.matches("stale: ").count(), 2, "{text}");
    let found = json(&printed(1, &on(&state, &["pool", "volumes", "web1-a", "--format", "json"])));
    assert_eq!(found["volumes"].as_array().unwrap().len(), 1);
    assert_eq!(found["stale"].as_array().unwrap().len(), 2);
}

#[test]
fn what_is_there_in_part_is_said_to_be() {
    let state = fresh("part");
    let missing = example("xml/web1.xml").replace("0002' paths", "0009' paths");
    let path = crate::file("missing.xml", &missing);
    printed(0, &on(&state, &["pool", "define", &path]));
    let said = printed(1, &on(&state, &["pool", "start", "web1"]));
    assert!(said.contains("is up, and not complete: 2 volumes on 8 paths"), "{said}");
    assert!(said.contains("missing 4 paths of naa.60060160c1e0aa005000000000000009"), "{said}");
    printed(0, &on(&state, &["pool", "autostart", "web1"]));
    printed(0, &on(&state, &["lab", "reboot"]));
    let said = printed(1, &on(&state, &["autostart"]));
    assert!(said.starts_with("done in part: start pool web1: missing 4 paths"), "{said}");
    // A fabric that is not there: the pool is up on the other one, and what is missing is tried again.
    let gone = missing.replace("100000504e500102", "100000504e5001ff");
    printed(0, &on(&state, &["pool", "stop", "web1"]));
    printed(0, &on(&state, &["pool", "define", &crate::file("gone.xml", &gone)]));
    printed(0, &on(&state, &["lab", "reboot"]));
    let said = printed(1, &on(&state, &["autostart", "--wait", "5", "--format", "json"]));
    let missing = json(&said)["partial"][0]["missing"].as_str().unwrap().to_owned();
    assert!(missing.contains("vHBA 5001a4a000000002 is down"), "{missing}");
    assert!(missing.contains("is on fabric"), "{missing}");
    let list = json(&printed(0, &on(&state, &["pool", "list", "--format", "json"])));
    assert_eq!(list[0]["state"], "degraded");
}

/// A picture of a machine takes no writes: what is there can be adopted, and not deleted.
#[test]
fn what_is_left_of_a_stop_that_fails_is_said() {
    let (copy, store) = (fresh("left"), fresh("left.redb"));
    let vport = "5001a4a000000001/5001a4a000000101";
    let export =
        ["export", "examples/two-fabrics.toml", "--host", "alpha", &copy, "--vport", vport];
    printed(0, &export);
    let uri = format!("sysfs:{copy}");
    let run = |code, words: &[&str]| {
        let output = npivot(&[&["-c", &uri, "--store", &store], words].concat());
        assert_eq!(output.status.code(), Some(code), "{words:?}");
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    run(0, &["pool", "define", WEB1_A]);
    assert!(run(0, &["pool", "start", "web1-a"]).contains("where it was already"));
    let said = run(2, &["pool", "stop", "web1-a"]);
    assert!(said.starts_with("npivot: pool web1-a: "), "{said}");
    assert!(said.ends_with("it counts as up: stop it again\n"), "{said}");
    assert!(run(0, &["pool", "list"]).contains("active"));
    assert!(run(2, &["pool", "undefine", "web1-a"]).contains("is up: stop it first"));
    run(0, &["pool", "define", "examples/xml/web1-b.xml"]);
    let said = run(2, &["pool", "start", "web1-b"]);
    assert!(said.starts_with("npivot: pool web1-b: create vport"), "{said}");
    assert_eq!(run(0, &["reconcile", "--dry-run"]).lines().count(), 1, "nothing was begun");
}

#[test]
fn one_that_fails_at_boot_keeps_none_of_the_others() {
    let state = fresh("boot");
    printed(0, &on(&state, &[&DEFINE[..], &["--parent", "scsi_host9"]].concat()));
    printed(0, &on(&state, &["vhba", "autostart", "web1-a"]));
    printed(0, &on(&state, &["pool", "define", "examples/xml/web1-b.xml"]));
    printed(0, &on(&state, &["pool", "autostart", "web1-b"]));
    let said = printed(1, &on(&state, &["autostart", "--wait", "3"]));
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[0], "done: start pool web1-b");
    assert!(lines[1].starts_with("FAILED: start vHBA web1-a: host alpha has no parent"), "{said}");
    printed(0, &on(&state, &["vhba", "autostart", "web1-a", "--disable"]));
    assert_eq!(printed(0, &on(&state, &["autostart"])), "nothing is to be started\n");
}

/// Kills a start at one point after the other; the next command finds all in order, or puts it there.
#[test]
fn a_kill_at_any_point_leaves_what_reconcile_mends() {
    let state = fresh("killed");
    printed(0, &on(&state, &["pool", "define", WEB1_A]));
    let file = |name: &str| Path::new(&state).join(name);
    let seen = || ["world.log", "store.redb"].map(|name| fs::read(file(name)).unwrap_or_default());
    for point in 0..12 {
        let mut command = Command::new(env!("CARGO_BIN_EXE_npivot"));
        command.current_dir(root()).args(on(&state, &["pool", "start", "web1-a"]));
        let mut child = command.stdout(Stdio::null()).spawn().unwrap();
        let (mut before, mut changes) = (seen(), 0);
        while changes < point && child.try_wait().unwrap().is_none() {
            let now = seen();
            changes += usize::from(now != before);
            before = now;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // A step that was being written is cut off with a word; everything else goes on.
        let reconciled = npivot(&on(&state, &["reconcile"]));
        let said = String::from_utf8(reconciled.stderr).unwrap();
        assert_eq!(reconciled.status.code(), Some(0), "{point}: {said}");
        assert!(said.is_empty() || said.contains("are cut off"), "{point}: {said}");
        printed(0, &on(&state, &["reconcile", "--dry-run"]));
        printed(0, &on(&state, &["pool", "stop", "web1-a"]));
        assert_eq!(printed(0, &on(&state, &["vport", "list"])), "no vports\n", "{point}");
    }
}

#[test]
fn a_machine_without_adapters_and_definitions_boots_well() {
    let bare = fresh("bare");
    fs::create_dir_all(format!("{bare}/sys/class")).unwrap();
    let store = fresh("bare.redb");
    let words = ["-c", &format!("sysfs:{bare}"), "--store", &store, "autostart", "--wait", "60"];
    assert_eq!(printed(0, &words), "nothing is to be started\n");
}

#[test]
fn names_are_drawn_anew_each_time() {
    let state = fresh("drawn");
    let made: Vec<String> = (0..3).map(|_| printed(0, &on(&state, &["vhba", "create"]))).collect();
    let port = |said: &String| {
        let name = said.split("port ").nth(1).unwrap().split(',').next().unwrap().replace(':', "");
        u64::from_str_radix(&name, 16).unwrap()
    };
    let ports: Vec<u64> = made.iter().map(port).collect();
    assert!(ports.windows(2).all(|pair| pair[0].abs_diff(pair[1]) > 1_000), "{made:?}");
}

#[test]
fn a_pool_that_is_up_tells_its_size() {
    let state = fresh("sized");
    printed(0, &on(&state, &["pool", "define", "examples/xml/web1.xml"]));
    let down = printed(0, &on(&state, &["pool", "dumpxml", "web1"]));
    assert!(!down.contains("<capacity"), "{down}");
    printed(0, &on(&state, &["pool", "start", "web1"]));
    let up = printed(0, &on(&state, &["pool", "dumpxml", "web1"]));
    assert!(up.contains("<capacity unit='bytes'>128849018880</capacity>"), "{up}");
}

/// A vport whose names cannot be read looks as if it were gone: whoever compares is told.
#[test]
fn what_cannot_be_read_is_told_where_definitions_are_compared() {
    let (copy, store) = (fresh("unread"), fresh("unread.redb"));
    printed(0, &["export", "examples/two-fabrics.toml", "--host", "alpha", &copy]);
    let fc_host = format!("{copy}/sys/class/fc_host/host0/port_name");
    fs::remove_file(&fc_host).unwrap();
    fs::write(&fc_host, "no name\n").unwrap();
    let uri = format!("sysfs:{copy}");
    for words in [&["vhba", "list"], &["pool", "list"]] {
        let done = npivot(&[&["-c", &uri, "--store", &store][..], words].concat());
        let told = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(1), "{words:?}: {told}");
        assert!(told.contains("warning") && told.contains("host0/port_name"), "{told}");
    }
    let told = refused(2, &["-c", &uri, "--store", &store, "reconcile"]);
    assert!(told.contains("cannot be compared") && told.contains("host0/port_name"), "{told}");
}

/// A pool whose cable is pulled says which vHBA has no link, and what of the expected is missing.
#[test]
fn a_dark_link_shows_in_the_pool() {
    let state = fresh("dark");
    printed(0, &on(&state, &["pool", "define", "examples/xml/web1.xml"]));
    printed(0, &on(&state, &["pool", "start", "web1"]));
    let info = printed(0, &on(&state, &["pool", "info", "web1"]));
    assert!(info.contains("state      active\n") && !info.contains("expected"), "{info}");
    printed(0, &on(&state, &["lab", "act", "link-down", "a1/0"]));
    let info = printed(0, &on(&state, &["pool", "info", "web1"]));
    assert!(info.contains("state      degraded (1 of 2 vHBAs)\n"), "{info}");
    assert!(info.contains(", Linkdown\n"), "{info}");
    assert!(info.contains("expected   missing 2 paths of naa."), "{info}");
}
