//! Services that say nothing, or say it too slowly: every endpoint × 20 seeds.

use voxline::ErrorKind;
use voxline::options::HttpOptions;
use voxline_sim::Endpoint;

use crate::support::{quick, within};
use crate::world::{ASKED, World};

const SEEDS: u64 = 20;

/// One call at each endpoint with each seed, all seeds at once, since they do nothing but wait.
fn each(http: &HttpOptions, check: impl Fn(&World, Endpoint, u64) + Sync) {
    for endpoint in ASKED {
        let worlds: Vec<World> = (0..SEEDS).map(|_| World::new(http, endpoint)).collect();
        std::thread::scope(|scope| {
            for (seed, world) in (0..).zip(&worlds) {
                let check = &check;
                scope.spawn(move || check(world, endpoint, seed));
            }
        });
        for world in worlds {
            world.assert_clean(1, endpoint.as_str());
        }
    }
}

fn is_once(endpoint: Endpoint) -> bool {
    matches!(endpoint, Endpoint::Chat | Endpoint::Submit)
}

fn call(http: &HttpOptions, world: &World, endpoint: Endpoint, plan: &str) -> (Option<ErrorKind>, usize) {
    world.order(plan);
    let (before, caller) = (world.seen(endpoint).len(), world.clone());
    let result = within(http, plan, move || caller.call(endpoint));
    (result.err().map(|error| error.kind()), world.seen(endpoint).len() - before)
}

#[test]
fn silence_is_waited_for_only_so_long() {
    let mut http = quick();
    (http.read_timeout_ms, http.max_attempts) = (500, 2);
    each(&http, |world, endpoint, seed| {
        let silent = 1 + usize::try_from(seed % 3).unwrap();
        let got = call(&http, world, endpoint, &format!("{}:delay=60000*{silent}", endpoint.as_str()));
        let expected = match silent {
            _ if is_once(endpoint) => (Some(ErrorKind::OutcomeUnknown), 1),
            1 => (None, 2),
            _ => (Some(ErrorKind::Timeout), 2),
        };
        assert_eq!(got, expected, "{endpoint:?}: silent {silent} times");
    });
}

#[test]
fn a_drip_is_no_answer() {
    let mut http = quick();
    http.total_timeout_ms = 900;
    each(&http, |world, endpoint, seed| {
        // Even the shortest answer has 40 bytes and would take longer than the whole call may.
        let plan = format!("{}:slow=1/{}*3", endpoint.as_str(), 60 + 10 * (seed % 8));
        let (kind, requests) = call(&http, world, endpoint, &plan);
        let expected = if is_once(endpoint) { ErrorKind::OutcomeUnknown } else { ErrorKind::Timeout };
        assert_eq!(kind, Some(expected), "{endpoint:?}");
        // A last millisecond may be enough to ask again.
        assert!(requests == 1 || (requests == 2 && !is_once(endpoint)), "{endpoint:?}: asked {requests} times");
    });
}
