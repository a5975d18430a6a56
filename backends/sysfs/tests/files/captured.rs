//! The three phases of a real kernel, read through the whole backend.

use std::io;

use npivot_hal::{
    AdapterKind, Host as _, HostNo, NpivUse, PathState, PortState, Roles, VportState,
};

use crate::site::{host, phase};

fn online() -> AdapterKind {
    AdapterKind::Physical { npiv: Some(NpivUse { max: 65_535, in_use: 0 }) }
}

#[tokio::test]
async fn created_and_not_logged_in() {
    let host = host(phase("created"));
    let adapters = host.adapters().await.unwrap();
    let [adapter] = adapters.as_slice() else { panic!("{adapters:?}") };
    assert_eq!(adapter.names.to_string(), "2000020000000001:1000020000000001");
    assert_eq!((adapter.no, adapter.kind), (HostNo(0), online()));
    assert_eq!((adapter.state, adapter.port_id, adapter.fabric), (PortState::Linkdown, None, None));
    assert_eq!((adapter.driver.as_deref(), adapter.pci), (Some("fcoe"), None));
    assert!(host.remote_ports(HostNo(0)).await.unwrap().is_empty());
    assert!(host.luns().unwrap().paths(HostNo(0)).await.unwrap().is_empty());
    assert!(host.npiv().unwrap().vports(HostNo(0)).await.unwrap().is_empty());
}

#[tokio::test]
async fn online_with_one_target() {
    let host = host(phase("online"));
    let adapter = host.adapters().await.unwrap().remove(0);
    assert_eq!(adapter.kind, online());
    assert_eq!(adapter.state, PortState::Online);
    assert_eq!(adapter.port_id.map(|id| id.to_string()).as_deref(), Some("0x010101"));
    let fabric = adapter.fabric.map(|name| name.to_string());
    assert_eq!(fabric.as_deref(), Some("10000000c9000001"));

    let ports = host.remote_ports(HostNo(0)).await.unwrap();
    let seen: Vec<_> = ports.iter().map(|port| (port.number, port.state, port.target_id)).collect();
    assert_eq!(seen, [(0, PortState::Online, None), (1, PortState::Online, Some(0))]);
    assert_eq!(ports[0].port_id.map(|id| id.to_string()).as_deref(), Some("0xfffffc"));
    assert_eq!(ports[1].roles, Roles { target: true, initiator: false });

    let paths = host.luns().unwrap().paths(HostNo(0)).await.unwrap();
    let seen: Vec<_> = paths
        .iter()
        .map(|path| {
            let identity = path.identity.as_ref().unwrap().to_string();
            (path.address.to_string(), identity, path.size_bytes, path.device.as_deref())
        })
        .collect();
    let row = |at: &str, id: &str, size, device| (at.into(), id.into(), Some(size), Some(device));
    assert_eq!(
        seen,
        [
            row("0:0:0:0", "naa.50000c9002010000", 16 << 20, "sda"),
            row("0:0:0:1", "naa.50000c9002010001", 8 << 20, "sdb"),
        ]
    );
    assert!(paths.iter().all(|path| path.target == ports[1].wwpn && path.target.is_some()));
}

#[tokio::test]
async fn a_vport_with_five_disks_of_its_own() {
    let host = host(phase("vport"));
    let adapters = host.adapters().await.unwrap();
    let kinds: Vec<_> = adapters.iter().map(|adapter| (adapter.no, adapter.kind)).collect();
    let npiv = Some(NpivUse { max: 65_535, in_use: 1 });
    assert_eq!(
        kinds,
        [
            (HostNo(0), AdapterKind::Physical { npiv }),
            // libfc's port_type says NPort of it: its place tells.
            (HostNo(1), AdapterKind::Virtual { parent: HostNo(0) }),
        ]
    );
    let vports = host.npiv().unwrap().vports(HostNo(0)).await.unwrap();
    let [vport] = vports.as_slice() else { panic!("{vports:?}") };
    assert_eq!(vport.names, adapters[1].names);
    assert_eq!(vport.names.wwpn.with_colons().to_string(), "21:00:00:00:00:00:0a:01");
    assert_eq!((vport.no, vport.state), (Some(HostNo(1)), VportState::Active));
    assert_eq!(vport.port_id, adapters[1].port_id);
    assert!(vport.port_id.is_some());

    let numbers =
        |ports: &[npivot_hal::RemotePort]| ports.iter().map(|p| p.number).collect::<Vec<_>>();
    assert_eq!(numbers(&host.remote_ports(HostNo(0)).await.unwrap()), [0, 1, 2]);
    assert_eq!(numbers(&host.remote_ports(HostNo(1)).await.unwrap()), [0, 1, 2, 3]);

    let mut all = vec![];
    for no in [0, 1] {
        all.extend(host.luns().unwrap().paths(HostNo(no)).await.unwrap());
    }
    let seen: Vec<_> = all
        .iter()
        .map(|path| (path.address.to_string(), path.identity.as_ref().unwrap().to_string()))
        .collect();
    let row = |at: &str, id: &str| (at.to_owned(), id.to_owned());
    assert_eq!(
        seen,
        [
            row("0:0:0:0", "naa.50000c9002010000"),
            row("0:0:0:1", "naa.50000c9002010001"),
            row("1:0:0:0", "naa.50000c9003010000"),
            row("1:0:0:3", "naa.50000c9003010003"),
            row("1:0:1:0", "naa.50000c9002010000"),
            row("1:0:1:1", "naa.50000c9002010001"),
            row("1:0:1:7", "naa.50000c9002010007"),
        ]
    );
    assert!(all.iter().all(|path| path.state == PathState::Running && path.target.is_some()));
}

#[tokio::test]
async fn a_capture_takes_no_writes() {
    use npivot_sysfs::Files as _;
    let files = phase("vport");
    let refused = files.write("class/fc_host/host0/issue_lip", b"1").unwrap_err();
    assert_eq!(refused.kind(), io::ErrorKind::ReadOnlyFilesystem);
    assert!(host(files).links().unwrap().reset(HostNo(0)).await.is_err());
}
