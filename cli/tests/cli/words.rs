//! Wrong words and wrong files: what is said, and that it exits with 2.

use std::fmt::Write as _;
use std::process::{Command, Stdio};

use crate::{example, file, refused, root};

const SAN: &str = "examples/two-fabrics.toml";

#[test]
fn a_word_that_names_nothing_is_told_with_the_nearest() {
    let explain = |host, volume| refused(2, &["explain", SAN, "--host", host, "--volume", volume]);
    assert_eq!(
        explain("alhpa", "web1-root"),
        "npivot: there is no host `alhpa`; did you mean `alpha`?\n"
    );
    assert_eq!(
        explain("alpha", "zz"),
        "npivot: there is no volume `zz`; there are: web1-root, web1-data, scratch\n"
    );
    let show = refused(2, &["fabric", "show", SAN, "--fabric", "c"]);
    assert!(show.starts_with("npivot: there is no fabric `c`"), "{show}");
}

/// A name of somebody else is no plan, and one that nothing is prepared for is a slip.
#[test]
fn an_initiator_must_be_the_hosts_or_prepared() {
    let explain = |wwpn| {
        let words = ["--host", "alpha", "--volume", "web1-root", "--initiator", wwpn];
        refused(2, &[&["explain", SAN], &words[..]].concat())
    };
    insta::assert_snapshot!(explain("21:00:00:1b:32:a9:db:01"), @"npivot: 21:00:00:1b:32:a9:db:01 is no port name of alpha: beta host0 has it");
    insta::assert_snapshot!(explain("50:06:01:60:41:e0:aa:00"), @"npivot: 50:06:01:60:41:e0:aa:00 is no port name of alpha: vault port 0 has it");
    insta::assert_snapshot!(explain("50:01:a4:a0:00:00:00:1f"), @"npivot: no adapter of alpha is 50:01:a4:a0:00:00:00:1f, and no zone or host group has it; did you mean `50:01:a4:a0:00:00:00:01`?");
    let far = explain("11:22:33:44:55:66:77:88");
    assert!(far.contains("there are: 50:01:a4:a0:00:00:00:01, "), "{far}");
    assert!(!far.contains("a9:db:01"), "beta's are not on offer: {far}");
}

#[test]
fn a_volume_of_another_array_is_not_taken_for_that_of_the_one_asked_for() {
    let depot = "\n[array.depot]\nwwnn = \"50:06:01:60:c1:e0:bb:00\"\nports = []\n\
         volumes = { backup = \"1 GiB\" }\n";
    let path = file("asked-for.toml", &format!("{}{depot}", example("two-fabrics.toml")));
    let words = ["--host", "alpha", "--volume", "scratch", "--array", "depot"];
    let said = refused(2, &[&["explain", &path], &words[..]].concat());
    assert_eq!(said, "npivot: there is no volume on depot `scratch`; there are: backup\n");
}

/// What `check` calls ok can be booted: an array takes only so many initiators.
#[test]
fn what_cannot_be_built_is_not_ok() {
    let names: Vec<String> = (0..2049).map(|n| format!("\"200000000000{n:04x}\"")).collect();
    let group = format!("initiators = [{}, ", names.join(", "));
    let text = example("two-fabrics.toml").replace("initiators = [", &group);
    let said = refused(2, &["fabric", "check", &file("full-array.toml", &text)]);
    assert!(said.contains("has 2048 initiators, its most"), "{said}");
}

/// A list of what there is has an end.
#[test]
fn a_long_list_is_cut() {
    let mut text = "[fabric.a]\nswitches = [{ name = \"s\", domain = 1 }]\n".to_owned();
    for n in 0..30 {
        writeln!(text, "[host.h{n}]\nhbas = []").unwrap();
    }
    let path = file("many-hosts.toml", &text);
    let said = refused(2, &["explain", &path, "--host", "elsewhere", "--volume", "v"]);
    assert!(said.contains("h11 and 18 more"), "{said}");
}

#[test]
fn a_volume_that_two_arrays_have_needs_the_array() {
    let twice = format!(
        "{}\n[array.depot]\nwwnn = \"50:06:01:60:c1:e0:bb:00\"\nports = []\nvolumes = {{ scratch = \"1 GiB\" }}\n",
        example("two-fabrics.toml")
    );
    let path = file("two-arrays.toml", &twice);
    let said = refused(2, &["explain", &path, "--host", "alpha", "--volume", "scratch"]);
    assert_eq!(said, "npivot: arrays vault, depot each have a volume `scratch`: add --array\n");
}

#[test]
fn a_wrong_file_is_told_with_its_place() {
    let wrong = example("two-fabrics.toml").replace(r#""vault_a"]"#, r#""valt_a"]"#);
    let said = refused(2, &["fabric", "check", &file("wrong.toml", &wrong)]);
    assert!(said.contains("wrong.toml:11:39: "), "{said}");
    assert!(said.contains("did you mean `vault_a`?"), "{said}");
}

#[test]
fn what_is_no_file_is_told() {
    for path in ["examples", "examples/none.toml"] {
        let said = refused(2, &["fabric", "check", path]);
        assert!(said.starts_with("npivot: ") && said.contains(path), "{said}");
    }
    refused(2, &["run"]);
    refused(2, &["fabric", "show", SAN, "--format", "png"]);
    let wwpn = ["explain", SAN, "--host", "alpha", "--volume", "scratch", "--initiator", "21:00"];
    let said = refused(2, &wwpn);
    assert!(said.contains("`21:00` has 4 hexadecimal digits"), "{said}");
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_npivot"));
    command.current_dir(root()).args(["run", "examples/live-migration.toml"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}
