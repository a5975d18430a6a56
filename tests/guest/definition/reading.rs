//! What the definitions say; every kind of error with its place.

use std::fmt::Write;

use npivot::libvirt::{Access, DeviceSource, Domain};
use npivot_hal::Lun;

use crate::bed::{disk, guest, hostdev, parse, volume};

#[test]
fn every_kind_of_source() {
    let xml = guest(&[
        &volume("web1", "unit:0:0:1", "vda")
            .replace("volume='unit:0:0:1'", "volume='unit:0:0:1' mode='direct'"),
        &disk("fc", "wwnn='20:01:00:1b:32:a9:da:4e' wwpn='0x2101001B32A90004' lun='300'", "vdb"),
        &disk("block", "dev='/dev/disk/by-id/wwn-0x1'", "vdc").replace("'disk'", "'lun'"),
        &hostdev(npivot_hal::HostNo(5), 1, 16_640),
        "<hostdev mode='subsystem' type='scsi_host'><source protocol='vhost' wwpn='naa.5001405bd4b5ac06'/></hostdev>",
    ]);
    let domain = parse(&xml);
    assert_eq!(domain.faults(), []);
    let devices = domain.devices();
    let told: Vec<_> = devices.iter().map(|d| format!("{}: {}", d.subject(), d.source)).collect();
    assert_eq!(
        told,
        [
            "disk vda: volume unit:0:0:1 of pool web1",
            "disk vdb: LUN 300 behind 2101001b32a90004",
            "disk vdc: /dev/disk/by-id/wwn-0x1",
            "hostdev scsi_host5:0:1:16640: scsi_host5:0:1:16640",
            "hostdev naa.5001405bd4b5ac06: vhost-scsi naa.5001405bd4b5ac06",
        ]
    );
    let DeviceSource::Fc { names, lun, target, wwid } = &devices[1].source else { panic!() };
    assert_eq!(names.wwnn.to_string(), "2001001b32a9da4e");
    assert_eq!((*lun, *target, wwid), (Lun::from_number(300), None, &None));
    assert_eq!(devices.iter().map(|d| d.place.line).collect::<Vec<_>>(), [5, 6, 7, 8, 9]);
}

#[test]
fn who_may_share() {
    for (inside, device, access) in [
        ("", "disk", Access::Exclusive),
        ("<shareable/>", "disk", Access::Shared),
        ("<readonly/>", "disk", Access::ReadOnly),
        ("<readonly/><shareable/>", "disk", Access::ReadOnly),
        ("", "cdrom", Access::ReadOnly),
        ("<x:shareable xmlns:x='urn:x'/>", "disk", Access::Exclusive),
    ] {
        let xml = volume("p", "unit:0:0:1", "vda")
            .replace("</disk>", &format!("{inside}</disk>"))
            .replace("device='disk'", &format!("device='{device}'"));
        assert_eq!(parse(&guest(&[&xml])).devices()[0].access, access, "{inside} {device}");
    }
}

#[test]
fn a_guest_may_have_little() {
    let domain = parse("<domain><name>a b</name></domain>");
    assert_eq!((domain.name(), domain.uuid(), domain.devices().len()), ("a b", None, 0));
    let nameless = Domain::parse("x.xml", "<domain><uuid/></domain>").unwrap_err();
    assert_eq!(nameless.message(), "<domain> has no <name>");
    for name in ["", " ", "a/b", "a&#10;b"] {
        let xml = format!("<domain><name>{name}</name></domain>");
        assert!(Domain::parse("x.xml", &xml).is_err(), "{name:?}");
    }
    let pool = Domain::parse("x.xml", "<pool type='scsi'/>").unwrap_err();
    assert_eq!(pool.message(), "expected element <domain>, found ‘pool’");
}

#[test]
fn faults() {
    let target = "<target dev='vda'/>";
    let devices = [
        disk("volume", "pool='p'", "a"),
        disk("volume", "pool='' volume='v'", "b"),
        disk("volume", "pool='p' vlume='v'", "c"),
        disk("fc", "wwnn='5001a4a000000101' lun='1'", "d"),
        disk("fc", "wwnn='5001a4a00000101' wwpn='5001a4a000000001' lun='1'", "e"),
        disk("fc", "wwnn='5001a4a000000101' wwpn='5001a4a000000001'", "f"),
        disk("fc", "wwnn='5001a4a000000101' wwpn='5001a4a000000001' lun='20000'", "g"),
        disk("block", "dev='/dev/sda' wwpn='5001a4a000000001'", "h"),
        format!("<disk type='volume' device='disk'>{target}</disk>"),
        "<disk type='volume'><source pool='p' volume='v'/></disk>".into(),
        format!("<disk type='volume' device='dsik'><source pool='p' volume='v'/>{target}</disk>"),
        format!("<disk type='block'><source dev='/a'/><source dev='/b'/>{target}</disk>"),
        hostdev(npivot_hal::HostNo(5), 1, 2).replace("scsi_host5", "host5"),
        hostdev(npivot_hal::HostNo(5), 1, 2).replace("unit='2'", "unit='0x2'"),
        hostdev(npivot_hal::HostNo(5), 1, 2).replace(" bus='0'", ""),
        "<hostdev type='scsi_host'><source protocol='vhots' wwpn='naa.5'/></hostdev>".into(),
        volume("p", "v", "x"),
        volume("p", "w", "x"),
    ];
    let devices: Vec<&str> = devices.iter().map(String::as_str).collect();
    let xml = guest(&devices);
    let domain = Domain::parse("web1.xml", &xml).unwrap();
    assert_eq!(domain.devices().len(), 1, "the first disk x");
    let mut report = String::new();
    for fault in domain.faults() {
        writeln!(report, "{}: {}", fault.line(), fault.message()).unwrap();
        fault.help().iter().for_each(|help| writeln!(report, "    help: {help}").unwrap());
    }
    insta::assert_snapshot!(report);
}

#[test]
fn a_wrong_record_is_a_fault() {
    let with = |record: &str| {
        let ns = "xmlns:n='urn:npivot:guest:1'";
        let metadata = format!("</name><metadata>{}</metadata>", record.replace("NS", ns));
        parse(&guest(&[]).replace("</name>", &metadata))
    };
    let id = "naa.5000c500a1b2c3d4";
    let good = with(&format!("<n:guest NS><n:lun of='vda' wwid='{id}'/><n:x/></n:guest>"));
    assert_eq!((good.faults().len(), good.records().len()), (0, 1));
    assert_eq!(good.recorded("vda").unwrap().to_string(), id);
    for bad in [
        "<n:guest NS/><n:guest NS/>".to_owned(),
        "<n:guest NS><n:lun of='vda'/></n:guest>".into(),
        "<n:guest NS><n:lun of='vda' wwid='5'/></n:guest>".into(),
        format!("<n:guest NS><n:lun of='' wwid='{id}'/></n:guest>"),
        format!("<n:guest NS><n:lun of='a' wwid='{id}'/><n:lun of='a' wwid='{id}'/></n:guest>"),
    ] {
        assert_eq!(with(&bad).faults().len(), 1, "{bad}");
    }
    assert_eq!(with("<guest xmlns='urn:other'/>").records().len(), 0);
}
