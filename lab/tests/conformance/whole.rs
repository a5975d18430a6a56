//! The suite as a whole: how much of it can be tried here, and that a run is repeatable.

use npivot_conformance::{CaseResult, Group, Selection, cases, testing};
use npivot_hal::ZoneMember;
use npivot_lab::proving::SimMaker;

use crate::site;

/// What the simulator cannot show, for each driver: it tells no time-out of its own, and some drivers
/// allow more vports than a case makes.
fn not_applicable(maker: &SimMaker) -> Vec<String> {
    let report = testing::run_paused(maker, &Selection::default(), &[], &mut |_| ());
    let cases = report.cases.into_iter();
    cases.filter(|case| case.result == CaseResult::NotApplicable).map(|case| case.name).collect()
}

#[test]
fn nearly_every_case_is_tried() {
    let time = "creation_and_deletion_keep_their_time";
    let npiv = "without_npiv_no_vport_logs_in";
    let full = [
        npiv,
        time,
        "an_adapter_takes_as_many_vports_as_it_says",
        "one_vport_too_many_is_refused",
        "a_deleted_vport_makes_room",
    ];
    assert_eq!(not_applicable(&site::of_driver("qla2xxx")), [npiv, time]);
    assert_eq!(not_applicable(&site::of_driver("lpfc")), [npiv, time]);
    assert_eq!(not_applicable(&site::of_driver("libfc")), full);
}

#[test]
fn there_are_many_cases_in_every_group() {
    assert!(cases().len() >= 200, "{} cases", cases().len());
    for group in Group::ALL {
        let count = cases().iter().filter(|case| case.group == group).count();
        assert!(count >= 10, "{group} has {count}");
    }
}

#[test]
fn a_run_is_repeatable() {
    let run = || {
        let maker = site::of_driver("qla2xxx").with_seed(7);
        testing::run_paused(&maker, &Selection::default(), &[], &mut |_| ()).text()
    };
    assert_eq!(run(), run(), "times included");
}

#[test]
fn switches_without_npiv_are_no_fault_of_the_backend() {
    for driver in ["qla2xxx", "lpfc", "libfc"] {
        let mut topology = site::topology(driver);
        for fabric in &mut topology.fabrics {
            fabric.switches.iter_mut().for_each(|switch| switch.settings.npiv = false);
        }
        let maker = SimMaker::new(topology, "alpha");
        let report = testing::run_paused(&maker, &Selection::default(), &[], &mut |_| ());
        assert!(report.passed(), "{driver}: {report}");
        let tried = report.cases.iter().find(|case| case.name == "without_npiv_no_vport_logs_in");
        assert_eq!(tried.map(|case| case.result), Some(CaseResult::Passed));
        let guest = report.cases.iter().find(|case| case.name == "fresh_paths_run");
        assert_eq!(guest.map(|case| case.result), Some(CaseResult::NotApplicable));
    }
}

#[test]
fn adapters_with_little_room_are_filled() {
    for driver in ["qla2xxx", "lpfc", "libfc"] {
        let mut topology = site::topology(driver);
        for host in &mut topology.hosts {
            host.hbas.iter_mut().for_each(|hba| hba.vports = Some(5));
        }
        let maker = SimMaker::new(topology, "alpha");
        let report = testing::run_paused(&maker, &Selection::default(), &[], &mut |_| ());
        assert!(report.passed(), "{driver}: {report}");
        let full = report.cases.iter().find(|case| case.name == "a_deleted_vport_makes_room");
        assert_eq!(full.map(|case| case.result), Some(CaseResult::Passed), "{driver}");
    }
}

#[test]
fn peer_zones_and_other_seeds() {
    let mut topology = site::topology("libfc");
    for fabric in &mut topology.fabrics {
        for zone in fabric.zones.zones.values_mut() {
            // The array leads, the initiators are its peers.
            let arrays = |m: &ZoneMember| matches!(m, ZoneMember::Alias(_));
            zone.principals = zone.members.iter().filter(|m| arrays(m)).cloned().collect();
            zone.members.retain(|member| !arrays(member));
        }
    }
    for seed in [11, 12] {
        let maker = SimMaker::new(topology.clone(), "alpha").with_seed(seed);
        let report = testing::run_paused(&maker, &Selection::default(), &[], &mut |_| ());
        assert!(report.passed(), "seed {seed}: {report}");
        let guest = report.cases.iter().find(|case| case.name == "fresh_paths_run");
        assert_eq!(guest.map(|case| case.result), Some(CaseResult::Passed));
    }
}
