//! What is true of every world at every instant, and what is true once the news have arrived.

use std::collections::BTreeSet;

use npivot_hal::{PathState, PortState, VportState, Wwpn};

use crate::host::{Adapter, Kind};
use crate::san::Owner;
use crate::san::ids::{AdapterIx, FabricIx, TargetIx};
use crate::world::{Due, World};

/// True at every instant.
pub(super) fn check_invariants(world: &World) {
    tables_agree(world);
    logins_have_owners(world);
    switches_count_right(world);
    for (ix, adapter) in adapters(world) {
        adapter_is_sound(world, ix, adapter);
        remote_ports_are_sound(world, ix, adapter);
        devices_are_sound(world, adapter);
    }
    disks_are_one_devices_each(world);
    what_waits_will_happen(world);
}

fn adapters(world: &World) -> impl Iterator<Item = (AdapterIx, &Adapter)> {
    let all = world.adapters.iter().enumerate();
    all.filter_map(|(i, slot)| Some((AdapterIx::from_index(i), slot.as_deref()?)))
}

/// A host's table and the table of all adapters name each other; free slots are listed once.
fn tables_agree(world: &World) {
    let mut listed = 0;
    for (h, host) in world.hosts.iter().enumerate() {
        for (no, &ix) in &host.adapters {
            let adapter = world.adapter(ix).expect("a listed adapter exists");
            assert_eq!((adapter.host.index(), adapter.no), (h, *no));
            assert!(no.0 < host.next_no);
            listed += 1;
        }
    }
    assert_eq!(adapters(world).count(), listed, "each adapter is in its host's table");
    let free: BTreeSet<usize> = world.free_adapters.iter().map(|ix| ix.index()).collect();
    assert_eq!(free.len(), world.free_adapters.len());
    assert!(free.iter().all(|&slot| world.adapters[slot].is_none()));
    assert_eq!(free.len() + listed, world.adapters.len());
}

/// Each N_Port's owner knows it, and nobody else claims one.
fn logins_have_owners(world: &World) {
    let mut logins = 0;
    for fabric in (0..world.san.fabrics.len()).map(FabricIx::from_index) {
        for ix in world.san.all(fabric) {
            let nport = world.san.nport(ix);
            logins += 1;
            if let Some(adapter) = nport.owner.as_adapter() {
                assert_eq!(world.adapter(adapter).and_then(|a| a.nport), Some(ix));
            } else if let Some(target) = nport.owner.as_target() {
                assert_eq!(world.targets[target.index()].nport, Some(ix));
            }
            assert_eq!(world.san.by_name(fabric, nport.names.wwpn), Some(ix));
            assert_eq!(world.san.by_address(fabric, nport.fc_id()), Some(ix));
        }
    }
    assert_eq!(world.san.logins(), logins);
    for (i, target) in world.targets.iter().enumerate() {
        let Some(nport) = target.nport.map(|ix| world.san.nport(ix)) else { continue };
        assert_eq!(nport.owner, Owner::target(TargetIx::from_index(i)));
        assert_eq!((nport.names, nport.port), (target.names, target.port));
    }
}

fn switches_count_right(world: &World) {
    for switch in &world.san.switches {
        let mut logins = 0;
        for ix in switch.ports() {
            let port = world.san.port(ix);
            let behind = u32::try_from(world.san.behind(ix).count()).unwrap();
            assert_eq!(port.logins, behind);
            assert!(behind == 0 || port.online, "nobody is logged in without light");
            assert!(behind <= switch.settings.logins_per_port);
            logins += behind;
        }
        assert_eq!((switch.logins, switch.addresses_used()), (logins, logins));
        assert!(logins <= switch.settings.logins);
    }
}

fn adapter_is_sound(world: &World, ix: AdapterIx, adapter: &Adapter) {
    assert_eq!(adapter.nport.is_some(), adapter.state == PortState::Online, "{adapter:?}");
    if let Some(nport) = adapter.nport.map(|nport| world.san.nport(nport)) {
        assert_eq!(nport.owner, Owner::adapter(ix));
        assert_eq!((nport.names, nport.port), (adapter.names, world.port_of(adapter)));
    }
    match &adapter.kind {
        Kind::Physical { max_vports, vports, next_vport, .. } => {
            assert!(vports.len() <= *max_vports as usize);
            let mut numbers = BTreeSet::new();
            for &vport in vports {
                let vport = world.adapter(vport).expect("a listed vport exists");
                let Kind::Virtual { parent, number, .. } = vport.kind else {
                    panic!("{vport:?} is listed as a vport")
                };
                assert_eq!((parent, vport.host), (ix, adapter.host));
                assert!(number < *next_vport && numbers.insert(number));
                assert_ne!(vport.names.wwpn, adapter.names.wwpn);
            }
            let names: BTreeSet<Wwpn> =
                vports.iter().map(|&v| world.adapter_ref(v).names.wwpn).collect();
            assert_eq!(names.len(), vports.len(), "each name once on an adapter");
        }
        Kind::Virtual { parent, state, .. } => {
            let Kind::Physical { vports, .. } = &world.adapter_ref(*parent).kind else {
                panic!("the parent of {adapter:?} is a vport")
            };
            assert!(vports.contains(&ix));
            assert_eq!(*state == VportState::Active, adapter.nport.is_some(), "{adapter:?}");
        }
    }
}

fn remote_ports_are_sound(world: &World, ix: AdapterIx, adapter: &Adapter) {
    let names: BTreeSet<Wwpn> = adapter.rports.values().map(|r| r.names.wwpn).collect();
    let numbered = adapter.rports.values().filter_map(|r| r.target);
    let targets: BTreeSet<u32> = numbered.clone().collect();
    assert_eq!((names.len(), targets.len()), (adapter.rports.len(), numbered.count()));
    for (&number, rport) in &adapter.rports {
        assert!(number < adapter.next_rport);
        assert!(rport.target.is_none_or(|target| target < adapter.next_target));
        assert!(rport.target.is_some() || !rport.roles.target);
        match rport.state {
            PortState::Online | PortState::Marginal => {
                assert!(adapter.nport.is_some() && rport.fc_id.is_some() && rport.lost.is_none());
            }
            PortState::Blocked => {
                let lost = rport.lost.expect("its loss has a stamp");
                let wanted = Due::DevLoss(ix, lost, number);
                assert!(world.queue.any(|due| *due == wanted), "the clock runs");
            }
            PortState::NotPresent => assert!(rport.fc_id.is_none() && rport.lost.is_none()),
            other => panic!("a remote port is {other}"),
        }
    }
}

fn devices_are_sound(world: &World, adapter: &Adapter) {
    for (key, device) in &adapter.devices {
        let rport = &adapter.rports[&device.rport];
        assert_eq!((rport.target, device.lun.sysfs()), (Some(key.target), key.lun));
        let fits = match rport.state {
            PortState::Online | PortState::Marginal => device.state == PathState::Running,
            PortState::Blocked => {
                matches!(device.state, PathState::Blocked | PathState::TransportOffline)
            }
            _ => false,
        };
        assert!(fits, "a device is {} behind a port that is {}", device.state, rport.state);
        assert!(key.lun <= world.hosts[adapter.host.index()].driver.max_lun());
        let array = &world.arrays[device.array.index()].array;
        assert!((device.seen.0 as usize) < array.volumes().len());
    }
}

fn disks_are_one_devices_each(world: &World) {
    for host in &world.hosts {
        let adapters = host.adapters.values().map(|&ix| world.adapter_ref(ix));
        let disks: Vec<u32> =
            adapters.flat_map(|a| a.devices.values().map(|device| device.disk)).collect();
        let distinct: BTreeSet<u32> = disks.iter().copied().collect();
        assert_eq!(
            (disks.len(), host.disks.in_use()),
            (distinct.len(), distinct.len()),
            "on {}",
            host.name
        );
    }
}

/// Whoever waits for something has it in the queue, and what stands first will happen.
fn what_waits_will_happen(world: &World) {
    for (ix, adapter) in adapters(world) {
        let login = Due::Login(ix, adapter.login);
        if let Kind::Virtual { parent, state: VportState::Initializing, .. } = adapter.kind {
            let base = world.adapter_ref(parent);
            let own = world.queue.any(|due| *due == login);
            let waits_for_base = base.nport.is_none();
            assert!(own || waits_for_base, "{adapter:?} waits for nothing");
        }
        let discover = Due::Discover(ix, adapter.login);
        assert_eq!(adapter.discovery_queued, world.queue.any(|due| *due == discover));
    }
    for (i, fabric) in world.san.fabrics.iter().enumerate() {
        let Some(open) = fabric.zoning.open_transaction() else { continue };
        let expiry = Due::ZoneExpiry(FabricIx::from_index(i), open.token);
        assert!(world.queue.any(|due| *due == expiry), "a transaction ends by itself");
    }
    let over = world.queue.first().is_some_and(|due| world.is_over(due));
    assert!(!over, "what is over does not stand first");
}

/// Whether news are on their way still.
pub(super) fn is_under_way(world: &World) -> bool {
    world.queue.any(|due| {
        let news = !matches!(due, Due::DevLoss(..) | Due::FastIoFail(..) | Due::ZoneExpiry(..));
        news && !world.is_over(due)
    })
}

/// True once nothing is under way: a host has those remote ports online that the name server shows it.
pub(super) fn check_converged(world: &World) {
    for (_, adapter) in adapters(world) {
        let Some(own) = adapter.nport else { continue };
        let visible = world.san.visible_from(own).into_iter().map(|ix| world.san.nport(ix));
        let visible: BTreeSet<Wwpn> =
            visible.filter(|n| n.roles().target).map(|n| n.names.wwpn).collect();
        let online = adapter.rports.values().filter(|r| r.is_up() && r.roles.target);
        let online: BTreeSet<Wwpn> = online.map(|rport| rport.names.wwpn).collect();
        assert_eq!(online, visible, "of {}", adapter.names.wwpn);
    }
}
