//! The example SAN with its two pools up on host alpha, and what resolving a guest needs.

use std::sync::Arc;

use npivot::guest::hook::{HookAnswer, HookPorts, qemu};
use npivot::guest::ports::{FoundPool, MemoryClaims, MemoryLinks, MemoryPools};
use npivot::guest::{Ports, Purpose, Resolution, resolve};
use npivot::libvirt::{Domain, PoolDefinition};
use npivot::pool::{self, StartOptions};
use npivot_fabric::Simulation;
use npivot_fabric::backend::SimHost;
use npivot_fabric::san::ids::ArrayIx;
use npivot_fabric::world::{Command, MaskingCommand};
use npivot_hal::{HostNo, LunId};

const TOPOLOGY: &str = include_str!("../../examples/two-fabrics.toml");
const POOLS: [&str; 2] =
    [include_str!("../../examples/xml/web1-a.xml"), include_str!("../../examples/xml/web1-b.xml")];

pub(crate) const UUID: &str = "9d6f7f0e-3c1b-4e8e-a0a5-2f6d4a1c0b11";

/// The example SAN, in which the guest's volumes are masked to names of its own on host beta too, there under
/// each other's number.
fn topology() -> String {
    let mut text = TOPOLOGY.to_owned();
    for (fabric, n) in [("a", 1), ("b", 2)] {
        let zone = format!("[fabric.{fabric}.zone]\n");
        assert!(text.contains(&zone), "the example has changed");
        let more =
            format!("moved_{fabric} = [\"50:01:a4:a0:00:00:00:f{n}\", \"vault_{fabric}\"]\n");
        text = text.replace(&zone, &(zone.clone() + &more));
    }
    text + "\n[array.vault.group.moved]\n\
        initiators = [\"50:01:a4:a0:00:00:00:f1\", \"50:01:a4:a0:00:00:00:f2\"]\n\
        luns = { 0 = \"web1-data\", 1 = \"web1-root\" }\n"
}

/// A host with its pools.
pub(crate) struct Bed {
    pub(crate) san: Simulation,
    pub(crate) host: Arc<SimHost>,
    pub(crate) pools: MemoryPools,
    pub(crate) claims: Arc<MemoryClaims>,
    pub(crate) links: MemoryLinks,
    /// The vHBA of each pool.
    pub(crate) vhbas: Vec<HostNo>,
    /// The volumes web1-root and web1-data, shown as LUN 0 and 1.
    pub(crate) root: LunId,
    pub(crate) data: LunId,
}

impl Bed {
    pub(crate) async fn new() -> Self {
        let san =
            Simulation::of_topology("bed.toml", &topology()).unwrap_or_else(|e| panic!("{e}"));
        Self::on(san, "alpha", &POOLS.map(String::from), Arc::default()).await
    }

    /// Host alpha with a volume masked to its first HBA, and no pool up.
    pub(crate) fn without_pools() -> Self {
        let group = "\n[array.vault.group.alpha]\n\
            initiators = [\"21:00:00:1b:32:a9:da:01\"]\nluns = { 2 = \"scratch\" }\n";
        let text = topology() + group;
        let san = Simulation::of_topology("bed.toml", &text).unwrap_or_else(|e| panic!("{e}"));
        let host = san.host("alpha").unwrap();
        let none: LunId = "naa.5000000000000000".parse().unwrap();
        Self {
            san,
            host,
            pools: MemoryPools::default(),
            claims: Arc::default(),
            links: MemoryLinks::default(),
            vhbas: vec![],
            root: none.clone(),
            data: none,
        }
    }

    /// Host beta of the same SAN, with pools of the same names and UUIDs on names of its own, and on the same
    /// claims. The volumes are masked there under each other's number.
    pub(crate) async fn beta_of(alpha: &Self) -> Self {
        let moved = POOLS.map(|xml| {
            xml.replace("5001a4a00000010", "5001a4a0000001f")
                .replace("5001a4a00000000", "5001a4a0000000f")
                .replace("32a9da01", "32a9db01")
        });
        Self::on(alpha.san.clone(), "beta", &moved, Arc::clone(&alpha.claims)).await
    }

    async fn on(
        san: Simulation,
        host: &str,
        definitions: &[String],
        claims: Arc<MemoryClaims>,
    ) -> Self {
        let host = san.host(host).unwrap();
        let pools = MemoryPools::default();
        let (mut vhbas, mut ids) = (vec![], vec![]);
        for xml in definitions {
            let definition = PoolDefinition::parse("pool.xml", xml).unwrap();
            let up = pool::start(&*host, &definition, &StartOptions::default()).await.unwrap();
            let (name, uuid) = (definition.name, definition.uuid);
            vhbas.push(up.vhbas[0].adapter);
            pools.put(FoundPool { name, uuid, adapters: Some(vec![up.vhbas[0].adapter]) });
            ids = up.volumes.volumes.into_keys().collect();
        }
        let both = FoundPool {
            name: "both".parse().unwrap(),
            uuid: Some("00000000-0000-4000-8000-000000000001".parse().unwrap()),
            adapters: Some(vhbas.clone()),
        };
        pools.put(both);
        let asleep = "asleep".parse().unwrap();
        pools.put(FoundPool { name: asleep, uuid: None, adapters: None });
        let links = MemoryLinks::default();
        let (root, data) = (ids[0].clone(), ids[1].clone());
        Self { san, host, pools, claims, links, vhbas, root, data }
    }

    pub(crate) fn ports(&self) -> Ports<'_> {
        Ports { host: &*self.host, pools: &self.pools, claims: &*self.claims }
    }

    pub(crate) async fn resolve(&self, domain: &Domain, purpose: Purpose) -> Resolution {
        resolve(domain, purpose, &self.ports()).await
    }

    /// The findings on a guest that is to start, a line each.
    pub(crate) async fn findings(&self, xml: &str) -> String {
        let resolution = self.resolve(&parse(xml), Purpose::Start).await;
        lines(&resolution)
    }

    /// Calls the hook as libvirt does.
    pub(crate) async fn hook(&self, operation: &str, xml: &str) -> HookAnswer {
        let mut words: Vec<&str> = operation.split(' ').collect();
        let name = xml.split("<name>").nth(1).and_then(|rest| rest.split("</name>").next());
        words.insert(0, name.unwrap_or("web1"));
        words.push("-");
        let args: Vec<String> = words.into_iter().map(String::from).collect();
        let ports = HookPorts { resolve: self.ports(), links: &self.links };
        qemu(&args, xml.as_bytes(), &ports).await
    }

    pub(crate) fn mask(&self, command: MaskingCommand) {
        self.san.apply(Command::Masking(ArrayIx(0), command)).unwrap();
    }

    pub(crate) fn map(&self, group: &str, volume: &str, lun: u32) {
        let (group, volume) = (group.into(), volume.into());
        self.mask(MaskingCommand::Map { group, volume, lun });
    }

    pub(crate) fn unmap(&self, group: &str, volume: &str) {
        let (group, volume) = (group.into(), volume.into());
        self.mask(MaskingCommand::Unmap { group, volume });
    }
}

pub(crate) fn parse(xml: &str) -> Domain {
    Domain::parse("web1.xml", xml).unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn lines(resolution: &Resolution) -> String {
    resolution.findings().iter().flat_map(|finding| [finding.to_string(), "\n".into()]).collect()
}

/// A guest with these devices, each on lines of its own from line 5 on.
pub(crate) fn guest(devices: &[&str]) -> String {
    named("web1", UUID, devices)
}

pub(crate) fn named(name: &str, uuid: &str, devices: &[&str]) -> String {
    let devices: String = devices.iter().flat_map(|device| ["    ", device, "\n"]).collect();
    format!(
        "<domain type='kvm'>\n  <name>{name}</name>\n  <uuid>{uuid}</uuid>\n  <devices>\n{devices}  </devices>\n</domain>\n"
    )
}

/// A disk on one line.
pub(crate) fn disk(kind: &str, source: &str, target: &str) -> String {
    format!(
        "<disk type='{kind}' device='disk'><driver name='qemu' type='raw'/><source {source}/><target dev='{target}' bus='virtio'/></disk>"
    )
}

pub(crate) fn volume(pool: &str, volume: &str, target: &str) -> String {
    disk("volume", &format!("pool='{pool}' volume='{volume}'"), target)
}

pub(crate) fn hostdev(host: HostNo, target: u32, unit: u64) -> String {
    format!(
        "<hostdev mode='subsystem' type='scsi'><source><adapter name='scsi_host{}'/><address bus='0' target='{target}' unit='{unit}'/></source></hostdev>",
        host.0
    )
}
