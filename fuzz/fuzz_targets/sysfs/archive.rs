//! Capture archives: no text panics, and an archive that is read can be walked, captured again, and gives
//! the same inventory.
#![no_main]

use libfuzzer_sys::fuzz_target;
use npivot_hal::Host;
use npivot_sysfs::archive::{CaptureOptions, capture, parse};
use npivot_sysfs::{ArchiveFiles, SysfsHost};
use std::sync::Arc;

fn inventory(files: ArchiveFiles) -> String {
    let host = SysfsHost::new("fuzz", Arc::new(files));
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("no resources");
    runtime.block_on(async {
        let mut text = String::new();
        for adapter in host.adapters().await.unwrap_or_default() {
            let luns = host.luns().expect("sysfs has LUNs");
            let npiv = host.npiv().expect("sysfs has vports");
            text += &format!("{adapter:?}{:?}", host.remote_ports(adapter.no).await.ok());
            text += &format!("{:?}", npiv.vports(adapter.no).await.ok());
            for path in luns.paths(adapter.no).await.unwrap_or_default() {
                text += &format!("{} {:?} {:?}", path.address, path.identity.ok(), path.device);
            }
        }
        text
    })
}

fuzz_target!(|text: &str| {
    let Ok(phases) = parse(text) else { return };
    for phase in phases {
        let files = ArchiveFiles::new(phase);
        let mut options = CaptureOptions::of_phase("again");
        options.serials = true;
        if let Ok(again) = capture(&files, &options) {
            ArchiveFiles::read(&again, Some("again")).expect("what is written can be read");
        }
        let _ = inventory(files);
    }
});
