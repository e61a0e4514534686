//! Windowed sinc at exact positions, for ratios that FFT blocks do not fit.
//!
//! rubato's own interpolating resampler is not used: its positions are sums of floating-point steps that never meet the
//! first input frame exactly, so that the output would be shifted by a fraction of a frame. Here the position of output
//! frame k is the fraction k · from / to, kept in integers.

use std::f64::consts::PI;

use super::aligned::Kernel;
use super::design::Design;

/// Tabulated positions between two zeros of the sinc. Cubic interpolation between them errs by less than -155 dB:
/// (3/128) (π/128)^4.
const POSITIONS_PER_ZERO: f64 = 128.0;
/// Sums that run side by side in the scalar product.
const LANES: usize = 8;

/// The filter as a table and the input that it still needs.
pub(super) struct SincKernel {
    /// Rows of `taps` values: the filter at positions -1/steps, 0, 1/steps … (steps + 1)/steps of an input frame.
    table: Vec<f32>,
    taps: usize,
    steps: u64,
    from: u64,
    to: u64,
    /// Input from the first frame that the next output frame needs.
    history: Vec<f32>,
    /// Where that frame is in `history`.
    start: usize,
    /// Position of the next output frame after an input frame, in 1/`to` of a frame.
    fraction: u64,
}

impl SincKernel {
    pub(super) fn new(design: &Design) -> Self {
        let (from, to) = (design.from as f64, design.to as f64);
        // Down-sampling stretches the filter so that it cuts off below the output's Nyquist frequency.
        let stretch = (from / to).max(1.0);
        let cutoff = 0.5 * (design.figures.passband + 1.0) / stretch;
        let (beta, taps_at_lower_rate) = kaiser(design.figures.stopband_db, 1.0 - design.figures.passband);
        let taps = ((taps_at_lower_rate * stretch) as usize).next_multiple_of(LANES) + LANES;
        let steps = ((POSITIONS_PER_ZERO / stretch).ceil() as usize).max(2);
        let half = taps as f64 / 2.0;
        let mut table = Vec::with_capacity((steps + 3) * taps);
        for row in 0..steps + 3 {
            let position = (row as f64 - 1.0) / steps as f64;
            let values: Vec<f64> = (0..taps)
                .map(|tap| {
                    let t = position + half - 1.0 - tap as f64;
                    cutoff * sinc(cutoff * t) * window(t / half, beta)
                })
                .collect();
            // Each position passes a constant unchanged.
            let sum: f64 = values.iter().sum();
            table.extend(values.iter().map(|value| (value / sum) as f32));
        }
        let mut kernel = Self {
            table,
            taps,
            steps: steps as u64,
            from: design.from as u64,
            to: design.to as u64,
            history: Vec::new(),
            start: 0,
            fraction: 0,
        };
        kernel.clear();
        kernel
    }

    /// The output frame whose input starts at `start`.
    fn frame(&self) -> f32 {
        let scaled = self.fraction * self.steps;
        let (row, rest) = ((scaled / self.to) as usize, scaled % self.to);
        let weights = cubic(rest as f64 / self.to as f64);
        let rows = &self.table[row * self.taps..(row + 4) * self.taps];
        dot(&self.history[self.start..self.start + self.taps], rows, &weights)
    }
}

impl Kernel for SincKernel {
    fn feed(&mut self, plane: &[f32], out: &mut Vec<f32>) {
        self.history.extend_from_slice(plane);
        while self.start + self.taps <= self.history.len() {
            out.push(self.frame());
            self.fraction += self.from;
            self.start += (self.fraction / self.to) as usize;
            self.fraction %= self.to;
        }
        // Moving what is left to the front costs its length: not at every call, so that tiny chunks stay cheap. The next
        // frame starts inside the history, because a step between frames is far shorter than the filter.
        if self.start > self.taps {
            self.history.drain(..self.start);
            self.start = 0;
        }
    }

    fn delay_out(&self) -> usize {
        0
    }

    fn held_in(&self) -> usize {
        self.taps / 2
    }

    fn clear(&mut self) {
        self.history.clear();
        self.history.resize(self.taps / 2 - 1, 0.0);
        self.start = 0;
        self.fraction = 0;
    }
}

/// Scalar product of the input with the four rows, blended by the weights.
fn dot(input: &[f32], rows: &[f32], weights: &[f32; 4]) -> f32 {
    let row = |n: usize| rows[n * input.len()..(n + 1) * input.len()].as_chunks::<LANES>().0;
    let tables = row(0).iter().zip(row(1)).zip(row(2)).zip(row(3));
    let mut sums = [0f32; LANES];
    for (x, (((a, b), c), d)) in input.as_chunks::<LANES>().0.iter().zip(tables) {
        for lane in 0..LANES {
            let tap = weights[0] * a[lane] + weights[1] * b[lane] + weights[2] * c[lane] + weights[3] * d[lane];
            sums[lane] += x[lane] * tap;
        }
    }
    sums.iter().sum()
}

/// Weights of the values at -1, 0, 1 and 2 for the Lagrange polynomial at `x` in 0 … 1.
fn cubic(x: f64) -> [f32; 4] {
    [
        (-x * (x - 1.0) * (x - 2.0) / 6.0) as f32,
        ((x + 1.0) * (x - 1.0) * (x - 2.0) / 2.0) as f32,
        (-(x + 1.0) * x * (x - 2.0) / 2.0) as f32,
        ((x + 1.0) * x * (x - 1.0) / 6.0) as f32,
    ]
}

/// Shape and length of the Kaiser window for an attenuation and a transition as a share of the Nyquist frequency.
///
/// **Source**: Kaiser's formulas as in Oppenheim and Schafer, "Discrete-Time Signal Processing", 3rd edition, eq. 7.75
/// and 7.76.
fn kaiser(attenuation_db: f64, transition: f64) -> (f64, f64) {
    (0.1102 * (attenuation_db - 8.7), (attenuation_db - 8.0) / (2.285 * PI * transition))
}

/// The Kaiser window at `x`; 0 outside -1 … 1.
fn window(x: f64, beta: f64) -> f64 {
    if x.abs() > 1.0 { 0.0 } else { bessel_i0(beta * (1.0 - x * x).sqrt()) / bessel_i0(beta) }
}

/// Modified Bessel function of the first kind, order 0, by its power series.
fn bessel_i0(x: f64) -> f64 {
    let quarter = 0.25 * x * x;
    let (mut sum, mut term, mut k) = (1.0, 1.0, 1.0);
    while term > sum * 1e-17 {
        term *= quarter / (k * k);
        sum += term;
        k += 1.0;
    }
    sum
}

/// sin(πx)/(πx).
fn sinc(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { (PI * x).sin() / (PI * x) }
}
