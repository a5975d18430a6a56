//! Traces as golden text.

use std::sync::Arc;

use npivot_hal::layer::traced::Finish;
use npivot_hal::layer::{
    CheckedFabric, CheckedHost, FaultyArray, FaultyHost, Once, TraceLog, TracedArray, TracedFabric,
    TracedHost, Verdict,
};
use npivot_hal::{
    Array, ErrorKind, Fabric, Host, HostNo, ScanScope, ScsiAddress, Zone, ZoneEdit, ZoneMember,
};

use crate::toy::{ToyArray, ToyFabric, ToyHost, names, now, poll_once};

fn log() -> Arc<TraceLog> {
    Arc::new(TraceLog::new(100))
}

fn host_into(log: &Arc<TraceLog>) -> TracedHost {
    TracedHost::new(Arc::new(ToyHost::default()), log.clone())
}

#[test]
fn a_host() {
    let log = log();
    let host = host_into(&log);
    let (npiv, luns) = (host.npiv().unwrap(), host.luns().unwrap());
    let address = ScsiAddress { host: HostNo(10), channel: 0, target: 4, lun: 7 };
    drop(host.events().unwrap().subscribe());
    let _ = now(host.adapters());
    let _ = now(npiv.create_vport(HostNo(0), names(5)));
    let _ = now(npiv.create_vport(HostNo(0), names(5)));
    let _ = now(npiv.create_vport(HostNo(2), names(5)));
    let _ = now(luns.scan(HostNo(10), ScanScope { target: Some(4), lun: None }));
    let _ = now(luns.paths(HostNo(10)));
    let _ = now(luns.identify(address));
    let _ = now(luns.inspect(address));
    let _ = now(luns.reported(HostNo(10), 4));
    let _ = now(host.remote_ports(HostNo(10)));
    let _ = now(luns.remove(address));
    let _ = now(host.links().unwrap().set_dev_loss_secs(HostNo(10), 30));
    let _ = now(host.links().unwrap().reset(HostNo(10)));
    let _ = now(npiv.delete_vport(HostNo(0), names(5)));
    assert_eq!(
        log.to_string(),
        "  0 read  alpha: subscribe to events -> done
  1 read  alpha: list adapters -> 3 entries
  2 write alpha: create vport 2100001b32a9da05:2000001b32a9da05 on host0 -> changed, host10, Initializing
  3 write alpha: create vport 2100001b32a9da05:2000001b32a9da05 on host0 -> unchanged, host10, Initializing
  4 write alpha: create vport 2100001b32a9da05:2000001b32a9da05 on host2 -> Unsupported: create vport on host2: refused by the toy
  5 write alpha: scan host10 target 4 LUN - -> changed
  6 read  alpha: list paths of host10 -> 2 entries
  7 read  alpha: identify 10:0:4:7 -> naa.5000000000000007
  8 read  alpha: inspect 10:0:4:7 -> TOY DISK, naa.5000000000000007
  9 read  alpha: report LUNs of target 4 on host10 -> 2 entries
 10 read  alpha: list remote ports of host10 -> 1 entry
 11 write alpha: remove 10:0:4:7 -> changed
 12 write alpha: set dev_loss of host10 to 30 s -> changed
 13 write alpha: reset host10 -> done
 14 write alpha: delete vport 2100001b32a9da05:2000001b32a9da05 on host0 -> changed
"
    );
}

#[test]
fn a_fabric_and_an_array_in_one_log() {
    let log = log();
    let fabric = TracedFabric::new(Arc::new(ToyFabric::default()), log.clone());
    let faulty =
        FaultyArray::new(Arc::new(ToyArray::default()), Arc::new(Once::at(1, Verdict::Lost)));
    let array = TracedArray::new(Arc::new(faulty), log.clone());
    let (zoning, masking) = (fabric.zoning().unwrap(), array.masking().unwrap());
    let begun = now(zoning.begin()).unwrap();
    let _ = now(zoning.begin());
    let zone = ZoneEdit::PutZone("z".into(), Zone::of([ZoneMember::Wwpn(names(5).wwpn)]));
    let (open, _) = now(zoning.edit(&begun, zone)).unwrap();
    let (open, _) = now(zoning.edit(&open, ZoneEdit::CreateZoneSet("s".into()))).unwrap();
    let _ = now(masking.create_group("g"));
    let _ = now(masking.add_initiator("g", names(5).wwpn));
    let _ = now(masking.groups());
    let _ = now(zoning.commit(&open, Some("s")));
    let _ = now(zoning.effective());
    let _ = now(zoning.defined());
    let _ = now(zoning.abort(&open));
    assert_eq!(
        log.to_string(),
        "  0 write fabric-a: begin zoning transaction -> transaction 1
  1 write fabric-a: begin zoning transaction -> Busy: edit zones on fabric-a: refused by the toy
  2 write fabric-a: edit zones in transaction 1: put zone `z` [21:00:00:1b:32:a9:da:05] -> changed
  3 write fabric-a: edit zones in transaction 1: create zone set `s` -> changed
  4 write array-1: create host group `g` -> changed
  5 write array-1: add initiator 2100001b32a9da05 to `g` -> NoAnswer: add initiator on array-1: its answer was made to get lost [injected]
  6 read  array-1: list host groups -> 1 entry
  7 write fabric-a: commit zoning transaction 1 and enable `s` -> changed
  8 read  fabric-a: read effective zones -> `s` with 0 zones
  9 read  fabric-a: read defined zones -> 0 aliases, 1 zones, 1 zone sets
 10 write fabric-a: abort zoning transaction 1 -> done
"
    );
}

#[test]
fn calls_inside_of_calls() {
    let log = log();
    let inside = Arc::new(host_into(&log));
    let outside = TracedHost::new(Arc::new(CheckedHost::new(inside)), log.clone());
    let _ = now(outside.npiv().unwrap().create_vport(HostNo(0), names(5)));
    let _ = now(outside.links().unwrap().reset(HostNo(66)));
    assert_eq!(
        log.to_string(),
        "  0 write alpha: create vport 2100001b32a9da05:2000001b32a9da05 on host0 -> changed, host10, Initializing
  1 read    alpha: list adapters -> 3 entries
  2 read    alpha: list vports of host0 -> 0 entries
  3 read    alpha: list vports of host1 -> 0 entries
  4 write   alpha: create vport 2100001b32a9da05:2000001b32a9da05 on host0 -> changed, host10, Initializing
  5 write alpha: reset host66 -> NotFound: reset on host66: no such adapter: expected one of 4, from host0 to host10
  6 read    alpha: list adapters -> 4 entries
"
    );
    let order: Vec<_> = log.records().iter().map(|r| (r.began_at, r.ended_at.unwrap())).collect();
    assert_eq!(order, [(0, 9), (1, 2), (3, 4), (5, 6), (7, 8), (10, 13), (11, 12)]);
}

#[test]
fn one_that_never_comes_back() {
    let log = log();
    let faulty =
        FaultyHost::new(Arc::new(ToyHost::default()), Arc::new(Once::at(0, Verdict::CrashAfter)));
    let host = TracedHost::new(Arc::new(faulty), log.clone());
    let mut call = host.links().unwrap().reset(HostNo(0));
    assert_eq!(log.to_string(), "", "a future that nobody polls does nothing");
    assert!(poll_once(call.as_mut()).is_pending());
    assert_eq!(log.to_string(), "  0 write alpha: reset host0 -> not ended\n");
    drop(call);
    assert_eq!(log.to_string(), "  0 write alpha: reset host0 -> dropped by the caller\n");
    assert_eq!(log.records()[0].finish, Some(Finish::Dropped));
    let _ = now(host.adapters());
    assert_eq!(log.records()[1].depth, 0, "the dropped call is not open any more");
}

#[test]
fn a_log_is_bounded_and_counts_what_it_dropped() {
    let log = Arc::new(TraceLog::new(2));
    let host = host_into(&log);
    // The open call is dropped from the log first; its end then finds nothing.
    let outside = TracedHost::new(Arc::new(CheckedHost::new(Arc::new(host))), log.clone());
    let _ = now(outside.npiv().unwrap().create_vport(HostNo(0), names(5)));
    assert_eq!(
        log.to_string(),
        "(3 older calls were dropped)
  3 read    alpha: list vports of host1 -> 0 entries
  4 write   alpha: create vport 2100001b32a9da05:2000001b32a9da05 on host0 -> changed, host10, Initializing
"
    );
    assert_eq!((log.dropped(), log.records().len()), (3, 2));
    let _ = now(outside.adapters());
    let depths: Vec<u32> = log.records().iter().map(|record| record.depth).collect();
    assert_eq!(depths, [0, 1], "those that were dropped have ended too");
}

#[test]
fn a_log_of_none_only_counts() {
    let log = Arc::new(TraceLog::new(0));
    let host = host_into(&log);
    let _ = now(host.adapters());
    assert_eq!((log.dropped(), log.records().len()), (1, 0));
}

#[test]
fn long_and_wild_names_stay_one_bounded_line() {
    let log = log();
    let array = TracedArray::new(Arc::new(ToyArray::default()), log.clone());
    let wild = format!("a\n\u{1b}[31m{}", "x".repeat(100_000));
    let _ = now(array.masking().unwrap().add_initiator(&wild, names(5).wwpn));
    let text = log.to_string();
    assert_eq!(text.lines().count(), 1);
    assert!(!text.contains('\u{1b}'));
    assert!(text.chars().count() < 2_300, "{} characters", text.chars().count());
}

#[test]
fn a_record_has_what_its_line_says() {
    let log = log();
    let fabric = ToyFabric::default();
    let fabric = TracedFabric::new(Arc::new(CheckedFabric::new(Arc::new(fabric))), log.clone());
    let unknown = npivot_hal::DomainId::new(9).unwrap();
    let _ = now(fabric.ports(unknown));
    let record = &log.records()[0];
    assert_eq!((record.method, &*record.machine, record.changes), ("ports", "fabric-a", false));
    assert_eq!(record.asked, "list ports of domain 9");
    let Some(Finish::Failed { kind, text }) = &record.finish else { panic!("{record:?}") };
    assert_eq!(*kind, ErrorKind::NotFound);
    assert!(text.contains("domain 9 of fabric-a"), "{text}");
}
