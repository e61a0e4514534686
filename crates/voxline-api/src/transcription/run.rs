//! Many submissions, with a ledger at every step.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use voxline_core::{Error, ErrorKind, Result, Retry, ServiceFault};

use super::client::{SERVICE, SUBMIT_OP, TranscriptionClient};
use super::ledger::{Entry, Ledger, State, Step};
use super::request::{ReturnMode, Submission};
use super::wait::{Ended, WaitOptions};
use crate::http::CancelToken;

const OP: &str = "run transcriptions";

/// How a run goes about its work.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RunOptions {
    /// Submissions that are between sending and result at the same time, 1 to 256, default 4. Each has a thread.
    pub in_flight: usize,
    /// How results are waited for.
    pub wait: WaitOptions,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self { in_flight: 4, wait: WaitOptions::default() }
    }
}

/// What a run brought for one submission.
#[derive(Debug)]
#[non_exhaustive]
pub struct JobReport {
    /// The submission's own id.
    pub req_id: String,
    /// Where it stands.
    pub outcome: JobOutcome,
}

/// Where a submission stands after a run. The ledger says the same.
#[derive(Debug)]
#[non_exhaustive]
pub enum JobOutcome {
    /// The result is in the ledger.
    Done,
    /// The service took it and will deliver the result.
    AwaitingCallback,
    /// The service took it; the wait for its result ended. A later run waits again.
    Running(Error),
    /// It surely had no effect. A later run sends it again.
    NotSent(Error),
    /// Nobody knows whether the service took it. No run sends it again unless the caller puts it back
    /// ([`Step::Requeue`]).
    Unknown(Error),
    /// The service refused it or could not transcribe the recording.
    Failed(Error),
}

/// Submits recordings, waits for the results of those that are pulled, and writes every step into the ledger before
/// the next is taken.
///
/// All submissions are entered before the first is sent; one without a `req_id` gets a random one. `observe` hears of
/// each as its outcome is known, from several threads. When `cancel` is cancelled, what was not begun stays queued and
/// is not in the list.
///
/// **Errors**: the ledger's, which end the run (a submission whose step could not be written is then `sending` in the
/// ledger and found by [`resume_with_ledger`]); [`ErrorKind::InvalidArgument`] for options out of range or submissions
/// that are refused, before anything is sent. What goes wrong with one submission is in its report.
pub fn run_with_ledger(
    client: &TranscriptionClient,
    ledger: &dyn Ledger,
    submissions: &[Submission],
    options: &RunOptions,
    cancel: &CancelToken,
    observe: &(dyn Fn(&JobReport) + Sync),
) -> Result<Vec<JobReport>> {
    let run = Run::new(client, ledger, options, cancel, observe)?;
    let _lock = ledger.lock()?;
    let with_id = |submission: &Submission| match submission.req_id() {
        Some(_) => submission.clone(),
        None => submission.clone().with_req_id(client.new_req_id()),
    };
    let submissions: Vec<Submission> = submissions.iter().map(with_id).collect();
    ledger.add(&submissions)?;
    let entries = submissions.into_iter().map(|submission| Entry::new(submission, State::Queued, None, None));
    run.work(entries.collect())
}

/// Goes on where an earlier run ended, however it ended: sends what surely was not taken, waits for what was, and
/// reports as [`JobOutcome::Unknown`], without touching it, what may have been. No result is fetched that is there.
///
/// **Errors**: as [`run_with_ledger`].
pub fn resume_with_ledger(
    client: &TranscriptionClient,
    ledger: &dyn Ledger,
    options: &RunOptions,
    cancel: &CancelToken,
    observe: &(dyn Fn(&JobReport) + Sync),
) -> Result<Vec<JobReport>> {
    let run = Run::new(client, ledger, options, cancel, observe)?;
    let _lock = ledger.lock()?;
    let left = ledger.resume()?;
    let unknown = left.unknown.iter().map(|entry| {
        let mut fault = ServiceFault::new(SERVICE);
        fault.request_id = Some(entry.req_id().to_owned());
        let why = entry.note.as_deref().unwrap_or("the program ended while it was being sent");
        let error = Error::new(ErrorKind::OutcomeUnknown, SUBMIT_OP, why).with_service(fault);
        let report = JobReport { req_id: entry.req_id().to_owned(), outcome: JobOutcome::Unknown(error) };
        observe(&report);
        report
    });
    let mut reports: Vec<JobReport> = unknown.collect();
    // What was paid comes first.
    reports.extend(run.work(left.accepted.into_iter().chain(left.never_sent).collect())?);
    Ok(reports)
}

struct Run<'a> {
    client: &'a TranscriptionClient,
    ledger: &'a dyn Ledger,
    options: &'a RunOptions,
    cancel: &'a CancelToken,
    observe: &'a (dyn Fn(&JobReport) + Sync),
}

impl<'a> Run<'a> {
    fn new(
        client: &'a TranscriptionClient,
        ledger: &'a dyn Ledger,
        options: &'a RunOptions,
        cancel: &'a CancelToken,
        observe: &'a (dyn Fn(&JobReport) + Sync),
    ) -> Result<Self> {
        if !(1..=256).contains(&options.in_flight) {
            let what = format!("in_flight is {}, use 1 to 256", options.in_flight);
            return Err(Error::new(ErrorKind::InvalidArgument, OP, what));
        }
        options.wait.check()?;
        Ok(Self { client, ledger, options, cancel, observe })
    }

    /// Takes every entry as far as it goes.
    fn work(&self, entries: VecDeque<Entry>) -> Result<Vec<JobReport>> {
        let helpers = self.options.in_flight.min(entries.len()).saturating_sub(1);
        let (queue, done, failed) = (Mutex::new(entries), Mutex::new(Vec::new()), Mutex::new(None));
        let stop = AtomicBool::new(false);
        let worker = || {
            while !stop.load(Ordering::SeqCst) && !self.cancel.is_cancelled() {
                let Some(entry) = locked(&queue).pop_front() else { return };
                match self.take_along(&entry, &|| stop.load(Ordering::SeqCst)) {
                    Ok(outcome) => {
                        let report = JobReport { req_id: entry.req_id().to_owned(), outcome };
                        (self.observe)(&report);
                        locked(&done).push(report);
                    }
                    Err(error) => {
                        stop.store(true, Ordering::SeqCst);
                        locked(&failed).get_or_insert(error);
                    }
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..helpers {
                // With fewer threads than wished for it only takes longer.
                if std::thread::Builder::new().spawn_scoped(scope, worker).is_err() {
                    break;
                }
            }
            worker();
        });
        match failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(error) => Err(error),
            None => Ok(done.into_inner().unwrap_or_else(PoisonError::into_inner)),
        }
    }

    /// Takes one entry as far as it goes. Errors are the ledger's.
    fn take_along(&self, entry: &Entry, stop: &dyn Fn() -> bool) -> Result<JobOutcome> {
        let Self { client, ledger, cancel, .. } = self;
        let req_id = entry.req_id();
        let request_id = match (&entry.state, &entry.request_id) {
            (State::Accepted, Some(request_id)) => request_id.clone(),
            _ => {
                if !ledger.advance(req_id, &Step::Sending)? {
                    // A delivery came in between.
                    return Ok(JobOutcome::Done);
                }
                match client.submit_with(&entry.submission, cancel) {
                    Ok(accepted) => {
                        let request_id = accepted.request_id;
                        let step = Step::Accepted { request_id: request_id.clone() };
                        // What was paid must be found again, be it in the message.
                        let lost =
                            |e: Error| e.at(format_args!("requestId {request_id} of req_id {req_id} was not kept"));
                        ledger.advance(req_id, &step).map_err(lost)?;
                        request_id
                    }
                    Err(error) => {
                        let (step, outcome) = not_submitted(error);
                        ledger.advance(req_id, &step)?;
                        return Ok(outcome);
                    }
                }
            }
        };
        if matches!(entry.submission.mode(), ReturnMode::Push { .. }) {
            return Ok(JobOutcome::AwaitingCallback);
        }
        match client.wait_until(&request_id, &self.options.wait, cancel, stop) {
            Ok(Ended::Done(transcript)) => {
                ledger.advance(req_id, &Step::Done { result: transcript.raw().to_owned() })?;
                Ok(JobOutcome::Done)
            }
            Ok(Ended::Failed(failure)) => {
                ledger.advance(req_id, &Step::Failed { why: failure.to_string() })?;
                Ok(JobOutcome::Failed(failure.to_error(OP, Some(&request_id))))
            }
            Err(error) => Ok(JobOutcome::Running(error)),
        }
    }
}

/// What the error of a submission means for its entry.
fn not_submitted(error: Error) -> (Step, JobOutcome) {
    let why = error.context().to_owned();
    let refused = error.service().is_some_and(|fault| fault.code.is_some()) && error.retry() == Retry::No;
    match error.kind() {
        ErrorKind::OutcomeUnknown => (Step::Unknown { why }, JobOutcome::Unknown(error)),
        _ if error.retry() == Retry::Unknown => (Step::Unknown { why }, JobOutcome::Unknown(error)),
        // Nothing that is known ends here; if something does, nobody has looked at what it means.
        ErrorKind::Io => (Step::Unknown { why }, JobOutcome::Unknown(error)),
        // To be fixed by the caller, and then to be sent.
        ErrorKind::Unauthenticated | ErrorKind::PermissionDenied => (Step::NotSent { why }, JobOutcome::NotSent(error)),
        ErrorKind::InvalidArgument => (Step::Failed { why }, JobOutcome::Failed(error)),
        _ if refused => (Step::Failed { why }, JobOutcome::Failed(error)),
        _ => (Step::NotSent { why }, JobOutcome::NotSent(error)),
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
