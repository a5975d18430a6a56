//! What is said of a wrong scenario: the text, with its place.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use npivot_lab::{Scenario, load_topology};

/// A scenario that is right, in which one text is replaced, loaded from beside the examples' files.
fn said(name: &str, from: &str, to: &str) -> String {
    let examples = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let right = fs::read_to_string(examples.join("link-dies.toml")).unwrap();
    assert!(right.contains(from), "the example has changed: {from}");
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(folder.join("xml")).unwrap();
    for file in ["two-fabrics.toml", "xml/web1-a.xml", "xml/web1-b.xml"] {
        fs::copy(examples.join(file), folder.join(file)).unwrap();
    }
    let path = folder.join("s.toml");
    fs::write(&path, right.replace(from, to)).unwrap();
    let error = Scenario::load(&path).unwrap_err().to_string();
    error.replace(&format!("{}/", folder.display()), "")
}

/// A name, the right text, and the wrong one in its place.
const WRONG: [(&str, &str, &str); 12] = [
    ("unknown key", "seed = 1", "sed = 1"),
    ("unknown step", "run-for = \"500 ms\"", "run-fro = \"500 ms\""),
    ("unknown pool", "[\"web1-a\", \"web1-b\"]", "[\"web1-a\", \"web-1b\"]"),
    ("unknown host", "on = \"alpha\" }", "on = \"alhpa\" }"),
    ("unknown guest", "start-guest = \"web1\"", "start-guest = \"web2\""),
    ("unknown kind of step", "step = \"start-pool\", nth", "step = \"start\", nth"),
    ("port without a cable", "link-up = \"b1/1\"", "link-up = \"b1/7\""),
    ("time without a unit", "write-every = \"2 ms\"", "write-every = \"2\""),
    ("no such ending", "migration = \"rolled-back\"", "migration = \"rolledback\""),
    ("no such topology", "topology = \"two-fabrics.toml\"", "topology = \"two.toml\""),
    ("another pool in the file", "web1-a = \"xml/web1-a.xml\"", "web1-a = \"xml/web1-b.xml\""),
    ("not TOML", "seed = 1", "seed = = 1"),
];

#[test]
fn each_mistake_is_told_with_its_place_and_a_way_out() {
    let mut all = String::new();
    for (name, from, to) in WRONG {
        let said = said(&name.replace(' ', "-"), from, to);
        write!(all, "# {name}\n{said}\n\n").unwrap();
    }
    insta::assert_snapshot!(all);
}

#[test]
fn nothing_expected_is_no_scenario() {
    let examples = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let right = fs::read_to_string(examples.join("link-dies.toml")).unwrap();
    let cut = right.find("[[expect]]").unwrap();
    let path = examples.join("unexpecting.tmp");
    fs::write(&path, &right[..cut]).unwrap();
    let error = Scenario::load(&path).unwrap_err().to_string();
    fs::remove_file(&path).unwrap();
    assert!(error.contains("the scenario expects nothing"), "{error}");
}

#[test]
fn a_scenario_file_leads_to_its_topology() {
    let examples = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let (path, topology) = load_topology(&examples.join("unmasked-lun.toml")).unwrap();
    assert!(path.ends_with("unmasked.toml"));
    assert_eq!(topology.hosts.len(), 2);
    let (_, same) = load_topology(&examples.join("unmasked.toml")).unwrap();
    assert_eq!(topology, same);
}
