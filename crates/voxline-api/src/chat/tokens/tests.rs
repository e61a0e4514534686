use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::http::testing::FakeClock;

const THREADS: usize = 64;

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

fn granted(token: &str, lifetime_s: Option<u64>) -> Result<Granted> {
    Ok(Granted { token: Secret::new(token), lifetime: lifetime_s.map(seconds) })
}

fn error(kind: ErrorKind) -> Error {
    Error::new(kind, "test", "cause")
}

/// A bench with a clock that only tests move.
#[derive(Default)]
struct Bench {
    tokens: UserTokens,
    clock: FakeClock,
    cancel: CancelToken,
    fetches: AtomicUsize,
}

impl Bench {
    fn patience(&self) -> Patience<'_> {
        Patience {
            clock: &self.clock,
            cancel: &self.cancel,
            deadline: self.clock.now() + seconds(180),
            renew_before: seconds(60),
            longest_wait: seconds(20),
        }
    }

    /// Gets a token; a fetch gives `token` with this life.
    fn get(&self, token: &str, lifetime_s: Option<u64>) -> String {
        let held = self.tokens.get(&self.patience(), None, |_| {
            self.fetches.fetch_add(1, Ordering::SeqCst);
            granted(token, lifetime_s)
        });
        held.unwrap().token.expose().to_owned()
    }

    fn fetches(&self) -> usize {
        self.fetches.load(Ordering::SeqCst)
    }

    /// Counts a fetch and holds it until this many others wait for it (or another fetch shows that they do not).
    fn fetch_while_waited_for(&self, waiting: usize) {
        self.fetches.fetch_add(1, Ordering::SeqCst);
        while self.tokens.waiting.load(Ordering::SeqCst) < waiting && self.fetches() == 1 {
            std::thread::yield_now();
        }
    }

    /// What many threads get that ask at once.
    fn crowd(&self, refused: Option<u64>, result: impl Fn() -> Result<Granted> + Sync) -> Vec<Result<Held>> {
        let ready = Barrier::new(THREADS);
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS)
                .map(|_| {
                    scope.spawn(|| {
                        ready.wait();
                        self.tokens.get(&self.patience(), refused, |_| {
                            self.fetch_while_waited_for(THREADS - 1);
                            result()
                        })
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        })
    }
}

#[test]
fn a_crowd_without_a_token_asks_once() {
    let bench = Bench::default();
    let results = bench.crowd(None, || granted("t", None));
    assert_eq!(bench.fetches(), 1);
    assert!(results.iter().all(|held| held.as_ref().is_ok_and(|held| held.serial == 1)));
}

#[test]
fn a_crowd_with_an_expired_token_asks_once() {
    let bench = Bench::default();
    bench.get("old", Some(1_000));
    bench.clock.advance(seconds(1_000));
    bench.fetches.store(0, Ordering::SeqCst);
    let results = bench.crowd(None, || granted("new", Some(1_000)));
    assert_eq!(bench.fetches(), 1);
    assert!(results.iter().all(|held| held.as_ref().is_ok_and(|held| held.token.expose() == "new")));
}

#[test]
fn a_crowd_whose_token_was_refused_asks_once() {
    let bench = Bench::default();
    bench.tokens.start_with(Arc::new(Secret::new("old")));
    let results = bench.crowd(Some(1), || granted("new", None));
    assert_eq!(bench.fetches(), 1);
    assert!(results.iter().all(|held| held.as_ref().is_ok_and(|held| held.serial == 2)));
    // Who comes late with the old refusal finds the new token.
    let late = bench.tokens.get(&bench.patience(), Some(1), |_| panic!("nothing to fetch")).unwrap();
    assert_eq!(late.token.expose(), "new");
}

#[test]
fn a_crowd_shares_a_refusal_and_the_next_call_asks_again() {
    let bench = Bench::default();
    let mut fault = ServiceFault::new("chat");
    fault.code = Some("6".to_owned());
    let results =
        bench.crowd(None, || Err(error(ErrorKind::Unauthenticated).with_service(fault.clone()).with_retry(Retry::No)));
    assert_eq!(bench.fetches(), 1);
    for result in results {
        let error = result.map(|_| ()).unwrap_err();
        let code = error.service().unwrap().code.as_deref();
        assert_eq!((error.kind(), error.op(), error.context()), (ErrorKind::Unauthenticated, "test", "cause"));
        assert_eq!((error.retry(), code), (Retry::No, Some("6")));
    }
    assert_eq!(bench.get("t", None), "t");
}

/// One caller's fetch fails while another waits; gives what that one gets.
fn after_a_failure(bench: &Bench, fail: impl FnOnce() -> Error + Send) -> (Error, Result<Held>) {
    let begun = Barrier::new(2);
    std::thread::scope(|scope| {
        let first = scope.spawn(|| {
            bench.tokens.get(&bench.patience(), None, |_| {
                begun.wait();
                bench.fetch_while_waited_for(1);
                Err(fail())
            })
        });
        begun.wait();
        let patience = Patience { deadline: seconds(10_000), ..bench.patience() };
        let second = bench.tokens.get(&patience, None, |_| {
            bench.fetches.fetch_add(1, Ordering::SeqCst);
            granted("second", None)
        });
        (first.join().unwrap().map(|_| ()).unwrap_err(), second)
    })
}

#[test]
fn who_gave_up_or_ran_out_of_time_does_not_speak_for_the_others() {
    let bench = Bench::default();
    let (first, second) = after_a_failure(&bench, || error(ErrorKind::Cancelled));
    assert_eq!((first.kind(), second.unwrap().token.expose()), (ErrorKind::Cancelled, "second"));
    let bench = Bench::default();
    let (first, second) = after_a_failure(&bench, || {
        bench.clock.advance(seconds(160));
        error(ErrorKind::Timeout)
    });
    assert_eq!((first.kind(), second.unwrap().token.expose()), (ErrorKind::Timeout, "second"));
    // With more time left than any wait between attempts, time was not the reason.
    let bench = Bench::default();
    let (_, second) = after_a_failure(&bench, || {
        bench.clock.advance(seconds(159));
        error(ErrorKind::Timeout)
    });
    assert_eq!(second.map(|_| ()).unwrap_err().kind(), ErrorKind::Timeout);
}

#[test]
fn a_waiting_call_ends_when_cancelled_and_when_its_time_is_up() {
    let bench = Bench::default();
    let wait = |patience: &Patience<'_>| {
        let result = bench.tokens.get(patience, None, |_| panic!("somebody else is fetching"));
        result.map(|_| ()).unwrap_err().kind()
    };
    let held = bench.tokens.get(&bench.patience(), None, |_| {
        let cancel = CancelToken::new();
        cancel.cancel();
        assert_eq!(wait(&Patience { cancel: &cancel, ..bench.patience() }), ErrorKind::Cancelled);
        let late = Patience { deadline: bench.clock.now(), ..bench.patience() };
        assert_eq!(wait(&late), ErrorKind::Timeout);
        granted("t", None)
    });
    assert_eq!(held.unwrap().token.expose(), "t");
}

#[test]
fn a_fetch_that_panics_lets_the_next_one_try() {
    let bench = Bench::default();
    let result =
        catch_unwind(AssertUnwindSafe(|| bench.tokens.get(&bench.patience(), None, |_| panic!("a transport"))));
    assert!(result.is_err());
    assert_eq!(bench.get("t", None), "t");
}

#[test]
fn a_token_is_renewed_a_little_before_it_expires() {
    // A minute before the end, or after nine tenths of a short life.
    for (lifetime_s, renewed_at_s) in [(1_000, 940), (100, 90)] {
        let bench = Bench::default();
        bench.clock.advance(seconds(5));
        assert_eq!(bench.get("one", Some(lifetime_s)), "one");
        bench.clock.advance(seconds(renewed_at_s) - Duration::from_millis(1));
        assert_eq!(bench.get("two", None), "one");
        bench.clock.advance(Duration::from_millis(1));
        assert_eq!(bench.get("two", None), "two");
        assert_eq!(bench.fetches(), 2);
        // Without a known end it is used until it is refused.
        bench.clock.advance(seconds(1_000_000_000));
        assert_eq!(bench.get("three", None), "two");
    }
}

#[test]
fn life_is_counted_from_before_the_request() {
    let bench = Bench::default();
    let slow = bench.tokens.get(&bench.patience(), None, |_| {
        bench.clock.advance(seconds(30));
        granted("one", Some(1_000))
    });
    slow.unwrap();
    bench.clock.advance(seconds(910));
    assert_eq!(bench.get("two", None), "two");
}

#[test]
fn an_early_renewal_takes_half_the_time_and_leaves_the_others_alone() {
    let bench = Bench::default();
    let deadline_of = |token: &str| {
        let mut given = Duration::ZERO;
        let held = bench.tokens.get(&bench.patience(), None, |deadline| {
            given = deadline - bench.clock.now();
            if token == "two" {
                // Another call at the same moment goes on with the old token; it has no time to wait.
                let hasty = Patience { deadline: bench.clock.now(), ..bench.patience() };
                let other = bench.tokens.get(&hasty, None, |_| panic!("already being fetched"));
                assert_eq!(other.unwrap().token.expose(), "one");
            }
            granted(token, Some(1_000))
        });
        assert_eq!(held.unwrap().token.expose(), token);
        given
    };
    assert_eq!(deadline_of("one"), seconds(180));
    bench.clock.advance(seconds(950));
    assert_eq!(deadline_of("two"), seconds(90));
}

#[test]
fn a_token_that_could_not_be_renewed_early_is_used_to_its_end() {
    let bench = Bench::default();
    bench.get("one", Some(1_000));
    bench.clock.advance(seconds(950));
    let fail = |kind| bench.tokens.get(&bench.patience(), None, |_| Err(error(kind)));
    // Who cancelled is told so.
    assert_eq!(fail(ErrorKind::Cancelled).map(|_| ()).unwrap_err().kind(), ErrorKind::Cancelled);
    assert_eq!(fail(ErrorKind::Connect).unwrap().token.expose(), "one");
    // Not tried with every call that follows.
    bench.clock.advance(seconds(49));
    assert_eq!(bench.get("two", None), "one");
    bench.clock.advance(seconds(1));
    assert_eq!(fail(ErrorKind::Connect).map(|_| ()).unwrap_err().kind(), ErrorKind::Connect);
    assert_eq!(bench.get("two", None), "two");
}

#[test]
fn a_refused_token_is_nobodys_any_more() {
    let bench = Bench::default();
    bench.tokens.start_with(Arc::new(Secret::new("one")));
    assert_eq!(bench.tokens.known().unwrap().expose(), "one");
    let failed = bench.tokens.get(&bench.patience(), Some(1), |_| Err(error(ErrorKind::Service)));
    assert!(failed.is_err() && bench.tokens.known().is_none());
    assert_eq!(bench.get("two", None), "two");
}

#[test]
fn users_have_one_place_each_and_idle_ones_are_forgotten() {
    let users = Users::default();
    let kept = users.tokens_of("kept");
    kept.start_with(Arc::new(Secret::new("t")));
    users.tokens_of("idle").start_with(Arc::new(Secret::new("t")));
    assert!(Arc::ptr_eq(&kept, &users.tokens_of("kept")));
    assert!(users.tokens_of("idle").known().is_some());
    for i in 0..2 * MAX_IDLE_USERS {
        users.tokens_of(&i.to_string());
        assert!(users.0.lock().unwrap().len() <= MAX_IDLE_USERS);
    }
    assert!(Arc::ptr_eq(&kept, &users.tokens_of("kept")));
    assert!(users.tokens_of("idle").known().is_none());
}
