//! Trees that no kernel makes: an error or an entry less each, never a panic, a hang, or a read outside.

use std::fs;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;

use npivot_hal::{ErrorKind, Host, HostNo, Luns, PathState};
use npivot_sysfs::files::{Files, MAX_ATTRIBUTE};
use npivot_sysfs::{RootFiles, SysfsHost};
use proptest::prelude::*;
use tempfile::TempDir;

const DEVICE: &str = "devices/pci/host0/rport-0:0-0/target0:0:0/0:0:0:1";

fn write(root: &Path, path: &str, content: impl AsRef<[u8]>) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

/// A host with one adapter, one target and two devices.
fn tree() -> TempDir {
    let dir = TempDir::new().unwrap();
    let root = dir.path();
    fs::create_dir_all(root.join("class/fc_host")).unwrap();
    fs::create_dir_all(root.join("bus/scsi/devices")).unwrap();
    symlink("../../devices/pci/host0/fc_host/host0", root.join("class/fc_host/host0")).unwrap();
    write(root, "devices/pci/host0/fc_host/host0/port_name", "0x2100001b32a9da4e\n");
    write(root, "devices/pci/host0/fc_host/host0/node_name", "0x2000001b32a9da4e\n");
    let rport = "devices/pci/host0/rport-0:0-0/fc_remote_ports/rport-0:0-0";
    write(root, &format!("{rport}/port_name"), "0x5006016041e0aa00\n");
    write(root, &format!("{rport}/port_state"), "Online\n");
    for lun in 0..2 {
        let device = format!("devices/pci/host0/rport-0:0-0/target0:0:0/0:0:0:{lun}");
        write(root, &format!("{device}/state"), "running\n");
        let mut page = vec![0, 0x83, 0, 12, 1, 3, 0, 8, 0x50, 0, 0, 0, 0, 0, 0];
        page.push(lun);
        write(root, &format!("{device}/vpd_pg83"), page);
        write(root, &format!("{device}/block/sd{lun}/size"), "2048\n");
        let link = root.join(format!("bus/scsi/devices/0:0:0:{lun}"));
        symlink(format!("../../../{device}"), link).unwrap();
    }
    dir
}

fn host(dir: &TempDir) -> SysfsHost {
    SysfsHost::new("hostile", Arc::new(RootFiles::open(dir.path()).unwrap()))
}

async fn paths(dir: &TempDir) -> Vec<npivot_hal::LunPath> {
    host(dir).luns().unwrap().paths(HostNo(0)).await.unwrap()
}

/// Puts something in the place of a file of the second device.
fn replace(dir: &TempDir, name: &str, by: impl FnOnce(&Path)) {
    let path = dir.path().join(DEVICE).join(name);
    fs::remove_file(&path).unwrap();
    by(&path);
}

#[tokio::test]
async fn a_whole_tree_first() {
    let dir = tree();
    let paths = paths(&dir).await;
    assert_eq!(paths.len(), 2);
    assert_eq!(paths[1].identity.as_ref().unwrap().to_string(), "naa.5000000000000001");
    assert_eq!((paths[1].size_bytes, paths[1].state), (Some(1 << 20), PathState::Running));
}

#[tokio::test]
async fn one_bad_device_is_one_bad_entry() {
    let huge = vec![b'x'; MAX_ATTRIBUTE + 1];
    type Break = Box<dyn Fn(&Path)>;
    let breaks: [(&str, Break); 8] = [
        ("missing", Box::new(|_| ())),
        ("empty", Box::new(|path| fs::write(path, "").unwrap())),
        ("binary", Box::new(|path| fs::write(path, [0xff; 40]).unwrap())),
        ("huge", Box::new(move |path| fs::write(path, &huge).unwrap())),
        ("a directory", Box::new(|path| fs::create_dir(path).unwrap())),
        ("a loop", Box::new(|path| symlink("vpd_pg83", path).unwrap())),
        ("outside", Box::new(|path| symlink("/etc/hostname", path).unwrap())),
        (
            "a pipe",
            Box::new(|path| {
                nix::unistd::mkfifo(path, nix::sys::stat::Mode::from_bits_truncate(0o644)).unwrap();
            }),
        ),
    ];
    for (what, by) in breaks {
        let dir = tree();
        replace(&dir, "vpd_pg83", by);
        let paths = paths(&dir).await;
        assert_eq!(paths.len(), 2, "{what}");
        assert!(paths[0].identity.is_ok(), "{what}");
        let error = paths[1].identity.as_ref().unwrap_err();
        assert!(error.to_string().contains("0:0:0:1"), "{what}: {error}");
        assert_eq!(paths[1].size_bytes, Some(1 << 20), "{what}: the rest is read");
    }
}

#[tokio::test]
async fn lying_and_truncated_pages() {
    let pages: [&[u8]; 5] = [
        &[0, 0x83],
        &[0, 0x80, 0, 2, 1, 1],
        &[0, 0x83, 0xff, 0xff, 1, 3, 0, 8, 0x50],
        &[0, 0x83, 0, 12, 1, 3, 0, 200, 0x50, 0, 0, 0, 0, 0, 0, 1],
        &[0, 0x83, 0, 0],
    ];
    for page in pages {
        let dir = tree();
        fs::write(dir.path().join(DEVICE).join("vpd_pg83"), page).unwrap();
        let paths = paths(&dir).await;
        assert!(paths[0].identity.is_ok() && paths[1].identity.is_err(), "{page:02x?}");
        // The kernel's own reading of it stands in.
        write(dir.path(), &format!("{DEVICE}/wwid"), "naa.5000000000000001\n");
        let again = self::paths(&dir).await;
        assert_eq!(again[1].identity.as_ref().unwrap().to_string(), "naa.5000000000000001");
    }
}

#[tokio::test]
async fn nothing_outside_the_root_is_read() {
    let dir = tree();
    let secret = TempDir::new().unwrap();
    write(secret.path(), "fc_host/host1/port_name", "0x2100001b32a9da4f\n");
    write(secret.path(), "fc_host/host1/node_name", "0x2000001b32a9da4f\n");
    let outside = secret.path().join("fc_host/host1");
    symlink(&outside, dir.path().join("class/fc_host/host1")).unwrap();
    let up = format!("../../../../../../../../..{}", outside.display());
    symlink(up, dir.path().join("class/fc_host/host2")).unwrap();
    let files = RootFiles::open(dir.path()).unwrap();
    assert!(files.read("class/fc_host/host1/port_name").is_err());
    assert!(files.read("class/fc_host/host2/port_name").is_err());
    assert!(files.read("../../../../../../etc/hostname").is_err());
    let adapters = host(&dir).adapters().await.unwrap();
    assert_eq!(adapters.len(), 1, "{adapters:?}");
}

#[tokio::test]
async fn odd_names_are_passed_over() {
    let dir = tree();
    for name in ["host", "host-1", "host1x", "hostname", "99999999999999999999"] {
        fs::create_dir_all(dir.path().join("class/fc_host").join(name)).unwrap();
    }
    let rport = dir.path().join("devices/pci/host0");
    for name in ["rport-", "rport-0:0", "rport-9:0-0", "rport-0:0-x", "vport-0:0-0", "target0:0:0"]
    {
        fs::create_dir_all(rport.join(name)).unwrap();
    }
    let bad = std::ffi::OsString::from_vec(vec![b'r', 0xff]);
    fs::create_dir_all(rport.join(bad)).unwrap();
    let host = host(&dir);
    assert_eq!(host.adapters().await.unwrap().len(), 1);
    assert_eq!(host.remote_ports(HostNo(0)).await.unwrap().len(), 1);
    assert_eq!(host.npiv().unwrap().vports(HostNo(0)).await.unwrap(), []);
}

#[tokio::test]
async fn no_fibre_channel_is_an_answer() {
    let dir = TempDir::new().unwrap();
    let error = RootFiles::open(dir.path()).unwrap_err().to_string();
    assert!(error.contains("`class` directory"), "{error}");
    fs::create_dir(dir.path().join("class")).unwrap();
    let error = host(&dir).adapters().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("no Fibre Channel here"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_bytes_in_any_attribute(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let dir = tree();
        let files =
            ["state", "vpd_pg83", "block/sd1/size"].map(|name| format!("{DEVICE}/{name}"));
        let ports = ["port_name", "port_state"].map(|name| {
            format!("devices/pci/host0/rport-0:0-0/fc_remote_ports/rport-0:0-0/{name}")
        });
        for file in files.iter().chain(&ports) {
            fs::write(dir.path().join(file), &bytes).unwrap();
        }
        runtime.block_on(async {
            let paths = paths(&dir).await;
            assert_eq!(paths.len(), 2);
            assert!(paths[0].identity.is_ok(), "the other device is as it was");
            let _ = host(&dir).remote_ports(HostNo(0)).await.unwrap();
        });
    }
}
