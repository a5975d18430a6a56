//! Captures: what is written reads as the same host, and tells no serial number unless asked.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;

use npivot_hal::{Adapter, Host as _, RemotePort, Vport};
use npivot_sysfs::archive::{CaptureOptions, capture};
use npivot_sysfs::files::Files;
use npivot_sysfs::{ArchiveFiles, SysfsHost};

use crate::site::{DEVICE, REAL, Site, host, lun_dir, phase, pipe};

/// All that the backend says of a host.
#[derive(Debug, PartialEq)]
struct Inventory {
    adapters: Vec<Adapter>,
    vports: Vec<Vport>,
    remote_ports: Vec<RemotePort>,
    paths: Vec<String>,
}

async fn inventory(host: &SysfsHost) -> Inventory {
    let adapters = host.adapters().await.unwrap();
    let (mut vports, mut remote_ports, mut paths) = (vec![], vec![], vec![]);
    for adapter in &adapters {
        vports.extend(host.npiv().unwrap().vports(adapter.no).await.unwrap());
        remote_ports.extend(host.remote_ports(adapter.no).await.unwrap());
        let found = host.luns().unwrap().paths(adapter.no).await.unwrap();
        paths.extend(found.iter().map(|path| {
            let identity = path.identity.as_ref().map_err(npivot_hal::Error::kind);
            format!(
                "{} {:?} {identity:?} {} {:?} {:?}",
                path.address, path.target, path.state, path.size_bytes, path.device
            )
        }));
    }
    Inventory { adapters, vports, remote_ports, paths }
}

fn captured(files: &dyn Files, serials: bool) -> String {
    let mut options = CaptureOptions::of_phase("again");
    options.serials = serials;
    capture(files, &options).unwrap()
}

#[tokio::test]
async fn what_was_written_reads_as_the_same_host() {
    for name in ["created", "online", "vport"] {
        let files = phase(name);
        for serials in [false, true] {
            let text = captured(&files, serials);
            let again = ArchiveFiles::read(&text, Some("again")).unwrap();
            let (before, after) =
                (inventory(&host(phase(name))).await, inventory(&host(again)).await);
            assert_eq!(before, after, "{name}");
        }
    }
}

/// Below the adapters, a capture of the real kernel's capture is that capture, line by line and in order.
#[test]
fn a_capture_of_a_capture_is_the_same_lines() {
    for name in ["created", "online", "vport"] {
        let start = REAL.find(&format!("phase {name}\n")).unwrap();
        let end = REAL[start + 1..].find("\nphase ").map_or(REAL.len(), |at| start + 1 + at);
        let is_ours = |line: &&str| line.contains("/host0") || line.starts_with("link /sys/class");
        let is_left_out = |line: &str| line.ends_with("/mq") || line.ends_with("/queue");
        let real: Vec<&str> =
            REAL[start..end].lines().filter(is_ours).filter(|line| !is_left_out(line)).collect();
        let text = captured(&phase(name), true);
        let again: Vec<&str> =
            text.lines().filter(is_ours).filter(|line| !is_left_out(line)).collect();
        for (real, again) in real.iter().zip(&again) {
            assert_eq!(real, again, "{name}");
        }
        assert_eq!(real.len(), again.len(), "{name}");
    }
}

#[test]
fn serial_numbers_are_told_only_if_asked_for() {
    let site = Site::new();
    let page = b"\0\x83\0\x1a\x02\x01\0\x16ACME    SERIAL-4711-XY".to_vec();
    site.file(&format!("{}/vpd_pg83", lun_dir(0)), &page);
    site.file(&format!("{}/vpd_pg80", lun_dir(0)), b"\0\x80\0\x0eSERIAL-4711-XY");
    site.file(&format!("{}/wwid", lun_dir(0)), b"t10.ACME    SERIAL-4711-XY\n");
    site.file(&format!("{DEVICE}/fc_host/host0/serial_number"), b"SERIAL-4711-XY\n");
    site.file(&format!("{DEVICE}/scsi_host/host0/serial_num"), b"SERIAL-4711-XY\n");
    site.file(&format!("{DEVICE}/scsi_host/host0/serialnum"), b"SERIAL-4711-XY\n");
    let mut inquiry = vec![b' '; 36];
    inquiry.extend_from_slice(b"SERIAL-4711-XY      ");
    site.file(&format!("{}/inquiry", lun_dir(0)), &inquiry);
    let hexadecimal = "53455249414c2d343731312d5859";
    let tells = |text: &str| text.contains("SERIAL-4711-XY") || text.contains(hexadecimal);
    let without = captured(&site.files(), false);
    let telling: Vec<&str> = without.lines().filter(|line| tells(line)).collect();
    assert!(telling.is_empty(), "{telling:#?}");
    assert!(tells(&captured(&site.files(), true)));
    // In place and of the same length: the page reads as it did, but for its name.
    let again = ArchiveFiles::read(&without, None).unwrap();
    let read = again.read(&format!("{}/vpd_pg83", lun_dir(0))).unwrap();
    assert_eq!((read.len(), &read[..16]), (page.len(), &page[..16]));
    assert!(
        without.lines().any(|line| line.starts_with('#') && line.contains("erial")),
        "it is said"
    );
}

#[test]
fn different_serials_stay_different() {
    let site = Site::new();
    for lun in 0..3_u8 {
        let dir = lun_dir(lun.into());
        site.without(&format!("{dir}/vpd_pg83"));
        let name = [&b"t10.ACME    VOLUME-"[..], &[b'A' + lun], b"\n"].concat();
        site.file(&format!("{dir}/wwid"), &name);
    }
    let text = captured(&site.files(), false);
    let files = ArchiveFiles::read(&text, None).unwrap();
    let mut names: Vec<Vec<u8>> =
        (0..3).map(|lun| files.read(&format!("{}/wwid", lun_dir(lun))).unwrap()).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 3, "three volumes must not look like one");
}

#[test]
fn a_capture_goes_on_past_what_cannot_be_read() {
    let site = Site::new();
    pipe(&site.path(&format!("{}/pipe", lun_dir(1))));
    site.file(&format!("{}/huge", lun_dir(1)), &vec![0; 70_000]);
    site.file(&format!("{}/with space", lun_dir(1)), b"x");
    site.file(&format!("{}/locked", lun_dir(1)), b"x");
    site.file(&format!("{}/order", lun_dir(1)), b"");
    for (name, mode) in [("locked", 0o000), ("order", 0o200)] {
        let path = site.path(&format!("{}/{name}", lun_dir(1)));
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }
    site.link(&format!("{}/circle", lun_dir(1)), "circle");
    site.link(&format!("{}/parted", lun_dir(1)), "two words");
    site.link("class/fc_host/host77", "../../devices/two words/host77/fc_host/host77");
    let text = captured(&site.files(), false);
    let files = ArchiveFiles::read(&text, None).unwrap();
    assert!(!text.contains("two words") && !text.contains("with space"));
    // Each is told in its place.
    let told = |name: &str| {
        let path = format!(" /sys/{}/{name} ", lun_dir(1));
        text.lines().find_map(|line| Some(line.split_once(&path)?.1)).unwrap_or("nothing")
    };
    assert_eq!(told("pipe"), "(error EINVAL)");
    assert_eq!(told("huge"), "(error EFBIG)");
    assert_eq!(told("locked"), "(error EACCES)");
    assert_eq!(told("order"), "(write-only)");
    assert!(text.contains("# 3 names and links with white space"), "{text}");
    for (name, errno) in [("pipe", 22), ("huge", 27), ("locked", 13), ("order", 13)] {
        let error = files.read(&format!("{}/{name}", lun_dir(1))).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(errno), "{name}");
    }
    assert_eq!(files.read(&format!("{}/state", lun_dir(2))).unwrap(), b"running\n");
}

/// A text that would read as something else.
#[test]
fn a_phase_has_a_name() {
    let site = Site::new();
    let files = site.files();
    for name in ["", " ", " x", "x ", "a\nfile 0444 /sys/x \"\"", "\u{1b}[2J"] {
        let error = capture(&files, &CaptureOptions::of_phase(name)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{name:?}");
    }
    let text = capture(&files, &CaptureOptions::of_phase("before the move")).unwrap();
    assert!(ArchiveFiles::read(&text, Some("before the move")).is_ok());
}

/// In some files reading does something, or waits for hardware.
#[test]
fn a_capture_leaves_mailboxes_and_firmware_alone() {
    let site = Site::new();
    for name in ["mbox", "ctlreg", "fw_dump", "nvram", "vpd", "optrom", "sfp"] {
        site.file(&format!("{DEVICE}/{name}"), b"touched");
        site.file(&format!("{DEVICE}/scsi_host/host0/{name}"), b"touched");
    }
    assert!(!captured(&site.files(), true).contains("touched"));
}
