//! The HAL's contract on the simulated machines, in tokio's paused time.

use std::future::poll_fn;
use std::time::Duration;

use npivot_fabric::Simulation;
use npivot_fabric::world::{Command, Refusal};
use npivot_hal::{
    Array, ErrorKind, Event, Events, Fabric, Fault, Host, HostNo, Links, Luns, Masking, Npiv,
    Outcome, PortState, ScanScope, ScsiAddress, VportState, Wwpn, ZoneEdit, ZoneTransaction,
    Zoning,
};
use tokio::time::Instant;

use crate::site::{HBA, at, guest, topology};

const QUIET: Duration = Duration::from_secs(2);

fn campus() -> Simulation {
    Simulation::booted(&topology(), 0)
}

async fn change_zones(zoning: &dyn Zoning, edit: ZoneEdit) -> Outcome {
    let open = zoning.begin().await.unwrap();
    let (open, _) = zoning.edit(&open, edit).await.unwrap();
    zoning.commit(&open, Some("cfg")).await.unwrap()
}

fn kind<T: std::fmt::Debug>(result: npivot_hal::Result<T>) -> ErrorKind {
    result.unwrap_err().kind()
}

#[tokio::test(start_paused = true)]
async fn vports_are_made_once_and_deleted_once() {
    let san = campus();
    let alpha = san.host("alpha").unwrap();
    let (made, outcome) = alpha.create_vport(HBA, guest(1)).await.unwrap();
    assert_eq!(
        (outcome, made.state, made.port_id),
        (Outcome::Changed, VportState::Initializing, None)
    );
    let (same, outcome) = alpha.create_vport(HBA, guest(1)).await.unwrap();
    assert_eq!((outcome, same.no), (Outcome::Unchanged, made.no));
    assert!(san.settled(QUIET).await);
    let (up, _) = alpha.create_vport(HBA, guest(1)).await.unwrap();
    assert_eq!(up.state, VportState::Active);
    assert_eq!(alpha.vports(HBA).await.unwrap(), [up]);

    // The pair is the vport: the same port name under another node name is a clash.
    let other = npivot_hal::WwnPair::new(guest(1).wwpn, "50:01:a4:a0:00:00:09:09".parse().unwrap());
    let clash = alpha.create_vport(HBA, other).await.unwrap_err();
    assert_eq!((clash.kind(), clash.errno()), (ErrorKind::AlreadyExists, Some(76)));
    assert_eq!(clash.fault(), Fault::Host);
    assert_eq!(kind(alpha.create_vport(HostNo(77), guest(2)).await), ErrorKind::NotFound);
    let vport = made.no.unwrap();
    assert_eq!(kind(alpha.create_vport(vport, guest(2)).await), ErrorKind::Unsupported);

    assert_eq!(alpha.delete_vport(HBA, guest(2)).await.unwrap(), Outcome::Unchanged);
    assert_eq!(alpha.delete_vport(HBA, guest(1)).await.unwrap(), Outcome::Changed);
    assert_eq!(alpha.delete_vport(HBA, guest(1)).await.unwrap(), Outcome::Unchanged);
    assert_eq!(kind(alpha.delete_vport(HostNo(77), guest(1)).await), ErrorKind::NotFound);
    let logins = san.fabric("a").unwrap().name_server().await.unwrap();
    assert!(!logins.iter().any(|entry| entry.names == guest(1)), "logged out when it returns");
}

#[tokio::test(start_paused = true)]
async fn what_an_event_tells_of_can_be_read() {
    let san = campus();
    let alpha = san.host("alpha").unwrap();
    let mut events = alpha.subscribe();
    let _ = alpha.create_vport(HBA, guest(1)).await.unwrap();
    let (mut states, mut luns) = (vec![], 0);
    while luns < 4 {
        match poll_fn(|context| events.as_mut().poll_next(context)).await.unwrap() {
            Event::Vport { wwpn, state: Some(state), .. } => {
                assert_eq!(wwpn, guest(1).wwpn);
                states.push(state);
                if state == VportState::Active {
                    let vports = alpha.vports(HBA).await.unwrap();
                    assert_eq!(vports[0].state, VportState::Active);
                    assert!(vports[0].port_id.is_some());
                }
            }
            Event::RemotePort { adapter, wwpn, state } => {
                let ports = alpha.remote_ports(adapter).await.unwrap();
                let port = ports.iter().find(|port| port.wwpn == wwpn).unwrap();
                assert_eq!(port.state, state);
            }
            Event::Lun { address, present: true } => {
                luns += 1;
                let paths = alpha.paths(address.host).await.unwrap();
                assert!(paths.iter().any(|path| path.address == address));
            }
            _ => {}
        }
    }
    assert_eq!(states, [VportState::Initializing, VportState::Active]);
    // Another host's events are not this one's.
    let beta = san.host("beta").unwrap();
    let _ = beta.create_vport(HBA, guest(2)).await.unwrap();
    san.settled(QUIET).await;
    let _ = alpha.delete_vport(HBA, guest(1)).await.unwrap();
    let mut last = None;
    while !matches!(last, Some(Event::Vport { .. })) {
        last = poll_fn(|context| events.as_mut().poll_next(context)).await;
    }
    assert_eq!(last, Some(Event::Vport { parent: HBA, wwpn: guest(1).wwpn, state: None }));
}

#[tokio::test(start_paused = true)]
async fn zoning_has_one_writer() {
    let san = campus();
    let (a, other) = (san.fabric("a").unwrap(), san.fabric("a").unwrap());
    let open = a.begin().await.unwrap();
    let busy = other.begin().await.unwrap_err();
    assert_eq!((busy.kind(), busy.fault()), (ErrorKind::Busy, Fault::Fabric));
    assert!(san.fabric("b").unwrap().begin().await.is_ok(), "another fabric, another lock");
    let zone_set = || ZoneEdit::CreateZoneSet("night".into());
    let (next, outcome) = a.edit(&open, zone_set()).await.unwrap();
    assert_eq!(outcome, Outcome::Changed);
    assert!(!a.defined().await.unwrap().zone_sets.contains_key("night"), "not before the commit");
    assert_eq!(kind(a.edit(&open, zone_set()).await), ErrorKind::Conflict, "an old checksum");
    assert_eq!(kind(a.commit(&open, None).await), ErrorKind::Conflict);
    assert_eq!(kind(a.commit(&next, Some("none")).await), ErrorKind::NotFound);
    let before = Instant::now();
    assert_eq!(a.commit(&next, None).await.unwrap(), Outcome::Changed, "it had stayed open");
    assert!(before.elapsed() >= Duration::from_millis(600), "a commit takes its time");
    assert!(a.defined().await.unwrap().zone_sets.contains_key("night"));
    assert_eq!(kind(a.commit(&next, None).await), ErrorKind::Conflict, "it has ended");

    let open = a.begin().await.unwrap();
    let gone = ZoneTransaction::new(99, 0, open.lock_domain);
    a.abort(&gone).await.unwrap();
    assert_eq!(kind(other.begin().await), ErrorKind::Busy, "that was another's");
    a.abort(&open).await.unwrap();
    a.abort(&open).await.unwrap();
    assert_eq!(change_zones(&*other, zone_set()).await, Outcome::Unchanged);
}

#[tokio::test(start_paused = true)]
async fn an_abandoned_transaction_ends_by_itself() {
    let san = campus();
    let a = san.fabric("a").unwrap();
    let open = a.begin().await.unwrap();
    san.run_for(Duration::from_secs(29)).await;
    assert_eq!(kind(a.begin().await), ErrorKind::Busy);
    san.run_for(Duration::from_secs(2)).await;
    assert!(a.begin().await.is_ok());
    assert_eq!(kind(a.commit(&open, None).await), ErrorKind::Conflict);
}

#[tokio::test(start_paused = true)]
async fn masking_and_its_errors() {
    let san = campus();
    let vault = san.array("vault").unwrap();
    assert_eq!(vault.create_group("guests").await.unwrap(), Outcome::Unchanged);
    assert_eq!(vault.create_group("new").await.unwrap(), Outcome::Changed);
    assert_eq!(vault.delete_group("none").await.unwrap(), Outcome::Unchanged);
    let wwpn = guest(1).wwpn;
    let elsewhere = vault.add_initiator("new", wwpn).await.unwrap_err();
    assert_eq!((elsewhere.kind(), elsewhere.fault()), (ErrorKind::AlreadyExists, Fault::Array));
    assert_eq!(kind(vault.add_initiator("none", wwpn).await), ErrorKind::NotFound);
    assert_eq!(vault.remove_initiator("new", wwpn).await.unwrap(), Outcome::Unchanged);
    assert_eq!(kind(vault.remove_initiator("none", wwpn).await), ErrorKind::NotFound);
    assert_eq!(kind(vault.map("none", "root", 0).await), ErrorKind::NotFound);
    assert_eq!(kind(vault.map("guests", "none", 9).await), ErrorKind::NotFound);
    assert_eq!(kind(vault.map("guests", "spare", 0).await), ErrorKind::AlreadyExists);
    assert_eq!(kind(vault.map("guests", "root", 9).await), ErrorKind::AlreadyExists);
    assert_eq!(kind(vault.map("guests", "spare", 16_384).await), ErrorKind::InvalidArgument);
    assert_eq!(vault.map("guests", "root", 0).await.unwrap(), Outcome::Unchanged);
    let before = Instant::now();
    assert_eq!(vault.map("guests", "spare", 16_383).await.unwrap(), Outcome::Changed);
    assert!(before.elapsed() >= Duration::from_millis(150));
    assert_eq!(vault.unmap("guests", "high").await.unwrap(), Outcome::Unchanged);
    assert_eq!(kind(vault.unmap("none", "high").await), ErrorKind::NotFound);
    let names: Vec<String> = vault.groups().await.unwrap().into_iter().map(|g| g.name).collect();
    assert_eq!(names, ["guests", "hosts", "new"], "by name");
}

#[tokio::test(start_paused = true)]
async fn what_a_path_answers() {
    let san = campus();
    let alpha = san.host("alpha").unwrap();
    let paths = alpha.paths(HBA).await.unwrap();
    assert!(paths.is_sorted_by_key(|path| path.address));
    let (spare, there) = (paths[0].address, paths[0].identity.as_ref().unwrap().clone());
    assert_eq!(alpha.identify(spare).await.unwrap(), there);
    assert_eq!(kind(alpha.identify(at(HBA, 9, 9)).await), ErrorKind::NotFound);
    assert_eq!(kind(alpha.paths(HostNo(77)).await), ErrorKind::NotFound);
    let too_far = ScanScope { target: Some(2_048), lun: None };
    assert_eq!(kind(alpha.scan(HBA, too_far).await), ErrorKind::InvalidArgument);
    assert_eq!(alpha.scan(HBA, ScanScope::default()).await.unwrap(), Outcome::Unchanged);
    assert_eq!(alpha.remove(at(HBA, 9, 9)).await.unwrap(), Outcome::Unchanged);
    let nowhere = ScsiAddress { host: HostNo(77), ..spare };
    assert_eq!(kind(alpha.remove(nowhere).await), ErrorKind::NotFound);

    let vault = san.array("vault").unwrap();
    let _ = vault.unmap("hosts", "spare").await.unwrap();
    assert_eq!(kind(alpha.identify(spare).await), ErrorKind::Rejected);
    assert!(matches!(alpha.read(spare, 0, 1).await, Err(Refusal::Io(_))));
    let _ = vault.map("hosts", "spare", 0).await.unwrap();
    assert_eq!(alpha.read(spare, 0, 1).await.unwrap(), [0; 512]);
    alpha.write(spare, 0, vec![5; 512]).await.unwrap();

    let port = san.with(|world| world.san().switches[0].port(0).unwrap());
    san.apply(Command::Light { port, on: false }).unwrap();
    assert_eq!(kind(alpha.identify(spare).await), ErrorKind::Unreachable);
    let adapters = alpha.adapters().await.unwrap();
    assert_eq!((adapters[0].state, adapters[0].port_id), (PortState::Linkdown, None));
    assert_eq!(alpha.paths(HBA).await.unwrap().len(), 4, "lost, and listed");
}

#[tokio::test(start_paused = true)]
async fn a_cut_zone_makes_a_device_unreachable_at_once() {
    let san = campus();
    let (alpha, a) = (san.host("alpha").unwrap(), san.fabric("a").unwrap());
    let edit = ZoneEdit::RemoveFromZoneSet { zone_set: "cfg".into(), zone: "alpha".into() };
    assert_eq!(change_zones(&*a, edit).await, Outcome::Changed);
    let ports = alpha.remote_ports(HBA).await.unwrap();
    assert_eq!(ports[0].state, PortState::Online, "no RSCN has come yet");
    assert_eq!(kind(alpha.identify(at(HBA, 0, 0)).await), ErrorKind::Unreachable);
}

#[tokio::test(start_paused = true)]
async fn links_and_their_time_outs() {
    let san = campus();
    let alpha = san.host("alpha").unwrap();
    assert_eq!(alpha.set_dev_loss_secs(HBA, 60).await.unwrap(), Outcome::Unchanged);
    assert_eq!(alpha.set_dev_loss_secs(HBA, 10).await.unwrap(), Outcome::Changed);
    assert_eq!(kind(alpha.set_dev_loss_secs(HBA, 601).await), ErrorKind::InvalidArgument);
    assert_eq!(kind(alpha.set_dev_loss_secs(HostNo(77), 1).await), ErrorKind::NotFound);
    let ports = alpha.remote_ports(HBA).await.unwrap();
    assert!(ports.iter().all(|port| port.dev_loss_secs == Some(10)));
    alpha.reset(HBA).await.unwrap();
    assert_eq!(alpha.adapters().await.unwrap()[0].state, PortState::Offline);
    assert!(san.settled(QUIET).await);
    assert_eq!(alpha.adapters().await.unwrap()[0].state, PortState::Online);
    assert_eq!(kind(alpha.reset(HostNo(77)).await), ErrorKind::NotFound);
}

#[tokio::test(start_paused = true)]
async fn an_array_port_in_the_dark() {
    let san = campus();
    let vault = san.array("vault").unwrap();
    let ports = vault.target_ports().await.unwrap();
    assert!(ports.is_sorted_by_key(|port| port.names.wwpn));
    assert!(ports.iter().all(|port| port.state == PortState::Online && port.fabric.is_some()));
    let port = san.with(|world| world.targets()[0].port);
    let state = async || vault.target_ports().await.unwrap()[0].state;
    san.apply(Command::Light { port, on: false }).unwrap();
    assert_eq!(state().await, PortState::Linkdown);
    san.apply(Command::Light { port, on: true }).unwrap();
    assert_eq!(state().await, PortState::Offline);
    assert!(san.settled(QUIET).await);
    assert_eq!(state().await, PortState::Online);
}

#[tokio::test(start_paused = true)]
async fn settled_says_whether_all_is_quiet() {
    let san = campus();
    let before = Instant::now();
    assert!(san.settled(Duration::ZERO).await, "nothing to wait for");
    let (alpha, beta) = (san.host("alpha").unwrap(), san.host("beta").unwrap());
    let _ = alpha.create_vport(HBA, guest(1)).await.unwrap();
    assert!(!san.settled(Duration::from_micros(10)).await);
    assert!(san.settled(QUIET).await);
    assert!(before.elapsed() < Duration::from_millis(200));
    // A name that another has: libfc asks every two seconds, and is never done.
    let _ = beta.create_vport(HBA, guest(1)).await.unwrap();
    assert!(!san.settled(Duration::from_mins(1)).await);
    let _ = alpha.delete_vport(HBA, guest(1)).await.unwrap();
    assert!(san.settled(Duration::from_secs(5)).await);
    assert_eq!(beta.vports(HBA).await.unwrap()[0].state, VportState::Active);
}

#[tokio::test(start_paused = true)]
async fn lists_are_in_order_and_whole() {
    let san = campus();
    let a = san.fabric("a").unwrap();
    let switches = a.switches().await.unwrap();
    let principal: Vec<(u8, bool)> =
        switches.iter().map(|switch| (switch.domain.get(), switch.principal)).collect();
    assert_eq!(principal, [(1, false), (2, true)]);
    let entries = a.name_server().await.unwrap();
    assert!(entries.is_sorted_by_key(|entry| entry.port_id) && entries.len() == 5);
    let ports = a.ports(switches[0].domain).await.unwrap();
    assert_eq!((ports.len(), ports[0].logins.len()), (48, 1));
    let none = npivot_hal::DomainId::new(9).unwrap();
    assert_eq!(kind(a.ports(none).await), ErrorKind::NotFound);
    let names: Vec<Wwpn> =
        san.host("alpha").unwrap().adapters().await.unwrap().iter().map(|a| a.names.wwpn).collect();
    assert_eq!(names.len(), 2);
    assert!(san.host("none").is_none() && san.array("none").is_none());
    assert_eq!((san.fabrics().len(), san.arrays().len()), (2, 1));
    assert_eq!(a.effective().await.unwrap().zone_set.as_deref(), Some("cfg"));
}
