//! A boot of a host with 255 vHBAs of 4 LUNs each, 1,000 definitions and a list of them, kept in a file: what
//! they cost in wall time. Booting the SAN, and defining what is started or listed, is outside of what is
//! measured.

use std::fmt::Write;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use npivot::libvirt::ParentChoice;
use npivot::node::{Node, VhbaDefinition};
use npivot::store::FileStore;
use npivot_fabric::{Simulation, Topology};
use npivot_hal::{Host, WwnPair};

const VHBAS: u64 = 255;
const LUNS: u32 = 4;

fn names(n: u64) -> WwnPair {
    let (wwpn, wwnn) = (0x5001_a4a0_0000_0000 + n, 0x5001_a4a0_1000_0000 + n);
    WwnPair::new(format!("{wwpn:016x}").parse().unwrap(), format!("{wwnn:016x}").parse().unwrap())
}

/// One host with one HBA on one switch, an array with one port, and all names zoned and masked.
fn san() -> String {
    let mut initiators = String::new();
    for n in 0..VHBAS {
        write!(initiators, "\"{}\", ", names(n).wwpn).unwrap();
    }
    let (mut volumes, mut luns) = (String::new(), String::new());
    for n in 0..LUNS {
        writeln!(volumes, "v{n} = \"1 GiB\"").unwrap();
        writeln!(luns, "{n} = \"v{n}\"").unwrap();
    }
    let port = "\"5006016000000000\"";
    format!(
        "[fabric.a]\n\
         switches = [{{ name = \"s\", domain = 1, logins-per-port = 300 }}]\n\
         [fabric.a.zone]\n\
         all = {{ principals = [{port}], peers = [{initiators}] }}\n\
         [host.big]\n\
         hbas = [{{ wwpn = \"2100000000000a00\", port = \"s/0\", vports = {VHBAS} }}]\n\
         [array.vault]\n\
         wwnn = \"500601608000000a\"\n\
         ports = [{{ wwpn = {port}, port = \"s/8\" }}]\n\
         [array.vault.volumes]\n{volumes}\
         [array.vault.group.all]\n\
         initiators = [{initiators}]\n\
         [array.vault.group.all.luns]\n{luns}"
    )
}

fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_time().start_paused(true).build().unwrap()
}

struct Ready {
    runtime: tokio::runtime::Runtime,
    host: Arc<dyn Host>,
    node: Node,
    _dir: tempfile::TempDir,
}

/// A host that has just booted, with so many definitions that start at boot, in a file.
fn booted(topology: &Topology, definitions: u64) -> Ready {
    let dir = tempfile::tempdir().unwrap();
    let records = FileStore::open(dir.path().join("npivot.redb")).unwrap();
    let runtime = runtime();
    let (host, node) = runtime.block_on(async {
        let san = Simulation::booted(topology, 0);
        let host: Arc<dyn Host> = san.host("big").unwrap();
        let node = Node::new(Arc::clone(&host), Arc::new(records));
        define(&node, definitions).await;
        for n in 0..definitions {
            let _ = node.autostart_vhba(&format!("vhba{n}"), true).await.unwrap();
        }
        (host, node)
    });
    Ready { runtime, host, node, _dir: dir }
}

async fn define(node: &Node, definitions: u64) {
    for n in 0..definitions {
        let name = format!("vhba{n}").parse().unwrap();
        let definition =
            VhbaDefinition { name, names: names(n), parent: ParentChoice::Automatic, xml: None };
        let _ = node.define_vhba(&definition).await.unwrap();
    }
}

fn boot(Ready { runtime, host, node, _dir }: Ready) {
    runtime.block_on(async {
        let findings = node.findings(true).await.unwrap();
        assert_eq!(findings.actions.len(), usize::try_from(VHBAS).unwrap());
        let reconciled = node.reconcile(findings).await;
        assert!(reconciled.failed.is_empty(), "{:?}", reconciled.failed);
        assert_eq!(host.adapters().await.unwrap().len(), usize::try_from(VHBAS).unwrap() + 1);
    });
}

fn node(criterion: &mut Criterion) {
    let topology = Topology::parse("node.toml", &san()).unwrap_or_else(|error| panic!("{error}"));
    let mut group = criterion.benchmark_group("node");
    group.sample_size(10);
    group.bench_function("autostart_255_vhbas", |bencher| {
        bencher.iter_batched(|| booted(&topology, VHBAS), boot, BatchSize::PerIteration);
    });
    group.bench_function("define_1000", |bencher| {
        let define = |Ready { runtime, node, .. }: Ready| runtime.block_on(define(&node, 1_000));
        bencher.iter_batched(|| booted(&topology, 0), define, BatchSize::PerIteration);
    });
    let Ready { runtime, node, _dir, .. } = booted(&topology, 1_000);
    group.bench_function("list_1000_definitions", |bencher| {
        bencher.iter(|| assert_eq!(runtime.block_on(node.vhbas()).unwrap().len(), 1_000));
    });
}

criterion_group!(benches, node);
criterion_main!(benches);
