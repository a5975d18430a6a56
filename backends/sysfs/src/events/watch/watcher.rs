//! The task behind a subscription.

use std::collections::{BTreeMap, BTreeSet};
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Weak;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use npivot_hal::{Event, Host, HostNo, PortState};
use tokio::time::{Instant, sleep_until};

use super::Pace;
use super::concerned::{Concerned, luns_changed};
use super::difference::{Changes, update};
use super::look::{Look, View, look};
use super::outlet::Outlet;
use crate::events::fc::{self, FcEvent, PageOrder};
use crate::events::{Message, MessageStream, uevent};

/// A look under way; `None` where the host has gone.
type Looking = Pin<Box<dyn Future<Output = Option<Look>> + Send>>;

/// What comes in and goes out.
struct Post {
    messages: Option<MessageStream>,
    outlet: Outlet,
    /// Whom messages concern since the last look.
    concerned: Concerned,
    /// Since when.
    since: Option<Instant>,
    /// Adapters whose link is said to have changed since the last look, with what they were while it was
    /// down: they are told of even if all is again what it was.
    relinked: BTreeMap<HostNo, Option<PortState>>,
}

/// Further looks after one that was in vain.
struct Again {
    concerned: Concerned,
    at: Instant,
    delay: Duration,
    left: u32,
}

/// Why a wait ended.
enum Woken {
    /// Nobody listens any more.
    Closed,
    /// A look is due.
    Due,
    /// A message was taken, or a loss told.
    Post,
}

pub(super) struct Watcher {
    host: Weak<dyn Host>,
    pace: Pace,
    post: Post,
    view: View,
    again: Option<Again>,
    poll_at: Instant,
    /// The look for the first state, while it is under way.
    first: Option<Looking>,
}

impl Watcher {
    /// A watcher that knows the host's present state if the host answers without waiting, or is waited for.
    pub(super) fn new(
        host: Weak<dyn Host>,
        messages: Option<MessageStream>,
        outlet: Outlet,
        pace: Pace,
    ) -> Self {
        let mut first = looking(host.clone(), &View::new(), Concerned::everybody());
        let post = Post {
            messages,
            outlet,
            concerned: Concerned::default(),
            since: None,
            relinked: BTreeMap::new(),
        };
        let poll_at = after(Instant::now(), pace.poll);
        let mut this =
            Self { host, pace, post, view: View::new(), again: None, poll_at, first: None };
        if this.pace.first_look_blocks {
            this.begin(at_once(first));
            return this;
        }
        match first.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(look) => this.begin(look),
            Poll::Pending => this.first = Some(first),
        }
        this
    }

    /// Takes the first state, of which nothing is told.
    fn begin(&mut self, look: Option<Look>) {
        if let Some(Look { adapters: Some(readings), .. }) = look {
            let _ = update(&mut self.view, readings);
        } else {
            // Not known: what a later look finds may have been there before.
            self.post.outlet.send(Event::Lost);
        }
    }

    pub(super) async fn run(mut self) {
        if let Some(first) = self.first.take() {
            let Some(look) = self.post.beside(first, &self.view).await else {
                return;
            };
            self.begin(look);
            if self.post.since.is_some() {
                // What was told meanwhile may be in the first state already.
                self.post.outlet.send(Event::Lost);
            }
        }
        while self.host.strong_count() > 0 {
            match self.post.wait(self.next_look(), &self.view).await {
                Woken::Closed => return,
                Woken::Due if !self.look().await => return,
                Woken::Due | Woken::Post => {}
            }
        }
    }

    fn next_look(&self) -> Instant {
        let due = self.post.since.map(|since| after(since, self.pace.settle));
        let again = self.again.as_ref().map(|again| again.at);
        [due, again].into_iter().flatten().fold(self.poll_at, Instant::min)
    }

    /// Looks, and tells what changed. Whether to go on.
    async fn look(&mut self) -> bool {
        let now = Instant::now();
        let told = self.post.since.take().is_some();
        let mut concerned = std::mem::take(&mut self.post.concerned);
        let relinked = std::mem::take(&mut self.post.relinked);
        let before = self.again.take_if(|again| told || again.at <= now);
        // A poll by itself is no reason to expect anything.
        let (mut delay, mut left) = (self.pace.again, if told { self.pace.tries } else { 0 });
        if let Some(before) = before {
            concerned.add(before.concerned);
            if !told {
                (delay, left) = (before.delay, before.left);
            }
        }
        if now >= self.poll_at {
            concerned = Concerned::everybody();
            self.poll_at = after(now, self.pace.poll);
        }
        let looking = looking(self.host.clone(), &self.view, concerned.clone());
        let Some(Some(found)) = self.post.beside(looking, &self.view).await else {
            return false;
        };
        let mut changes = match found.adapters {
            Some(readings) => update(&mut self.view, readings),
            None => Changes::default(),
        };
        for (no, meanwhile) in relinked {
            // A link that went and came back between two looks differs in nothing.
            if let Some(seen) = self.view.get(&no) {
                changes.tell_adapter(no, meanwhile, seen.port.state);
            }
        }
        let changed = !changes.is_empty();
        changes.into_events().for_each(|event| self.post.outlet.send(event));
        if changed && self.again.is_none() {
            left = left.max(1);
        }
        if left > 0 && (!changed || !found.settled) {
            let at = after(Instant::now(), delay);
            let delay = delay.saturating_mul(2);
            self.again = Some(Again { concerned, at, delay, left: left - 1 });
        }
        true
    }
}

impl Post {
    /// Waits for what comes first.
    async fn wait(&mut self, next_look: Instant, view: &View) -> Woken {
        tokio::select! {
            biased;
            () = self.outlet.closed() => return Woken::Closed,
            () = sleep_until(next_look) => return Woken::Due,
            () = self.outlet.can_tell_loss() => {}
            message = next(&mut self.messages) => {
                self.take(message, view);
                return Woken::Post;
            }
        }
        self.outlet.tell_loss();
        Woken::Post
    }

    /// Does something else and takes messages meanwhile; `None` once nobody listens any more.
    async fn beside<T>(
        &mut self,
        mut work: Pin<Box<dyn Future<Output = T> + Send>>,
        view: &View,
    ) -> Option<T> {
        loop {
            let message = tokio::select! {
                biased;
                () = self.outlet.closed() => return None,
                done = &mut work => return Some(done),
                message = next(&mut self.messages) => message,
            };
            self.take(message, view);
        }
    }

    /// Notes whom a message concerns, and tells what it tells by itself.
    fn take(&mut self, message: Option<Message>, view: &View) {
        let concerned = match message {
            Some(Message::Uevent(bytes)) => match uevent::parse(&bytes) {
                Ok(uevent) => {
                    if let Some(event) = luns_changed(&uevent) {
                        self.outlet.send(event);
                    }
                    Concerned::by_uevent(&uevent)
                }
                // Something happened, and who knows what.
                Err(_) => Concerned::everybody(),
            },
            Some(Message::Fc(bytes)) => match fc::parse(&bytes) {
                Ok(events) => {
                    let rscns = events.iter().filter_map(|event| rscn(event, view));
                    rscns.for_each(|event| self.outlet.send(event));
                    for event in events.iter().filter(|event| event.code.is_of_the_link()) {
                        let known = self.relinked.entry(event.adapter).or_default();
                        *known = event.code.state_meanwhile().or(*known);
                    }
                    Concerned::by_fc_events(&events)
                }
                Err(_) => Concerned::everybody(),
            },
            Some(Message::Lost) => {
                self.outlet.send(Event::Lost);
                Concerned::everybody()
            }
            None => {
                // The source has ended; from here on there are polls alone.
                self.messages = None;
                Concerned::everybody()
            }
        };
        self.concerned.add(concerned);
        if !self.concerned.is_empty() {
            self.since.get_or_insert_with(Instant::now);
        }
    }
}

fn rscn(event: &FcEvent, view: &View) -> Option<Event> {
    let driver = view.get(&event.adapter).and_then(|seen| seen.port.driver.as_deref());
    let port_id = event.affected(PageOrder::of_driver(driver))?;
    Some(Event::Rscn { adapter: event.adapter, port_id })
}

/// The next message; for ever without a source.
async fn next(messages: &mut Option<MessageStream>) -> Option<Message> {
    match messages {
        Some(messages) => poll_fn(|context| messages.as_mut().poll_next(context)).await,
        None => std::future::pending().await,
    }
}

fn looking(host: Weak<dyn Host>, view: &View, concerned: Concerned) -> Looking {
    let known: BTreeSet<HostNo> = view.keys().copied().collect();
    Box::pin(async move {
        let host = host.upgrade()?;
        Some(look(&*host, &known, &concerned).await)
    })
}

/// What comes of a look, awaited here and now: in a thread of its own, since this one may be a runtime's.
fn at_once(looking: Looking) -> Option<Look> {
    let look = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().ok()?;
        runtime.block_on(looking)
    };
    std::thread::Builder::new().name("first-look".into()).spawn(look).ok()?.join().ok()?
}

/// A time as far off as asked for, or as far as clocks go.
fn after(start: Instant, period: Duration) -> Instant {
    const A_YEAR: Duration = Duration::from_hours(365 * 24);
    start + period.min(A_YEAR)
}
