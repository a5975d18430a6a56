//! How fast the Linux backend reads a large host, beside lsscsi: a full inventory (adapters, vports, remote
//! ports, paths with identities, states, sizes and device names) of an exported directory.
//!
//! ```sh
//! cargo run --release -p npivot-tree --example export_scale -- /var/tmp/big needed shared
//! cargo run --release -p npivot-lab --example inventory_speed -- /var/tmp/big
//! ```

use std::error::Error;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use npivot_hal::Host;
use npivot_sysfs::{RootFiles, SysfsHost};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// How often both are run, in turn.
const ROUNDS: usize = 7;

#[allow(clippy::disallowed_methods, reason = "it measures the machine, not a run")]
fn main() -> Result<(), Box<dyn Error>> {
    let dir = PathBuf::from(std::env::args().nth(1).ok_or("expected an exported directory")?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let host = Arc::new(SysfsHost::new("exported", Arc::new(RootFiles::open(&dir)?)));
    let sysfs = format!("--sysfsroot={}", dir.join("sys").display());
    let (mut ours, mut theirs) = (vec![], vec![]);
    let mut count = 0;
    // The first round fills the kernel's caches and does not count.
    for round in 0..=ROUNDS {
        let start = Instant::now();
        count = runtime.block_on(inventory(&host))?;
        let own = start.elapsed();
        let start = Instant::now();
        let mut lsscsi = Command::new("lsscsi");
        lsscsi.args(["-t", "-v", &sysfs]).stdout(Stdio::null()).stderr(Stdio::null());
        if !lsscsi.status()?.success() {
            return Err("lsscsi failed".into());
        }
        if round > 0 {
            ours.push(own);
            theirs.push(start.elapsed());
        }
    }
    let (own, other) = (median(&mut ours), median(&mut theirs));
    println!("{count} paths with identities, medians of {ROUNDS} rounds in turn");
    println!("npivot            {:8.1} ms", own.as_secs_f64() * 1e3);
    println!("lsscsi -t -v      {:8.1} ms", other.as_secs_f64() * 1e3);
    println!("ratio             {:8.1}", other.as_secs_f64() / own.as_secs_f64());
    println!("our peak memory   {:8} KiB", peak_kib()?);
    Ok(())
}

/// Reads everything, adapters at once: two for each processor, so that none waits for work. How many paths.
async fn inventory(host: &Arc<SysfsHost>) -> Result<usize, Box<dyn Error>> {
    let limit = 2 * std::thread::available_parallelism()?.get();
    let places = Arc::new(Semaphore::new(limit));
    let mut work = JoinSet::new();
    for adapter in host.adapters().await? {
        let (host, places) = (Arc::clone(host), Arc::clone(&places));
        work.spawn(async move {
            let _place = places.acquire_owned().await;
            let ports = host.remote_ports(adapter.no).await?;
            let luns = host.luns().expect("a Linux host has LUNs");
            let paths = luns.paths(adapter.no).await?;
            let known = paths.iter().filter(|path| path.identity.is_ok()).count();
            Ok::<_, npivot_hal::Error>((ports.len(), known))
        });
    }
    let mut count = 0;
    while let Some(done) = work.join_next().await {
        count += done??.1;
    }
    Ok(count)
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn peak_kib() -> Result<u64, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.split_whitespace().nth(1).ok_or("no number")?.parse()?)
}
