//! A guest in a real kernel, and npivot's port to it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use npivot::pool::Volume;
use npivot::{GuestControl, GuestState};
use npivot_hal::{Error, ErrorKind, LunId, PathState, Result, Retry};

use super::{BLOCKS_IN_USE, Block};
use crate::line::{GuestOrder, GuestReport, Line, LineError};

/// A guest whose writer runs in one of several kernels, at the end of a [`Line`] into each.
#[derive(Debug)]
pub struct KernelGuest {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    name: String,
    hosts: BTreeMap<String, Arc<Line>>,
    write_every_ms: u32,
    /// The volumes, in the guest's order.
    volumes: Vec<LunId>,
    /// Held during each order: one after the other.
    place: Mutex<Place>,
}

/// Where the guest is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Running(String),
    Paused(String),
    /// Whether it has begun on the second was not answered.
    Between(String, String),
}

impl KernelGuest {
    /// Starts a guest on a host with these volumes, which it writes to, one block per `write_every`, each volume
    /// in turn. `hosts` are the lines into the kernels that it can be in.
    ///
    /// # Errors
    /// `InvalidArgument`: a volume without a path, no volume at all, no such host; what the line or the kernel
    /// refuses.
    pub async fn start(
        name: &str,
        hosts: BTreeMap<String, Arc<Line>>,
        host: &str,
        volumes: &[Volume],
        write_every: Duration,
    ) -> Result<Self> {
        let shared = Arc::new(Shared {
            name: name.to_owned(),
            hosts,
            write_every_ms: u32::try_from(write_every.as_millis()).unwrap_or(u32::MAX),
            volumes: volumes.iter().map(|volume| volume.id.clone()).collect(),
            place: Mutex::new(Place::Paused(host.to_owned())),
        });
        let guest = Self { shared };
        let (host, volumes) = (host.to_owned(), volumes.to_vec());
        guest
            .work(move |shared, place| shared.begin(place, "start guest", &host, &volumes, 0))
            .await?;
        Ok(guest)
    }

    /// How its writer does, where it is.
    ///
    /// # Errors
    /// `NoAnswer`: the line is broken; `Unreachable`: nobody can say where it is.
    pub async fn report(&self) -> Result<GuestReport> {
        self.reached(0).await
    }

    /// The same, once this many writes were acknowledged to it; or when it does not write, or half a minute has
    /// passed.
    ///
    /// # Errors
    /// As of [`report`](Self::report).
    pub async fn reached(&self, writes: u64) -> Result<GuestReport> {
        self.work(move |shared, place| {
            let host = shared.settle(place)?.host().to_owned();
            shared.order("report", &host, GuestOrder::Report { reached: writes })
        })
        .await
    }

    /// What must be on its volumes once it is paused, with the next block of this number: volume, LBA and content
    /// of each place that was written to.
    pub fn acknowledged(&self, next: u64) -> impl Iterator<Item = (usize, u64, Block)> {
        let (name, volumes) = (&self.shared.name, self.shared.volumes.len());
        let mut last = BTreeMap::new();
        for sequence in next.saturating_sub(BLOCKS_IN_USE * volumes as u64)..next {
            let block = Block::of(name, sequence, volumes);
            last.insert((block.volume as usize, Block::lba(sequence)), block);
        }
        last.into_iter().map(|((volume, lba), block)| (volume, lba, block))
    }

    /// Does what may block, with nothing else under way.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Shared, &mut Place) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let shared = Arc::clone(&self.shared);
        let done = tokio::task::spawn_blocking(move || {
            let mut place = shared.place.lock().unwrap_or_else(PoisonError::into_inner);
            work(&shared, &mut place)
        });
        done.await.unwrap_or_else(|cause| {
            let reason = "the work was ended";
            let error = Error::new(ErrorKind::Interrupted, "order", &*self.shared.name, reason);
            Err(error.with_source(cause))
        })
    }
}

impl Shared {
    fn error(&self, kind: ErrorKind, operation: &'static str, reason: impl Into<String>) -> Error {
        Error::new(kind, operation, &*self.name, reason)
    }

    fn order(&self, operation: &'static str, host: &str, order: GuestOrder) -> Result<GuestReport> {
        let line = self.hosts.get(host).ok_or_else(|| {
            self.error(ErrorKind::InvalidArgument, operation, format!("there is no host {host}"))
        })?;
        line.guest(order).map_err(|error| match error {
            LineError::Refused(reason) => self.error(ErrorKind::Rejected, operation, reason),
            // A broken line stays so.
            error => self
                .error(ErrorKind::NoAnswer, operation, format!("{host}: {error}"))
                .with_retry(Retry::AfterChange),
        })
    }

    /// The block devices of the guest's volumes among those that a host shows.
    fn devices(
        &self,
        operation: &'static str,
        host: &str,
        shown: &[Volume],
    ) -> Result<Vec<Vec<String>>> {
        let paths = |id: &LunId| {
            let volume = shown.iter().find(|volume| volume.id == *id);
            let paths = volume.into_iter().flat_map(|volume| &volume.paths);
            let running = paths.filter(|path| path.state == PathState::Running);
            let found: Vec<String> = running.filter_map(|path| path.device.clone()).collect();
            if found.is_empty() {
                let reason = format!("host {host} shows no block device for {id}");
                return Err(self.error(ErrorKind::InvalidArgument, operation, reason));
            }
            Ok(found)
        };
        self.volumes.iter().map(paths).collect()
    }

    fn begin(
        &self,
        place: &mut Place,
        operation: &'static str,
        host: &str,
        shown: &[Volume],
        next: u64,
    ) -> Result<()> {
        let (name, write_every_ms) = (self.name.clone(), self.write_every_ms);
        let volumes = self.devices(operation, host, shown)?;
        let before = place.host().to_owned();
        let order = GuestOrder::Begin { name, volumes, next, write_every_ms };
        match self.order(operation, host, order) {
            Ok(_) => {
                *place = Place::Running(host.to_owned());
                Ok(())
            }
            Err(error) => {
                if error.kind() == ErrorKind::NoAnswer && before != host {
                    *place = Place::Between(before, host.to_owned());
                }
                Err(error)
            }
        }
    }

    /// Finds out where the guest is, if that was left open.
    fn settle<'p>(&self, place: &'p mut Place) -> Result<&'p Place> {
        if let Place::Between(source, destination) = place.clone() {
            let there = self.order("find", &destination, GuestOrder::Report { reached: 0 });
            *place = match there {
                Ok(report) if report.running => Place::Running(destination),
                Ok(report) if report.there => Place::Paused(destination),
                Ok(_) => Place::Paused(source),
                Err(error) => {
                    let reason = format!("nobody can say where it is: {error}");
                    return Err(self.error(ErrorKind::Unreachable, "find", reason));
                }
            };
        }
        Ok(place)
    }

    fn switch_over(&self, place: &mut Place, host: &str, volumes: &[Volume]) -> Result<()> {
        let operation = "switch over";
        match self.settle(place)?.clone() {
            Place::Running(there) if there == host => Ok(()),
            Place::Paused(from) => {
                let next = self.order(operation, &from, GuestOrder::Report { reached: 0 })?.next;
                self.begin(place, operation, host, volumes, next)?;
                if from != host {
                    // It is paused there for good, whether that is answered or not.
                    let _ = self.order(operation, &from, GuestOrder::End);
                }
                Ok(())
            }
            _ => Err(self.error(ErrorKind::InvalidArgument, operation, "it is not paused")),
        }
    }
}

impl Place {
    fn host(&self) -> &str {
        let (Self::Running(host) | Self::Paused(host) | Self::Between(host, _)) = self;
        host
    }
}

#[async_trait]
impl GuestControl for KernelGuest {
    fn name(&self) -> &str {
        &self.shared.name
    }

    async fn state(&self) -> Result<GuestState> {
        self.work(|shared, place| {
            Ok(match shared.settle(place)? {
                Place::Running(host) => GuestState::Running(host.clone()),
                place => GuestState::Paused(place.host().to_owned()),
            })
        })
        .await
    }

    async fn pause(&self) -> Result<()> {
        self.work(|shared, place| {
            let host = shared.settle(place)?.host().to_owned();
            shared.order("pause", &host, GuestOrder::Pause)?;
            *place = Place::Paused(host);
            Ok(())
        })
        .await
    }

    async fn resume(&self) -> Result<()> {
        self.work(|shared, place| {
            let host = shared.settle(place)?.host().to_owned();
            shared.order("resume", &host, GuestOrder::Resume)?;
            *place = Place::Running(host);
            Ok(())
        })
        .await
    }

    async fn switch_over(&self, host: &str, volumes: &[Volume]) -> Result<()> {
        let (host, volumes) = (host.to_owned(), volumes.to_vec());
        self.work(move |shared, place| shared.switch_over(place, &host, &volumes)).await
    }
}

#[cfg(test)]
#[path = "in_kernel_tests.rs"]
mod tests;
