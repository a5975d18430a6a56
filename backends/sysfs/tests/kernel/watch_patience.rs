//! What is late, lost, slow or ending.

use std::sync::{Arc, Weak};
use std::time::Duration;

use npivot_hal::{Event, Host, HostNo, PortState, VportState};
use npivot_sysfs::events::{Message, Pace, Silent, watch};
use tokio::time::Instant;

use crate::fake::{Bed, FakeHost, FakeKernel, address, identity, pass, wwpn};

fn link(no: u32, state: PortState) -> Event {
    Event::Adapter { no: HostNo(no), state }
}

fn add_lun(host: &FakeHost, lun: u64) {
    host.change(0, |shown| {
        shown.luns.insert(lun, Some(identity(1)));
    });
}

fn came(lun: u64) -> Event {
    Event::Lun { address: address(0, lun), present: true }
}

#[tokio::test(start_paused = true)]
async fn a_uevent_before_its_attributes_are_filled_does_no_harm() {
    let mut bed = Bed::new(|_, _| ());
    bed.kernel.uevent(0, "add");
    assert_eq!(bed.within(Duration::from_millis(300)).await, []);
    add_lun(bed.host(), 5);
    assert_eq!(bed.within(Duration::from_secs(2)).await, [came(5)], "found by a further look");
    let looks = bed.host().looks_at(0);
    assert!(looks <= 7, "{looks} looks: the further ones are bounded");
    assert_eq!(bed.within(Duration::from_secs(7)).await, []);
    assert_eq!(bed.host().looks_at(0), looks);
}

#[tokio::test(start_paused = true)]
async fn looks_in_vain_are_bounded() {
    let mut bed = Bed::new(|_, pace| pace.poll = Duration::MAX);
    bed.kernel.uevent(0, "change");
    assert_eq!(bed.within(Duration::from_mins(10)).await, []);
    let looks = (bed.host().looks_at(0), bed.host().looks_at(1));
    assert_eq!(looks, (1 + 1 + 5, 1), "at first, when told, and five further ones");
}

#[tokio::test(start_paused = true)]
async fn a_device_is_told_again_when_its_identity_can_be_read() {
    let mut bed = Bed::new(|_, _| ());
    bed.host().change(0, |shown| {
        shown.luns.insert(1, None);
    });
    bed.kernel.uevent(0, "add");
    assert_eq!(bed.soon().await, [came(1)]);
    add_lun(bed.host(), 1);
    assert_eq!(bed.within(Duration::from_secs(3)).await, [came(1)]);
}

#[tokio::test(start_paused = true)]
async fn a_login_under_way_is_followed_without_messages() {
    let show = |host: &FakeHost, state| {
        host.change(0, |shown| {
            shown.vports.insert(wwpn(9), state);
        });
    };
    let told = |state| Event::Vport { parent: HostNo(0), wwpn: wwpn(9), state: Some(state) };
    let mut bed = Bed::new(|_, _| ());
    show(bed.host(), VportState::Initializing);
    bed.kernel.uevent(0, "add");
    assert_eq!(bed.next().await, Some(told(VportState::Initializing)));
    show(bed.host(), VportState::Active);
    let start = Instant::now();
    assert_eq!(bed.next().await, Some(told(VportState::Active)));
    assert!(start.elapsed() < Duration::from_millis(200), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn the_poll_finds_what_no_message_told() {
    let mut bed = Bed::new(|_, pace| pace.poll = Duration::from_secs(30));
    bed.host().change(1, |shown| shown.state = Some(PortState::Linkdown));
    let start = Instant::now();
    assert_eq!(bed.next().await, Some(link(1, PortState::Linkdown)));
    assert_eq!(start.elapsed().as_secs(), 30);
    assert_eq!(bed.host().lists(), 2);
    assert_eq!(bed.within(Duration::from_secs(299)).await, []);
    assert_eq!(bed.host().lists(), 11, "nothing but polls");
}

#[tokio::test(start_paused = true)]
async fn a_loss_is_told_and_followed_by_a_full_look() {
    let mut bed = Bed::new(|_, _| ());
    add_lun(bed.host(), 1);
    bed.host().change(1, |shown| shown.state = Some(PortState::Linkdown));
    bed.kernel.send(&Message::Lost);
    let told = bed.soon().await;
    assert_eq!(told, [Event::Lost, link(1, PortState::Linkdown), came(1)]);
}

#[tokio::test(start_paused = true)]
async fn a_host_that_cannot_be_read_for_a_while_loses_nothing() {
    let mut bed = Bed::new(|host, _| add_lun(host, 1));
    *bed.host().broken.lock().unwrap() = true;
    add_lun(bed.host(), 2);
    bed.kernel.uevent(0, "add");
    assert_eq!(bed.soon().await, [], "not that all is gone");
    *bed.host().broken.lock().unwrap() = false;
    assert_eq!(bed.next().await, Some(came(2)));
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_learns_that_it_missed_something() {
    let mut bed = Bed::new(|_, pace| pace.backlog = 10);
    for lun in 0..25 {
        add_lun(bed.host(), lun);
    }
    bed.kernel.uevent(0, "add");
    // Nobody reads in this second.
    tokio::time::advance(Duration::from_secs(1)).await;
    pass(Duration::from_secs(1)).await;
    for lun in 0..10 {
        assert_eq!(bed.next().await, Some(came(lun)));
    }
    assert_eq!(bed.next().await, Some(Event::Lost), "although nothing happened since");
    add_lun(bed.host(), 100);
    bed.kernel.uevent(0, "add");
    assert_eq!(bed.next().await, Some(came(100)));
}

#[tokio::test(start_paused = true)]
async fn a_host_that_takes_its_time_is_raced_without_a_miss() {
    let slow = |host: &FakeHost, _: &mut Pace| {
        *host.delay.lock().unwrap() = Some(Duration::from_millis(500));
    };
    let mut bed = Bed::new(slow);
    add_lun(bed.host(), 1);
    bed.kernel.uevent(0, "add");
    let told = bed.within(Duration::from_secs(2)).await;
    assert_eq!(told, [Event::Lost], "it may be in the first state or not: read anew");
    add_lun(bed.host(), 2);
    bed.kernel.uevent(0, "add");
    assert_eq!(bed.next().await, Some(came(2)));

    let mut quiet = Bed::new(slow);
    assert_eq!(quiet.within(Duration::from_secs(2)).await, []);
}

#[tokio::test(start_paused = true)]
async fn messages_during_a_look_make_another() {
    let mut bed = Bed::new(|_, _| ());
    *bed.host().delay.lock().unwrap() = Some(Duration::from_millis(100));
    bed.kernel.uevent(0, "add");
    pass(Duration::from_millis(50)).await;
    bed.kernel.uevent(1, "add");
    pass(Duration::from_millis(100)).await;
    assert_eq!((bed.host().looks_at(0), bed.host().looks_at(1)), (2, 1));
    bed.within(Duration::from_millis(150)).await;
    assert_eq!(bed.host().looks_at(1), 2);
}

#[tokio::test(start_paused = true)]
async fn it_ends_with_the_host() {
    let mut bed = Bed::new(|_, _| ());
    bed.host = None;
    let start = Instant::now();
    assert_eq!(bed.next().await, None);
    assert!(start.elapsed() <= Duration::from_secs(10));
    assert_eq!(bed.kernel.listeners(), 0);
}

#[tokio::test(start_paused = true)]
async fn nobody_watches_for_a_stream_that_was_dropped() {
    let Bed { host, kernel, events } = Bed::new(|_, _| ());
    pass(Duration::from_millis(1)).await;
    assert_eq!(kernel.listeners(), 1);
    drop(events);
    pass(Duration::from_millis(1)).await;
    assert_eq!(kernel.listeners(), 0);
    let host = host.unwrap();
    *host.delay.lock().unwrap() = Some(Duration::from_hours(24 * 365));
    let weak: Weak<FakeHost> = Arc::downgrade(&host);
    let stuck = watch(weak, &kernel, Pace::default());
    pass(Duration::from_mins(1)).await;
    drop(stuck);
    pass(Duration::from_millis(1)).await;
    assert_eq!((kernel.listeners(), Arc::strong_count(&host)), (0, 1), "not even in a look");
}

#[tokio::test(start_paused = true)]
async fn when_the_kernel_falls_silent_polls_go_on() {
    let mut bed = Bed::new(|_, _| ());
    bed.kernel.end();
    assert_eq!(bed.soon().await, []);
    add_lun(bed.host(), 1);
    assert_eq!(bed.next().await, Some(came(1)));

    let host = Arc::new(FakeHost::default());
    host.change(0, |_| ());
    let weak: Weak<FakeHost> = Arc::downgrade(&host);
    let kernel = FakeKernel::default();
    let mut silent =
        Bed { events: watch(weak, &Silent, Pace::default()), kernel, host: Some(host) };
    add_lun(silent.host(), 1);
    let start = Instant::now();
    assert_eq!(silent.next().await, Some(came(1)));
    assert_eq!(start.elapsed().as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_host_far_away_can_be_read_before_it_is_watched() {
    let told = async |blocks| {
        let mut bed = Bed::new(|host, pace| {
            *host.delay.lock().unwrap() = Some(Duration::from_millis(1));
            pace.first_look_blocks = blocks;
        });
        add_lun(bed.host(), 1);
        bed.kernel.uevent(0, "add");
        bed.within(Duration::from_millis(500)).await
    };
    assert_eq!(told(true).await, [came(1)]);
    assert_eq!(told(false).await, [Event::Lost], "it may have been there before");
}

#[test]
fn without_a_runtime_nothing_can_be_watched() {
    let host: Arc<dyn Host> = Arc::new(FakeHost::default());
    let mut events = watch(Arc::downgrade(&host), &Silent, Pace::default());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let mut next = || events.as_mut().poll_next(&mut context);
    assert_eq!(next(), std::task::Poll::Ready(Some(Event::Lost)));
    assert_eq!(next(), std::task::Poll::Ready(None));
}
