//! Sub-modes: how the parameters of a frame are coded at each bit rate.
//!
//! A narrowband frame is a 0 bit, four bits of sub-mode, line spectral pairs, what is sent once a frame (lag, pitch gain,
//! frame gain), then four times what is sent in a sub-frame (lag, pitch gain, correction of the gain, innovation). A layer
//! above it is a 1 bit, three bits of layer, line spectral pairs, then four times gain and innovation.
//!
//! **Source**: the Speex manual, bit allocation tables of the narrowband and wideband modes; libspeex 1.2.1, modes.c and
//! modes_wb.c.

use crate::innovation::ShapeCodebook;
use crate::mode::{SUBFRAME, SUBFRAMES};
use crate::tables::gains::{CORRECTIONS_1_BIT, CORRECTIONS_3_BITS};
use crate::tables::pitch_gains::{PITCH_GAINS_32, PITCH_GAINS_128};

/// Bits of a frame's header in the low band: no wideband layer, sub-mode.
pub(crate) const LOW_HEADER_BITS: u32 = 5;
/// Bits of a layer's header: a wideband layer, its number.
pub(crate) const HIGH_HEADER_BITS: u32 = 4;
/// Bits of a lag where there is one: 17 to 144.
pub(crate) const LAG_BITS: u32 = 7;
/// Bits of a pitch gain that serves the whole frame.
pub(crate) const FRAME_PITCH_GAIN_BITS: u32 = 4;
/// Bits of the frame's gain.
pub(crate) const FRAME_GAIN_BITS: u32 = 5;
/// Bits at the end of a noise frame's header; all ones announce that transmission stops.
pub(crate) const NOISE_FLAG_BITS: u32 = 4;
/// Bits of one stage of line spectral pairs.
pub(crate) const LSP_STAGE_BITS: u32 = 6;
/// Bits of the gain of the folded low band.
pub(crate) const FOLDING_GAIN_BITS: u32 = 5;
/// Bits of the high band's gain where it has an innovation of its own.
pub(crate) const HIGH_GAIN_BITS: u32 = 4;
/// Stages of the high band's line spectral pairs.
pub(crate) const HIGH_LSP_STAGES: u32 = 2;

/// How finely the narrowband line spectral pairs are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LspCoding {
    /// Three stages, 18 bits.
    Coarse,
    /// Five stages, 30 bits.
    Fine,
}

impl LspCoding {
    const fn stages(self) -> u32 {
        match self {
            Self::Coarse => 3,
            Self::Fine => 5,
        }
    }
}

/// How the gain of the adaptive codebook is coded.
#[derive(Debug, Clone, Copy)]
pub(crate) enum PitchGain {
    /// One gain of one tap for the frame.
    Frame,
    /// Three taps a sub-frame, from a codebook.
    Taps(&'static [[i8; 4]]),
}

/// Where the innovation of the low band comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Innovation {
    /// Noise of the frame's gain, and pulses at the frame's lag.
    Noise,
    /// A codebook of shapes.
    Shapes(&'static ShapeCodebook),
    /// The same codebook twice, the second time for what the first left over.
    TwoStages(&'static ShapeCodebook),
}

/// One of the narrowband sub-modes 1 to 8; sub-mode 0 sends nothing.
#[derive(Debug)]
pub(crate) struct Submode {
    /// Its number in the header.
    pub(crate) id: u8,
    /// How finely the line spectral pairs are coded.
    pub(crate) lsp: LspCoding,
    /// Whether one lag serves the whole frame.
    pub(crate) has_frame_lag: bool,
    /// How the gain of the adaptive codebook is coded.
    pub(crate) pitch_gain: PitchGain,
    /// Factors on the frame's gain, one of which is chosen in each sub-frame; empty where there is no correction.
    pub(crate) corrections: &'static [f32],
    /// Where the innovation comes from.
    pub(crate) innovation: Innovation,
    /// Strength of the decoder's comb filter; 0: none.
    pub(crate) comb_gain: f32,
}

impl Submode {
    /// The sub-mode with that number, from 1 to 8.
    pub(crate) fn get(id: u8) -> Option<&'static Self> {
        SUBMODES.iter().find(|submode| submode.id == id)
    }

    /// Bits of a whole frame.
    pub(crate) const fn frame_bits(&self) -> u32 {
        let mut bits = LOW_HEADER_BITS + self.lsp.stages() * LSP_STAGE_BITS + FRAME_GAIN_BITS;
        if self.has_frame_lag {
            bits += LAG_BITS;
        }
        if matches!(self.pitch_gain, PitchGain::Frame) {
            bits += FRAME_PITCH_GAIN_BITS;
        }
        if matches!(self.innovation, Innovation::Noise) {
            bits += NOISE_FLAG_BITS;
        }
        bits + SUBFRAMES as u32 * self.subframe_bits()
    }

    const fn subframe_bits(&self) -> u32 {
        let lag = if self.has_frame_lag { 0 } else { LAG_BITS };
        let gain = match self.pitch_gain {
            PitchGain::Frame => 0,
            PitchGain::Taps(entries) => index_bits(entries.len()),
        };
        let innovation = match self.innovation {
            Innovation::Noise => 0,
            Innovation::Shapes(codebook) => codebook.subframe_bits(),
            Innovation::TwoStages(codebook) => 2 * codebook.subframe_bits(),
        };
        lag + gain + index_bits(self.corrections.len()) + innovation
    }
}

/// Bits of an index into that many entries, a power of two; 0 for none.
pub(crate) const fn index_bits(entries: usize) -> u32 {
    if entries == 0 { 0 } else { entries.trailing_zeros() }
}

static SUBMODES: [Submode; 8] = [
    Submode {
        id: 1,
        lsp: LspCoding::Coarse,
        has_frame_lag: true,
        pitch_gain: PitchGain::Frame,
        corrections: &[],
        innovation: Innovation::Noise,
        comb_gain: 0.0,
    },
    Submode {
        id: 2,
        lsp: LspCoding::Coarse,
        has_frame_lag: true,
        pitch_gain: PitchGain::Taps(&PITCH_GAINS_32),
        corrections: &[],
        innovation: Innovation::Shapes(&ShapeCodebook::LOW_10_16),
        comb_gain: 0.6,
    },
    Submode {
        id: 3,
        lsp: LspCoding::Coarse,
        has_frame_lag: false,
        pitch_gain: PitchGain::Taps(&PITCH_GAINS_32),
        corrections: &CORRECTIONS_1_BIT,
        innovation: Innovation::Shapes(&ShapeCodebook::LOW_10_32),
        comb_gain: 0.55,
    },
    Submode {
        id: 4,
        lsp: LspCoding::Coarse,
        has_frame_lag: false,
        pitch_gain: PitchGain::Taps(&PITCH_GAINS_32),
        corrections: &CORRECTIONS_1_BIT,
        innovation: Innovation::Shapes(&ShapeCodebook::LOW_8_128),
        comb_gain: 0.45,
    },
    Submode {
        id: 5,
        lsp: LspCoding::Fine,
        has_frame_lag: false,
        pitch_gain: PitchGain::Taps(&PITCH_GAINS_128),
        corrections: &CORRECTIONS_3_BITS,
        innovation: Innovation::Shapes(&ShapeCodebook::LOW_5_64),
        comb_gain: 0.25,
    },
    Submode {
        id: 6,
        lsp: LspCoding::Fine,
        has_frame_lag: false,
        pitch_gain: PitchGain::Taps(&PITCH_GAINS_128),
        corrections: &CORRECTIONS_3_BITS,
        innovation: Innovation::Shapes(&ShapeCodebook::LOW_5_256),
        comb_gain: 0.15,
    },
    Submode {
        id: 7,
        lsp: LspCoding::Fine,
        has_frame_lag: false,
        pitch_gain: PitchGain::Taps(&PITCH_GAINS_128),
        corrections: &CORRECTIONS_3_BITS,
        innovation: Innovation::TwoStages(&ShapeCodebook::LOW_5_64),
        comb_gain: 0.05,
    },
    Submode {
        id: 8,
        lsp: LspCoding::Coarse,
        has_frame_lag: true,
        pitch_gain: PitchGain::Frame,
        corrections: &[],
        innovation: Innovation::Shapes(&ShapeCodebook::LOW_20_32),
        comb_gain: 0.5,
    },
];

/// Where the excitation of the high band comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum HighInnovation {
    /// The innovation of the low band, mirrored.
    Folding,
    /// A codebook of shapes.
    Shapes(&'static ShapeCodebook),
    /// The same codebook twice.
    TwoStages(&'static ShapeCodebook),
}

/// One of the layers 1 to 4 that make a wideband frame of a narrowband one; layer 0 sends nothing.
#[derive(Debug)]
pub(crate) struct HighLayer {
    /// Its number in the header.
    pub(crate) id: u8,
    /// Where the excitation comes from.
    pub(crate) innovation: HighInnovation,
}

impl HighLayer {
    /// The layer with that number, from 1 to 4.
    pub(crate) fn get(id: u8) -> Option<&'static Self> {
        HIGH_LAYERS.iter().find(|layer| layer.id == id)
    }

    /// Bits of a whole layer.
    pub(crate) const fn frame_bits(&self) -> u32 {
        let subframe = match self.innovation {
            HighInnovation::Folding => FOLDING_GAIN_BITS,
            HighInnovation::Shapes(codebook) => HIGH_GAIN_BITS + codebook.subframe_bits(),
            HighInnovation::TwoStages(codebook) => HIGH_GAIN_BITS + 2 * codebook.subframe_bits(),
        };
        HIGH_HEADER_BITS + HIGH_LSP_STAGES * LSP_STAGE_BITS + SUBFRAMES as u32 * subframe
    }
}

static HIGH_LAYERS: [HighLayer; 4] = [
    HighLayer { id: 1, innovation: HighInnovation::Folding },
    HighLayer { id: 2, innovation: HighInnovation::Shapes(&ShapeCodebook::HIGH_10_32) },
    HighLayer { id: 3, innovation: HighInnovation::Shapes(&ShapeCodebook::HIGH_8_128) },
    HighLayer { id: 4, innovation: HighInnovation::TwoStages(&ShapeCodebook::HIGH_8_128) },
];

const _: () = assert!(SUBFRAME.is_multiple_of(5) && SUBFRAME.is_multiple_of(8), "shapes fill a sub-frame");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_have_the_published_number_of_bits() {
        let low: Vec<u32> = (1..=8).map(|id| Submode::get(id).unwrap().frame_bits()).collect();
        let high: Vec<u32> = (1..=4).map(|id| HighLayer::get(id).unwrap().frame_bits()).collect();
        // libspeex 1.2.1, `bits_per_frame` in modes.c and modes_wb.c.
        assert_eq!(low, [43, 119, 160, 220, 300, 364, 492, 79]);
        assert_eq!(high, [36, 112, 192, 352]);
    }

    #[test]
    fn nothing_is_known_beside_them() {
        assert!([0, 9, 13, 15, 255].iter().all(|&id| Submode::get(id).is_none()));
        assert!([0, 5, 7, 255].iter().all(|&id| HighLayer::get(id).is_none()));
    }
}
