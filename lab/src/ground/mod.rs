//! A simulated host as the ground that the Linux backend stands on: its sysfs tree as files, its devices
//! behind SCSI commands, its kernel's messages as bytes.
//!
//! This is where the simulator and a backend meet, which know nothing of each other.

mod devices;
mod files;
mod messages;

use std::sync::Arc;

use npivot_fabric::Simulation;
use npivot_fabric::backend::SimHost;
use npivot_sysfs::SysfsHost;
use npivot_tree::SimTree;

pub use devices::TreeDevices;
pub use files::TreeFiles;
pub use messages::TreeMessages;

/// The Linux backend on a simulated host; `None` if the simulation has no such host.
pub fn linux_host(simulation: &Simulation, host: &str) -> Option<SysfsHost> {
    let host: Arc<SimHost> = simulation.host(host)?;
    Some(over(simulation, &host))
}

/// The same on a host that is at hand.
pub fn over(simulation: &Simulation, host: &SimHost) -> SysfsHost {
    use npivot_hal::Host as _;
    let tree = SimTree::of(simulation, host.ix());
    SysfsHost::new(host.name(), Arc::new(TreeFiles::new(tree)))
        .with_passthrough(Arc::new(TreeDevices::new(simulation, host.ix())))
        .with_messages(Arc::new(TreeMessages::new(simulation, host.ix())))
}
