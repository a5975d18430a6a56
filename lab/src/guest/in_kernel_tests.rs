//! The guest's port to npivot, with lines to servers in this process and files as their block devices.

use std::collections::BTreeMap;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::Duration;

use npivot::pool::{Volume, VolumePath};
use npivot::{GuestControl as _, GuestState};
use npivot_hal::{ErrorKind, Lun, LunId, PathState, ScsiAddress};
use npivot_sysfs::ArchiveFiles;
use npivot_sysfs::events::Silent;
use npivot_sysfs::passthrough::SgIo;
use tempfile::TempDir;

use super::KernelGuest;
use crate::guest::{BLOCK_BYTES, Block};
use crate::line::{Ground, Line, serve};

const DISKS: [&str; 2] = ["sda", "sdb"];

/// A machine: two disks, and a line to it. Whoever drops the plug cuts the line.
struct Machine {
    disks: TempDir,
    line: Arc<Line>,
    plug: UnixStream,
}

impl Machine {
    fn new() -> Self {
        let disks = tempfile::tempdir().unwrap();
        for disk in DISKS {
            std::fs::write(disks.path().join(disk), vec![0; 256 * BLOCK_BYTES]).unwrap();
        }
        let ground = Ground {
            files: Arc::new(ArchiveFiles::read("phase now\n", None).unwrap()),
            devices: Arc::new(SgIo::default()),
            messages: Arc::new(Silent),
            block_devices: disks.path().to_owned(),
        };
        let (here, there) = UnixStream::pair().unwrap();
        let plug = there.try_clone().unwrap();
        std::thread::spawn(move || serve(there.try_clone()?, there, ground));
        Self { disks, line: Arc::new(Line::over(here).unwrap()), plug }
    }

    fn cut(&self) {
        self.plug.shutdown(std::net::Shutdown::Both).unwrap();
    }

    /// The block that is at this one's place.
    fn block(&self, sequence: u64) -> Option<Block> {
        let disk = DISKS[usize::from(sequence % 2 == 1)];
        let bytes = std::fs::read(self.disks.path().join(disk)).unwrap();
        let at = usize::try_from(Block::lba(sequence)).unwrap() * BLOCK_BYTES;
        Block::decode(&bytes[at..at + BLOCK_BYTES])
    }
}

fn id(number: usize) -> LunId {
    format!("naa.6006016{number:025}").parse().unwrap()
}

/// Volumes on these block devices.
fn volumes(devices: [Option<&str>; 2]) -> Vec<Volume> {
    let volume = |(number, device): (usize, Option<&str>)| {
        let address: ScsiAddress = format!("0:0:0:{number}").parse().unwrap();
        let path = VolumePath {
            address,
            target: None,
            lun: Lun::from_sysfs(number as u64),
            state: PathState::Running,
            access: None,
            device: device.map(str::to_owned),
            by_path: None,
        };
        Volume {
            id: id(number),
            size_bytes: None,
            read_only: None,
            reservations: None,
            paths: vec![path],
        }
    };
    devices.into_iter().enumerate().map(volume).collect()
}

fn both() -> Vec<Volume> {
    volumes([Some("sda"), Some("sdb")])
}

async fn on_alpha(alpha: &Machine, beta: &Machine) -> KernelGuest {
    let lines = [("alpha", alpha), ("beta", beta)];
    let lines: BTreeMap<_, _> =
        lines.into_iter().map(|(name, machine)| (name.to_owned(), machine.line.clone())).collect();
    let guest = KernelGuest::start("web1", lines, "alpha", &both(), Duration::ZERO).await.unwrap();
    guest.reached(30).await.unwrap();
    guest
}

fn running(host: &str) -> GuestState {
    GuestState::Running(host.into())
}

#[tokio::test]
async fn it_goes_on_where_it_is_switched_to_from_where_it_was() {
    let (alpha, beta) = (Machine::new(), Machine::new());
    let guest = on_alpha(&alpha, &beta).await;
    assert_eq!(guest.state().await.unwrap(), running("alpha"));
    guest.pause().await.unwrap();
    guest.pause().await.unwrap();
    let paused = guest.report().await.unwrap();
    assert_eq!(guest.state().await.unwrap(), GuestState::Paused("alpha".into()));
    for (_, _, block) in guest.acknowledged(paused.next) {
        assert_eq!(alpha.block(block.sequence), Some(block));
    }
    guest.switch_over("beta", &both()).await.unwrap();
    guest.switch_over("beta", &both()).await.unwrap();
    assert_eq!(guest.state().await.unwrap(), running("beta"));
    assert!(guest.reached(paused.next + 10).await.unwrap().next >= paused.next + 10);
    assert!(beta.block(paused.next).is_some_and(|block| block.sequence >= paused.next));
    assert!(alpha.block(paused.next).is_none_or(|block| block.sequence < paused.next));
}

#[test]
fn each_place_holds_the_last_block_that_was_written_there() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (alpha, beta) = (Machine::new(), Machine::new());
        let guest = on_alpha(&alpha, &beta).await;
        let places = |next| guest.acknowledged(next).collect::<Vec<_>>();
        assert_eq!(places(0), []);
        assert_eq!(places(3).len(), 3);
        let all = places(1_000);
        // 256 places in turn, each of them on the volume whose turn it was.
        assert_eq!(all.len(), 256);
        assert!(all.iter().all(|(_, _, block)| (744..1_000).contains(&block.sequence)), "{all:?}");
    });
}

#[tokio::test]
async fn what_it_cannot_do_leaves_it_where_it_is() {
    let (alpha, beta) = (Machine::new(), Machine::new());
    let guest = on_alpha(&alpha, &beta).await;
    let kind = |answer: npivot_hal::Result<()>| answer.unwrap_err().kind();
    assert_eq!(
        kind(guest.switch_over("beta", &both()).await),
        ErrorKind::InvalidArgument,
        "not paused"
    );
    guest.pause().await.unwrap();
    let without = volumes([Some("sda"), None]);
    assert_eq!(kind(guest.switch_over("beta", &without).await), ErrorKind::InvalidArgument);
    assert_eq!(kind(guest.switch_over("gamma", &both()).await), ErrorKind::InvalidArgument);
    let wrong = volumes([Some("sda"), Some("sdz")]);
    assert_eq!(kind(guest.switch_over("beta", &wrong).await), ErrorKind::Rejected);
    assert_eq!(guest.state().await.unwrap(), GuestState::Paused("alpha".into()));
    guest.resume().await.unwrap();
    assert_eq!(guest.state().await.unwrap(), running("alpha"));
    assert!(beta.block(0).is_none(), "nothing was written there");
}

/// Whether it has begun there nobody can say: nothing may be done to its storage.
#[tokio::test]
async fn an_answer_that_is_lost_at_the_hand_over_leaves_it_between() {
    let (alpha, beta) = (Machine::new(), Machine::new());
    let guest = on_alpha(&alpha, &beta).await;
    guest.pause().await.unwrap();
    beta.cut();
    let lost = guest.switch_over("beta", &both()).await.unwrap_err();
    assert_eq!(lost.kind(), ErrorKind::NoAnswer);
    assert_eq!(guest.state().await.unwrap_err().kind(), ErrorKind::Unreachable);
    assert_eq!(guest.resume().await.unwrap_err().kind(), ErrorKind::Unreachable);
}

#[tokio::test]
async fn on_a_host_that_is_gone_it_cannot_be_paused() {
    let (alpha, beta) = (Machine::new(), Machine::new());
    let guest = on_alpha(&alpha, &beta).await;
    alpha.cut();
    assert_eq!(guest.pause().await.unwrap_err().kind(), ErrorKind::NoAnswer);
    assert_eq!(guest.state().await.unwrap(), running("alpha"), "for all that is known");
}
