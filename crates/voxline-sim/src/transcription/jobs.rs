//! Jobs, and what they cost.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use super::codes::Refusal;
use super::options::{RepeatedReqId, TranscriptionOptions};
use super::request::Submission;
use super::seen::{DoubleSubmission, JobSeen, PushSeen};
use super::text::ScriptedTranscript;
use crate::log::MAX_LOG;

/// More jobs are turned away, so that memory stays bounded.
const MAX_JOBS: usize = 100_000;

/// Every job so far.
#[derive(Debug, Default)]
pub(crate) struct Jobs {
    jobs: Vec<Job>,
    by_request_id: HashMap<String, usize>,
    /// How often each `req_id` was accepted.
    accepted: HashMap<String, u32>,
    doubles: Vec<DoubleSubmission>,
    scripts: HashMap<String, ScriptedTranscript>,
    pushes: VecDeque<PushSeen>,
}

/// One job.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) request_id: String,
    pub(super) req_id: String,
    pub(super) file_link: String,
    pub(super) business_data: Option<String>,
    pub(super) scripted: Option<ScriptedTranscript>,
    pushed: bool,
    born: Instant,
    polls: u32,
    results_given: u32,
    deliveries: u32,
    push_over: bool,
    done: bool,
}

/// What a query finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Unavailable,
    Pending,
    /// Success without a payload, which means pending too.
    Empty,
    Done,
}

impl Jobs {
    /// The `requestId` of a new job.
    pub(super) fn accept(&mut self, new: Submission, options: &TranscriptionOptions) -> Result<String, Refusal> {
        // Counted only where it matters: with many jobs it takes long.
        let open = || self.jobs.iter().filter(|job| !job.done).count();
        if self.jobs.len() >= MAX_JOBS || options.max_open_jobs.is_some_and(|most| open() >= most) {
            return Err(Refusal::too_many(format!("{} jobs are open already", open())));
        }
        let times = self.accepted.get(&new.req_id).copied().unwrap_or(0);
        if times > 0 {
            let paid = options.repeated_req_id == RepeatedReqId::PaidAgain;
            self.note_double(&new.req_id, paid);
            if !paid {
                return Err(Refusal::body("this req_id was accepted before"));
            }
        }
        self.accepted.insert(new.req_id.clone(), times.saturating_add(1));
        let request_id = format!("sim-job-{}", self.jobs.len() + 1);
        self.by_request_id.insert(request_id.clone(), self.jobs.len());
        self.jobs.push(Job {
            request_id: request_id.clone(),
            scripted: self.scripts.get(&new.file_link).cloned(),
            req_id: new.req_id,
            file_link: new.file_link,
            business_data: new.business_data,
            pushed: new.callback.is_some(),
            born: Instant::now(),
            polls: 0,
            results_given: 0,
            deliveries: 0,
            push_over: false,
            done: false,
        });
        Ok(request_id)
    }

    fn note_double(&mut self, req_id: &str, paid: bool) {
        let entry = match self.doubles.iter_mut().find(|double| double.req_id == req_id) {
            Some(entry) => entry,
            None => {
                self.doubles.push(DoubleSubmission { req_id: req_id.to_owned(), repeated: 0, paid_again: 0 });
                let Some(entry) = self.doubles.last_mut() else { return };
                entry
            }
        };
        entry.repeated = entry.repeated.saturating_add(1);
        entry.paid_again = entry.paid_again.saturating_add(u32::from(paid));
    }

    pub(super) fn get(&self, request_id: &str) -> Option<&Job> {
        self.jobs.get(*self.by_request_id.get(request_id)?)
    }

    fn get_mut(&mut self, request_id: &str) -> Option<&mut Job> {
        self.jobs.get_mut(*self.by_request_id.get(request_id)?)
    }

    /// Counts a query of the job; `whole`: its answer reaches the client.
    pub(super) fn poll(&mut self, request_id: &str, options: &TranscriptionOptions, whole: bool) -> Option<Stage> {
        let job = self.get_mut(request_id)?;
        job.polls = job.polls.saturating_add(1);
        let Some(poll) = job.polls.checked_sub(options.unavailable_polls).filter(|poll| *poll > 0) else {
            return Some(Stage::Unavailable);
        };
        if !job.done && (poll <= options.pending_polls || !job.is_old_enough(options)) {
            return Some(if poll <= options.empty_success_polls { Stage::Empty } else { Stage::Pending });
        }
        job.done = true;
        job.results_given = job.results_given.saturating_add(u32::from(whole));
        Some(Stage::Done)
    }

    pub(super) fn finish(&mut self, request_id: &str) {
        if let Some(job) = self.get_mut(request_id) {
            job.done = true;
        }
    }

    pub(super) fn end_push(&mut self, request_id: &str) {
        if let Some(job) = self.get_mut(request_id) {
            job.push_over = true;
        }
    }

    pub(super) fn log_push(&mut self, seen: PushSeen) {
        if seen.delivered
            && let Some(job) = self.get_mut(&seen.request_id)
        {
            job.deliveries = job.deliveries.saturating_add(1);
        }
        if self.pushes.len() == MAX_LOG {
            self.pushes.pop_front();
        }
        self.pushes.push_back(seen);
    }

    /// The result of jobs for this link that are submitted from now on.
    pub(crate) fn script(&mut self, file_link: String, result: ScriptedTranscript) {
        self.scripts.insert(file_link, result);
    }

    pub(crate) fn paid(&self) -> u64 {
        self.jobs.len() as u64
    }

    pub(crate) fn seen(&self) -> Vec<JobSeen> {
        self.jobs.iter().map(Job::seen).collect()
    }

    pub(crate) fn doubles(&self) -> Vec<DoubleSubmission> {
        self.doubles.clone()
    }

    pub(crate) fn pushes(&self) -> Vec<PushSeen> {
        self.pushes.iter().cloned().collect()
    }
}

impl Job {
    fn is_old_enough(&self, options: &TranscriptionOptions) -> bool {
        self.born.elapsed() >= Duration::from_millis(options.pending_ms)
    }

    fn seen(&self) -> JobSeen {
        JobSeen {
            request_id: self.request_id.clone(),
            req_id: self.req_id.clone(),
            // What follows may be a signature.
            file_link: self.file_link.split(['?', '#']).next().unwrap_or("").to_owned(),
            push: self.pushed,
            done: self.done,
            polls: self.polls,
            results_given: self.results_given,
            deliveries: self.deliveries,
            push_over: self.push_over,
        }
    }
}
