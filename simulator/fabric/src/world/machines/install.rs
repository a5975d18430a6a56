//! A whole SAN from a topology: the commands that build it.

use crate::san::ids::{FabricIx, PortIx, SwitchIx};
use crate::topology::{ArraySpec, FabricSpec, GroupSpec, HostSpec, PortRef, Topology};
use crate::world::{Answer, Build, Command, MaskingCommand, Refusal, Reply, SimTime, World};

/// The switches of each fabric, in the topology's order.
type Switches = Vec<Vec<SwitchIx>>;

impl World {
    /// How long a SAN may take to log in, for those who wait for it: far above any latency, below the
    /// time-outs of the kernel.
    pub const BOOT_LIMIT: SimTime = SimTime(30_000_000);

    /// The world that a topology describes, with light on all links, at its very beginning: let time pass
    /// until the logins are done ([`settle`](Self::settle)). Its commands are recorded.
    ///
    /// # Errors
    /// [`Refusal`], which a topology that was read from a file does not cause.
    pub fn from_topology(topology: &Topology, seed: u64) -> Result<Self, Refusal> {
        let mut world = Self::new(seed, topology.latencies);
        world.record();
        let mut switches = vec![];
        for spec in &topology.fabrics {
            switches.push(world.install_fabric(spec, switches.len())?);
        }
        // Arrays first, so that their ports are there when the hosts look.
        for spec in &topology.arrays {
            world.install_array(spec, &switches)?;
        }
        for spec in &topology.hosts {
            world.install_host(spec, &switches)?;
        }
        Ok(world)
    }

    fn ask(&mut self, build: Build) -> Answer {
        self.apply(Command::Build(build))
    }

    fn install_fabric(
        &mut self,
        spec: &FabricSpec,
        position: usize,
    ) -> Result<Vec<SwitchIx>, Refusal> {
        let fabric = FabricIx::from_index(position);
        self.ask(Build::Fabric { name: spec.name.clone() })?;
        let mut switches = vec![];
        for switch in &spec.switches {
            let (name, domain, settings) = (switch.name.clone(), switch.domain, switch.settings);
            if let Reply::Switch(ix) = self.ask(Build::Switch { fabric, name, domain, settings })? {
                switches.push(ix);
            }
        }
        for (a, b) in &spec.isls {
            let (a, b) = (self.end(&switches, *a)?, self.end(&switches, *b)?);
            self.ask(Build::Isl { a, b })?;
        }
        let (database, enabled) = (spec.zones.clone(), spec.enabled.clone());
        self.ask(Build::Zones { fabric, database, enabled })?;
        Ok(switches)
    }

    fn install_array(&mut self, spec: &ArraySpec, switches: &Switches) -> Result<(), Refusal> {
        let (name, product) = (spec.name.clone(), spec.product.clone());
        let build = Build::Array { name, wwnn: spec.wwnn, product };
        let Reply::Array(array) = self.ask(build)? else {
            return Err(Refusal::NoSuch("array"));
        };
        for target in &spec.ports {
            let port = self.port_at(switches, target.port)?;
            self.ask(Build::Target { array, wwpn: target.wwpn, port })?;
        }
        for volume in &spec.volumes {
            self.ask(Build::Volume {
                array,
                name: volume.name.clone(),
                identity: volume.identity.clone(),
                serial: volume.serial.clone(),
                size_bytes: volume.size_bytes,
            })?;
        }
        for command in spec.groups.iter().flat_map(|group| masking_of(spec, group)) {
            self.apply(Command::Masking(array, command))?;
        }
        Ok(())
    }

    fn install_host(&mut self, spec: &HostSpec, switches: &Switches) -> Result<(), Refusal> {
        let build = Build::Host { name: spec.name.clone(), driver: spec.driver };
        let Reply::Host(host) = self.ask(build)? else {
            return Err(Refusal::NoSuch("host"));
        };
        for hba in &spec.hbas {
            let port = self.port_at(switches, hba.port)?;
            let max_vports = if hba.npiv { hba.vports.map(u32::from) } else { Some(0) };
            self.ask(Build::Adapter { host, names: hba.names, port, max_vports })?;
        }
        Ok(())
    }

    fn port_at(&self, switches: &Switches, at: PortRef) -> Result<PortIx, Refusal> {
        self.end(switches.get(at.fabric).ok_or(Refusal::NoSuch("fabric"))?, at)
    }

    fn end(&self, switches: &[SwitchIx], at: PortRef) -> Result<PortIx, Refusal> {
        let switch = switches.get(at.switch).ok_or(Refusal::NoSuch("switch"))?;
        self.san.switches[switch.index()].port(at.port).ok_or(Refusal::NoSuch("switch port"))
    }
}

/// The commands that make a host group what the topology says.
fn masking_of(array: &ArraySpec, spec: &GroupSpec) -> Vec<MaskingCommand> {
    let group = || spec.name.clone();
    let create = std::iter::once(MaskingCommand::CreateGroup { group: group() });
    let initiators = spec.initiators.iter();
    let initiators =
        initiators.map(|&initiator| MaskingCommand::AddInitiator { group: group(), initiator });
    let maps = spec.luns.iter().map(|lun| MaskingCommand::Map {
        group: group(),
        volume: array.volumes[lun.volume].name.clone(),
        lun: lun.lun.number().unwrap_or_default(),
    });
    create.chain(initiators).chain(maps).collect()
}
