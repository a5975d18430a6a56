//! A whole migration between two real kernels: npivot here, the Linux backend at the end of a line into each, the
//! fabric and the array of the world, and a guest that writes to `/dev/sdX` all the while.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use npivot::libvirt::PoolDefinition;
use npivot::migration::{
    MemoryJournal, Outcome, Progress, Quiet, Request, Step, StepEvent, migrate,
};
use npivot::pool::{self, StartOptions, Volume, read_volumes};
use npivot::{GuestControl, GuestState, Site};
use npivot_fabric::san::ids::{FabricIx, PortIx};
use npivot_fabric::world::random_stream;
use npivot_hal::{Adapter, Host, Wwpn};
use npivot_lab::footprint::Footprint;
use npivot_lab::guest::{BLOCK_BYTES, Block, KernelGuest};
use npivot_lab::rack::{Entered, Options, Rack};

use super::{
    ALPHA, BETA, LIMIT, WEB1, address_of, content, light, npivot, pools, topology, until, with,
};

/// The guest's volumes in the world, in the order of their identities.
const VOLUMES: [&str; 2] = ["web1-root", "web1-data"];
/// Where beta is plugged in.
const BETAS_PORT: PortIx = PortIx(1);

/// Two kernels on the SAN, and a guest on alpha that writes.
struct Bed {
    guest: KernelGuest,
    alpha: Entered,
    beta: Mutex<Option<Entered>>,
    request: Request,
    before: Footprint,
    rack: Rack,
}

impl Bed {
    async fn new() -> Self {
        let mut options = Options::default();
        // A kernel whose wire is dark learns of it by two and a half advertisements that do not come.
        options.settings.advertise_ms = 1_000;
        let mut rack = with(&topology(), &["alpha", "beta"], options);
        let npivot = npivot();
        let mut enter = |host| rack.enter(host, &npivot, LIMIT).unwrap_or_else(|e| panic!("{e}"));
        let (alpha, beta) = (enter("alpha"), enter("beta"));
        let definition = PoolDefinition::parse("web1.xml", pools::POOL).unwrap();
        let host = alpha.host();
        let up = pool::start(&*host, &definition, &StartOptions::default()).await.unwrap();
        let volumes = read_volumes(&*host, &up.adapters, true).await.unwrap();
        let volumes: Vec<Volume> = volumes.volumes.into_values().collect();
        assert_eq!(volumes.iter().map(|volume| volume.paths.len()).collect::<Vec<_>>(), [2, 2]);
        let lines = BTreeMap::from([("alpha", &alpha), ("beta", &beta)]);
        let lines = lines.into_iter().map(|(name, host)| (name.to_owned(), host.line().clone()));
        // The 256 places that it writes to in turn last for six seconds: when all is compared, what it wrote on both
        // sides of the hand-over is still there.
        let every = Duration::from_millis(25);
        let guest = KernelGuest::start("web1", lines.collect(), "alpha", &volumes, every).await;
        let before = rack.plant().with(|world, _| Footprint::of(world));
        let request = Request::fresh(vec![definition]);
        let bed = Self {
            guest: guest.unwrap(),
            alpha,
            beta: Mutex::new(Some(beta)),
            request,
            before,
            rack,
        };
        bed.has_written(20).await;
        bed
    }

    async fn migrate(&self, progress: &dyn Progress) -> Outcome {
        let site = Site {
            source: self.alpha.host(),
            destination: self.beta(),
            fabrics: self.rack.fabrics(),
            arrays: self.rack.arrays(),
        };
        let (mut chance, journal) = (random_stream(7, "identity"), MemoryJournal::default());
        let outcome =
            migrate(&site, &self.guest, &self.request, &mut chance, &journal, progress).await;
        outcome.unwrap_or_else(|error| panic!("{error}"))
    }

    /// Beta, which must run.
    fn beta(&self) -> Arc<dyn Host> {
        self.beta.lock().unwrap().as_ref().unwrap().host()
    }

    /// Waits until the guest has written this much, and says how much it is.
    async fn has_written(&self, writes: u64) -> u64 {
        let report = self.guest.reached(writes).await.unwrap();
        assert!(report.running && report.next >= writes, "{report:?}");
        report.next
    }

    /// Lets the guest write some more, pauses it, and compares all that was acknowledged with the array.
    async fn has_lost_nothing(&self) {
        let so_far = self.has_written(0).await;
        self.has_written(so_far + 20).await;
        self.guest.pause().await.unwrap();
        let report = self.guest.report().await.unwrap();
        assert!(!report.running, "{report:?}");
        let mut compared = 0;
        for (volume, lba, block) in self.guest.acknowledged(report.next) {
            let at = lba * BLOCK_BYTES as u64;
            let there = content(&self.rack, VOLUMES[volume], at, BLOCK_BYTES);
            assert_eq!(Block::decode(&there), Some(block));
            compared += 1;
        }
        assert!(compared >= 60, "{compared} places");
        self.guest.resume().await.unwrap();
    }

    fn footprint(&self) -> Footprint {
        self.rack.plant().with(|world, _| Footprint::of(world))
    }
}

/// The vHBAs of a kernel.
async fn vhbas(host: &dyn Host) -> Vec<Adapter> {
    let adapters = host.adapters().await.unwrap();
    adapters.into_iter().filter(|adapter| adapter.npiv().is_none()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_guest_moves_to_the_other_kernel_and_loses_nothing() {
    let bed = Bed::new().await;
    let outcome = bed.migrate(&Quiet).await;
    assert!(matches!(&outcome, Outcome::Done { residue } if residue.is_empty()), "{outcome:?}");
    assert_eq!(bed.guest.state().await.unwrap(), GuestState::Running("beta".into()));
    bed.has_lost_nothing().await;

    // Of the old name nothing is left: not in alpha's sysfs, not on the fabric, not on the array.
    assert_eq!(vhbas(&*bed.alpha.host()).await, []);
    let old: Wwpn = WEB1.parse().unwrap();
    let footprint = bed.footprint();
    assert_eq!(footprint.traces_of(old), [""; 0]);
    assert_eq!(footprint.sizes(), bed.before.sizes());
    // The new one is logged in once, from beta.
    let there = vhbas(&*bed.beta()).await;
    let [vhba] = &there[..] else { panic!("{there:?}") };
    let port = bed.rack.plant().with(|world, _| {
        let nport = world.san().by_name(FabricIx(0), vhba.names.wwpn).unwrap();
        world.san().nport(nport).port
    });
    assert_eq!(port, BETAS_PORT);
    assert!(address_of(&bed.rack, ALPHA).is_some() && address_of(&bed.rack, BETA).is_some());
}

/// Cuts beta's link when the pool is to start there.
struct Cut<'r>(&'r Rack);

impl Progress for Cut<'_> {
    fn on(&self, event: &StepEvent<'_>) {
        if let StepEvent::Starting(Step::StartPool { .. }) = event {
            light(self.0, BETAS_PORT.0, false);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_the_destination_dark_all_is_as_before() {
    let mut bed = Bed::new().await;
    bed.request.patience = Duration::from_secs(4);
    let outcome = bed.migrate(&Cut(&bed.rack)).await;
    let Outcome::RolledBack { step: Step::StartPool { .. }, residue, .. } = &outcome else {
        panic!("{outcome:?}")
    };
    assert!(residue.is_empty(), "{outcome:?}");
    assert_eq!(bed.guest.state().await.unwrap(), GuestState::Running("alpha".into()));
    bed.has_lost_nothing().await;
    assert_eq!(vhbas(&*bed.beta()).await, []);
    let names: Vec<Wwpn> = vhbas(&*bed.alpha.host()).await.iter().map(|v| v.names.wwpn).collect();
    assert_eq!(names, [WEB1.parse().unwrap()]);
    // But for beta's own login, which the light brings back.
    light(&bed.rack, BETAS_PORT.0, true);
    let beta: Wwpn = BETA.parse().unwrap();
    until(&bed.rack, "beta's login", |world, _| world.san().by_name(FabricIx(0), beta));
    assert_eq!(bed.footprint().difference(&bed.before), [""; 0]);
}

/// Switches beta off when the pool is to start there.
struct SwitchOff<'b>(&'b Bed);

impl Progress for SwitchOff<'_> {
    fn on(&self, event: &StepEvent<'_>) {
        if let StepEvent::Starting(Step::StartPool { .. }) = event {
            drop(self.0.beta.lock().unwrap().take());
        }
    }
}

/// What was done on the fabric and the array is undone; of what is on beta nothing can be known, and that is said.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_the_destination_dead_what_cannot_be_undone_is_named() {
    let bed = Bed::new().await;
    let outcome = bed.migrate(&SwitchOff(&bed)).await;
    let Outcome::RolledBack { step: Step::StartPool { .. }, residue, .. } = &outcome else {
        panic!("{outcome:?}")
    };
    let [left] = &residue[..] else { panic!("{outcome:?}") };
    assert!(left.from_undo && matches!(left.step, Step::StartPool { .. }), "{left}");
    assert!(left.to_string().contains("the line to the machine is broken"), "{left}");
    assert_eq!(bed.guest.state().await.unwrap(), GuestState::Running("alpha".into()));
    bed.has_lost_nothing().await;
    let footprint = bed.footprint();
    assert_eq!(footprint.zones, bed.before.zones);
    assert_eq!(footprint.effective, bed.before.effective);
    assert_eq!(footprint.groups, bed.before.groups);
}
