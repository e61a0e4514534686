//! ITU-T G.711: A-law and µ-law, both ways.
//!
//! **Source**: ITU-T Recommendation G.711 (11/88), Tables 1a/1b (A-law) and 2a/2b (µ-law). The tables count in units of
//! 1/4096 (A-law, 13 bits) and 1/8159 (µ-law, 14 bits) of the virtual decision value; here they are aligned to the top
//! of 16 bits, as is usual: ×8 and ×4. The loudest values are ±32256 and ±32124.

/// Units of Table 1a to 16 bits.
const ALAW_UNIT: i32 = 8;
/// Units of Table 2a to 16 bits.
const MULAW_UNIT: i32 = 4;
/// Added to a µ-law magnitude so that every segment begins at a power of two: the first decision values of Table 2a,
/// 31, 95, 223 …, are 2^(n+6) − 33.
const MULAW_BIAS: i32 = 33;
/// Largest biased magnitude of µ-law: 13 bits.
const MULAW_CLIP: u32 = 0x1FFF;
/// G.711 §2.2: even bits of an A-law word are inverted on the line.
const ALAW_INVERSION: u8 = 0x55;
/// First bit of a word, before inversion of µ-law: 1 is positive in both laws (G.711 §2.2).
const SIGN: u8 = 0x80;

/// The value of an A-law word: the middle of its interval in Table 1a, aligned to 16 bits.
///
/// ```
/// use voxline_decode::g711::alaw_to_linear;
/// assert_eq!((alaw_to_linear(0xD5), alaw_to_linear(0x55)), (8, -8));
/// ```
pub const fn alaw_to_linear(code: u8) -> i16 {
    let word = code ^ ALAW_INVERSION;
    let (segment, step) = ((word >> 4) & 7, (word & 15) as i32);
    let magnitude = if segment == 0 { 2 * step + 1 } else { (2 * step + 33) << (segment - 1) };
    let value = magnitude * ALAW_UNIT;
    if word & SIGN == 0 { -value as i16 } else { value as i16 }
}

/// The value of a µ-law word: the middle of its interval in Table 2a, aligned to 16 bits. 0xFF and 0x7F are both 0.
///
/// ```
/// use voxline_decode::g711::mulaw_to_linear;
/// assert_eq!((mulaw_to_linear(0x80), mulaw_to_linear(0x00), mulaw_to_linear(0xFF)), (32_124, -32_124, 0));
/// ```
pub const fn mulaw_to_linear(code: u8) -> i16 {
    let word = !code;
    let (segment, step) = ((word >> 4) & 7, (word & 15) as i32);
    let value = (((2 * step + MULAW_BIAS) << segment) - MULAW_BIAS) * MULAW_UNIT;
    if word & SIGN != 0 { -value as i16 } else { value as i16 }
}

/// The A-law word whose interval (Table 1a) holds a sample. A value on the border of two intervals belongs to the upper
/// one, so the mapping is monotonous.
///
/// ```
/// use voxline_decode::g711::{alaw_to_linear, linear_to_alaw};
/// assert_eq!(linear_to_alaw(alaw_to_linear(0x2A)), 0x2A);
/// ```
pub const fn linear_to_alaw(sample: i16) -> u8 {
    // The narrowest interval is 2 units, 16 in 16-bit terms; each segment from the second on doubles it.
    let magnitude = (magnitude_bits(sample) >> 4) as u32;
    let word = if magnitude < 16 {
        magnitude
    } else {
        let segment = magnitude.ilog2() - 3;
        segment << 4 | (magnitude >> (segment - 1) & 15)
    };
    let sign = if sample < 0 { 0 } else { SIGN };
    (word as u8 | sign) ^ ALAW_INVERSION
}

/// The µ-law word whose interval (Table 2a) holds a sample, with the same rule for borders as [`linear_to_alaw`].
/// Samples beyond the largest decision value saturate.
///
/// ```
/// use voxline_decode::g711::{linear_to_mulaw, mulaw_to_linear};
/// assert_eq!(linear_to_mulaw(mulaw_to_linear(0x2A)), 0x2A);
/// assert_eq!(linear_to_mulaw(i16::MIN), 0x00);
/// ```
pub const fn linear_to_mulaw(sample: i16) -> u8 {
    let biased = (magnitude_bits(sample) >> 2) as u32 + MULAW_BIAS as u32;
    let biased = if biased > MULAW_CLIP { MULAW_CLIP } else { biased };
    let segment = biased.ilog2() - 5;
    let word = (segment << 4 | (biased >> (segment + 1) & 15)) as u8;
    let sign = if sample < 0 { SIGN } else { 0 };
    !(word | sign)
}

/// Magnitude in ones' complement: −1 and 0 are the two sides of the middle, and nothing overflows.
const fn magnitude_bits(sample: i16) -> u16 {
    (if sample < 0 { !sample } else { sample }) as u16
}

/// Every A-law word as a sample of full scale ±1.
pub(crate) static ALAW_F32: [f32; 256] = table(true);
/// Every µ-law word as a sample of full scale ±1.
pub(crate) static MULAW_F32: [f32; 256] = table(false);

const fn table(alaw: bool) -> [f32; 256] {
    let mut values = [0.0; 256];
    let mut code = 0;
    while code < 256 {
        let value = if alaw { alaw_to_linear(code as u8) } else { mulaw_to_linear(code as u8) };
        values[code] = value as f32 / 32_768.0;
        code += 1;
    }
    values
}
