//! Findings about two channels.

use voxline_core::{Report, WarningCode};

use super::channel::silent;
use super::diagnosis::{PairHealth, SignalMatch};
use super::thresholds::{
    ALWAYS, ALWAYS_LEAST_S, COPY, COPY_PROMINENCE, LEAK_BLOCKS, LEAK_CORRELATION, LEAK_DB, LEAK_HEARD_DB,
    LEAK_PROMINENCE, NEVER, NEVER_LEAST_S, SAME,
};
use super::{Diagnosis, Finding, FindingName, Severity};

/// What is wrong between the two channels: one thing explains the next, so only the first of copy, leak and talk-over
/// that fits is a finding.
pub(super) fn findings(diagnosis: &Diagnosis, report: &Report) -> Vec<Finding> {
    let (Some(pair), [first, second]) = (&diagnosis.pair, &diagnosis.channels[..]) else { return Vec::new() };
    if silent(first) || silent(second) {
        return Vec::new();
    }
    let warned = |code| report.warnings.iter().any(|warning| warning.code == code);
    let exact = warned(WarningCode::IdenticalChannels);
    if let Some(copy) = copy(pair, exact, warned(WarningCode::InvertedChannels)) {
        return vec![copy];
    }
    let leaks: Vec<Finding> =
        [(1, 2, pair.leak_1_to_2, pair.leak_blocks[0]), (2, 1, pair.leak_2_to_1, pair.leak_blocks[1])]
            .into_iter()
            .filter(|(.., blocks)| *blocks >= LEAK_BLOCKS)
            .filter_map(|(from, to, leak, _)| crosstalk(from, to, leak?))
            .collect();
    if !leaks.is_empty() {
        return leaks;
    }
    talk_over(pair, [first.speech_s, second.speech_s]).into_iter().collect()
}

fn copy(pair: &PairHealth, exact: bool, inverted: bool) -> Option<Finding> {
    let correlation = pair.correlation.unwrap_or(0.0);
    if exact {
        return Some(identical(correlation, "to the bit"));
    }
    // One frame of lag changes low voices so little that the channels could pass for the same.
    let late = pair.best_match.filter(|found| {
        found.lag_frames != 0
            && found.correlation.abs() >= COPY.max(correlation.abs())
            && found.prominence >= COPY_PROMINENCE
    });
    if let Some(found) = late {
        let (late, early) = if found.lag_frames > 0 { (2, 1) } else { (1, 2) };
        let inverted = if found.correlation < 0.0 { ", and upside down" } else { "" };
        let what = format!("channel {late} is channel {early}, {:.3} ms later{inverted}", found.lag_ms.abs());
        return Some(figures(Finding::new(FindingName::DelayedChannels, Severity::Warning, &[1, 2], what), &found));
    }
    // A delay by part of a frame and a filter make them less alike, but what stands out like this is one signal.
    let at_once = pair.best_match.is_some_and(|found| {
        found.lag_frames == 0 && found.correlation.abs() >= COPY && found.prominence >= COPY_PROMINENCE
    });
    if correlation >= SAME || at_once && correlation > 0.0 {
        return Some(identical(correlation, "but for a little noise, a filter or their level"));
    }
    (inverted || correlation <= -SAME || at_once).then(|| {
        let what = "channel 2 is channel 1 upside down: mixed they cancel";
        Finding::new(FindingName::InvertedChannels, Severity::Error, &[1, 2], what).with("correlation", correlation, "")
    })
}

fn identical(correlation: f64, how: &str) -> Finding {
    let what = format!("channels 1 and 2 are the same signal {how}");
    let finding = Finding::new(FindingName::IdenticalChannels, Severity::Warning, &[1, 2], what);
    finding.with("correlation", correlation, "")
}

fn crosstalk(from: u16, to: u16, leak: SignalMatch) -> Option<Finding> {
    let told = leak.correlation.abs() >= LEAK_CORRELATION && leak.prominence >= LEAK_PROMINENCE;
    (told && leak.gain_db >= LEAK_DB).then(|| {
        let severity = if leak.gain_db < LEAK_HEARD_DB { Severity::Info } else { Severity::Warning };
        let what = format!(
            "channel {from} is heard on channel {to}, {:.1} dB quieter and {:.1} ms {}",
            -leak.gain_db,
            leak.lag_ms.abs(),
            if leak.lag_frames < 0 { "earlier" } else { "later" }
        );
        figures(Finding::new(FindingName::Crosstalk, severity, &[from, to], what), &leak)
    })
}

fn figures(finding: Finding, found: &SignalMatch) -> Finding {
    finding
        .with("lag", found.lag_ms, "ms")
        .with("lag_frames", found.lag_frames as f64, "frames")
        .with("level", found.gain_db, "dB")
        .with("correlation", found.correlation, "")
}

fn talk_over(pair: &PairHealth, speech_s: [f64; 2]) -> Option<Finding> {
    let ratio = pair.talk_over_ratio?;
    let less = speech_s[0].min(speech_s[1]);
    let (name, severity, what) = if less >= NEVER_LEAST_S && ratio < NEVER {
        let what = format!("the sides never speak at once, in {:.0} s of speech", pair.any_speech_s);
        (FindingName::NeverAtOnce, Severity::Info, what)
    } else if less >= ALWAYS_LEAST_S && pair.talk_over_s >= ALWAYS * less {
        let what = format!("the sides speak at once for {:.0} of {:.0} s", pair.talk_over_s, less);
        (FindingName::AlwaysAtOnce, Severity::Warning, what)
    } else {
        return None;
    };
    let finding = Finding::new(name, severity, &[1, 2], what);
    Some(finding.with("talk_over_ratio", ratio, "").with("talk_over", pair.talk_over_s, "s").with(
        "speech",
        pair.any_speech_s,
        "s",
    ))
}
