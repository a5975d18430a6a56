//! Every order of the layers answers the same while nothing is made to fail.

use std::sync::Arc;

use npivot_hal::layer::{
    CheckedArray, CheckedFabric, CheckedHost, FaultyArray, FaultyFabric, FaultyHost, Pass,
    TraceLog, TracedArray, TracedFabric, TracedHost,
};
use npivot_hal::{Array, Fabric, Host};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::commands::{OnFabric, Said, on_array, on_fabric, on_host, run_on_fabric};
use crate::toy::{ToyArray, ToyFabric, ToyHost};

/// A kind of layer.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Checked,
    Traced,
    Faulty,
}

use Kind::{Checked, Faulty, Traced};

/// Every order, the innermost first, of some and of all, and some with one kind twice.
const ORDERS: [&[Kind]; 18] = [
    &[Checked],
    &[Traced],
    &[Faulty],
    &[Checked, Traced],
    &[Traced, Checked],
    &[Checked, Faulty],
    &[Faulty, Checked],
    &[Traced, Faulty],
    &[Faulty, Traced],
    &[Checked, Traced, Faulty],
    &[Checked, Faulty, Traced],
    &[Traced, Checked, Faulty],
    &[Traced, Faulty, Checked],
    &[Faulty, Checked, Traced],
    &[Faulty, Traced, Checked],
    &[Checked, Checked],
    &[Traced, Checked, Traced],
    &[Faulty, Checked, Faulty],
];

macro_rules! stack {
    ($name:ident, $machine:ident, $checked:ident, $traced:ident, $faulty:ident) => {
        fn $name(toy: impl $machine + 'static, order: &[Kind]) -> Arc<dyn $machine> {
            let log = Arc::new(TraceLog::new(4));
            order.iter().fold(Arc::new(toy) as Arc<dyn $machine>, |inner, kind| match kind {
                Checked => Arc::new($checked::new(inner)),
                Traced => Arc::new($traced::new(inner, log.clone())),
                Faulty => Arc::new($faulty::new(inner, Arc::new(Pass))),
            })
        }
    };
}

stack!(host, Host, CheckedHost, TracedHost, FaultyHost);
stack!(fabric, Fabric, CheckedFabric, TracedFabric, FaultyFabric);
stack!(array, Array, CheckedArray, TracedArray, FaultyArray);

/// Answers of a fabric, without the kinds of errors: a call can be wrong in two ways at once (a stale
/// transaction, and a name that cannot be), and either may be told.
fn on_a_fabric(order: &[Kind], calls: &[OnFabric]) -> Vec<Option<String>> {
    let said = run_on_fabric(&*fabric(ToyFabric::default(), order), calls);
    said.into_iter().map(Result::ok).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]

    #[test]
    fn of_a_host(calls in vec(on_host(), 1..60)) {
        let answers = |order: &[Kind]| -> Vec<Said> {
            let host = host(ToyHost::default(), order);
            calls.iter().map(|call| call.run(&*host)).collect()
        };
        let bare = answers(&[]);
        for order in ORDERS {
            prop_assert_eq!(&answers(order), &bare, "{:?}", order);
        }
    }

    #[test]
    fn of_a_fabric(calls in vec(on_fabric(), 1..60)) {
        let calls = [&*calls, &[OnFabric::Defined, OnFabric::Effective]].concat();
        let bare = on_a_fabric(&[], &calls);
        for order in ORDERS {
            prop_assert_eq!(&on_a_fabric(order, &calls), &bare, "{:?}", order);
        }
    }

    #[test]
    fn of_an_array(calls in vec(on_array(), 1..60)) {
        let answers = |order: &[Kind]| -> Vec<Said> {
            let array = array(ToyArray::default(), order);
            calls.iter().map(|call| call.run(&*array)).collect()
        };
        let bare = answers(&[]);
        for order in ORDERS {
            prop_assert_eq!(&answers(order), &bare, "{:?}", order);
        }
    }
}
