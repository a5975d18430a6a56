//! Writes: what is written where, and what each driver's refusal means.

use std::io;
use std::sync::{Arc, Mutex};

use npivot_hal::{ErrorKind, Host as _, HostNo, Outcome, Retry, ScanScope, ScsiAddress, WwnPair};
use npivot_sysfs::files::{Entry, Files};
use npivot_sysfs::{ArchiveFiles, SysfsHost};

use crate::site::{REAL, host};

const EPERM: i32 = 1;
const ENOENT: i32 = 2;
const EINTR: i32 = 4;
const EIO: i32 = 5;
const EAGAIN: i32 = 11;
const EACCES: i32 = 13;
const EBUSY: i32 = 16;
const ENODEV: i32 = 19;
const EINVAL: i32 = 22;
const ENOSPC: i32 = 28;
const EROFS: i32 = 30;
const ENOSYS: i32 = 38;
const ENOTUNIQ: i32 = 76;
const EOPNOTSUPP: i32 = 95;

/// What a write answers: so many bytes taken (all for `usize::MAX`), or an errno.
type Answer = Result<usize, i32>;
type Written = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

/// The real capture's tree on another driver, which writes down what it is asked and answers as told. Once
/// a write was taken, `after` is what there is.
#[derive(Debug)]
struct Recording {
    before: ArchiveFiles,
    after: ArchiveFiles,
    answer: Answer,
    written: Written,
}

impl Recording {
    fn now(&self) -> &ArchiveFiles {
        let taken = self.answer == Ok(usize::MAX) && !self.written.lock().unwrap().is_empty();
        if taken { &self.after } else { &self.before }
    }
}

impl Files for Recording {
    fn place(&self) -> String {
        "a recording".into()
    }
    fn list(&self, dir: &str) -> io::Result<Vec<Entry>> {
        self.now().list(dir)
    }
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        self.now().read(path)
    }
    fn link(&self, path: &str) -> io::Result<String> {
        self.now().link(path)
    }
    fn mode(&self, path: &str) -> io::Result<u32> {
        self.now().mode(path)
    }
    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<usize> {
        self.now().mode(path)?;
        self.written.lock().unwrap().push((path.to_owned(), bytes.to_vec()));
        match self.answer {
            Ok(taken) => Ok(taken.min(bytes.len())),
            Err(errno) => Err(io::Error::from_raw_os_error(errno)),
        }
    }
    fn may_block(&self) -> bool {
        false
    }
}

fn tree(phase: &str, driver: &str) -> ArchiveFiles {
    let text = REAL.replace("proc_name \"fcoe\\n\"", &format!("proc_name \"{driver}\\n\""));
    ArchiveFiles::read(&text, Some(phase)).unwrap()
}

fn recording(driver: &str, phases: [&str; 2], answer: Answer) -> (SysfsHost, Written) {
    let written = Written::default();
    let [before, after] = phases.map(|phase| tree(phase, driver));
    let files = Recording { before, after, answer, written: Arc::clone(&written) };
    (host(files), written)
}

/// The names of the capture's vport.
fn names() -> WwnPair {
    WwnPair::new("2100000000000a01".parse().unwrap(), "2000000000000a01".parse().unwrap())
}

async fn vport_names() -> WwnPair {
    let host = host(crate::site::phase("vport"));
    host.npiv().unwrap().vports(HostNo(0)).await.unwrap()[0].names
}

fn others() -> WwnPair {
    WwnPair::new("2100000000000b02".parse().unwrap(), "2000000000000b02".parse().unwrap())
}

#[tokio::test(start_paused = true)]
async fn a_vport_is_made_with_33_characters_and_found() {
    let names = vport_names().await;
    let (host, written) = recording("fcoe", ["online", "vport"], Ok(usize::MAX));
    let (vport, outcome) = host.npiv().unwrap().create_vport(HostNo(0), names).await.unwrap();
    assert_eq!((vport.names, vport.no, outcome), (names, Some(HostNo(1)), Outcome::Changed));
    let written = written.lock().unwrap();
    let [(path, bytes)] = written.as_slice() else { panic!("{written:?}") };
    assert!(path.ends_with("host0/fc_host/host0/vport_create"), "{path}");
    assert_eq!((bytes.len(), bytes.as_slice()), (33, names.to_string().as_bytes()));
}

#[tokio::test(start_paused = true)]
async fn what_is_so_already_is_not_written() {
    let names = vport_names().await;
    let (host, written) = recording("fcoe", ["vport", "vport"], Ok(usize::MAX));
    let npiv = host.npiv().unwrap();
    let (_, outcome) = npiv.create_vport(HostNo(0), names).await.unwrap();
    assert_eq!(outcome, Outcome::Unchanged);
    assert_eq!(npiv.delete_vport(HostNo(0), others()).await.unwrap(), Outcome::Unchanged);
    let gone = ScsiAddress { host: HostNo(0), channel: 0, target: 0, lun: 77 };
    assert_eq!(host.luns().unwrap().remove(gone).await.unwrap(), Outcome::Unchanged);
    let links = host.links().unwrap();
    assert_eq!(links.set_dev_loss_secs(HostNo(0), 60).await.unwrap(), Outcome::Unchanged);
    let written = written.lock().unwrap();
    let acting = written.iter().filter(|(path, _)| !path.ends_with("dev_loss_tmo"));
    assert_eq!(acting.count(), 0, "{written:?}");
}

/// Drivers disagree about the number for a name that is in use, so it is looked for first.
#[tokio::test(start_paused = true)]
async fn a_name_in_use_is_refused_before_the_driver_is_asked() {
    let taken = vport_names().await;
    let own: WwnPair = host(crate::site::phase("vport")).adapters().await.unwrap()[0].names;
    for driver in ["fcoe", "qla2xxx", "lpfc", "another"] {
        for wwpn in [taken.wwpn, own.wwpn] {
            let (host, written) = recording(driver, ["vport", "vport"], Err(EIO));
            let names = WwnPair::new(wwpn, others().wwnn);
            let error = host.npiv().unwrap().create_vport(HostNo(0), names).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::AlreadyExists, "{driver}: {error}");
            assert!(written.lock().unwrap().is_empty());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_refused_creation_means() {
    use ErrorKind::{AlreadyExists, InvalidArgument, LimitReached, PermissionDenied, Unsupported};
    for (driver, errno, kind) in [
        ("qla2xxx", EOPNOTSUPP, Unsupported),
        ("qla2xxx", ENOTUNIQ, AlreadyExists),
        ("qla2xxx", ENOSYS, LimitReached),
        ("lpfc", ENOENT, AlreadyExists),
        ("lpfc", EINTR, LimitReached),
        ("fcoe", EINVAL, AlreadyExists),
        ("fcoe", EIO, LimitReached),
        ("fcoe", ENOSPC, LimitReached),
        ("lpfc", ENOSPC, LimitReached),
        ("fcoe", ENOENT, Unsupported),
        ("another", ENOENT, Unsupported),
        ("another", EINVAL, InvalidArgument),
        ("fcoe", EACCES, PermissionDenied),
        ("fcoe", EROFS, Unsupported),
    ] {
        let (host, _) = recording(driver, ["online", "online"], Err(errno));
        let error = host.npiv().unwrap().create_vport(HostNo(0), names()).await.unwrap_err();
        assert_eq!((error.kind(), error.errno()), (kind, Some(errno)), "{driver} {errno}: {error}");
        let mut cause = std::error::Error::source(&error);
        while let Some(source) = cause {
            assert!(!error.to_string().contains(&source.to_string()), "{error} repeats its cause");
            cause = source.source();
        }
    }
}

/// qla2xxx's positive 9, and whatever else is no 33.
#[tokio::test(start_paused = true)]
async fn a_short_write_is_a_refusal() {
    for taken in [0, 9, 32] {
        let (host, _) = recording("qla2xxx", ["online", "online"], Ok(taken));
        let error = host.npiv().unwrap().create_vport(HostNo(0), names()).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.retry()),
            (ErrorKind::LimitReached, Retry::Later),
            "{error}"
        );
        assert!(error.to_string().contains(&taken.to_string()), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_vport_that_never_shows_is_no_answer() {
    let (host, _) = recording("fcoe", ["online", "online"], Ok(usize::MAX));
    let error = host.npiv().unwrap().create_vport(HostNo(0), names()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoAnswer, "{error}");
}

/// Somebody else made the same vport between the look and the write.
#[derive(Debug)]
struct Outrun(Recording);

impl Files for Outrun {
    fn place(&self) -> String {
        self.0.place()
    }
    fn list(&self, dir: &str) -> io::Result<Vec<Entry>> {
        self.now().list(dir)
    }
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        self.now().read(path)
    }
    fn link(&self, path: &str) -> io::Result<String> {
        self.now().link(path)
    }
    fn mode(&self, path: &str) -> io::Result<u32> {
        self.now().mode(path)
    }
    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(path, bytes)
    }
    fn may_block(&self) -> bool {
        false
    }
}

impl Outrun {
    fn now(&self) -> &ArchiveFiles {
        if self.0.written.lock().unwrap().is_empty() { &self.0.before } else { &self.0.after }
    }
}

#[tokio::test(start_paused = true)]
async fn outrun_by_somebody_else_it_is_unchanged() {
    let names = vport_names().await;
    for (driver, errno) in [("fcoe", EINVAL), ("lpfc", ENOENT), ("qla2xxx", ENOTUNIQ)] {
        let (before, after) = (tree("online", driver), tree("vport", driver));
        let files = Recording { before, after, answer: Err(errno), written: Written::default() };
        let host = host(Outrun(files));
        let (vport, outcome) = host.npiv().unwrap().create_vport(HostNo(0), names).await.unwrap();
        assert_eq!((vport.names, outcome), (names, Outcome::Unchanged), "{driver}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_refused_deletion_means() {
    let names = vport_names().await;
    for (driver, errno, kind) in [
        ("fcoe", EBUSY, ErrorKind::Busy),
        ("lpfc", EAGAIN, ErrorKind::Busy),
        ("lpfc", EPERM, ErrorKind::Unsupported),
        ("fcoe", EACCES, ErrorKind::PermissionDenied),
        ("fcoe", EROFS, ErrorKind::Unsupported),
    ] {
        let (host, _) = recording(driver, ["vport", "vport"], Err(errno));
        let error = host.npiv().unwrap().delete_vport(HostNo(0), names).await.unwrap_err();
        assert_eq!((error.kind(), error.errno()), (kind, Some(errno)), "{driver} {errno}: {error}");
    }
    let (host, _) = recording("fcoe", ["vport", "vport"], Err(ENODEV));
    let outcome = host.npiv().unwrap().delete_vport(HostNo(0), names).await.unwrap();
    assert_eq!(outcome, Outcome::Unchanged);
    let (host, written) = recording("fcoe", ["vport", "online"], Ok(usize::MAX));
    let outcome = host.npiv().unwrap().delete_vport(HostNo(0), names).await.unwrap();
    assert_eq!(outcome, Outcome::Changed);
    assert_eq!(written.lock().unwrap()[0].1, names.to_string().into_bytes());
}

/// The kernel takes the names of a vport that then stays: that is not "changed".
#[tokio::test(start_paused = true)]
async fn a_vport_that_stays_is_busy() {
    let (host, _) = recording("fcoe", ["vport", "vport"], Ok(usize::MAX));
    let error =
        host.npiv().unwrap().delete_vport(HostNo(0), vport_names().await).await.unwrap_err();
    assert_eq!((error.kind(), error.retry()), (ErrorKind::Busy, Retry::Later), "{error}");
}

#[tokio::test(start_paused = true)]
async fn old_kernels_have_the_files_under_scsi_host() {
    let names = vport_names().await;
    let moved = |phase: &str| {
        let text = REAL.replace("fc_host/host0/vport_", "scsi_host/host0/vport_");
        ArchiveFiles::read(&text, Some(phase)).unwrap()
    };
    let written = Written::default();
    let (before, after) = (moved("online"), moved("vport"));
    let host =
        host(Recording { before, after, answer: Ok(usize::MAX), written: Arc::clone(&written) });
    let (_, outcome) = host.npiv().unwrap().create_vport(HostNo(0), names).await.unwrap();
    assert_eq!(outcome, Outcome::Changed);
    assert!(written.lock().unwrap()[0].0.ends_with("host0/scsi_host/host0/vport_create"));
}

#[tokio::test(start_paused = true)]
async fn a_vports_own_adapter_has_no_vports() {
    let (host, written) = recording("fcoe", ["vport", "vport"], Ok(usize::MAX));
    let error = host.npiv().unwrap().create_vport(HostNo(1), names()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
    assert!(written.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn scans_are_no_wider_than_asked() {
    for (target, lun, text) in [
        (None, None, Some("- - -")),
        (Some(3), None, Some("- 3 -")),
        (Some(0), Some(16_640), Some("- 0 16640")),
        // The kernel reads sixteen characters of it.
        (None, Some(9_999_999_999_999_999), Some("- - 9999999999999999")),
        (None, Some(0x00ff_ffff_ffff_ffff), Some("- - 0xffffffffffffff")),
        (None, Some(0x01ff_ffff_ffff_ffff), None),
        (None, Some(u64::MAX), None),
        (Some(u32::MAX), None, None),
    ] {
        let (host, written) = recording("fcoe", ["online", "online"], Ok(usize::MAX));
        let scope = ScanScope { target, lun };
        let answer = host.luns().unwrap().scan(HostNo(0), scope).await;
        let written = written.lock().unwrap();
        let sent = written.first().map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned());
        assert_eq!(sent.as_deref(), text, "{scope:?}");
        match answer {
            Ok(outcome) => assert_eq!(outcome, Outcome::Unchanged),
            Err(error) => assert_eq!((error.kind(), text), (ErrorKind::InvalidArgument, None)),
        }
    }
    let (host, _) = recording("fcoe", ["created", "online"], Ok(usize::MAX));
    let outcome = host.luns().unwrap().scan(HostNo(0), ScanScope::default()).await.unwrap();
    assert_eq!(outcome, Outcome::Changed, "two disks were added");
    let (host, _) = recording("fcoe", ["online", "online"], Err(EINVAL));
    let error = host.luns().unwrap().scan(HostNo(0), ScanScope::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
}

#[tokio::test(start_paused = true)]
async fn time_outs_and_resets() {
    let (host, written) = recording("fcoe", ["online", "online"], Ok(usize::MAX));
    let links = host.links().unwrap();
    let error = links.set_dev_loss_secs(HostNo(0), 601).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert!(written.lock().unwrap().is_empty());
    links.reset(HostNo(0)).await.unwrap();
    assert!(written.lock().unwrap()[0].0.ends_with("issue_lip"));
    for (errno, kind) in [(ENOENT, ErrorKind::Unsupported), (EBUSY, ErrorKind::Busy)] {
        let (host, _) = recording("fcoe", ["online", "online"], Err(errno));
        assert_eq!(host.links().unwrap().reset(HostNo(0)).await.unwrap_err().kind(), kind);
    }
}

/// Each call on an adapter that there is not.
#[tokio::test(start_paused = true)]
async fn no_such_adapter() {
    let (host, written) = recording("fcoe", ["online", "online"], Ok(usize::MAX));
    let no = HostNo(9);
    let (npiv, luns, links) = (host.npiv().unwrap(), host.luns().unwrap(), host.links().unwrap());
    let address = ScsiAddress { host: no, channel: 0, target: 0, lun: 0 };
    let kinds = [
        npiv.create_vport(no, names()).await.map(|_| ()).unwrap_err().kind(),
        npiv.delete_vport(no, names()).await.map(|_| ()).unwrap_err().kind(),
        luns.scan(no, ScanScope::default()).await.map(|_| ()).unwrap_err().kind(),
        luns.remove(address).await.map(|_| ()).unwrap_err().kind(),
        luns.identify(address).await.map(|_| ()).unwrap_err().kind(),
        luns.reported(no, 0).await.map(|_| ()).unwrap_err().kind(),
        links.reset(no).await.unwrap_err().kind(),
        links.set_dev_loss_secs(no, 30).await.map(|_| ()).unwrap_err().kind(),
    ];
    assert_eq!(kinds, [ErrorKind::NotFound; 8]);
    assert!(written.lock().unwrap().is_empty());
}
