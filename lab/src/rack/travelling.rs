//! A kernel whose clock travels, with the fabric inside.

use std::path::PathBuf;

use npivot_fabric::Topology;
use npivot_wire::ethernet::Mac;
use npivot_wire::faults::FaultPlan;

use super::{ONLINE_SECS, RackError};
use crate::kernel::{Clock, Kernel, Machine, Program, SAN_INSIDE};
use crate::wire::Site;

/// The fabric that runs inside a kernel: the `npivot` command, from this machine's files.
#[derive(Debug, Clone)]
#[allow(clippy::exhaustive_structs, reason = "a command, what it serves, and what it writes down")]
pub struct Inside {
    /// The `npivot` command, by its absolute path.
    pub npivot: PathBuf,
    /// The topology file, by its absolute path.
    pub topology: PathBuf,
    /// The file in which frames are written down, by its absolute path; its directory is shared.
    pub pcap: Option<PathBuf>,
    /// What befalls frames: the same ones in each run.
    pub faults: Option<FaultPlan>,
    /// The seed of the simulated SAN's chance.
    pub seed: u64,
}

/// A host of a topology as a kernel whose clock jumps from event to event, the simulated SAN's too. The same
/// command prints the same bytes in each run. It is not booted yet.
///
/// # Errors
/// [`RackError::Site`]: the topology has no such host. [`RackError::OneAdapter`]: the host has not exactly
/// one adapter, for which there is a wire inside.
pub fn travel(
    topology: &Topology,
    host: &str,
    kernel: &Kernel,
    inside: &Inside,
) -> Result<Machine, RackError> {
    let site = Site::of(topology, &[host], inside.seed)?;
    let [adapter] = &site.outside[..] else {
        return Err(RackError::OneAdapter { host: host.to_owned(), adapters: site.outside.len() });
    };
    let mut words: Vec<std::ffi::OsString> = vec![inside.npivot.clone().into(), "fcf".into()];
    words.push(inside.topology.clone().into());
    words.extend(["--port".into(), format!("{host}:0").into()]);
    words.extend(["--transport".into(), "packet:v1".into()]);
    words.extend(["--seed".into(), inside.seed.to_string().into()]);
    words.extend(["--control".into(), SAN_INSIDE.into()]);
    if let Some(faults) = inside.faults {
        words.extend(["--faults".into(), faults.to_string().into()]);
    }
    let mut machine = Machine::new(kernel.clone());
    if let Some(pcap) = &inside.pcap {
        words.extend(["--pcap".into(), pcap.clone().into()]);
        if let Some(directory) = pcap.parent() {
            machine.share(directory);
        }
    }
    machine.name(host).clock(Clock::Travel).online_within_secs(ONLINE_SECS).disks(adapter.disks);
    machine.beside(Mac(adapter.mac), Program::new(words));
    Ok(machine)
}
