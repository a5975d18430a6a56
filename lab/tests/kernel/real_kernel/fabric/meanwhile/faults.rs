//! Frames that come twice or out of order: no byte is wrong.

use super::super::{content, run, topology, with};
use npivot_lab::rack::Options;

#[test]
fn data_is_whole_on_a_bad_wire() {
    let mut options = Options::default();
    // Nothing lost or damaged: after that the kernel waits 30 s for the command, as on a real wire.
    let faults = "duplicate=0.02,reorder=0.02,seed=11";
    options.faults = Some(faults.parse().unwrap());
    let mut rack = with(&topology(), &["alpha"], options);
    let script = "seq 1 200000 | head -c 1048576 > /tmp/data; \
         dd if=/tmp/data of=/dev/sda bs=16k oflag=direct 2>/dev/null; \
         dd if=/dev/sda of=/tmp/back bs=16k count=64 iflag=direct 2>/dev/null; \
         cmp /tmp/data /tmp/back && echo same";
    assert_eq!(run(&mut rack, "alpha", script), "same\n");
    assert!(content(&rack, "scratch", 0, 8) == *b"1\n2\n3\n4\n");
}
