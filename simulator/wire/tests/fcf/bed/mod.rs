//! A forwarder in front of a small SAN, and the peers that talk to it.
//!
//! One fabric (or more), one switch of 48 ports in it, everybody may see everybody. The array `vault` is on
//! port 40, whose address is therefore 012800. Frames are built and read with this crate's codecs; nothing
//! here knows how the forwarder decides.

#![allow(dead_code, reason = "the tests and the benchmark each use a part of it")]

mod peer;
mod sent;

pub(crate) use peer::{Peer, bytes_of, fcp_page, names, read_10, write_10};
pub(crate) use sent::{Unit, fip, read};

use npivot_fabric::World;
use npivot_fabric::array::scsi::Product;
use npivot_fabric::config::{Latencies, SwitchSettings};
use npivot_fabric::san::ids::{ArrayIx, FabricIx, PortIx};
use npivot_fabric::world::{Build, Command, MaskingCommand, Reply, SimTime};
use npivot_hal::{DefaultZone, DomainId, FcId, LunId, Wwnn, Wwpn, Zone, ZoneDatabase, ZoneMember};
use npivot_wire::fcf::{Counters, Event, Forwarder, LinkIx, Settings};
use npivot_wire::{Encode, MAX_FRAME_BYTES};

/// The array's port.
pub(crate) const VAULT: FcId = id(0x01_28_00);
/// The name of the array's port.
pub(crate) const VAULT_NAME: u64 = 0x5006_0160_41e0_aa00;
/// The array's number, in worlds of [`Bed::new`].
pub(crate) const ARRAY: ArrayIx = ArrayIx(0);
/// The first fabric.
pub(crate) const A: FabricIx = FabricIx(0);

pub(crate) const fn id(raw: u32) -> FcId {
    FcId::new(raw).expect("24 bits")
}

pub(crate) fn wwpn(raw: u64) -> Wwpn {
    Wwpn::new(raw).expect("not zero")
}

/// A forwarder, its world, and what it sent and nobody took yet.
#[derive(Debug)]
pub(crate) struct Bed {
    pub(crate) world: World,
    pub(crate) fcf: Forwarder,
    pub(crate) sent: Vec<(LinkIx, Vec<u8>)>,
}

impl Bed {
    /// The usual one.
    pub(crate) fn new() -> Self {
        Self::with(SwitchSettings::default(), Settings::default())
    }

    pub(crate) fn with(switch: SwitchSettings, settings: Settings) -> Self {
        let mut bed = Self::empty(settings);
        bed.world.record();
        bed.fabric("a", switch);
        bed.zones(A, &[]);
        bed.array("vault", VAULT_NAME, bed.port(0, 40));
        bed.pass(10_000);
        bed
    }

    /// Without anything in the world.
    pub(crate) fn empty(settings: Settings) -> Self {
        let world = World::new(7, Latencies::default());
        Self { world, fcf: Forwarder::new(settings), sent: vec![] }
    }

    pub(crate) fn apply(&mut self, command: Command) -> Reply {
        let text = format!("{command:?}");
        self.world.apply(command).unwrap_or_else(|refusal| panic!("{text}: {refusal}"))
    }

    pub(crate) fn build(&mut self, build: Build) -> Reply {
        self.apply(Command::Build(build))
    }

    /// Adds a fabric with one switch, of domain 1.
    pub(crate) fn fabric(&mut self, name: &str, settings: SwitchSettings) -> FabricIx {
        let Reply::Fabric(fabric) = self.build(Build::Fabric { name: name.into() }) else {
            panic!()
        };
        let domain = DomainId::new(1).unwrap();
        self.build(Build::Switch { fabric, name: format!("{name}1"), domain, settings });
        fabric
    }

    /// A port of a switch.
    pub(crate) fn port(&self, switch: usize, number: u16) -> PortIx {
        self.world.san().switches[switch].port(number).expect("a port")
    }

    /// Adds an array with one port and a volume of 16 MiB, which nobody sees yet.
    pub(crate) fn array(&mut self, name: &str, port_name: u64, port: PortIx) -> ArrayIx {
        let wwnn = Wwnn::new(port_name ^ 0x8000).unwrap();
        let product = Product::default();
        let Reply::Array(array) = self.build(Build::Array { name: name.into(), wwnn, product })
        else {
            panic!()
        };
        self.build(Build::Target { array, wwpn: wwpn(port_name), port });
        let mut naa = port_name.to_be_bytes();
        naa[7] ^= 1;
        let identity = LunId::Naa8(naa);
        let (name, serial) = ("one".to_owned(), format!("S{port_name:x}"));
        self.build(Build::Volume { array, name, identity, serial, size_bytes: 16 << 20 });
        array
    }

    /// Shows the array's volume to somebody, at LUN 0.
    pub(crate) fn show(&mut self, array: ArrayIx, initiator: Wwpn) {
        let group = initiator.to_string();
        for command in [
            MaskingCommand::CreateGroup { group: group.clone() },
            MaskingCommand::AddInitiator { group: group.clone(), initiator },
            MaskingCommand::Map { group, volume: "one".into(), lun: 0 },
        ] {
            self.apply(Command::Masking(array, command));
        }
    }

    /// Puts zones in force; everybody in none of them sees everybody else who is in none.
    pub(crate) fn zones(&mut self, fabric: FabricIx, zones: &[&[Wwpn]]) {
        let mut database =
            ZoneDatabase { default_zone: DefaultZone::Permit, ..ZoneDatabase::default() };
        let named = zones.iter().enumerate().map(|(i, members)| {
            let members = members.iter().map(|&wwpn| ZoneMember::Wwpn(wwpn));
            (format!("z{i}"), Zone::of(members))
        });
        database.zones = named.collect();
        let enabled = (!zones.is_empty()).then(|| "cfg".to_owned());
        if let Some(name) = &enabled {
            database.zone_sets.insert(name.clone(), database.zones.keys().cloned().collect());
        }
        self.build(Build::Zones { fabric, database, enabled });
    }

    /// Plugs a link into a port of the first switch.
    pub(crate) fn attach(&mut self, number: u16) -> LinkIx {
        self.attach_at(self.port(0, number))
    }

    pub(crate) fn attach_at(&mut self, port: PortIx) -> LinkIx {
        self.fcf.attach(&mut self.world, port).expect("the port is free")
    }

    pub(crate) fn light(&mut self, port: PortIx, on: bool) {
        self.apply(Command::Light { port, on });
    }

    /// Sends a frame on a link.
    pub(crate) fn send(&mut self, link: LinkIx, frame: &impl Encode) {
        let mut buffer = [0; MAX_FRAME_BYTES];
        let length = frame.encode_to(&mut buffer).expect("it can be written");
        self.send_bytes(link, &buffer[..length]);
    }

    pub(crate) fn send_bytes(&mut self, link: LinkIx, bytes: &[u8]) {
        let sent = &mut self.sent;
        let mut outlet = |link, frame: &[u8]| sent.push((link, frame.to_vec()));
        self.fcf.receive(&mut self.world, link, bytes, &mut outlet);
    }

    /// Lets time pass, in microseconds.
    pub(crate) fn pass(&mut self, micros: u64) {
        let until = self.world.now() + micros;
        self.until(until);
    }

    pub(crate) fn until(&mut self, until: SimTime) {
        let sent = &mut self.sent;
        let mut outlet = |link, frame: &[u8]| sent.push((link, frame.to_vec()));
        self.fcf.advance(&mut self.world, until, &mut outlet);
    }

    /// Takes what was sent out of a link.
    pub(crate) fn take(&mut self, link: LinkIx) -> Vec<Vec<u8>> {
        let (mine, others) = std::mem::take(&mut self.sent).into_iter().partition(|s| s.0 == link);
        self.sent = others;
        mine.into_iter().map(|(_, bytes)| bytes).collect()
    }

    /// Takes the FC frames that were sent out of a link; FIP messages are dropped.
    pub(crate) fn take_fc(&mut self, link: LinkIx) -> Vec<Unit> {
        self.take(link).iter().filter_map(|bytes| Unit::of(bytes)).collect()
    }

    pub(crate) fn counters(&self, link: LinkIx) -> &Counters {
        self.fcf.counters(link).expect("the link exists")
    }

    pub(crate) fn count(&self, link: LinkIx, event: Event) -> u64 {
        self.counters(link).of(event)
    }
}
