//! Lines without a kernel: what is on them, what breaks them, and the guest's writer on ordinary files.

mod broken;
mod frames;
mod writer;

use std::io;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;

use npivot_sysfs::ArchiveFiles;
use npivot_sysfs::events::Silent;
use npivot_sysfs::passthrough::{DeviceRef, Passthrough, PassthroughError};

use super::{Ground, Line, serve};

const ARCHIVE: &str = "phase now\n\
    link /sys/class/fc_host/host0 -> ../../devices/x/host0/fc_host/host0\n\
    file 0444 /sys/devices/x/host0/fc_host/host0/port_name \"0x2100001b32a9da4e\\n\"\n\
    file 0444 /sys/devices/x/host0/fc_host/host0/node_name \"0x2000001b32a9da4e\\n\"\n";

/// Devices that say what they were asked.
#[derive(Debug)]
struct Echo;

impl Passthrough for Echo {
    fn send(
        &self,
        _: &DeviceRef,
        cdb: &[u8],
        allocation: usize,
        timeout_ms: u32,
    ) -> Result<Vec<u8>, PassthroughError> {
        match timeout_ms {
            0 => Err(PassthroughError::Transport { host: 14, driver: 1 }),
            _ => Ok(cdb.iter().copied().cycle().take(allocation).collect()),
        }
    }
}

/// A line to a machine that is an archive, with these block devices; and how its server ends.
fn line(block_devices: &Path) -> (Arc<Line>, std::thread::JoinHandle<io::Result<()>>) {
    let ground = Ground {
        files: Arc::new(ArchiveFiles::read(ARCHIVE, None).unwrap()),
        devices: Arc::new(Echo),
        messages: Arc::new(Silent),
        block_devices: block_devices.to_owned(),
    };
    let (here, there) = UnixStream::pair().unwrap();
    let server = std::thread::spawn(move || serve(there.try_clone()?, there, ground));
    (Arc::new(Line::over(here).unwrap()), server)
}
