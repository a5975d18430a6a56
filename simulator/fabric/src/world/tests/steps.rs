//! Anything that may be asked of the campus, sensible or not.

use npivot_hal::{
    DefaultZone, DomainId, HostNo, LunId, ScsiAddress, WwnPair, Wwnn, Wwpn, Zone, ZoneDatabase,
    ZoneEdit, ZoneMember,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::guest;
use crate::config::{Driver, SwitchSettings};
use crate::san::ids::{ArrayIx, FabricIx, HostIx, PortIx};
use crate::world::{
    Build, Command, HostCommand, MaskingCommand, NPortCommand, Reply, World, ZoningCommand,
};

/// One step of a random run.
#[derive(Debug, Clone)]
pub(super) enum Step {
    /// One command.
    Ask(Command),
    /// A whole zoning transaction; without `commit` it is left open.
    Zone { fabric: FabricIx, edits: Vec<ZoneEdit>, commit: bool },
    /// Time passes, in microseconds.
    Wait(u64),
}

impl Step {
    pub(super) fn take(self, world: &mut World) {
        match self {
            Self::Ask(command) => {
                let _ = world.apply(command);
            }
            Self::Zone { fabric, edits, commit } => zone(world, fabric, edits, commit),
            Self::Wait(micros) => world.advance(world.now() + micros),
        }
    }
}

fn zone(world: &mut World, fabric: FabricIx, edits: Vec<ZoneEdit>, commit: bool) {
    let ask = |world: &mut World, command| match world.apply(Command::Zoning(fabric, command)) {
        Ok(Reply::Transaction(open, _)) => Some(open),
        _ => None,
    };
    let Some(mut open) = ask(world, ZoningCommand::Begin) else { return };
    for edit in edits {
        let command = ZoningCommand::Edit { token: open.token, checksum: open.checksum, edit };
        open = ask(world, command).unwrap_or(open);
    }
    if commit {
        let (token, checksum, enable) = (open.token, open.checksum, Some("cfg".into()));
        ask(world, ZoningCommand::Commit { token, checksum, enable });
        ask(world, ZoningCommand::Abort { token });
    }
}

/// Steps that make something happen, and nonsense between them.
pub(super) fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    let host = (host_ix(), host_command()).prop_map(|(ix, c)| Command::Host(ix, c));
    let masking = (0_u32..2, masking()).prop_map(|(ix, c)| Command::Masking(ArrayIx(ix), c));
    let light = (port(), any::<bool>()).prop_map(|(port, on)| Command::Light { port, on });
    let zoning = (0_u32..3, zoning()).prop_map(|(ix, c)| Command::Zoning(FabricIx(ix), c));
    let asked = prop_oneof![
        12 => host,
        4 => masking,
        4 => light,
        2 => zoning,
        2 => outside().prop_map(Command::NPort),
        1 => build().prop_map(Command::Build),
    ];
    let zone = (0_u32..3, vec(zone_edit(), 0..3), prop::bool::weighted(0.8));
    let zone =
        zone.prop_map(|(ix, edits, commit)| Step::Zone { fabric: FabricIx(ix), edits, commit });
    let wait = prop_oneof![
        3 => (0_u64..8_000).prop_map(Step::Wait),
        3 => (0_u64..100_000).prop_map(Step::Wait),
        1 => (0_u64..70_000_000).prop_map(Step::Wait),
    ];
    vec(prop_oneof![8 => asked.prop_map(Step::Ask), 2 => zone, 6 => wait], 1..most)
}

fn host_ix() -> impl Strategy<Value = HostIx> {
    prop_oneof![9 => 0_u32..3, 1 => 3_u32..5].prop_map(HostIx)
}

/// Ports of nodes and links (a1 has 0 to 47, a2 48 to 95, b1 96 to 143), free ones, and one that is none.
fn port() -> impl Strategy<Value = PortIx> {
    select(vec![0, 1, 9, 47, 48, 56, 95, 96, 104, 5, 6, 7, 50, 9_999]).prop_map(PortIx)
}

fn names() -> impl Strategy<Value = WwnPair> {
    let hba = || WwnPair::new(wwpns()[4], wwnn());
    prop_oneof![9 => (1_u64..7).prop_map(guest), 1 => Just(hba())]
}

fn wwnn() -> Wwnn {
    guest(1).wwnn
}

/// Four guests, two HBAs and a port of the array.
fn wwpns() -> Vec<Wwpn> {
    let others = [
        "21:00:00:00:00:00:0a:00",
        "20:01:00:00:00:00:0b:00",
        "50:06:01:60:00:00:00:0a",
        "50:06:01:61:00:00:00:0a",
    ];
    let guests = (1..5).map(|n| guest(n).wwpn);
    guests.chain(others.map(|text| text.parse().unwrap())).collect()
}

fn host_command() -> impl Strategy<Value = HostCommand> {
    let no = || (0_u32..6).prop_map(HostNo);
    let lun = || select(vec![0_u64, 1, 2, 256, 16_640, u64::MAX]);
    let address = || {
        (no(), prop::bool::weighted(0.05), 0_u32..4, lun()).prop_map(|(host, odd, target, lun)| {
            ScsiAddress { host, channel: u32::from(odd), target, lun }
        })
    };
    let lba = select(vec![8_u64, 9, 2_047, 2_048, u64::MAX]);
    let blocks = select(vec![0_u32, 1, 8, u32::MAX]);
    prop_oneof![
        6 => (no(), names()).prop_map(|(parent, names)| HostCommand::CreateVport { parent, names }),
        3 => (no(), names()).prop_map(|(parent, names)| HostCommand::DeleteVport { parent, names }),
        3 => (no(), prop::option::of(0_u32..4), prop::option::of(lun()))
            .prop_map(|(adapter, target, lun)| HostCommand::Scan { adapter, target, lun }),
        1 => address().prop_map(HostCommand::Remove),
        1 => no().prop_map(HostCommand::Reset),
        1 => Just(HostCommand::Reboot),
        1 => (no(), select(vec![0, 1, 30, 60, 600, 601]))
            .prop_map(|(adapter, secs)| HostCommand::SetDevLoss { adapter, secs }),
        1 => (no(), prop::option::of(0_u32..65))
            .prop_map(|(adapter, secs)| HostCommand::SetFastIoFail { adapter, rport: 0, secs }),
        1 => address().prop_map(HostCommand::Identify),
        1 => (address(), lba.clone(), blocks)
            .prop_map(|(address, lba, blocks)| HostCommand::Read { address, lba, blocks }),
        1 => (address(), lba, select(vec![0_usize, 5, 512, 1_024]))
            .prop_map(|(address, lba, n)| HostCommand::Write { address, lba, data: vec![7; n] }),
    ]
}

fn masking() -> impl Strategy<Value = MaskingCommand> {
    let group = || select(vec!["guests", "hosts", "new", ""]).prop_map(String::from);
    let volume = || select(vec!["root", "data", "spare", "high", "none"]).prop_map(String::from);
    let wwpn = || select(wwpns());
    prop_oneof![
        1 => group().prop_map(|group| MaskingCommand::CreateGroup { group }),
        1 => group().prop_map(|group| MaskingCommand::DeleteGroup { group }),
        2 => (group(), wwpn())
            .prop_map(|(group, initiator)| MaskingCommand::AddInitiator { group, initiator }),
        2 => (group(), wwpn())
            .prop_map(|(group, initiator)| MaskingCommand::RemoveInitiator { group, initiator }),
        4 => (group(), volume(), select(vec![0, 1, 2, 256, 99_999]))
            .prop_map(|(group, volume, lun)| MaskingCommand::Map { group, volume, lun }),
        3 => (group(), volume()).prop_map(|(group, volume)| MaskingCommand::Unmap { group, volume }),
    ]
}

fn members() -> impl Strategy<Value = Zone> {
    let member = prop_oneof![
        4 => select(wwpns()).prop_map(ZoneMember::Wwpn),
        1 => (1_u8..3, select(vec![0_u16, 1, 8]))
            .prop_map(|(d, port)| ZoneMember::DomainPort(DomainId::new(d).unwrap(), port)),
        1 => Just(ZoneMember::Alias("vault".into())),
        1 => Just(ZoneMember::Alias("none".into())),
    ];
    prop::collection::btree_set(member, 0..5).prop_map(Zone::of)
}

fn zone_edit() -> impl Strategy<Value = ZoneEdit> {
    let name = || select(vec!["alpha", "guests", "new"]).prop_map(String::from);
    let permit = |permit| if permit { DefaultZone::Permit } else { DefaultZone::Deny };
    prop_oneof![
        3 => (name(), members()).prop_map(|(name, zone)| ZoneEdit::PutZone(name, zone)),
        1 => name().prop_map(ZoneEdit::DeleteZone),
        2 => name().prop_map(|zone| ZoneEdit::AddToZoneSet { zone_set: "cfg".into(), zone }),
        1 => name().prop_map(|zone| ZoneEdit::RemoveFromZoneSet { zone_set: "cfg".into(), zone }),
        1 => any::<bool>().prop_map(move |p| ZoneEdit::SetDefaultZone(permit(p))),
        1 => Just(ZoneEdit::DeleteZoneSet("cfg".into())),
    ]
}

fn zoning() -> impl Strategy<Value = ZoningCommand> {
    let (token, checksum) = (0_u64..4, Just(0_u64));
    prop_oneof![
        Just(ZoningCommand::Begin),
        (token.clone(), checksum, zone_edit())
            .prop_map(|(token, checksum, edit)| ZoningCommand::Edit { token, checksum, edit }),
        (token.clone(), checksum).prop_map(|(token, checksum)| ZoningCommand::Commit {
            token,
            checksum,
            enable: None
        }),
        token.prop_map(|token| ZoningCommand::Abort { token }),
    ]
}

fn outside() -> impl Strategy<Value = NPortCommand> {
    let login = || (port(), select(wwpns()), any::<bool>());
    let names = |wwpn| WwnPair::new(wwpn, wwnn());
    prop_oneof![
        port().prop_map(NPortCommand::Attach),
        login().prop_map(move |(port, wwpn, target)| {
            NPortCommand::Flogi { port, names: names(wwpn), target }
        }),
        login().prop_map(move |(port, wwpn, target)| {
            NPortCommand::Fdisc { port, names: names(wwpn), target }
        }),
        (0_u32..3, select(wwpns()))
            .prop_map(|(f, wwpn)| NPortCommand::Logo { fabric: FabricIx(f), wwpn }),
    ]
}

fn build() -> impl Strategy<Value = Build> {
    let name = || select(vec!["alpha", "a", "a1", "vault", "x"]).prop_map(String::from);
    let fabric = || (0_u32..4).prop_map(FabricIx);
    let array = || (0_u32..3).prop_map(ArrayIx);
    let small = |ports| SwitchSettings { ports, ..SwitchSettings::default() };
    prop_oneof![
        name().prop_map(|name| Build::Fabric { name }),
        (fabric(), name(), 1_u8..6, 0_u16..3).prop_map(move |(fabric, name, domain, ports)| {
            let (domain, settings) = (DomainId::new(domain).unwrap(), small(ports));
            Build::Switch { fabric, name, domain, settings }
        }),
        (port(), port()).prop_map(|(a, b)| Build::Isl { a, b }),
        name().prop_map(|name| Build::Host { name, driver: Driver::Libfc }),
        (host_ix(), names(), port(), prop::option::of(0_u32..3)).prop_map(
            |(host, names, port, max_vports)| Build::Adapter { host, names, port, max_vports }
        ),
        name().prop_map(|name| Build::Array {
            name,
            wwnn: wwnn(),
            product: crate::array::scsi::Product::default()
        }),
        (array(), select(wwpns()), port()).prop_map(|(array, wwpn, port)| Build::Target {
            array,
            wwpn,
            port
        }),
        (array(), name(), 0_u64..3).prop_map(|(array, name, blocks)| Build::Volume {
            array,
            name,
            identity: LunId::T10(format!("volume {blocks}").into()),
            serial: "s".into(),
            size_bytes: blocks * 512,
        }),
        (fabric(), members(), any::<bool>()).prop_map(|(fabric, zone, enable)| {
            let mut database = ZoneDatabase::default();
            database.zones.insert("new".into(), zone);
            database.zone_sets.insert("cfg".into(), ["new".to_owned()].into());
            Build::Zones { fabric, database, enabled: enable.then(|| "cfg".into()) }
        }),
    ]
}
