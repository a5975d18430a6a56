//! Where a simulated host, seen through its sysfs, is known to differ from the contract: as a real one does.

use npivot_conformance::Deviation;

/// The known deviations of the Linux backend on hosts of this driver.
pub fn deviations_of(driver: &str) -> Vec<Deviation> {
    if driver != "libfc" {
        return vec![];
    }
    vec![Deviation::new(
        "a_zoning_change_is_told",
        "libfc tells nobody of an RSCN, so a zoning change that changes nothing for the host is not seen \
         on it",
        "fc_disc_recv_rscn_req in drivers/scsi/libfc/fc_disc.c: no fc_host_post_event",
    )]
}
