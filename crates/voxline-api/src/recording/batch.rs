//! Locating many recordings at once.

use std::fmt;

use voxline_core::{Error, ErrorKind, Result};

use super::client::{RecordingClient, SERVICE};
use super::request::{MAX_BATCH, RecordingId};
use super::response::{Envelope, addresses, json};
use super::status::RecordingStatus;
use super::url::RecordingUrl;
use crate::http::{Call, CancelToken};

const OP: &str = "locate recordings";

/// One of many: the recording and where it is, or why that is not known.
#[derive(Debug)]
#[non_exhaustive]
pub struct Located {
    /// The recording.
    pub id: RecordingId,
    /// Where it is.
    pub result: Result<RecordingUrl>,
}

/// What became of a request for many recordings.
pub struct LocatedMany {
    entries: Vec<Located>,
    raw: Vec<String>,
}

impl LocatedMany {
    /// One entry for each id, in the order they were given.
    pub fn entries(&self) -> &[Located] {
        &self.entries
    }

    /// The entries themselves.
    pub fn into_entries(self) -> Vec<Located> {
        self.entries
    }

    /// How many could not be located.
    pub fn failure_count(&self) -> usize {
        self.entries.iter().filter(|entry| entry.result.is_err()).count()
    }

    /// The answers to the requests for many as they came, JSON: their shape is not documented. They hold signed
    /// addresses: do not log them.
    pub fn raw_answers(&self) -> &[String] {
        &self.raw
    }
}

impl fmt::Debug for LocatedMany {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocatedMany")
            .field("entries", &self.entries)
            .field("raw_answers", &self.raw.len())
            .finish_non_exhaustive()
    }
}

impl RecordingClient {
    /// Asks where many recordings are, in as few requests as the service allows: 30 of one task each.
    ///
    /// A recording that such an answer does not clearly name, or a whole answer that is an error about ids, is asked
    /// for one by one: every id gets its own result. Once the token is refused or the caller cancels, the
    /// rest is not asked for and gets the same error.
    ///
    /// **Source**: public clients of the service. The vendor's page does not mention it; an installation that does not
    /// know it (HTTP 404 or 405) is asked one by one.
    pub fn locate_many(&self, ids: &[RecordingId]) -> LocatedMany {
        self.locate_many_with(ids, &CancelToken::new())
    }

    /// The same, given up when `cancel` is cancelled: ids without an answer get [`ErrorKind::Cancelled`].
    pub fn locate_many_with(&self, ids: &[RecordingId], cancel: &CancelToken) -> LocatedMany {
        let mut results: Vec<Option<Result<RecordingUrl>>> = ids.iter().map(|id| id.check().err().map(Err)).collect();
        let mut raw = Vec::new();
        let mut stopped: Option<Error> = None;
        for batch in batches(ids, &results) {
            // A batch of one is asked for in the documented way.
            let (found, ended) = match (&stopped, &*batch) {
                (Some(error), _) => (None, Some(same_again(error))),
                (None, [_]) => (None, None),
                (None, _) => match self.locate_batch(ids, &batch, cancel, &mut raw) {
                    Ok(found) => (Some(found), None),
                    Err(error) if wants_single(&error) => (None, None),
                    Err(error) => (None, Some(error)),
                },
            };
            let mut found = found.unwrap_or_default().into_iter();
            for places in batch {
                let Some(id) = places.first().and_then(|i| ids.get(*i)) else { continue };
                let result = match (found.next().flatten(), ended.as_ref().or(stopped.as_ref())) {
                    (Some(url), _) => Ok(url),
                    (None, Some(error)) => Err(same_again(error)),
                    (None, None) => self.locate_with(id, cancel),
                };
                if let Err(error) = &result
                    && matches!(error.kind(), ErrorKind::Unauthenticated | ErrorKind::Cancelled)
                {
                    stopped.get_or_insert_with(|| same_again(error));
                }
                for place in places {
                    let again = result.as_ref().map(Clone::clone).map_err(same_again);
                    if let Some(slot) = results.get_mut(place) {
                        *slot = Some(again);
                    }
                }
            }
        }
        let entries = ids.iter().zip(results).map(|(id, result)| {
            let missing = || Err(Error::new(ErrorKind::Internal, OP, "an id was forgotten"));
            Located { id: id.clone(), result: result.unwrap_or_else(missing) }
        });
        LocatedMany { entries: entries.collect(), raw }
    }

    /// One request for up to 30: for each of them the address, where the answer clearly names it.
    fn locate_batch(
        &self,
        ids: &[RecordingId],
        batch: &[Vec<usize>],
        cancel: &CancelToken,
        raw: &mut Vec<String>,
    ) -> Result<Vec<Option<RecordingUrl>>> {
        let inner = &self.0;
        let call_id = inner.http.call_id();
        let call = Call { service: SERVICE, op: OP, id: &call_id };
        let asked: Vec<&RecordingId> = batch.iter().filter_map(|places| ids.get(*places.first()?)).collect();
        let record_ids: Vec<&str> = asked.iter().map(|id| id.record_id.as_str()).collect();
        let path = asked.first().map(|id| id.batch_path(&record_ids)).unwrap_or_default();
        let (answer, body) = inner.http.run(call, inner.http.terms(true, cancel), |attempt| {
            let (request, answered) = inner.ask(call, &path, attempt, cancel)?;
            let envelope = Envelope::parse(&answered.body);
            let fine = envelope.as_ref().is_none_or(|envelope| envelope.status == RecordingStatus::Success);
            let answer = json(&answered.body).filter(|_| fine && (200..=299).contains(&answered.status));
            if let Some(answer) = answer {
                return Ok((answer, answered.body));
            }
            Err(inner.refusal(call, &request, &answered, envelope.as_ref()))
        })?;
        raw.push(String::from_utf8_lossy(&body).into_owned());
        let found = addresses(&answer, &record_ids).into_iter().zip(asked).map(|(url, id)| {
            // An address that cannot be used is asked for once more, alone: that gives the error its place.
            url.and_then(|url| RecordingUrl::new(id.clone(), &url, &inner.base, inner.scheme).ok())
        });
        Ok(found.collect())
    }
}

/// The places of ids that are asked for together: the same task, at most 30 different ones. Each id comes as the list
/// of all places where it stands.
fn batches(ids: &[RecordingId], results: &[Option<Result<RecordingUrl>>]) -> Vec<Vec<Vec<usize>>> {
    let task = |id: &RecordingId| (id.user_id.clone(), id.task_id.clone(), id.sub_user_id.clone());
    let mut places = std::collections::HashMap::<&RecordingId, (usize, usize)>::new();
    let mut open = std::collections::HashMap::<_, usize>::new();
    let mut batches: Vec<Vec<Vec<usize>>> = Vec::new();
    for (i, id) in ids.iter().enumerate().filter(|(i, _)| results.get(*i).is_some_and(Option::is_none)) {
        if let Some(known) = places.get(id) {
            if let Some(list) = batches.get_mut(known.0).and_then(|batch| batch.get_mut(known.1)) {
                list.push(i);
            }
            continue;
        }
        let number = open.get(&task(id)).copied().filter(|n| batches.get(*n).is_some_and(|b| b.len() < MAX_BATCH));
        let number = number.unwrap_or_else(|| {
            batches.push(Vec::new());
            batches.len() - 1
        });
        open.insert(task(id), number);
        if let Some(batch) = batches.get_mut(number) {
            places.insert(id, (number, batch.len()));
            batch.push(vec![i]);
        }
    }
    batches
}

/// Whether an error about many may be about one of them, or about asking for many at all.
fn wants_single(error: &Error) -> bool {
    let status = error.service().and_then(|fault| fault.http_status);
    let passing = matches!(error.retry(), voxline_core::Retry::Yes | voxline_core::Retry::After(_));
    match error.kind() {
        // Nothing was sent: an address for 30 long ids is too long.
        ErrorKind::InvalidArgument => true,
        ErrorKind::NotFound | ErrorKind::Service => status.is_some() && !passing,
        _ => false,
    }
}

/// An error for several ids. Its source stays with the first.
fn same_again(error: &Error) -> Error {
    let again = Error::new(error.kind(), error.op(), error.context()).with_retry(error.retry());
    match error.service() {
        Some(fault) => again.with_service(fault.clone()),
        None => again,
    }
}
