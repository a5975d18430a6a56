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

/// The known deviations of the Linux backend on a real kernel with libfc.
pub fn deviations_of_kernel() -> Vec<Deviation> {
    let mut all = deviations_of("libfc");
    all.extend([
        Deviation::new(
            "a_reset_is_told",
            "libfc leaves Online for less than a millisecond and posts no event: nobody sees it",
            "fc_lport_reset in drivers/scsi/libfc/fc_lport.c; docs/deviations.md",
        ),
        Deviation::new(
            "a_vport_registers_as_initiator",
            "the lab's kernel can be a target too (tcm_fc), and libfc registers each of its ports as both",
            "RFF_ID with features 03h in the lab's captures; fc_fc4_conf_lport_params in \
             drivers/scsi/libfc/fc_libfc.c",
        ),
    ]);
    all
}
