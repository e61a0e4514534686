//! What the simulator remembers. Handlers and the owner's thread share it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use voxline_core::Secret;

use crate::chat::{ChatSeen, Clip, ScriptedAnswer};
use crate::fault::{Due, Endpoint, FaultPlan, FaultQueue};
use crate::log::{Book, MAX_LOG, SimLog};
use crate::options::{SimOptions, TokenRule};
use crate::recording::Recordings;
use crate::server::Home;
use crate::transcription::Jobs;
use crate::wire::Door;

/// Entries at the end of the log that keep their audio.
const MAX_AUDIO: usize = 100;
/// A longer token is unknown whatever the rule, so that memory stays bounded.
const MAX_TOKEN_BYTES: usize = 4_096;
/// Tokens remembered as seen, so that their leaks are recognised.
const MAX_TOKENS: usize = 1_000;

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
    memory: Mutex<Memory>,
}

#[derive(Debug)]
struct Memory {
    faults: FaultQueue,
    chat_log: VecDeque<ChatSeen>,
    chat_count: u64,
    /// Listed and issued tokens that are good.
    good: Vec<Secret>,
    expired: Vec<Secret>,
    /// Accepted at least once, or given out.
    known: VecDeque<Secret>,
    issued: u64,
    scripted: VecDeque<ScriptedAnswer>,
    clips: Vec<Clip>,
    leaks: Vec<Leak>,
}

/// What a token is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenVerdict {
    Good,
    Unknown,
    Expired,
}

/// A poisoned lock only means that another thread panicked; what it guards is still whole here.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    /// `api` and `download`: host and port of either.
    pub(crate) fn new(options: SimOptions, api: String, download: String) -> Self {
        let good = match &options.tokens {
            TokenRule::Listed(tokens) => tokens.clone(),
            TokenRule::AnyNonEmpty => Vec::new(),
        };
        let memory = Memory {
            faults: FaultQueue::new(&options.faults),
            chat_log: VecDeque::new(),
            chat_count: 0,
            known: good.iter().cloned().collect(),
            good,
            expired: Vec::new(),
            issued: 0,
            scripted: VecDeque::new(),
            clips: Vec::new(),
            leaks: Vec::new(),
        };
        Self {
            options,
            base_url: format!("http://{api}"),
            api_authority: api,
            download_authority: download,
            api_door: Arc::default(),
            download_door: Arc::default(),
            book: Mutex::default(),
            recordings: Mutex::default(),
            jobs: Mutex::default(),
            memory: Mutex::new(memory),
        }
    }

    pub(crate) fn set_faults(&self, plan: &FaultPlan) {
        lock(&self.memory).faults = FaultQueue::new(plan);
    }

    pub(crate) fn next_fault(&self, endpoint: Endpoint) -> Due {
        lock(&self.memory).faults.next(endpoint)
    }

    /// Numbers the entry and keeps it.
    pub(crate) fn log_chat(&self, mut seen: ChatSeen) {
        let mut memory = lock(&self.memory);
        memory.chat_count += 1;
        seen.number = memory.chat_count;
        if memory.chat_log.len() == MAX_LOG {
            memory.chat_log.pop_front();
        }
        memory.chat_log.push_back(seen);
        // One entry comes at a time, so one loses its audio at a time.
        let stale = memory.chat_log.len().checked_sub(MAX_AUDIO + 1);
        if let Some(entry) = stale.and_then(|index| memory.chat_log.get_mut(index)) {
            entry.audio = None;
        }
    }

    pub(crate) fn chat_log(&self) -> Vec<ChatSeen> {
        lock(&self.memory).chat_log.iter().cloned().collect()
    }

    pub(crate) fn script(&self, answer: ScriptedAnswer) {
        lock(&self.memory).scripted.push_back(answer);
    }

    pub(crate) fn next_scripted(&self) -> Option<ScriptedAnswer> {
        lock(&self.memory).scripted.pop_front()
    }

    /// The number under which `clip` is served from now on.
    pub(crate) fn add_clip(&self, clip: Clip) -> usize {
        let mut memory = lock(&self.memory);
        memory.clips.push(clip);
        memory.clips.len()
    }

    pub(crate) fn clip(&self, number: usize) -> Option<Clip> {
        lock(&self.memory).clips.get(number.checked_sub(1)?).copied()
    }

    pub(crate) fn check_token(&self, token: &str) -> TokenVerdict {
        let mut memory = lock(&self.memory);
        let holds = |list: &[Secret]| list.iter().any(|known| known.expose() == token);
        if holds(&memory.expired) {
            return TokenVerdict::Expired;
        }
        let any = matches!(self.options.tokens, TokenRule::AnyNonEmpty) && (1..=MAX_TOKEN_BYTES).contains(&token.len());
        if !any && !holds(&memory.good) {
            return TokenVerdict::Unknown;
        }
        memory.remember(token);
        TokenVerdict::Good
    }

    /// A token that is good from now on.
    pub(crate) fn issue_token(&self) -> Secret {
        let number = {
            let mut memory = lock(&self.memory);
            memory.issued += 1;
            memory.issued
        };
        let token = Secret::new(format!("voxline-sim-token-{number}"));
        self.accept_token(token.clone());
        token
    }

    pub(crate) fn accept_token(&self, token: Secret) {
        let mut memory = lock(&self.memory);
        memory.expired.retain(|expired| *expired != token);
        memory.remember(token.expose());
        memory.good.push(token);
    }

    /// Every token known so far is expired from now on.
    pub(crate) fn expire_tokens(&self) {
        let mut memory = lock(&self.memory);
        let good = std::mem::take(&mut memory.good);
        for token in memory.known.clone().into_iter().chain(good) {
            if !memory.expired.contains(&token) {
                memory.expired.push(token);
            }
        }
    }

    pub(crate) fn add_leak(&self, leak: Leak) {
        let mut memory = lock(&self.memory);
        if memory.leaks.len() < MAX_LOG {
            memory.leaks.push(leak);
        }
    }

    pub(crate) fn leaks(&self) -> Vec<Leak> {
        lock(&self.memory).leaks.clone()
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
            || lock(&self.memory).known.iter().any(stands)
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

impl Memory {
    fn remember(&mut self, token: &str) {
        if self.known.iter().any(|known| known.expose() == token) {
            return;
        }
        if self.known.len() == MAX_TOKENS {
            self.known.pop_front();
        }
        self.known.push_back(Secret::new(token));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_live_and_die() {
        let shared = Shared::new(SimOptions::default(), String::new(), String::new());
        let demo = crate::DEMO_TOKEN;
        assert_eq!(shared.check_token("other"), TokenVerdict::Unknown);
        assert_eq!(shared.check_token(""), TokenVerdict::Unknown);
        assert_eq!(shared.check_token(demo), TokenVerdict::Good);
        shared.expire_tokens();
        assert_eq!(shared.check_token(demo), TokenVerdict::Expired);
        let fresh = shared.issue_token();
        assert_eq!(shared.check_token(fresh.expose()), TokenVerdict::Good);
        shared.accept_token(Secret::new(demo));
        assert_eq!(shared.check_token(demo), TokenVerdict::Good);
    }

    #[test]
    fn tokens_expire_even_if_they_are_too_many_to_remember() {
        let shared = Shared::new(SimOptions::default(), String::new(), String::new());
        for _ in 0..MAX_TOKENS {
            shared.issue_token();
        }
        shared.expire_tokens();
        assert_eq!(shared.check_token(crate::DEMO_TOKEN), TokenVerdict::Expired);
        assert_eq!(lock(&shared.memory).known.len(), MAX_TOKENS);
    }

    #[test]
    fn the_log_is_bounded_and_so_is_its_audio() {
        let shared = Shared::new(SimOptions::default(), String::new(), String::new());
        for _ in 0..=MAX_LOG {
            let mut seen = ChatSeen::new(None, 0);
            seen.audio = Some([0; 2].into());
            shared.log_chat(seen);
        }
        let log = shared.chat_log();
        assert_eq!((log.len(), log[0].number, log[MAX_LOG - 1].number), (MAX_LOG, 2, MAX_LOG as u64 + 1));
        let with_audio: Vec<_> = log.iter().filter(|seen| seen.audio.is_some()).map(|seen| seen.number).collect();
        assert_eq!(with_audio, (MAX_LOG as u64 + 2 - MAX_AUDIO as u64..MAX_LOG as u64 + 2).collect::<Vec<_>>());
    }

    #[test]
    fn with_any_token_those_seen_expire() {
        let options = SimOptions { tokens: TokenRule::AnyNonEmpty, ..SimOptions::default() };
        let shared = Shared::new(options, String::new(), String::new());
        assert_eq!(shared.check_token(""), TokenVerdict::Unknown);
        assert_eq!(shared.check_token(&"a".repeat(MAX_TOKEN_BYTES + 1)), TokenVerdict::Unknown);
        assert_eq!(shared.check_token("a"), TokenVerdict::Good);
        shared.expire_tokens();
        assert_eq!(shared.check_token("a"), TokenVerdict::Expired);
        assert_eq!(shared.check_token("b"), TokenVerdict::Good);
        assert_eq!(shared.check_token("long-enough"), TokenVerdict::Good);
        assert!(shared.token_in("/x?y=long-enough") && !shared.token_in("/a"));
    }
}
