//! Time, in the one place of this crate that may ask the system for it.

use std::fmt;
use std::time::{Duration, Instant, SystemTime};

use super::CancelToken;

/// Where time comes from: the system, or a test that does not want to wait.
pub trait Clock: Send + Sync + fmt::Debug {
    /// Time since a fixed moment, never going back.
    fn now(&self) -> Duration;

    /// The date and time of day, for `Retry-After` dates.
    fn date(&self) -> SystemTime;

    /// Waits for `duration` or until `cancel` is cancelled.
    fn sleep(&self, duration: Duration, cancel: &CancelToken);
}

/// This moment, for the time-outs of sockets, which pass by the system's time whatever the injected clock says.
#[expect(clippy::disallowed_methods, reason = "this is the place where time enters")]
pub(crate) fn instant() -> Instant {
    Instant::now()
}

/// The system's time.
#[derive(Debug, Clone)]
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// A clock that starts at 0 now.
    #[expect(clippy::disallowed_methods, reason = "this is the place where time enters")]
    pub fn new() -> Self {
        Self { start: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the place where time enters")]
    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    #[expect(clippy::disallowed_methods, reason = "this is the place where time enters")]
    fn date(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, duration: Duration, cancel: &CancelToken) {
        cancel.wait(duration);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_clock_does_not_go_back_and_wakes_when_cancelled() {
        let clock = SystemClock::new();
        let before = clock.now();
        let cancel = CancelToken::new();
        cancel.cancel();
        clock.sleep(Duration::from_secs(86_400), &cancel);
        let slept = clock.now() - before;
        assert!(slept < Duration::from_secs(86_400));
        clock.sleep(Duration::from_millis(2), &CancelToken::new());
        assert!(clock.now() - before >= slept + Duration::from_millis(2));
    }
}
