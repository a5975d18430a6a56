//! Trees for tests.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;

use npivot_hal::LunPath;
use npivot_hal::{Host as _, HostNo};
use npivot_sysfs::files::Files;
use npivot_sysfs::{ArchiveFiles, RootFiles, SysfsHost};
use tempfile::TempDir;

/// Three phases of a real kernel.
pub(crate) const REAL: &str =
    include_str!("../../../../simulator/tree/tests/capture/linux-6.1-fcoe-sysfs.txt");

pub(crate) const DEVICE: &str = "devices/pci0000:00/0000:05:00.1/host0";
pub(crate) const RPORT: &str = "rport-0:0-1";

/// Where the device at LUN `lun` is.
pub(crate) fn lun_dir(lun: u32) -> String {
    format!("{DEVICE}/{RPORT}/target0:0:0/0:0:0:{lun}")
}

/// VPD page 83 with one NAA designator of 8 bytes.
pub(crate) fn page_83(last: u8) -> Vec<u8> {
    vec![0, 0x83, 0, 12, 1, 3, 0, 8, 0x50, 0, 0xc9, 0, 0x30, 1, 0, last]
}

/// A phase of the real capture.
pub(crate) fn phase(name: &str) -> ArchiveFiles {
    ArchiveFiles::read(REAL, Some(name)).unwrap()
}

pub(crate) fn host(files: impl Files + 'static) -> SysfsHost {
    SysfsHost::new("here", Arc::new(files))
}

/// A small sysfs in a directory: one adapter, one target, three disks.
pub(crate) struct Site(pub(crate) TempDir);

impl Site {
    pub(crate) fn new() -> Self {
        let site = Self(TempDir::new().unwrap());
        let fc_host = format!("{DEVICE}/fc_host/host0");
        site.link("class/fc_host/host0", &format!("../../{fc_host}"));
        for (name, text) in [
            ("port_name", "0x2100001b32a9da4e\n"),
            ("node_name", "0x2000001b32a9da4e\n"),
            ("port_state", "Online\n"),
            ("port_id", "0x010100\n"),
            ("fabric_name", "0x1000000533000001\n"),
            ("max_npiv_vports", "255\n"),
            ("npiv_vports_inuse", "0\n"),
        ] {
            site.file(&format!("{fc_host}/{name}"), text.as_bytes());
        }
        site.file(&format!("{DEVICE}/scsi_host/host0/proc_name"), b"qla2xxx\n");
        let rport = format!("{DEVICE}/{RPORT}/fc_remote_ports/{RPORT}");
        for (name, text) in [
            ("port_name", "0x5006016000000001\n"),
            ("node_name", "0x5006016080000001\n"),
            ("port_state", "Online\n"),
            ("port_id", "0x010200\n"),
            ("roles", "FCP Target\n"),
            ("scsi_target_id", "0\n"),
            ("dev_loss_tmo", "60\n"),
            ("fast_io_fail_tmo", "off\n"),
        ] {
            site.file(&format!("{rport}/{name}"), text.as_bytes());
        }
        for lun in 0..3 {
            let dir = lun_dir(lun);
            site.file(&format!("{dir}/state"), b"running\n");
            site.file(&format!("{dir}/vpd_pg83"), &page_83(u8::try_from(lun).unwrap()));
            site.file(&format!("{dir}/block/sd{lun}/size"), b"2048\n");
        }
        site
    }

    pub(crate) fn path(&self, path: &str) -> std::path::PathBuf {
        self.0.path().join(path)
    }

    pub(crate) fn file(&self, path: &str, bytes: &[u8]) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub(crate) fn link(&self, path: &str, to: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(to, path).unwrap();
    }

    /// Takes away what is at a path, so that a test can put something else there.
    pub(crate) fn without(&self, path: &str) -> std::path::PathBuf {
        let path = self.path(path);
        let is_dir = fs::symlink_metadata(&path).unwrap().is_dir();
        if is_dir { fs::remove_dir_all(&path) } else { fs::remove_file(&path) }.unwrap();
        path
    }

    pub(crate) fn files(&self) -> RootFiles {
        RootFiles::open(self.0.path()).unwrap()
    }

    pub(crate) async fn paths(&self) -> Vec<LunPath> {
        host(self.files()).luns().unwrap().paths(HostNo(0)).await.unwrap()
    }
}

/// A pipe that nobody else opens.
pub(crate) fn pipe(path: &Path) {
    let path = std::ffi::CString::new(path.as_os_str().as_encoded_bytes()).unwrap();
    nix::unistd::mkfifo(path.as_c_str(), nix::sys::stat::Mode::S_IRWXU).unwrap();
}
