//! Random days of two hosts on one store, with deaths at any moment: no name is given out twice, and none is
//! lost.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use npivot::node::VhbaRecord;
use npivot::store::{Change, MemoryStore, Row, Store, StoreError, Watch};
use npivot_fabric::Simulation;
use proptest::prelude::*;

use crate::turns::{InTurn, Turns};
use crate::{both, define_new, definition, node, pair, range, san};

/// How many names there are.
const NAMES: u64 = 48;
const HOSTS: [&str; 2] = ["alpha", "beta"];

#[derive(Debug, Clone)]
enum Step {
    /// On a host a vHBA is defined under new names, by this chance.
    Define(usize, u8, u64),
    /// It is defined under names that somebody has chosen.
    Choose(usize, u8, u64),
    Undefine(usize, u8),
    /// Both hosts define one at once, with the same chance, in this order of their calls.
    Race(usize, u64),
}

/// When the process dies: at which of its calls, before or after that call has done its work.
type Death = Option<(u8, bool)>;

fn steps() -> impl Strategy<Value = Vec<(Step, Death)>> {
    let (host, name) = (0..2_usize, 0..6_u8);
    let step = prop_oneof![
        4 => (host.clone(), name.clone(), any::<u64>()).prop_map(|(h, n, c)| Step::Define(h, n, c)),
        1 => (host.clone(), name.clone(), 0..NAMES).prop_map(|(h, n, at)| Step::Choose(h, n, at)),
        3 => (host, name).prop_map(|(h, n)| Step::Undefine(h, n)),
        1 => (0..252_usize, any::<u64>()).prop_map(|(order, chance)| Step::Race(order, chance)),
    ];
    let death = prop::option::weighted(0.4, (0..8_u8, any::<bool>()));
    prop::collection::vec((step, death), 1..30)
}

/// A store whose caller dies.
#[derive(Debug)]
struct Dying(Arc<dyn Store>, Mutex<Death>);

impl Dying {
    async fn call<T>(
        &self,
        call: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let now = {
            let mut death = self.1.lock().unwrap();
            match &mut *death {
                Some((0, after)) => Some(*after),
                Some((calls, _)) => {
                    *calls -= 1;
                    None
                }
                None => None,
            }
        };
        let dead = || Err(StoreError::Store("the process is dead".into()));
        match now {
            None => call.await,
            Some(after) => {
                // From then on no call does anything.
                *self.1.lock().unwrap() = Some((0, false));
                if after {
                    let _ = call.await;
                }
                dead()
            }
        }
    }
}

#[async_trait]
impl Store for Dying {
    async fn list(&self, prefix: &str) -> Result<Vec<Row<Vec<u8>>>, StoreError> {
        self.call(self.0.list(prefix)).await
    }
    async fn get(&self, key: &str) -> Result<Option<Row<Vec<u8>>>, StoreError> {
        self.call(self.0.get(key)).await
    }
    async fn commit(&self, changes: Vec<Change>) -> Result<(), StoreError> {
        self.call(self.0.commit(changes)).await
    }
    async fn watch(&self, prefix: &str, since: Option<u64>) -> Result<Watch, StoreError> {
        self.call(self.0.watch(prefix, since)).await
    }
}

/// All definitions: host and name, and the names given.
async fn defined(store: &dyn Store) -> BTreeMap<String, [u64; 2]> {
    let rows = store.list("vhba/").await.unwrap().into_iter();
    let names = |row: Row<Vec<u8>>| {
        let record: VhbaRecord = serde_json::from_slice(&row.value).unwrap();
        (row.key, both(record.names))
    };
    rows.map(names).collect()
}

/// What each process does is one step; then it ends, or has died.
async fn take(san: &Simulation, store: &Arc<dyn Store>, step: &Step, death: Death) {
    let process = |host: usize| {
        let store = Arc::new(Dying(Arc::clone(store), Mutex::new(death)));
        node(san, HOSTS[host], store).with_range(range(0..=NAMES - 1))
    };
    match step {
        Step::Define(host, name, chance) => {
            let _ = define_new(&process(*host), &format!("v{name}"), *chance).await;
        }
        Step::Choose(host, name, at) => {
            let names = pair(*at, (*at + 1) % NAMES);
            let _ = process(*host).define_vhba(&definition(&format!("v{name}"), names)).await;
        }
        Step::Undefine(host, name) => {
            let _ = process(*host).undefine_vhba(&format!("v{name}")).await;
        }
        Step::Race(order, chance) => {
            let turns = Turns::all(5).nth(*order).unwrap();
            let of = |host: usize| {
                let store = InTurn(Arc::clone(store), Arc::clone(&turns), host);
                let dying = Arc::new(Dying(Arc::new(store), Mutex::new(death)));
                node(san, HOSTS[host], dying).with_range(range(0..=NAMES - 1))
            };
            let (alpha, beta) = (of(0), of(1));
            let _ = tokio::join!(
                turns.work(0, define_new(&alpha, "race", *chance)),
                turns.work(1, define_new(&beta, "race", *chance)),
            );
        }
    }
}

async fn day(steps: &[(Step, Death)]) {
    let san = san();
    let store: Arc<dyn Store> = Arc::new(MemoryStore::default());
    let (mut known, mut ever) = (BTreeMap::<String, [u64; 2]>::new(), BTreeSet::new());
    for (step, death) in steps {
        take(&san, &store, step, *death).await;
        let now = defined(&*store).await;
        for (vhba, names) in &now {
            if known.get(vhba) != Some(names) {
                let old = names.iter().filter(|name| !ever.insert(**name)).count();
                let chosen = matches!(step, Step::Choose(..));
                assert!(old == 0 || chosen, "{step:?} gave {vhba} names again");
            }
        }
        known = now;
        // What was given out is what has been seen in a definition: nothing leaks, nothing is forgotten.
        let rows = store.list("names/").await.unwrap();
        let noted: usize = rows.iter().map(|row| row.value.len() / 2).sum();
        assert_eq!(noted, ever.len(), "after {step:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_name_is_given_out_twice(steps in steps()) {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_time().start_paused(true).build().unwrap().block_on(day(&steps));
    }
}
