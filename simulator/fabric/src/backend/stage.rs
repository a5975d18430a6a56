//! Where a world runs, for those who work on it from outside of it.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use super::{SimArray, SimFabric};
use crate::san::ids::{ArrayIx, FabricIx};
use crate::world::{Answer, Command, World};

/// Where a world runs: whoever has it, and lets its time pass.
///
/// [`Simulation`](super::Simulation) is one, with tokio's time. A forwarder with real wires is another. What
/// the management of fabrics and arrays needs of either is this, so there is one [`SimFabric`] and one
/// [`SimArray`] for both.
///
/// # For backend authors
/// The world must be at the present instant when it is shown. What follows from an act must happen without a
/// further call.
pub trait Stage: Debug + Send + Sync {
    /// Shows the world as it is now.
    fn look(&self, look: &mut dyn FnMut(&World));

    /// Hands the world out to be changed, now.
    fn act(&self, act: &mut dyn FnMut(&mut World));
}

/// The fabric of this name in the world that runs there.
pub fn fabric_of(stage: &Arc<dyn Stage>, name: &str) -> Option<SimFabric> {
    let find = |world: &World| world.san().fabrics.iter().position(|f| f.name == name);
    let ix = FabricIx::from_index(Access(Arc::clone(stage)).with(find)?);
    Some(SimFabric::new(Access(Arc::clone(stage)), ix, name.to_owned()))
}

/// The array of this name in the world that runs there.
pub fn array_of(stage: &Arc<dyn Stage>, name: &str) -> Option<SimArray> {
    let find = |world: &World| world.arrays().iter().position(|array| array.name() == name);
    let ix = ArrayIx::from_index(Access(Arc::clone(stage)).with(find)?);
    Some(SimArray::new(Access(Arc::clone(stage)), ix, name.to_owned()))
}

/// All fabrics of the world that runs there, in order of definition.
pub fn fabrics_of(stage: &Arc<dyn Stage>) -> Vec<SimFabric> {
    let names = |world: &World| world.san().fabrics.iter().map(|f| f.name.clone()).collect();
    let names: Vec<String> = Access(Arc::clone(stage)).with(names);
    names.iter().filter_map(|name| fabric_of(stage, name)).collect()
}

/// All arrays of the world that runs there, in order of definition.
pub fn arrays_of(stage: &Arc<dyn Stage>) -> Vec<SimArray> {
    let names = |world: &World| world.arrays().iter().map(|a| a.name().to_owned()).collect();
    let names: Vec<String> = Access(Arc::clone(stage)).with(names);
    names.iter().filter_map(|name| array_of(stage, name)).collect()
}

/// A stage with what a backend does on it.
#[derive(Debug, Clone)]
pub(super) struct Access(pub(super) Arc<dyn Stage>);

impl Access {
    /// Looks at the world as it is now.
    pub(super) fn with<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        let (mut look, mut seen) = (Some(look), None);
        self.0.look(&mut |world| seen = look.take().map(|look| look(world)));
        seen.expect("a stage shows its world once")
    }

    /// Asks something of the world, now.
    pub(super) fn apply(&self, command: Command) -> Answer {
        let (mut command, mut answer) = (Some(command), None);
        self.0.act(&mut |world| answer = command.take().map(|command| world.apply(command)));
        answer.expect("a stage hands its world out once")
    }

    /// Asks something that takes its time: it is done after a time drawn from this range, if the caller
    /// still waits by then.
    pub(super) async fn apply_after(&self, range: (u64, u64), command: Command) -> Answer {
        let mut wait_us = 0;
        self.0.act(&mut |world| wait_us = world.draw_service_time(range));
        tokio::time::sleep(Duration::from_micros(wait_us)).await;
        self.apply(command)
    }
}
