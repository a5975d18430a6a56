//! A real 6.1 kernel with libfc, in three phases.

use std::sync::Arc;

use npivot_hal::{
    AdapterKind, ErrorKind, Host, HostNo, NpivUse, PathState, PortState, ScanScope, VportState,
};
use npivot_sysfs::archive::{ArchiveError, CaptureOptions, capture, parse};
use npivot_sysfs::{ArchiveFiles, SysfsHost};

const CAPTURE: &str =
    include_str!("../../../../simulator/tree/tests/capture/linux-6.1-fcoe-sysfs.txt");

fn host(phase: &str) -> SysfsHost {
    SysfsHost::new("captured", Arc::new(ArchiveFiles::read(CAPTURE, Some(phase)).unwrap()))
}

/// Everything that a host says, as text.
async fn inventory(host: &dyn Host) -> String {
    let mut text = String::new();
    for adapter in host.adapters().await.unwrap() {
        text += &format!("{adapter:?}\n{:?}\n", host.remote_ports(adapter.no).await.unwrap());
        text += &format!("{:?}\n", host.npiv().unwrap().vports(adapter.no).await.unwrap());
        for path in host.luns().unwrap().paths(adapter.no).await.unwrap() {
            text += &format!("{path:?}\n");
        }
    }
    text
}

#[tokio::test]
async fn an_adapter_that_has_not_logged_in() {
    let adapters = host("created").adapters().await.unwrap();
    let [adapter] = &adapters[..] else { panic!("{adapters:?}") };
    assert_eq!((adapter.no, adapter.state), (HostNo(0), PortState::Linkdown));
    assert_eq!((adapter.port_id, adapter.fabric, adapter.pci), (None, None, None));
    assert_eq!(adapter.driver.as_deref(), Some("fcoe"));
    let npiv = Some(NpivUse { max: 65_535, in_use: 0 });
    assert_eq!(adapter.kind, AdapterKind::Physical { npiv });
}

#[tokio::test]
async fn remote_ports_targets_and_devices() {
    let host = host("online");
    let ports = host.remote_ports(HostNo(0)).await.unwrap();
    assert_eq!(ports.len(), 2);
    assert_eq!(ports[0].port_id.unwrap().to_string(), "0xfffffc");
    assert_eq!((ports[0].target_id, ports[1].target_id), (None, Some(0)));
    assert!(ports[1].roles.target && ports[1].dev_loss_secs == Some(60));
    let paths = host.luns().unwrap().paths(HostNo(0)).await.unwrap();
    let told: Vec<String> = paths
        .iter()
        .map(|path| {
            let identity = path.identity.as_ref().unwrap();
            format!("{} {} {:?}", path.address, identity, path.size_bytes)
        })
        .collect();
    assert_eq!(
        told,
        [
            "0:0:0:0 naa.50000c9002010000 Some(16777216)",
            "0:0:0:1 naa.50000c9002010001 Some(8388608)"
        ]
    );
    assert_eq!(paths[1].device.as_deref(), Some("sdb"));
    assert_eq!(paths[0].state, PathState::Running);
    assert_eq!(paths[0].target.unwrap().to_string(), "50000000c9000201");
}

#[tokio::test]
async fn a_vport_and_what_it_sees() {
    let host = host("vport");
    let adapters = host.adapters().await.unwrap();
    assert_eq!(adapters[1].kind, AdapterKind::Virtual { parent: HostNo(0) });
    let vports = host.npiv().unwrap().vports(HostNo(0)).await.unwrap();
    assert_eq!(vports.len(), 1);
    assert_eq!((vports[0].no, vports[0].state), (Some(HostNo(1)), VportState::Active));
    assert_eq!(vports[0].port_id.unwrap().to_string(), "0x010102");
    let paths = host.luns().unwrap().paths(HostNo(1)).await.unwrap();
    let addresses: Vec<String> = paths.iter().map(|path| path.address.to_string()).collect();
    assert_eq!(addresses, ["1:0:0:0", "1:0:0:3", "1:0:1:0", "1:0:1:1", "1:0:1:7"]);
    let third = paths[1].identity.as_ref().unwrap().to_string();
    assert_eq!(third, "naa.50000c9003010003");
    assert_eq!(host.remote_ports(HostNo(1)).await.unwrap().len(), 4);
}

#[tokio::test]
async fn a_capture_changes_nothing_and_asks_nobody() {
    let host = host("online");
    let luns = host.luns().unwrap();
    let kind = |error: npivot_hal::Error| error.kind();
    let asked = luns.identify("0:0:0:0".parse().unwrap()).await.map_err(kind);
    assert_eq!(asked.unwrap_err(), ErrorKind::Unsupported);
    let scanned = luns.scan(HostNo(0), ScanScope::default()).await.map_err(kind);
    assert_eq!(scanned.unwrap_err(), ErrorKind::PermissionDenied);
    let none = host.remote_ports(HostNo(9)).await.map_err(kind);
    assert_eq!(none.unwrap_err(), ErrorKind::NotFound);
}

#[tokio::test]
async fn what_is_captured_again_says_the_same() {
    for phase in ["created", "online", "vport"] {
        let files = ArchiveFiles::read(CAPTURE, Some(phase)).unwrap();
        let mut options = CaptureOptions::of_phase(phase);
        options.serials = true;
        let again = capture(&files, &options).unwrap();
        let again = Arc::new(ArchiveFiles::read(&again, None).unwrap());
        let (before, after) = (host(phase), SysfsHost::new("captured", again));
        assert_eq!(inventory(&before).await, inventory(&after).await, "{phase}");
    }
}

#[test]
fn serial_numbers_stay_at_home() {
    let files = ArchiveFiles::read(CAPTURE, Some("online")).unwrap();
    let text = capture(&files, &CaptureOptions::of_phase("online")).unwrap();
    // The serial number of the capture's first unit, in its VPD page 80.
    assert!(CAPTURE.contains("53494d3030433930303032303130303030"));
    assert!(!text.contains("53494d3030433930303032303130303030") && !text.contains("SIM00C9"));
    assert!(text.contains("naa.50000c9002010000"), "identities are kept");
}

#[test]
fn wrong_archives_say_where() {
    let wrong: [(&str, &str); 8] = [
        ("", "no phase"),
        ("dir 0755 /sys/a", "line 1: expected `phase NAME`"),
        ("phase a\nphase a", "line 2: a phase has a name of its own"),
        ("phase a\ndir 0755 /etc/passwd", "line 2: a path begins with /sys/"),
        ("phase a\nfile 0999 /sys/x \"\"", "line 2: a mode is octal"),
        ("phase a\nfile 0444 /sys/x hex:0", "line 2: expected an even number"),
        ("phase a\nfile 0444 /sys/x \"a\\q\"", "line 2: no escape: \\q"),
        ("phase a\nlink /sys/a/../b -> c", "line 2: a path begins with /sys/"),
    ];
    for (text, reason) in wrong {
        let error = parse(text).unwrap_err().to_string();
        assert!(error.contains(reason), "{text:?}: {error}");
    }
    let which = ArchiveFiles::read(CAPTURE, None).unwrap_err();
    assert!(matches!(which, ArchiveError::WhichPhase { .. }), "{which}");
    let other = ArchiveFiles::read(CAPTURE, Some("offline")).unwrap_err().to_string();
    assert!(other.contains("`created`, `online`, `vport`"), "{other}");
}
