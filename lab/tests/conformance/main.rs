//! The conformance suite on simulated hosts: each driver, layers around them, and backends that are
//! broken on purpose.

mod broken;
mod site;
mod whole;

use npivot_conformance::suite;

suite!(qla2xxx, crate::site::of_driver("qla2xxx"));
suite!(lpfc, crate::site::of_driver("lpfc"));
suite!(libfc, crate::site::of_driver("libfc"));
suite!(faulty, crate::site::under("f"));
suite!(checked, crate::site::under("c"));
suite!(traced, crate::site::under("t"));
suite!(stacked, crate::site::under("fct"));
suite!(stacked_otherwise, crate::site::under("tcf"));
