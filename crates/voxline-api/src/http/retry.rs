//! Doing it again: when, how often, and when to stop.

use std::time::Duration;

use voxline_core::options::HttpOptions;
use voxline_core::{Error, ErrorKind, Retry};

use super::policy::{Action, action};
use super::random::fraction;
use super::{Call, CancelToken, Clock, FailureClass, Random};

/// One failed attempt.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The row of the policy.
    pub(crate) class: FailureClass,
    /// What the server asked for.
    pub(crate) retry_after: Option<Duration>,
    /// What to report if it stays at that.
    pub(crate) error: Error,
}

impl Failure {
    pub(crate) fn new(class: FailureClass, error: Error) -> Self {
        Self { class, retry_after: None, error }
    }
}

/// An attempt about to be made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attempt {
    /// From 1.
    pub(crate) number: u32,
    /// Time left of the total.
    pub(crate) remaining: Duration,
    /// Whether something expired: renew it before sending. `true` in one attempt at most, which is not counted.
    pub(crate) renew: bool,
}

/// What the loop needs besides the work.
pub(crate) struct Retrier<'a> {
    pub(crate) options: &'a HttpOptions,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) random: &'a dyn Random,
    pub(crate) cancel: &'a CancelToken,
    /// What is done, for errors.
    pub(crate) call: Call<'a>,
    pub(crate) idempotent: bool,
    /// Time for all attempts together.
    pub(crate) total: Duration,
}

impl Retrier<'_> {
    /// Makes attempts until one succeeds, the policy or the options say stop, or the caller cancels.
    pub(crate) fn run<T>(&self, mut attempt: impl FnMut(Attempt) -> Result<T, Failure>) -> Result<T, Error> {
        let deadline = self.clock.now().saturating_add(self.total);
        let mut number = 1;
        let (mut renew, mut renewed) = (false, false);
        loop {
            if self.cancel.is_cancelled() {
                return Err(self.cancelled(number - 1));
            }
            let remaining = deadline.saturating_sub(self.clock.now());
            let failure = match attempt(Attempt { number, remaining, renew }) {
                Ok(value) => return Ok(value),
                Err(failure) => failure,
            };
            renew = false;
            match action(failure.class, self.idempotent) {
                Action::Renew if !renewed && !remaining.is_zero() => {
                    tracing::info!(op = self.call.op, attempt = number, error = %failure.error, "expired, will be renewed");
                    (renew, renewed) = (true, true);
                    continue;
                }
                Action::Renew | Action::Fail => return Err(failure.error),
                Action::OutcomeUnknown => return Err(outcome_unknown(self.call.op, failure.error)),
                Action::Retry => {}
            }
            if number >= self.options.max_attempts {
                return Err(tried(failure, number, "http.max_attempts"));
            }
            let wait = match self.wait(number, failure.retry_after) {
                Ok(wait) => wait,
                Err(limit) => return Err(tried(failure, number, limit)),
            };
            if wait >= deadline.saturating_sub(self.clock.now()) {
                return Err(tried(failure, number, "http.total_timeout_ms"));
            }
            tracing::info!(
                op = self.call.op,
                attempt = number,
                wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
                error = %failure.error,
                "attempt failed, will try again"
            );
            self.clock.sleep(wait, self.cancel);
            number += 1;
        }
    }

    /// The wait after attempt `number`: a random part of a doubling interval ("full jitter": callers that failed
    /// together do not come back together), or what the server asks for if that is longer.
    ///
    /// A server that asks for more than `backoff_max_ms` is not asked again: not earlier than it wants, and not later
    /// than the caller allows. The name of that option is the error.
    fn wait(&self, number: u32, retry_after: Option<Duration>) -> Result<Duration, &'static str> {
        let max = Duration::from_millis(self.options.backoff_max_ms);
        let doubled = 2_u32.checked_pow(number - 1).unwrap_or(u32::MAX);
        let interval = Duration::from_millis(self.options.backoff_initial_ms).saturating_mul(doubled).min(max);
        let jittered = interval.mul_f64(fraction(self.random));
        match retry_after {
            Some(asked) if asked > max => Err("http.backoff_max_ms"),
            Some(asked) => Ok(asked.max(jittered)),
            None => Ok(jittered),
        }
    }

    fn cancelled(&self, attempts: u32) -> Error {
        let context = match attempts {
            0 => "the caller cancelled before anything was sent".to_owned(),
            n => format!("the caller cancelled after attempt {n}"),
        };
        Error::new(ErrorKind::Cancelled, self.call.op, context).with_service(self.call.fault())
    }
}

/// The last failure, with how often it was tried and which option ended it.
fn tried(failure: Failure, attempts: u32, limit: &str) -> Error {
    let retry = failure.retry_after.map_or_else(|| failure.error.retry(), Retry::After);
    let times = if attempts == 1 { "1 attempt".to_owned() } else { format!("{attempts} attempts") };
    failure.error.at(format_args!("gave up after {times} ({limit})")).with_retry(retry)
}

fn outcome_unknown(op: &'static str, cause: Error) -> Error {
    let context = format!("the request was sent, but whether it was carried out is not known: {}", cause.context());
    let error = Error::new(ErrorKind::OutcomeUnknown, op, context);
    let error = match cause.service().cloned() {
        Some(fault) => error.with_service(fault),
        None => error,
    };
    error.with_source(cause)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{FakeClock, FixedRandom};
    use super::*;
    use std::cell::RefCell;

    const CALL: Call<'_> = Call { service: "tests", op: "test", id: "id-1" };
    const TOTAL: Duration = Duration::from_secs(180);

    fn options() -> HttpOptions {
        HttpOptions::default()
    }

    /// Runs attempts that fail as listed (and succeed after that); gives the result, the number made and the waits.
    fn run_with(
        options: &HttpOptions,
        clock: &FakeClock,
        idempotent: bool,
        failures: Vec<(FailureClass, Option<u64>)>,
    ) -> (Result<u32, Error>, u32, Vec<Duration>) {
        let cancel = CancelToken::new();
        let random = FixedRandom::half();
        let retrier = Retrier {
            options,
            clock,
            random: &random,
            cancel: &cancel,
            call: CALL,
            idempotent,
            total: Duration::from_millis(options.total_timeout_ms),
        };
        let failures = RefCell::new(failures.into_iter());
        let mut made = 0;
        let result = retrier.run(|attempt| {
            made = attempt.number;
            match failures.borrow_mut().next() {
                None => Ok(attempt.number),
                Some((class, after)) => {
                    let error = Error::new(ErrorKind::Connect, "test", "cause");
                    Err(Failure { class, retry_after: after.map(Duration::from_secs), error })
                }
            }
        });
        (result, made, clock.sleeps())
    }

    fn ms(values: &[u64]) -> Vec<Duration> {
        values.iter().copied().map(Duration::from_millis).collect()
    }

    #[test]
    fn waits_double_up_to_the_cap_and_are_jittered() {
        let mut options = options();
        options.max_attempts = 9;
        let clock = FakeClock::default();
        let (result, made, waits) = run_with(&options, &clock, false, vec![(FailureClass::NotSent, None); 8]);
        assert_eq!((result.unwrap(), made), (9, 9));
        // Half of 500, 1000, 2000 …, capped at 20 000.
        assert_eq!(waits, ms(&[250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]));
    }

    #[test]
    fn jitter_spans_zero_to_the_whole_interval() {
        let (clock, cancel, options) = (FakeClock::default(), CancelToken::new(), options());
        let wait = |random: &FixedRandom| {
            let retrier = Retrier {
                options: &options,
                clock: &clock,
                random,
                cancel: &cancel,
                call: CALL,
                idempotent: true,
                total: TOTAL,
            };
            retrier.wait(2, None).unwrap()
        };
        assert_eq!(wait(&FixedRandom(0)), Duration::ZERO);
        let longest = wait(&FixedRandom(u64::MAX));
        assert!(longest > Duration::from_millis(999) && longest <= Duration::from_millis(1000), "{longest:?}");
    }

    #[test]
    fn the_last_attempt_reports_its_failure_and_the_count() {
        let clock = FakeClock::default();
        let (result, made, _) = run_with(&options(), &clock, true, vec![(FailureClass::Lost, None); 9]);
        let error = result.unwrap_err();
        assert_eq!((made, error.kind()), (4, ErrorKind::Connect));
        assert_eq!(error.context(), "gave up after 4 attempts (http.max_attempts): cause");
    }

    #[test]
    fn what_may_have_happened_is_not_repeated_but_said() {
        let clock = FakeClock::default();
        let (result, made, waits) = run_with(&options(), &clock, false, vec![(FailureClass::TimedOut, None)]);
        let error = result.unwrap_err();
        assert_eq!((made, waits.len()), (1, 0));
        assert_eq!((error.kind(), error.retry()), (ErrorKind::OutcomeUnknown, Retry::Unknown));
        assert!(error.context().ends_with("cause"), "{error}");
        assert!(std::error::Error::source(&error).is_some());
    }

    #[test]
    fn permanent_failures_end_at_once() {
        let clock = FakeClock::default();
        let (result, made, waits) = run_with(&options(), &clock, true, vec![(FailureClass::Rejected, None)]);
        assert_eq!((result.unwrap_err().context(), made, waits.len()), ("cause", 1, 0));
    }

    #[test]
    fn what_expired_is_renewed_once_without_a_wait_and_without_being_counted() {
        let (clock, cancel, random) = (FakeClock::default(), CancelToken::new(), FixedRandom::half());
        let mut options = options();
        options.max_attempts = 2;
        let retrier = Retrier {
            options: &options,
            clock: &clock,
            random: &random,
            cancel: &cancel,
            call: CALL,
            total: TOTAL,
            idempotent: false,
        };
        let run = |failures: &[FailureClass]| {
            let (mut seen, mut failures) = (Vec::new(), failures.iter());
            let result = retrier.run(|attempt| {
                seen.push((attempt.number, attempt.renew));
                let error = || Error::new(ErrorKind::PermissionDenied, "test", "cause");
                failures.next().map_or(Ok(()), |class| Err(Failure::new(*class, error())))
            });
            (result.is_ok(), seen)
        };
        let (expired, lost) = (FailureClass::Expired, FailureClass::NotSent);
        assert_eq!(run(&[expired]), (true, vec![(1, false), (1, true)]));
        assert!(clock.sleeps().is_empty());
        assert_eq!(run(&[expired, expired]), (false, vec![(1, false), (1, true)]));
        assert_eq!(run(&[lost, expired]), (true, vec![(1, false), (2, false), (2, true)]));
        // The attempt that renews may fail for another reason and be made again; who renews remembers how far it got.
        assert_eq!(run(&[expired, lost]), (true, vec![(1, false), (1, true), (2, false)]));
    }

    #[test]
    fn retry_after_is_honoured_when_longer_than_the_back_off() {
        let clock = FakeClock::default();
        let failures = vec![(FailureClass::Busy, Some(7)), (FailureClass::Busy, Some(0))];
        let (result, _, waits) = run_with(&options(), &clock, false, failures);
        assert_eq!(result.unwrap(), 3);
        assert_eq!(waits, ms(&[7000, 500]));
    }

    #[test]
    fn a_server_that_wants_more_than_the_cap_is_not_asked_again() {
        let clock = FakeClock::default();
        let (result, made, waits) = run_with(&options(), &clock, false, vec![(FailureClass::Busy, Some(21))]);
        let error = result.unwrap_err();
        assert_eq!((made, waits.len()), (1, 0));
        assert_eq!(error.retry(), Retry::After(Duration::from_secs(21)));
        assert!(error.context().contains("http.backoff_max_ms"), "{error}");
        // Exactly the cap is still waited for.
        let (result, ..) = run_with(&options(), &clock, false, vec![(FailureClass::Busy, Some(20))]);
        assert_eq!(result.unwrap(), 2);
    }

    #[test]
    fn the_deadline_ends_it_even_with_attempts_left() {
        let mut options = options();
        options.total_timeout_ms = 1_000;
        options.max_attempts = 20;
        let clock = FakeClock::default();
        let (result, made, waits) = run_with(&options, &clock, true, vec![(FailureClass::Lost, None); 20]);
        // 250 + 500 are spent; the next wait of 1000 does not fit into the 250 left.
        assert_eq!((made, waits), (3, ms(&[250, 500])));
        assert!(result.unwrap_err().context().contains("http.total_timeout_ms"));
    }

    #[test]
    fn an_attempt_is_told_what_is_left_of_the_total() {
        let clock = FakeClock::default();
        let (options, cancel, random) = (options(), CancelToken::new(), FixedRandom::half());
        let retrier = Retrier {
            options: &options,
            clock: &clock,
            random: &random,
            cancel: &cancel,
            call: CALL,
            idempotent: true,
            total: TOTAL,
        };
        let mut seen = Vec::new();
        let _ = retrier.run(|attempt| -> Result<(), _> {
            seen.push(attempt.remaining);
            clock.advance(Duration::from_secs(1));
            Err(Failure::new(FailureClass::Lost, Error::new(ErrorKind::Io, "test", "")))
        });
        assert_eq!(seen, ms(&[180_000, 178_750, 177_250, 175_250]));
    }

    #[test]
    fn cancelling_during_a_wait_makes_no_further_attempt() {
        let cancel = CancelToken::new();
        let clock = FakeClock::cancelling(&cancel);
        let (options, random) = (options(), FixedRandom::half());
        let retrier = Retrier {
            options: &options,
            clock: &clock,
            random: &random,
            cancel: &cancel,
            call: CALL,
            idempotent: true,
            total: TOTAL,
        };
        let mut made = 0;
        let error = retrier
            .run(|_| -> Result<(), _> {
                made += 1;
                Err(Failure::new(FailureClass::NotSent, Error::new(ErrorKind::Io, "test", "")))
            })
            .unwrap_err();
        assert_eq!((made, error.kind()), (1, ErrorKind::Cancelled));
        let error = retrier.run(|_| Ok(())).unwrap_err();
        assert!(error.context().contains("before anything was sent"), "{error}");
        let fault = error.service().unwrap();
        assert_eq!((fault.service, fault.request_id.as_deref()), ("tests", Some("id-1")));
    }
}
