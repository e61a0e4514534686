//! Cross-correlation of blocks, summed up as spectra.

use realfft::num_complex::Complex;

use super::super::fft::{Fft, Spectrum};
use super::Match;

/// Sums over blocks, weighted.
#[derive(Debug)]
pub(super) struct Sums {
    /// Cross-spectrum of copy and original.
    cross: Vec<Complex<f64>>,
    /// Energy of the original under the block, for each lag from the most negative on.
    original: Vec<f64>,
    /// Energy of the copy.
    copy: f64,
}

/// Correlates a block with what lies around it.
#[derive(Debug)]
pub(super) struct Correlator {
    lag: usize,
    fft: Fft,
    /// What was loaded: spectra, energies by lag, energy of the block.
    original: Spectrum,
    copy: Spectrum,
    energies: Vec<f64>,
    energy: f64,
}

impl Correlator {
    /// For blocks of `lag` frames and lags up to as much; `fft` is three times as long.
    pub(super) fn new(lag: usize, fft: Fft) -> Self {
        let (original, copy) = (fft.spectrum(), fft.spectrum());
        Self { lag, fft, original, copy, energies: vec![0.0; 2 * lag + 1], energy: 0.0 }
    }

    pub(super) fn lag(&self) -> usize {
        self.lag
    }

    pub(super) fn sums(&self) -> Sums {
        Sums { cross: vec![Complex::default(); self.copy.len()], original: vec![0.0; 2 * self.lag + 1], copy: 0.0 }
    }

    /// Takes in three blocks of each; of the copy only the first `len` frames of the middle one count.
    pub(super) fn load(&mut self, original: &[f32], copy: &[f32], len: usize) {
        let lag = self.lag;
        self.fft.forward(&mut self.original, |time| {
            time.iter_mut().zip(original).for_each(|(t, x)| *t = *x);
        });
        let middle = copy.get(lag..lag + len).unwrap_or(&[]);
        self.fft.forward(&mut self.copy, |time| {
            time.iter_mut().zip(middle).for_each(|(t, x)| *t = *x);
        });
        self.energy = middle.iter().map(|x| f64::from(*x).powi(2)).sum();
        // With the copy late by l frames, the block lies over original[lag - l .. lag - l + len]; the window moves down
        // as l goes up from -lag.
        let square = |at: usize| original.get(at).map_or(0.0, |x| f64::from(*x).powi(2));
        let mut under: f64 = (2 * lag..2 * lag + len).map(square).sum();
        for (n, energy) in self.energies.iter_mut().enumerate() {
            *energy = under.max(0.0);
            if n < 2 * lag {
                under += square(2 * lag - 1 - n) - square(2 * lag + len - 1 - n);
            }
        }
    }

    /// Adds what was loaded.
    pub(super) fn add_to(&self, sums: &mut Sums, weight: f64) {
        for (sum, (copy, original)) in sums.cross.iter_mut().zip(self.copy.iter().zip(&self.original)) {
            let product = copy.conj() * original;
            sum.re += weight * f64::from(product.re);
            sum.im += weight * f64::from(product.im);
        }
        for (sum, energy) in sums.original.iter_mut().zip(&self.energies) {
            *sum += weight * energy;
        }
        sums.copy += weight * self.energy;
    }

    /// The correlation at lag 0 and the best match; neighbours up to `around` frames away do not count as background.
    pub(super) fn best(&mut self, sums: &Sums, around: usize) -> (Option<f64>, Option<Match>) {
        let lag = self.lag;
        let largest = sums.cross.iter().fold(0.0, |max: f64, x| max.max(x.re.abs()).max(x.im.abs()));
        if largest <= 0.0 || !largest.is_finite() {
            return (None, None);
        }
        // Brought to the order of 1 before it becomes f32; the transform multiplies by its length.
        self.copy.clear();
        self.copy.extend(sums.cross.iter().map(|x| Complex::new((x.re / largest) as f32, (x.im / largest) as f32)));
        let scale = largest / (3 * lag) as f64;
        let time = self.fft.inverse(&mut self.copy);
        // Σ copy[n]·original[lag + n - l] over the block, at index lag - l of the circle; none of the lags wraps around.
        let product = |n: usize| time.get(2 * lag - n).map_or(0.0, |x| scale * f64::from(*x));
        // A lag under which next to none of the original lies explains next to nothing, whatever the quotient.
        let least = 0.1 * sums.original.get(lag).copied().unwrap_or(0.0);
        let correlations: Vec<f64> = sums
            .original
            .iter()
            .enumerate()
            .map(|(n, original)| {
                let norm = (original * sums.copy).sqrt();
                if *original > least && norm > 0.0 { (product(n) / norm).clamp(-1.0, 1.0) } else { 0.0 }
            })
            .collect();
        let now = correlations.get(lag).copied().filter(|_| sums.copy > 0.0);
        // Of equal ones the lag nearest to 0.
        let nearest = (0..=lag).flat_map(|n| [lag + n, lag - n]);
        let peak = nearest.fold(lag, |best, n| if correlations[n].abs() > correlations[best].abs() { n } else { best });
        let (count, squares) = (0..)
            .zip(&correlations)
            .filter(|(n, _)| peak.abs_diff(*n) > around)
            .fold((0u64, 0.0), |(count, squares), (_, c)| (count + 1, squares + c * c));
        let background = (squares / count.max(1) as f64).sqrt();
        let correlation = correlations[peak];
        let gain = product(peak).abs() / sums.original[peak];
        let found = Match {
            lag: peak as i64 - lag as i64,
            correlation,
            gain_db: 20.0 * gain.log10(),
            prominence: (correlation.abs() / background.max(1e-9)).min(1e9),
        };
        (now, (gain > 0.0 && gain.is_finite()).then_some(found))
    }
}
