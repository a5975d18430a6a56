//! The names under which udev links a path's device.
//!
//! Worked out as udev does it (`path_id` and the rules of `60-persistent-storage.rules`, systemd 239 to 257),
//! so that a name can be given before, or without, a `/dev`: whoever uses one still looks whether it is
//! there.

use npivot_hal::{LunId, PciAddress, Wwpn};

/// Where links by path are.
pub const BY_PATH: &str = "/dev/disk/by-path";
/// Where links by identity are.
pub const BY_ID: &str = "/dev/disk/by-id";

/// The link of a path by where it leads: the adapter's PCI function, the array's port, the LUN.
///
/// **Two vHBAs on one adapter that see the same LUN through the same port share this name**, and with it the
/// adapter itself: udev's name has the PCI function in it and no vport. The link leads to the one that was
/// found last. [`by_id`] is the safer name of a volume; of a path there is none.
///
/// `lun` is the number as Linux has it. Adapters that are no PCI functions have links of another form.
pub fn by_path(adapter: PciAddress, target: Wwpn, lun: u64) -> String {
    format!("{BY_PATH}/pci-{adapter}-fc-{}-lun-{}", target.sysfs(), lun_id(lun))
}

/// A LUN as `path_id` writes it: below 256 its number, else the first two levels of its wire form.
fn lun_id(lun: u64) -> String {
    if lun < 256 {
        lun.to_string()
    } else {
        format!("0x{:04x}{:04x}00000000", lun & 0xffff, lun >> 16 & 0xffff)
    }
}

/// The link of a volume by what it is: every path of it has the same, and it leads to one of them.
///
/// `None` for identities of which the rules make no such link: those that are no NAA designators (`scsi_id` sets `ID_WWN` for these only).
pub fn by_id(id: &LunId) -> Option<String> {
    let text = id.to_string();
    Some(format!("{BY_ID}/wwn-0x{}", text.strip_prefix("naa.")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_udev_names_them() {
        let pci = PciAddress { domain: 0, bus: 5, slot: 0, function: 0 };
        let target: Wwpn = "50060160c1e0014b".parse().unwrap();
        assert_eq!(
            by_path(pci, target, 3),
            "/dev/disk/by-path/pci-0000:05:00.0-fc-0x50060160c1e0014b-lun-3"
        );
        // Flat space addressing (SAM-5, 4.7.7): LUN 300 is 412c on the wire, 16684 to Linux.
        assert_eq!(lun_id(0x412c), "0x412c000000000000");
        assert_eq!(lun_id(255), "255");
    }

    #[test]
    fn volumes_by_what_they_are() {
        let link = |id: &str| by_id(&id.parse().unwrap());
        let naa = "naa.60014050000000000000000000000001";
        assert_eq!(link(naa).unwrap(), "/dev/disk/by-id/wwn-0x60014050000000000000000000000001");
        assert_eq!(link("t10.VENDOR  SERIAL"), None);
    }
}
