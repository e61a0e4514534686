//! Packs the bundled recordings that are samples: with what is packed well already they are a tenth of what a program
//! with the simulator has. `src/bundled.rs` unpacks them.

#[path = "src/bundled/model.rs"]
mod model;

use std::error::Error;
use std::path::Path;
use std::{env, fs};

use model::Model;

/// What a plain WAV file has before its samples.
const HEADER_BYTES: usize = 44;

fn main() -> Result<(), Box<dyn Error>> {
    let assets = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../assets");
    let out = env::var("OUT_DIR")?;
    println!("cargo::rerun-if-changed=src/bundled/model.rs");
    for name in ["call", "answer/answer-16k", "answer/answer-8k"] {
        let file = assets.join(name).with_extension("wav");
        println!("cargo::rerun-if-changed={}", file.display());
        let wav = fs::read(&file).map_err(|e| format!("{}: {e}", file.display()))?;
        let packed = packed(&wav).ok_or_else(|| format!("{} is not plain 16-bit WAV", file.display()))?;
        let name = Path::new(name).file_name().unwrap_or_default();
        fs::write(Path::new(&out).join(name).with_extension("packed"), packed)?;
    }
    Ok(())
}

/// The header as it is, then the errors of the model as Rice codes (R. F. Rice, JPL 79-22, 1979), first bit uppermost:
/// ones and a zero, then the low bits.
fn packed(wav: &[u8]) -> Option<Vec<u8>> {
    let (header, data) = wav.split_at_checked(HEADER_BYTES)?;
    let (channels, depth) = (usize::from(header[22]), header[34]);
    let stated = u32::from_le_bytes([header[40], header[41], header[42], header[43]]);
    if depth != 16 || channels == 0 || usize::try_from(stated).ok()? != data.len() || data.len() % (2 * channels) != 0 {
        return None;
    }
    let mut models = vec![Model::new(); channels];
    let mut bits = Vec::new();
    for frame in data.chunks_exact(2 * channels) {
        for (model, pair) in models.iter_mut().zip(frame.chunks_exact(2)) {
            let sample = i32::from(i16::from_le_bytes([pair[0], pair[1]]));
            let error = sample - model.expected();
            // Small ones of either sign become small numbers.
            let folded = (error << 1 ^ error >> 31) as u32;
            let low = model.low_bits();
            bits.extend((0..folded >> low).map(|_| true));
            bits.push(false);
            bits.extend((0..low).rev().map(|bit| folded >> bit & 1 != 0));
            model.learn(sample, folded);
        }
    }
    let bytes =
        bits.chunks(8).map(|byte| byte.iter().zip((0..8).rev()).fold(0, |sum, (bit, at)| sum | u8::from(*bit) << at));
    Some(header.iter().copied().chain(bytes).collect())
}
