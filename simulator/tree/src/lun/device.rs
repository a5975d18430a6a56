//! The SCSI device of a logical unit, `H:C:T:L` (`drivers/scsi/scsi_sysfs.c`).
//!
//! INQUIRY data and VPD pages are those that the kernel read when it found the device: of the volume that
//! was there then, as the array answers through the port that the path leads to.

use npivot_fabric::array::scsi::{inquiry_standard, vpd_00, vpd_80};
use npivot_fabric::config::Driver;
use npivot_fabric::host::{Adapter, Device as Lu};
use npivot_hal::ScsiAddress;

use super::wwid::wwid;
use crate::tree::Tree;
use crate::tree::attribute::Attribute;

pub(crate) const ATTRIBUTES: &[Attribute] = &[
    Attribute::empty("blacklist"),
    Attribute::write_only("delete"),
    Attribute::fixed("device_blocked", "0"),
    Attribute::fixed("device_busy", "0"),
    Attribute::fixed("eh_timeout", "10").writable(),
    Attribute::fixed("evt_capacity_change_reported", "0"),
    Attribute::fixed("evt_inquiry_change_reported", "0"),
    Attribute::fixed("evt_lun_change_reported", "0"),
    Attribute::fixed("evt_media_change", "0"),
    Attribute::fixed("evt_mode_parameter_change_reported", "0"),
    Attribute::fixed("evt_soft_threshold_reached", "0"),
    Attribute::binary("inquiry", 0),
    Attribute::fixed("iocounterbits", "32"),
    Attribute::fixed("iodone_cnt", "0x0"),
    Attribute::fixed("ioerr_cnt", "0x0"),
    Attribute::fixed("iorequest_cnt", "0x0"),
    Attribute::fixed("iotmo_cnt", "0x0"),
    Attribute::fixed("modalias", "scsi:t-0x00"),
    Attribute::shown("model"),
    Attribute::shown("queue_depth").writable(),
    Attribute::fixed("queue_ramp_up_period", "120000").writable(),
    Attribute::fixed("queue_type", "simple").writable(),
    Attribute::write_only("rescan"),
    Attribute::shown("rev"),
    Attribute::shown("scsi_level"),
    Attribute::shown("state").writable(),
    Attribute::fixed("timeout", "30").writable(),
    Attribute::fixed("type", "0"),
    Attribute::shown("vendor"),
    Attribute::binary("vpd_pg0", 0),
    Attribute::binary("vpd_pg80", 0),
    Attribute::binary("vpd_pg83", 0),
    Attribute::shown("wwid"),
];

pub(crate) fn show(tree: &Tree<'_>, address: ScsiAddress, name: &str) -> Option<String> {
    let (adapter, lu) = tree.lu(address)?;
    let (array, _) = tree.volume(lu);
    let inquiry = || inquiry_standard(array.product());
    // Fields of INQUIRY data, padded with blanks as they came.
    let field =
        |range| Some(String::from_utf8_lossy(inquiry().get::<std::ops::Range<_>>(range)?).into());
    Some(match name {
        "vendor" => return field(8..16),
        "model" => return field(16..32),
        "rev" => return field(32..36),
        // The kernel's scale begins with SCSI-1 at 1 and has CCS at 2, so SPC and later are one higher.
        "scsi_level" => (u32::from(inquiry()[2] & 0x0f) + 1).to_string(),
        "state" => lu.state.to_string(),
        "queue_depth" => match tree.driver() {
            Driver::Libfc => "32",
            Driver::Qla2xxx => "64",
            Driver::Lpfc => "30",
        }
        .into(),
        "wwid" => wwid(&page_83(tree, adapter, lu)?)?,
        _ => return None,
    })
}

pub(crate) fn bytes(tree: &Tree<'_>, address: ScsiAddress, name: &str) -> Option<Vec<u8>> {
    let (adapter, lu) = tree.lu(address)?;
    let (array, volume) = tree.volume(lu);
    match name {
        "inquiry" => Some(inquiry_standard(array.product())),
        "vpd_pg0" => Some(vpd_00()),
        "vpd_pg80" => Some(vpd_80(volume.serial())),
        "vpd_pg83" => page_83(tree, adapter, lu),
        _ => None,
    }
}

/// Page 83 as the path's own target port says it.
fn page_83(tree: &Tree<'_>, adapter: &Adapter, lu: &Lu) -> Option<Vec<u8>> {
    let (array, _) = tree.volume(lu);
    let target = adapter.rports.get(&lu.rport)?.names.wwpn;
    let port = array.ports().iter().position(|port| port.wwpn == target)?;
    array.vpd_83(lu.seen, u16::try_from(port).ok()?)
}
