//! What the simulator saw, for tests that ask it and for `/_log`.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;

use crate::chat::Verdict;
use crate::fault::{Endpoint, Fault};
use crate::state::Leak;
use crate::transcription::{DoubleSubmission, JobSeen, PushSeen};

/// Longest list of requests: beyond it the oldest go, the counts go on.
pub(crate) const MAX_LOG: usize = 10_000;

/// Everything the simulator saw. It holds no token, no key, no signature and no audio.
///
/// `GET /_log` answers with the same as JSON; fields that tests of other languages rely on keep their names.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SimLog {
    /// The requests, oldest first; the last 10 000 are kept.
    pub requests: Vec<RequestSeen>,
    /// How many there were, by endpoint; endpoints without any are left out.
    pub counts: BTreeMap<&'static str, EndpointCounts>,
    /// Connections to the API's port.
    pub api_connections: ConnectionCounts,
    /// Connections to the port of the download host.
    pub download_connections: ConnectionCounts,
    /// Secrets where they do not belong.
    pub leaks: Vec<Leak>,
    /// Requests for an address or with a method that no service has; the first 10 000.
    pub strays: Vec<Stray>,
    /// Submissions that were accepted: each of them is paid for.
    pub paid_submissions: u64,
    /// Submissions that were accepted and paid for although their `req_id` had been accepted before.
    pub double_submissions: Vec<DoubleSubmission>,
    /// The jobs, oldest first.
    pub jobs: Vec<JobSeen>,
    /// Deliveries of results that were tried, oldest first; the last 10 000 are kept.
    pub pushes: Vec<PushSeen>,
}

/// One request as received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RequestSeen {
    /// Counts from 1 over all endpoints, in the order in which requests were complete.
    pub number: u64,
    /// What it was sent to.
    pub endpoint: Endpoint,
    /// What the simulator thought of it, whatever it was told to answer.
    pub verdict: Verdict,
    /// The fault that was ordered for it.
    pub fault: Option<Fault>,
    /// HTTP status of the answer; `None` when the connection was cut before its head.
    pub http_status: Option<u16>,
    /// Bytes of the answer's body that were to be sent, a cut taken into account.
    pub answer_bytes: u64,
    /// The connection, counted from 1 at its port.
    pub connection: u64,
    /// Which of the requests on that connection it was, from 1.
    pub on_connection: u64,
    /// What it was about: record ids, the `req_id` of a submission, the `requestId` of a query, the user who asks for a
    /// chat token.
    pub ids: Vec<String>,
    /// First byte that was asked for by `Range` and granted.
    pub range_start: Option<u64>,
}

/// Requests of one endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct EndpointCounts {
    /// All of them.
    pub requests: u64,
    /// Those that kept every rule.
    pub accepted: u64,
    /// Those that broke one or could not be read.
    pub refused: u64,
    /// Those that met a fault other than a delay.
    pub faults: u64,
}

/// Connections of one port. Those that only read `/_log` are accepted but not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct ConnectionCounts {
    /// Accepted.
    pub accepted: u64,
    /// With at least one request.
    pub used: u64,
    /// With at least two.
    pub reused: u64,
    /// Requests over all of them.
    pub requests: u64,
    /// Most requests on one connection.
    pub most_requests_on_one: u64,
}

/// A request that belongs to no service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Stray {
    /// Its method.
    pub method: String,
    /// Its path, unless it holds a secret.
    pub path: String,
    /// Whether the path is a service's and only the method is wrong.
    pub wrong_method: bool,
}

/// The part of the log that grows with each request.
#[derive(Debug, Default)]
pub(crate) struct Book {
    requests: VecDeque<RequestSeen>,
    counts: BTreeMap<&'static str, EndpointCounts>,
    total: u64,
    strays: Vec<Stray>,
}

impl Book {
    /// Numbers the entry and keeps it.
    pub(crate) fn enter(&mut self, mut seen: RequestSeen) {
        self.total += 1;
        seen.number = self.total;
        let counts = self.counts.entry(seen.endpoint.as_str()).or_default();
        counts.requests += 1;
        match seen.verdict {
            Verdict::Accepted => counts.accepted += 1,
            Verdict::Refused { .. } | Verdict::Unreadable { .. } => counts.refused += 1,
        }
        counts.faults += u64::from(seen.fault.is_some());
        if self.requests.len() == MAX_LOG {
            self.requests.pop_front();
        }
        self.requests.push_back(seen);
    }

    pub(crate) fn stray(&mut self, stray: Stray) {
        if self.strays.len() < MAX_LOG {
            self.strays.push(stray);
        }
    }

    pub(crate) fn requests(&self) -> Vec<RequestSeen> {
        self.requests.iter().cloned().collect()
    }

    pub(crate) fn counts(&self) -> BTreeMap<&'static str, EndpointCounts> {
        self.counts.clone()
    }

    pub(crate) fn strays(&self) -> Vec<Stray> {
        self.strays.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_bounded_and_the_counts_go_on() {
        let mut book = Book::default();
        for index in 0..=MAX_LOG as u64 {
            let verdict = if index == 3 { Verdict::Unreadable { http_status: 413 } } else { Verdict::Accepted };
            book.enter(RequestSeen {
                number: 0,
                endpoint: Endpoint::Query,
                verdict,
                fault: (index == 5).then_some(Fault::Drop),
                http_status: None,
                answer_bytes: 0,
                connection: 1,
                on_connection: 1,
                ids: Vec::new(),
                range_start: None,
            });
        }
        let requests = book.requests();
        assert_eq!((requests.len(), requests[0].number), (MAX_LOG, 2));
        let all = MAX_LOG as u64 + 1;
        let expected = EndpointCounts { requests: all, accepted: all - 1, refused: 1, faults: 1 };
        assert_eq!(book.counts(), BTreeMap::from([("query", expected)]));
    }
}
