//! How long a step may take, and who may end it.

use std::io;
use std::time::{Duration, Instant};

use crate::http::clock::instant;
use crate::http::{CancelToken, Limits, Phase, TransportError};

/// How often somebody who waits looks whether the caller has given up.
pub(super) const LOOK: Duration = Duration::from_millis(50);
/// Stands for "never" where a limit is too long to be added to a moment.
const CENTURY: Duration = Duration::from_secs(100 * 366 * 86_400);

/// The limits of one request, with the moment it began.
#[derive(Clone)]
pub(super) struct Term {
    limits: Limits,
    until: Instant,
    cancel: CancelToken,
}

impl Term {
    pub(super) fn new(limits: &Limits, cancel: &CancelToken) -> Self {
        Self { limits: *limits, until: after(limits.total), cancel: cancel.clone() }
    }

    /// The same for what is not given up any more.
    pub(super) fn until_the_end(self) -> Self {
        Self { cancel: CancelToken::new(), ..self }
    }

    /// A step that begins now.
    pub(super) fn watch(&self, phase: Phase) -> Watch {
        let limit = match phase {
            Phase::Resolve | Phase::Connect => self.limits.connect,
            Phase::Send | Phase::Answer | Phase::Body => self.limits.read,
        };
        let own = after(limit);
        let (until, limit) = if own < self.until { (own, limit) } else { (self.until, self.limits.total) };
        Watch { until, limit, phase, cancel: self.cancel.clone() }
    }
}

fn after(limit: Duration) -> Instant {
    let now = instant();
    now.checked_add(limit).or_else(|| now.checked_add(CENTURY)).unwrap_or(now)
}

/// One step: what is being done, until when, unless cancelled.
#[derive(Clone)]
pub(super) struct Watch {
    pub(super) until: Instant,
    limit: Duration,
    pub(super) phase: Phase,
    cancel: CancelToken,
}

impl Watch {
    /// How long to wait before looking here again.
    ///
    /// **Errors**: the time is over, or the caller has given up.
    pub(super) fn patience(&self) -> Result<Duration, TransportError> {
        if self.cancel.is_cancelled() {
            return Err(TransportError::Cancelled { phase: self.phase });
        }
        let left = self.until.saturating_duration_since(instant());
        if left.is_zero() { Err(self.timeout()) } else { Ok(left.min(LOOK)) }
    }

    pub(super) fn timeout(&self) -> TransportError {
        TransportError::Timeout { phase: self.phase, limit: self.limit }
    }
}

/// A fault of ours on its way through somebody's `io::Error`.
pub(super) fn carried(error: TransportError) -> io::Error {
    io::Error::other(error)
}

/// The fault of ours that is in an `io::Error`, or what is made of another.
pub(super) fn uncarried(error: io::Error, other: impl FnOnce(io::Error) -> TransportError) -> TransportError {
    error.downcast::<TransportError>().unwrap_or_else(other)
}
