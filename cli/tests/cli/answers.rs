//! What the commands print when all is well, as golden texts.

use crate::{example, file, printed};

const SAN: &str = "examples/two-fabrics.toml";
const UNMASKED: &str = "examples/unmasked-lun.toml";

#[test]
fn check_says_ok_and_what_there_is() {
    insta::assert_snapshot!(printed(0, &["fabric", "check", SAN]), @"examples/two-fabrics.toml: ok: 2 fabrics, 2 switches, 2 hosts with 4 HBA ports, 1 array with 4 target ports and 3 volumes");
}

#[test]
fn show_is_a_table() {
    insta::assert_snapshot!(printed(0, &["fabric", "show", SAN]));
}

/// Zones by switch port and by address, a login that the switch refuses, an inter-switch link.
#[test]
fn show_says_who_a_member_is_and_who_is_not_logged_in() {
    let wrong = example("two-fabrics.toml")
        .replace(r#""21:00:00:1b:32:a9:da:01", "vault_a"]"#, r#""1,0", "0x010800", "7,7"]"#)
        .replace(
            r#"[{ name = "b1", domain = 2 }]"#,
            r#"[{ name = "b1", domain = 2, logins = 3 }, { name = "b2", domain = 3 }]
isls = [["b1/40", "b2/41"]]"#,
        );
    let path = file("by-port.toml", &wrong);
    insta::assert_snapshot!(printed(0, &["fabric", "show", &path]));
    let json = printed(0, &["fabric", "show", &path, "--format", "json"]);
    let san: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(san["isls"][0]["b"], serde_json::json!({ "switch": "b2", "port": 41 }));
    assert_eq!(san["hosts"][1]["ports"][1]["port_id"], serde_json::Value::Null);
    let svg = printed(0, &["fabric", "show", &path, "--format", "svg"]);
    assert!(svg.contains("to b1/1: not logged in"), "{svg}");
}

#[test]
fn show_of_one_fabric_leaves_the_other_out() {
    let text = printed(0, &["fabric", "show", SAN, "--fabric", "b"]);
    assert!(text.contains("FABRIC b") && !text.contains("FABRIC a"), "{text}");
}

#[test]
fn explain_walks_the_layers_and_names_masking() {
    let args = ["explain", UNMASKED, "--host", "beta", "--volume", "web1-data", "--initiator"];
    let args = [&args[..], &["50:01:a4:a0:00:00:00:11"]].concat();
    insta::assert_snapshot!(printed(1, &args));
    let json: serde_json::Value =
        serde_json::from_str(&printed(1, &[&args[..], &["--format", "json"]].concat())).unwrap();
    assert_eq!(json["blocking_layer"], "masking");
    assert_eq!(json["visible"], false);
    assert_eq!(json["paths"].as_array().unwrap().len(), 4);
}

#[test]
fn explain_exits_0_only_when_the_volume_is_visible() {
    // The example's guest has no vHBA yet: its volumes are not masked to the HBA itself.
    let text = printed(1, &["explain", SAN, "--host", "alpha", "--volume", "web1-root"]);
    assert!(
        text.contains("web1-root is not visible on alpha: masking blocks all 4 paths"),
        "{text}"
    );
    let masked = example("two-fabrics.toml").replace(
        r#"initiators = ["50:01:a4:a0:00:00:00:01""#,
        r#"initiators = ["21:00:00:1b:32:a9:da:01""#,
    );
    let path = file("masked.toml", &masked);
    let text = printed(0, &["explain", &path, "--host", "alpha", "--volume", "web1-root"]);
    assert!(text.ends_with("web1-root is visible on alpha: 2 of 4 paths are clear\n"), "{text}");
}

#[test]
fn a_scenario_prints_the_same_bytes_for_the_same_seed() {
    let run = |seed| printed(0, &["run", "examples/live-migration.toml", "--seed", seed]);
    let seven = run("7");
    assert!(seven.contains("PASSED: 4 of 4 expectations held"), "{seven}");
    assert_eq!(seven, run("7"));
    assert_ne!(seven, run("8"));
}

#[test]
fn a_scenario_whose_expectation_fails_exits_1() {
    let wrong = example("live-migration.toml")
        .replace(r#"migration = "done""#, r#"migration = "refused""#)
        .replace(
            "two-fabrics.toml",
            &crate::root().join("examples/two-fabrics.toml").display().to_string(),
        )
        .replace("xml/", &format!("{}/", crate::root().join("examples/xml").display()));
    let text = printed(1, &["run", &file("failing.toml", &wrong)]);
    assert!(text.contains("FAILED  the migration is refused: it is done"), "{text}");
    assert!(text.contains("\nFAILED: 3 of 4 expectations held"), "{text}");
}

#[test]
fn a_report_is_json_for_programs() {
    let text = printed(0, &["run", "examples/unmasked-lun.toml", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    let held = report["expectations"].as_array().unwrap();
    assert!(held.len() == 5 && held.iter().all(|result| result["held"] == true), "{text}");
    assert!(report["timeline"][0]["at_us"].is_u64());
}

#[test]
fn help_has_examples_and_exit_codes() {
    let help = printed(0, &["--help"]);
    assert!(help.contains("Exit codes:"), "{help}");
    for command in [&["run"][..], &["explain"], &["fabric", "check"], &["fabric", "show"]] {
        let help = printed(0, &[command, &["--help"]].concat());
        assert!(help.contains("Example"), "{command:?}: {help}");
    }
}

#[test]
fn completions_and_manual_pages_can_be_made() {
    for shell in ["bash", "zsh", "fish"] {
        let script = printed(0, &["completions", shell]);
        assert!(script.contains("explain") && script.contains("npivot"), "{shell}");
    }
    assert!(printed(0, &["man"]).starts_with(".ie"), "a page for man(1)");
}
