//! G.711 against its own tables, walked interval by interval.

use voxline_decode::g711::{alaw_to_linear, linear_to_alaw, linear_to_mulaw, mulaw_to_linear};

/// One row of Table 1a or 2a: decision values and output for positive input, quietest first, in 16-bit units.
struct Interval {
    from: i32,
    to: i32,
    output: i32,
}

/// Table 1a: two segments of 16 intervals 2 wide, then six whose width doubles; output in the middle. Unit 8.
fn alaw_table() -> Vec<Interval> {
    let widths = [2, 2, 4, 8, 16, 32, 64, 128].into_iter().flat_map(|width| [width; 16]);
    walk(widths, 0, 8)
}

/// Table 2a: one interval 1 wide with output 0, 15 that are 2 wide, then seven segments of doubling width. Unit 4.
fn mulaw_table() -> Vec<Interval> {
    let widths = [2; 15].into_iter().chain([4, 8, 16, 32, 64, 128, 256].into_iter().flat_map(|width| [width; 16]));
    let mut table = vec![Interval { from: 0, to: 4, output: 0 }];
    table.extend(walk(widths, 1, 4));
    table
}

fn walk(widths: impl Iterator<Item = i32>, start: i32, unit: i32) -> Vec<Interval> {
    let mut from = start;
    widths
        .map(|width| {
            let interval = Interval { from: from * unit, to: (from + width) * unit, output: (from + width / 2) * unit };
            from += width;
            interval
        })
        .collect()
}

#[test]
fn the_tables_end_where_the_recommendation_says() {
    let (alaw, mulaw) = (alaw_table(), mulaw_table());
    assert_eq!((alaw.len(), alaw[127].to, alaw[127].output), (128, 4096 * 8, 4032 * 8));
    assert_eq!((mulaw.len(), mulaw[127].to, mulaw[127].output), (128, 8159 * 4, 8031 * 4));
}

#[test]
fn all_codes_decode_to_the_middle_of_their_interval() {
    for (index, (alaw, mulaw)) in alaw_table().iter().zip(mulaw_table()).enumerate() {
        let index = index as u8;
        // A-law: sign bit set is positive, even bits inverted. µ-law: all bits but the sign inverted.
        assert_eq!(i32::from(alaw_to_linear((index | 0x80) ^ 0x55)), alaw.output);
        assert_eq!(i32::from(alaw_to_linear(index ^ 0x55)), -alaw.output);
        assert_eq!(i32::from(mulaw_to_linear(0xFF - index)), mulaw.output);
        assert_eq!(i32::from(mulaw_to_linear(0x7F - index)), -mulaw.output);
    }
}

#[test]
fn decoding_and_encoding_gives_the_code_back() {
    for code in 0..=255u8 {
        assert_eq!(linear_to_alaw(alaw_to_linear(code)), code);
        // Negative zero is the one value with two codes.
        assert_eq!(linear_to_mulaw(mulaw_to_linear(code)), if code == 0x7F { 0xFF } else { code });
    }
}

/// Every sample falls into the interval that holds it; a border belongs to the upper one.
#[test]
fn all_samples_encode_into_their_interval() {
    let find = |table: &[Interval], sample: i16| {
        let value = i32::from(sample);
        let inside =
            |i: &Interval| if value >= 0 { i.from <= value && value < i.to } else { -i.to <= value && value < -i.from };
        table.iter().position(inside).unwrap_or(127) as u8
    };
    let (alaw, mulaw) = (alaw_table(), mulaw_table());
    for sample in i16::MIN..=i16::MAX {
        let sign = if sample >= 0 { 0x80 } else { 0 };
        assert_eq!(linear_to_alaw(sample), (find(&alaw, sample) | sign) ^ 0x55, "A-law {sample}");
        assert_eq!(linear_to_mulaw(sample), !(find(&mulaw, sample) | (sign ^ 0x80)), "mu-law {sample}");
    }
}
