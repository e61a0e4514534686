//! symphonia decodes the same streams to the same samples.

use std::io::Cursor;

use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, TrackType};
use symphonia::core::io::MediaSourceStream;

use crate::support::{decode, s16};

fn symphonia(bytes: &'static [u8]) -> Vec<f32> {
    let (samples, damage) = symphonia_as_far_as_it_goes(bytes.to_vec());
    assert_eq!(damage, None);
    samples
}

/// All that symphonia decodes, and the first thing that it could not.
fn symphonia_as_far_as_it_goes(bytes: Vec<u8>) -> (Vec<f32>, Option<String>) {
    let source = MediaSourceStream::new(Box::new(Cursor::new(bytes)), Default::default());
    let mut all = Vec::new();
    let probed =
        symphonia::default::get_probe().probe(&Hint::new(), source, FormatOptions::default(), Default::default());
    let mut format = match probed {
        Ok(format) => format,
        Err(error) => return (all, Some(error.to_string())),
    };
    let track = format.default_track(TrackType::Audio).unwrap();
    let parameters = track.codec_params.as_ref().unwrap().audio().unwrap();
    let mut decoder =
        symphonia::default::get_codecs().make_audio_decoder(parameters, &AudioDecoderOptions::default()).unwrap();
    let mut damage = None;
    let mut samples = Vec::new();
    loop {
        let packet = match format.next_packet() {
            Ok(Some(packet)) => packet,
            Ok(None) => break,
            Err(error) => {
                damage.get_or_insert(error.to_string());
                break;
            }
        };
        match decoder.decode(&packet) {
            Ok(decoded) => {
                samples.resize(decoded.samples_interleaved(), 0.0f32);
                decoded.copy_to_slice_interleaved(&mut samples);
                all.extend_from_slice(&samples);
            }
            Err(error) => {
                damage.get_or_insert(error.to_string());
            }
        }
    }
    (all, damage)
}

/// The measurement behind the choice of the decoder (docs/adr/0001). When symphonia passes one of the three, this says
/// so and the choice can be looked at again.
#[test]
fn why_symphonia_does_not_decode_mp3_here() {
    let Some(folder) = voxline_testkit::tools::vectors() else { return };
    let mut streams: Vec<_> = std::fs::read_dir(folder.join("mp3"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "bit"))
        .collect();
    streams.sort();
    let mut failing = Vec::new();
    for stream in streams {
        let reference: Vec<i32> = std::fs::read(stream.with_extension("pcm"))
            .unwrap()
            .chunks_exact(2)
            .map(|b| i32::from(i16::from_le_bytes([b[0], b[1]])))
            .collect();
        let (samples, damage) = symphonia_as_far_as_it_goes(std::fs::read(&stream).unwrap());
        // Wherever it starts: the whole frame at which it fits best. A stream cut out of a longer one begins with what is
        // missing, which decoders may fill as they like: the first frame is not judged.
        let worst = |skip: usize| {
            let pairs = samples.iter().skip(skip).map(|&x| s16(x)).zip(&reference);
            pairs.skip(2304).map(|(a, b)| (a - b).abs()).max().unwrap_or(i32::MAX)
        };
        let worst = (0..12).map(|half_frames| worst(half_frames * 1152)).min().unwrap();
        let name = stream.file_stem().unwrap().to_string_lossy().into_owned();
        let lost = reference.len().saturating_sub(samples.len());
        eprintln!("symphonia {name}: worst difference {worst}, {lost} samples missing, {damage:?}");
        if worst > 1 || lost > 2 * 2304 {
            failing.push(name);
        }
    }
    for expected in ["l3-he_free", "l3-he_mode", "l3-si_block"] {
        assert!(failing.iter().any(|name| name == expected), "symphonia now decodes {expected}");
    }
}

#[test]
fn symphonia_agrees_to_a_fraction_of_a_16_bit_step() {
    let streams: [&'static [u8]; 2] =
        [include_bytes!("../../../../assets/call.mp3"), include_bytes!("../../../../assets/answer/answer.mp3")];
    for bytes in streams {
        let ours = decode(bytes).unwrap();
        let theirs = symphonia(bytes);
        assert_eq!(ours.samples.len(), theirs.len());
        // The smallest fault looked for is one wrong 16-bit step; a shift by one frame is thousands of them.
        let worst = ours.samples.iter().zip(&theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(worst < 0.2 / 32_768.0, "{worst}");
    }
}
