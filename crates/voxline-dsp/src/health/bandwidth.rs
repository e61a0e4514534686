//! Up to which frequency a recording holds anything.

use std::f64::consts::TAU;

use super::fft::{Fft, Spectrum};

/// Spectra a second, at least: bins of 16 to 32 Hz.
const LEAST_RESOLUTION_HZ: u32 = 32;
/// What a group may leave above its bandwidth: -55 dB of its power. Speech has 20 to 50 dB less above 4 kHz than in all
/// (the more the duller the voice and the microphone); what a resampler leaves in its stopband is 70 dB down and more.
const LEFT_OVER: f64 = 3.2e-6;
/// Quieter groups are not asked: the rounding noise of 16 bits, -104 dBFS in half of the band, has to be less than what
/// may be left over.
const LEAST_POWER: f64 = 3.2e-5; // -45 dBFS
/// The share of the groups whose bandwidth the recording has: a few may hold clicks, which reach everywhere.
const SHARE: f64 = 0.9;
/// Blackman–Harris window of four terms, sidelobes below -92 dB (Harris, "On the use of windows for harmonic analysis
/// with the discrete Fourier transform", Proc. IEEE 66, 1978, table 1).
const WINDOW: [f64; 4] = [0.35875, -0.48829, 0.14128, -0.01168];
/// Bins by which the main lobe of that window widens an edge.
const LOBE_BINS: usize = 3;

/// Measures the bandwidth of a plane: second by second, so that one click does not speak for the whole recording.
///
/// ```
/// use voxline_dsp::health::bandwidth::BandwidthMeter;
/// let mut meter = BandwidthMeter::new(16_000);
/// let tone: Vec<f32> = (0..32_000).map(|n| 0.5 * (0.4 * n as f32).sin()).collect();
/// meter.push(&tone); // 0.4 / 2π · 16000 = 1018.6 Hz
/// assert!((meter.finish().unwrap() - 1018.6).abs() < 40.0);
/// ```
#[derive(Debug)]
pub struct BandwidthMeter {
    rate_hz: u32,
    fft: Fft,
    window: Vec<f32>,
    waiting: Vec<f32>,
    spectrum: Spectrum,
    /// Power of each bin, summed over the blocks of the group.
    powers: Vec<f64>,
    blocks: usize,
    group_blocks: usize,
    /// How many groups had each bandwidth, in bins.
    found: Vec<u64>,
    groups: u64,
}

impl BandwidthMeter {
    /// A meter for a plane of this rate.
    ///
    /// **Allocation**: a fraction of a second of samples.
    pub fn new(rate_hz: u32) -> Self {
        let len = (rate_hz / LEAST_RESOLUTION_HZ).max(64).next_power_of_two() as usize;
        let fft = Fft::new(len);
        let spectrum = fft.spectrum();
        let window = (0..len)
            .map(|n| {
                let angle = TAU * (n as f64 + 0.5) / len as f64;
                (0..).zip(WINDOW).map(|(k, a)| a * (f64::from(k) * angle).cos()).sum::<f64>() as f32
            })
            .collect();
        Self {
            rate_hz,
            fft,
            window,
            waiting: Vec::with_capacity(len),
            powers: vec![0.0; spectrum.len()],
            found: vec![0; spectrum.len()],
            spectrum,
            blocks: 0,
            group_blocks: (rate_hz as usize / len).max(1),
            groups: 0,
        }
    }

    /// Takes in the next samples, without offset, finite and not far beyond full scale.
    pub fn push(&mut self, mut plane: &[f32]) {
        while !plane.is_empty() {
            let (now, later) = plane.split_at(plane.len().min(self.window.len() - self.waiting.len()));
            self.waiting.extend_from_slice(now);
            plane = later;
            if self.waiting.len() == self.window.len() {
                self.block();
            }
        }
    }

    fn block(&mut self) {
        let (waiting, window) = (&self.waiting, &self.window);
        self.fft.forward(&mut self.spectrum, |time| {
            time.iter_mut().zip(waiting.iter().zip(window)).for_each(|(t, (x, w))| *t = x * w);
        });
        self.waiting.clear();
        for (power, bin) in self.powers.iter_mut().zip(&self.spectrum) {
            *power += f64::from(bin.norm_sqr());
        }
        self.blocks += 1;
        if self.blocks == self.group_blocks {
            self.group();
        }
    }

    fn group(&mut self) {
        let len = self.window.len() as f64;
        let window_power: f64 = self.window.iter().map(|w| f64::from(*w).powi(2)).sum();
        let total: f64 = self.powers.iter().sum();
        // Parseval: twice the half spectrum is the energy of the windowed block, times the length.
        let power = 2.0 * total / (len * window_power * self.blocks as f64);
        if power >= LEAST_POWER {
            let mut above = 0.0;
            let edge = self.powers.iter().rposition(|power| {
                above += power;
                above > LEFT_OVER * total
            });
            self.found[edge.unwrap_or(0)] += 1;
            self.groups += 1;
        }
        self.powers.fill(0.0);
        self.blocks = 0;
    }

    /// The bandwidth in Hz; `None` when nothing was loud enough to tell.
    ///
    /// A recording of less than a second is one group.
    pub fn finish(&mut self) -> Option<f64> {
        if self.groups == 0 && self.blocks > 0 {
            self.group();
        }
        let rank = ((SHARE * self.groups as f64).ceil() as u64).max(1);
        let mut below = 0;
        let bin = self.found.iter().position(|n| {
            below += n;
            below >= rank
        })?;
        let top = bin + 1 == self.found.len();
        let bin = if top { bin } else { bin.saturating_sub(LOBE_BINS) };
        Some(bin as f64 * f64::from(self.rate_hz) / self.window.len() as f64)
    }
}

#[cfg(test)]
mod tests {
    use voxline_testkit::signal;

    use super::*;

    fn bandwidth(plane: &[f32], rate_hz: u32) -> Option<f64> {
        let mut meter = BandwidthMeter::new(rate_hz);
        meter.push(plane);
        meter.finish()
    }

    #[test]
    fn the_edge_of_noise_is_found_to_a_few_bins() {
        for (rate, edges) in [(8000, [1000.0, 3400.0]), (16_000, [3400.0, 4000.0]), (48_000, [4000.0, 12_000.0])] {
            for edge in edges {
                let found = bandwidth(&signal::band_noise(3, edge, rate, rate as usize * 2), rate).unwrap();
                // The highest of 64 random sines lies some 1.5 % below the edge.
                assert!((0.93 * edge..=edge + 40.0).contains(&found), "{edge} at {rate}: {found}");
            }
            let white = bandwidth(&signal::white_noise(1, rate as usize * 2), rate).unwrap();
            assert!(white > 0.495 * f64::from(rate), "{rate}: {white}");
        }
    }

    #[test]
    fn a_click_in_one_second_of_many_does_not_count_and_silence_says_nothing() {
        let mut noise = signal::band_noise(3, 3400.0, 16_000, 16_000 * 12);
        noise[50_000] = 1.0;
        assert!(bandwidth(&noise, 16_000).unwrap() < 3450.0);
        assert!(bandwidth(&noise[45_000..60_000], 16_000).unwrap() > 7000.0);
        assert_eq!(bandwidth(&[0.0; 40_000], 16_000), None);
        let faint: Vec<f32> = noise.iter().map(|x| x * 0.01).collect();
        assert_eq!(bandwidth(&faint, 16_000), None);
        assert_eq!(bandwidth(&[], 16_000), None);
        // Less than a second is better than nothing.
        assert!(bandwidth(&noise[..6000], 16_000).is_some());
    }

    #[test]
    fn rounding_to_16_bits_does_not_fill_the_band_of_what_is_just_loud_enough() {
        // -44 dBFS.
        let quiet: Vec<f32> = signal::band_noise(3, 3400.0, 16_000, 48_000)
            .iter()
            .map(|x| (x * 0.026 * 32_768.0).round() / 32_768.0)
            .collect();
        assert!(bandwidth(&quiet, 16_000).unwrap() < 3450.0);
    }
}
