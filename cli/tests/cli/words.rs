//! Wrong words and wrong files: what is said, and that it exits with 2.

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
