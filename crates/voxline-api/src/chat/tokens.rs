//! Access tokens, kept per user: one call fetches a new one while the others wait for it.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use voxline_core::{Error, ErrorKind, Result, Retry, Secret, ServiceFault};

use super::authorize::{Granted, OP};
use crate::http::{CancelToken, Clock};

/// Users whose tokens are kept although no client speaks for them at the moment.
const MAX_IDLE_USERS: usize = 10_000;

/// How long a waiting call sleeps before it looks whether it was cancelled.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// The tokens of all users of one set of credentials.
#[derive(Default)]
pub(super) struct Users(Mutex<HashMap<String, Arc<UserTokens>>>);

impl Users {
    /// The one place where this user's tokens are kept.
    pub(super) fn tokens_of(&self, user_id: &str) -> Arc<UserTokens> {
        let mut users = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tokens) = users.get(user_id) {
            return tokens.clone();
        }
        if users.len() >= MAX_IDLE_USERS {
            // Only who is not in use: two places for one user would authorise against each other.
            users.retain(|_, tokens| Arc::strong_count(tokens) > 1);
        }
        let tokens = Arc::<UserTokens>::default();
        users.insert(user_id.to_owned(), tokens.clone());
        tokens
    }
}

/// The tokens of one user.
#[derive(Default)]
pub(super) struct UserTokens {
    state: Mutex<State>,
    landed: Condvar,
    #[cfg(test)]
    waiting: std::sync::atomic::AtomicUsize,
}

#[derive(Default)]
struct State {
    current: Option<Current>,
    /// Number of the last token.
    serial: u64,
    /// Whether a call is fetching a token.
    in_flight: bool,
    /// Number of the last fetch that was begun.
    flight: u64,
    /// What became of a fetch that failed, for those who waited for it.
    failure: Option<(u64, SharedFailure)>,
}

/// A token to send.
#[derive(Clone)]
pub(super) struct Held {
    pub(super) token: Arc<Secret>,
    /// Which one it is: who was refused with it asks for another than this.
    pub(super) serial: u64,
}

#[derive(Clone)]
struct Current {
    held: Held,
    expires_at: Option<Duration>,
    renew_at: Option<Duration>,
}

/// An error that many callers get.
struct SharedFailure {
    kind: ErrorKind,
    op: &'static str,
    context: String,
    retry: Retry,
    service: Option<ServiceFault>,
}

/// How long a call may take, and what it knows about time.
pub(super) struct Patience<'a> {
    pub(super) clock: &'a dyn Clock,
    pub(super) cancel: &'a CancelToken,
    /// When the whole call must be over.
    pub(super) deadline: Duration,
    /// How long before its expiry a token is renewed; never more than a tenth of its life.
    pub(super) renew_before: Duration,
    /// The longest wait between two attempts: who failed with less time than that left may have failed for want of it.
    pub(super) longest_wait: Duration,
}

impl UserTokens {
    /// Puts in a token that was got elsewhere. It is used until the service refuses it.
    pub(super) fn start_with(&self, token: Arc<Secret>) {
        let mut state = self.lock();
        state.put(token, None, None);
    }

    /// The token of the moment, for finding it in what a server says.
    pub(super) fn known(&self) -> Option<Arc<Secret>> {
        self.lock().current.as_ref().map(|current| current.held.token.clone())
    }

    /// A token that may be sent: the one at hand unless it has expired or is the `refused` one, else a new one. Of many
    /// callers who need a new one, one asks for it (`fetch`, with the time by which it must be done), the others wait.
    ///
    /// A token about to expire is renewed early, while the other callers still use it. If that fails, it stays in use
    /// until it does expire.
    ///
    /// **Errors**: those of `fetch`, also if another caller made the attempt; [`ErrorKind::Cancelled`] and
    /// [`ErrorKind::Timeout`] while waiting for that other caller.
    pub(super) fn get(
        &self,
        patience: &Patience<'_>,
        refused: Option<u64>,
        fetch: impl FnOnce(Duration) -> Result<Granted>,
    ) -> Result<Held> {
        let mut state = self.lock();
        if state.current.as_ref().is_some_and(|current| Some(current.held.serial) == refused) {
            // Nobody should try it once more.
            state.current = None;
        }
        let (started, spare) = loop {
            let now = patience.clock.now();
            let usable = state.current.as_ref().filter(|current| !is_past(current.expires_at, now));
            if let Some(current) = usable.filter(|current| state.in_flight || !is_past(current.renew_at, now)) {
                return Ok(current.held.clone());
            }
            if !state.in_flight {
                break (now, usable.cloned());
            }
            let flight = state.flight;
            state = self.wait_for(flight, state, patience)?;
            if let Some((failed, failure)) = &state.failure
                && *failed == flight
            {
                return Err(failure.error());
            }
        };
        state.in_flight = true;
        state.flight += 1;
        drop(state);

        let landing = Landing(self);
        // A renewal that is not urgent leaves time for what is.
        let left = patience.deadline.saturating_sub(started);
        let left = if spare.is_some() { left / 2 } else { left };
        let result = fetch(started.saturating_add(left));
        let mut state = self.lock();
        let mut not_renewed = None;
        let result = match (result, spare) {
            (Ok(Granted { token, lifetime }), _) => {
                // Counted from before the request went out: the service counts from later.
                let expires_at = lifetime.map(|lifetime| started.saturating_add(lifetime));
                let early = lifetime.map_or(Duration::ZERO, |lifetime| patience.renew_before.min(lifetime / 10));
                let renew_at = expires_at.map(|at| at.saturating_sub(early));
                Ok(state.put(Arc::new(token), expires_at, renew_at))
            }
            (Err(error), Some(spare)) if error.kind() != ErrorKind::Cancelled => {
                not_renewed = Some(error);
                if let Some(current) = &mut state.current {
                    current.renew_at = current.expires_at;
                }
                Ok(spare.held)
            }
            (Err(error), _) => {
                let left = patience.deadline.saturating_sub(patience.clock.now());
                let by_itself = error.kind() == ErrorKind::Cancelled || left <= patience.longest_wait;
                let failure = (!by_itself).then(|| SharedFailure::of(&error));
                state.failure = failure.map(|failure| (state.flight, failure));
                Err(error)
            }
        };
        drop(state);
        drop(landing);
        // Not before: who listens may ask this client for a token.
        if let Some(error) = not_renewed {
            tracing::warn!(%error, "the access token could not be renewed early; it is used until it expires");
        }
        result
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the fetch of this number is over.
    fn wait_for<'s>(
        &'s self,
        flight: u64,
        mut state: MutexGuard<'s, State>,
        patience: &Patience<'_>,
    ) -> Result<MutexGuard<'s, State>> {
        #[cfg(test)]
        self.waiting.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        while state.in_flight && state.flight == flight {
            if patience.cancel.is_cancelled() {
                let what = "the caller cancelled while another call was getting the access token";
                return Err(Error::new(ErrorKind::Cancelled, OP, what));
            }
            if patience.clock.now() >= patience.deadline {
                let what = "time ran out (http.total_timeout_ms) while another call was getting the access token";
                return Err(Error::new(ErrorKind::Timeout, OP, what));
            }
            state = self.landed.wait_timeout(state, LOOK_EVERY).unwrap_or_else(PoisonError::into_inner).0;
        }
        Ok(state)
    }
}

impl State {
    fn put(&mut self, token: Arc<Secret>, expires_at: Option<Duration>, renew_at: Option<Duration>) -> Held {
        self.serial += 1;
        let held = Held { token, serial: self.serial };
        self.current = Some(Current { held: held.clone(), expires_at, renew_at });
        held
    }
}

fn is_past(moment: Option<Duration>, now: Duration) -> bool {
    moment.is_some_and(|moment| now >= moment)
}

/// Ends a fetch whatever happened, a panic of the transport included: nobody may wait for it for ever.
struct Landing<'a>(&'a UserTokens);

impl Drop for Landing<'_> {
    fn drop(&mut self) {
        self.0.lock().in_flight = false;
        self.0.landed.notify_all();
    }
}

impl SharedFailure {
    fn of(error: &Error) -> Self {
        Self {
            kind: error.kind(),
            op: error.op(),
            context: error.context().to_owned(),
            retry: error.retry(),
            service: error.service().cloned(),
        }
    }

    fn error(&self) -> Error {
        let error = Error::new(self.kind, self.op, self.context.clone()).with_retry(self.retry);
        match self.service.clone() {
            Some(fault) => error.with_service(fault),
            None => error,
        }
    }
}

#[cfg(test)]
mod tests;
