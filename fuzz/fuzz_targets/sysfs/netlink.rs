//! Both netlink formats: no bytes panic, and nothing is read beyond what came.
#![no_main]

use libfuzzer_sys::fuzz_target;
use npivot_sysfs::events::{fc, uevent};

fuzz_target!(|bytes: &[u8]| {
    let _ = uevent::parse(bytes);
    if let Ok(events) = fc::parse(bytes) {
        assert!(events.len() <= bytes.len() / 16, "each message has a header");
    }
});
