//! Two hosts on one store, in every order of their calls.

use std::collections::BTreeSet;
use std::sync::Arc;

use npivot::node::{NewVhba, Node, NodeError};
use npivot::store::{MemoryStore, Store};
use npivot_hal::Outcome;

use crate::turns::{InTurn, Turns};
use crate::{both, define_new, definition, node, pair, range, san, vports};

/// Alpha and beta, whose calls to the store are in turns.
fn in_turns(san: &npivot_fabric::Simulation, turns: &Arc<Turns>) -> (Arc<MemoryStore>, [Node; 2]) {
    let store = Arc::new(MemoryStore::default());
    let of = |who| -> Arc<dyn Store> {
        Arc::new(InTurn(Arc::clone(&store) as _, Arc::clone(turns), who))
    };
    let nodes = [node(san, "alpha", of(0)), node(san, "beta", of(1))];
    (store, nodes)
}

/// Both draw the same names, as their chance is the same: one of them has to draw again.
#[tokio::test(start_paused = true)]
async fn two_that_draw_the_same_names_get_different_ones() {
    let (san, mut orders) = (san(), 0);
    for turns in Turns::all(5) {
        let (store, [alpha, beta]) = in_turns(&san, &turns);
        let (alpha, beta) = (alpha.with_range(range(0..=7)), beta.with_range(range(0..=7)));
        let (one, other) = tokio::join!(
            turns.work(0, define_new(&alpha, "web", 1)),
            turns.work(1, define_new(&beta, "web", 1)),
        );
        let (one, other): (NewVhba, NewVhba) = (one.unwrap(), other.unwrap());
        let names: BTreeSet<u64> = [one.names, other.names].into_iter().flat_map(both).collect();
        assert_eq!(names.len(), 4, "{turns:?}: {} and {}", one.names, other.names);
        let given = store.list("names/").await.unwrap();
        assert_eq!(given[0].value.len(), 2 * 4, "four names are given out, and no other");
        orders += 1;
    }
    assert_eq!(orders, 252);
}

/// One names what the other draws.
#[tokio::test(start_paused = true)]
async fn names_that_somebody_chose_at_the_same_time_are_not_drawn() {
    let san = san();
    let free = Node::new(san.host("alpha").unwrap(), Arc::new(MemoryStore::default()));
    let drawn = define_new(&free, "web", 1).await.unwrap().names;
    for turns in Turns::all(5) {
        let (_, [alpha, beta]) = in_turns(&san, &turns);
        let chosen = definition("db", drawn);
        let (one, other) = tokio::join!(
            turns.work(0, define_new(&alpha, "web", 1)),
            turns.work(1, beta.define_vhba(&chosen)),
        );
        assert_eq!(other.unwrap(), Outcome::Changed);
        // Who draws first has them first; whoever names them then does so knowingly.
        let one = one.unwrap().names;
        let first = one == drawn;
        assert!(first || both(one).iter().all(|name| !both(drawn).contains(name)), "{one}");
    }
}

#[tokio::test(start_paused = true)]
async fn of_two_that_start_one_identity_one_is_refused() {
    let mut winners = BTreeSet::new();
    for turns in Turns::all(4) {
        let san = san();
        let (store, [alpha, beta]) = in_turns(&san, &turns);
        for host in ["alpha", "beta"] {
            let free = node(&san, host, Arc::clone(&store) as _);
            let _ = free.define_vhba(&definition("web", pair(1, 0x101))).await.unwrap();
        }
        let (one, other) = tokio::join!(
            turns.work(0, alpha.start_vhba("web")),
            turns.work(1, beta.start_vhba("web")),
        );
        let (winner, error) = match (one, other) {
            (Ok(_), Err(error)) => ("alpha", error),
            (Err(error), Ok(_)) => ("beta", error),
            both => panic!("{turns:?}: {both:?}"),
        };
        assert!(matches!(&error, NodeError::Held { holder, .. } if holder == winner), "{error}");
        for host in ["alpha", "beta"] {
            let there = vports(&san.host(host).unwrap()).await;
            assert_eq!(there.contains(&pair(1, 0x101)), host == winner, "{turns:?}");
        }
        let ups = store.list("vhba-up/").await.unwrap();
        assert_eq!(ups.len(), 1, "the refused start is not noted");
        winners.insert(winner);
    }
    assert_eq!(winners.len(), 2, "who wins depends on the order");
}

/// Whatever the order, an identity moves from one host to the other with a stop and a start.
#[tokio::test(start_paused = true)]
async fn a_stop_and_a_start_elsewhere_never_overlap() {
    let mut started = 0;
    for turns in Turns::all(5) {
        let san = san();
        let (store, [alpha, beta]) = in_turns(&san, &turns);
        for host in ["alpha", "beta"] {
            let free = node(&san, host, Arc::clone(&store) as _);
            let _ = free.define_vhba(&definition("web", pair(1, 0x101))).await.unwrap();
            if host == "alpha" {
                free.start_vhba("web").await.unwrap();
            }
        }
        let (stopped, start) = tokio::join!(
            turns.work(0, alpha.stop_vhba("web")),
            turns.work(1, beta.start_vhba("web")),
        );
        assert_eq!(stopped.unwrap(), Outcome::Changed);
        assert!(vports(&san.host("alpha").unwrap()).await.is_empty());
        match start {
            Ok(_) => started += 1,
            Err(NodeError::Held { holder, .. }) => {
                assert_eq!(holder, "alpha");
                beta.start_vhba("web").await.unwrap();
            }
            Err(error) => panic!("{turns:?}: {error}"),
        }
    }
    assert!(started > 0, "in some orders it is free in time");
}
