//! The queue holds what will happen, and little else.

use npivot_hal::HostNo;

use super::{ALPHA, ALPHA_PORT, campus, run};
use crate::world::{Command, HostCommand, SimTime, World};

fn bounce(world: &mut World) {
    for on in [false, true] {
        world.apply(Command::Light { port: ALPHA_PORT, on }).unwrap();
        run(world, 20);
    }
}

#[test]
fn a_time_out_that_is_over_is_nothing_to_wait_for() {
    let mut world = campus(0);
    assert_eq!(world.next_due(), None);
    bounce(&mut world);
    assert!(world.settle(world.now() + 1_000_000), "all is back: no dev_loss is due any more");
    assert_eq!((world.next_due(), world.queue.len()), (None, 0));
}

#[test]
fn a_link_that_bounces_for_years_fills_nothing() {
    let mut world = campus(0);
    let adapter = HostNo(0);
    for command in [
        HostCommand::SetFastIoFail { adapter, rport: 0, secs: Some(5) },
        HostCommand::SetDevLoss { adapter, secs: u32::MAX },
    ] {
        world.apply(Command::Host(ALPHA, command)).unwrap();
    }
    // The other adapter is dark all the time: what it waits for stands first and hides the rest.
    world.apply(Command::Light { port: crate::san::ids::PortIx(96), on: false }).unwrap();
    for _ in 0..2_000 {
        bounce(&mut world);
    }
    assert!(world.queue.len() <= 1_024, "{} entries", world.queue.len());
    world.advance(SimTime(world.now().0 + 61_000_000));
    assert_eq!(world.next_due(), None);
}
