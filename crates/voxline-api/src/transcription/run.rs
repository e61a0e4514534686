//! Many submissions, with a ledger at every step.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use voxline_core::{Error, ErrorKind, Result};

use super::client::TranscriptionClient;
use super::enter::{KnownLinks, enter};
use super::job::{JobOutcome, JobReport, not_submitted, of_entry, unknown};
use super::ledger::{Entry, Ledger, State, Step};
use super::request::{ReturnMode, Submission};
use super::status::TranscriptionCode as Code;
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
    /// What [`run_with_ledger`] does with links that are in the ledger already, default [`KnownLinks::Refuse`].
    pub known_links: KnownLinks,
    /// After so many submissions in a row that the service did not take, no more are sent: what is wrong is wrong with
    /// all of them (the address, the credentials, the network, the service), and the rest stays queued. After so many
    /// questions in a row that were refused because of the credentials, no more are asked either. Default 20, 0 for
    /// never. A recording that could not be recognised does not count.
    pub stop_after_refusals: u32,
}

impl Default for RunOptions {
    fn default() -> Self {
        let known_links = KnownLinks::default();
        Self { in_flight: 4, wait: WaitOptions::default(), known_links, stop_after_refusals: 20 }
    }
}

/// Submits recordings, waits for the results of those that are pulled, and writes every step into the ledger before
/// the next is taken.
///
/// All submissions are entered before the first is sent, as [`super::enter_submissions`] does. `observe` hears of each
/// as its outcome is known, from several threads. When `cancel` is cancelled, nothing more is sent: a submission that
/// is under way is still answered and recorded, waits for results end, and what was not begun stays queued and is not
/// in the list.
///
/// **Errors**: the ledger's, which end the run (a submission whose step could not be written is then `sending` in the
/// ledger and found by [`resume_with_ledger`]; if the service took it, its id is in the error);
/// [`ErrorKind::InvalidState`] for links that are known and [`ErrorKind::InvalidArgument`] for options out of range or
/// submissions that are refused, before anything is sent. What goes wrong with one submission is in its report.
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
    let submissions = enter(client, ledger, submissions, options.known_links)?.new;
    let entries = submissions.into_iter().map(|submission| Entry::new(submission, State::Queued, None, None));
    run.work(entries.collect())
}

/// Goes on where an earlier run ended, however it ended: sends what surely was not taken, waits for what was, and
/// reports as [`JobOutcome::Unknown`], without touching it, what may have been.
///
/// No result is fetched that is in the ledger. One that had been fetched when the program died, but was not written
/// down yet, is fetched once more: to ask costs nothing and changes nothing, and to note the question before would
/// lose the result.
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
        let outcome = unknown(entry, "the program ended while it was being sent");
        let report = JobReport { req_id: entry.req_id().to_owned(), outcome };
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
    /// Submissions in a row that were not taken.
    refusals: AtomicU32,
    /// Questions in a row that were not answered because of who asked.
    denials: AtomicU32,
}

/// What came of sending.
enum Sent {
    /// It is accepted, and this is how it stands.
    Accepted(Entry),
    Ended(JobOutcome),
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
        Ok(Self { client, ledger, options, cancel, observe, refusals: AtomicU32::new(0), denials: AtomicU32::new(0) })
    }

    /// Takes every entry as far as it goes.
    fn work(&self, entries: VecDeque<Entry>) -> Result<Vec<JobReport>> {
        let helpers = self.options.in_flight.min(entries.len()).saturating_sub(1);
        let (queue, done, failed) = (Mutex::new(entries), Mutex::new(Vec::new()), Mutex::new(Vec::new()));
        let stop = AtomicBool::new(false);
        let worker = || {
            while !stop.load(Ordering::SeqCst) && !self.cancel.is_cancelled() {
                let Some(entry) = locked(&queue).pop_front() else { return };
                // What was accepted stands before it in the queue.
                if (entry.state == State::Queued && self.are_enough(&self.refusals)) || self.are_enough(&self.denials) {
                    return;
                }
                match self.take_along(&entry, &|| stop.load(Ordering::SeqCst)) {
                    Ok(outcome) => {
                        let report = JobReport { req_id: entry.req_id().to_owned(), outcome };
                        (self.observe)(&report);
                        locked(&done).push(report);
                    }
                    Err(error) => {
                        stop.store(true, Ordering::SeqCst);
                        locked(&failed).push(error);
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
        let mut failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter();
        match failed.next() {
            // Each may name a submission that was paid.
            Some(first) => Err(failed.fold(first, |all, next| all.at(format_args!("{}; and", next.context())))),
            None => Ok(done.into_inner().unwrap_or_else(PoisonError::into_inner)),
        }
    }

    /// Takes one entry as far as it goes. Errors are the ledger's.
    fn take_along(&self, entry: &Entry, stop: &dyn Fn() -> bool) -> Result<JobOutcome> {
        if entry.state == State::Accepted {
            return self.bring_home(entry, stop);
        }
        match self.send(entry)? {
            Sent::Accepted(entry) => self.bring_home(&entry, stop),
            Sent::Ended(outcome) => Ok(outcome),
        }
    }

    fn send(&self, entry: &Entry) -> Result<Sent> {
        let req_id = entry.req_id();
        if let Some(moved) = self.step(req_id, &Step::Sending)? {
            return Ok(moved_elsewhere(moved));
        }
        match self.client.submit_with(&entry.submission, self.cancel) {
            Ok(accepted) => {
                self.refusals.store(0, Ordering::SeqCst);
                let request_id = accepted.request_id;
                let step = Step::Accepted { request_id: request_id.clone() };
                // What was paid must be found again, be it in the message.
                let lost = |e: Error| e.at(format_args!("requestId {request_id} of req_id {req_id} was not kept"));
                Ok(match self.step(req_id, &step).map_err(lost)? {
                    Some(moved) => moved_elsewhere(moved),
                    None => {
                        let mut entry = entry.clone();
                        (entry.state, entry.request_id) = (State::Accepted, Some(request_id));
                        Sent::Accepted(entry)
                    }
                })
            }
            Err(error) => {
                self.count_refusal(&error);
                let (step, outcome) = not_submitted(error);
                Ok(self.step(req_id, &step)?.map_or(Sent::Ended(outcome), moved_elsewhere))
            }
        }
    }

    /// Waits for the result of what was accepted.
    fn bring_home(&self, entry: &Entry, stop: &dyn Fn() -> bool) -> Result<JobOutcome> {
        if matches!(entry.submission.mode(), ReturnMode::Push { .. }) {
            return Ok(JobOutcome::AwaitingCallback);
        }
        let req_id = entry.req_id();
        let Some(request_id) = &entry.request_id else {
            let what = format!("{req_id} was accepted, but the ledger holds no requestId to ask for the result by");
            return Ok(JobOutcome::Running(Error::new(ErrorKind::InvalidState, OP, what)));
        };
        let (step, outcome) = match self.client.wait_until(request_id, &self.options.wait, self.cancel, stop) {
            Ok(Ended::Done(transcript)) => (Step::Done { result: transcript.raw().to_owned() }, JobOutcome::Done),
            Ok(Ended::Failed(failure)) => {
                let outcome = JobOutcome::Failed(failure.to_error(OP, Some(request_id)));
                (Step::Failed { why: failure.to_string() }, outcome)
            }
            Err(error) => {
                if matches!(error.kind(), ErrorKind::Unauthenticated | ErrorKind::PermissionDenied) {
                    self.count(&self.denials, &error);
                }
                return Ok(JobOutcome::Running(error));
            }
        };
        self.denials.store(0, Ordering::SeqCst);
        Ok(match self.step(req_id, &step)?.map(moved_elsewhere) {
            Some(Sent::Ended(outcome)) => outcome,
            Some(Sent::Accepted(_)) | None => outcome,
        })
    }

    /// Writes a step down. If a delivery or another program has moved the entry on in the meantime, so that the step
    /// comes too late or is no longer possible, nothing changes, and how the entry stands now comes back.
    fn step(&self, req_id: &str, step: &Step) -> Result<Option<Entry>> {
        match self.ledger.advance(req_id, step) {
            Ok(true) => return Ok(None),
            Ok(false) => {}
            Err(error) if error.kind() == ErrorKind::InvalidState => {}
            Err(error) => return Err(error),
        }
        let gone = || Error::new(ErrorKind::NotFound, OP, format!("req_id {req_id} is no longer in the ledger"));
        self.ledger.entry(req_id)?.ok_or_else(gone).map(Some)
    }

    fn count_refusal(&self, error: &Error) {
        let code = error.service().and_then(|fault| fault.code.as_deref());
        let recognition = code.is_some_and(|code| Code::from_text(code) == Code::RecognitionFailed);
        if recognition || matches!(error.kind(), ErrorKind::Cancelled | ErrorKind::InvalidArgument) {
            return;
        }
        self.count(&self.refusals, error);
    }

    fn count(&self, in_a_row: &AtomicU32, error: &Error) {
        let now = in_a_row.fetch_add(1, Ordering::SeqCst).saturating_add(1);
        if now == self.options.stop_after_refusals {
            tracing::warn!(in_a_row = now, error = %error, "the run goes no further: the service says no to everything");
        }
    }

    /// Whether so many failed in a row that trying others is of no use.
    fn are_enough(&self, in_a_row: &AtomicU32) -> bool {
        let most = self.options.stop_after_refusals;
        most > 0 && in_a_row.load(Ordering::SeqCst) >= most
    }
}

/// What an entry has come to that did not wait for us.
fn moved_elsewhere(entry: Entry) -> Sent {
    match of_entry(&entry) {
        Some(outcome) => Sent::Ended(outcome),
        None => Sent::Accepted(entry),
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
