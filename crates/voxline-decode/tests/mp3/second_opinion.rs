//! symphonia decodes the same streams to the same samples.

use std::io::Cursor;

use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, TrackType};
use symphonia::core::io::MediaSourceStream;

use crate::support::decode;

fn symphonia(bytes: &'static [u8]) -> Vec<f32> {
    let source = MediaSourceStream::new(Box::new(Cursor::new(bytes)), Default::default());
    let mut format = symphonia::default::get_probe()
        .probe(&Hint::new(), source, FormatOptions::default(), Default::default())
        .unwrap();
    let track = format.default_track(TrackType::Audio).unwrap();
    let parameters = track.codec_params.as_ref().unwrap().audio().unwrap();
    let mut decoder =
        symphonia::default::get_codecs().make_audio_decoder(parameters, &AudioDecoderOptions::default()).unwrap();
    let mut all = Vec::new();
    let mut samples = Vec::new();
    while let Some(packet) = format.next_packet().unwrap() {
        let decoded = decoder.decode(&packet).unwrap();
        samples.resize(decoded.samples_interleaved(), 0.0f32);
        decoded.copy_to_slice_interleaved(&mut samples);
        all.extend_from_slice(&samples);
    }
    all
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
