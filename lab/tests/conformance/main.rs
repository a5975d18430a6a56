//! The conformance suite on simulated hosts: each driver, layers around them, and backends that are
//! broken on purpose.

mod broken;
mod site;
mod whole;

use npivot_conformance::suite;

suite!(qla2xxx, crate::site::of_driver("qla2xxx"));
suite!(lpfc, crate::site::of_driver("lpfc"));
suite!(libfc, crate::site::of_driver("libfc"));
suite!(qla2xxx_through_sysfs, crate::site::through_sysfs("qla2xxx"));
suite!(lpfc_through_sysfs, crate::site::through_sysfs("lpfc"));
suite!(
    libfc_through_sysfs,
    crate::site::through_sysfs("libfc"),
    npivot_lab::proving::deviations_of("libfc")
);
suite!(
    libfc_through_a_line,
    crate::site::through_a_line("libfc"),
    npivot_lab::proving::deviations_of("libfc")
);
suite!(sysfs_under_layers, crate::site::sysfs_under("fct"));
suite!(faulty, crate::site::under("f"));
suite!(checked, crate::site::under("c"));
suite!(traced, crate::site::under("t"));
suite!(stacked, crate::site::under("fct"));
suite!(stacked_otherwise, crate::site::under("tcf"));
