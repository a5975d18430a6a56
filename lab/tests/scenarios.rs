//! The example scenarios, run as a user would.

use std::path::PathBuf;

use npivot_lab::Scenario;

fn example(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples").join(name)
}

#[test]
fn every_example_scenario_passes_and_is_repeatable() {
    for name in ["live-migration.toml", "unmasked-lun.toml", "link-dies.toml"] {
        let scenario = Scenario::load(&example(name)).unwrap_or_else(|error| panic!("{error}"));
        let report = scenario.run(None);
        assert!(report.passed(), "{report}");
        assert_eq!(report.to_string(), scenario.run(None).to_string(), "{name} twice");
        let other = scenario.run(Some(99));
        assert!(other.passed(), "{other}");
        assert_ne!(report.fingerprint, other.fingerprint, "another seed is another run");
    }
}
