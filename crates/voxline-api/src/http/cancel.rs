//! Giving up on a call from another thread.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

/// Cancels calls: hand a clone to the call, keep one, and [`CancelToken::cancel`] it from any thread.
///
/// A call that holds it ends within a moment, whatever it is doing: looking up a host, connecting, shaking hands, sending,
/// waiting for an answer or for the rest of it, waiting for the next attempt. What the system cannot interrupt is left to
/// itself. (A [`crate::http::Transport`] of somebody else may be slower.)
///
/// One thing is finished first: a request that may not be repeated (a submission, an utterance) and is being sent or
/// answered. It ends with its answer or by its time-outs, and nothing is sent after it. So for such a request
/// [`voxline_core::ErrorKind::Cancelled`] means that it had no effect.
///
/// ```
/// use voxline_api::CancelToken;
/// let token = CancelToken::new();
/// let other = token.clone();
/// std::thread::spawn(move || other.cancel()).join().unwrap();
/// assert!(token.is_cancelled());
/// ```
#[derive(Debug, Clone, Default)]
pub struct CancelToken(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    cancelled: AtomicBool,
    /// Those that are cancelled together with this one, if they are still there.
    lock: Mutex<Vec<Weak<Shared>>>,
    woken: Condvar,
    /// Kept, so that who is above it still reaches this one.
    _parent: Option<Arc<Shared>>,
}

impl CancelToken {
    /// A token that is not cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// Cancels every call that holds this token or a child of it, for good.
    pub fn cancel(&self) {
        // Taken so that a waiter is either before its check or already waiting, and cannot miss the news.
        let mut children = self.guard();
        self.0.cancelled.store(true, Ordering::SeqCst);
        self.0.woken.notify_all();
        let children = std::mem::take(&mut *children).into_iter().filter_map(|child| child.upgrade());
        children.for_each(|child| Self(child).cancel());
    }

    /// A token that is cancelled with this one, and can be cancelled without it: for one of many calls.
    ///
    /// ```
    /// use voxline_api::CancelToken;
    /// let all = CancelToken::new();
    /// let (one, other) = (all.child(), all.child());
    /// one.cancel();
    /// assert!(!all.is_cancelled() && !other.is_cancelled());
    /// all.cancel();
    /// assert!(other.is_cancelled());
    /// ```
    #[must_use]
    pub fn child(&self) -> Self {
        let child = Self(Arc::new(Shared { _parent: Some(self.0.clone()), ..Shared::default() }));
        let mut children = self.guard();
        if self.is_cancelled() {
            child.0.cancelled.store(true, Ordering::SeqCst);
        } else {
            // A token may live longer than very many calls.
            children.retain(|child| child.strong_count() > 0);
            children.push(Arc::downgrade(&child.0));
        }
        drop(children);
        child
    }

    /// Whether [`CancelToken::cancel`] was called.
    pub fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::SeqCst)
    }

    /// Waits for `duration` or until cancelled; says whether it was cancelled.
    pub(crate) fn wait(&self, duration: Duration) -> bool {
        self.wait_holding(self.guard(), duration)
    }

    fn guard(&self) -> MutexGuard<'_, Vec<Weak<Shared>>> {
        self.0.lock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_holding(&self, guard: MutexGuard<'_, Vec<Weak<Shared>>>, duration: Duration) -> bool {
        let waited = self.0.woken.wait_timeout_while(guard, duration, |_| !self.is_cancelled());
        drop(waited.unwrap_or_else(PoisonError::into_inner));
        self.is_cancelled()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cancelling_wakes_a_wait_that_would_outlast_the_test_run() {
        let token = CancelToken::new();
        let waiter = token.clone();
        let (locked, is_locked) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let guard = waiter.guard();
            locked.send(()).unwrap();
            waiter.wait_holding(guard, Duration::from_secs(86_400))
        });
        is_locked.recv().unwrap();
        // The lock is free only once the other thread waits: it cannot have seen the news before.
        token.cancel();
        assert!(thread.join().unwrap());
    }

    #[test]
    fn children_are_cancelled_with_their_token_and_forgotten_when_they_are_gone() {
        let token = CancelToken::new();
        let (child, grandchild) = (token.child(), token.child().child());
        let lone = token.child();
        lone.cancel();
        assert!(lone.is_cancelled() && !token.is_cancelled() && !child.is_cancelled());
        (0..100).for_each(|_| drop(token.child()));
        assert!(token.guard().len() <= 4, "{} children are kept", token.guard().len());
        token.cancel();
        assert!(child.is_cancelled() && grandchild.is_cancelled() && token.child().is_cancelled());
    }

    #[test]
    fn a_wait_that_nobody_cancels_ends_and_says_so() {
        assert!(!CancelToken::new().wait(Duration::from_millis(1)));
    }
}
