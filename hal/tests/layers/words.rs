//! Calls in words: each method has its own, on one line.

use std::collections::BTreeSet;

use npivot_hal::layer::{Call, Request};
use npivot_hal::{
    DefaultZone, DomainId, HostNo, ScanScope, ScsiAddress, Zone, ZoneEdit, ZoneMember,
    ZoneTransaction,
};

use crate::toy::names;

fn request_words(request: Request<'_>) -> String {
    let call = Call::of("m", request);
    let access = if call.changes { 'w' } else { 'r' };
    format!("{access} {} | {}", call.method, call.request)
}

#[test]
fn of_a_host() {
    let (adapter, names) = (HostNo(3), names(1));
    let address = ScsiAddress { host: adapter, channel: 0, target: 4, lun: 16_640 };
    let exact = ScanScope { target: Some(4), lun: Some(16_640) };
    let requests = [
        Request::Adapters,
        Request::RemotePorts { adapter },
        Request::Unreadable,
        Request::CreateVport { parent: adapter, names },
        Request::DeleteVport { parent: adapter, names },
        Request::Vports { parent: adapter },
        Request::Paths { adapter },
        Request::Identify { address },
        Request::Inspect { address },
        Request::Reported { adapter, target: 4 },
        Request::Scan { adapter, scope: ScanScope::default() },
        Request::Scan { adapter, scope: exact },
        Request::Remove { address },
        Request::Reset { adapter },
        Request::SetDevLossSecs { adapter, secs: 30 },
        Request::Subscribe,
    ];
    assert_eq!(
        requests.map(request_words).join("\n"),
        "\
r adapters | list adapters
r remote_ports | list remote ports of host3
r unreadable | list what cannot be read
w create_vport | create vport 2100001b32a9da01:2000001b32a9da01 on host3
w delete_vport | delete vport 2100001b32a9da01:2000001b32a9da01 on host3
r vports | list vports of host3
r paths | list paths of host3
r identify | identify 3:0:4:16640
r inspect | inspect 3:0:4:16640
r reported | report LUNs of target 4 on host3
w scan | scan host3 target - LUN -
w scan | scan host3 target 4 LUN 16640
w remove | remove 3:0:4:16640
w reset | reset host3
w set_dev_loss_secs | set dev_loss of host3 to 30 s
r subscribe | subscribe to events"
    );
}

#[test]
fn of_a_fabric() {
    let transaction = &ZoneTransaction::new(7, 0xfeed, DomainId::new(1).unwrap());
    let member = ZoneMember::Wwpn(names(1).wwpn);
    let mut peer = Zone::of([member.clone(), ZoneMember::Alias("a\nb".into())]);
    peer.principals.insert(ZoneMember::DomainPort(DomainId::new(2).unwrap(), 5));
    let ports = |n| (0..n).map(|port| ZoneMember::DomainPort(DomainId::new(1).unwrap(), port));
    let (zone_set, zone) = (String::from("s"), String::from("z"));
    let edits = [
        ZoneEdit::PutAlias("a".into(), BTreeSet::from([member])),
        ZoneEdit::DeleteAlias("a".into()),
        ZoneEdit::PutZone("z".into(), Zone::of(ports(10))),
        ZoneEdit::PutZone("p".into(), peer),
        ZoneEdit::DeleteZone("z".into()),
        ZoneEdit::CreateZoneSet("s".into()),
        ZoneEdit::DeleteZoneSet("s".into()),
        ZoneEdit::AddToZoneSet { zone_set: zone_set.clone(), zone: zone.clone() },
        ZoneEdit::RemoveFromZoneSet { zone_set, zone },
        ZoneEdit::SetDefaultZone(DefaultZone::Permit),
        ZoneEdit::SetDefaultZone(DefaultZone::Deny),
    ];
    let edits = edits.iter().map(|edit| Request::Edit { transaction, edit });
    let others = [
        Request::Switches,
        Request::Ports { domain: DomainId::new(1).unwrap() },
        Request::NameServer,
        Request::Defined,
        Request::Effective,
        Request::Begin,
        Request::Commit { transaction, enable: None },
        Request::Commit { transaction, enable: Some("s") },
        Request::Abort { transaction },
    ];
    let words: Vec<String> = others.into_iter().chain(edits).map(request_words).collect();
    assert_eq!(
        words.join("\n"),
        "\
r switches | list switches
r ports | list ports of domain 1
r name_server | list name server
r defined | read defined zones
r effective | read effective zones
w begin | begin zoning transaction
w commit | commit zoning transaction 7
w commit | commit zoning transaction 7 and enable `s`
w abort | abort zoning transaction 7
w edit | edit zones in transaction 7: put alias `a` [21:00:00:1b:32:a9:da:01]
w edit | edit zones in transaction 7: delete alias `a`
w edit | edit zones in transaction 7: put zone `z` [1,0, 1,1, 1,2, 1,3, 1,4, 1,5, 1,6, 1,7 and 2 more]
w edit | edit zones in transaction 7: put zone `p` [21:00:00:1b:32:a9:da:01, `a\\nb`] with principals [2,5]
w edit | edit zones in transaction 7: delete zone `z`
w edit | edit zones in transaction 7: create zone set `s`
w edit | edit zones in transaction 7: delete zone set `s`
w edit | edit zones in transaction 7: add zone `z` to zone set `s`
w edit | edit zones in transaction 7: remove zone `z` from zone set `s`
w edit | edit zones in transaction 7: default zone permit
w edit | edit zones in transaction 7: default zone deny"
    );
}

#[test]
fn of_an_array() {
    let (group, volume, initiator) = ("g", "v\r1", names(1).wwpn);
    let requests = [
        Request::TargetPorts,
        Request::Volumes,
        Request::Groups,
        Request::CreateGroup { group },
        Request::DeleteGroup { group },
        Request::AddInitiator { group, initiator },
        Request::RemoveInitiator { group, initiator },
        Request::Map { group, volume, lun: 3 },
        Request::Unmap { group, volume },
    ];
    assert_eq!(
        requests.map(request_words).join("\n"),
        "\
r target_ports | list target ports
r volumes | list volumes
r groups | list host groups
w create_group | create host group `g`
w delete_group | delete host group `g`
w add_initiator | add initiator 2100001b32a9da01 to `g`
w remove_initiator | remove initiator 2100001b32a9da01 from `g`
w map | map volume `v\\r1` to `g` at LUN 3
w unmap | unmap volume `v\\r1` from `g`"
    );
}

#[test]
fn a_call_of_another_port_has_its_name_only() {
    let call = Call::new("switch_over", "web\n1", true);
    assert_eq!(call.to_string(), "web\\n1: switch_over");
    assert!(call.changes);
}
