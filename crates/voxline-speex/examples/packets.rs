//! Codes raw 16-bit samples into bare packets: `packets nb|wb QUALITY COMPLEXITY IN.s16 OUT.packets`.
//!
//! The first packets decode to what lies before the recording; `lookahead_frames` says how much that is.

use std::error::Error;
use voxline_speex::{Encoder, EncoderOptions, Mode};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [mode, quality, complexity, input, output] = arguments.as_slice() else {
        return Err("usage: packets nb|wb QUALITY COMPLEXITY IN.s16 OUT.packets".into());
    };
    let mode = match mode.as_str() {
        "nb" => Mode::Narrowband,
        "wb" => Mode::Wideband,
        other => return Err(format!("{other} is neither nb nor wb").into()),
    };
    let options = EncoderOptions::default().with_quality(quality.parse()?).with_complexity(complexity.parse()?);
    let mut encoder = Encoder::new(mode, &options)?;
    let samples: Vec<i16> =
        std::fs::read(input)?.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
    let mut packets = Vec::new();
    let mut frame = vec![0; mode.frame_samples()];
    for chunk in samples.chunks(frame.len()) {
        frame[..chunk.len()].copy_from_slice(chunk);
        frame[chunk.len()..].fill(0);
        let start = packets.len();
        packets.resize(start + encoder.packet_bytes(), 0);
        encoder.encode(&frame, &mut packets[start..])?;
    }
    std::fs::write(output, packets)?;
    Ok(())
}
