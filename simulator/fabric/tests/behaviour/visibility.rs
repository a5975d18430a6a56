//! Each layer blocks once, and the explanation names what would mend it.

use npivot_fabric::san::ids::{AdapterIx, HostIx, TargetIx};
use npivot_fabric::visibility::{Block, Initiator, Layer, Path, PathTrace, Verdict};
use npivot_fabric::world::{Command, HostCommand, MaskingCommand};
use npivot_hal::{HostNo, Lun, VportState, ZoneEdit};

use crate::site::{ALPHA, BETA, GAMMA, HBA, Site, VAULT, at, guest};

/// The array's port on a2: behind the link between the switches.
const FAR: TargetIx = TargetIx(0);

fn path(site: &Site, host: HostIx, no: HostNo, volume: &str) -> Path {
    let initiator = Initiator::Adapter(site.ix(host, no));
    Path { initiator, target: FAR, volume: site.volume(volume) }
}

/// The one layer that blocks, with its reason and its remedy.
fn blocked(trace: &PathTrace) -> Option<(Layer, &str, &str)> {
    let mut blocked = trace.layers.iter().filter_map(|(layer, verdict)| match verdict {
        Verdict::Blocked { why, fix } => Some((*layer, &**why, &**fix)),
        Verdict::Clear(_) | Verdict::Open(_) => None,
    });
    let first = blocked.next();
    assert_eq!(blocked.next(), None, "one layer blocks");
    assert_eq!(trace.blocked_at(), first.map(|(layer, ..)| layer));
    first
}

#[track_caller]
fn blocks(site: &Site, path: Path, layer: Layer, block: Block, why: &str, fix: &str) {
    assert_eq!(site.world.sees(path), Err((layer, block)));
    assert_eq!(blocked(&site.world.trace(path)), Some((layer, why, fix)));
}

#[test]
fn a_path_that_is_clear() {
    let mut site = Site::campus();
    let no = site.vport(ALPHA, 1);
    let path = path(&site, ALPHA, no, "data");
    assert_eq!(site.world.sees(path), Ok(Lun::from_number(1).unwrap()));
    let trace = site.world.trace(path);
    assert_eq!(blocked(&trace), None);
    let said: Vec<&Verdict> = trace.layers.iter().map(|(_, verdict)| verdict).collect();
    let device = &site.devices(ALPHA, no)[site
        .adapter(ALPHA, no)
        .devices
        .keys()
        .position(|key| {
            let far = site.adapter(ALPHA, no).rport(site.world.targets()[0].names.wwpn);
            Some(key.target) == far.unwrap().target && key.lun == 1
        })
        .unwrap()];
    let (address, disk) = (&device[..3], device.split(' ').nth(1).unwrap());
    let wanted = [
        "light on a1/0 and a2/8".to_owned(),
        "0x010001 and 0x020800".to_owned(),
        "both in fabric a".to_owned(),
        "zone guests".to_owned(),
        "host group guests, LUN 1".to_owned(),
        format!("2:0:{address} is {disk}"),
    ];
    assert_eq!(said, wanted.map(Verdict::Clear).iter().collect::<Vec<_>>());
    assert_eq!(trace.initiator_label, "alpha host2, vHBA on host0");
}

#[test]
fn the_link() {
    let mut site = Site::campus();
    let path = path(&site, ALPHA, HBA, "spare");
    site.light("a2/8", false);
    let port = site.port("a2/8");
    assert_eq!(
        site.world.sees(path),
        Err((Layer::Link, Block::NoLight { initiator: false, port }))
    );
    let trace = site.world.trace(path);
    assert_eq!(trace.blocked_at(), Some(Layer::Link));
    let Verdict::Blocked { why, fix } = &trace.layers[0].1 else { panic!("{trace:?}") };
    assert_eq!(why, "no light on a2/8");
    assert_eq!(fix, "plug in or enable a2/8: vault 500601600000000a - a2/8");
    site.light("a1/0", false);
    let trace = site.world.trace(path);
    let Verdict::Blocked { fix, .. } = &trace.layers[0].1 else { panic!("{trace:?}") };
    assert_eq!(fix, "plug in or enable a1/0: alpha host0 - a1/0");
}

#[test]
fn the_login() {
    let not = |state| Block::NotLoggedIn { initiator: true, state };
    let mut site = Site::with(|topology| {
        topology.fabrics[0].switches[0].settings.logins_per_port = 1;
        topology.fabrics[0].switches[1].settings.npiv = false;
    });
    let no = site.create(ALPHA, 1).unwrap();
    site.run(100);
    let full = path(&site, ALPHA, no, "root");
    let why = "the vHBA is not logged in: VPort Failed";
    let fix = "see the switch's log of a1/0 for the reject, then make the vHBA again";
    blocks(&site, full, Layer::Login, not(Some(VportState::Failed)), why, fix);

    let no = site.create(GAMMA, 2).unwrap();
    let npiv = path(&site, GAMMA, no, "root");
    let why = "the vHBA is not logged in: No Fabric Support";
    let fix = "enable NPIV on a2/0, then reset its link";
    blocks(&site, npiv, Layer::Login, not(Some(VportState::NoFabricSupport)), why, fix);

    site.ask(ALPHA, HostCommand::Reset(HBA)).unwrap();
    let hba = path(&site, ALPHA, HBA, "spare");
    let (why, fix) = ("the adapter is not logged in", "wait for the login, or reset the adapter");
    blocks(&site, hba, Layer::Login, not(None), why, fix);
}

#[test]
fn the_login_of_the_target() {
    let mut site = Site::campus();
    site.light("a2/8", false);
    site.run(70_000);
    site.light("a2/8", true);
    let path = path(&site, ALPHA, HBA, "spare");
    let block = Block::NotLoggedIn { initiator: false, state: None };
    let fix = "bring 500601600000000a of array vault online";
    blocks(&site, path, Layer::Login, block, "the array's port is not logged in", fix);
}

#[test]
fn the_segment() {
    let mut site = Site::campus();
    let path = path(&site, ALPHA, HBA, "spare");
    site.light("a1/47", false);
    let why = "the fabric is split between initiator and target";
    let fix = "bring the inter-switch link up: a2/47 - a1/47";
    blocks(&site, path, Layer::Segment, Block::OtherSegment, why, fix);

    let other = Path { initiator: Initiator::Adapter(site.ix(ALPHA, HostNo(1))), ..path };
    assert_eq!(site.world.sees(other), Err((Layer::Segment, Block::OtherFabric)));
    let trace = site.world.trace(other);
    let Verdict::Blocked { fix, .. } = &trace.layers[2].1 else { panic!("{trace:?}") };
    assert_eq!(fix, "take an adapter on the target's fabric");

    // Two parts that never had a link.
    let site = Site::with(|topology| topology.fabrics[0].isls.clear());
    let trace = site.world.trace(path);
    let Verdict::Blocked { fix, .. } = &trace.layers[2].1 else { panic!("{trace:?}") };
    assert_eq!(fix, "connect the two parts of the fabric by an inter-switch link");
}

#[test]
fn the_zone() {
    let mut site = Site::campus();
    let path = path(&site, ALPHA, HBA, "spare");
    site.unzone("alpha");
    let why = "no zone in force has both";
    let fix = "add a zone with 21:00:00:00:00:00:0a:00 and 50:06:01:60:00:00:00:0a \
               to the zone set in force, and enable it";
    blocks(&site, path, Layer::Zone, Block::NotZoned, why, fix);
}

#[test]
fn the_mask() {
    let mut site = Site::campus();
    let (in_group, in_none) = (site.vport(ALPHA, 1), site.vport(ALPHA, 3));
    let none = path(&site, ALPHA, in_none, "data");
    let why = "array vault has 5001a4a000000003 in no host group";
    let fix = "on array vault: add initiator 5001a4a000000003 to host group guests";
    blocks(&site, none, Layer::Mask, Block::NotInAnyGroup, why, fix);
    let unmapped = path(&site, ALPHA, in_group, "high");
    let block = Block::NotMapped { group: "guests".into() };
    let why = "host group guests of array vault does not have high";
    let fix = "on array vault: map high to host group guests";
    blocks(&site, unmapped, Layer::Mask, block, why, fix);
}

#[test]
fn the_scan() {
    let mut site = Site::campus();
    let no = site.vport(ALPHA, 1);
    let far =
        site.adapter(ALPHA, no).rport(site.world.targets()[0].names.wwpn).unwrap().target.unwrap();
    site.map("guests", "high", 5);
    let unseen = path(&site, ALPHA, no, "high");
    let scan = format!("on the host: echo '0 {far} -' > /sys/class/scsi_host/host2/scan");
    let why = "the host has not scanned since it was mapped";
    blocks(&site, unseen, Layer::Scan, Block::NotScanned, why, &scan);
    let _ = site.scan(ALPHA, no, Some(far), None).unwrap();
    assert!(site.world.sees(unseen).is_ok());

    site.unmap("guests", "data");
    site.map("guests", "spare", 1);
    let stale = path(&site, ALPHA, no, "spare");
    let why = "the host's device there is stale: it was data when it was found";
    let fix = format!("close it, delete the device, then {scan}");
    blocks(&site, stale, Layer::Scan, Block::Stale { believed: "data".into() }, why, &fix);
    site.ask(ALPHA, HostCommand::Remove(at(no, far, 1))).unwrap();
    let _ = site.scan(ALPHA, no, Some(far), None).unwrap();
    assert!(site.world.sees(stale).is_ok());
}

#[test]
fn the_scan_that_would_not_help() {
    let mut site = Site::campus();
    let high = path(&site, GAMMA, HBA, "high");
    let why = "the driver takes no LUN above 255, and this is 16640";
    let fix = "on array vault: map high at a LUN up to 255, or raise the driver's limit";
    blocks(&site, high, Layer::Scan, Block::LunTooHigh { max: 255 }, why, fix);

    let no = site.vport(ALPHA, 1);
    let members = [npivot_hal::ZoneMember::Wwpn(guest(2).wwpn)];
    site.zone([ZoneEdit::PutZone("guests".into(), npivot_hal::Zone::of(members))]);
    site.run(20);
    let vault = npivot_hal::ZoneMember::Alias("vault".into());
    let members = [npivot_hal::ZoneMember::Wwpn(guest(1).wwpn), vault];
    site.zone([ZoneEdit::PutZone("guests".into(), npivot_hal::Zone::of(members))]);
    let lost = path(&site, ALPHA, no, "root");
    let why = "the host has not logged in to the array's port";
    let fix = "wait for the host's name server query; if nothing comes of it: \
               echo 1 > /sys/class/fc_host/host0/issue_lip";
    blocks(&site, lost, Layer::Scan, Block::TargetNotFound, why, fix);
    site.run(20);
    assert!(site.world.sees(lost).is_ok());
}

#[test]
fn a_vport_that_is_planned() {
    let mut site = Site::campus();
    let hba = site.ix(ALPHA, HBA);
    let planned = |site: &Site, n, on: AdapterIx| {
        let initiator = Initiator::Planned(guest(n).wwpn, on);
        Path { initiator, target: FAR, volume: site.volume("data") }
    };
    let path = planned(&site, 1, hba);
    assert_eq!(site.world.sees(path), Err((Layer::Scan, Block::NotMade)));
    let trace = site.world.trace(path);
    assert_eq!(blocked(&trace), None, "nothing would be in its way");
    assert_eq!(trace.lun, Lun::from_number(1));
    assert_eq!(trace.initiator_label, "planned vHBA on alpha host0");
    let unmasked = planned(&site, 3, hba);
    assert_eq!(site.world.sees(unmasked).unwrap_err().0, Layer::Mask);

    let no = site.vport(BETA, 1);
    assert!(matches!(site.world.sees(path), Err((Layer::Login, Block::NameInUse(_)))));
    let trace = site.world.trace(path);
    assert_eq!(blocked(&trace).unwrap().1, "5001a4a000000001 is logged in elsewhere, as 0x010101");
    let on_a_vport = planned(&site, 2, site.ix(BETA, no));
    assert_eq!(site.world.sees(on_a_vport), Err((Layer::Login, Block::NoNpiv)));
    site.ask(ALPHA, HostCommand::Reset(HBA)).unwrap();
    let other = planned(&site, 2, hba);
    let not = Block::NotLoggedIn { initiator: true, state: None };
    assert_eq!(site.world.sees(other), Err((Layer::Login, not)));
}

#[test]
fn all_paths_of_a_host() {
    let mut site = Site::campus();
    let explain = |site: &Site, host, volume: &str, planned| {
        site.world.explain(host, VAULT, site.volume(volume), planned)
    };
    let all = explain(&site, ALPHA, "spare", None);
    assert_eq!((all.paths.len(), all.clear_paths(), all.blocking_layer()), (3, 3, None));
    let planned = explain(&site, ALPHA, "data", Some(guest(1).wwpn));
    let fabrics: Vec<&str> = planned.paths.iter().map(|path| &*path.fabric).collect();
    assert_eq!(fabrics, ["a", "a", "b"], "on each HBA, to the ports of its fabric");
    site.vport(ALPHA, 1);
    let real = explain(&site, ALPHA, "data", Some(guest(1).wwpn));
    assert_eq!((real.paths.len(), real.clear_paths()), (2, 2));

    site.unzone("alpha");
    let all = explain(&site, ALPHA, "spare", None);
    assert_eq!((all.clear_paths(), all.blocking_layer()), (1, None), "fabric b is as it was");
    let group = "hosts".into();
    site.world.apply(Command::Masking(VAULT, MaskingCommand::DeleteGroup { group })).unwrap();
    let all = explain(&site, ALPHA, "spare", None);
    assert_eq!((all.clear_paths(), all.blocking_layer()), (0, Some(Layer::Mask)));
    let trace = &all.paths.last().unwrap();
    assert_eq!(trace.layers[5].1, Verdict::Open("nothing gets this far".into()));
}
