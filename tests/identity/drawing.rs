//! What is drawn, what is not, and what is said when there is nothing left.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use npivot::identity::{IdentityError, Ledger, NamesInUse};
use npivot::libvirt::ParentChoice;
use npivot::node::NodeError;
use npivot::store::{Change, FileStore, MemoryStore, Store};
use npivot_fabric::world::random_stream;
use npivot_hal::{
    DomainId, Error, ErrorKind, Fabric, FabricCapabilities, Host as _, HostNo, NameServerEntry,
    Outcome, Result, Switch, SwitchPort, WwnPair,
};

use crate::{both, define_new, definition, node, pair, range, san, wanted};

fn memory() -> Arc<dyn Store> {
    Arc::new(MemoryStore::default())
}

#[tokio::test(start_paused = true)]
async fn a_vhba_gets_names_of_the_range_and_keeps_them() {
    let node = node(&san(), "alpha", memory());
    let new = define_new(&node, "web1", 1).await.unwrap();
    assert_eq!((new.outcome, new.unasked.len()), (Outcome::Changed, 0));
    for name in both(new.names) {
        assert_eq!(name >> 36, 0x500_1a4a, "QEMU's, if nothing is said");
    }
    assert_ne!(new.names.wwpn.get(), new.names.wwnn.get());
    assert_eq!(node.vhba("web1").await.unwrap().names, new.names);
    let again = define_new(&node, "web1", 2).await.unwrap();
    assert_eq!((again.names, again.outcome), (new.names, Outcome::Unchanged));
    let mut chance = random_stream(3, "names");
    let elsewhere = ParentChoice::ByName("scsi_host1".into());
    let moved = node.define_new_vhba(&wanted("web1", elsewhere), &mut chance).await;
    let moved = moved.unwrap();
    assert_eq!((moved.names, moved.outcome), (new.names, Outcome::Changed));
    let other = define_new(&node, "web2", 1).await.unwrap();
    assert!(
        both(other.names).iter().all(|name| !both(new.names).contains(name)),
        "the same chance"
    );
    node.start_vhba("web2").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_range_is_used_up_to_its_last_name_and_then_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("npivot.redb");
    let (san, open) = (san(), || Arc::new(FileStore::open(&path).unwrap()));
    let mut given = BTreeSet::new();
    // Undefined at once, in a process of its own each time: retired is retired.
    for n in 0..4 {
        let node = node(&san, "alpha", open()).with_range(range(0x10..=0x18));
        let new = define_new(&node, "web", n).await.unwrap();
        assert!(both(new.names).iter().all(|name| given.insert(*name)), "{}", new.names);
        node.undefine_vhba("web").await.unwrap();
    }
    assert_eq!(given.len(), 8);
    let first = *given.first().unwrap();
    let node = node(&san, "alpha", open()).with_range(range(0x10..=0x18));
    let error = define_new(&node, "web", 9).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "no free name in 5001a4a000000010-5001a4a000000018: 9 of its 9 names were looked at, and each was \
         given out before or is in use; names are never given out twice, so use another range"
    );
    assert!(matches!(error, NodeError::Identity(IdentityError::Exhausted { .. })));
    assert_eq!(node.vhbas().await.unwrap(), [], "nothing is defined by it");
    // Who names one himself may have it again, as when a definition is put back.
    let back = pair(first & 0xff, 0x201);
    assert_eq!(node.define_vhba(&definition("web", back)).await.unwrap(), Outcome::Changed);
}

#[tokio::test(start_paused = true)]
async fn what_other_hosts_and_pools_have_is_not_drawn() {
    let (san, store) = (san(), memory());
    let beta = node(&san, "beta", Arc::clone(&store));
    let _ = beta.define_vhba(&definition("web", pair(0x10, 0x11))).await.unwrap();
    let xml =
        include_str!("../../examples/xml/web1-a.xml").replace("a4a000000001'", "a4a000000012'");
    let xml = xml.replace("a4a000000101'", "a4a000000013'");
    let pool = npivot::libvirt::PoolDefinition::parse("pool.xml", &xml).unwrap();
    let _ = beta.define_pool(&pool, &mut random_stream(1, "uuid")).await.unwrap();
    let alpha = node(&san, "alpha", store).with_range(range(0x10..=0x15));
    let new = define_new(&alpha, "web", 1).await.unwrap();
    let last: BTreeSet<u64> = both(pair(0x14, 0x15)).into();
    assert_eq!(BTreeSet::from(both(new.names)), last);
}

#[tokio::test(start_paused = true)]
async fn what_is_logged_in_zoned_or_masked_is_not_drawn() {
    let san = san();
    let names = pair(0x10, 0x11);
    let alpha = san.host("alpha").unwrap();
    let _ = alpha.npiv().unwrap().create_vport(HostNo(0), names).await.unwrap();
    san.run_for(std::time::Duration::from_secs(1)).await;
    let fabrics: Vec<Arc<dyn Fabric>> =
        san.fabrics().into_iter().map(|fabric| fabric as _).collect();
    let on = |host, fabrics: &[Arc<dyn Fabric>]| {
        let node = node(&san, host, memory()).with_range(range(0x10..=0x11));
        node.with_san(fabrics.to_vec(), vec![])
    };
    let is_exhausted = async |node: npivot::node::Node| {
        let drawn = define_new(&node, "web", 1).await;
        matches!(drawn, Err(NodeError::Identity(IdentityError::Exhausted { .. })))
    };
    assert!(is_exhausted(on("beta", &fabrics)).await, "the name server has it");
    assert!(is_exhausted(on("alpha", &[])).await, "the host itself has it");
    assert!(!is_exhausted(on("beta", &[])).await, "nobody who was asked has it");
    // The names of the example's zones, of which none is logged in.
    let some = || node(&san, "beta", memory()).with_range(range(1..=2));
    assert!(is_exhausted(some().with_san(fabrics, vec![])).await);
    // An array masks volumes to the same names.
    let arrays = san.arrays().into_iter().map(|array| array as _).collect();
    assert!(is_exhausted(some().with_san(vec![], arrays)).await);
    assert!(!is_exhausted(some()).await);
}

/// A fabric that answers with an error.
#[derive(Debug)]
struct Silent(ErrorKind);

impl Silent {
    fn answer<T>(&self) -> Result<T> {
        Err(Error::new(self.0, "read", "fabric silent", "it does not answer"))
    }
}

#[async_trait]
impl Fabric for Silent {
    fn name(&self) -> &'static str {
        "silent"
    }
    fn capabilities(&self) -> FabricCapabilities {
        FabricCapabilities::default()
    }
    async fn switches(&self) -> Result<Vec<Switch>> {
        self.answer()
    }
    async fn ports(&self, _: DomainId) -> Result<Vec<SwitchPort>> {
        self.answer()
    }
    async fn name_server(&self) -> Result<Vec<NameServerEntry>> {
        self.answer()
    }
}

#[tokio::test(start_paused = true)]
async fn a_fabric_that_cannot_be_reached_is_told_and_one_that_fails_is_an_error() {
    let with = |kind| {
        let silent: Arc<dyn Fabric> = Arc::new(Silent(kind));
        node(&san(), "alpha", memory()).with_san(vec![silent], vec![])
    };
    let new = define_new(&with(ErrorKind::Unreachable), "web", 1).await.unwrap();
    let [(fabric, error)] = &new.unasked[..] else { panic!("{new:?}") };
    assert_eq!((&**fabric, error.kind()), ("silent", ErrorKind::Unreachable));
    let refused = define_new(&with(ErrorKind::PermissionDenied), "web", 1).await.unwrap_err();
    assert!(matches!(refused, NodeError::Hal(_)), "{refused}");
}

#[tokio::test(start_paused = true)]
async fn a_ledger_that_cannot_be_read_gives_nothing_out() {
    let store = memory();
    let change =
        Change { key: "names/5001a4a00000".into(), expected: None, value: Some(vec![1, 2, 3]) };
    store.commit(vec![change]).await.unwrap();
    let alpha = node(&san(), "alpha", store).with_range(range(0..=9));
    let refused = define_new(&alpha, "web", 1).await.unwrap_err().to_string();
    let said = "names/5001a4a00000 of names that were given out cannot be read: it has 3 bytes";
    assert!(refused.contains(said), "{refused}");
    alpha.define_vhba(&definition("web", pair(1, 2))).await.unwrap_err();
}

/// Names that lie together, every other one given out, and some thousands that lie anywhere: a few bytes each.
#[tokio::test]
async fn a_ledger_of_many_names_is_small() {
    let bytes_of = async |range, pairs: u64| {
        let store = MemoryStore::default();
        let mut chance = random_stream(1, "names");
        let mut ledger = Ledger::of(&store);
        let mut seen = BTreeSet::new();
        for _ in 0..pairs {
            let names: WwnPair =
                ledger.draw(range, &NamesInUse::default(), &mut chance).await.unwrap();
            assert!(both(names).iter().all(|name| seen.insert(*name)));
        }
        store.commit(ledger.into_changes()).await.unwrap();
        let rows = store.list("names/").await.unwrap();
        rows.iter().map(|row| row.key.len() + row.value.len()).sum::<usize>()
    };
    let dense = bytes_of(range(0..=(1 << 17) - 1), 1 << 15).await;
    assert_eq!(dense, 2 * (8_192 + 18), "two blocks of bits, each under its key");
    let sparse = bytes_of(npivot::identity::WwnRange::QEMU, 5_000).await;
    assert!(sparse <= 10_000 * 20, "{sparse} bytes for 10,000 names far apart");
}
