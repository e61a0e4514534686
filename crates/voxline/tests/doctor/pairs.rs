//! Findings about two channels.

use voxline::{FindingName, Severity};
use voxline_testkit::signal;

use crate::support::{call, examine, leak, names, near, only, scaled, speaker};

#[test]
fn one_signal_twice_is_identical_to_the_bit_or_nearly() {
    let speech = speaker(1, 8000, 12, 4, 0);
    let exact = examine(&[speech.clone(), speech.clone()], 8000);
    assert_eq!((only(&exact).name, only(&exact).severity), (FindingName::IdenticalChannels, Severity::Warning));
    near(only(&exact), "correlation", 1.0, 1e-4);
    assert!(only(&exact).what.contains("to the bit"));
    let softer = examine(&[speech.clone(), scaled(&speech, 0.4)], 8000);
    assert_eq!(only(&softer).name, FindingName::IdenticalChannels);
    assert!(!only(&softer).what.contains("to the bit"));
}

#[test]
fn one_signal_upside_down_is_inverted() {
    let speech = speaker(1, 8000, 12, 4, 0);
    for gain in [-1.0, -0.5] {
        let diagnosis = examine(&[speech.clone(), scaled(&speech, gain)], 8000);
        assert_eq!(
            (only(&diagnosis).name, only(&diagnosis).severity),
            (FindingName::InvertedChannels, Severity::Error)
        );
        near(only(&diagnosis), "correlation", -1.0, 1e-3);
    }
}

#[test]
fn one_signal_filtered_late_by_part_of_a_frame_or_noisy_is_still_one() {
    let speech = speaker(1, 16_000, 12, 4, 0);
    let noise =
        scaled(&signal::white_noise(8, speech.len()), 0.3 * 3f64.sqrt() * voxline_testkit::measure::rms(&speech));
    let between = leak(&scaled(&speech, 0.6), &speech, 1, 0.4);
    for (gain, name) in [(0.5, FindingName::IdenticalChannels), (-0.5, FindingName::InvertedChannels)] {
        for onto in [&noise, &between] {
            let other = leak(onto, &speech, 0, if onto == &noise { 1.0 } else { 0.0 });
            let diagnosis = examine(&[speech.clone(), scaled(&other, gain)], 16_000);
            let finding = diagnosis.findings.iter().find(|finding| finding.channels == [1, 2]).unwrap();
            assert_eq!(finding.name, name);
            let correlation = finding.figure("correlation").unwrap().abs();
            assert!((0.9..0.98).contains(&correlation) || onto == &between, "{correlation}");
        }
    }
}

#[test]
fn one_signal_late_is_told_with_its_lag_to_the_frame() {
    let speech = speaker(1, 16_000, 12, 4, 0);
    let silence = vec![0.0; speech.len()];
    for (lag, gain) in [(1, 1.0), (333, -0.7), (7_999, 1.0)] {
        let late = leak(&silence, &speech, lag, gain);
        for (planes, lag) in
            [([speech.clone(), late.clone()], lag as f64), ([late.clone(), speech.clone()], -(lag as f64))]
        {
            let diagnosis = examine(&planes, 16_000);
            let finding = diagnosis.findings.iter().find(|finding| finding.name == FindingName::DelayedChannels);
            let finding = finding.unwrap_or_else(|| panic!("{lag}: {:#?}", diagnosis.findings));
            assert_eq!(finding.severity, Severity::Warning);
            near(finding, "lag_frames", lag, 0.0);
            near(finding, "lag", lag / 16.0, 1e-9);
            assert_eq!(finding.what.contains("upside down"), gain < 0.0);
        }
    }
    // With noise of three tenths of it on the way: correlation 1 / sqrt(1 + 0.09). With as much noise it is no copy.
    let rms = voxline_testkit::measure::rms(&speech);
    let with = |noise: f64| {
        let noise = scaled(&signal::white_noise(8, speech.len()), noise * 3f64.sqrt() * rms);
        examine(&[speech.clone(), leak(&noise, &speech, 333, 1.0)], 16_000)
    };
    let noisy = with(0.3);
    let finding = noisy.findings.iter().find(|finding| finding.name == FindingName::DelayedChannels).unwrap();
    near(finding, "correlation", 1.0 / 1.09f64.sqrt(), 0.01);
    near(finding, "lag_frames", 333.0, 0.0);
    assert!(!names(&with(1.0)).contains(&FindingName::DelayedChannels));
}

#[test]
fn a_leak_is_told_with_level_and_lag() {
    let [agent, customer] = call(8000, 36);
    for (db, lag, severity) in
        [(-14.0, 0, Severity::Warning), (-26.0, 640, Severity::Warning), (-36.0, 120, Severity::Info)]
    {
        let gain = 10f64.powf(db / 20.0);
        let there = examine(&[agent.clone(), leak(&customer, &agent, lag, gain)], 8000);
        let back = examine(&[leak(&agent, &customer, lag, gain), customer.clone()], 8000);
        for (diagnosis, channels) in [(there, [1, 2]), (back, [2, 1])] {
            let finding = only(&diagnosis);
            assert_eq!((finding.name, finding.severity), (FindingName::Crosstalk, severity), "{db}");
            assert_eq!(finding.channels, channels);
            near(finding, "level", db, 0.5);
            near(finding, "lag_frames", lag as f64, 0.0);
        }
    }
    // Both ways, and too faint to matter.
    let both = examine(&[leak(&agent, &customer, 80, 0.1), leak(&customer, &agent, 80, 0.1)], 8000);
    assert_eq!(names(&both), [FindingName::Crosstalk; 2]);
    let faint = examine(&[agent.clone(), leak(&customer, &agent, 80, 0.005)], 8000);
    assert_eq!(names(&faint), []);
}

#[test]
fn sides_that_never_or_always_meet_are_told() {
    let never = [speaker(1, 8000, 200, 6, 0), speaker(2, 8000, 200, 6, 3)];
    let diagnosis = examine(&never, 8000);
    assert_eq!((only(&diagnosis).name, only(&diagnosis).severity), (FindingName::NeverAtOnce, Severity::Info));
    near(only(&diagnosis), "talk_over_ratio", 0.0, 1e-3);
    // The same for half as long is nothing odd.
    assert_eq!(names(&examine(&never.map(|plane| plane[..800_000].to_vec()), 8000)), []);
    // Something else, but whenever the first one speaks.
    let one = speaker(1, 8000, 24, 6, 1);
    let other = one.iter().zip(signal::white_noise(7, one.len())).map(|(x, noise)| x * noise).collect();
    let always = examine(&[one, other], 8000);
    assert_eq!((only(&always).name, only(&always).severity), (FindingName::AlwaysAtOnce, Severity::Warning));
    assert!(only(&always).figure("talk_over_ratio").unwrap() > 0.85);
}
