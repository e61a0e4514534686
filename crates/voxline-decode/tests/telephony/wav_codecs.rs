//! ADPCM, GSM and G.722 in WAV: to the sample what sox and ffmpeg decode.

use voxline_testkit::tools::require;

use crate::oracle::*;
use crate::support::*;

/// Around the lengths of blocks: of one frame, of GSM's 160 and 320, of 505 and 500 (blocks of 256 bytes), of 2041.
const LENGTHS: [usize; 9] = [1, 2, 159, 161, 320, 505, 1_001, 2_042, 9_999];

/// A file of `signal` has the reference's samples, cut to the length of the original.
#[track_caller]
fn check(bytes: &[u8], reference: &[i16], signal: &Signal, codec: &str, what: &str) {
    let got = wav(bytes);
    let what = format!("{what}: {} frames of {}", signal.samples.len() / signal.channels, signal.name);
    assert_eq!((got.warnings.as_slice(), &got.error), (&[][..], &None), "{what}");
    assert_same(&integers(&got), reference, &what);
    let info = got.info.unwrap();
    assert_eq!((info.container, info.codec.as_str(), info.bad_frames), ("wav", codec, 0), "{what}");
    assert_eq!((info.spec.channels(), info.spec.sample_rate.hz()), (signal.channels, signal.rate_hz), "{what}");
    assert_eq!(info.expected_frames, Some(got.frames as u64), "{what}");
    assert!(info.states_length, "{what}");
}

/// Files of sox, whose `fact` chunk is right: the length is that of the original.
fn check_sox(encoding: &str, codec: &str, channels: usize) {
    let Some(sox) = require("sox") else { return };
    for (frames, rate_hz) in LENGTHS.into_iter().zip([8_000, 16_000, 11_025].into_iter().cycle()) {
        for signal in signals(rate_hz, channels, frames) {
            let bytes = sox_file(&sox, &signal, &["-e", encoding], "x.wav");
            let mut reference = sox_samples(&sox, &bytes, "x.wav");
            assert!(reference.len() >= signal.samples.len());
            reference.truncate(signal.samples.len());
            check(&bytes, &reference, &signal, codec, encoding);
        }
    }
}

#[test]
fn ima_adpcm_of_sox() {
    check_sox("ima-adpcm", "adpcm_ima", 1);
    check_sox("ima-adpcm", "adpcm_ima", 2);
}

#[test]
fn ima_adpcm_of_four_channels() {
    check_sox("ima-adpcm", "adpcm_ima", 4);
}

#[test]
fn ms_adpcm_of_sox() {
    check_sox("ms-adpcm", "adpcm_ms", 1);
    check_sox("ms-adpcm", "adpcm_ms", 2);
}

#[test]
fn gsm_of_sox() {
    check_sox("gsm-full-rate", "gsm", 1);
}

/// ffmpeg's decoder of GSM is not the one of sox. It wraps where the standard saturates, so only speech will do.
#[test]
fn gsm_is_what_ffmpeg_decodes() {
    let (Some(sox), Some(ffmpeg)) = (require("sox"), require("ffmpeg")) else { return };
    // Whole pairs: ffmpeg refuses others.
    let signal = signals(8_000, 1, 320 * 32).swap_remove(0);
    let bytes = sox_file(&sox, &signal, &["-e", "gsm-full-rate"], "x.wav");
    let reference = ffmpeg_samples(&ffmpeg, &bytes, &[], "x.wav");
    check(&bytes, &reference, &signal, "gsm", "ffmpeg's decoder");
}

/// Files of ffmpeg count the padding of the last block as audio, and so do we: nothing in them tells.
#[test]
fn adpcm_of_ffmpeg() {
    let (Some(sox), Some(ffmpeg)) = (require("sox"), require("ffmpeg")) else { return };
    for (coder, codec) in [("adpcm_ima_wav", "adpcm_ima"), ("adpcm_ms", "adpcm_ms")] {
        for (channels, frames) in [(1, 2_041), (1, 7_001), (2, 5_003)] {
            for signal in signals(22_050, channels, frames) {
                let bytes = ffmpeg_file(&ffmpeg, &signal, &["-c:a", coder], "x.wav");
                let reference = sox_samples(&sox, &bytes, "x.wav");
                check(&bytes, &reference, &signal, codec, coder);
                // ffmpeg decodes IMA ADPCM with a product where the standard has a sum of shifts; its MS ADPCM differs in
                // the rounding of negative predictions only, of which its own files have none.
                if coder == "adpcm_ms" {
                    assert_same(&ffmpeg_samples(&ffmpeg, &bytes, &[], "x.wav"), &reference, coder);
                }
            }
        }
    }
}

#[test]
fn g722_of_ffmpeg() {
    let Some(ffmpeg) = require("ffmpeg") else { return };
    for frames in [2, 160, 1_001, 20_000] {
        for signal in signals(16_000, 1, frames) {
            let bytes = ffmpeg_file(&ffmpeg, &signal, &["-c:a", "g722"], "x.wav");
            let mut reference = ffmpeg_samples(&ffmpeg, &bytes, &[], "x.wav");
            // A byte is two samples; the fact chunk knows better.
            assert_eq!(reference.len(), frames.next_multiple_of(2));
            reference.truncate(frames);
            check(&bytes, &reference, &signal, "g722", "g722");
            // The registered tag instead of ffmpeg's.
            let mut registered = bytes.clone();
            assert_eq!(registered[20..22], [0x8F, 0x02]);
            registered[20..22].copy_from_slice(&[0x65, 0x00]);
            assert_eq!(wav(&registered), wav(&bytes));
        }
    }
}
