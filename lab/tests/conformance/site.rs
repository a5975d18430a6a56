//! The SAN that backends are proved on.

use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;

use npivot_fabric::Topology;
use npivot_hal::layer::{
    CheckedArray, CheckedFabric, CheckedHost, FaultPlan, FaultyArray, FaultyFabric, FaultyHost,
    Pass, TraceLog, TraceSink, TracedArray, TracedFabric, TracedHost,
};
use npivot_hal::{Array, Fabric, Host};
use npivot_lab::ground::{TreeDevices, TreeFiles, TreeMessages, over};
use npivot_lab::line::{Ground, Line, linux_host, serve};
use npivot_lab::proving::SimMaker;
use npivot_sysfs::events::Silent;
use npivot_tree::SimTree;
use tokio::runtime::Handle;

/// The example of two fabrics, with host alpha's driver replaced.
pub(crate) fn topology(driver: &str) -> Topology {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/two-fabrics.toml");
    let text = std::fs::read_to_string(path).expect("the example is there");
    let replaced = text.replacen("driver = \"qla2xxx\"", &format!("driver = \"{driver}\""), 1);
    Topology::parse("two-fabrics.toml", &replaced).expect("the example is a topology")
}

/// The simulator's own backend on that host.
pub(crate) fn of_driver(driver: &str) -> SimMaker {
    SimMaker::new(topology(driver), "alpha").named(format!("{driver} on a simulated host"))
}

/// The same under layers that change nothing: the innermost first, by the letters `c`hecked, `t`raced and
/// `f`aulty.
pub(crate) fn under(layers: &'static str) -> SimMaker {
    of_driver("qla2xxx")
        .named(format!("qla2xxx under {layers}"))
        .over_host(move |_, host| layers.chars().fold(host, over_host))
        .over_fabrics(move |_, fabric| layers.chars().fold(fabric, over_fabric))
        .over_arrays(move |_, array| layers.chars().fold(array, over_array))
}

/// The Linux backend on the sysfs tree of that host.
pub(crate) fn through_sysfs(driver: &str) -> SimMaker {
    let maker = of_driver(driver).named(format!("{driver} through sysfs"));
    maker.over_host(|simulation, host| Arc::new(over(simulation, &host)))
}

/// The same at the other end of a line. Messages come directly: on a paused clock, what takes real time to arrive
/// is late.
pub(crate) fn through_a_line(driver: &str) -> SimMaker {
    let maker = of_driver(driver).named(format!("{driver} through a line"));
    maker.over_host(|simulation, host| {
        let ground = Ground {
            files: Arc::new(TreeFiles::new(SimTree::of(simulation, host.ix()))),
            devices: Arc::new(TreeDevices::new(simulation, host.ix())),
            messages: Arc::new(Silent),
            block_devices: "/no/block/devices".into(),
        };
        let (here, there) = UnixStream::pair().expect("a socket can be had");
        let (from, runtime) = (there.try_clone().expect("and another"), Handle::current());
        std::thread::spawn(move || {
            let _in_its_time = runtime.enter();
            // It ends when the other end is dropped.
            let _ = serve(from, there, ground);
        });
        let line = Arc::new(Line::over(here).expect("a thread can be had"));
        let messages = TreeMessages::new(simulation, host.ix());
        Arc::new(linux_host(&line, host.name()).with_messages(Arc::new(messages)))
    })
}

/// The same under layers.
pub(crate) fn sysfs_under(layers: &'static str) -> SimMaker {
    under(layers).named(format!("sysfs under {layers}")).over_host(move |simulation, host| {
        let host: Arc<dyn Host> = Arc::new(over(simulation, &host));
        layers.chars().fold(host, over_host)
    })
}

fn pass() -> Arc<dyn FaultPlan> {
    Arc::new(Pass)
}

fn log() -> Arc<dyn TraceSink> {
    Arc::new(TraceLog::new(16))
}

fn over_host(host: Arc<dyn Host>, layer: char) -> Arc<dyn Host> {
    match layer {
        'c' => Arc::new(CheckedHost::new(host)),
        't' => Arc::new(TracedHost::new(host, log())),
        _ => Arc::new(FaultyHost::new(host, pass())),
    }
}

fn over_fabric(fabric: Arc<dyn Fabric>, layer: char) -> Arc<dyn Fabric> {
    match layer {
        'c' => Arc::new(CheckedFabric::new(fabric)),
        't' => Arc::new(TracedFabric::new(fabric, log())),
        _ => Arc::new(FaultyFabric::new(fabric, pass())),
    }
}

fn over_array(array: Arc<dyn Array>, layer: char) -> Arc<dyn Array> {
    match layer {
        'c' => Arc::new(CheckedArray::new(array)),
        't' => Arc::new(TracedArray::new(array, log())),
        _ => Arc::new(FaultyArray::new(array, pass())),
    }
}
