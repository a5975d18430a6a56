//! Names of block devices that others give: the kernel's and udev's.
//!
//! udev's rules (`60-persistent-storage.rules`, `udev-builtin-path_id.c` of systemd) make
//! `/dev/disk/by-id/wwn-0x…` from the identity, and `/dev/disk/by-path/pci-…-fc-0x…-lun-…` from the place
//! of the adapter, the target's name and the LUN. No vHBA is in the latter: a vHBA's devices and those of its
//! parent share names, and which of them a link points to is chance. (A patch that puts `-vport-0x…` before
//! `-fc-` is in use by some; such names are read too.)

use npivot_hal::{LunId, Wwpn};

/// What a path to a block device says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum BlockName {
    /// Which LUN it is.
    Identity(LunId),
    /// Where a LUN is.
    Place {
        /// The adapter's PCI address, as printed.
        pci: String,
        /// The vHBA.
        vport: Option<Wwpn>,
        /// The array's port.
        target: Wwpn,
        /// The LUN as the kernel numbers it.
        lun: u64,
    },
    /// A name of the kernel's, without `/dev/`: `sda`.
    Node(String),
}

impl BlockName {
    /// `None` for a path that says nothing of the kind. A partition is its disk: see [`is_partition`].
    pub(super) fn of(path: &str) -> Option<Self> {
        if let Some(name) = path.strip_prefix("/dev/disk/by-id/") {
            let name = without_partition(name);
            let hex = name.strip_prefix("wwn-0x").or_else(|| name.strip_prefix("scsi-3"))?;
            return format!("naa.{hex}").parse().ok().map(Self::Identity);
        }
        if let Some(name) = path.strip_prefix("/dev/disk/by-path/") {
            return place(without_partition(name));
        }
        let node = path.strip_prefix("/dev/")?;
        let disk = node.trim_end_matches(|c: char| c.is_ascii_digit());
        let plain = disk.starts_with("sd") && disk.bytes().all(|b| b.is_ascii_lowercase());
        plain.then(|| Self::Node(disk.into()))
    }
}

/// Whether a path to a block device names a partition of it, as the kernel or udev does.
pub(super) fn is_partition(path: &str) -> bool {
    let node = path.strip_prefix("/dev/").unwrap_or(path);
    match node.strip_prefix("disk/") {
        Some(link) => without_partition(link) != link,
        None => node.starts_with("sd") && node.ends_with(|c: char| c.is_ascii_digit()),
    }
}

fn without_partition(name: &str) -> &str {
    match name.rsplit_once("-part") {
        Some((disk, number)) if number.bytes().all(|b| b.is_ascii_digit()) => disk,
        _ => name,
    }
}

fn place(name: &str) -> Option<BlockName> {
    let (adapter, rest) = name.split_once("-fc-")?;
    let (target, lun) = rest.split_once("-lun-")?;
    let (pci, vport) = match adapter.split_once("-vport-") {
        Some((pci, vport)) => (pci, Some(vport.parse().ok()?)),
        None => (adapter, None),
    };
    let lun = match lun.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16).ok().map(levels_swapped)?,
        None => lun.parse().ok()?,
    };
    let pci = pci.strip_prefix("pci-")?.into();
    Some(BlockName::Place { pci, vport, target: target.parse().ok()?, lun })
}

/// Between udev's notation of a LUN, first level first, and the kernel's number of it.
fn levels_swapped(lun: u64) -> u64 {
    npivot_hal::Lun::from_sysfs(lun).to_wire().iter().fold(0, |n, b| n << 8 | u64::from(*b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pool::{by_id, by_path};
    use npivot_hal::PciAddress;

    #[test]
    fn names_are_read_as_they_are_made() {
        let pci = PciAddress { domain: 0, bus: 5, slot: 0, function: 1 };
        let target: Wwpn = "5006016041e0aa00".parse().unwrap();
        let vport: Wwpn = "5001a4a000000001".parse().unwrap();
        for (lun, text) in [(3, "3"), (16_640, "0x4100000000000000")] {
            let name = by_path(pci, target, lun);
            let rest = format!("fc-0x5006016041e0aa00-lun-{text}");
            assert_eq!(name, format!("/dev/disk/by-path/pci-0000:05:00.1-{rest}"));
            let pci = "0000:05:00.1".to_owned();
            let read = BlockName::Place { pci: pci.clone(), vport: None, target, lun };
            assert_eq!(BlockName::of(&name), Some(read.clone()));
            assert_eq!(BlockName::of(&format!("{name}-part2")), Some(read));
            let patched = name.replace("-fc-", "-vport-0x5001a4a000000001-fc-");
            let vport = Some(vport);
            let read = BlockName::Place { pci, vport, target, lun };
            assert_eq!(BlockName::of(&patched), Some(read));
        }
        let id: LunId = "naa.600140500000000a0000000000000001".parse().unwrap();
        let name = by_id(&id).unwrap();
        assert_eq!(name, "/dev/disk/by-id/wwn-0x600140500000000a0000000000000001");
        assert_eq!(BlockName::of(&name), Some(BlockName::Identity(id)));
    }

    #[test]
    fn partitions_are_told_from_disks() {
        for (path, is) in [
            ("/dev/sda", false),
            ("/dev/sda1", true),
            ("/dev/disk/by-path/pci-0000:05:00.0-fc-0x5006016041e0aa00-lun-1", false),
            ("/dev/disk/by-path/pci-0000:05:00.0-fc-0x5006016041e0aa00-lun-1-part2", true),
            ("/dev/disk/by-id/wwn-0x600140500000000a0000000000000001", false),
            ("/dev/disk/by-id/wwn-0x600140500000000a0000000000000001-part1", true),
        ] {
            assert_eq!(is_partition(path), is, "{path}");
        }
    }

    #[test]
    fn other_paths_say_nothing() {
        assert_eq!(BlockName::of("/dev/sdaa3"), Some(BlockName::Node("sdaa".into())));
        for path in [
            "/dev/vda",
            "/dev/mapper/root",
            "/dev/sd/a",
            "sda",
            "/dev/disk/by-id/ata-x",
            "/dev/disk/by-id/wwn-0x12",
            "/dev/disk/by-path/pci-0000:00:1f.2-ata-1",
            "/dev/disk/by-path/pci-0000:05:00.0-fc-0x-lun-1",
            "/dev/disk/by-path/pci-0000:05:00.0-fc-0x5006016041e0aa00-lun-0xfffffffffffffffff",
        ] {
            assert_eq!(BlockName::of(path), None, "{path}");
        }
    }
}
