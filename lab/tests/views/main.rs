//! One world, two views: the simulator's own backend and the Linux backend on the host's sysfs tree say the
//! same after anything that anybody does.

use std::sync::Arc;
use std::time::Duration;

use npivot_fabric::world::{Command, HostCommand};
use npivot_fabric::{Simulation, Topology};
use npivot_hal::{Array, ErrorKind, Host, HostNo, Npiv, Result, WwnPair, Wwpn};
use npivot_lab::ground::linux_host;
use proptest::prelude::*;

fn topology(driver: &str) -> Topology {
    let text = include_str!("../../../examples/two-fabrics.toml");
    let text = text.replacen("driver = \"qla2xxx\"", &format!("driver = \"{driver}\""), 1);
    Topology::parse("two-fabrics.toml", &text).expect("the example is a topology")
}

/// What somebody does.
#[derive(Debug, Clone)]
enum Step {
    Create(HostNo, u64),
    Delete(HostNo, u64),
    Disable(HostNo, bool),
    Light(usize, bool),
    Map(u32, usize),
    Unmap(usize),
    Scan(HostNo),
    Reset(HostNo),
    DevLoss(HostNo, u32),
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let no = || (0_u32..5).prop_map(HostNo);
    prop_oneof![
        3 => (no(), 1_u64..4).prop_map(|(no, n)| Step::Create(no, n)),
        1 => (no(), 1_u64..4).prop_map(|(no, n)| Step::Delete(no, n)),
        1 => (no(), any::<bool>()).prop_map(|(no, on)| Step::Disable(no, on)),
        2 => (0_usize..6, any::<bool>()).prop_map(|(port, on)| Step::Light(port, on)),
        1 => (0_u32..5, 0_usize..3).prop_map(|(lun, volume)| Step::Map(lun, volume)),
        1 => (0_usize..3).prop_map(Step::Unmap),
        1 => no().prop_map(Step::Scan),
        1 => no().prop_map(Step::Reset),
        1 => (no(), 1_u32..700).prop_map(|(no, secs)| Step::DevLoss(no, secs)),
        4 => prop_oneof![0_u64..50, 1_000_u64..90_000].prop_map(Step::Wait),
    ]
}

fn names(n: u64) -> WwnPair {
    let wwpn = Wwpn::new(0x5001_a4a0_0000_0000 | n).unwrap();
    WwnPair::new(wwpn, "50:01:a4:a0:00:00:01:01".parse().unwrap())
}

const VOLUMES: [&str; 3] = ["web1-root", "web1-data", "scratch"];

/// Does a step; what is refused changes nothing, and both views must agree on that, too.
async fn take(step: &Step, san: &Simulation, host: &dyn Host) {
    let npiv: &dyn Npiv = host.npiv().unwrap();
    let luns = host.luns().unwrap();
    let links = host.links().unwrap();
    let vault = san.array("vault").unwrap();
    let masking = vault.masking().unwrap();
    match *step {
        Step::Create(no, n) => drop(npiv.create_vport(no, names(n)).await),
        Step::Delete(no, n) => drop(npiv.delete_vport(no, names(n)).await),
        Step::Disable(vport, disable) => {
            let alpha = san.host("alpha").unwrap().ix();
            drop(san.apply(Command::Host(alpha, HostCommand::DisableVport { vport, disable })));
        }
        Step::Light(place, on) => {
            let port = san.with(|world| {
                let targets = world.targets().iter().map(|target| target.port);
                let hbas = world.hosts()[0].adapters.values().filter_map(|&ix| {
                    match world.adapter(ix)?.kind {
                        npivot_fabric::host::Kind::Physical { port, .. } => Some(port),
                        npivot_fabric::host::Kind::Virtual { .. } => None,
                    }
                });
                targets.chain(hbas).nth(place)
            });
            if let Some(port) = port {
                drop(san.apply(Command::Light { port, on }));
            }
        }
        Step::Map(lun, volume) => drop(masking.map("web1", VOLUMES[volume], lun).await),
        Step::Unmap(volume) => drop(masking.unmap("web1", VOLUMES[volume]).await),
        Step::Scan(no) => drop(luns.scan(no, npivot_hal::ScanScope::default()).await),
        Step::Reset(no) => drop(links.reset(no).await),
        Step::DevLoss(no, secs) => drop(links.set_dev_loss_secs(no, secs).await),
        Step::Wait(millis) => san.run_for(Duration::from_millis(millis)).await,
    }
}

/// The kind of an error in place of its words, which are each backend's own.
fn told<T: std::fmt::Debug>(answer: Result<T>) -> String {
    match answer {
        Ok(value) => format!("{value:?}"),
        Err(error) => format!("{:?}", error.kind()),
    }
}

/// Everything that a view says.
async fn picture(host: &dyn Host) -> Vec<String> {
    let mut lines = vec![];
    let adapters = host.adapters().await.unwrap();
    let numbers: Vec<HostNo> = adapters.iter().map(|adapter| adapter.no).collect();
    lines.extend(adapters.iter().map(|adapter| format!("{adapter:?}")));
    let luns = host.luns().unwrap();
    for no in numbers {
        lines.push(told(host.remote_ports(no).await));
        lines.push(told(host.npiv().unwrap().vports(no).await));
        let paths = luns.paths(no).await.unwrap();
        for path in &paths {
            lines.push(format!("{path:?}"));
            lines.push(told(luns.identify(path.address).await));
            lines.push(told(luns.inspect(path.address).await));
        }
        for target in 0..2 {
            lines.push(told(luns.reported(no, target).await));
        }
    }
    lines
}

/// Runs steps through one view or the other, and compares both after each.
fn compare(driver: &str, steps: &[(Step, bool)]) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let san = Simulation::booted(&topology(driver), 7);
        let own: Arc<dyn Host> = san.host("alpha").unwrap();
        let linux: Arc<dyn Host> = Arc::new(linux_host(&san, "alpha").unwrap());
        for (number, (step, through_linux)) in steps.iter().enumerate() {
            take(step, &san, if *through_linux { &*linux } else { &*own }).await;
            let (own, linux) = (picture(&*own).await, picture(&*linux).await);
            assert_eq!(own, linux, "under {driver} after step {number}: {step:?}");
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn both_views_are_equal_after_anything(
        driver in prop_oneof![Just("qla2xxx"), Just("lpfc"), Just("libfc")],
        steps in prop::collection::vec((step(), any::<bool>()), 1..40),
    ) {
        compare(driver, &steps);
    }
}

#[test]
fn both_views_refuse_for_the_same_reasons() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let san = Simulation::booted(&topology("qla2xxx"), 7);
        let own: Arc<dyn Host> = san.host("alpha").unwrap();
        let linux: Arc<dyn Host> = Arc::new(linux_host(&san, "alpha").unwrap());
        for host in [own, linux] {
            let npiv = host.npiv().unwrap();
            let taken = WwnPair::new(
                "21:00:00:1b:32:a9:da:01".parse().unwrap(),
                "50:01:a4:a0:00:00:01:01".parse().unwrap(),
            );
            let kind = |error: npivot_hal::Error| error.kind();
            let create = async |no, names| npiv.create_vport(HostNo(no), names).await.map_err(kind);
            assert_eq!(create(0, taken).await.unwrap_err(), ErrorKind::AlreadyExists);
            assert_eq!(create(77, names(1)).await.unwrap_err(), ErrorKind::NotFound);
            let links = host.links().unwrap();
            let dev_loss = links.set_dev_loss_secs(HostNo(0), 601).await.map_err(kind);
            assert_eq!(dev_loss.unwrap_err(), ErrorKind::InvalidArgument);
        }
    });
}
