//! Calls as values, so that the same ones can be made on many stacks and their answers compared.

use std::fmt::Debug;

use npivot_hal::{
    Array, DomainId, ErrorKind, Fabric, Host, HostNo, Result, ScanScope, ScsiAddress, Zone,
    ZoneEdit, ZoneMember, ZoneTransaction,
};
use proptest::prelude::*;
use proptest::sample::select;

use crate::toy::{names, now};

/// What a call answered, as text; an error as its kind.
pub(crate) type Said = Result<String, ErrorKind>;

fn said<T: Debug>(answer: Result<T>) -> Said {
    answer.map(|answer| format!("{answer:?}")).map_err(|error| error.kind())
}

/// A call on a host.
#[derive(Debug, Clone, Copy)]
pub(crate) enum OnHost {
    Adapters,
    RemotePorts(u32),
    Create(u32, u8, u8),
    Delete(u32, u8),
    Vports(u32),
    Paths(u32),
    Identify(ScsiAddress),
    Inspect(ScsiAddress),
    Reported(u32, u32),
    Scan(u32, ScanScope),
    Remove(ScsiAddress),
    Reset(u32),
    DevLoss(u32, u32),
}

/// Calls on a host, senseless ones among them, but none that a checked layer refuses and a backend need
/// not: port `n` is only ever asked for on host `n % 3`.
pub(crate) fn on_host() -> impl Strategy<Value = OnHost> {
    let adapter = || select(vec![0, 1, 2, 10, 11, 77]);
    let port = || (0_u8..9).prop_map(|n| (u32::from(n % 3), n));
    let lun = select(vec![0, 7, 8]);
    let address = (adapter(), select(vec![4, 5]), lun).prop_map(|(host, target, lun)| {
        ScsiAddress { host: HostNo(host), channel: 0, target, lun }
    });
    let address = || address.clone();
    let target = proptest::option::of(select(vec![4, 5]));
    let scope = (target, proptest::option::of(select(vec![0, 7, 8])))
        .prop_map(|(target, lun)| ScanScope { target, lun });
    prop_oneof![
        1 => Just(OnHost::Adapters),
        1 => adapter().prop_map(OnHost::RemotePorts),
        4 => (port(), 0_u8..9).prop_map(|((on, n), m)| OnHost::Create(on, n, m)),
        4 => port().prop_map(|(on, n)| OnHost::Create(on, n, n)),
        1 => (select(vec![2, 10, 77]), 20_u8..23).prop_map(|(on, n)| OnHost::Create(on, n, n)),
        2 => port().prop_map(|(on, n)| OnHost::Delete(on, n)),
        1 => adapter().prop_map(OnHost::Vports),
        1 => adapter().prop_map(OnHost::Paths),
        1 => address().prop_map(OnHost::Identify),
        1 => address().prop_map(OnHost::Inspect),
        1 => (adapter(), select(vec![4, 5])).prop_map(|(on, target)| OnHost::Reported(on, target)),
        3 => (adapter(), scope).prop_map(|(on, scope)| OnHost::Scan(on, scope)),
        1 => address().prop_map(OnHost::Remove),
        1 => adapter().prop_map(OnHost::Reset),
        1 => (adapter(), select(vec![1, 30, 600, 601])).prop_map(|(on, s)| OnHost::DevLoss(on, s)),
    ]
}

impl OnHost {
    pub(crate) fn run(self, host: &dyn Host) -> Said {
        let (npiv, luns) = (host.npiv().unwrap(), host.luns().unwrap());
        let links = host.links().unwrap();
        now(async move {
            match self {
                Self::Adapters => said(host.adapters().await),
                Self::RemotePorts(on) => said(host.remote_ports(HostNo(on)).await),
                Self::Create(on, n, m) => {
                    let mut pair = names(n);
                    pair.wwnn = names(m).wwnn;
                    said(npiv.create_vport(HostNo(on), pair).await)
                }
                Self::Delete(on, n) => said(npiv.delete_vport(HostNo(on), names(n)).await),
                Self::Vports(on) => said(npiv.vports(HostNo(on)).await),
                Self::Paths(on) => said(luns.paths(HostNo(on)).await),
                Self::Identify(address) => said(luns.identify(address).await),
                Self::Inspect(address) => said(luns.inspect(address).await),
                Self::Reported(on, target) => said(luns.reported(HostNo(on), target).await),
                Self::Scan(on, scope) => said(luns.scan(HostNo(on), scope).await),
                Self::Remove(address) => said(luns.remove(address).await),
                Self::Reset(on) => said(links.reset(HostNo(on)).await),
                Self::DevLoss(on, secs) => said(links.set_dev_loss_secs(HostNo(on), secs).await),
            }
        })
    }
}

/// A call on a fabric. Transactions are named by how many answers ago they were answered.
#[derive(Debug, Clone)]
pub(crate) enum OnFabric {
    Switches,
    Ports(u8),
    NameServer,
    Defined,
    Effective,
    Begin,
    Edit(usize, ZoneEdit),
    Commit(usize, Option<&'static str>),
    Abort(usize),
}

const LONG: &str = "a-name-too-long";

/// Calls on a fabric, with stale transactions and names that cannot be.
pub(crate) fn on_fabric() -> impl Strategy<Value = OnFabric> {
    let name = || select(vec!["a", "b", LONG, ""]).prop_map(String::from);
    let zone = names(9).wwpn;
    let edit = prop_oneof![
        1 => (name(), any::<bool>()).prop_map(move |(name, nested)| {
            let port = ZoneMember::Wwpn(zone);
            let member = if nested { ZoneMember::Alias("x".into()) } else { port };
            ZoneEdit::PutAlias(name, [member].into())
        }),
        1 => name().prop_map(ZoneEdit::DeleteAlias),
        4 => name().prop_map(move |name| ZoneEdit::PutZone(name, Zone::of([ZoneMember::Wwpn(zone)]))),
        1 => name().prop_map(ZoneEdit::DeleteZone),
        4 => name().prop_map(ZoneEdit::CreateZoneSet),
        2 => name().prop_map(ZoneEdit::DeleteZoneSet),
        3 => (name(), name()).prop_map(|(zone_set, zone)| ZoneEdit::AddToZoneSet { zone_set, zone }),
        1 => (name(), name())
            .prop_map(|(zone_set, zone)| ZoneEdit::RemoveFromZoneSet { zone_set, zone }),
    ];
    // Mostly the last answer: a run of nothing but stale transactions shows little.
    let ago = || prop_oneof![6 => Just(0_usize), 1 => 0_usize..4];
    let set = proptest::option::of(select(vec!["a", "b", LONG, ""]));
    prop_oneof![
        1 => Just(OnFabric::Switches),
        1 => (1_u8..3).prop_map(OnFabric::Ports),
        1 => Just(OnFabric::NameServer),
        1 => Just(OnFabric::Defined),
        1 => Just(OnFabric::Effective),
        3 => Just(OnFabric::Begin),
        10 => (ago(), edit).prop_map(|(ago, edit)| OnFabric::Edit(ago, edit)),
        3 => (ago(), set).prop_map(|(ago, set)| OnFabric::Commit(ago, set)),
        1 => ago().prop_map(OnFabric::Abort),
    ]
}

/// Makes all calls, one after the other.
pub(crate) fn run_on_fabric(fabric: &dyn Fabric, calls: &[OnFabric]) -> Vec<Said> {
    let zoning = fabric.zoning().unwrap();
    let mut answered = vec![ZoneTransaction::new(99, 0, DomainId::new(1).unwrap())];
    let pick = |answered: &[ZoneTransaction], ago: usize| {
        answered[answered.len().saturating_sub(ago + 1)].clone()
    };
    let run = |call: &OnFabric| {
        now(async {
            match call {
                OnFabric::Switches => said(fabric.switches().await),
                OnFabric::Ports(domain) => {
                    said(fabric.ports(DomainId::new(*domain).unwrap()).await)
                }
                OnFabric::NameServer => said(fabric.name_server().await),
                OnFabric::Defined => said(zoning.defined().await),
                OnFabric::Effective => said(zoning.effective().await),
                OnFabric::Begin => {
                    let begun = zoning.begin().await;
                    answered.extend(begun.as_ref().ok().cloned());
                    said(begun)
                }
                OnFabric::Edit(ago, edit) => {
                    let edited = zoning.edit(&pick(&answered, *ago), edit.clone()).await;
                    answered.extend(edited.as_ref().ok().map(|(now, _)| now.clone()));
                    said(edited)
                }
                OnFabric::Commit(ago, set) => {
                    said(zoning.commit(&pick(&answered, *ago), *set).await)
                }
                OnFabric::Abort(ago) => said(zoning.abort(&pick(&answered, *ago)).await),
            }
        })
    };
    calls.iter().map(run).collect()
}

/// A call on an array.
#[derive(Debug, Clone, Copy)]
pub(crate) enum OnArray {
    TargetPorts,
    Volumes,
    Groups,
    Create(&'static str),
    Delete(&'static str),
    Add(&'static str, u8),
    Remove(&'static str, u8),
    Map(&'static str, &'static str, u32),
    Unmap(&'static str, &'static str),
}

/// Calls on an array, with names and numbers that cannot be.
pub(crate) fn on_array() -> impl Strategy<Value = OnArray> {
    let group = || select(vec!["g", "h", "nobody", ""]);
    let made = select(vec!["g", "h", "g", "h", ""]);
    let volume = || select(vec!["v0", "v1", "nothing"]);
    prop_oneof![
        1 => Just(OnArray::TargetPorts),
        1 => Just(OnArray::Volumes),
        1 => Just(OnArray::Groups),
        3 => made.prop_map(OnArray::Create),
        1 => group().prop_map(OnArray::Delete),
        4 => (group(), 0_u8..5).prop_map(|(group, n)| OnArray::Add(group, n)),
        1 => (group(), 0_u8..5).prop_map(|(group, n)| OnArray::Remove(group, n)),
        4 => (group(), volume(), select(vec![0, 1, 9, 10]))
            .prop_map(|(group, volume, lun)| OnArray::Map(group, volume, lun)),
        1 => (group(), volume()).prop_map(|(group, volume)| OnArray::Unmap(group, volume)),
    ]
}

impl OnArray {
    pub(crate) fn run(self, array: &dyn Array) -> Said {
        let masking = array.masking().unwrap();
        now(async move {
            match self {
                Self::TargetPorts => said(array.target_ports().await),
                Self::Volumes => said(array.volumes().await),
                Self::Groups => said(masking.groups().await),
                Self::Create(group) => said(masking.create_group(group).await),
                Self::Delete(group) => said(masking.delete_group(group).await),
                Self::Add(group, n) => said(masking.add_initiator(group, names(n).wwpn).await),
                Self::Remove(group, n) => {
                    said(masking.remove_initiator(group, names(n).wwpn).await)
                }
                Self::Map(group, volume, lun) => said(masking.map(group, volume, lun).await),
                Self::Unmap(group, volume) => said(masking.unmap(group, volume).await),
            }
        })
    }
}
