//! Real time, as the world counts it. Nowhere else here is the time looked at.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use npivot_fabric::world::SimTime;
use rustix::time::{
    ClockId, Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, clock_gettime,
    timerfd_create, timerfd_settime,
};

/// A clock that shows the world's time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    /// The system's monotonic time when it began.
    started: Duration,
    at: SimTime,
}

impl Clock {
    /// A clock that shows this time now.
    pub(super) fn showing(at: SimTime) -> Self {
        Self { started: monotonic(), at }
    }

    /// The present.
    pub(super) fn now(&self) -> SimTime {
        let since = monotonic().saturating_sub(self.started);
        let since = u64::try_from(since.as_micros()).unwrap_or(u64::MAX);
        SimTime(self.at.0.saturating_add(since))
    }

    /// How long it is until then.
    pub(super) fn until(&self, then: SimTime) -> Option<Duration> {
        then.0.checked_sub(self.now().0).map(Duration::from_micros)
    }

    /// The system's time at an instant of the world's.
    fn system(&self, then: SimTime) -> Duration {
        self.started + Duration::from_micros(then.0.saturating_sub(self.at.0))
    }
}

fn monotonic() -> Duration {
    let now = clock_gettime(ClockId::Monotonic);
    let secs = u64::try_from(now.tv_sec).unwrap_or(0);
    Duration::new(secs, u32::try_from(now.tv_nsec).unwrap_or(0))
}

/// A descriptor that becomes readable at an instant: neither later, as a wait in milliseconds ends, nor depending on
/// when the wait began. A clock that travels moves on a little each time that a program looks at it, and what is due
/// would come a little earlier or later with what else is run.
#[derive(Debug)]
pub(super) struct Alarm {
    timer: OwnedFd,
    set: Option<SimTime>,
}

impl Alarm {
    /// One that is not set.
    ///
    /// # Errors
    /// The system has no more descriptors.
    pub(super) fn new() -> io::Result<Self> {
        let flags = TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK;
        Ok(Self { timer: timerfd_create(TimerfdClockId::Monotonic, flags)?, set: None })
    }

    /// Sets it to this instant of a clock, or to none. One in the past rings at once.
    pub(super) fn set(&mut self, clock: &Clock, due: Option<SimTime>) {
        if self.set == due {
            return;
        }
        let zero = Timespec { tv_sec: 0, tv_nsec: 0 };
        let it_value = due.map_or(zero, |due| {
            let at = clock.system(due);
            let tv_sec = i64::try_from(at.as_secs()).unwrap_or(i64::MAX);
            Timespec { tv_sec, tv_nsec: at.subsec_nanos().into() }
        });
        let time = Itimerspec { it_interval: zero, it_value };
        let is_set = timerfd_settime(&self.timer, TimerfdTimerFlags::ABSTIME, &time).is_ok();
        self.set = due.filter(|_| is_set);
    }

    /// It has rung, and is not set any more.
    pub(super) fn clear(&mut self) {
        // A descriptor that is not readable is one that has been read.
        let _ = rustix::io::read(&self.timer, &mut [0; 8]);
        self.set = None;
    }
}

impl AsFd for Alarm {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.timer.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use rustix::event::{PollFd, PollFlags, poll};

    use super::*;

    /// Whether it rings within this many seconds.
    fn rings(alarm: &Alarm, secs: i64) -> bool {
        let mut fds = [PollFd::new(alarm, PollFlags::IN)];
        poll(&mut fds, Some(&Timespec { tv_sec: secs, tv_nsec: 0 })).unwrap() == 1
    }

    #[test]
    fn an_alarm_rings_when_it_is_time_and_not_before() {
        let clock = Clock::showing(SimTime(5_000_000));
        let mut alarm = Alarm::new().unwrap();
        assert!(!rings(&alarm, 0));
        let due = clock.now() + 2_000;
        alarm.set(&clock, Some(due));
        assert!(rings(&alarm, 60));
        assert!(clock.now() >= due);
        alarm.clear();
        assert!(!rings(&alarm, 0));
        // Before the clock began: at once. Far away, or not at all: not now.
        alarm.set(&clock, Some(SimTime::ZERO));
        assert!(rings(&alarm, 60));
        for due in [Some(SimTime(u64::MAX)), Some(due + 3_600_000_000), None] {
            alarm.set(&clock, due);
            assert!(!rings(&alarm, 0), "{due:?}");
        }
    }
}
