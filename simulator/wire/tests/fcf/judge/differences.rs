//! Where our answers differ from the captured ones, and why they may. The kernel took both.

use std::collections::BTreeMap;

use super::Difference;

/// How many frames of the kernel's were fed, and how many of them were answered alike in each field.
pub(crate) const FED_AND_ALIKE: (usize, usize) = (279, 96);

/// What the forwarder sends of its own accord. The captured one tells of the new vport once; ours tells when
/// it has registered its FC-4, again when it has registered what it does there, and when it has left.
pub(crate) const UNASKED: &[&str] =
    &["FIP Advertisement", "RSCN vport", "RSCN vport", "RSCN vport"];

/// Answers that may differ: the request, the answer, the beginning of the field's name, why.
type Rule = (&'static str, &'static str, &'static str, &'static str);

#[rustfmt::skip]
const RULES: &[Rule] = &[
    ("Solicitation", "FIP Advertisement", "name", "our switch has another name"),
    ("Solicitation", "FIP Advertisement", "fabric.name", "and the fabric its switch's"),
    ("FLOGI to fabric", "FIP LS_ACC", "wwpn", "our F_Port has a name of its own"),
    ("FLOGI to fabric", "FIP LS_ACC", "wwnn", "the fabric is called as our switch is"),
    ("FLOGI to fabric", "FIP LS_ACC", "rx_id", "the fabric does not number an exchange that is over"),
    ("FDISC to fabric", "FIP LS_ACC", "wwpn", "as at FLOGI"),
    ("FDISC to fabric", "FIP LS_ACC", "wwnn", "as at FLOGI"),
    ("FDISC to fabric", "FIP LS_ACC", "rx_id", "as at FLOGI"),
    ("LOGO to fabric", "FIP LS_ACC", "mac", "a MAC address is granted at a login, not at a logout"),
    ("LOGO to fabric", "FIP LS_ACC", "bytes", "which makes it shorter"),
    ("LOGO to fabric", "FIP LS_ACC", "rx_id", "as at FLOGI"),
    ("PLOGI to name server", "LS_ACC", "wwpn", "our services have names made of the fabric's"),
    ("PLOGI to name server", "LS_ACC", "wwnn", "which is another"),
    ("PLOGI to name server", "LS_ACC", "common.bb_credit", "of no meaning behind a fabric"),
    ("PLOGI to name server", "LS_ACC", "common.features", "alternate BB_Credit: so is that"),
    ("PLOGI to target", "LS_ACC", "common.bb_credit", "of no meaning behind a fabric"),
    ("PLOGI to target", "LS_ACC", "common.features", "alternate BB_Credit: so is that"),
    ("GPN_FT to name server", "FS_ACC", "id", "ours are in order of address, theirs had the asker last"),
    ("GPN_FT to name server", "FS_ACC", "wwpn", "in the same order"),
    ("PLOGI to vport", "LS_RJT", "reason", "it has left: there is nobody, not somebody without a login"),
    ("PLOGI to vport", "LS_RJT", "explanation", "invalid N_Port_ID, therefore"),
    ("LOGO to vport", "LS_ACC", "is LS_RJT", "it has left: nobody is there to log out"),
    ("data to target", "Response", "seq_id", "any but the sequence before; ours are numbered from the target's"),
    ("TEST UNIT READY to target", "Response", "status", "a new nexus is told of the power-on, once (SAM-5, 5.14)"),
    ("TEST UNIT READY to target", "Response", "sense", "29/00"),
    ("TEST UNIT READY to target", "Response", "length", "with its sense data"),
    ("TEST UNIT READY to target", "Response", "bytes", "with its sense data"),
    ("INQUIRY of 36 to target", "data", "at 0x0", "version SPC-5, HISUP, TPGS, command queuing, multiple ports"),
    ("INQUIRY of 96 to target", "data", "at 0x0", "version SPC-5, HISUP, TPGS, command queuing, multiple ports"),
    ("INQUIRY of 96 to target", "data", "at 0x30", "ours has version descriptors"),
    ("INQUIRY of 96 to target", "data", "at 0x40", "ours has version descriptors"),
    ("INQUIRY 00 of 4 to target", "data", "at 0x0", "ours has more pages"),
    ("INQUIRY 00 of 9 to target", "data", "at 0x0", "ours has more pages"),
    ("INQUIRY 00 of 36 to target", "data", "at 0x0", "ours has more pages"),
    ("INQUIRY 00 of 36 to target", "data", "length", "which makes it longer"),
    ("INQUIRY 00 of 36 to target", "Response", "residual", "and leaves less over"),
    ("INQUIRY 83 of 4 to target", "data", "at 0x0", "ours has more designators"),
    ("INQUIRY 83 of 36 to target", "data", "at ", "ours begins with a T10 vendor ID, and has a port group"),
    ("INQUIRY b0 of 64 to target", "data", "at ", "ours has limits of its own, those of UNMAP among them"),
    ("MODE SENSE 3f of 4 to target", "data", "at 0x0", "ours has more pages"),
    ("MODE SENSE 08 of 4 to target", "data", "at 0x0", "ours has a block descriptor"),
    ("MODE SENSE 08 of 24 to target", "data", "at 0x0", "ours has a block descriptor"),
    ("READ CAPACITY(16) to target", "data", "at 0x0", "ours is thin: LBPME and LBPRZ"),
    ("MAINTENANCE IN 0c to target", "Response", "is data, Response", "ours has REPORT SUPPORTED OPERATION CODES"),
];

fn is_of(rule: &Rule, (request, answer, field): &Difference) -> bool {
    rule.0 == request && rule.1 == answer && field.starts_with(rule.2)
}

/// Fails if what was found is not what is written down.
pub(crate) fn check(found: &BTreeMap<Difference, Vec<usize>>) {
    let unknown: Vec<_> =
        found.iter().filter(|(one, _)| !RULES.iter().any(|rule| is_of(rule, one))).collect();
    assert!(unknown.is_empty(), "these differ, in answer to these frames: {unknown:#?}");
    let idle: Vec<_> =
        RULES.iter().filter(|rule| !found.keys().any(|one| is_of(rule, one))).collect();
    assert!(idle.is_empty(), "these do not differ any more: {idle:#?}");
}
