//! `statistics`: counters, as `0x%llx`; all ones is what a driver does not count.
//!
//! The world counts no frames and no requests: what a driver counts reads `0x0`. Only
//! `seconds_since_last_reset` is counted, from when the adapter appeared.

use npivot_fabric::config::Driver;
use npivot_hal::HostNo;

use super::NO_NAME;
use crate::tree::Tree;
use crate::tree::attribute::Attribute;

const fn none(name: &'static str) -> Attribute {
    Attribute::fixed(name, "0x0")
}

/// What every remote port counts: fabric performance impact notifications.
pub(crate) const RPORT: &[Attribute] = &[
    none("fpin_cn"),
    none("fpin_cn_clear"),
    none("fpin_cn_credit_stall"),
    none("fpin_cn_device_specific"),
    none("fpin_cn_lost_credit"),
    none("fpin_cn_oversubscription"),
    none("fpin_dn"),
    none("fpin_dn_device_specific"),
    none("fpin_dn_timeout"),
    none("fpin_dn_unable_to_route"),
    none("fpin_dn_unknown"),
    none("fpin_li"),
    none("fpin_li_device_specific"),
    none("fpin_li_failure_unknown"),
    none("fpin_li_invalid_crc_count"),
    none("fpin_li_invalid_tx_word_count"),
    none("fpin_li_link_failure_count"),
    none("fpin_li_loss_of_signals_count"),
    none("fpin_li_loss_of_sync_count"),
    none("fpin_li_prim_seq_err_count"),
];

const OWN: [&str; 32] = [
    "cn_sig_alarm",
    "cn_sig_warn",
    "dumped_frames",
    "error_frames",
    "fc_no_free_exch",
    "fc_no_free_exch_xid",
    "fc_non_bls_resp",
    "fc_seq_not_found",
    "fc_xid_busy",
    "fc_xid_not_found",
    "fcp_control_requests",
    "fcp_frame_alloc_failures",
    "fcp_input_megabytes",
    "fcp_input_requests",
    "fcp_output_megabytes",
    "fcp_output_requests",
    "fcp_packet_aborts",
    "fcp_packet_alloc_failures",
    "invalid_crc_count",
    "invalid_tx_word_count",
    "link_failure_count",
    "lip_count",
    "loss_of_signal_count",
    "loss_of_sync_count",
    "nos_count",
    "prim_seq_protocol_err_count",
    "rx_frames",
    "rx_words",
    "seconds_since_last_reset",
    "tx_frames",
    "tx_words",
    "reset_statistics",
];

const SIZE: usize = OWN.len() + RPORT.len();

/// What an adapter counts.
pub(crate) const HOST: &[Attribute] = &host();

const fn host() -> [Attribute; SIZE] {
    let mut all = [Attribute::write_only("reset_statistics"); SIZE];
    let mut at = 0;
    while at < OWN.len() - 1 {
        all[at] = Attribute::shown(OWN[at]);
        at += 1;
    }
    let mut from = 0;
    while from < RPORT.len() {
        all[OWN.len() + from] = RPORT[from];
        from += 1;
    }
    all
}

/// What each driver leaves as it was set at first, all ones (`fc_get_host_stats` in `libfc/fc_lport.c`,
/// `qla2x00_get_fc_host_stats`, `lpfc_get_stats`).
const fn not_counted(driver: Driver) -> &'static [&'static str] {
    match driver {
        Driver::Libfc => &[
            "dumped_frames",
            "lip_count",
            "loss_of_signal_count",
            "loss_of_sync_count",
            "nos_count",
            "prim_seq_protocol_err_count",
        ],
        Driver::Qla2xxx => &[
            "cn_sig_alarm",
            "cn_sig_warn",
            "fc_no_free_exch",
            "fc_no_free_exch_xid",
            "fc_non_bls_resp",
            "fc_seq_not_found",
            "fc_xid_busy",
            "fc_xid_not_found",
            "fcp_frame_alloc_failures",
            "fcp_packet_aborts",
            "fcp_packet_alloc_failures",
        ],
        Driver::Lpfc => &["dumped_frames", "lip_count"],
    }
}

pub(crate) fn show(tree: &Tree<'_>, no: HostNo, name: &str) -> Option<String> {
    if name == "seconds_since_last_reset" {
        let since = tree.adapter(no)?.since;
        let micros = tree.world().now().0.saturating_sub(since.0);
        return Some(format!("{:#x}", micros / 1_000_000));
    }
    let counted = !not_counted(tree.driver()).contains(&name);
    Some(if counted { "0x0" } else { NO_NAME }.into())
}
