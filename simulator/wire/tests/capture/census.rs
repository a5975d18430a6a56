//! How many frames of each kind the capture has, all read down to their innermost payload.

use std::collections::BTreeMap;

use crate::exchanges::Exchanges;
use crate::{pcap, rewrite};

#[test]
fn every_kind_is_counted() {
    let mut exchanges = Exchanges::default();
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for (number, bytes) in pcap::frames() {
        let kind = rewrite::rewrite(bytes, &mut exchanges)
            .unwrap_or_else(|error| panic!("frame {number}: {error}"))
            .kind;
        *found.entry(kind).or_default() += 1;
    }
    let found: Vec<(&str, usize)> = found.iter().map(|(kind, &n)| (kind.as_str(), n)).collect();
    assert_eq!(found, EXPECTED);
    assert_eq!(found.iter().map(|(_, n)| n).sum::<usize>(), 767);
}

const EXPECTED: &[(&str, usize)] = &[
    ("FCP_CMND", 222),
    ("FCP_CMND, task management", 1),
    ("FCP_DATA", 214),
    ("FCP_RSP", 216),
    ("FCP_RSP with sense data", 7),
    ("FCP_XFER_RDY", 1),
    ("FIP FDISC", 1),
    ("FIP FDISC LS_ACC", 1),
    ("FIP FLOGI", 1),
    ("FIP FLOGI LS_ACC", 1),
    ("FIP LOGO", 2),
    ("FIP LOGO LS_ACC", 2),
    ("FIP advertisement", 2),
    ("FIP solicitation", 1),
    ("GPN_FT", 2),
    ("GPN_FT accept", 2),
    ("GPN_ID", 1),
    ("GPN_ID accept", 1),
    ("LOGO", 8),
    ("LOGO LS_ACC", 7),
    ("PLOGI", 10),
    ("PLOGI LS_ACC", 7),
    ("PLOGI LS_RJT", 3),
    ("PRLI", 7),
    ("PRLI LS_ACC", 7),
    ("RFF_ID", 2),
    ("RFF_ID accept", 2),
    ("RFT_ID", 2),
    ("RFT_ID accept", 2),
    ("RNN_ID", 2),
    ("RNN_ID accept", 2),
    ("RSCN", 1),
    ("RSCN LS_ACC", 1),
    ("RSNN_NN", 2),
    ("RSNN_NN accept", 2),
    ("RSPN_ID", 2),
    ("RSPN_ID accept", 2),
    ("RTV", 7),
    ("RTV LS_ACC", 7),
    ("SCR", 2),
    ("SCR LS_ACC", 2),
];
