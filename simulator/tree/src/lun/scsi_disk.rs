//! `scsi_disk/H:C:T:L` (`drivers/scsi/sd.c`).

use crate::tree::attribute::Attribute;

pub(crate) const ATTRIBUTES: &[Attribute] = &[
    Attribute::fixed("FUA", "1"),
    Attribute::fixed("allow_restart", "0").writable(),
    Attribute::fixed("app_tag_own", "0"),
    Attribute::fixed("cache_type", "write back").writable(),
    Attribute::fixed("manage_runtime_start_stop", "0").writable(),
    Attribute::fixed("manage_shutdown", "0").writable(),
    Attribute::fixed("manage_start_stop", "0"),
    Attribute::fixed("manage_system_start_stop", "0").writable(),
    Attribute::fixed("max_medium_access_timeouts", "2").writable(),
    Attribute::fixed("max_retries", "5").writable(),
    Attribute::fixed("max_write_same_blocks", "65535").writable(),
    Attribute::fixed("protection_mode", "none"),
    Attribute::fixed("protection_type", "0").writable(),
    Attribute::fixed("provisioning_mode", "full").writable(),
    Attribute::fixed("thin_provisioning", "0"),
    Attribute::fixed("zeroing_mode", "writesame").writable(),
    Attribute::fixed("zoned_cap", "none"),
];
