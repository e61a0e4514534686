//! What the simulator remembers. Handlers and the owner's thread share it.

mod chats;
mod tokens;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use voxline_core::Secret;

use crate::fault::{Due, Endpoint, FaultPlan, FaultQueue};
use crate::log::{Book, MAX_LOG, SimLog};
use crate::options::SimOptions;
use crate::recording::Recordings;
use crate::server::Home;
use crate::transcription::Jobs;
use crate::wire::Door;
use chats::Chats;
pub(crate) use tokens::TokenVerdict;
use tokens::Tokens;

/// Shorter tokens would be "found" in ordinary text.
const MIN_TOKEN_BYTES: usize = 6;

/// A secret where it does not belong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Leak {
    /// Path of the request, unless it holds the token.
    pub path: String,
    /// Where it was: `header authorization`, `query`, `path`, `body` …
    pub place: String,
}

/// What does not change while it runs, and what does.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) options: SimOptions,
    /// Host and port of the API.
    pub(crate) api_authority: String,
    /// Host and port of the download host.
    pub(crate) download_authority: String,
    pub(crate) base_url: String,
    pub(crate) api_door: Arc<Door>,
    pub(crate) download_door: Arc<Door>,
    pub(crate) book: Mutex<Book>,
    pub(crate) recordings: Mutex<Recordings>,
    pub(crate) jobs: Mutex<Jobs>,
    pub(crate) tokens: Tokens,
    pub(crate) chats: Chats,
    faults: Mutex<FaultQueue>,
    leaks: Mutex<Vec<Leak>>,
}

/// A poisoned lock only means that another thread panicked; what it guards is still whole here.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    /// `api` and `download`: host and port of either.
    pub(crate) fn new(options: SimOptions, api: String, download: String) -> Self {
        Self {
            base_url: format!("http://{api}"),
            api_authority: api,
            download_authority: download,
            api_door: Arc::default(),
            download_door: Arc::default(),
            book: Mutex::default(),
            recordings: Mutex::default(),
            jobs: Mutex::default(),
            tokens: Tokens::new(&options.tokens),
            chats: Chats::default(),
            faults: Mutex::new(FaultQueue::new(&options.faults)),
            leaks: Mutex::default(),
            options,
        }
    }

    pub(crate) fn set_faults(&self, plan: &FaultPlan) {
        *lock(&self.faults) = FaultQueue::new(plan);
    }

    pub(crate) fn next_fault(&self, endpoint: Endpoint) -> Due {
        lock(&self.faults).next(endpoint)
    }

    pub(crate) fn add_leak(&self, leak: Leak) {
        let mut leaks = lock(&self.leaks);
        if leaks.len() < MAX_LOG {
            leaks.push(leak);
        }
    }

    pub(crate) fn leaks(&self) -> Vec<Leak> {
        lock(&self.leaks).clone()
    }

    /// Whether a secret stands in `text`; those too short to be told from ordinary text do not count.
    pub(crate) fn token_in(&self, text: &str) -> bool {
        self.stranger_in(text, Home::Nowhere)
    }

    /// The same, but those that are at home in such a place do not count.
    pub(crate) fn stranger_in(&self, text: &str, home: Home) -> bool {
        let stands = |secret: &Secret| secret.expose().len() >= MIN_TOKEN_BYTES && text.contains(secret.expose());
        let (recording, transcription) = (&self.options.recording, &self.options.transcription);
        stands(&transcription.app_key)
            || (home != Home::Bearer && recording.tokens.iter().any(stands))
            || (home != Home::Signed && transcription.ready_authorizations.iter().any(stands))
            || self.tokens.any_known(stands)
    }

    /// A token in the wrong place must not come back in a message.
    pub(crate) fn hide(&self, text: String) -> String {
        if self.token_in(&text) { "[hidden: it holds a token]".to_owned() } else { text }
    }

    /// Everything that was seen so far.
    pub(crate) fn log(&self) -> SimLog {
        let (requests, counts, strays) = {
            let book = lock(&self.book);
            (book.requests(), book.counts(), book.strays())
        };
        let jobs = lock(&self.jobs);
        SimLog {
            requests,
            counts,
            api_connections: self.api_door.counts(),
            download_connections: self.download_door.counts(),
            leaks: self.leaks(),
            strays,
            paid_submissions: jobs.paid(),
            double_submissions: jobs.doubles(),
            jobs: jobs.seen(),
            pushes: jobs.pushes(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::TokenRule;

    #[test]
    fn tokens_that_were_seen_are_found_elsewhere_unless_they_are_short() {
        let options = SimOptions { tokens: TokenRule::AnyNonEmpty, ..SimOptions::default() };
        let shared = Shared::new(options, String::new(), String::new());
        assert!(!shared.token_in("/x?y=long-enough"));
        for token in ["a", "long-enough"] {
            assert_eq!(shared.tokens.check(token), TokenVerdict::Good);
        }
        assert!(shared.token_in("/x?y=long-enough") && !shared.token_in("/a"));
        assert!(!shared.hide("not long-enough".to_owned()).contains("long-enough"));
    }
}
