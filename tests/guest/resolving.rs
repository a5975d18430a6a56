//! Each kind of source on a simulated host.

use npivot::guest::{DeviceLink, HostDevice, Purpose, Through};
use npivot::libvirt::{Domain, NewSource};
use npivot_hal::{Host, LunId, PathState};

use crate::bed::{Bed, disk, guest, hostdev, lines, parse, volume};

/// The only device: its identity, its link and the addresses of its paths.
async fn only(bed: &Bed, device: &str) -> (LunId, String, Vec<String>) {
    let resolution = bed.resolve(&parse(&guest(&[device])), Purpose::Start).await;
    let devices = resolution.devices().unwrap_or_else(|e| panic!("{e}\n{}", lines(&resolution)));
    let [device] = devices else { panic!("{devices:?}") };
    let HostDevice::Block { link, node, paths, .. } = &device.device else { panic!("{device:?}") };
    let best = paths[0].device.as_ref().unwrap();
    assert_eq!(*node, format!("/dev/{best}"));
    assert!(paths.iter().all(|path| path.state == PathState::Running));
    let link = link.as_ref().map(ToString::to_string).unwrap_or_default();
    let paths = paths.iter().map(|path| path.address.to_string()).collect();
    (device.id.clone().unwrap(), link, paths)
}

#[tokio::test(start_paused = true)]
async fn a_volume_by_identity_has_all_its_paths_and_a_link() {
    let bed = Bed::new().await;
    let (id, link, paths) = only(&bed, &volume("both", &bed.data.to_string(), "vda")).await;
    assert_eq!(id, bed.data);
    assert_eq!(link, format!("/dev/npivot/pool/both/{}", bed.data));
    let [a, b] = [bed.vhbas[0].0, bed.vhbas[1].0];
    let there = [(a, 0), (a, 1), (b, 0), (b, 1)].map(|(host, t)| format!("{host}:0:{t}:1"));
    assert_eq!(paths, there);
}

#[tokio::test(start_paused = true)]
async fn a_volume_by_unit_number_is_an_alias_of_the_same_lun() {
    let bed = Bed::new().await;
    let by_number = only(&bed, &volume("both", "unit:0:1:1", "vda")).await;
    let by_identity = only(&bed, &volume("both", &bed.data.to_string(), "vda")).await;
    assert_eq!(by_number, by_identity);
}

#[tokio::test(start_paused = true)]
async fn a_pool_is_found_by_its_uuid_in_any_notation() {
    let bed = Bed::new().await;
    for uuid in ["6f3b1c52-8a04-4e0d-9d57-1be2c0a7f1a1", "6F3B1C528A044E0D9D571BE2C0A7F1A1"] {
        let (id, link, paths) = only(&bed, &volume(uuid, "unit:0:0:0", "vda")).await;
        assert_eq!(id, bed.root);
        assert_eq!(link, format!("/dev/npivot/pool/web1-a/{}", bed.root));
        assert_eq!(paths.len(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_lun_behind_a_vhba_is_found_by_number_by_target_and_by_identity() {
    let bed = Bed::new().await;
    let vhba = "wwnn='5001a4a000000101' wwpn='0x5001A4A000000001'";
    for (more, paths) in [
        ("lun='1'".to_owned(), 2),
        ("lun='1' target='5006016141e0aa00'".to_owned(), 2),
        (format!("wwid='{}'", bed.data), 2),
        (format!("lun='1' wwid='{}'", bed.data), 2),
    ] {
        let found = only(&bed, &disk("fc", &format!("{vhba} {more}"), "vda")).await;
        assert_eq!(found.0, bed.data, "{more}");
        assert_eq!(found.1, format!("/dev/npivot/vhba/5001a4a000000001/{}", bed.data));
        assert_eq!(found.2.len(), paths, "{more}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_link_resolves_to_what_it_names() {
    let bed = Bed::new().await;
    for through in [
        Through::Pool("web1-b".parse().unwrap()),
        Through::Vhba("5001a4a000000002".parse().unwrap()),
    ] {
        let link = DeviceLink { through, id: bed.root.clone() }.to_string();
        let (id, found, paths) = only(&bed, &disk("block", &format!("dev='{link}'"), "vda")).await;
        assert_eq!((id, found, paths.len()), (bed.root.clone(), link, 2));
    }
}

#[tokio::test(start_paused = true)]
async fn names_of_the_kernel_and_of_udev_are_seen_through() {
    let bed = Bed::new().await;
    let domain = parse(&guest(&[&volume("web1-a", &bed.data.to_string(), "vda")]));
    let resolution = bed.resolve(&domain, Purpose::Start).await;
    let HostDevice::Block { node, by_id, by_path, .. } =
        resolution.devices().unwrap()[0].device.clone()
    else {
        panic!()
    };
    assert_eq!(by_path, None, "udev's name would be the parent's too");
    let pci = bed.host.adapters().await.unwrap()[0].pci.unwrap();
    let plain = format!("/dev/disk/by-path/pci-{pci}-fc-0x5006016041e0aa00-lun-1");
    let patched = plain.replace("-fc-", "-vport-0x5001a4a000000001-fc-");
    for name in [format!("{node}1"), node, by_id.unwrap(), plain, patched] {
        let (id, link, _) = only(&bed, &disk("block", &format!("dev='{name}'"), "vda")).await;
        assert_eq!((id, link), (bed.data.clone(), String::new()), "{name}: not npivot's to link");
    }
}

#[tokio::test(start_paused = true)]
async fn behind_an_adapter_without_vhbas_udevs_name_by_path_is_known() {
    let bed = Bed::without_pools();
    let xml = guest(&[&disk("block", "dev='/dev/sda'", "vda")]);
    let resolution = bed.resolve(&parse(&xml), Purpose::Start).await;
    let HostDevice::Block { by_path, .. } = &resolution.devices().unwrap()[0].device else {
        panic!()
    };
    let pci = bed.host.adapters().await.unwrap()[0].pci.unwrap();
    let name = format!("/dev/disk/by-path/pci-{pci}-fc-0x5006016041e0aa00-lun-2");
    assert_eq!(by_path.as_ref(), Some(&name));
    let (id, _, _) = only(&bed, &disk("block", &format!("dev='{name}'"), "vda")).await;
    assert_eq!(Some(id), resolution.devices().unwrap()[0].id);
    let findings = bed.findings(&xml).await;
    assert!(findings.contains("warning: disk vda: /dev/sda is a name of the moment"), "{findings}");
}

#[tokio::test(start_paused = true)]
async fn a_passed_through_device_keeps_its_address() {
    let bed = Bed::new().await;
    let xml = guest(&[&hostdev(bed.vhbas[0], 1, 0)]);
    let resolution = bed.resolve(&parse(&xml), Purpose::Start).await;
    let device = &resolution.devices().unwrap()[0];
    assert_eq!(device.id.as_ref(), Some(&bed.root));
    let address = format!("{}:0:1:0", bed.vhbas[0].0).parse().unwrap();
    assert_eq!((&device.device, &device.new_source), (&HostDevice::Scsi(address), &None));
    assert_eq!(resolution.to_xml(&parse(&xml), false).unwrap(), xml);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_npivots_is_left_alone() {
    let bed = Bed::new().await;
    let xml = guest(&[
        &volume("default", "web1.qcow2", "vda"),
        &disk("block", "dev='/dev/vg/web1'", "vdb"),
        &disk("block", "dev='/dev/sdzz'", "vdc"),
        &disk("file", "file='/var/lib/web1.qcow2'", "vdd"),
        "<disk type='block' device='cdrom'><target dev='sda' bus='sata'/></disk>",
        "<disk type='block' device='cdrom'><source startupPolicy='optional'/><target dev='sdb'/></disk>",
        &hostdev(npivot_hal::HostNo(77), 0, 0),
        "<hostdev mode='subsystem' type='scsi'><source protocol='iscsi' name='iqn.x/1'/></hostdev>",
        "<hostdev mode='subsystem' type='pci'><source><address bus='0x05'/></source></hostdev>",
        "<hostdev mode='subsystem' type='scsi_host'><source protocol='vhost' wwpn='naa.5001405bd4b5ac06'/></hostdev>",
    ]);
    let resolution = bed.resolve(&parse(&xml), Purpose::Start).await;
    let devices = resolution.devices().unwrap();
    assert_eq!(devices.len(), 1, "the vhost-scsi target, as it is: {devices:?}");
    assert_eq!(devices[0].device, HostDevice::VhostScsi("naa.5001405bd4b5ac06".into()));
    assert_eq!(resolution.to_xml(&parse(&xml), false).unwrap(), xml);
    insta::assert_snapshot!(lines(&resolution));
}

/// udev's name of a place behind an adapter can mean nothing but a LUN.
#[tokio::test(start_paused = true)]
async fn a_place_behind_an_adapter_where_nothing_is_refuses_the_guest() {
    let bed = Bed::new().await;
    let dev = "dev='/dev/disk/by-path/pci-0000:05:00.0-fc-0x5006016041e0aa00-lun-77'";
    let xml = guest(&[&disk("block", dev, "vda")]);
    let resolution = bed.resolve(&parse(&xml), Purpose::Start).await;
    assert!(resolution.devices().is_err());
    let found = lines(&resolution);
    assert!(found.contains("error: disk vda:") && found.contains("lun-77 is not there"), "{found}");
}

#[tokio::test(start_paused = true)]
async fn the_definition_for_libvirt_has_links_and_a_record() {
    let bed = Bed::new().await;
    let xml = guest(&[
        &volume("web1-a", "unit:0:0:0", "vda"),
        &disk("fc", "wwnn='5001a4a000000101' wwpn='5001a4a000000001' lun='1'", "vdb"),
    ]);
    let domain = parse(&xml);
    let resolution = bed.resolve(&domain, Purpose::Start).await;
    let out = resolution.to_xml(&domain, true).unwrap();
    let again = Domain::parse("out.xml", &out).unwrap();
    assert_eq!(again.recorded("vda"), Some(&bed.root));
    assert_eq!(again.recorded("vdb"), Some(&bed.data));
    let link = |through: &str, id: &LunId| format!("dev='/dev/npivot/{through}/{id}'");
    assert!(out.contains(&link("pool/web1-a", &bed.root)), "{out}");
    assert!(out.contains(&link("vhba/5001a4a000000001", &bed.data)), "{out}");
    let again = bed.resolve(&again, Purpose::Start).await;
    assert!(again.devices().unwrap().iter().all(|device| device.new_source.is_none()));
    assert_eq!(lines(&again), "", "nothing is left to say");
    let new = &resolution.devices().unwrap()[0].new_source;
    assert!(matches!(new, Some(NewSource::Block(_))));
}
