//! `voxline transcribe run`, killed at any moment and started again until everything is done.

#![cfg(unix)]

#[cfg(test)]
mod campaign;
#[cfg(test)]
mod judge;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use voxline_testkit::rng::Rng;

    use crate::campaign::{Campaign, Moment};
    use crate::judge::judge;

    const KILLS: usize = 50;

    /// The first strike while the ledger is being made and filled, some while an old one is taken up again, most of
    /// them when the service has seen some more requests: the time that a start takes depends on the machine.
    fn moment(kill: usize, rng: &mut Rng) -> Moment {
        let micros = |rng: &mut Rng, below_ms: usize| Duration::from_micros(rng.below(below_ms * 1000) as u64);
        match kill {
            0 => Moment { requests: 0, then: Duration::ZERO },
            1..5 => Moment { requests: 0, then: micros(rng, 10) },
            _ if kill.is_multiple_of(5) => Moment { requests: 0, then: micros(rng, 25) },
            _ => Moment { requests: 1 + rng.below(16) as u64, then: micros(rng, 4) },
        }
    }

    fn nothing_is_lost_or_paid_twice(faults: &str, seed: u64) {
        let campaign = Campaign::start(faults);
        let mut rng = Rng::new(seed);
        let pictures: Vec<_> = (0..KILLS)
            .map(|kill| {
                campaign.kill_at(kill > 0, &moment(kill, &mut rng));
                campaign.picture()
            })
            .collect();
        let reported = campaign.settle();
        judge(&campaign, &pictures, &campaign.picture(), &reported);
    }

    #[test]
    fn killed_at_fifty_moments() {
        nothing_is_lost_or_paid_twice("", 1);
    }

    #[test]
    fn killed_at_fifty_moments_with_a_service_that_fails_too() {
        let faults = "chance=20/7,submit:http=503*3,submit:status=10302*2,submit:drop,submit:reset,submit:http=500,\
                      submit:truncate,submit:extra,query:http=503*2,query:drop,query:reset,query:truncate,query:garbage,\
                      query:html,query:extra";
        nothing_is_lost_or_paid_twice(faults, 2);
    }
}
