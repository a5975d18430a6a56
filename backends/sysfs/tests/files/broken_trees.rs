//! Trees with everything in them that no sysfs has. Each costs one entry, or less; none hangs.

use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;
use std::sync::Arc;

use npivot_hal::{ErrorKind, Host as _, HostNo, LunId, PathState, PortState};
use npivot_sysfs::files::{Entry, Files, Kind, MAX_ATTRIBUTE, OpenError};
use npivot_sysfs::passthrough::{DeviceRef, Passthrough, PassthroughError};
use npivot_sysfs::{ArchiveFiles, RootFiles};
use tempfile::TempDir;

use crate::site::{DEVICE, RPORT, Site, host, lun_dir, page_83, pipe};

/// Puts something at a path.
type Put = fn(&std::path::Path);

/// That all three disks are there and only the second has lost its identity.
async fn one_is_lost(site: &Site, kind: ErrorKind) {
    let paths = site.paths().await;
    let luns: Vec<u64> = paths.iter().map(|path| path.address.lun).collect();
    assert_eq!(luns, [0, 1, 2]);
    assert!(paths[0].identity.is_ok() && paths[2].identity.is_ok());
    let error = paths[1].identity.as_ref().unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
    assert!(!error.to_string().contains('\n') && !error.reason().is_empty());
}

#[tokio::test]
async fn a_whole_tree_is_read() {
    let paths = Site::new().paths().await;
    assert!(paths.iter().all(|path| path.identity.is_ok() && path.size_bytes == Some(1 << 20)));
    let target = paths[0].target.map(|name| name.to_string());
    assert_eq!(target.as_deref(), Some("5006016000000001"));
}

#[tokio::test]
async fn an_identity_that_is_missing() {
    let site = Site::new();
    site.without(&format!("{}/vpd_pg83", lun_dir(1)));
    one_is_lost(&site, ErrorKind::NotFound).await;
    // The kernel's own reading stands in.
    site.file(&format!("{}/wwid", lun_dir(1)), b"naa.5000c90030010001\n");
    let identity = site.paths().await.remove(1).identity.unwrap();
    assert_eq!(identity.to_string(), "naa.5000c90030010001");
}

#[tokio::test]
async fn pages_that_are_cut_off_or_lie() {
    let site = Site::new();
    let whole = crate::site::page_83(1);
    let mut pages: Vec<Vec<u8>> = (1..whole.len()).map(|length| whole[..length].to_vec()).collect();
    pages.push([&whole[..], &[0xff; 40]].concat());
    pages[0] = vec![0xff; 300];
    let too_long = [&[0, 0x83, 0xff, 0xff][..], &whole[4..]].concat();
    let other_page = [&[0, 0x80][..], &whole[2..]].concat();
    pages.extend([too_long, other_page]);
    let longer_than_told = pages.remove(whole.len() - 1);
    for page in pages {
        site.file(&format!("{}/vpd_pg83", lun_dir(1)), &page);
        // A name made of the same page is no better than the page.
        site.file(&format!("{}/wwid", lun_dir(1)), b"naa.5000c90030010001\n");
        one_is_lost(&site, ErrorKind::Malformed).await;
    }
    site.file(&format!("{}/vpd_pg83", lun_dir(1)), &longer_than_told);
    assert!(site.paths().await[1].identity.is_ok(), "what follows a page is not the page");
}

#[tokio::test]
async fn files_that_are_something_else() {
    let page = format!("{}/vpd_pg83", lun_dir(1));
    let put: [(&str, Put); 3] = [
        ("a directory", |path| fs::create_dir(path).unwrap()),
        ("a pipe", pipe),
        ("a circle", |path| std::os::unix::fs::symlink(path.file_name().unwrap(), path).unwrap()),
    ];
    for (what, put) in put {
        let site = Site::new();
        put(&site.without(&page));
        println!("{what}");
        one_is_lost(&site, ErrorKind::Malformed).await;
    }
}

#[tokio::test]
async fn what_is_huge_is_refused_and_what_is_just_not_is_read() {
    let site = Site::new();
    let page = format!("{}/vpd_pg83", lun_dir(1));
    site.file(&page, &vec![0; MAX_ATTRIBUTE + 1]);
    one_is_lost(&site, ErrorKind::Malformed).await;
    let error = site.files().read(&page).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
    assert!(error.to_string().contains("65536"), "{error}");
    for length in [0, 1, 4095, 4096, 4097, MAX_ATTRIBUTE] {
        site.file(&page, &vec![7; length]);
        assert_eq!(site.files().read(&page).unwrap().len(), length);
    }
    // Sparse: nothing is read of it but as much as shows that it is too long.
    let file = fs::File::create(site.path(&page)).unwrap();
    file.set_len(1 << 40).unwrap();
    one_is_lost(&site, ErrorKind::Malformed).await;
}

#[tokio::test]
async fn states_and_sizes_that_say_nothing() {
    let site = Site::new();
    for (state, size) in
        [(&b""[..], &b""[..]), (b"\xff\xfe\0", b"-1\n"), (b"purring\n", b"99999999999999999999\n")]
    {
        site.file(&format!("{}/state", lun_dir(1)), state);
        site.file(&format!("{}/block/sd1/size", lun_dir(1)), size);
        let paths = site.paths().await;
        assert_eq!((paths[1].state, paths[1].size_bytes), (PathState::Unknown, None));
        assert!(paths[1].identity.is_ok() && paths.len() == 3);
    }
    pipe(&site.without(&format!("{}/state", lun_dir(1))));
    assert_eq!(site.paths().await[1].state, PathState::Unknown);
    assert_eq!(PathState::Unknown.as_str(), "unknown");
    for word in ["offline", "created", "cancel", "deleted"] {
        let _ = site.without(&format!("{}/state", lun_dir(1)));
        site.file(&format!("{}/state", lun_dir(1)), word.as_bytes());
        assert_eq!(site.paths().await[1].state, PathState::Offline, "{word}");
    }
    site.file(&format!("{}/block/sd1/size", lun_dir(1)), b"18446744073709551615\n");
    assert_eq!(site.paths().await[1].size_bytes, None, "more bytes than a number can count");
}

#[tokio::test]
async fn names_that_no_kernel_gives() {
    let site = Site::new();
    let target = format!("{DEVICE}/rport-0:0-1/target0:0:0");
    for name in ["0:0:0:x", "0:0:0:-1", "0:0:0:", "0:0:0:1:2", "7:0:0:9", "+0:0:0:4", " ", "a\nb"] {
        fs::create_dir(site.path(&target).join(name)).unwrap();
    }
    let not_utf8 = std::ffi::OsStr::from_bytes(b"0:0:0:\xff");
    fs::create_dir(site.path(&target).join(not_utf8)).unwrap();
    for name in ["rport-0:0-", "rport-9:0-7", "rport-0:0-99999999999", "vport-", "vport-0:0-x"] {
        fs::create_dir(site.path(DEVICE).join(name)).unwrap();
    }
    for name in ["host", "hostx", "host-1", "host99999999999", "host 1"] {
        fs::create_dir(site.path("class/fc_host").join(name)).unwrap();
    }
    assert_eq!(site.paths().await.len(), 3);
    let host = host(site.files());
    assert_eq!(host.adapters().await.unwrap().len(), 1);
    assert_eq!(host.remote_ports(HostNo(0)).await.unwrap().len(), 1);
    assert!(host.npiv().unwrap().vports(HostNo(0)).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_adapter_that_is_broken_or_gone_costs_itself() {
    let site = Site::new();
    // A link that leads nowhere: it is going.
    site.link("class/fc_host/host1", "../../devices/gone/host1/fc_host/host1");
    for (no, port_name) in
        [(2, &b""[..]), (3, b"0xffffffffffffffff\n"), (4, b"\xff\xff"), (5, b"0x0\n")]
    {
        let dir = format!("devices/x/host{no}/fc_host/host{no}");
        site.link(&format!("class/fc_host/host{no}"), &format!("../../{dir}"));
        site.file(&format!("{dir}/port_name"), port_name);
        site.file(&format!("{dir}/node_name"), b"0x2000001b32a9da4e\n");
    }
    let host = host(site.files());
    let adapters = host.adapters().await.unwrap();
    assert_eq!(adapters.iter().map(|adapter| adapter.no).collect::<Vec<_>>(), [HostNo(0)]);
    // What is going or not filled yet is not told; what is there and cannot be read is.
    let told: Vec<_> = host.unreadable().await.unwrap();
    let told: Vec<_> = told.iter().map(|error| (error.kind(), error.object())).collect();
    let malformed = ErrorKind::Malformed;
    assert_eq!(told, [(malformed, "host2/port_name"), (malformed, "host4/port_name")]);
    for no in [1, 77] {
        let error = host.luns().unwrap().paths(HostNo(no)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
    }
}

/// In an archive nobody's privileges matter.
#[tokio::test]
async fn what_may_not_be_read_is_told_with_its_error() {
    let (host0, rport) = ("devices/x/host0", "devices/x/host0/rport-0:0-1");
    let archive = format!(
        "phase x
link /sys/class/fc_host/host0 -> ../../{host0}/fc_host/host0
file 0444 /sys/{host0}/fc_host/host0/port_name \"0x2100001b32a9da4e\\n\"
file 0444 /sys/{host0}/fc_host/host0/node_name \"0x2000001b32a9da4e\\n\"
file 0444 /sys/{host0}/vport-0:0-3/fc_vports/vport-0:0-3/port_name (error EIO)
file 0444 /sys/{host0}/vport-0:0-3/fc_vports/vport-0:0-3/node_name \"0x2000001b32a9da4e\\n\"
file 0444 /sys/{host0}/vport-0:0-4/fc_vports/vport-0:0-4/port_name (error ENODEV)
file 0444 /sys/{rport}/fc_remote_ports/rport-0:0-1/port_state (error EACCES)
file 0444 /sys/{rport}/fc_remote_ports/rport-0:0-1/port_name \"0x5006016000000001\\n\"
link /sys/class/fc_host/host1 -> ../../devices/x/host1/fc_host/host1
file 0444 /sys/devices/x/host1/fc_host/host1/port_name \"0x2100001b32a9da4f\\n\"
file 0444 /sys/devices/x/host1/fc_host/host1/node_name (error EACCES)
link /sys/class/fc_host/host2 -> host3
link /sys/class/fc_host/host3 -> ../../devices/x/host3/fc_host/host3
file 0444 /sys/devices/x/host3/fc_host/host3/port_name (error ENODEV)
"
    );
    let host = host(ArchiveFiles::read(&archive, None).unwrap());
    assert_eq!(host.adapters().await.unwrap().len(), 1);
    assert!(host.npiv().unwrap().vports(HostNo(0)).await.unwrap().is_empty());
    let told: Vec<String> =
        host.unreadable().await.unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "read vport on host0/vport-0:0-3/port_name: Input/output error (errno 5)",
            "read adapter on host1/node_name: Permission denied (errno 13)",
        ]
    );
    // A remote port's record has a word for what nobody knows.
    let ports = host.remote_ports(HostNo(0)).await.unwrap();
    assert_eq!((ports.len(), ports[0].state), (1, PortState::Unknown));
    assert!(ports[0].wwpn.is_some());
}

/// Without privilege a directory cannot be listed, which hides what is behind it.
#[tokio::test]
async fn what_is_behind_a_directory_that_cannot_be_listed_is_told() {
    let site = Site::new();
    let target = format!("{DEVICE}/{RPORT}/target0:0:0");
    let host = host(Locked { files: site.files(), locked: target });
    assert!(host.luns().unwrap().paths(HostNo(0)).await.unwrap().is_empty());
    let told = host.unreadable().await.unwrap();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].kind(), ErrorKind::PermissionDenied);
    assert_eq!(told[0].object(), "host0/rport-0:0-1/target0:0:0");
}

/// A sysfs of which one directory may not be listed.
#[derive(Debug)]
struct Locked {
    files: RootFiles,
    locked: String,
}

impl Files for Locked {
    fn place(&self) -> String {
        self.files.place()
    }
    fn list(&self, dir: &str) -> io::Result<Vec<Entry>> {
        if dir == self.locked {
            return Err(io::Error::from_raw_os_error(nix::libc::EACCES));
        }
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
        self.files.write(path, bytes)
    }
}

#[tokio::test]
async fn no_fibre_channel_is_said_plainly() {
    let dir = TempDir::new().unwrap();
    let error = RootFiles::open(dir.path()).unwrap_err();
    assert!(matches!(error, OpenError::NoSysfs(_)));
    assert!(error.to_string().contains("class"), "{error}");
    assert!(matches!(RootFiles::open(dir.path().join("no")), Err(OpenError::Unreadable { .. })));
    fs::write(dir.path().join("file"), "").unwrap();
    assert!(RootFiles::open(dir.path().join("file")).is_err());

    fs::create_dir_all(dir.path().join("sys/class")).unwrap();
    let error = host(RootFiles::open(dir.path()).unwrap()).adapters().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    let nothing = ArchiveFiles::read("phase x\n", None).unwrap();
    assert_eq!(host(nothing).adapters().await.unwrap_err().kind(), ErrorKind::Unsupported);
}

#[test]
fn listings_tell_what_is_what() {
    let site = Site::new();
    site.file("class/d/file", b"");
    site.link("class/d/link", "nowhere");
    fs::create_dir(site.path("class/d/sub")).unwrap();
    pipe(&site.path("class/d/pipe"));
    let entries = site.files().list("class/d").unwrap();
    let seen: Vec<_> = entries.iter().map(|entry| (entry.name.as_str(), entry.kind)).collect();
    let expected =
        [("file", Kind::File), ("link", Kind::Link), ("pipe", Kind::Other), ("sub", Kind::Dir)];
    assert_eq!(seen, expected);
    assert!(site.files().list("class/d/file").is_err());
    assert!(site.files().list("class/d/pipe").is_err());
}

/// A device of which something changes while it is asked.
#[derive(Debug)]
struct Changing {
    at: PathBuf,
    to: &'static str,
}

impl Passthrough for Changing {
    fn send(
        &self,
        _: &DeviceRef,
        cdb: &[u8],
        _: usize,
        _: u32,
    ) -> Result<Vec<u8>, PassthroughError> {
        fs::write(&self.at, self.to).unwrap();
        Ok(match (cdb[1], cdb[2]) {
            (0, _) => [&[0, 0, 6, 2, 31][..], &[0; 31]].concat(),
            (_, 0x83) => page_83(7),
            _ => vec![0, 0, 0, 2, 0, 0x83],
        })
    }
}

/// What comes of asking the first disk while this attribute of it becomes this.
async fn asked(attribute: &str, to: &'static str) -> npivot_hal::Result<LunId> {
    let (site, dir) = (Site::new(), lun_dir(0));
    site.link("bus/scsi/devices/0:0:0:0", &format!("../../../{dir}"));
    site.file(&format!("{dir}/scsi_generic/sg0/dev"), b"21:0\n");
    let changing = Changing { at: site.path(&format!("{dir}/{attribute}")), to };
    let host = host(site.files()).with_passthrough(Arc::new(changing));
    host.luns().unwrap().identify("0:0:0:0".parse().unwrap()).await
}

#[tokio::test]
async fn a_disk_that_appears_while_its_path_is_asked_is_no_other_one() {
    let found = asked("block/sd0/dev", "8:0\n").await.unwrap();
    assert_eq!(found.to_string(), "naa.5000c90030010007");
    let error = asked("scsi_generic/sg0/dev", "21:9\n").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Busy, "{error}");
}
