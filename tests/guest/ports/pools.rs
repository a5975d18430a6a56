//! The pools of a node, and a guest's life on it with everything kept in records.

use std::sync::Arc;
use std::time::Duration;

use npivot::guest::hook::{HookAnswer, HookPorts, qemu};
use npivot::guest::ports::{Claims, DirectoryLinks, Pools, RecordedClaims};
use npivot::guest::{Ports, Purpose, resolve};
use npivot::libvirt::PoolDefinition;
use npivot::node::Node;
use npivot::store::FileStore;
use npivot_fabric::Simulation;
use npivot_fabric::world::random_stream;
use npivot_hal::{Host, Npiv};

use crate::bed::{guest, lines, parse, volume};

const TOPOLOGY: &str = include_str!("../../../examples/two-fabrics.toml");
const WEB1_A: &str = include_str!("../../../examples/xml/web1-a.xml");

async fn with_pool(records: &Arc<FileStore>) -> (Simulation, Node) {
    let san = Simulation::of_topology("san.toml", TOPOLOGY).unwrap_or_else(|e| panic!("{e}"));
    let alpha = san.host("alpha").unwrap();
    let node = Node::new(alpha, Arc::clone(records) as _);
    let definition = PoolDefinition::parse("pool.xml", WEB1_A).unwrap();
    let mut chance = random_stream(1, "uuid");
    let _ = node.define_pool(&definition, &mut chance).await.unwrap();
    (san, node)
}

#[tokio::test(start_paused = true)]
async fn a_pool_is_found_with_its_adapters_while_it_is_up() {
    let scratch = tempfile::tempdir().unwrap();
    let records = Arc::new(FileStore::open(scratch.path().join("store.redb")).unwrap());
    let (san, node) = with_pool(&records).await;
    assert_eq!(node.find("nobody").await.unwrap(), None);
    assert_eq!(node.find("web1-a").await.unwrap().unwrap().adapters, None);
    let up = node.start_pool("web1-a").await.unwrap();
    for name in ["web1-a", "6F3B1C528A044E0D9D571BE2C0A7F1A1"] {
        let found = node.find(name).await.unwrap().unwrap();
        assert_eq!(found.adapters.unwrap(), [up.vhbas[0].adapter]);
        assert_eq!((found.name.as_str(), found.uuid), ("web1-a", up.definition.uuid));
    }
    // Noted as up, and gone: a guest is told to start it.
    let vhba = &up.vhbas[0];
    let alpha = san.host("alpha").unwrap();
    let _ = alpha.delete_vport(vhba.parent, vhba.names).await.unwrap();
    assert_eq!(node.find("web1-a").await.unwrap().unwrap().adapters, None);
}

#[tokio::test(start_paused = true)]
async fn a_guests_life_outlives_each_process() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("store.redb");
    let records = Arc::new(FileStore::open(&path).unwrap());
    let (san, node) = with_pool(&records).await;
    let up = node.start_pool("web1-a").await.unwrap();
    let id = up.volumes.volumes.into_keys().next().unwrap();
    drop((node, records));
    let alpha: Arc<dyn Host> = san.host("alpha").unwrap();
    let links = DirectoryLinks::new(scratch.path().join("links"));
    let unlinked = guest(&[&volume("web1-a", &id.to_string(), "vda")]);
    let mut xml = unlinked.clone();
    let calls = ["resolve", "prepare begin", "start begin", "started begin", "release end"];
    for (at, call) in calls.into_iter().enumerate() {
        // Each as a process of its own.
        let records = Arc::new(FileStore::open(&path).unwrap());
        let node = Node::new(Arc::clone(&alpha), Arc::clone(&records) as _);
        let claims = RecordedClaims::new(records, Arc::new(|| Duration::ZERO));
        let ports = Ports { host: &*alpha, pools: &node, claims: &claims };
        if call == "resolve" {
            let domain = parse(&xml);
            let resolution = resolve(&domain, Purpose::Start, &ports).await;
            xml = resolution
                .to_xml(&domain, true)
                .unwrap_or_else(|_| panic!("{}", lines(&resolution)));
            continue;
        }
        let args: Vec<String> = format!("web1 {call} -").split(' ').map(String::from).collect();
        let answer =
            qemu(&args, xml.as_bytes(), &HookPorts { resolve: ports, links: &links }).await;
        assert_eq!(answer, HookAnswer::default(), "{call}");
        let held = usize::from(at < 4);
        assert_eq!(claims.users(&id).await.unwrap().len(), held, "{call}");
        assert_eq!(links.all().unwrap().len(), held, "{call}");
    }
}
