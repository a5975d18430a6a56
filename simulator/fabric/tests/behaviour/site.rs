//! The campus with somebody to ask it, and a host's state in words.

use npivot_fabric::array::VolumeIx;
use npivot_fabric::host::{Adapter, IoFailure, VportRefusal};
use npivot_fabric::san::ids::{AdapterIx, ArrayIx, FabricIx, HostIx, PortIx};
use npivot_fabric::world::{
    Answer, Command, HostCommand, MaskingCommand, Refusal, Reply, ZoningCommand,
};
use npivot_fabric::{Topology, World};
use npivot_hal::{HostNo, Outcome, ScsiAddress, VportState, WwnPair, Wwpn, ZoneEdit};

pub(crate) const CAMPUS: &str = include_str!("campus.toml");

pub(crate) const ALPHA: HostIx = HostIx(0);
pub(crate) const BETA: HostIx = HostIx(1);
pub(crate) const GAMMA: HostIx = HostIx(2);
pub(crate) const VAULT: ArrayIx = ArrayIx(0);
pub(crate) const A: FabricIx = FabricIx(0);

/// The one physical adapter on fabric `a` that each host has.
pub(crate) const HBA: HostNo = HostNo(0);

pub(crate) fn topology() -> Topology {
    Topology::parse("campus.toml", CAMPUS).unwrap_or_else(|error| panic!("{error}"))
}

/// The names of vport `gN`; those up to 4 are zoned, 1 and 2 are masked.
pub(crate) fn guest(n: u64) -> WwnPair {
    let wwpn = Wwpn::new(0x5001_a4a0_0000_0000 | n).unwrap();
    WwnPair::new(wwpn, "50:01:a4:a0:00:00:01:00".parse().unwrap())
}

/// The campus.
pub(crate) struct Site {
    pub(crate) world: World,
}

impl Site {
    /// Logged in.
    pub(crate) fn campus() -> Self {
        Self::with(|_| ())
    }

    /// Logged in, after a change to what it is built from.
    pub(crate) fn with(change: impl FnOnce(&mut Topology)) -> Self {
        let mut site = Self::cold(change);
        assert!(site.world.settle(World::BOOT_LIMIT));
        site.happened();
        site
    }

    /// At the first microsecond.
    pub(crate) fn cold(change: impl FnOnce(&mut Topology)) -> Self {
        let mut topology = topology();
        change(&mut topology);
        let mut world = World::from_topology(&topology, 0).unwrap();
        world.watch();
        Self { world }
    }

    /// Lets time pass, in milliseconds.
    pub(crate) fn run(&mut self, millis: u64) {
        self.world.advance(self.world.now() + millis * 1_000);
    }

    pub(crate) fn ask(&mut self, host: HostIx, command: HostCommand) -> Answer {
        self.world.apply(Command::Host(host, command))
    }

    /// What happened since this was last asked, without the place.
    pub(crate) fn happened(&mut self) -> Vec<String> {
        self.world.take_happenings().into_iter().map(|(_, what)| what.text()).collect()
    }

    pub(crate) fn create(&mut self, host: HostIx, n: u64) -> Result<HostNo, VportRefusal> {
        self.create_on(host, HBA, guest(n))
    }

    pub(crate) fn create_on(
        &mut self,
        host: HostIx,
        parent: HostNo,
        names: WwnPair,
    ) -> Result<HostNo, VportRefusal> {
        match self.ask(host, HostCommand::CreateVport { parent, names }) {
            Ok(Reply::Adapter(ix)) => Ok(self.world.adapter(ix).unwrap().no),
            Err(Refusal::Vport(refusal)) => Err(refusal),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn delete(&mut self, host: HostIx, n: u64) -> Result<(), VportRefusal> {
        match self.ask(host, HostCommand::DeleteVport { parent: HBA, names: guest(n) }) {
            Ok(_) => Ok(()),
            Err(Refusal::Vport(refusal)) => Err(refusal),
            other => panic!("{other:?}"),
        }
    }

    /// Makes a vport on a host's first adapter, which is up when this returns.
    pub(crate) fn vport(&mut self, host: HostIx, n: u64) -> HostNo {
        let no = self.create(host, n).unwrap();
        self.run(100);
        assert_eq!(self.vport_state(host, no), VportState::Active);
        no
    }

    pub(crate) fn ix(&self, host: HostIx, no: HostNo) -> AdapterIx {
        self.world.find_adapter(host, no).unwrap()
    }

    pub(crate) fn adapter(&self, host: HostIx, no: HostNo) -> &Adapter {
        self.world.adapter(self.ix(host, no)).unwrap()
    }

    pub(crate) fn vport_state(&self, host: HostIx, no: HostNo) -> VportState {
        self.adapter(host, no).vport_state().unwrap()
    }

    pub(crate) fn fc_id(&self, host: HostIx, no: HostNo) -> Option<String> {
        let nport = self.adapter(host, no).nport?;
        Some(self.world.san().nport(nport).fc_id().to_string())
    }

    /// Remote ports by number, as `0: target 0 Online`.
    pub(crate) fn rports(&self, host: HostIx, no: HostNo) -> Vec<String> {
        let rports = self.adapter(host, no).rports.iter();
        let target = |r: &npivot_fabric::host::Rport| r.target.map_or(-1, i64::from);
        rports.map(|(n, r)| format!("{n}: target {} {}", target(r), r.state)).collect()
    }

    /// Devices by address, as `0:1 sdb data running`.
    pub(crate) fn devices(&self, host: HostIx, no: HostNo) -> Vec<String> {
        let array = &self.world.arrays()[VAULT.index()].array;
        let devices = self.adapter(host, no).devices.iter();
        let text =
            |(key, device): (&npivot_fabric::host::DeviceKey, &npivot_fabric::host::Device)| {
                let letter = char::from(b'a' + u8::try_from(device.disk).unwrap());
                let volume = array.volume(device.seen).name();
                format!("{}:{} sd{letter} {volume} {}", key.target, key.lun, device.state)
            };
        devices.map(text).collect()
    }

    /// The switch port that is written so: `a1/0`.
    pub(crate) fn port(&self, text: &str) -> PortIx {
        let (name, number) = text.split_once('/').unwrap();
        let switch = self.world.san().switches.iter().find(|switch| switch.name == name).unwrap();
        switch.port(number.parse().unwrap()).unwrap()
    }

    pub(crate) fn light(&mut self, port: &str, on: bool) {
        let port = self.port(port);
        self.world.apply(Command::Light { port, on }).unwrap();
    }

    /// A zoning change of fabric `a`, committed at once.
    pub(crate) fn zone(&mut self, edits: impl IntoIterator<Item = ZoneEdit>) {
        let mut ask = |command| match self.world.apply(Command::Zoning(A, command)).unwrap() {
            Reply::Transaction(open, _) => Some(open),
            _ => None,
        };
        let mut open = ask(ZoningCommand::Begin).unwrap();
        for edit in edits {
            let (token, checksum) = (open.token, open.checksum);
            open = ask(ZoningCommand::Edit { token, checksum, edit }).unwrap();
        }
        let (token, checksum) = (open.token, open.checksum);
        ask(ZoningCommand::Commit { token, checksum, enable: Some("cfg".into()) });
    }

    /// Takes a zone of fabric `a` out of force.
    pub(crate) fn unzone(&mut self, zone: &str) {
        self.zone([ZoneEdit::RemoveFromZoneSet { zone_set: "cfg".into(), zone: zone.into() }]);
    }

    /// Puts it into force again.
    pub(crate) fn rezone(&mut self, zone: &str) {
        self.zone([ZoneEdit::AddToZoneSet { zone_set: "cfg".into(), zone: zone.into() }]);
    }

    pub(crate) fn map(&mut self, group: &str, volume: &str, lun: u32) {
        let (group, volume) = (group.into(), volume.into());
        let command = MaskingCommand::Map { group, volume, lun };
        self.world.apply(Command::Masking(VAULT, command)).unwrap();
    }

    pub(crate) fn unmap(&mut self, group: &str, volume: &str) {
        let (group, volume) = (group.into(), volume.into());
        let command = MaskingCommand::Unmap { group, volume };
        self.world.apply(Command::Masking(VAULT, command)).unwrap();
    }

    pub(crate) fn volume(&self, name: &str) -> VolumeIx {
        self.world.arrays()[VAULT.index()].array.volume_named(name).unwrap()
    }

    /// Reads a device's first block; its first byte.
    pub(crate) fn read(&mut self, host: HostIx, address: ScsiAddress) -> Result<u8, IoFailure> {
        match self.ask(host, HostCommand::Read { address, lba: 0, blocks: 1 }) {
            Ok(Reply::Data(data)) => Ok(data[0]),
            Err(Refusal::Io(failure)) => Err(failure),
            other => panic!("{other:?}"),
        }
    }

    /// Fills a device's first block.
    pub(crate) fn write(&mut self, host: HostIx, address: ScsiAddress, byte: u8) {
        let data = vec![byte; 512];
        self.ask(host, HostCommand::Write { address, lba: 0, data }).unwrap();
    }

    /// INQUIRY: the name of the volume that answers.
    pub(crate) fn identify(
        &mut self,
        host: HostIx,
        address: ScsiAddress,
    ) -> Result<String, IoFailure> {
        match self.ask(host, HostCommand::Identify(address)) {
            Ok(Reply::Identity(identity)) => {
                let array = &self.world.arrays()[VAULT.index()].array;
                Ok(array.volume(array.volume_of(&identity).unwrap()).name().to_owned())
            }
            Err(Refusal::Io(failure)) => Err(failure),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn scan(
        &mut self,
        host: HostIx,
        adapter: HostNo,
        target: Option<u32>,
        lun: Option<u64>,
    ) -> Result<Outcome, Refusal> {
        match self.ask(host, HostCommand::Scan { adapter, target, lun })? {
            Reply::Outcome(outcome) => Ok(outcome),
            other => panic!("{other:?}"),
        }
    }
}

/// The address of a LUN behind an adapter.
pub(crate) fn at(host: HostNo, target: u32, lun: u64) -> ScsiAddress {
    ScsiAddress { host, channel: 0, target, lun }
}
