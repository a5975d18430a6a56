//! The faults of today's libvirt that touch guests, each under its number and name.

use npivot::guest::{HostDevice, Purpose};
use npivot::libvirt::Domain;
use npivot_fabric::world::MaskingCommand;
use npivot_hal::{LunId, PathState};

use crate::bed::{Bed, disk, guest, hostdev, lines, parse, volume};

/// What a guest is given: the identity that its best path has now, asked anew.
async fn given(bed: &Bed, xml: &str, purpose: Purpose) -> Vec<LunId> {
    use npivot_hal::Luns;
    let resolution = bed.resolve(&parse(xml), purpose).await;
    let devices = resolution.devices().unwrap_or_else(|e| panic!("{e}\n{}", lines(&resolution)));
    let mut ids = vec![];
    for device in devices {
        let address = match &device.device {
            HostDevice::Block { paths, .. } => paths[0].address,
            HostDevice::Scsi(address) => *address,
            other => panic!("{other:?}"),
        };
        ids.push(bed.host.identify(address).await.unwrap());
    }
    ids
}

/// Alpha's guest, named by number, with the record that `npivot guest resolve --record` writes.
async fn recorded_on_alpha(alpha: &Bed) -> String {
    let xml = guest(&[
        &volume("web1-a", "unit:0:0:0", "vda"),
        &volume("web1-b", "unit:0:0:1", "vdb"),
        &hostdev(alpha.vhbas[0], 1, 1).replace("<source>", "<shareable/><source>"),
    ])
    .replace("<target dev='vdb'", "<shareable/><target dev='vdb'");
    let domain = parse(&xml);
    let resolution = alpha.resolve(&domain, Purpose::Start).await;
    let luns = resolution.luns();
    assert_eq!(luns.len(), 3, "{}", lines(&resolution));
    domain.edit().records(&luns).finish()
}

#[tokio::test(start_paused = true)]
async fn fault_10_volumes_named_by_unit_number_map_to_other_luns_on_the_destination() {
    let alpha = Bed::new().await;
    let xml = recorded_on_alpha(&alpha).await;
    let [root, data] = [alpha.root.clone(), alpha.data.clone()];
    let beta = Bed::beta_of(&alpha).await;

    // Believing the numbers, as libvirt does, all of them are other LUNs there.
    let bare =
        guest(&[&volume("web1-a", "unit:0:0:0", "vda"), &volume("web1-b", "unit:0:0:1", "vdb")]);
    let believed = given(&beta, &bare, Purpose::Start).await;
    assert_eq!(believed, [data.clone(), root.clone()], "the numbers are swapped on beta");

    let arrived = given(&beta, &xml, Purpose::Arrival).await;
    assert_eq!(arrived, [root.clone(), data.clone(), data.clone()]);
    let answer = beta.hook("migrate begin", &xml).await;
    assert_eq!((answer.status, answer.stderr.as_str()), (0, ""));
    let there = String::from_utf8(answer.stdout).unwrap();
    assert_eq!(given(&beta, &there, Purpose::Start).await, [root, data.clone(), data]);
    let domain = Domain::parse("there.xml", &there).unwrap();
    assert!(domain.devices().iter().all(|d| d.key.starts_with("vd") || d.key.ends_with(":0")));
}

#[tokio::test(start_paused = true)]
async fn fault_10_without_a_record_a_number_is_refused_on_the_destination() {
    let alpha = Bed::new().await;
    let beta = Bed::beta_of(&alpha).await;
    let xml = guest(&[
        &volume("web1-a", "unit:0:0:0", "vda"),
        &hostdev(beta.vhbas[0], 0, 1),
        &disk("fc", "wwnn='5001a4a0000001f1' wwpn='5001a4a0000000f1' lun='1'", "vdb"),
        &disk("block", "dev='/dev/sda'", "vdc"),
    ]);
    for operation in ["migrate begin", "restore begin"] {
        let answer = beta.hook(operation, &xml).await;
        assert_eq!((answer.status, answer.stdout.len()), (1, 0));
        insta::allow_duplicates! { insta::assert_snapshot!("fault_10_refused", answer.stderr) }
    }
}

#[tokio::test(start_paused = true)]
async fn fault_10_a_number_that_leads_elsewhere_since_the_last_run_is_refused() {
    let bed = Bed::new().await;
    let xml = guest(&[&volume("web1-a", "unit:0:0:1", "vda"), &hostdev(bed.vhbas[1], 0, 1)])
        .replace("<target dev='vda'", "<shareable/><target dev='vda'")
        .replace("<source><adapter", "<shareable/><source><adapter");
    for operation in ["prepare begin", "start begin", "started begin", "release end"] {
        let answer = bed.hook(operation, &xml).await;
        assert_eq!((answer.status, answer.stderr.as_str()), (0, ""), "{operation}");
    }
    // The array's administrator shows another volume there, and the host has looked again.
    renumber(&bed, "web1-data", "scratch").await;
    let answer = bed.hook("prepare begin", &xml).await;
    assert_eq!(answer.status, 1);
    let scratch = only_lun_1(&bed).await;
    assert_eq!(
        answer.stderr.matches(&format!("is {scratch} here")).count(),
        2,
        "{}",
        answer.stderr
    );
    assert_eq!(answer.stderr.matches(&format!("expected {}", bed.data)).count(), 2);
    // The same disk under a name that says what is meant.
    let meant = guest(&[&volume("web1-a", &scratch.to_string(), "vda")]);
    assert_eq!(bed.hook("prepare begin", &meant).await.status, 0);
}

#[tokio::test(start_paused = true)]
async fn fault_10_a_device_that_was_given_to_another_volume_is_never_handed_out() {
    let bed = Bed::new().await;
    bed.unmap("web1", "web1-data");
    bed.map("web1", "scratch", 1);
    // Nobody has looked again: the host's devices still say that they are web1-data.
    let names = [bed.data.to_string(), "unit:0:0:1".into(), "unit:0:1:1".into()];
    for name in names {
        let xml = guest(&[&volume("web1-a", &name, "vda")]);
        let resolution = bed.resolve(&parse(&xml), Purpose::Start).await;
        assert!(resolution.devices().is_err() && resolution.resolved_so_far().is_empty());
        assert!(lines(&resolution).contains("is stale"), "{}", lines(&resolution));
        assert_eq!(bed.hook("prepare begin", &xml).await.status, 1);
    }
    let through = guest(&[&hostdev(bed.vhbas[0], 0, 1)]);
    assert_eq!(bed.hook("prepare begin", &through).await.status, 1);
}

#[tokio::test(start_paused = true)]
async fn fault_10_a_stale_path_beside_good_ones_is_left_out_or_refuses_the_guest() {
    let bed = Bed::new().await;
    // On fabric b the number is another volume's by now, and the host has not looked again.
    let initiator = "5001a4a000000002".parse().unwrap();
    bed.mask(MaskingCommand::RemoveInitiator { group: "web1".into(), initiator });
    bed.mask(MaskingCommand::CreateGroup { group: "other".into() });
    bed.mask(MaskingCommand::AddInitiator { group: "other".into(), initiator });
    bed.map("other", "scratch", 1);

    let domain = parse(&guest(&[&volume("both", &bed.data.to_string(), "vda")]));
    let resolution = bed.resolve(&domain, Purpose::Start).await;
    let HostDevice::Block { paths, .. } = &resolution.devices().unwrap()[0].device else {
        panic!()
    };
    assert!(paths.len() == 2 && paths.iter().all(|path| path.address.host == bed.vhbas[0]));
    assert_eq!(lines(&resolution).matches("is stale").count(), 2, "{}", lines(&resolution));

    // Whoever names a path, or leaves the choice to udev or libvirt, may be given the stale one.
    let by_id = format!("dev='/dev/disk/by-id/wwn-0x{}'", &bed.data.to_string()[4..]);
    for device in [
        volume("both", "unit:0:0:1", "vda"),
        disk("block", &by_id, "vda"),
        hostdev(bed.vhbas[1], 0, 1),
    ] {
        let findings = bed.findings(&guest(&[&device])).await;
        assert!(findings.contains(": error: ") && findings.contains("is stale"), "{findings}");
    }
    let other_path = hostdev(bed.vhbas[0], 0, 1);
    assert!(!bed.findings(&guest(&[&other_path])).await.contains("error"));
}

#[tokio::test(start_paused = true)]
async fn fault_11_every_path_to_a_lun_becomes_a_volume_of_its_own() {
    let bed = Bed::new().await;
    // Two paths under two names: one volume with both paths, whichever is asked for.
    let mut seen = vec![];
    for name in ["unit:0:0:1", "unit:0:1:1"] {
        let domain = parse(&guest(&[&volume("web1-a", name, "vda")]));
        let resolution = bed.resolve(&domain, Purpose::Start).await;
        let device = resolution.devices().unwrap()[0].clone();
        let HostDevice::Block { paths, link, .. } = device.device else { panic!() };
        assert!(paths.len() == 2 && paths.iter().all(|path| path.state == PathState::Running));
        seen.push((device.id, link, paths));
    }
    assert_eq!(seen[0], seen[1]);
    // As two disks of a guest they are one LUN twice.
    let twice =
        guest(&[&volume("web1-a", "unit:0:0:1", "vda"), &volume("web1-a", "unit:0:1:1", "vdb")]);
    let findings = bed.findings(&twice).await;
    assert!(findings.contains(&format!("{} is vda of this guest too", bed.data)), "{findings}");
}

async fn only_lun_1(bed: &Bed) -> LunId {
    use npivot_hal::Luns;
    let paths = bed.host.paths(bed.vhbas[0]).await.unwrap();
    let path = paths.into_iter().find(|path| path.address.lun == 1).unwrap();
    path.identity.unwrap()
}

/// Shows another volume under a number, and lets the host find it anew.
async fn renumber(bed: &Bed, from: &str, to: &str) {
    use npivot_hal::{Luns, ScanScope};
    bed.unmap("web1", from);
    bed.map("web1", to, 1);
    for &vhba in &bed.vhbas {
        for path in bed.host.paths(vhba).await.unwrap() {
            if path.address.lun == 1 {
                let _ = bed.host.remove(path.address).await.unwrap();
            }
        }
        let _ = bed.host.scan(vhba, ScanScope::default()).await.unwrap();
    }
}

/// A partition of a disk is not the disk: a link to the whole LUN in its place would have the guest write over the
/// partition table.
#[tokio::test(start_paused = true)]
async fn a_partition_is_not_taken_for_its_disk_on_the_destination() {
    let alpha = Bed::new().await;
    let whole = guest(&[&disk("block", "dev='/dev/sda'", "vda")]);
    let domain = parse(&whole);
    let resolution = alpha.resolve(&domain, Purpose::Start).await;
    let recorded = domain.edit().records(&resolution.luns()).finish();
    let beta = Bed::beta_of(&alpha).await;
    let answer = beta.hook("migrate begin", &recorded).await;
    assert_eq!((answer.status, answer.stderr.as_str()), (0, ""), "the whole disk moves");
    let part = recorded.replace("/dev/sda", "/dev/sda1");
    assert_ne!(part, recorded);
    let answer = beta.hook("migrate begin", &part).await;
    assert_eq!((answer.status, answer.stdout.len()), (1, 0), "{}", answer.stderr);
    assert!(answer.stderr.contains("/dev/sda1 is a partition of naa."), "{}", answer.stderr);
}
