//! What the targets share: laws that hold for any bytes.

pub mod pages;

use std::panic;
use std::sync::Once;

use voxline_core::report::Warning;
use voxline_core::{AudioSpec, Options, SampleRate};
use voxline_decode::{Decode, DecodeError, Decoder, PcmChunk, Pull};

/// What came out of a decoder.
#[derive(Debug, PartialEq)]
pub struct Outcome {
    /// The bits of the samples, so that what is no number is equal to itself, each run behind its rate and channels.
    pub runs: Vec<(AudioSpec, Vec<u32>)>,
    pub warnings: Vec<Warning>,
    pub error: Option<DecodeError>,
}

impl Outcome {
    pub fn samples(&self) -> usize {
        self.runs.iter().map(|(_, bits)| bits.len()).sum()
    }
}

/// Options with a smaller limit than the default, so that no case takes long.
pub fn options() -> Options {
    let_the_codecs_of_others_panic();
    let mut options = Options::default();
    options.limits.max_duration_s = Some(600.0);
    options
}

/// What the codecs of others trip over is caught around them and costs a packet, but the hook of libFuzzer ends the
/// process before that. Where nobody catches it, it still does.
fn let_the_codecs_of_others_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let fatal = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let file = info.location().map_or("", |place| place.file());
            if !["/nanomp3-core-", "/symphonia-", "/ropus-"].iter().any(|name| file.contains(name)) {
                fatal(info);
            }
        }));
    });
}

/// Decodes input that arrives in pieces of `piece` bytes.
pub fn decode(bytes: &[u8], piece: usize, options: &Options) -> Outcome {
    let mut decoder = Decoder::new(&options.input, &options.limits);
    let spec = AudioSpec::new(SampleRate::new(8_000).unwrap(), 1).unwrap();
    let (mut chunk, mut runs) = (PcmChunk::new(spec), Vec::<(AudioSpec, Vec<u32>)>::new());
    let mut error = None;
    let mut drain = |decoder: &mut Decoder| loop {
        match decoder.pull(&mut chunk)? {
            Pull::Frames(frames) => {
                assert_eq!(chunk.samples.len(), frames * chunk.spec.channels());
                let bits = chunk.samples.iter().map(|sample| sample.to_bits());
                match runs.last_mut().filter(|(spec, _)| *spec == chunk.spec) {
                    Some((_, run)) => run.extend(bits),
                    None => runs.push((chunk.spec, bits.collect())),
                }
            }
            Pull::NeedMore | Pull::End => return Ok::<(), DecodeError>(()),
        }
    };
    for part in bytes.chunks(piece.max(1)) {
        if let Err(fault) = decoder.push(part).and_then(|()| drain(&mut decoder)) {
            error = Some(fault);
            break;
        }
    }
    if error.is_none() {
        decoder.finish();
        error = drain(&mut decoder).err();
    }
    Outcome { runs, warnings: decoder.warnings().to_vec(), error }
}

/// The law of every container: it does not matter how the bytes are cut. The first byte says how.
pub fn decodes_the_same_in_pieces(data: &[u8], options: &Options) -> Option<Outcome> {
    let (&first, bytes) = data.split_first()?;
    let whole = decode(bytes, bytes.len(), options);
    let piece = 1 + usize::from(first) * usize::from(first) / 16;
    if piece < bytes.len() {
        assert_eq!(decode(bytes, piece, options), whole);
    }
    Some(whole)
}

/// The same for a file that begins as it should, so that no case is lost to a wrong magic number.
pub fn as_a_file(magic: &[u8], data: &[u8]) {
    let options = options();
    drop(decodes_the_same_in_pieces(data, &options));
    let Some((&first, rest)) = data.split_first() else { return };
    drop(decodes_the_same_in_pieces(&[&[first], magic, rest].concat(), &options));
}
