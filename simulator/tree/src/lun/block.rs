//! `block/sdX`, its queue, and its writeback record (`block/genhd.c`, `block/blk-sysfs.c`,
//! `mm/backing-dev.c`).

use npivot_hal::ScsiAddress;

use super::Numbered;
use crate::tree::Tree;
use crate::tree::attribute::Attribute;

/// No I/O is counted: seventeen zeros, each in eight columns but for the first of a group (`part_stat_show`).
const NO_IO: &str = "       0        0        0        0        0        0        0        0        0        0        0        0        0        0        0        0        0";

pub(crate) const ATTRIBUTES: &[Attribute] = &[
    Attribute::fixed("alignment_offset", "0"),
    Attribute::fixed("capability", "0"),
    Attribute::shown("dev"),
    Attribute::fixed("discard_alignment", "0"),
    Attribute::shown("diskseq"),
    Attribute::empty("events"),
    Attribute::empty("events_async"),
    Attribute::fixed("events_poll_msecs", "-1").writable(),
    Attribute::fixed("ext_range", "256"),
    Attribute::fixed("hidden", "0"),
    Attribute::fixed("range", "16"),
    Attribute::fixed("removable", "0"),
    Attribute::fixed("ro", "0"),
    Attribute::shown("size"),
    Attribute::fixed("stat", NO_IO),
];

pub(crate) const QUEUE: &[Attribute] = &[
    Attribute::fixed("add_random", "1").writable(),
    Attribute::fixed("chunk_sectors", "0"),
    Attribute::fixed("dax", "0"),
    Attribute::fixed("discard_granularity", "0"),
    Attribute::fixed("discard_max_bytes", "0").writable(),
    Attribute::fixed("discard_max_hw_bytes", "0"),
    Attribute::fixed("discard_zeroes_data", "0"),
    Attribute::fixed("fua", "1"),
    Attribute::fixed("hw_sector_size", "512"),
    Attribute::fixed("iostats", "1").writable(),
    Attribute::fixed("logical_block_size", "512"),
    Attribute::fixed("max_hw_sectors_kb", "512"),
    Attribute::fixed("max_sectors_kb", "512").writable(),
    Attribute::fixed("max_segments", "128"),
    Attribute::fixed("minimum_io_size", "512"),
    Attribute::fixed("nomerges", "0").writable(),
    Attribute::fixed("nr_requests", "32").writable(),
    Attribute::fixed("nr_zones", "0"),
    Attribute::fixed("optimal_io_size", "0"),
    Attribute::fixed("physical_block_size", "512"),
    Attribute::fixed("read_ahead_kb", "128").writable(),
    Attribute::fixed("rotational", "1").writable(),
    Attribute::fixed("rq_affinity", "1").writable(),
    Attribute::fixed("scheduler", "[none] mq-deadline").writable(),
    Attribute::fixed("write_cache", "write back").writable(),
    Attribute::fixed("write_same_max_bytes", "0"),
    Attribute::fixed("write_zeroes_max_bytes", "0"),
    Attribute::fixed("zoned", "none"),
];

pub(crate) const BDI: &[Attribute] = &[
    Attribute::fixed("max_ratio", "100").writable(),
    Attribute::fixed("min_ratio", "0").writable(),
    Attribute::fixed("read_ahead_kb", "128").writable(),
    Attribute::fixed("stable_pages_required", "0"),
];

pub(crate) fn show(tree: &Tree<'_>, address: ScsiAddress, name: &str) -> Option<String> {
    let (_, lu) = tree.lu(address)?;
    Some(match name {
        "dev" => Numbered::disk(lu.disk).to_string(),
        "diskseq" => lu.diskseq.to_string(),
        // In sectors of 512 bytes, whatever the device's blocks are.
        "size" => tree.volume(lu).1.size_blocks().to_string(),
        _ => return None,
    })
}
