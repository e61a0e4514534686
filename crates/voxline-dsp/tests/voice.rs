//! Voice activity from outside: blocks, laws, and what is heard in noise.

#![expect(clippy::unwrap_used, reason = "the helpers of a test stop it where they cannot go on")]

use proptest::prelude::*;
use voxline_core::SampleRate;
use voxline_dsp::{VoiceBlock, VoiceDetector, speaking};
use voxline_testkit::rng::Rng;
use voxline_testkit::signal::{sine, speech_like};

/// 2.28 s of speech at 16 kHz between silences of 50 and 100 ms.
const ANSWER: &[u8] = include_bytes!("../../../assets/answer/answer-16k.pcm");

fn detector(rate_hz: u32) -> VoiceDetector {
    VoiceDetector::new(SampleRate::new(rate_hz).unwrap())
}

fn hear(plane: &[f32], rate_hz: u32) -> Vec<VoiceBlock> {
    let (mut detector, mut blocks) = (detector(rate_hz), Vec::new());
    detector.push(plane, &mut blocks);
    detector.finish(&mut blocks);
    blocks
}

fn phrase() -> Vec<f32> {
    let samples = ANSWER.chunks_exact(2).map(|b| f32::from(i16::from_le_bytes([b[0], b[1]])) / 32_768.0);
    let samples: Vec<f32> = samples.collect();
    // Without the silences around it.
    samples[800..samples.len() - 1_600].to_vec()
}

/// Eight phrases with a second between them, and noise so many dB below the phrases; `true`: speech.
fn call(snr_db: f64, colour: f64) -> (Vec<f32>, Vec<bool>) {
    let phrase = phrase();
    let rms = (phrase.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / phrase.len() as f64).sqrt();
    let (mut plane, mut truth) = (vec![0.0; 16_000], vec![false; 16_000]);
    for _ in 0..8 {
        plane.extend(&phrase);
        truth.resize(plane.len(), true);
        plane.resize(plane.len() + 16_000, 0.0);
        truth.resize(plane.len(), false);
    }
    let (mut rng, mut state) = (Rng::new(7), 0.0);
    // A one-pole filter of white noise; its power is that of the white noise times (1 - c) / (1 + c).
    let gain = rms * 10f64.powf(-snr_db / 20.0) * (3.0 * (1.0 + colour) / (1.0 - colour)).sqrt();
    for x in &mut plane {
        state = colour * state + (1.0 - colour) * (2.0 * rng.unit() - 1.0);
        *x += (gain * state) as f32;
    }
    (plane, truth)
}

#[test]
fn blocks_count_the_time_at_every_rate() {
    for rate_hz in [4_000, 8_000, 11_025, 16_000, 22_050, 44_100, 48_000] {
        for frames in [0, 1, 127, 128, 129, 255, 256, 257, 10_000] {
            let exact = frames as f64 / f64::from(rate_hz) / 0.016;
            assert_eq!(
                hear(&vec![0.1; frames], rate_hz).len(),
                (exact - 1e-9).ceil() as usize,
                "{frames} at {rate_hz}"
            );
        }
        let rate = SampleRate::new(rate_hz).unwrap();
        assert_eq!(VoiceDetector::block_start(625, rate), u64::from(rate_hz) * 10);
    }
}

#[test]
fn each_band_hears_its_own_tones() {
    for rate_hz in [8_000, 11_025, 16_000, 48_000] {
        let level = |hz: f64| {
            let blocks = hear(&sine(hz, rate_hz, rate_hz as usize, 0.5), rate_hz);
            let mean = |band: &dyn Fn(&VoiceBlock) -> f32| blocks[20..60].iter().map(band).sum::<f32>() / 40.0;
            // Against the 0.125 of the whole sine.
            [mean(&|block| block.low), mean(&|block| block.high)].map(|x| 10.0 * (x / 0.125).log10())
        };
        // A Butterworth filter of second order: 3 dB down at its edge, 12 dB an octave beyond.
        let ([voice, _], [edge_low, edge_high]) = (level(400.0), level(900.0));
        assert!(voice.abs() < 0.5, "{rate_hz}: {voice}");
        assert!((edge_low + 3.0).abs() < 0.3 && (edge_high + 3.0).abs() < 0.4, "{rate_hz}: {edge_low} {edge_high}");
        let ([low, high], [hum, _]) = (level(2_000.0), level(50.0));
        assert!(high.abs() < 1.0 && low < -13.0, "{rate_hz}: {low} {high}");
        assert!((-20.0..-18.0).contains(&hum), "{rate_hz}: {hum}");
    }
    // Beyond the telephone: 10.8 dB down.
    let block = hear(&sine(7_000.0, 48_000, 48_000, 0.5), 48_000)[30];
    assert!(block.low < 1e-4 && block.high < 0.125 / 10.0, "{block:?}");
}

#[test]
fn speech_begins_and_ends_where_it_does() {
    let mut plane = vec![0.0; 16_000];
    plane.extend(phrase());
    let ends = plane.len();
    plane.resize(ends + 16_000, 0.0);
    for rate_hz in [16_000, 8_000] {
        let plane: Vec<f32> = match rate_hz {
            8_000 => plane.iter().step_by(2).copied().collect(),
            _ => plane.clone(),
        };
        let speech = speaking(&hear(&plane, rate_hz));
        let first = speech.iter().position(|on| *on).unwrap();
        let last = speech.iter().rposition(|on| *on).unwrap();
        // 62.5 blocks a second: no more than 64 ms early, never more than one block late, 160 ms for the fading away.
        assert!((58..=63).contains(&first), "{rate_hz}: begins at {first}");
        assert!((ends / 256 - 4..=ends / 256 + 10).contains(&last), "{rate_hz}: ends at {last} of {}", ends / 256);
    }
}

#[test]
fn pauses_are_heard_through_noise() {
    for (snr_db, colour) in [(40.0, 0.0), (20.0, 0.0), (10.0, 0.0), (20.0, 0.9), (10.0, 0.9), (5.0, 0.9)] {
        let (plane, truth) = call(snr_db, colour);
        let speech = speaking(&hear(&plane, 16_000));
        let share = |wanted: bool| {
            // Blocks at least 100 ms inside: soft ends are a matter of taste.
            let inside = |n: usize| {
                let span = (n * 256).saturating_sub(1_600)..((n + 1) * 256 + 1_600).min(truth.len());
                span.into_iter().all(|at| truth[at] == wanted)
            };
            let judged: Vec<bool> = (0..truth.len() / 256).filter(|n| inside(*n)).map(|n| speech[n]).collect();
            judged.iter().filter(|on| **on == wanted).count() as f64 / judged.len() as f64
        };
        let (speech, pauses) = (share(true), share(false));
        println!("{snr_db} dB, colour {colour}: {speech:.3} of speech, {pauses:.3} of pauses");
        assert!(speech >= 0.9 && pauses >= 0.9, "{snr_db} dB, colour {colour}: {speech} {pauses}");
    }
}

#[test]
fn odd_samples_are_heard_as_something() {
    let odd = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, 1e-40, -0.0, 1e9, 3.0];
    let plane: Vec<f32> = (0..20_000).map(|n| odd[n % odd.len()]).collect();
    for rate_hz in [4_000, 8_000, 16_000, 384_000] {
        for block in hear(&plane, rate_hz) {
            assert!(block.power().is_finite() && block.low >= 0.0 && block.high >= 0.0);
        }
    }
    // Nothing of it is left a second later.
    let mut plane = plane;
    plane.resize(60_000, 0.0);
    assert_eq!(hear(&plane, 16_000).last().unwrap().power(), 0.0);
}

#[test]
fn steady_noise_is_no_speech() {
    let mut rng = Rng::new(5);
    for colour in [0.0, 0.5, 0.9] {
        let mut state = 0.0;
        let plane: Vec<f32> = (0..480_000)
            .map(|_| {
                state = colour * state + 0.01 * (2.0 * rng.unit() - 1.0);
                state as f32
            })
            .collect();
        let speech = speaking(&hear(&plane, 16_000));
        let share = speech.iter().filter(|on| **on).count() as f64 / speech.len() as f64;
        assert!(share < 0.05, "colour {colour}: {share}");
    }
}

#[test]
fn clicks_are_no_speech_and_few_blocks_are_no_trouble() {
    let pause = VoiceBlock { low: 1e-6, high: 1e-6 };
    let loud = VoiceBlock { low: 1e-2, high: 1e-6 };
    assert!(speaking(&[]).is_empty());
    assert_eq!(speaking(&[pause]), [false]);
    assert_eq!(speaking(&vec![pause; 50]), vec![false; 50]);
    // Level alone: what never changes is no speech, whatever it is.
    assert_eq!(speaking(&vec![loud; 50]), vec![false; 50]);
    let words = [[pause; 20], [loud; 20], [pause; 20]].concat();
    assert_eq!(speaking(&words).iter().filter(|on| **on).count(), 20 + 2 + 3);
    let mut blocks = vec![pause; 60];
    blocks[30] = VoiceBlock { low: 1e-3, high: 1e-3 };
    assert_eq!(speaking(&blocks), vec![false; 60]);
    let nan = VoiceBlock { low: f32::NAN, high: f32::INFINITY };
    assert_eq!(speaking(&[pause, nan, pause, nan]).len(), 4);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_cutting_gives_the_same_blocks_and_finish_starts_anew(
        seed: u64,
        rate_hz in prop::sample::select(vec![8_000u32, 16_000, 44_100]),
        places in prop::collection::vec(0usize..30_000, 0..12),
    ) {
        let plane = speech_like(seed, rate_hz, 30_000);
        let whole = hear(&plane, rate_hz);
        let mut places = places;
        places.extend([0, plane.len()]);
        places.sort_unstable();
        let mut detector = detector(rate_hz);
        for _ in 0..2 {
            let mut blocks = Vec::new();
            for pair in places.windows(2) {
                detector.push(&plane[pair[0]..pair[1]], &mut blocks);
            }
            detector.finish(&mut blocks);
            prop_assert_eq!(&blocks, &whole);
        }
    }
}
