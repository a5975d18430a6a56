//! Reading and writing: the kernel's bytes are the world's.

use super::{content, rack, run};

#[test]
fn what_is_written_is_in_the_array_and_is_read_again() {
    let mut rack = rack(&["alpha"]);
    // 3 MiB and one block, at an odd place, in requests of one block, one frame and many frames.
    let script = "seq 1 500000 | head -c 3146240 > /tmp/data; \
         dd if=/tmp/data of=/dev/sda bs=512 seek=7 oflag=direct 2>/dev/null; \
         dd if=/dev/sda of=/tmp/back bs=512 skip=7 count=6145 iflag=direct 2>/dev/null; \
         cmp /tmp/data /tmp/back && dd if=/tmp/data of=/dev/sda bs=1M seek=64 oflag=direct conv=fsync 2>/dev/null; \
         head -c 3145728 /dev/zero > /tmp/zero; \
         dd if=/dev/sda of=/tmp/back bs=1M skip=64 count=3 iflag=direct 2>/dev/null; \
         head -c 3145728 /tmp/data | cmp - /tmp/back; \
         dd if=/dev/sda bs=512 skip=99999 count=1 iflag=direct 2>/dev/null | od -An -tx1 | sort -u; \
         blockdev --getsize64 /dev/sda; blockdev --getss /dev/sda";
    let printed = run(&mut rack, "alpha", script);
    // Nothing differs; a block that nobody wrote is zeros.
    let zeros = " 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n";
    assert_eq!(printed.replace("*\n", ""), format!("{zeros}536870912\n512\n"));
    let mut data = String::new();
    for n in 1..500_000_u32 {
        data.push_str(&n.to_string());
        data.push('\n');
        if data.len() >= 3_146_240 {
            break;
        }
    }
    data.truncate(3_146_240);
    assert!(content(&rack, "scratch", 7 * 512, data.len()) == data.as_bytes());
    let whole = data.len() / 512 * 512;
    assert!(content(&rack, "scratch", 64 << 20, whole) == data.as_bytes()[..whole]);
}

#[test]
fn discarded_blocks_read_as_zeros() {
    let mut rack = rack(&["alpha"]);
    let script = "cat /sys/block/sda/queue/discard_max_bytes; \
         tr '\\0' x < /dev/zero | dd of=/dev/sda bs=1M count=4 iflag=fullblock oflag=direct 2>/dev/null; \
         blkdiscard -o 1048576 -l 2097152 /dev/sda && \
         dd if=/dev/sda bs=1M count=4 iflag=direct 2>/dev/null | tr -d x | wc -c";
    let printed = run(&mut rack, "alpha", script);
    let lines: Vec<&str> = printed.lines().collect();
    assert!(lines[0].parse::<u64>().unwrap() > 0, "{printed}");
    assert_eq!(lines[1], "2097152");
    assert_eq!(content(&rack, "scratch", (1 << 20) - 1, 2), [b'x', 0]);
}

#[test]
fn a_disk_by_two_paths_is_one_volume() {
    let mut rack = rack(&["alpha"]);
    let script = "cat /sys/block/sd*/device/wwid | sort -u | wc -l; \
         echo through one path | dd of=/dev/sda bs=512 conv=sync oflag=direct 2>/dev/null; \
         dd if=/dev/sdb bs=512 count=1 iflag=direct 2>/dev/null | head -n 1";
    assert_eq!(run(&mut rack, "alpha", script), "1\nthrough one path\n");
}
