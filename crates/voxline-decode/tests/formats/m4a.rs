//! AAC in M4A against ffmpeg's decoder.

use voxline_core::report::WarningCode::*;
use voxline_testkit::tools::require;

use crate::laws::{splits, survives};
use crate::lossy::agrees;
use crate::oracle::*;
use crate::support::*;

/// Decoders differ in the rounding of their arithmetic only, once the noise that each makes up by itself is left out.
const LEAST_DB: f64 = 90.0;
const FLAGS: [&str; 6] = ["-c:a", "aac", "-b:a", "64k", "-aac_pns", "0"];

#[test]
fn files_of_ffmpeg() {
    let Some(ffmpeg) = require("ffmpeg") else { return };
    for (rate_hz, channels, frames) in [(8_000, 1, 4_000), (16_000, 2, 8_001), (44_100, 1, 22_050), (48_000, 2, 10_000)]
    {
        for signal in signals(rate_hz, channels, frames).drain(..2) {
            for place in [&["-movflags", "faststart"][..], &[]] {
                let flags = [&FLAGS[..], place].concat();
                let (_, got) = agrees(&ffmpeg, &signal, &flags, "x.m4a", LEAST_DB);
                let info = got.info.unwrap();
                assert_eq!((info.container, info.codec.as_str(), info.states_length), ("m4a", "aac", true));
                assert_eq!((info.spec.channels(), info.spec.sample_rate.hz()), (channels, rate_hz));
                assert_eq!((got.frames, info.expected_frames), (frames, Some(frames as u64)));
                assert_eq!(info.encoder_delay_frames, Some(1_024));
            }
        }
    }
}

/// Half a second at 16 kHz, the index behind the audio and in front of it.
fn examples() -> Option<(Vec<u8>, Vec<u8>, Outcome)> {
    let ffmpeg = require("ffmpeg")?;
    let signal = signals(16_000, 1, 8_000).swap_remove(0);
    let behind = ffmpeg_file(&ffmpeg, &signal, &["-c:a", "aac", "-b:a", "24k"], "x.m4a");
    let front = ffmpeg_file(&ffmpeg, &signal, &["-c:a", "aac", "-b:a", "24k", "-movflags", "faststart"], "x.m4a");
    let whole = auto(&behind);
    assert_eq!((whole.frames, whole.codes()), (8_000, vec![]));
    Some((behind, front, whole))
}

fn place(bytes: &[u8], name: &[u8; 4]) -> usize {
    bytes.windows(4).position(|window| window == name).unwrap_or(bytes.len())
}

#[test]
fn the_index_may_stand_on_either_side() {
    let Some((behind, front, whole)) = examples() else { return };
    assert!(place(&behind, b"mdat") < place(&behind, b"moov") && place(&front, b"moov") < place(&front, b"mdat"));
    assert_eq!(splits(&front, "in front").bits, whole.bits);
    // More boxes behind the audio are nobody's business, what is none is told.
    for bytes in [&front, &behind] {
        for (more, codes) in [
            (&b"\0\0\0\x09free!"[..], vec![]),
            (b"\0\0\0\x01\xA9day\0\0\0\0\0\0\0\x11!\0\0\0\0skip and on to the end", vec![]),
            (b"\0\0\0\xFFfree cut", vec![]),
            (b"\0\0\0\x09free!no box", vec![JunkSkipped]),
            (b"short", vec![JunkSkipped]),
            (&[0; 512], vec![JunkSkipped]),
        ] {
            let got = splits(&[&bytes[..], more].concat(), "boxes");
            assert_eq!((got.codes(), &got.error, got.bits == whole.bits), (codes, &None, true), "{more:?}");
        }
    }
    // Without the edit list nothing is known of delay and padding.
    let mut unknown = behind.clone();
    let edits = place(&behind, b"edts");
    unknown[edits..edits + 4].copy_from_slice(b"free");
    let got = splits(&unknown, "no edits");
    assert_eq!(got.bits[1_024..][..8_000], whole.bits);
    let info = got.info.unwrap();
    assert_eq!(
        (info.encoder_delay_frames, info.states_length, info.expected_frames),
        (None, false, Some(got.frames as u64))
    );
    let mut input = lenient();
    input.gapless = false;
    let untrimmed = run(&mut voxline_decode::Decoder::new(&input, &Default::default()), [&behind[..]]);
    assert_eq!(untrimmed.bits, got.bits);
}

#[test]
fn what_is_cut_or_wrong_is_said() {
    let Some((behind, front, whole)) = examples() else { return };
    let cut = splits(&front[..front.len() - 300], "cut");
    assert_eq!((cut.codes(), &cut.error), (vec![Truncated], &None));
    assert!(cut.frames > 3_000 && cut.bits == whole.bits[..cut.frames], "{}", cut.frames);
    let renamed = |bytes: &[u8], from: &[u8; 4], to: &[u8; 4]| {
        let mut bytes = bytes.to_vec();
        let at = place(&bytes, from);
        bytes[at..at + 4].copy_from_slice(to);
        bytes
    };
    let mdat = place(&behind, b"mdat");
    let mut endless = behind.clone();
    endless[mdat - 4..mdat].fill(0);
    let mut huge = behind.clone();
    huge[mdat - 4..mdat].fill(0xFF);
    let unfinished = &behind[..behind.len() / 2];
    for (bytes, want) in [
        (
            unfinished.to_vec(),
            format!(
                "the input ends after {} bytes, before the index of the M4A file: the recording was cut or never finished",
                unfinished.len()
            ),
        ),
        (endless, "the M4A file has no index: its box \"mdat\" goes on to the end".to_owned()),
        (renamed(&front, b"soun", b"vide"), "the index of the M4A file has no audio track".to_owned()),
        (
            renamed(&front, b"mp4a", b"alac"),
            "M4A with the codec \"alac\" (Apple Lossless) is not supported; AAC is".to_owned(),
        ),
        (renamed(&front, b"stsz", b"free"), "the index of the M4A file is not valid".to_owned()),
    ] {
        assert_eq!(splits(&bytes, &want).error_text(), want);
    }
    assert!(splits(&huge, "huge").error_text().contains("more than 128 MiB would have to be held"));
    // A coded frame without sense is silence of its length; the edit list is untouched.
    let mut bad = front.clone();
    let audio = place(&front, b"mdat") + 4;
    bad[audio + 400..audio + 500].fill(0xFF);
    let got = splits(&bad, "bad");
    assert_eq!((got.frames, got.codes(), &got.error), (whole.frames, vec![BadFrames], &None));
}

#[test]
fn damage_of_every_kind_is_survived() {
    let Some((_, front, _)) = examples() else { return };
    survives(&front, 700, "M4A");
}
