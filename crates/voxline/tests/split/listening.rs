//! A listening check by numbers: calls whose pauses are known, with noise, are cut in their pauses.

use voxline::{Cut, split};
use voxline_testkit::rng::Rng;

use crate::support::{bytes, raw};

/// 2.28 s of speech at 16 kHz between silences of 50 and 100 ms.
const ANSWER: &[u8] = include_bytes!("../../../../assets/answer/answer-16k.pcm");
const RATE_HZ: usize = 16_000;
const MIN_PAUSE: usize = RATE_HZ * 3 / 10;

/// The phrase spoken faster or slower (and with another voice by it), from a level 6 dB below to 6 dB above.
fn phrase(rng: &mut Rng) -> Vec<f64> {
    let samples: Vec<f64> = ANSWER.chunks_exact(2).map(|b| f64::from(i16::from_le_bytes([b[0], b[1]]))).collect();
    let samples = &samples[800..samples.len() - 1_600];
    let speed = 0.8 + 0.45 * rng.unit();
    let gain = 0.4 * 10f64.powf((12.0 * rng.unit() - 6.0) / 20.0);
    let frames = ((samples.len() - 1) as f64 / speed) as usize;
    (0..frames)
        .map(|n| {
            let (at, rest) = ((n as f64 * speed) as usize, (n as f64 * speed).fract());
            gain * (samples[at] * (1.0 - rest) + samples[at + 1] * rest)
        })
        .collect()
}

/// Two minutes of phrases, and where nobody speaks.
fn call(seed: u64) -> (Vec<f64>, Vec<(usize, usize)>) {
    let mut rng = Rng::new(seed);
    let (mut call, mut pauses) = (vec![0.0; RATE_HZ / 2], vec![(0, RATE_HZ / 2)]);
    while call.len() < 120 * RATE_HZ {
        call.extend(phrase(&mut rng));
        let pause = (RATE_HZ as f64 * (0.35 + 0.9 * rng.unit())) as usize;
        pauses.push((call.len(), call.len() + pause));
        call.resize(call.len() + pause, 0.0);
    }
    (call, pauses)
}

/// Where a line with hardly any noise is cut when all its pauses are as long as this, and whether that is a pause.
fn evenly(pause_ms: usize) -> Vec<(Cut, bool)> {
    let mut rng = Rng::new(3);
    let (mut call, mut pauses) = (Vec::new(), Vec::new());
    while call.len() < 90 * RATE_HZ {
        call.extend(phrase(&mut rng));
        pauses.push((call.len(), call.len() + pause_ms * RATE_HZ / 1_000));
        call.resize(call.len() + pause_ms * RATE_HZ / 1_000, 0.0);
    }
    call.iter_mut().for_each(|x| *x += 20.0 * rng.unit());
    let input = bytes(&call.iter().map(|x| *x as i16).collect::<Vec<_>>());
    let mut options = raw(RATE_HZ as u32, 1, &[("target.encoding", "pcm"), ("split.max_duration_s", "9")]);
    options.split.min_pause_ms = 300;
    let parts = split(&input, &options).unwrap();
    let cuts = parts[..parts.len() - 1].iter().map(|part| {
        let cut = part.end_frame() as usize;
        (part.cut, pauses.iter().any(|(from, to)| (*from..=*to).contains(&cut)))
    });
    cuts.collect()
}

#[test]
fn a_pause_as_long_as_asked_for_counts_as_one() {
    for (pause_ms, kind) in [(300, Cut::Pause), (320, Cut::Pause), (390, Cut::Pause), (240, Cut::ShortPause)] {
        let cuts = evenly(pause_ms);
        assert!(cuts.len() >= 10);
        assert!(cuts.iter().all(|cut| *cut == (kind, true)), "{pause_ms} ms: {cuts:?}");
    }
}

/// Noise of RMS 1.
fn noise(kind: &str, seed: u64, frames: usize) -> Vec<f64> {
    let mut rng = Rng::new(seed);
    let mut state = [0.0; 2];
    let raw: Vec<f64> = (0..frames)
        .map(|n| {
            let white = 2.0 * rng.unit() - 1.0;
            let turn = std::f64::consts::TAU * 50.0 * n as f64 / RATE_HZ as f64;
            match kind {
                "white" => white,
                // Two poles: most of it below 500 Hz, as in a car.
                "low" => {
                    state[0] = 0.9 * state[0] + white;
                    state[1] = 0.9 * state[1] + state[0];
                    state[1]
                }
                _ => turn.sin() + 0.5 * (3.0 * turn).sin() + 0.3 * (5.0 * turn).sin() + 0.1 * white,
            }
        })
        .collect();
    let rms = (raw.iter().map(|x| x * x).sum::<f64>() / frames as f64).sqrt();
    raw.iter().map(|x| x / rms).collect()
}

/// Cuts while a pause was there to be found, and those of them that met one.
fn listen(snr_db: f64, kind: &str, rate: &str) -> (usize, usize) {
    let (mut cuts, mut met) = (0, 0);
    for seed in 0..1 {
        let (mut call, pauses) = call(100 + seed);
        let loud: Vec<f64> = call.chunks(256).map(|c| c.iter().map(|x| x * x).sum::<f64>() / 256.0).collect();
        let loud: Vec<f64> = loud.into_iter().filter(|power| *power > 1e4).collect();
        let gain = (loud.iter().sum::<f64>() / loud.len() as f64).sqrt() * 10f64.powf(-snr_db / 20.0);
        let noise = noise(kind, seed, call.len());
        call.iter_mut().zip(noise).for_each(|(x, n)| *x += gain * n);
        let input = bytes(&call.iter().map(|x| *x as i16).collect::<Vec<_>>());
        for longest_s in [5.0, 8.0, 18.7] {
            let mut options = raw(RATE_HZ as u32, 1, &[("target.encoding", "pcm"), ("target.sample_rate_hz", rate)]);
            options.split.max_duration_s = Some(longest_s);
            let parts = split(&input, &options).unwrap();
            for part in &parts[..parts.len() - 1] {
                let at = |frame: f64| (frame * RATE_HZ as f64 / f64::from(part.sample_rate_hz)) as usize;
                let (start, cut) = (at(part.start_frame as f64), at(part.end_frame() as f64));
                let latest = start + (longest_s * RATE_HZ as f64) as usize;
                let earliest = latest - (10.0f64.min(longest_s / 2.0) * RATE_HZ as f64) as usize;
                if pauses.iter().any(|(from, to)| *from.max(&earliest) + MIN_PAUSE <= *to.min(&latest)) {
                    cuts += 1;
                    met += usize::from(pauses.iter().any(|(from, to)| (*from..=*to).contains(&cut)));
                }
            }
        }
    }
    (cuts, met)
}

#[test]
fn cuts_fall_into_pauses_where_there_are_any() {
    let (mut all, mut met) = (0, 0);
    for snr_db in [60.0, 30.0, 20.0, 10.0, 5.0] {
        for (kind, rate) in [("white", "16000"), ("low", "16000"), ("hum", "16000"), ("white", "8000")] {
            let (n, hit) = listen(snr_db, kind, rate);
            println!("{snr_db} dB, {kind} at {rate} Hz: {hit} of {n} cuts in pauses");
            assert!(n >= 40, "too few cuts to judge");
            assert!(hit * 100 >= n * 95, "{snr_db} dB, {kind} at {rate} Hz: {hit} of {n}");
            (all, met) = (all + n, met + hit);
        }
    }
    println!("{met} of {all}: {:.4}", met as f64 / all as f64);
    assert!(met * 100 >= all * 95, "{met} of {all}");
}
