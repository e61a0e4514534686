//! The high-pass at the input, which keeps hum and offset out of the predictor.

/// A filter of second order.
///
/// **Source**: libspeex 1.2.1, filters.c (`highpass`); Xiph.Org, BSD-3-Clause (see NOTICE).
#[derive(Debug, Clone)]
pub(super) struct HighPass {
    zeros: [f32; 3],
    poles: [f32; 2],
    memory: [f32; 2],
}

impl HighPass {
    /// For 8 kHz.
    pub(super) const NARROWBAND: Self =
        Self { zeros: [0.95654, -1.91309, 0.95654], poles: [-1.91120, 0.91498], memory: [0.0; 2] };
    /// For the lower half of 16 kHz.
    pub(super) const WIDEBAND: Self =
        Self { zeros: [0.96723, -1.93445, 0.96723], poles: [-1.93338, 0.93553], memory: [0.0; 2] };

    pub(super) fn filter(&mut self, signal: &mut [f32]) {
        let [first, second] = &mut self.memory;
        for x in signal {
            let y = self.zeros[0] * *x + *first;
            *first = *second + self.zeros[1] * *x - self.poles[0] * y;
            *second = self.zeros[2] * *x - self.poles[1] * y;
            *x = y;
        }
    }

    pub(super) fn reset(&mut self) {
        self.memory = [0.0; 2];
    }
}
