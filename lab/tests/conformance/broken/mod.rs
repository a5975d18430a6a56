//! Backends that are broken in one thing each: the suite must notice, and must not blame anything else.
//!
//! Each list is what a flaw should be noticed by, and nothing more. A case that is added to the suite and
//! notices a flaw too belongs into the flaw's list; one that does so without a reason is wrong itself.

mod array;
mod fabric;
mod host;

use std::sync::Arc;

use npivot_conformance::{Selection, testing};
use npivot_lab::proving::SimMaker;

use crate::site;
use array::BrokenArray;
use fabric::BrokenFabric;
use host::BrokenHost;

/// The cases that fail on it must be these.
fn fails(maker: &SimMaker, expected: &[&str]) {
    let report = testing::run_paused(maker, &Selection::default(), &[], &mut |_| ());
    let mut failed: Vec<&str> = report.bad().map(|case| case.name.as_str()).collect();
    let mut expected = expected.to_vec();
    failed.sort_unstable();
    expected.sort_unstable();
    let bad: Vec<String> = report.bad().map(|c| format!("{}: {}", c.name, c.message)).collect();
    assert_eq!(failed, expected, "\n{}", bad.join("\n"));
    assert!(!report.passed());
}

fn host(flaw: host::Flaw) -> SimMaker {
    site::of_driver("qla2xxx").over_host(move |_, host| Arc::new(BrokenHost::new(host, flaw)))
}

fn fabric(flaw: fabric::Flaw) -> SimMaker {
    let wrap = move |fabric| Arc::new(BrokenFabric::new(fabric, flaw));
    site::of_driver("qla2xxx").over_fabrics(move |_, fabric| wrap(fabric))
}

fn array(flaw: array::Flaw) -> SimMaker {
    let wrap = move |array| Arc::new(BrokenArray::new(array, flaw));
    site::of_driver("qla2xxx").over_arrays(move |_, array| wrap(array))
}

macro_rules! broken {
    ($($test:ident: $machine:ident::$flaw:ident => [$($case:literal),* $(,)?];)*) => {
        $(
            #[test]
            fn $test() {
                fails(&$machine($machine::Flaw::$flaw), &[$($case),*]);
            }
        )*
    };
}

broken! {
    lists_adapters_backwards: host::ListsAdaptersBackwards => ["adapters_ascend"];
    creates_unchanged: host::CreatesUnchanged => [
        "the_first_create_is_changed",
        "names_may_be_used_again",
        "one_name_at_once_makes_one_vport",
        "random_vports_agree_with_a_model",
    ];
    // A remapped path is not stale to it. That `identify` tells the new volume is still right.
    refreshes_identities: host::RefreshesIdentities => [
        "a_remapped_path_keeps_its_identity",
        "a_scan_does_not_refresh_an_identity",
        "random_mappings_agree_with_a_model",
    ];
    // What an error looks like cannot be said of one that never comes: those cases are not applicable.
    swallows_errors: host::SwallowsErrors => [
        "remote_ports_of_no_adapter",
        "vports_of_no_adapter",
        "paths_of_no_adapter",
        "delete_takes_what_is_behind_it",
    ];
    renumbers_returning_ports: host::RenumbersReturningPorts => ["a_port_returns_under_its_number"];
    // It tells Active twice, the first time too early.
    tells_logins_early: host::TellsLoginsEarly => [
        "a_told_vport_can_be_read",
        "states_are_told_in_order",
    ];
    mistakes_limits: host::MistakesLimits => ["one_vport_too_many_is_refused"];
    scans_away: host::ScansAway => [
        "an_unmapped_path_stays",
        "random_mappings_agree_with_a_model",
    ];
    // All that looks at paths while one of them does not answer, or is lost.
    fails_whole_lists: host::FailsWholeLists => [
        "one_stale_path_spoils_no_other",
        "an_unmapped_path_stays",
        "an_unmapped_path_keeps_its_identity",
        "a_removed_unmapped_path_does_not_return",
        "lost_paths_are_blocked_and_listed",
        "a_lost_path_is_unreachable",
        "random_mappings_agree_with_a_model",
    ];
    hides_lost_ports: host::HidesLostPorts => [
        "lost_remote_ports_are_blocked_and_listed",
        "a_lost_port_tells_its_last_address",
        "a_zone_taken_out_of_force_loses_the_target",
    ];
    deletes_by_port_name: host::DeletesByPortName => [
        "delete_compares_both_names",
        "random_vports_agree_with_a_model",
    ];
    hides_lost_events: host::HidesLostEvents => ["a_slow_reader_knows_what_it_missed"];
    repeats_causes: host::RepeatsCauses => ["an_error_does_not_repeat_its_cause"];
    scans_wide: host::ScansWide => [
        "a_scan_of_a_target_looks_at_it_alone",
        "random_mappings_agree_with_a_model",
    ];
    // All that delete a vport. The others leave theirs to the cleaning up, which gives up in time.
    never_returns: host::NeverReturns => [
        "in_use_counts_up_and_down",
        "several_vports_ascend",
        "delete_takes_it_off_the_lists",
        "delete_takes_what_is_behind_it",
        "delete_compares_both_names",
        "deleted_before_its_login_it_stays_away",
        "names_may_be_used_again",
        "random_vports_agree_with_a_model",
        "random_vports_are_registered_while_active",
        "delete_logs_out_by_its_return",
        "a_vport_counts_as_a_login",
        "a_deletion_is_told_last",
        "a_slow_reader_knows_what_it_missed",
        "a_second_delete_is_unchanged",
        "a_delete_of_what_never_was_is_unchanged",
        "a_deleted_vport_makes_room",
    ];
    panics: host::Panics => [
        "a_reset_logs_in_again",
        "a_reset_port_is_registered_again",
        "a_reset_brings_vports_back",
        "a_reset_changes_no_number",
        "a_reset_is_told",
        "reset_of_no_adapter",
    ];
    keeps_logouts: fabric::KeepsLogouts => [
        "delete_logs_out_by_its_return",
        "random_vports_are_registered_while_active",
    ];
    shows_transactions: fabric::ShowsTransactions => [
        "nothing_is_seen_before_the_commit",
        "random_zoning_agrees_with_a_model",
        "random_edits_twice_are_once",
    ];
    // The abort is followed by an empty transaction, which must have nothing to save.
    commits_changed: fabric::CommitsChanged => [
        "a_commit_that_changes_nothing_is_unchanged",
        "an_abort_restores",
        "random_zoning_agrees_with_a_model",
    ];
    ignores_checksums: fabric::IgnoresChecksums => [
        "a_stale_checksum_is_a_conflict_on_edit",
        "a_stale_checksum_is_a_conflict_on_commit",
    ];
    steals_initiators: array::StealsInitiators => [
        "an_initiator_is_in_one_group",
        "random_masking_agrees_with_a_model",
        "random_masking_twice_is_once",
    ];
    empties_groups: array::EmptiesGroups => [
        "a_group_made_again_keeps_its_content",
        "random_masking_agrees_with_a_model",
        "random_masking_twice_is_once",
    ];
}
