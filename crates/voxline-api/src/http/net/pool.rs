//! Connections between two requests.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use super::conn::Conn;
use crate::http::clock::instant;

/// Connections kept: for a crowd of threads on one client, all to the same place or to several.
const MAX_IDLE: usize = 128;
const MAX_IDLE_PER_PLACE: usize = 64;
/// Servers close what is idle after 5 s to minutes. The shorter it was idle, the rarer a request meets the closing.
const MAX_AGE: Duration = Duration::from_secs(15);

/// Where a connection leads, proxy included.
pub(super) type Place = Arc<str>;

#[derive(Clone, Default)]
pub(super) struct Pool(Arc<Mutex<Vec<Idle>>>);

struct Idle {
    place: Place,
    conn: Conn,
    since: Instant,
}

impl Pool {
    /// A connection that is open, as far as this end can know.
    pub(super) fn take(&self, place: &Place) -> Option<Conn> {
        loop {
            // Looked at outside of the lock; the youngest first, which is the least likely to be closed.
            let mut idle = {
                let mut all = guard(&self.0);
                let at = all.iter().rposition(|idle| idle.place == *place)?;
                all.remove(at)
            };
            if instant().saturating_duration_since(idle.since) < MAX_AGE && idle.conn.is_idle() {
                return Some(idle.conn);
            }
        }
    }

    /// The way back here. Does not keep the pool: who dropped the client needs no connections.
    pub(super) fn ticket(&self, place: Place) -> Ticket {
        Ticket { pool: Arc::downgrade(&self.0), place }
    }
}

/// The way of one connection back to the others.
pub(super) struct Ticket {
    pool: Weak<Mutex<Vec<Idle>>>,
    place: Place,
}

impl Ticket {
    pub(super) fn give_back(self, conn: Conn) {
        let Some(pool) = self.pool.upgrade() else { return };
        let now = instant();
        let (mut all, mut closing) = (guard(&pool), Vec::new());
        // Closing may take a moment, and others wait for the lock.
        closing.extend(all.extract_if(.., |idle| now.saturating_duration_since(idle.since) >= MAX_AGE));
        if all.iter().filter(|idle| idle.place == self.place).count() >= MAX_IDLE_PER_PLACE {
            return;
        }
        if all.len() >= MAX_IDLE {
            closing.push(all.remove(0));
        }
        all.push(Idle { place: self.place, conn, since: now });
        drop(all);
        drop(closing);
    }
}

fn guard(pool: &Mutex<Vec<Idle>>) -> MutexGuard<'_, Vec<Idle>> {
    pool.lock().unwrap_or_else(PoisonError::into_inner)
}
