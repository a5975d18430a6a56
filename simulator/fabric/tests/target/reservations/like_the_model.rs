//! Any orders of anybody: the array does what the model does, lets through whom the model lets through,
//! and tells those whom the model tells.

use proptest::prelude::*;

use super::model::{Model, Who};
use super::{End, TYPES, ended, generation, list, order, read};
use crate::bench::{Bench, Sense, cdb_10, nexus};

#[derive(Debug, Clone)]
struct Step {
    who: Who,
    action: u8,
    kind: u8,
    /// The sender's own key, or another.
    key: Option<u64>,
    other: u64,
    /// Whether all look afterwards what they are owed.
    look: bool,
}

fn a_step() -> impl Strategy<Value = Step> {
    let kind = prop::sample::select(TYPES.to_vec());
    let key = prop_oneof![4 => Just(None), 1 => (0_u64..4).prop_map(Some)];
    let who = ((1_u64..4), (0_u16..2));
    (who, 0_u8..7, kind, key, 0_u64..4, any::<bool>()).prop_map(
        |(who, action, kind, key, other, look)| Step { who, action, kind, key, other, look },
    )
}

fn everybody() -> impl Iterator<Item = Who> {
    (1..4).flat_map(|n| (0..2).map(move |port| (n, port)))
}

/// All that is owed to one, told by one TEST UNIT READY after another.
fn owed(bench: &mut Bench, (n, port): Who) -> Vec<Sense> {
    let mut all: Vec<Sense> = std::iter::from_fn(|| bench.ready(nexus(n, port))).take(9).collect();
    all.sort_unstable();
    all
}

fn check_data(bench: &mut Bench, model: &Model) -> Result<(), TestCaseError> {
    prop_assert_eq!(generation(bench), model.generation);
    let (status, rest) = (read(bench, 3), &mut vec![]);
    for entry in status[8..].chunks(48) {
        let key = u64::from_be_bytes(entry[..8].try_into().unwrap());
        let port = u16::from_be_bytes(entry[18..20].try_into().unwrap()) - 1;
        let n = u64::from(entry[39]);
        rest.push(((n, port), key));
        let holds = model.holders().contains(&(n, port));
        let kind = model.reserved.filter(|_| holds).map_or(0, |(kind, _)| kind);
        prop_assert_eq!(&entry[12..14], &[u8::from(holds), kind]);
    }
    let mut registered = model.registered.clone();
    registered.sort_unstable();
    prop_assert_eq!(rest, &registered);
    let held = super::holder(bench).map(|(_, kind)| kind);
    prop_assert_eq!(held, model.reserved.map(|(kind, _)| kind));
    Ok(())
}

fn check_access(bench: &mut Bench, model: &Model) -> Result<(), TestCaseError> {
    for who in everybody() {
        let mut goes =
            |cdb: &[u8], data: &[u8]| ended(bench, nexus(who.0, who.1), cdb, data) != End::Conflict;
        let found = (goes(&cdb_10(0x28, 0, 0, 1), &[]), goes(&cdb_10(0x2a, 0, 0, 1), &[1; 512]));
        prop_assert_eq!(found, model.may(who), "{:?}", who);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn the_array_is_the_model(steps in prop::collection::vec(a_step(), 0..60)) {
        let (mut bench, mut model) = (Bench::new(), Model::default());
        for step in &steps {
            let key = step.key.unwrap_or_else(|| model.key(step.who).unwrap_or(0));
            let expected = model.order(step.who, step.action, step.kind, key, step.other);
            let from = nexus(step.who.0, step.who.1);
            // What the sender is owed would come before its order.
            let mut before: Vec<Sense> = vec![];
            let cdb = order(step.action, step.kind);
            let found = loop {
                match ended(&mut bench, from, &cdb, &list(key, step.other, 0)) {
                    End::Check(sense @ (0x06, ..)) => before.push(sense),
                    other => break other,
                }
            };
            for sense in before {
                let at = model.owed.iter().position(|owed| *owed == (step.who, sense));
                prop_assert!(at.is_some(), "{:?} was not owed {:02x?}", step.who, sense);
                model.owed.remove(at.unwrap());
            }
            prop_assert_eq!(found, expected, "{:?}", step);
            if step.look {
                for who in everybody() {
                    let mut expected: Vec<Sense> = vec![];
                    model.owed.retain(|(one, sense)| {
                        if *one == who {
                            expected.push(*sense);
                        }
                        *one != who
                    });
                    expected.sort_unstable();
                    prop_assert_eq!(owed(&mut bench, who), expected, "{:?} after {:?}", who, step);
                }
                check_data(&mut bench, &model)?;
                check_access(&mut bench, &model)?;
            }
        }
    }
}
