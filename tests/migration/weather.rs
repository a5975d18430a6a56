//! Bad weather: links that go and come at any moment of a migration. First safety while it lasts, then
//! healing: once the links are back, the SAN is what the outcome says.

use std::time::Duration;

use npivot::migration::clear_residue;
use npivot_fabric::san::ids::PortIx;
use npivot_fabric::world::Command;
use proptest::prelude::*;

use crate::bed::{Bed, calm};

/// The switch ports of the hosts and the array in the example, by switch and number.
const LINKS: [(&str, u16); 8] =
    [("a1", 0), ("a1", 1), ("a1", 8), ("a1", 9), ("b1", 0), ("b1", 1), ("b1", 8), ("b1", 9)];

fn port(bed: &Bed, (switch, number): (&str, u16)) -> PortIx {
    bed.san.with(|world| {
        let switch = world.san().switches.iter().find(|s| s.name == switch).unwrap();
        switch.port(number).unwrap()
    })
}

/// One link that goes at some moment and comes back after a while, in milliseconds.
type Outage = (usize, u64, u64);

async fn migrate_in(weather: Vec<Outage>) {
    let bed = Bed::new().await;
    for (link, after, lasts) in weather.clone() {
        let (san, port) = (bed.san.clone(), port(&bed, LINKS[link]));
        tokio::spawn(async move {
            san.run_for(Duration::from_millis(after)).await;
            let _ = san.apply(Command::Light { port, on: false });
            san.run_for(Duration::from_millis(lasts)).await;
            let _ = san.apply(Command::Light { port, on: true });
        });
    }
    let context = format!("{weather:?}");
    let outcome = bed.migrate(&calm()).await;
    // Every outage is over by then, and every adapter has logged in again.
    bed.san.run_for(Duration::from_secs(40)).await;
    let Ok(mut outcome) = outcome else {
        return bed.must_have_lost_nothing(&context).await;
    };
    if let npivot::migration::Outcome::Done { residue }
    | npivot::migration::Outcome::RolledBack { residue, .. } = &mut outcome
    {
        let (site, guest) = (bed.site(&calm()), bed.guest_under(&calm()));
        let left = clear_residue(&site, &guest, std::mem::take(residue)).await;
        assert!(left.is_empty(), "{context}: {left:?}");
    }
    bed.must_be(&outcome, &context).await;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn no_weather_loses_a_write_or_leaves_a_trace(
        weather in prop::collection::vec((0..LINKS.len(), 0..6_000_u64, 1..9_000_u64), 1..4)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(migrate_in(weather));
    }
}
