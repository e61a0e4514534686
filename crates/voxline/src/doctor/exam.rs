//! Measures while the recording is decoded, and judges at the end.

use voxline_core::{AudioSpec, Report, SampleRate};
use voxline_dsp::HealthMeter;

use super::diagnosis::{Diagnosis, Units};
use super::{channel, file, pair};

/// Streams that change their rate hardly ever have more than two. What comes at a fifth one is not measured: it would
/// cost memory for as many rates as a hostile file names.
const MOST_RATES: usize = 4;

/// Meters for each rate that occurs.
#[derive(Default)]
pub(super) struct Exam {
    meters: Vec<(SampleRate, HealthMeter, u64)>,
}

impl Exam {
    /// The next frames, interleaved.
    pub(super) fn take(&mut self, spec: AudioSpec, samples: &[f32]) {
        let channels = spec.channels();
        let at = match self.meters.iter().position(|(rate, ..)| *rate == spec.sample_rate) {
            Some(at) => at,
            None if self.meters.len() < MOST_RATES => {
                self.meters.push((spec.sample_rate, HealthMeter::new(spec.sample_rate.hz(), channels), 0));
                self.meters.len() - 1
            }
            None => return,
        };
        if let Some((_, meter, frames)) = self.meters.get_mut(at) {
            meter.push(samples);
            *frames += (samples.len() / channels) as u64;
        }
    }

    /// The end.
    pub(super) fn diagnose(self, report: Report) -> Diagnosis {
        let mut diagnosis = Diagnosis { findings: file::findings(&report), ..Diagnosis::default() };
        let seconds = |rate: SampleRate, frames: u64| frames as f64 / f64::from(rate.hz());
        // Of equally long ones the first.
        let longest = self.meters.into_iter().rev().max_by(|a, b| seconds(a.0, a.2).total_cmp(&seconds(b.0, b.2)));
        if let Some((rate, meter, frames)) = longest {
            let figures = meter.finish();
            let units = Units::new(rate);
            diagnosis.channels =
                figures.channels.iter().zip(1..).map(|(channel, n)| units.channel(n, channel)).collect();
            diagnosis.pair = units.pair(&figures);
            diagnosis.sample_rate_hz = rate.hz();
            diagnosis.frames = frames;
            let together = units.seconds(figures.holes.longest);
            let found = channel::findings(&diagnosis, together, &report.source.codec);
            diagnosis.findings.extend(found);
            let found = pair::findings(&diagnosis, &report);
            diagnosis.findings.extend(found);
        }
        diagnosis.report = report;
        diagnosis
    }
}
