//! The guest's writer and its audit.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use npivot_fabric::backend::SimHost;
use npivot_fabric::world::{Refusal, SimTime};
use npivot_hal::{Error, ErrorKind, Result, ScsiAddress};
use tokio::time::sleep;

use super::Block;
use super::control::Shared;

/// How long a write that no path takes is held before the paths are tried again.
const HOLD: Duration = Duration::from_millis(20);

/// What was acknowledged to the guest.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// The sequence number of the last block acknowledged at each place: volume and LBA.
    last: BTreeMap<(usize, u64), u64>,
    next: u64,
    acknowledged: u64,
    held: u64,
    last_ack: Option<SimTime>,
    longest_gap_us: u64,
}

/// What became of a guest's writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// Writes that were acknowledged.
    pub acknowledged: u64,
    /// Attempts at which no path took the write, so that it was held.
    pub held: u64,
    /// Blocks that were read back.
    pub compared: usize,
    /// Blocks that are not what was acknowledged last at their place.
    pub lost: usize,
    /// The longest time between two acknowledgements, in microseconds: the pause that the guest felt.
    pub longest_gap_us: u64,
}

/// Writes for ever, while the guest runs.
pub(super) async fn run(shared: Arc<Shared>, write_every: Duration) {
    loop {
        let running = shared.place().running;
        if !running {
            shared.woken.notified().await;
            continue;
        }
        let pause = if write_one(&shared).await { write_every } else { HOLD };
        sleep(pause).await;
    }
}

/// Writes the next block of the next volume. Whether it was acknowledged, or nothing was to be done.
async fn write_one(shared: &Shared) -> bool {
    let mut ledger = shared.io.lock().await;
    // Paused while waiting: the block is written later, wherever the guest is then.
    let (host, paths, volumes) = {
        let place = shared.place();
        if !place.running {
            return true;
        }
        let volume = volume_of(ledger.next, place.volumes.len());
        (place.host.clone(), place.devices[volume].clone(), place.volumes.len())
    };
    let volume = volume_of(ledger.next, volumes);
    let sequence = ledger.next;
    let block = Block::of(&shared.name, sequence, volumes);
    let Some(host) = shared.simulation.host(&host) else {
        return true;
    };
    let data = block.encode();
    for path in paths {
        if host.write(path, Block::lba(sequence), data.clone()).await.is_ok() {
            let now = shared.simulation.with(npivot_fabric::World::now);
            ledger.acknowledge(volume, sequence, now);
            return true;
        }
    }
    ledger.held += 1;
    false
}

fn volume_of(sequence: u64, volumes: usize) -> usize {
    usize::try_from(sequence % volumes as u64).unwrap_or(0)
}

impl Ledger {
    fn acknowledge(&mut self, volume: usize, sequence: u64, now: SimTime) {
        self.last.insert((volume, Block::lba(sequence)), sequence);
        self.next += 1;
        self.acknowledged += 1;
        if let Some(before) = self.last_ack.replace(now) {
            self.longest_gap_us = self.longest_gap_us.max(now.0.saturating_sub(before.0));
        }
    }
}

/// Reads back every place that was acknowledged.
pub(super) async fn audit(shared: &Shared) -> Result<Audit> {
    let ledger = shared.io.lock().await;
    shared.place().running = false;
    let (host, devices) = {
        let place = shared.place();
        (place.host.clone(), place.devices.clone())
    };
    let host = shared.simulation.host(&host).ok_or_else(|| {
        Error::new(ErrorKind::NotFound, "audit", &*shared.name, format!("no host {host}"))
    })?;
    let mut lost = 0;
    for (&(volume, lba), &sequence) in &ledger.last {
        let bytes = read(&host, &devices[volume], lba).await.map_err(|refusal| {
            let reason = format!("volume {volume}, block {lba}: {refusal}");
            Error::new(ErrorKind::Unreachable, "audit", &*shared.name, reason)
        })?;
        let same = Block::decode(&bytes).is_some_and(|block| {
            block.sequence == sequence
                && block.guest == shared.name
                && block.volume as usize == volume
        });
        lost += usize::from(!same);
    }
    Ok(Audit {
        acknowledged: ledger.acknowledged,
        held: ledger.held,
        compared: ledger.last.len(),
        lost,
        longest_gap_us: ledger.longest_gap_us,
    })
}

/// Reads a block through the first path that works.
async fn read(host: &SimHost, paths: &[ScsiAddress], lba: u64) -> Result<Vec<u8>, Refusal> {
    let mut last = Refusal::NoSuch("path");
    for path in paths {
        match host.read(*path, lba, 1).await {
            Ok(bytes) => return Ok(bytes),
            Err(refusal) => last = refusal,
        }
    }
    Err(last)
}
