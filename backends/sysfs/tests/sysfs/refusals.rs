//! What drivers answer to a write, and what it means.

use std::io;
use std::sync::{Arc, Mutex};

use npivot_hal::{Error, ErrorKind, Host, HostNo, Outcome, WwnPair};
use npivot_sysfs::files::{Entry, Files};
use npivot_sysfs::{ArchiveFiles, SysfsHost};

/// An archive whose writes end as somebody says, and are kept.
#[derive(Debug)]
struct Answering {
    files: ArchiveFiles,
    answer: Result<usize, i32>,
    written: Mutex<Vec<String>>,
}

impl Files for Answering {
    fn place(&self) -> String {
        self.files.place()
    }
    fn list(&self, dir: &str) -> io::Result<Vec<Entry>> {
        self.files.list(dir)
    }
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        self.files.read(path)
    }
    fn link(&self, path: &str) -> io::Result<String> {
        self.files.link(path)
    }
    fn mode(&self, path: &str) -> io::Result<u32> {
        self.files.mode(path)
    }
    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        self.written.lock().unwrap().push(format!("{path} {text}"));
        self.answer.map_err(io::Error::from_raw_os_error)
    }
    fn may_block(&self) -> bool {
        false
    }
}

fn archive(driver: &str, class: &str) -> String {
    format!(
        "phase now\n\
         link /sys/class/fc_host/host0 -> ../../devices/x/host0/fc_host/host0\n\
         file 0444 /sys/devices/x/host0/fc_host/host0/port_name \"0x2100001b32a9da4e\\n\"\n\
         file 0444 /sys/devices/x/host0/fc_host/host0/node_name \"0x2000001b32a9da4e\\n\"\n\
         file 0444 /sys/devices/x/host0/scsi_host/host0/proc_name \"{driver}\\n\"\n\
         file 0200 /sys/devices/x/host0/{class}/host0/vport_create (write-only)\n\
         file 0200 /sys/devices/x/host0/{class}/host0/vport_delete (write-only)\n"
    )
}

fn answering(driver: &str, class: &str, answer: Result<usize, i32>) -> Arc<Answering> {
    let files = ArchiveFiles::read(&archive(driver, class), None).unwrap();
    Arc::new(Answering { files, answer, written: Mutex::default() })
}

fn names() -> WwnPair {
    WwnPair::new(
        "50:01:a4:a0:00:00:00:01".parse().unwrap(),
        "50:01:a4:a0:00:00:01:01".parse().unwrap(),
    )
}

async fn create(files: Arc<Answering>) -> Error {
    let host = SysfsHost::new("refusing", files);
    host.npiv().unwrap().create_vport(HostNo(0), names()).await.unwrap_err()
}

#[tokio::test(start_paused = true)]
async fn each_driver_has_numbers_of_its_own() {
    let table = [
        ("qla2xxx", 28, ErrorKind::LimitReached),
        ("qla2xxx", 76, ErrorKind::AlreadyExists),
        ("qla2xxx", 38, ErrorKind::LimitReached),
        ("qla2xxx", 95, ErrorKind::Unsupported),
        ("qla2xxx", 2, ErrorKind::Unsupported),
        ("lpfc", 2, ErrorKind::AlreadyExists),
        ("lpfc", 4, ErrorKind::LimitReached),
        ("fcoe", 22, ErrorKind::AlreadyExists),
        ("fcoe", 5, ErrorKind::LimitReached),
        ("qla2xxx", 13, ErrorKind::PermissionDenied),
        ("qla2xxx", 16, ErrorKind::Busy),
        ("qla2xxx", 22, ErrorKind::InvalidArgument),
        ("qla2xxx", 5, ErrorKind::Malformed),
    ];
    for (driver, errno, kind) in table {
        let error = create(answering(driver, "fc_host", Err(errno))).await;
        assert_eq!((error.kind(), error.errno()), (kind, Some(errno)), "{driver}: {error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_of_nine_bytes_is_a_refusal() {
    let error = create(answering("qla2xxx", "fc_host", Ok(9))).await;
    assert_eq!(error.kind(), ErrorKind::LimitReached, "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_vport_that_never_shows_up_is_no_answer() {
    let files = answering("qla2xxx", "fc_host", Ok(33));
    assert_eq!(create(Arc::clone(&files)).await.kind(), ErrorKind::NoAnswer);
    let written = files.written.lock().unwrap().clone();
    let names = "5001a4a000000001:5001a4a000000101";
    assert_eq!(written, [format!("devices/x/host0/fc_host/host0/vport_create {names}")]);
}

#[tokio::test(start_paused = true)]
async fn old_kernels_have_the_files_under_scsi_host() {
    let files = answering("qla2xxx", "scsi_host", Err(28));
    assert_eq!(create(Arc::clone(&files)).await.kind(), ErrorKind::LimitReached);
    assert!(files.written.lock().unwrap()[0].contains("/scsi_host/host0/vport_create"));
}

#[tokio::test(start_paused = true)]
async fn what_is_not_there_is_not_deleted() {
    let files = answering("qla2xxx", "fc_host", Err(19));
    let host = SysfsHost::new("refusing", files);
    let npiv = host.npiv().unwrap();
    assert_eq!(npiv.delete_vport(HostNo(0), names()).await.unwrap(), Outcome::Unchanged);
    let error = npiv.delete_vport(HostNo(7), names()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}
