//! Recordings to be fetched, found only shortly before: their addresses are good for a while only.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use voxline::chat::CancelToken;
use voxline::recording::{Located, RecordingClient, RecordingId, RecordingUrl};
use voxline::{Error, ErrorKind, Result};

/// As many as the service tells at once.
const AT_ONCE: usize = 30;

pub(super) struct Queue<'a> {
    client: &'a RecordingClient,
    cancel: &'a CancelToken,
    state: Mutex<State>,
}

struct State {
    waiting: VecDeque<RecordingId>,
    found: VecDeque<Located>,
    /// The token is no good: nobody else is asked for.
    refused: Option<Error>,
}

impl<'a> Queue<'a> {
    pub(super) fn new(
        client: &'a RecordingClient,
        ids: impl IntoIterator<Item = RecordingId>,
        cancel: &'a CancelToken,
    ) -> Self {
        let state = State { waiting: ids.into_iter().collect(), found: VecDeque::new(), refused: None };
        Self { client, cancel, state: Mutex::new(state) }
    }

    /// The next recording and its address, or why there is none.
    pub(super) fn next(&self) -> Option<(RecordingId, Result<RecordingUrl>)> {
        // Whoever waits here would have nothing else to do: there is no address.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.found.is_empty() && state.refused.is_none() {
            let some = state.waiting.len().min(AT_ONCE);
            let ids: Vec<_> = state.waiting.drain(..some).collect();
            state.found = self.client.locate_many_with(&ids, self.cancel).into_entries().into();
        }
        if let Some(Located { id, result, .. }) = state.found.pop_front() {
            if let Err(error) = &result
                && error.kind() == ErrorKind::Unauthenticated
            {
                state.refused = Some(again(error));
            }
            return Some((id, result));
        }
        let id = state.waiting.pop_front()?;
        let error = state.refused.as_ref().map(again)?;
        Some((id, Err(error)))
    }
}

fn again(error: &Error) -> Error {
    let again = Error::new(error.kind(), error.op(), error.context()).with_retry(error.retry());
    match error.service() {
        Some(fault) => again.with_service(fault.clone()),
        None => again,
    }
}
