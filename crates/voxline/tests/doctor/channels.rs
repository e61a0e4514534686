//! Findings about one channel.

use voxline::{FindingName, Options, Severity, doctor};
use voxline_testkit::{measure, signal};

use crate::support::{call, examine, names, near, only, scaled, speaker, wav};

#[test]
fn a_silent_channel_is_a_warning_and_only_silence_an_error() {
    let speech = speaker(1, 8000, 12, 4, 0);
    let silence = vec![0.0; speech.len()];
    let faint = scaled(&signal::white_noise(5, speech.len()), 0.001);
    let digital = examine(&[speech.clone(), silence.clone()], 8000);
    let finding = only(&digital);
    assert_eq!(
        (finding.name, finding.severity, &finding.channels[..]),
        (FindingName::Silent, Severity::Warning, &[2][..])
    );
    assert_eq!(finding.figure("loudest"), None);
    assert!(digital.channels[1].digital_silence);
    // Even noise of ±0.001: -60 dBFS less 4.8 dB.
    let noisy = examine(&[faint, speech], 8000);
    let finding = only(&noisy);
    assert_eq!((finding.name, &finding.channels[..]), (FindingName::Silent, &[1][..]));
    near(finding, "loudest", -64.8, 1.5);
    assert_eq!(only(&examine(std::slice::from_ref(&silence), 8000)).severity, Severity::Error);
    let both = examine(&[silence.clone(), silence], 8000);
    let silent: Vec<_> = both.findings.iter().filter(|finding| finding.name == FindingName::Silent).collect();
    assert_eq!((silent.len(), both.worst()), (2, Some(Severity::Error)));
}

#[test]
fn noise_without_speech_is_no_speech() {
    let noise = scaled(&signal::white_noise(1, 80_000), 0.1);
    let diagnosis = examine(std::slice::from_ref(&noise), 8000);
    let finding = only(&diagnosis);
    assert_eq!((finding.name, finding.severity), (FindingName::NoSpeech, Severity::Warning));
    near(finding, "noise", measure::db(0.1 / 3f64.sqrt()), 1.0);
    near(finding, "duration", 10.0, 0.0);
    // Nobody has to speak in the first moments.
    assert_eq!(names(&examine(&[noise[..7_900].to_vec()], 8000)), []);
}

#[test]
fn faint_speech_and_speech_in_noise_are_told_with_their_levels() {
    let speech = speaker(1, 8000, 20, 5, 1);
    let level = examine(std::slice::from_ref(&speech), 8000).channels[0].speech_dbfs.unwrap();
    let down = -45.0 - level;
    let diagnosis = examine(&[scaled(&speech, 10f64.powf(down / 20.0))], 8000);
    assert_eq!(only(&diagnosis).name, FindingName::QuietSpeech);
    near(only(&diagnosis), "speech", -45.0, 0.7);
    // Noise 7 dB below: only the louder sounds stand out of it, and their level is that of both.
    let noise = 10f64.powf((level - 7.0) / 20.0) * 3f64.sqrt();
    let loud: Vec<f32> = speech
        .iter()
        .zip(signal::white_noise(9, speech.len()))
        .map(|(x, n)| x + (noise * f64::from(n)) as f32)
        .collect();
    let diagnosis = examine(&[loud], 8000);
    assert_eq!(only(&diagnosis).name, FindingName::Noisy);
    near(only(&diagnosis), "noise", level - 7.0, 1.0);
    assert!(only(&diagnosis).figure("speech_to_noise").unwrap() > 7.0);
}

#[test]
fn clipping_is_told_by_its_runs() {
    let speech = speaker(1, 16_000, 10, 4, 0);
    let plane = scaled(&speech, 4.0);
    // What 16 bits cut off, counted here in the plainest way.
    let mut runs: Vec<usize> = Vec::new();
    let mut run = (0i32, 0usize);
    for x in plane.iter().map(|x| x.clamp(-1.0, 32_767.0 / 32_768.0)).chain([0.0]) {
        let side = i32::from(x >= 32_767.0 / 32_768.0) - i32::from(x <= -1.0);
        if side != run.0 {
            runs.extend((run.0 != 0 && run.1 >= 3).then_some(run.1));
            run = (side, 0);
        }
        run.1 += 1;
    }
    let diagnosis = examine(&[plane], 16_000);
    let finding = diagnosis.findings.iter().find(|finding| finding.name == FindingName::Clipping).unwrap();
    assert_eq!(finding.severity, Severity::Warning);
    assert!(runs.len() > 100);
    near(finding, "runs", runs.len() as f64, 0.02 * runs.len() as f64);
    near(finding, "clipped_ratio", runs.iter().sum::<usize>() as f64 / 160_000.0, 1e-3);
    near(finding, "longest", *runs.iter().max().unwrap() as f64 / 16.0, 0.13);
    // Three short runs are good to know and no more; two are nothing.
    let mut tapped = speech;
    for (n, at) in [20_000, 50_000, 90_000].into_iter().enumerate() {
        assert_eq!(names(&examine(std::slice::from_ref(&tapped), 16_000)), [], "{n}");
        tapped[at..at + 4].fill(1.0);
    }
    let diagnosis = examine(&[tapped], 16_000);
    assert_eq!((only(&diagnosis).name, only(&diagnosis).severity), (FindingName::Clipping, Severity::Info));
    near(only(&diagnosis), "runs", 3.0, 0.0);
    near(only(&diagnosis), "longest", 0.25, 1e-9);
}

#[test]
fn an_offset_is_told_in_dbfs() {
    for (offset, severity) in [(0.01, Some(Severity::Warning)), (-0.005, Some(Severity::Info)), (0.002, None)] {
        let mut planes = call(8000, 12);
        planes[1].iter_mut().for_each(|x| *x += offset);
        let diagnosis = examine(&planes, 8000);
        assert_eq!(diagnosis.worst(), severity, "{offset}");
        if severity.is_some() {
            let finding = only(&diagnosis);
            assert_eq!((finding.name, &finding.channels[..]), (FindingName::DcOffset, &[2][..]));
            near(finding, "offset", f64::from(offset), 2e-4);
            near(finding, "offset_level", measure::db(f64::from(offset.abs())), 0.2);
        }
    }
}

#[test]
fn half_a_step_of_8_bits_is_nobodys_offset() {
    let plane = speaker(1, 8000, 12, 4, 0);
    let of_8_bits = |steps: f32| {
        let mut options = Options::default();
        options.set("input.raw_format", "u8").unwrap();
        let byte = |x: &f32| (x * 128.0 + 128.0 + steps).floor().clamp(0.0, 255.0) as u8;
        doctor(&plane.iter().map(byte).collect::<Vec<_>>(), &options).unwrap()
    };
    // Rounded down, which is half a step too low on average, and a whole step too low.
    assert_eq!(names(&of_8_bits(0.0)), []);
    assert!(names(&of_8_bits(-0.5)).contains(&FindingName::DcOffset));
}

#[test]
fn a_band_narrower_than_the_rate_promises_is_told_with_the_likely_rate() {
    let cases = [
        (8_000, 16_000, 8_000.0, Severity::Warning),
        (8_000, 44_100, 8_000.0, Severity::Warning),
        (16_000, 48_000, 16_000.0, Severity::Info),
    ];
    for (from, to, likely, severity) in cases {
        let speech = speaker(1, from, 8, 4, 0);
        // The testkit's own resampler, so that ours does not judge itself.
        let raised = voxline_testkit::reference::resample(&speech, from, to);
        let diagnosis = examine(&[raised], to);
        let finding = only(&diagnosis);
        assert_eq!((finding.name, finding.severity), (FindingName::NarrowBand, severity), "{from} to {to}");
        near(finding, "likely_rate", likely, 0.0);
        near(finding, "bandwidth", f64::from(from) / 2.0, 0.06 * f64::from(from) / 2.0);
        assert!(finding.what.contains(&format!("{to} Hz")), "{}", finding.what);
    }
}

/// Twice the rate by a filter as short as resamplers have that are made for speed: it ends 8 frames away, under a Hann
/// window.
fn raised_softly(plane: &[f32]) -> Vec<f32> {
    const REACH: isize = 8;
    let filter = |at: f64| {
        let x = std::f64::consts::PI * at;
        let sinc = if at == 0.0 { 1.0 } else { x.sin() / x };
        sinc * (0.5 * x / REACH as f64).cos().powi(2)
    };
    (0..2 * plane.len())
        .map(|n| {
            let middle = n as isize / 2;
            let sum = (middle - REACH + 1..=middle + REACH).map(|k| {
                let sample = usize::try_from(k).ok().and_then(|k| plane.get(k)).copied().unwrap_or(0.0);
                f64::from(sample) * filter(n as f64 / 2.0 - k as f64)
            });
            sum.sum::<f64>() as f32
        })
        .collect()
}

#[test]
fn a_band_that_ends_softly_where_the_rate_was_raised_is_told_too() {
    for seed in 1..4 {
        let raised = raised_softly(&speaker(seed, 8_000, 12, 4, 0));
        let diagnosis = examine(&[raised], 16_000);
        let finding = only(&diagnosis);
        assert_eq!((finding.name, finding.severity), (FindingName::NarrowBand, Severity::Warning), "{seed}");
        let bandwidth = finding.figure("bandwidth").unwrap();
        assert!((4_200.0..4_600.0).contains(&bandwidth), "{seed}: {bandwidth}");
    }
}

#[test]
fn a_rate_that_was_raised_without_a_filter_is_told_by_its_samples() {
    let speech = speaker(1, 8_000, 12, 4, 0);
    let repeated: Vec<f32> = speech.iter().flat_map(|x| [*x; 2]).collect();
    let lines = |times: u8| -> Vec<f32> {
        let steps = move |pair: &[f32]| {
            let (a, b) = (pair[0], pair[1]);
            (0..times).map(move |n| a + (b - a) * f32::from(n) / f32::from(times))
        };
        speech.windows(2).flat_map(steps).collect()
    };
    let warning = (8_000, Severity::Warning);
    for (raised, rate, (likely, severity)) in [
        (repeated, 16_000, warning),
        (lines(2), 16_000, warning),
        (lines(6), 48_000, warning),
        (lines(3), 48_000, (16_000, Severity::Info)),
    ] {
        let diagnosis = examine(&[raised], rate);
        let finding = only(&diagnosis);
        assert_eq!((finding.name, finding.severity), (FindingName::NarrowBand, severity), "{finding:?}");
        near(finding, "likely_rate", f64::from(likely), 0.0);
        near(finding, "bandwidth", f64::from(likely) / 2.0, 0.0);
        assert!(finding.what.contains("mirror images"), "{}", finding.what);
    }
    // Without a voice there is nothing that could be mirrored: tones and tests look like this.
    let noise = scaled(&signal::white_noise(5, 40_000), 0.1);
    let diagnosis = examine(&[noise.iter().flat_map(|x| [*x; 2]).collect()], 16_000);
    assert_eq!((names(&diagnosis), diagnosis.channels[0].raised_by), (vec![FindingName::NoSpeech], Some(2)));
    // At a rate that nobody records at the factor is no finding.
    let diagnosis = examine(&[lines(2)], 8_000);
    assert_eq!((names(&diagnosis), diagnosis.channels[0].raised_by), (vec![], Some(2)));
}

#[test]
fn holes_are_told_with_their_place_and_are_worse_when_all_channels_have_them() {
    let planes = call(8000, 24);
    let mut one = planes.clone();
    one[0][64_000..88_000].fill(0.0);
    one[0][120_000..132_000].fill(0.0);
    let diagnosis = examine(&one, 8000);
    let finding = only(&diagnosis);
    assert_eq!((finding.name, finding.severity), (FindingName::DigitalHoles, Severity::Info));
    near(finding, "holes", 2.0, 0.0);
    near(finding, "total", 4.5, 0.01);
    near(finding, "longest", 3.0, 0.01);
    near(finding, "longest_at", 8.0, 0.01);
    let mut both = planes.clone();
    both.iter_mut().for_each(|plane| plane[64_000..80_000].fill(0.0));
    let diagnosis = examine(&both, 8000);
    assert_eq!(names(&diagnosis), [FindingName::DigitalHoles; 2]);
    assert_eq!(diagnosis.worst(), Some(Severity::Warning));
    // At the ends it is only a figure, and a pause of less than a second is a pause.
    let mut ends = planes;
    ends[1][..16_000].fill(0.0);
    ends[1][180_000..].fill(0.0);
    ends[0][64_000..71_000].fill(0.0);
    let diagnosis = examine(&ends, 8000);
    assert_eq!(names(&diagnosis), []);
    assert!((diagnosis.channels[1].leading_silence_s - 2.0).abs() < 0.01);
    assert!((diagnosis.channels[1].trailing_silence_s - 1.5).abs() < 0.01);
}

#[test]
fn more_than_two_channels_are_examined_one_by_one() {
    let planes: Vec<Vec<f32>> = (0..5).map(|n| speaker(n, 8000, 12, 5, n as usize)).collect();
    let mut sick = planes.clone();
    sick[3] = vec![0.0; planes[0].len()];
    let diagnosis = doctor(&wav(&sick, 8000), &Options::default()).unwrap();
    assert_eq!((only(&diagnosis).name, &only(&diagnosis).channels[..]), (FindingName::Silent, &[4][..]));
    assert_eq!((diagnosis.channels.len(), diagnosis.pair), (5, None));
    assert_eq!(names(&examine(&planes, 8000)), []);
}
