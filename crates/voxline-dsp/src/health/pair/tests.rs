use voxline_testkit::{measure, signal};

use super::*;

const RATE: u32 = 8000;

fn relation(first: &[f32], second: &[f32]) -> PairFigures {
    let mut meter = PairMeter::new(RATE);
    meter.push(first, second);
    meter.finish()
}

/// `plane`, late by `lag` frames and with this gain.
fn late(plane: &[f32], lag: i64, gain: f64) -> Vec<f32> {
    (0..plane.len() as i64)
        .map(|n| {
            usize::try_from(n - lag).ok().and_then(|n| plane.get(n)).map_or(0.0, |x| (gain * f64::from(*x)) as f32)
        })
        .collect()
}

fn sum(a: &[f32], b: &[f32]) -> Vec<f32> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

/// Turns of two speakers, 3 s each, over noise of their own.
fn call(seconds: usize) -> [Vec<f32>; 2] {
    let frames = seconds * RATE as usize;
    [0, 1].map(|side| {
        let speech = signal::speech_like(side + 1, RATE, frames);
        let noise = signal::white_noise(side + 11, frames);
        let speaks = |n: usize| n as u64 / (3 * u64::from(RATE)) % 2 == side;
        (0..frames).map(|n| if speaks(n) { speech[n] } else { 0.0 } + 0.0005 * noise[n]).collect()
    })
}

#[test]
fn the_lag_and_the_gain_of_a_copy_are_exact() {
    let speech = signal::speech_like(1, RATE, 10 * RATE as usize);
    for lag in [0, 1, -1, 37, -400, 3999, -4000, 4096] {
        for gain in [1.0, -0.25] {
            let found = relation(&speech, &late(&speech, lag, gain));
            let copy = found.copy.unwrap();
            assert_eq!(copy.lag, lag);
            assert!((copy.correlation - gain.signum()).abs() < 1e-4, "{lag}: {copy:?}");
            assert!((copy.gain_db - measure::db(gain.abs())).abs() < 1e-3, "{lag}: {copy:?}");
            assert!(copy.prominence > 8.0, "{lag}: {copy:?}");
            if lag == 0 {
                assert_eq!(found.correlation, Some(copy.correlation));
            }
        }
    }
}

#[test]
fn the_leak_of_each_side_has_its_own_lag_and_gain() {
    let [first, second] = call(60);
    for (lag, db) in [(0, -12.0), (240, -20.0), (-75, -30.0), (1600, -38.0)] {
        let gain = 10f64.powf(db / 20.0);
        let found = relation(&first, &sum(&second, &late(&first, lag, gain)));
        let leak = found.leak_to_second.unwrap();
        assert_eq!(leak.lag, lag);
        assert!((leak.gain_db - db).abs() < 0.5, "{db}: {leak:?}");
        assert!(leak.prominence > 8.0 && leak.correlation > 0.3, "{db}: {leak:?}");
        // The other way there is nothing but chance.
        let chance = found.leak_to_first.unwrap();
        assert!(chance.gain_db < -40.0 || chance.prominence < 8.0, "{db}: {chance:?}");
    }
    // Both ways at once, one of them upside down.
    let found = relation(&sum(&first, &late(&second, 80, -0.05)), &sum(&second, &late(&first, 160, 0.1)));
    let (to_first, to_second) = (found.leak_to_first.unwrap(), found.leak_to_second.unwrap());
    assert_eq!((to_first.lag, to_second.lag), (80, 160));
    assert!((to_first.gain_db - measure::db(0.05)).abs() < 0.5 && to_first.correlation < 0.0, "{to_first:?}");
    assert!((to_second.gain_db + 20.0).abs() < 0.5 && to_second.correlation > 0.0, "{to_second:?}");
}

#[test]
fn strangers_do_not_match() {
    let [first, second] = call(24);
    let found = relation(&first, &second);
    assert!(found.correlation.unwrap().abs() < 0.1, "{found:?}");
    assert!(found.copy.unwrap().correlation.abs() < 0.3, "{found:?}");
    for leak in [found.leak_to_first.unwrap(), found.leak_to_second.unwrap()] {
        assert!(leak.gain_db < -40.0 && leak.prominence < 8.0, "{leak:?}");
    }
    assert!(found.leak_blocks.iter().all(|blocks| *blocks > 10), "{found:?}");
}

#[test]
fn tones_match_everywhere_and_stand_out_nowhere() {
    let [one, other] = [0.0, 1.0]
        .map(|phase| signal::tone(440.0, RATE, 80_000, 0.3, phase).iter().map(|x| *x as f32).collect::<Vec<f32>>());
    let copy = relation(&one, &other).copy.unwrap();
    assert!(copy.correlation.abs() > 0.99 && copy.prominence < 2.0, "{copy:?}");
}

#[test]
fn silence_and_single_frames_do_no_harm() {
    assert_eq!(relation(&[], &[]), PairFigures::default());
    assert_eq!(relation(&[0.0; 20_000], &[0.0; 20_000]), PairFigures::default());
    let speech = signal::speech_like(1, RATE, 20_000);
    let found = relation(&speech, &vec![0.0; 20_000]);
    assert_eq!((found.correlation, found.copy, found.leak_to_second), (None, None, None));
    assert_eq!(relation(&[0.5], &[0.5]).copy.unwrap().lag, 0);
}

#[test]
fn lags_are_of_lengths_that_ffts_like() {
    for rate in [4000u32, 8000, 11_025, 16_000, 22_050, 44_100, 48_000] {
        let lag = lag_frames(rate);
        assert!(lag * 2 >= rate as usize && lag < rate as usize, "{rate}: {lag}");
        let odd = lag >> lag.trailing_zeros();
        assert!(odd == 1 || odd == 3, "{rate}: {lag}");
    }
    assert_eq!(lag_frames(384_000), MOST_LAG_FRAMES);
}
