//! Findings about one channel.

use super::diagnosis::ChannelHealth;
use super::thresholds::{
    CLIP_HEARD, CLIP_RUNS, LEAST_FOR_SPEECH_S, LEAST_RATE_HZ, NOISY_DB, OFFSET, OFFSET_8_BITS, OFFSET_HEARD,
    QUIET_DBFS, SILENT_DBFS, SLOPE, SPEECH_RATES_HZ, TOO_HIGH, WIDE_RATE_HZ,
};
use super::{Diagnosis, Finding, FindingName, Severity};

/// Whether there is nothing to hear on a channel.
pub(super) fn silent(channel: &ChannelHealth) -> bool {
    channel.digital_silence || channel.loudest_dbfs.is_some_and(|db| db < SILENT_DBFS)
}

/// What is wrong with each channel. `hole_of_all_s` is the longest stretch in which no channel moves; `codec` is that of the
/// report.
pub(super) fn findings(diagnosis: &Diagnosis, hole_of_all_s: f64, codec: &str) -> Vec<Finding> {
    // Opus is decoded at its own rate, whatever was recorded: that promises nothing.
    let rate_is_told = codec != "opus";
    let least_offset = if matches!(codec, "pcm_u8" | "pcm_s8") { OFFSET_8_BITS } else { OFFSET };
    let channels = &diagnosis.channels;
    let all_silent = channels.iter().all(silent);
    let seconds = diagnosis.frames as f64 / f64::from(diagnosis.sample_rate_hz.max(1));
    let mut findings = Vec::new();
    for channel in channels {
        if silent(channel) {
            findings.push(of_silence(channel, all_silent));
        } else {
            findings.extend(of_speech(channel, seconds));
            findings.extend(clipping(channel, diagnosis.frames));
            let rate_hz = diagnosis.sample_rate_hz;
            let narrow = narrow_band(channel, rate_hz).or_else(|| mirrored(channel, rate_hz));
            findings.extend(narrow.filter(|_| rate_is_told));
        }
        findings.extend(offset(channel, least_offset));
        findings.extend(holes(channel, hole_of_all_s));
    }
    findings
}

fn of_silence(channel: &ChannelHealth, all: bool) -> Finding {
    // One side of a call may have nothing to say; a recording of nothing is useless.
    let severity = if all { Severity::Error } else { Severity::Warning };
    let n = channel.channel;
    let what = match channel.loudest_dbfs.filter(|_| !channel.digital_silence) {
        Some(db) => format!("channel {n} holds nothing to hear: its loudest moments are at {db:.1} dBFS"),
        None => format!("channel {n} is digital silence: all its samples are the same"),
    };
    let finding = Finding::new(FindingName::Silent, severity, &[n], what);
    match channel.loudest_dbfs {
        Some(db) => finding.with("loudest", db, "dBFS"),
        None => finding,
    }
}

fn of_speech(channel: &ChannelHealth, seconds: f64) -> Vec<Finding> {
    let n = channel.channel;
    let noise = channel.noise_dbfs;
    let Some(speech) = channel.speech_dbfs else {
        if seconds < LEAST_FOR_SPEECH_S {
            return Vec::new();
        }
        let what = format!("channel {n} has sound in its {seconds:.1} s, but no speech");
        let finding = Finding::new(FindingName::NoSpeech, Severity::Warning, &[n], what);
        return vec![finding.with("noise", noise.unwrap_or(f64::NAN), "dBFS").with("duration", seconds, "s")];
    };
    let mut findings = Vec::new();
    if speech < QUIET_DBFS {
        let what = format!("the speech of channel {n} is faint: {speech:.1} dBFS");
        findings
            .push(Finding::new(FindingName::QuietSpeech, Severity::Warning, &[n], what).with("speech", speech, "dBFS"));
    }
    if let Some(noise) = noise.filter(|noise| speech - noise < NOISY_DB) {
        let above = speech - noise;
        let what = format!("the speech of channel {n} is only {above:.1} dB above its noise");
        findings.push(
            Finding::new(FindingName::Noisy, Severity::Warning, &[n], what)
                .with("speech", speech, "dBFS")
                .with("noise", noise, "dBFS")
                .with("speech_to_noise", above, "dB"),
        );
    }
    findings
}

fn clipping(channel: &ChannelHealth, frames: u64) -> Option<Finding> {
    let (n, runs) = (channel.channel, channel.clipped_runs);
    let share = channel.clipped_samples as f64 / frames.max(1) as f64;
    let severity = if share < CLIP_HEARD { Severity::Info } else { Severity::Warning };
    (runs >= CLIP_RUNS).then(|| {
        let what =
            format!("channel {n} is cut off at full scale in {runs} places, {:.3} % of its samples", 100.0 * share);
        Finding::new(FindingName::Clipping, severity, &[n], what)
            .with("runs", runs as f64, "")
            .with("clipped_ratio", share, "")
            .with("longest", channel.longest_clip_ms, "ms")
    })
}

fn offset(channel: &ChannelHealth, least: f64) -> Option<Finding> {
    let (n, offset) = (channel.channel, channel.dc_offset);
    let severity = if offset.abs() < OFFSET_HEARD { Severity::Info } else { Severity::Warning };
    (offset.abs() >= least).then(|| {
        let db = 20.0 * offset.abs().log10();
        let what = format!("channel {n} has an offset of {:.2} % of full scale ({db:.1} dBFS)", 100.0 * offset);
        Finding::new(FindingName::DcOffset, severity, &[n], what).with("offset", offset, "").with(
            "offset_level",
            db,
            "dBFS",
        )
    })
}

fn narrow_band(channel: &ChannelHealth, rate_hz: u32) -> Option<Finding> {
    let (n, bandwidth) = (channel.channel, channel.bandwidth_hz?);
    // The lowest rate that would have been enough.
    let enough = SPEECH_RATES_HZ.into_iter().find(|hz| bandwidth <= SLOPE * f64::from(*hz) / 2.0)?;
    // Wideband speech at a high rate wastes space and no more; a narrow band is not what its rate promises a recogniser.
    let severity = if enough == SPEECH_RATES_HZ[0] { Severity::Warning } else { Severity::Info };
    (f64::from(rate_hz) >= TOO_HIGH * f64::from(enough)).then(|| {
        let what = format!(
            "channel {n} holds nothing above {bandwidth:.0} Hz although its rate is {rate_hz} Hz: it was recorded at {enough} Hz"
        );
        Finding::new(FindingName::NarrowBand, severity, &[n], what)
            .with("bandwidth", bandwidth, "Hz")
            .with("sample_rate", f64::from(rate_hz), "Hz")
            .with("likely_rate", f64::from(enough), "Hz")
    })
}

/// The same where the rate was raised without a filter: above the old band stand mirror images of the voice.
fn mirrored(channel: &ChannelHealth, rate_hz: u32) -> Option<Finding> {
    let (n, factor, rate) = (channel.channel, channel.raised_by?, f64::from(rate_hz));
    let likely = rate / f64::from(factor);
    // Tones can look like this as well, and nobody recorded a voice at less than telephony has.
    (likely >= LEAST_RATE_HZ && channel.speech_dbfs.is_some()).then(|| {
        let severity = if likely < WIDE_RATE_HZ { Severity::Warning } else { Severity::Info };
        let (band, what) = (likely / 2.0, "by repeating samples or by straight lines between them");
        let what = format!(
            "channel {n} was recorded at {likely:.0} Hz and brought to {rate_hz} Hz {what}: above {band:.0} Hz are mirror images of the voice"
        );
        Finding::new(FindingName::NarrowBand, severity, &[n], what)
            .with("bandwidth", band, "Hz")
            .with("sample_rate", rate, "Hz")
            .with("likely_rate", likely, "Hz")
    })
}

fn holes(channel: &ChannelHealth, of_all_s: f64) -> Option<Finding> {
    let (n, holes) = (channel.channel, channel.holes);
    (holes > 0).then(|| {
        let (longest, at) = (channel.longest_hole_s, channel.longest_hole_at_s);
        // A side that is muted while the other one speaks is common; where none has a sample nobody recorded.
        let severity = if of_all_s > 0.0 { Severity::Warning } else { Severity::Info };
        let what = match holes {
            1 => format!("channel {n} has a stretch of digital silence, {longest:.1} s at {at:.1} s"),
            _ => format!(
                "channel {n} has {holes} stretches of digital silence, {:.1} s in all, the longest of {longest:.1} s at {at:.1} s",
                channel.holes_s
            ),
        };
        Finding::new(FindingName::DigitalHoles, severity, &[n], what)
            .with("holes", holes as f64, "")
            .with("total", channel.holes_s, "s")
            .with("longest", longest, "s")
            .with("longest_at", at, "s")
    })
}
