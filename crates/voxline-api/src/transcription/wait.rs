//! Asking until the transcript is there.

use std::time::Duration;

use voxline_core::{Error, ErrorKind, Result, Retry, ServiceFault};

use super::client::{SERVICE, TranscriptionClient};
use super::response::{JobFailure, QueryState};
use super::transcript::Transcript;
use crate::http::CancelToken;

const OP: &str = "wait for transcription";

/// How to ask for a result, and for how long.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct WaitOptions {
    /// Time between the first two questions, default 3 s.
    pub interval: Duration,
    /// By how much the interval grows each time, 1 or more, default 1.5.
    pub growth: f64,
    /// Longest interval, default 30 s.
    pub max_interval: Duration,
    /// Longest time in all, default 2 h.
    pub deadline: Duration,
    /// How long "the information cannot be got" (992008) is taken for "not yet", default 60 s.
    pub not_available_grace: Duration,
}

impl Default for WaitOptions {
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(3),
            growth: 1.5,
            max_interval: Duration::from_secs(30),
            deadline: Duration::from_secs(7200),
            not_available_grace: Duration::from_secs(60),
        }
    }
}

impl WaitOptions {
    pub(super) fn check(&self) -> Result<()> {
        let fault = if self.interval.is_zero() {
            "interval is 0"
        } else if self.max_interval < self.interval {
            "max_interval is shorter than interval"
        } else if !(self.growth.is_finite() && self.growth >= 1.0) {
            "growth is less than 1"
        } else {
            return Ok(());
        };
        Err(Error::new(ErrorKind::InvalidArgument, OP, fault))
    }

    fn next_interval(&self, interval: Duration) -> Duration {
        let grown = Duration::try_from_secs_f64(interval.as_secs_f64() * self.growth);
        grown.unwrap_or(self.max_interval).min(self.max_interval)
    }
}

/// How a wait ended without an error.
pub(super) enum Ended {
    Done(Transcript),
    Failed(JobFailure),
}

impl TranscriptionClient {
    /// Asks for a result until it is there.
    ///
    /// The first question is asked at once. A question that fails for a passing reason (no connection, HTTP 408, 429,
    /// 5xx) counts as "not yet". Nothing is asked or awaited beyond the deadline: if the next question would come
    /// after it, the wait ends.
    ///
    /// **Errors**: [`ErrorKind::Timeout`] at the deadline (the work goes on and may be asked for again);
    /// [`ErrorKind::Service`] with the service's code when the recording could not be transcribed;
    /// [`ErrorKind::NotFound`] when the service still does not know the id after the time of grace;
    /// [`ErrorKind::Cancelled`]; what [`TranscriptionClient::query`] says for good, such as wrong credentials.
    pub fn wait(&self, request_id: &str, options: &WaitOptions, cancel: &CancelToken) -> Result<Transcript> {
        match self.wait_until(request_id, options, cancel, &|| false)? {
            Ended::Done(transcript) => Ok(transcript),
            Ended::Failed(failure) => Err(failure.to_error(OP, Some(request_id))),
        }
    }

    /// The same, also given up when `stop` says so between two questions.
    pub(super) fn wait_until(
        &self,
        request_id: &str,
        options: &WaitOptions,
        cancel: &CancelToken,
        stop: &dyn Fn() -> bool,
    ) -> Result<Ended> {
        options.check()?;
        let fault = || {
            let mut fault = ServiceFault::new(SERVICE);
            fault.request_id = Some(request_id.to_owned());
            fault
        };
        let clock = self.clock();
        let started = clock.now();
        let mut interval = options.interval;
        loop {
            if cancel.is_cancelled() || stop() {
                return Err(Error::new(ErrorKind::Cancelled, OP, "the caller gave up waiting").with_service(fault()));
            }
            let remaining = options.deadline.saturating_sub(clock.now().saturating_sub(started));
            let mut asked = None;
            let last = match self.query_within(remaining, request_id, cancel) {
                Ok(QueryState::Done(transcript)) => return Ok(Ended::Done(transcript)),
                Ok(QueryState::Failed(failure)) => return Ok(Ended::Failed(failure)),
                Ok(QueryState::Pending) => "it is not done yet".to_owned(),
                Ok(QueryState::NotAvailable { message }) => {
                    let said = message.map(|m| format!(" (\"{m}\")")).unwrap_or_default();
                    let waited = clock.now().saturating_sub(started);
                    if waited >= options.not_available_grace {
                        let context = format!(
                            "after {} s the service still knows nothing of it: code 992008{said}",
                            waited.as_secs()
                        );
                        let mut fault = fault();
                        fault.code = Some("992008".to_owned());
                        return Err(Error::new(ErrorKind::NotFound, OP, context).with_service(fault));
                    }
                    format!("the service knows nothing of it{said}")
                }
                Err(error) => match error.retry() {
                    Retry::Yes => error.to_string(),
                    Retry::After(wait) => {
                        asked = Some(wait);
                        error.to_string()
                    }
                    _ => return Err(error),
                },
            };
            let pause = asked.unwrap_or(Duration::ZERO).max(interval);
            let waited = clock.now().saturating_sub(started);
            if pause >= options.deadline.saturating_sub(waited) {
                let context = format!(
                    "no transcript after {} s, and the next question would come after the deadline of {} s; at last: {last}",
                    waited.as_secs(),
                    options.deadline.as_secs()
                );
                return Err(Error::new(ErrorKind::Timeout, OP, context).with_service(fault()));
            }
            clock.sleep(pause, cancel);
            interval = options.next_interval(interval);
        }
    }
}
