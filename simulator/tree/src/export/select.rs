//! Which files are written.

use crate::tree::class::{Class, Object};
use crate::tree::device::Device;
use crate::tree::dir::{Dir, Entry};

/// Which files of a tree are written to a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Attributes {
    /// All: about a hundred for each logical unit.
    #[default]
    All,
    /// Those that inventory programs read: lsscsi, lsblk, udev's rules, multipath, systool's common ones,
    /// node_exporter, libvirt, os-brick, and this project's own backend. That is: of adapters, vports,
    /// remote ports and targets everything but the counters of remote ports; of a `scsi_host` what
    /// identifies it; of a logical unit its state, type, texts, INQUIRY and VPD pages, queue depth and
    /// time-out; of a disk its number, size, flags and limits. Without bsg nodes and writeback records.
    Needed,
}

/// What of `scsi_host`, a logical unit, its disk and its queue is needed.
const NEEDED: &[&str] = &[
    "active_mode",
    "delete",
    "dev",
    "device_blocked",
    "discard_alignment",
    "discard_granularity",
    "discard_max_bytes",
    "diskseq",
    "ext_range",
    "hidden",
    "host_busy",
    "inquiry",
    "logical_block_size",
    "alignment_offset",
    "minimum_io_size",
    "model",
    "optimal_io_size",
    "physical_block_size",
    "proc_name",
    "queue_depth",
    "queue_type",
    "range",
    "removable",
    "rescan",
    "rev",
    "ro",
    "rotational",
    "scan",
    "scheduler",
    "scsi_level",
    "size",
    "state",
    "timeout",
    "type",
    "uevent",
    "unique_id",
    "vendor",
    "vpd_pg0",
    "vpd_pg80",
    "vpd_pg83",
    "wwid",
    "zoned",
    "read_ahead_kb",
    "nr_requests",
    "write_same_max_bytes",
    "discard_zeroes_data",
    "add_random",
    "dax",
];

impl Attributes {
    /// Whether an entry is written.
    pub(super) fn has(self, name: &str, entry: &Entry) -> bool {
        if self == Self::All {
            return true;
        }
        match entry {
            Entry::Dir(dir) => !is_unneeded(*dir),
            Entry::Link(to) => name != "bdi" && !is_unneeded(*to),
            Entry::File(object, group, _) => match object.class {
                Some(Class::FcRemotePorts) => group.is_none(),
                Some(Class::FcHost | Class::FcVports | Class::FcTransport) => true,
                Some(Class::ScsiDisk | Class::ScsiDevice) => name == "uevent",
                _ if is_hardware(object.device) => true,
                _ => NEEDED.contains(&name),
            },
        }
    }
}

fn is_unneeded(dir: Dir) -> bool {
    let unneeded = |class| matches!(class, Class::Bsg | Class::Bdi);
    match dir {
        Dir::VirtualClass(class)
        | Dir::Glue(_, class)
        | Dir::Object(Object { class: Some(class), .. }) => unneeded(class),
        Dir::Object(Object { device: Device::Bdi(_), .. })
        | Dir::Group(Object { class: Some(Class::FcRemotePorts), .. }, _) => true,
        Dir::Group(_, group) => group == "mq",
        _ => false,
    }
}

const fn is_hardware(device: Device) -> bool {
    matches!(
        device,
        Device::Pci(_) | Device::PciBridge(..) | Device::Ctlr(_) | Device::Fcf(_) | Device::Net(_)
    )
}
