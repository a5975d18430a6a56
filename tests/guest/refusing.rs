//! All findings at once, each with its place, what was expected and what to do; never a part of a guest.

use std::sync::Arc;

use npivot::guest::{Finding, Ports, Purpose, check, resolve};
use npivot_fabric::world::Command;
use npivot_hal::layer::faulty::FaultyHost;
use npivot_hal::layer::{Call, FaultPlan, Verdict};
use npivot_hal::{ErrorKind, Luns, ScanScope};

use crate::bed::{Bed, disk, guest, hostdev, lines, parse, volume};

const FC: &str = "wwnn='5001a4a000000101' wwpn='5001a4a000000001'";

/// A guest in which nearly everything is wrong.
fn wrong(bed: &Bed) -> String {
    guest(&[
        &volume("web1-a", "unit:0:0:0", "vda"),
        &volume("web1-a", "unit:0:0:9", "vdb"),
        &volume("web1-a", "naa.600140500000000f0000000000000009", "vdc"),
        &volume("web1-a", "root.qcow2", "vdd"),
        &volume("nowhere", "unit:0:0:0", "vde"),
        &volume("asleep", &bed.data.to_string(), "vdf"),
        &disk("fc", &format!("{FC} lun='7'"), "vdg"),
        &disk("fc", &format!("{FC} lun='0' wwid='{}'", bed.data), "vdh"),
        &disk("fc", "wwnn='5001a4a000000109' wwpn='5001a4a000000001' lun='1'", "vdi"),
        &disk("fc", "wwnn='5001a4a000000109' wwpn='5001a4a000000009' lun='1'", "vdj"),
        &disk("block", "dev='/dev/npivot/pool/web1-a/naa.12'", "vdk"),
        &disk("block", &format!("dev='/dev/npivot/pool/nowhere/{}'", bed.data), "vdl"),
        &disk("block", &format!("dev='/dev/npivot/vhba/5001a4a000000009/{}'", bed.data), "vdm"),
        &disk("fc", "wwpn='5001a4a000000001' lun='1'", "vdn"),
        &disk("block", "wwpn='5001a4a000000001'", "vdo"),
        &hostdev(bed.vhbas[0], 9, 0),
        "<hostdev mode='subsystem' type='scsi_host'><source protocol='vhost' wwpn='naa.5001a4a000000001'/></hostdev>",
    ])
}

#[tokio::test(start_paused = true)]
async fn every_problem_is_told_at_once_with_its_place() {
    let bed = Bed::new().await;
    let domain = parse(&wrong(&bed));
    let resolution = bed.resolve(&domain, Purpose::Start).await;
    insta::assert_snapshot!(lines(&resolution));
    let refused = resolution.devices().unwrap_err();
    assert_eq!(refused.to_string(), "guest web1 is refused whole: 15 errors");
    assert!(resolution.to_xml(&domain, true).is_err());
    let findings = check(&domain, Purpose::Start, &bed.ports()).await;
    assert_eq!(findings, resolution.findings());
    assert!(findings.iter().all(|f: &Finding| f.place.line >= 5));
}

#[tokio::test(start_paused = true)]
async fn a_check_changes_nothing() {
    let bed = Bed::new().await;
    let before = bed.san.with(npivot_lab::footprint::Footprint::of);
    for xml in [wrong(&bed), guest(&[&volume("web1-a", "unit:0:0:0", "vda")])] {
        for purpose in [Purpose::Start, Purpose::Arrival, Purpose::Running] {
            let _ = check(&parse(&xml), purpose, &bed.ports()).await;
        }
    }
    assert_eq!(bed.san.with(npivot_lab::footprint::Footprint::of).difference(&before), [""; 0]);
    assert!(bed.links.all().is_empty());
    let claims = npivot::guest::ports::Claims::users(&*bed.claims, &bed.root).await.unwrap();
    assert!(claims.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_number_that_two_volumes_have_is_ambiguous() {
    let bed = Bed::new().await;
    // On fabric b the array shows another volume under LUN 1.
    bed.mask(npivot_fabric::world::MaskingCommand::RemoveInitiator {
        group: "web1".into(),
        initiator: "5001a4a000000002".parse().unwrap(),
    });
    bed.mask(npivot_fabric::world::MaskingCommand::CreateGroup { group: "other".into() });
    bed.mask(npivot_fabric::world::MaskingCommand::AddInitiator {
        group: "other".into(),
        initiator: "5001a4a000000002".parse().unwrap(),
    });
    bed.map("other", "scratch", 1);
    for path in bed.host.paths(bed.vhbas[1]).await.unwrap() {
        let _ = bed.host.remove(path.address).await.unwrap();
    }
    let _ = bed.host.scan(bed.vhbas[1], ScanScope::default()).await.unwrap();
    let findings = bed.findings(&guest(&[&volume("both", "unit:0:0:1", "vda")])).await;
    assert!(findings.contains("volume unit:0:0:1 of pool both is ambiguous: naa."), "{findings}");
    let one = volume("both", &bed.data.to_string(), "vda");
    assert_eq!(bed.findings(&guest(&[&one])).await, "", "by identity it is not");
}

#[tokio::test(start_paused = true)]
async fn a_lun_without_a_usable_path_is_refused_and_a_lost_path_is_left_out() {
    let bed = Bed::new().await;
    let xml = guest(&[&volume("web1-a", &bed.data.to_string(), "vda")]);
    for (target_port, errors) in [(8, 0), (9, 1)] {
        let port = bed.san.with(|world| world.san().switches[0].port(target_port).unwrap());
        bed.san.apply(Command::Light { port, on: false }).unwrap();
        bed.san.run_for(std::time::Duration::from_millis(50)).await;
        let findings = bed.findings(&xml).await;
        assert_eq!(findings.matches(": error: ").count(), errors, "{findings}");
        assert!(findings.contains("cannot be used: it is blocked"), "{findings}");
    }
}

/// Refuses every call of one method.
#[derive(Debug)]
struct Refuses(&'static str, ErrorKind);

impl FaultPlan for Refuses {
    fn verdict(&self, call: &Call<'_>) -> Verdict {
        if call.method == self.0 { Verdict::FailWith(self.1) } else { Verdict::Pass }
    }
}

async fn under(bed: &Bed, plan: Refuses, xml: &str) -> String {
    let host = FaultyHost::new(bed.host.clone(), Arc::new(plan));
    let ports = Ports { host: &host, ..bed.ports() };
    lines(&resolve(&parse(xml), Purpose::Start, &ports).await)
}

#[tokio::test(start_paused = true)]
async fn what_a_host_does_not_tell_is_a_finding() {
    let bed = Bed::new().await;
    let ours = guest(&[&volume("web1-a", &bed.data.to_string(), "vda")]);
    let plain = guest(&[&disk("block", "dev='/dev/sda'", "vda")]);
    for (method, kind, xml, found) in [
        ("identify", ErrorKind::PermissionDenied, &ours, "warning"),
        ("identify", ErrorKind::Unreachable, &ours, "error"),
        ("identify", ErrorKind::NotFound, &ours, "error"),
        ("paths", ErrorKind::NotFound, &ours, "error"),
        ("adapters", ErrorKind::PermissionDenied, &plain, "warning"),
        ("adapters", ErrorKind::Unsupported, &plain, ""),
    ] {
        let findings = under(&bed, Refuses(method, kind), xml).await;
        let severity = findings.lines().next().and_then(|line| line.split(": ").nth(1));
        assert_eq!(severity.unwrap_or_default(), found, "{method} {kind:?}: {findings}");
    }
    // A guest without any of this must start on a host of which nothing can be read.
    let none = guest(&[&disk("file", "file='/x'", "vda")]);
    assert_eq!(under(&bed, Refuses("adapters", ErrorKind::PermissionDenied), &none).await, "");
}
