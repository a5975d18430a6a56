//! A host.

use std::sync::Arc;

use npivot_hal::layer::CheckedHost;
use npivot_hal::{ErrorKind, Host, HostNo, Outcome, Result, ScanScope, ScsiAddress, WwnPair};

use super::must_refuse;
use crate::toy::{ToyHost, names, now};

fn checked() -> (Arc<ToyHost>, CheckedHost) {
    let toy = Arc::new(ToyHost::default());
    (toy.clone(), CheckedHost::new(toy))
}

fn create(host: &CheckedHost, on: u32, names: WwnPair) -> Result<Outcome> {
    now(host.npiv().unwrap().create_vport(HostNo(on), names)).map(|(_, outcome)| outcome)
}

#[test]
fn no_such_adapter() {
    let (toy, host) = checked();
    let (npiv, luns) = (host.npiv().unwrap(), host.luns().unwrap());
    let links = host.links().unwrap();
    let no = HostNo(9);
    let address = ScsiAddress { host: no, channel: 0, target: 1, lun: 2 };
    let table: [(&str, &str, Result<()>); 12] = [
        ("list remote ports", "host9", now(host.remote_ports(no)).map(drop)),
        ("create vport", "host9", now(npiv.create_vport(no, names(5))).map(drop)),
        ("delete vport", "host9", now(npiv.delete_vport(no, names(5))).map(drop)),
        ("list vports", "host9", now(npiv.vports(no)).map(drop)),
        ("list paths", "host9", now(luns.paths(no)).map(drop)),
        ("identify", "9:0:1:2", now(luns.identify(address)).map(drop)),
        ("inspect", "9:0:1:2", now(luns.inspect(address)).map(drop)),
        ("report LUNs", "host9", now(luns.reported(no, 1)).map(drop)),
        ("scan", "host9", now(luns.scan(no, ScanScope::default())).map(drop)),
        ("remove", "9:0:1:2", now(luns.remove(address)).map(drop)),
        ("reset", "host9", now(links.reset(no))),
        ("set dev_loss", "host9", now(links.set_dev_loss_secs(no, 30)).map(drop)),
    ];
    for (operation, object, answer) in table {
        let line = format!(
            "{operation} on {object}: no such adapter: expected one of 3, from host0 to host2"
        );
        must_refuse(answer, ErrorKind::NotFound, &line);
    }
    assert_eq!(toy.take_asked(), ["adapters"; 12], "one look each, and nothing else");
}

#[test]
fn no_vport_on_a_vport_or_an_adapter_without_npiv() {
    let (toy, host) = checked();
    must_refuse(
        create(&host, 2, names(5)),
        ErrorKind::Unsupported,
        "create vport on host2: this adapter cannot have vports",
    );
    assert_eq!(create(&host, 0, names(5)).unwrap(), Outcome::Changed);
    must_refuse(
        create(&host, 10, names(6)),
        ErrorKind::Unsupported,
        "create vport on host10: this is the adapter of a vport: expected a physical one, as host0",
    );
    let creations = toy.take_asked().into_iter().filter(|method| *method == "create_vport");
    assert_eq!(creations.count(), 1);
}

#[test]
fn a_port_name_in_use_anywhere_on_the_host() {
    let (toy, host) = checked();
    assert_eq!(create(&host, 0, names(5)).unwrap(), Outcome::Changed);
    assert_eq!(create(&host, 0, names(5)).unwrap(), Outcome::Unchanged, "the identical vport");
    let other_node = WwnPair::new(names(5).wwpn, names(6).wwnn);
    for (on, pair, by) in [
        (0, other_node, "host10"),
        (1, names(5), "host10"),
        (0, names(0), "host0"),
        (0, names(1), "host1"),
        (1, names(2), "host2"),
    ] {
        toy.take_asked();
        let line = format!(
            "create vport on host{on}: port name {} is that of {by}: expected one that nothing on this host has",
            pair.wwpn
        );
        must_refuse(create(&host, on, pair), ErrorKind::AlreadyExists, &line);
        assert!(!toy.take_asked().contains(&"create_vport"));
    }
    let node_of_another = WwnPair::new(names(7).wwpn, names(5).wwnn);
    assert_eq!(create(&host, 1, node_of_another).unwrap(), Outcome::Changed, "nodes are shared");
}

#[test]
fn a_vport_without_an_adapter_of_its_own_has_its_name() {
    let (toy, host) = checked();
    toy.with(|machine| machine.adapters_come_late = true);
    assert_eq!(create(&host, 0, names(5)).unwrap(), Outcome::Changed);
    assert_eq!(create(&host, 0, names(5)).unwrap(), Outcome::Unchanged);
    must_refuse(
        create(&host, 1, names(5)),
        ErrorKind::AlreadyExists,
        "create vport on host1: port name 2100001b32a9da05 is that of a vport on host0: expected one that nothing on this host has",
    );
}

#[test]
fn a_name_is_free_again() {
    let (_, host) = checked();
    let npiv = host.npiv().unwrap();
    assert_eq!(create(&host, 0, names(5)).unwrap(), Outcome::Changed);
    assert_eq!(now(npiv.delete_vport(HostNo(0), names(5))).unwrap(), Outcome::Changed);
    assert_eq!(create(&host, 1, names(5)).unwrap(), Outcome::Changed);
}

#[test]
fn no_more_vports_than_there_is_room_for() {
    let (_, host) = checked();
    for n in [5, 6] {
        assert_eq!(create(&host, 1, names(n)).unwrap(), Outcome::Changed);
    }
    must_refuse(
        create(&host, 1, names(7)),
        ErrorKind::LimitReached,
        "create vport on host1: 2 of 2 vports in use: delete one first",
    );
    assert_eq!(create(&host, 1, names(6)).unwrap(), Outcome::Unchanged, "it is there already");
}

#[test]
fn numbers_that_the_kernel_takes_for_its_wildcard() {
    let (toy, host) = checked();
    let luns = host.luns().unwrap();
    let scan = |target, lun| now(luns.scan(HostNo(0), ScanScope { target, lun }));
    must_refuse(
        scan(Some(u32::MAX), Some(0)),
        ErrorKind::InvalidArgument,
        "scan on host0: target 4294967295 is the kernel's wildcard: say None to scan all, or a smaller number",
    );
    must_refuse(
        scan(Some(4), Some(u64::MAX)),
        ErrorKind::InvalidArgument,
        "scan on host0: LUN 18446744073709551615 is the kernel's wildcard: say None to scan all, or a smaller number",
    );
    assert_eq!(toy.take_asked(), [""; 0]);
    assert_eq!(scan(Some(u32::MAX - 1), Some(u64::MAX - 1)).unwrap(), Outcome::Unchanged);
    assert_eq!(scan(None, None).unwrap(), Outcome::Changed);
}

#[test]
fn a_dev_loss_of_nothing() {
    let (toy, host) = checked();
    let set = |secs| now(host.links().unwrap().set_dev_loss_secs(HostNo(0), secs));
    must_refuse(
        set(0),
        ErrorKind::InvalidArgument,
        "set dev_loss on host0: 0 seconds: expected 1 or more, since devices cannot outlive a loss by none",
    );
    assert_eq!(toy.take_asked(), [""; 0]);
    assert_eq!(set(1).unwrap(), Outcome::Changed);
    let above = set(601).unwrap_err();
    assert_eq!(above.reason(), "refused by the toy", "whether that is too much only it can know");
}
