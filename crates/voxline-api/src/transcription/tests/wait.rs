//! Waiting: intervals, patience, and the ends of both.

use super::*;

fn options(change: impl Fn(&mut WaitOptions)) -> WaitOptions {
    let mut options = WaitOptions::default();
    change(&mut options);
    options
}

fn wait(script: Script, options: &WaitOptions) -> (Result<Transcript, Error>, Bench) {
    let bench = bench(script);
    (bench.client.wait("R", options, &CancelToken::new()), bench)
}

fn done() -> Result<Response, TransportError> {
    answer(200, &[], r#"{"code":"10000","flag":1,"data":"{\"text\":\"好\"}"}"#)
}

fn pending() -> Result<Response, TransportError> {
    says("990003")
}

fn waited_ms(bench: &Bench) -> Vec<u128> {
    bench.clock.sleeps().iter().map(Duration::as_millis).collect()
}

#[test]
fn intervals_begin_at_three_seconds_and_grow_to_thirty() {
    let script = (0..9).map(|_| pending()).chain([done()]).collect();
    let (result, bench) = wait(script, &WaitOptions::default());
    assert_eq!(result.unwrap().text(), "好");
    assert_eq!(waited_ms(&bench), [3000, 4500, 6750, 10125, 15187, 22781, 30000, 30000, 30000]);
    let signed: Vec<_> =
        bench.transport.requests().iter().map(|r| r.headers.get("Authorization").map(str::to_owned)).collect();
    assert!(signed.windows(2).all(|pair| pair[0] != pair[1]));
}

#[test]
fn nothing_is_asked_or_awaited_beyond_the_deadline() {
    let script = || (0..3).map(|_| pending()).collect();
    let (result, bench) = wait(script(), &options(|o| o.deadline = Duration::from_secs(10)));
    let error = result.unwrap_err();
    assert_eq!((error.kind(), error.retry()), (ErrorKind::Timeout, Retry::Yes));
    assert!(error.context().contains("after 7 s") && error.context().contains("not done yet"), "{error}");
    assert_eq!(error.service().unwrap().request_id.as_deref(), Some("R"));
    assert_eq!(waited_ms(&bench), [3000, 4500]);
    // Each question may take only what is left.
    let totals: Vec<_> = bench.transport.limits().iter().map(|limits| limits.total.as_millis()).collect();
    assert_eq!(totals, [10_000, 7_000, 2_500]);
}

#[test]
fn passing_failures_count_as_not_yet() {
    let passing: [fn() -> Result<Response, TransportError>; 6] =
        [refused, lost, || answer(408, &[], ""), || answer(429, &[], ""), || answer(500, &[], ""), || says("10302")];
    for failure in passing {
        // More of them than one question is repeated.
        let script = (0..6).map(|_| failure()).chain([done()]).collect();
        let (result, bench) = wait(script, &WaitOptions::default());
        assert!(result.is_ok(), "{:?}", result.unwrap_err());
        assert_eq!(bench.transport.requests().len(), 7);
    }
    let (result, _) = wait(vec![answer(503, &[("Retry-After", "100")], ""), done()], &WaitOptions::default());
    assert!(result.is_ok());
    let (result, bench) = wait(vec![answer(503, &[("Retry-After", "7200")], "")], &WaitOptions::default());
    assert_eq!((result.unwrap_err().kind(), bench.clock.sleeps().len()), (ErrorKind::Timeout, 0));
}

#[test]
fn lasting_failures_end_the_wait() {
    for (response, kind) in [
        (answer(401, &[], ""), ErrorKind::Unauthenticated),
        (says("10301"), ErrorKind::Service),
        (says("10903"), ErrorKind::Service),
        (answer(200, &[], "<html>"), ErrorKind::Service),
    ] {
        let (result, bench) = wait(vec![pending(), response], &WaitOptions::default());
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.retry(), bench.transport.requests().len()), (kind, Retry::No, 2), "{error}");
        assert_eq!(error.service().unwrap().request_id.as_deref(), Some("R"));
    }
}

#[test]
fn an_id_that_is_not_known_yet_has_a_time_of_grace() {
    let unknown = || says("992008");
    let (result, _) = wait(vec![unknown(), unknown(), done()], &WaitOptions::default());
    assert!(result.is_ok());
    let short = options(|o| o.not_available_grace = Duration::from_secs(7));
    let (result, bench) = wait(vec![unknown(), unknown(), unknown()], &short);
    let error = result.unwrap_err();
    assert_eq!((error.kind(), error.service().unwrap().code.as_deref()), (ErrorKind::NotFound, Some("992008")));
    assert_eq!(waited_ms(&bench), [3000, 4500]);
}

#[test]
fn a_cancelled_wait_asks_no_more() {
    let cancel = CancelToken::new();
    let bench = bench_at(vec![pending()], FakeClock::cancelling(&cancel), |b| b);
    let error = bench.client.wait("R", &WaitOptions::default(), &cancel).unwrap_err();
    assert_eq!((error.kind(), bench.transport.requests().len()), (ErrorKind::Cancelled, 1));
}

#[test]
fn options_out_of_range_are_refused() {
    let wrong: [fn(&mut WaitOptions); 4] = [
        |o| o.interval = Duration::ZERO,
        |o| o.max_interval = Duration::from_secs(1),
        |o| o.growth = 0.5,
        |o| o.growth = f64::NAN,
    ];
    for change in wrong {
        let (result, bench) = wait(vec![], &options(change));
        assert_eq!((result.unwrap_err().kind(), bench.transport.requests().len()), (ErrorKind::InvalidArgument, 0));
    }
    let steep = options(|o| o.growth = f64::MAX);
    let (result, bench) = wait(vec![pending(), pending(), done()], &steep);
    assert!(result.is_ok());
    assert_eq!(waited_ms(&bench), [3000, 30_000]);
}
