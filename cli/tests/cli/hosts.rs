//! Commands on connections.

use crate::{printed, refused, root};

const SIM: &str = "sim:examples/two-fabrics.toml#alpha";
const TREE: &str = "tree:examples/two-fabrics.toml#alpha";

#[test]
fn both_views_of_a_host_print_the_same() {
    for words in
        [&["host", "list"][..], &["host", "show", "host0"], &["vport", "list"], &["lun", "list"]]
    {
        let [sim, tree] = [SIM, TREE].map(|uri| printed(0, &[&["-c", uri], words].concat()));
        assert_eq!(sim, tree, "{words:?}");
    }
    let list = printed(0, &["-c", SIM, "host", "list"]);
    assert!(list.contains("host1") && list.contains("21:01:00:1b:32:a9:da:01"), "{list}");
}

#[test]
fn a_vport_logs_in_before_the_command_ends() {
    for uri in [SIM, TREE] {
        let words = ["--parent", "host0", "5001a4a000000001", "5001a4a000000101"];
        let text = printed(0, &[&["-c", uri, "vport", "create"], &words[..]].concat());
        assert!(text.contains("Active") && text.contains("0x010001"), "{text}");
        let json = [&["-c", uri, "vport", "create"], &words[..], &["--format", "json"]].concat();
        let json = printed(0, &json);
        assert!(
            json.contains("\"state\": \"Active\"") && json.contains("\"changed\": true"),
            "{json}"
        );
    }
    let gone = printed(0, &["-c", SIM, "vport", "delete", "5001a4a000000009"]);
    assert!(gone.contains("there is no vport"), "{gone}");
}

#[test]
fn an_adapter_is_a_node_device() {
    let [sim, tree] =
        [SIM, TREE].map(|uri| printed(0, &["-c", uri, "host", "dumpxml", "scsi_host0"]));
    assert_eq!(sim, tree);
    assert!(
        sim.contains("<name>scsi_host0</name>") && sim.contains("<npivot:vports num="),
        "{sim}"
    );
    let form = |form: &str| printed(0, &["-c", SIM, "host", "dumpxml", "0", "--form", form]);
    assert_eq!(form("libvirt"), sim);
    assert!(form("virtual-functions").contains("<npivot:capability type='virt_ports' maxCount="));
    assert!(!form("schema").contains("npivot"));
    let json = printed(0, &["-c", SIM, "host", "show", "host0", "--format", "json"]);
    for field in ["\"vendor\": \"QLogic\"", "\"online\": true", "\"max\": ", "\"remote_ports\": ["]
    {
        assert!(json.contains(field), "{field} in {json}");
    }
    let unknown = refused(2, &["-c", SIM, "host", "dumpxml", "scsi_host7"]);
    assert!(unknown.contains("there is host0, host1"), "{unknown}");
}

#[test]
fn an_exported_host_is_read_and_captured() {
    let scratch = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("exported");
    if scratch.exists() {
        std::fs::remove_dir_all(&scratch).unwrap();
    }
    std::fs::create_dir_all(&scratch).unwrap();
    let [dir, file] = ["alpha", "alpha.txt"].map(|name| scratch.join(name).display().to_string());
    let vport = "5001a4a000000001/5001a4a000000101";
    let topology = "examples/two-fabrics.toml";
    printed(0, &["export", topology, "--host", "alpha", &dir, "--vport", vport]);
    let tree = printed(0, &["-c", &format!("sysfs:{dir}"), "host", "tree"]);
    assert!(tree.contains("host2 vport 50:01:a4:a0:00:00:00:01 Online"), "{tree}");
    assert_eq!(tree.matches("running naa.60060160c1e0aa00").count(), 4, "{tree}");
    printed(0, &["capture", "--root", &dir, "-o", &file]);
    let [from_dir, from_file] =
        [&dir, &file].map(|path| printed(0, &["-c", &format!("sysfs:{path}"), "lun", "list"]));
    assert_eq!(from_dir, from_file);
    let again = refused(2, &["capture", "--root", &dir, "-o", &file]);
    assert!(again.contains("exists"), "{again}");
    let full = refused(2, &["export", topology, "--host", "alpha", &dir]);
    assert!(full.contains("alpha"), "{full}");
}

#[test]
fn the_suite_says_what_it_found() {
    let text = printed(0, &["conform", "-c", TREE, "--group", "identity"]);
    assert!(text.contains("passed"), "{text}");
    let junit = printed(0, &["conform", "-c", SIM, "--group", "identity", "--format", "junit"]);
    assert!(roxmltree::Document::parse(&junit).is_ok(), "{junit}");
    let json = printed(0, &["conform", "-c", SIM, "--group", "npiv", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let counts = &json["counts"];
    assert_eq!((&json["conforms"], &counts["failed"]), (&true.into(), &0.into()), "{counts}");
    let cases = json["cases"].as_array().unwrap().len() as u64;
    let of = |result: &str| counts[result].as_u64().unwrap();
    assert_eq!(of("passed") + of("not_applicable") + of("deviates"), cases, "{counts}");
    let none = refused(2, &["conform", "-c", SIM, "--case", "no_such_case"]);
    assert!(none.contains("no case was selected"), "{none}");
    let list = printed(0, &["conform", "--list"]);
    assert!(list.lines().count() > 120, "{list}");
}

#[test]
fn wrong_words_are_refused_with_the_right_ones() {
    let uri = refused(2, &["-c", "examples/two-fabrics.toml", "host", "list"]);
    assert!(uri.contains("sim:TOPOLOGY#HOST"), "{uri}");
    let host = refused(2, &["-c", "sim:examples/two-fabrics.toml#gamma", "host", "list"]);
    assert!(host.contains("it has alpha, beta"), "{host}");
    let which = refused(2, &["-c", "sim:examples/two-fabrics.toml", "host", "list"]);
    assert!(which.contains("name a host after `#`: alpha, beta"), "{which}");
    let adapter = refused(2, &["-c", SIM, "host", "show", "host7"]);
    assert!(adapter.contains("there is host0, host1"), "{adapter}");
    let lun = refused(1, &["-c", SIM, "lun", "show", "sdz"]);
    assert!(lun.contains("no path of alpha is `sdz`"), "{lun}");
    let empty = root().join("docs").display().to_string();
    let dir = refused(2, &["-c", &format!("sysfs:{empty}"), "host", "list"]);
    assert!(dir.contains("as a sysfs has"), "{dir}");
}
