//! A wrapper has exactly the abilities of what it wraps, and its name, limits and events.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use async_trait::async_trait;
use futures_core::Stream;
use npivot_hal::layer::{
    CheckedArray, CheckedFabric, CheckedHost, FaultyArray, FaultyFabric, FaultyHost, Pass,
    TraceLog, TracedArray, TracedFabric, TracedHost,
};
use npivot_hal::{
    Adapter, Array, Error, ErrorKind, Event, Events, Fabric, Host, HostCapabilities, HostNo, Links,
    Luns, Npiv, RemotePort, Result,
};

use crate::toy::{ToyArray, ToyFabric, ToyHost, names, now, poll_once};

/// A host with some of the toy's abilities, which it may lose.
#[derive(Debug)]
struct Able {
    toy: ToyHost,
    has: [AtomicBool; 4],
}

impl Able {
    fn has(has: [bool; 4]) -> Self {
        Self { toy: ToyHost::default(), has: has.map(AtomicBool::new) }
    }

    fn if_able<T>(&self, ability: usize, what: T) -> Option<T> {
        self.has[ability].load(Ordering::SeqCst).then_some(what)
    }
}

#[async_trait]
impl Host for Able {
    fn name(&self) -> &'static str {
        "able"
    }
    fn capabilities(&self) -> HostCapabilities {
        self.toy.capabilities()
    }
    async fn adapters(&self) -> Result<Vec<Adapter>> {
        self.toy.adapters().await
    }
    async fn remote_ports(&self, adapter: HostNo) -> Result<Vec<RemotePort>> {
        self.toy.remote_ports(adapter).await
    }
    async fn unreadable(&self) -> Result<Vec<Error>> {
        Ok(vec![Error::new(ErrorKind::PermissionDenied, "read adapter", "host9", "locked")])
    }
    fn npiv(&self) -> Option<&dyn Npiv> {
        self.if_able(0, &self.toy)
    }
    fn luns(&self) -> Option<&dyn Luns> {
        self.if_able(1, &self.toy)
    }
    fn links(&self) -> Option<&dyn Links> {
        self.if_able(2, &self.toy)
    }
    fn events(&self) -> Option<&dyn Events> {
        self.if_able(3, &self.toy)
    }
}

fn wrapped(host: &Arc<dyn Host>) -> [Arc<dyn Host>; 3] {
    [
        Arc::new(CheckedHost::new(Arc::clone(host))),
        Arc::new(TracedHost::new(Arc::clone(host), Arc::new(TraceLog::new(9)))),
        Arc::new(FaultyHost::new(Arc::clone(host), Arc::new(Pass))),
    ]
}

fn of(host: &dyn Host) -> [bool; 4] {
    [host.npiv().is_some(), host.luns().is_some(), host.links().is_some(), host.events().is_some()]
}

#[test]
fn a_host_has_exactly_those_of_the_one_below() {
    for bits in 0_u8..16 {
        let has = [1, 2, 4, 8].map(|bit| bits & bit != 0);
        let host: Arc<dyn Host> = Arc::new(Able::has(has));
        for wrapped in wrapped(&host) {
            assert_eq!(of(&*wrapped), has, "{wrapped:?}");
            assert_eq!(wrapped.name(), "able");
            assert_eq!(wrapped.capabilities(), host.capabilities());
        }
    }
}

#[test]
fn what_a_host_cannot_read_passes_through() {
    let host: Arc<dyn Host> = Arc::new(Able::has([true; 4]));
    for wrapped in wrapped(&host) {
        let told = now(wrapped.unreadable()).unwrap();
        assert_eq!(told.len(), 1, "{wrapped:?}");
        assert_eq!(told[0].to_string(), "read adapter on host9: locked");
    }
    let whole: Arc<dyn Host> = Arc::new(ToyHost::default());
    assert!(now(whole.unreadable()).unwrap().is_empty());
}

/// A fabric and an array without abilities.
mod unable {
    use async_trait::async_trait;
    use npivot_hal::{
        Array, ArrayCapabilities, DomainId, Fabric, FabricCapabilities, NameServerEntry, Result,
        Switch, SwitchPort, TargetPort, Volume,
    };

    #[derive(Debug)]
    pub(super) struct Unable;

    #[async_trait]
    impl Fabric for Unable {
        fn name(&self) -> &'static str {
            "unable"
        }
        fn capabilities(&self) -> FabricCapabilities {
            FabricCapabilities::default()
        }
        async fn switches(&self) -> Result<Vec<Switch>> {
            Ok(vec![])
        }
        async fn ports(&self, _: DomainId) -> Result<Vec<SwitchPort>> {
            Ok(vec![])
        }
        async fn name_server(&self) -> Result<Vec<NameServerEntry>> {
            Ok(vec![])
        }
    }

    #[async_trait]
    impl Array for Unable {
        fn name(&self) -> &'static str {
            "unable"
        }
        fn capabilities(&self) -> ArrayCapabilities {
            ArrayCapabilities::default()
        }
        async fn target_ports(&self) -> Result<Vec<TargetPort>> {
            Ok(vec![])
        }
        async fn volumes(&self) -> Result<Vec<Volume>> {
            Ok(vec![])
        }
    }
}

#[test]
fn fabrics_and_arrays_too() {
    let fabrics: [(Arc<dyn Fabric>, bool); 2] =
        [(Arc::new(unable::Unable), false), (Arc::new(ToyFabric::default()), true)];
    for (fabric, zones) in fabrics {
        let wrapped: [Arc<dyn Fabric>; 3] = [
            Arc::new(CheckedFabric::new(Arc::clone(&fabric))),
            Arc::new(TracedFabric::new(Arc::clone(&fabric), Arc::new(TraceLog::new(9)))),
            Arc::new(FaultyFabric::new(Arc::clone(&fabric), Arc::new(Pass))),
        ];
        for wrapped in wrapped {
            assert_eq!(wrapped.zoning().is_some(), zones, "{wrapped:?}");
            assert_eq!(wrapped.name(), fabric.name());
            assert_eq!(wrapped.capabilities(), fabric.capabilities());
        }
    }
    let arrays: [(Arc<dyn Array>, bool); 2] =
        [(Arc::new(unable::Unable), false), (Arc::new(ToyArray::default()), true)];
    for (array, masks) in arrays {
        let wrapped: [Arc<dyn Array>; 3] = [
            Arc::new(CheckedArray::new(Arc::clone(&array))),
            Arc::new(TracedArray::new(Arc::clone(&array), Arc::new(TraceLog::new(9)))),
            Arc::new(FaultyArray::new(Arc::clone(&array), Arc::new(Pass))),
        ];
        for wrapped in wrapped {
            assert_eq!(wrapped.masking().is_some(), masks, "{wrapped:?}");
            assert_eq!(wrapped.name(), array.name());
            assert_eq!(wrapped.capabilities(), array.capabilities());
        }
    }
}

fn next(events: &mut Pin<Box<dyn Stream<Item = Event> + Send>>) -> Poll<Option<Event>> {
    let mut next =
        std::pin::pin!(std::future::poll_fn(|context| events.as_mut().poll_next(context)));
    poll_once(next.as_mut())
}

#[test]
fn events_pass_through() {
    let host: Arc<dyn Host> = Arc::new(ToyHost::default());
    for wrapped in wrapped(&host) {
        let mut events = wrapped.events().unwrap().subscribe();
        assert_eq!(next(&mut events), Poll::Ready(Some(Event::Lost)), "{wrapped:?}");
        assert_eq!(next(&mut events), Poll::Ready(None), "{wrapped:?}");
    }
}

/// A backend must not do that; a wrapper bears it.
#[test]
fn an_ability_that_is_lost_is_an_error_and_no_panic() {
    let able = Arc::new(Able::has([true; 4]));
    let host: Arc<dyn Host> = Arc::clone(&able) as _;
    for wrapped in wrapped(&host) {
        able.has.iter().for_each(|has| has.store(true, Ordering::SeqCst));
        let (npiv, links) = (wrapped.npiv().unwrap(), wrapped.links().unwrap());
        let (luns, events) = (wrapped.luns().unwrap(), wrapped.events().unwrap());
        able.has.iter().for_each(|has| has.store(false, Ordering::SeqCst));
        let lost = [
            now(npiv.create_vport(HostNo(0), names(5))).map(|_| ()),
            now(luns.paths(HostNo(0))).map(|_| ()),
            now(links.reset(HostNo(0))),
        ];
        for lost in lost {
            assert_eq!(lost.unwrap_err().kind(), ErrorKind::Unsupported);
        }
        assert_eq!(next(&mut events.subscribe()), Poll::Ready(None));
    }
}
