//! Every endpoint × every fault × 20 seeds: the right result or the right error, and not a request too many.
//!
//! What must happen is computed here from what the simulator says it did to each request, by a table of our own.

use voxline::ErrorKind;
use voxline::ErrorKind::{
    Io, NotFound, OutcomeUnknown, PermissionDenied, RateLimited, Service, Timeout, Unauthenticated,
};
use voxline_sim::{Endpoint, Fault, RequestSeen, Verdict};

use crate::support::{quick, within};
use crate::world::World;

const SEEDS: u64 = 20;
const CALLS: usize = 2;

/// Faults that strike everywhere, in the words of a plan.
const FAULTS: [&str; 21] = [
    "http=302",
    "http=400",
    "http=401",
    "http=403",
    "http=404",
    "http=408",
    "http=429@0",
    "http=500",
    "http=502",
    "http=503",
    "http=504",
    "drop",
    "reset",
    "truncate",
    "truncate=0",
    "garbage",
    "html",
    "expire",
    "wrongtype",
    "slow=4000/1",
    "delay=3",
];

/// The vendors' codes, and `extra`, where they can be.
fn faults(endpoint: Endpoint) -> Vec<&'static str> {
    let own: &[&str] = match endpoint {
        Endpoint::Authorize => &["extra", "status=-1", "status=8", "status=6"],
        Endpoint::Chat => {
            &["extra", "status=-1", "status=40", "status=124", "status=8", "status=121", "status=122", "status=114"]
        }
        Endpoint::Tts => &["status=8"],
        Endpoint::Recording | Endpoint::Batch => {
            &["extra", "status=5005", "status=5002", "status=1002", "status=777", "status=401", "status=503"]
        }
        Endpoint::Download => &["status=5005", "status=777"],
        _ => &["extra", "status=10302", "status=10503", "status=10301", "status=10304"],
    };
    FAULTS.iter().chain(own).copied().collect()
}

/// What a fault means for the call that meets it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    /// The answer is right.
    Fine,
    /// It is asked again; if that was the last attempt, this is the error.
    Again(ErrorKind),
    /// Something is renewed, once, and it is asked again.
    Renew(ErrorKind),
    Final(ErrorKind),
    /// The answer is got in another way.
    Detour,
}

fn fate(seen: &RequestSeen) -> Fate {
    use Fate::{Again, Detour, Final, Fine, Renew};
    let endpoint = seen.endpoint;
    // What costs money or is said to somebody is not repeated when it may have been heard.
    let once = matches!(endpoint, Endpoint::Chat | Endpoint::Submit);
    let lost = |kind| if once { Final(OutcomeUnknown) } else { Again(kind) };
    // A batch that is refused as a whole may be refused because of one id: each is asked for alone.
    let refused = |kind| match (endpoint, kind) {
        (Endpoint::Batch, NotFound | Service) => Detour,
        (Endpoint::Download, NotFound | PermissionDenied) => Renew(kind),
        _ => Final(kind),
    };
    match seen.fault {
        // The token had expired before.
        None if matches!(seen.verdict, Verdict::Refused { .. }) => Renew(Unauthenticated),
        // Sound that is declared as a web page is not taken for sound.
        Some(Fault::WrongType) if endpoint == Endpoint::Tts => refused(Service),
        None | Some(Fault::WrongType | Fault::UnknownFields | Fault::Slow { .. }) => Fine,
        Some(Fault::Http { status, .. }) => match status {
            401 => refused(Unauthenticated),
            403 => refused(PermissionDenied),
            404 => refused(NotFound),
            408 => lost(Timeout),
            429 => Again(RateLimited),
            500 if once => Final(Service),
            502 | 504 => lost(Service),
            500..=599 => Again(Service),
            _ => refused(Service),
        },
        Some(Fault::Drop | Fault::Reset | Fault::Truncate { .. }) => lost(Io),
        Some(Fault::Garbage | Fault::Html) if endpoint == Endpoint::Submit => Final(OutcomeUnknown),
        Some(Fault::Garbage | Fault::Html) => refused(Service),
        Some(Fault::ExpireTokens) => match endpoint {
            Endpoint::Authorize | Endpoint::Tts => Fine,
            Endpoint::Chat => Renew(Unauthenticated),
            Endpoint::Download => Renew(PermissionDenied),
            _ => Final(Unauthenticated),
        },
        Some(Fault::VendorStatus(code)) => match (endpoint, code) {
            (Endpoint::Tts, _) => Final(Service),
            (Endpoint::Download, 5005) => Final(NotFound),
            (_, -1 | 503) => Again(Service),
            (_, 40 | 10302) => Again(RateLimited),
            (_, 124 | 10503) => Again(Timeout),
            (_, 122) => Renew(Unauthenticated),
            (_, 6 | 401) => Final(Unauthenticated),
            (_, 114) => Final(PermissionDenied),
            (_, 121) => Final(RateLimited),
            (_, 1002 | 5002 | 5005) => refused(NotFound),
            _ => refused(Service),
        },
        Some(other) => panic!("{other} is not in the table"),
    }
}

/// What the requests of one call must lead to; there must be none behind the one that decides.
fn expected(requests: &[RequestSeen]) -> Result<(), ErrorKind> {
    let (mut attempt, mut renewed) = (1, false);
    for (index, seen) in requests.iter().enumerate() {
        let result = match fate(seen) {
            Fate::Again(_) if attempt < quick().max_attempts => {
                attempt += 1;
                continue;
            }
            Fate::Renew(_) if !renewed => {
                renewed = true;
                continue;
            }
            Fate::Fine | Fate::Detour => Ok(()),
            Fate::Again(kind) | Fate::Renew(kind) | Fate::Final(kind) => Err(kind),
        };
        assert_eq!(index + 1, requests.len(), "asked once more although the call was decided: {requests:?}");
        return result;
    }
    panic!("given up too early: {requests:?}");
}

/// A body that breaks off is no failed attempt as long as something new came: the last request decides.
fn expected_of_broken_bodies(requests: &[RequestSeen]) -> Result<(), ErrorKind> {
    let (last, before) = requests.split_last().unwrap();
    assert!(before.iter().all(|seen| seen.fault.is_some()), "asked once more although all was there: {requests:?}");
    match last.fault {
        None => Ok(()),
        Some(_) if requests.len() >= quick().max_attempts as usize => Err(Io),
        Some(_) => panic!("given up too early: {requests:?}"),
    }
}

/// Seeds decide how many requests are fine before, and how many are struck; every fourth leaves it to chance.
fn plan(endpoint: Endpoint, fault: &str, seed: u64) -> String {
    let at = endpoint.as_str();
    match (seed % 4, seed % 3) {
        (3, _) => format!("chance=60/{seed},{at}:{fault}"),
        (_, 0) => format!("{at}:{fault}*{}", 1 + seed % 5),
        (_, fine) => format!("{at}:ok*{fine},{at}:{fault}*{}", 1 + seed % 5),
    }
}

fn run(endpoint: Endpoint) {
    let (mut right, mut wrong) = (0, 0);
    for fault in faults(endpoint) {
        let world = World::new(&quick(), endpoint);
        let mut struck = 0;
        for seed in 0..SEEDS {
            let plan = plan(endpoint, fault, seed);
            world.order(&plan);
            for _ in 0..CALLS {
                let before = world.seen(endpoint).len();
                let (caller, name) = (world.clone(), format!("{plan} at {endpoint:?}"));
                let result = within(&quick(), &name, move || caller.call(endpoint));
                let requests = world.seen(endpoint).split_off(before);
                struck += requests.iter().filter(|seen| seen.fault.is_some()).count();
                let expected = match (endpoint, fault) {
                    (Endpoint::Download, "truncate") => expected_of_broken_bodies(&requests),
                    _ => expected(&requests),
                };
                let kind = result.as_ref().copied().map_err(voxline::Error::kind);
                assert_eq!(kind, expected, "{name}: {result:?} after {requests:?}");
                if result.is_ok() { right += 1 } else { wrong += 1 }
            }
        }
        assert!(struck > SEEDS as usize / 2 || fault.starts_with("delay"), "{fault} struck {struck} times");
        world.order("");
        world.call(endpoint).unwrap_or_else(|error| panic!("{endpoint:?} is not well after {fault}: {error}"));
        world.assert_clean(SEEDS as usize * CALLS + 2, fault);
    }
    assert!(right > 200 && wrong > 100, "{endpoint:?}: {right} right, {wrong} wrong");
}

macro_rules! endpoints {
    ($($name:ident: $endpoint:ident;)+) => {
        $(#[test]
        fn $name() {
            run(Endpoint::$endpoint);
        })+
    };
}

endpoints! {
    asking_for_a_token: Authorize;
    a_chat: Chat;
    a_spoken_answer: Tts;
    finding_one_recording: Recording;
    finding_many_recordings: Batch;
    a_download: Download;
    a_paid_submission: Submit;
    asking_for_a_transcript: Query;
}
