//! AIFF and AIFF-C against sox and ffmpeg, and their headers by recipe.

use voxline_core::options::LimitOptions;
use voxline_core::report::WarningCode::{self, *};
use voxline_decode::{AiffDecoder, Probe, probe};
use voxline_testkit::tools::require;

use crate::laws::{splits, survives};
use crate::oracle::*;
use crate::support::*;

fn aiff(bytes: &[u8]) -> Outcome {
    run(&mut AiffDecoder::new(&lenient(), &LimitOptions::default()), [bytes])
}

/// A chunk of any stated size; odd ones are padded.
fn part(id: &[u8; 4], size: usize, body: &[u8]) -> Vec<u8> {
    let mut out = [&id[..], &(size as u32).to_be_bytes(), body].concat();
    out.resize(out.len().next_multiple_of(2), 0);
    out
}

fn form(size: Option<u32>, kind: &[u8; 4], parts: &[Vec<u8>]) -> Vec<u8> {
    let body = parts.concat();
    let size = size.unwrap_or(4 + body.len() as u32);
    [&b"FORM"[..], &size.to_be_bytes(), kind, &body].concat()
}

/// 8 kHz mono of 16 bits.
fn comm(frames: u32) -> Vec<u8> {
    comm_of(1, frames, 16, &[0x40, 0x0B, 0xFA, 0, 0, 0, 0, 0, 0, 0], b"")
}

fn comm_of(channels: u16, frames: u32, bits: u16, rate: &[u8], kind: &[u8]) -> Vec<u8> {
    let body = [&channels.to_be_bytes()[..], &frames.to_be_bytes(), &bits.to_be_bytes(), rate, kind].concat();
    part(b"COMM", body.len(), &body)
}

fn ssnd(size: Option<usize>, offset: u32, audio: &[u8]) -> Vec<u8> {
    let body = [&offset.to_be_bytes()[..], &[0; 4], &vec![9; offset as usize], audio].concat();
    part(b"SSND", size.unwrap_or(body.len()), &body)
}

fn audio(samples: &[i16]) -> Vec<u8> {
    samples.iter().flat_map(|s| s.to_be_bytes()).collect()
}

/// Files of ffmpeg and sox, decoded from the same file converted to WAV: nothing is rounded on the way.
#[test]
fn encodings_of_ffmpeg_and_sox() {
    let (Some(ffmpeg), Some(sox)) = (require("ffmpeg"), require("sox")) else { return };
    for (coder, codec, as_wav) in [
        ("pcm_s8", "pcm_s8", "pcm_s16le"),
        ("pcm_s16be", "pcm_s16be", "pcm_s16le"),
        ("pcm_s16le", "pcm_s16le", "pcm_s16le"),
        ("pcm_s24be", "pcm_s24be", "pcm_s24le"),
        ("pcm_s32be", "pcm_s32be", "pcm_s32le"),
        ("pcm_f32be", "pcm_f32be", "pcm_f32le"),
        ("pcm_f64be", "pcm_f64be", "pcm_f64le"),
        ("pcm_alaw", "pcm_alaw", "pcm_s16le"),
        ("pcm_mulaw", "pcm_mulaw", "pcm_s16le"),
    ] {
        let (channels, frames) = if codec.ends_with("be") { (2, 1_001) } else { (1, 4_097) };
        let signal = noisy(44_100, channels, frames);
        let bytes = ffmpeg_file(&ffmpeg, &signal, &["-c:a", coder], "x.aiff");
        let args = ["-v", "error", "-i", "x.aiff", "-c:a", as_wav, "y.wav"];
        check(&bytes, &convert(&ffmpeg, &bytes, "x.aiff", &args, "y.wav"), codec, channels, frames);
    }
    for (name, flags, codec) in [
        ("x.aiff", ["-e", "signed", "-b", "8"], "pcm_s8"),
        ("x.aiff", ["-e", "signed", "-b", "16"], "pcm_s16be"),
        ("x.aiff", ["-e", "signed", "-b", "24"], "pcm_s24be"),
        ("x.aifc", ["-e", "signed", "-b", "16"], "pcm_s16be"),
        ("x.aifc", ["-e", "float", "-b", "32"], "pcm_f32be"),
    ] {
        let bytes = sox_file(&sox, &noisy(11_025, 2, 1_001), &flags, name);
        check(&bytes, &convert(&sox, &bytes, name, &["-D", name, "y.wav"], "y.wav"), codec, 2, 1_001);
    }
}

/// Noise at full scale: every value there is.
fn noisy(rate_hz: u32, channels: usize, frames: usize) -> Signal {
    signals(rate_hz, channels, frames).swap_remove(1)
}

#[track_caller]
fn check(bytes: &[u8], as_wav: &[u8], codec: &str, channels: usize, frames: usize) {
    let want = wav(as_wav);
    let got = splits(bytes, codec);
    assert_eq!((got.codes(), &got.error), (vec![], &None), "{codec}");
    assert!(got.bits == want.bits, "{codec}");
    let info = got.info.unwrap();
    assert_eq!((info.container, info.codec.as_str(), info.spec.channels()), ("aiff", codec, channels));
    assert_eq!((info.expected_frames, info.states_length), (Some(frames as u64), true));
    assert_eq!(info.spec, want.info.unwrap().spec.with_unknown_mask(info.spec));
}

/// A WAV file may say where its channels stand; AIFF does not.
trait WithoutMask {
    fn with_unknown_mask(self, like: Self) -> Self;
}

impl WithoutMask for voxline_core::AudioSpec {
    fn with_unknown_mask(mut self, like: Self) -> Self {
        self.channel_mask = like.channel_mask;
        self
    }
}

/// Into a pipe nobody comes back: ffmpeg leaves zeros, sox a size that is too large.
#[test]
fn files_that_were_streamed() {
    let (Some(ffmpeg), Some(sox)) = (require("ffmpeg"), require("sox")) else { return };
    let signal = noisy(8_000, 1, 3_001);
    {
        let pipe = |program, args: &[&str]| {
            let script = ["-c", "\"$0\" \"$@\" | cat > out.aiff", program];
            let shell = std::path::Path::new("/bin/sh");
            convert(shell, &s16_bytes(&signal.samples), "in.raw", &[&script[..], args].concat(), "out.aiff")
        };
        let raw = ["-v", "error", "-f", "s16le", "-ar", "8000", "-ac", "1", "-i", "in.raw", "-f", "aiff", "-"];
        let of_ffmpeg = pipe(ffmpeg.to_str().unwrap(), &raw);
        let raw = ["-D", "-t", "raw", "-e", "signed", "-b", "16", "-r", "8000", "-c", "1", "in.raw", "-t", "aiff", "-"];
        let of_sox = pipe(sox.to_str().unwrap(), &raw);
        for bytes in [of_ffmpeg, of_sox] {
            let got = splits(&bytes, "streamed");
            assert_eq!((got.codes(), &got.error), (vec![BadSize], &None));
            // sox pads; ffmpeg does not when it cannot seek.
            assert_same(&integers(&got)[..3_001], &signal.samples, "streamed");
            assert!(got.frames <= 3_002);
        }
    }
}

#[test]
fn matrix_of_sizes() {
    let samples = s16(50);
    let audio = audio(&samples);
    let whole = |frames, size, there: usize| form(None, b"AIFF", &[comm(frames), ssnd(size, 0, &audio[..there])]);
    type Row<'a> = (&'a str, Vec<u8>, usize, &'a [WarningCode], Option<u64>);
    let rows: &[Row<'_>] = &[
        ("right", whole(50, None, 100), 50, &[], Some(50)),
        ("offset", form(None, b"AIFF", &[comm(50), ssnd(None, 6, &audio)]), 50, &[], Some(50)),
        (
            "other chunks",
            form(
                None,
                b"AIFF",
                &[
                    part(b"NAME", 3, b"abc"),
                    comm(50),
                    part(b"ANNO", 1, b"x"),
                    ssnd(None, 0, &audio),
                    part(b"ID3 ", 5, b"12345"),
                ],
            ),
            50,
            &[],
            Some(50),
        ),
        ("fills a block up", whole(40, None, 100), 40, &[], Some(40)),
        ("count too large", whole(60, None, 100), 50, &[InconsistentHeader], Some(50)),
        ("count of 0", whole(0, None, 100), 50, &[InconsistentHeader], Some(50)),
        ("no size", whole(0, Some(0), 100), 50, &[BadSize], None),
        ("no size, a count", whole(50, Some(0), 100), 50, &[BadSize], None),
        ("size of sox", whole(0x3F80_0000, Some(0x7F00_0008), 100), 50, &[BadSize], None),
        ("cut", whole(50, None, 100)[..54 + 60].to_vec(), 30, &[Truncated], Some(50)),
        ("cut in a frame", whole(50, None, 100)[..54 + 61].to_vec(), 30, &[Truncated], Some(50)),
        ("empty", form(None, b"AIFF", &[comm(0), ssnd(None, 0, b"")]), 0, &[Empty], Some(0)),
        ("empty without audio's chunk", form(None, b"AIFF", &[comm(0)]), 0, &[Empty], None),
        ("junk behind", [whole(50, None, 100), vec![1; 9]].concat(), 50, &[JunkSkipped], Some(50)),
        (
            "a chunk behind the form",
            [whole(50, None, 100), part(b"LIST", 2, b"xy")].concat(),
            50,
            &[JunkSkipped],
            Some(50),
        ),
        ("form too small", form(Some(60), b"AIFF", &[comm(50), ssnd(None, 0, &audio)]), 50, &[BadSize], Some(50)),
        ("form too large", form(Some(900), b"AIFF", &[comm(50), ssnd(None, 0, &audio)]), 50, &[BadSize], Some(50)),
        (
            "two of them",
            form(None, b"AIFF", &[comm(50), ssnd(None, 0, &audio), ssnd(None, 0, &audio)]),
            50,
            &[JunkSkipped],
            Some(50),
        ),
        ("cut behind", [whole(50, None, 100), part(b"ANNO", 99, b"xx")].concat(), 50, &[JunkSkipped], Some(50)),
    ];
    for (what, bytes, frames, codes, expected) in rows {
        let got = splits(bytes, what);
        assert_eq!((got.codes().as_slice(), &got.error), (*codes, &None), "{what}: {:?}", got.warnings);
        assert!(got.samples() == s16_f32(&samples[..*frames]), "{what}");
        assert_eq!(got.info.as_ref().unwrap().expected_frames, *expected, "{what}");
        let strictly = run(&mut AiffDecoder::new(&strict(), &LimitOptions::default()), [&bytes[..]]);
        assert_eq!(strictly.error.is_none(), codes.is_empty() || *codes == [Empty], "{what}");
    }
}

#[test]
fn kinds_of_samples() {
    let rate = [0x40, 0x0B, 0xFA, 0, 0, 0, 0, 0, 0, 0];
    for (kind, bits, bytes, want) in [
        (&b"NONE\0\0"[..], 12, &[0x40, 0x00, 0xC0, 0x10][..], &[0.5, -0.499_511_72][..]),
        (b"twos\0\0", 16, &[0x40, 0, 0xC0, 0], &[0.5, -0.5]),
        (b"sowt\0\0", 16, &[0, 0x40, 0, 0xC0], &[0.5, -0.5]),
        (b"sowt\0\0", 24, &[0, 0, 0x40], &[0.5]),
        (b"raw \0\0", 8, &[0xC0, 0x40], &[0.5, -0.5]),
        (b"in24\0\0", 24, &[0x40, 0, 0], &[0.5]),
        (b"in32\0\0", 32, &[0xC0, 0, 0, 0], &[-0.5]),
        (b"FL32\0\0", 32, &[0x3F, 0, 0, 0], &[0.5]),
        (b"ULAW\0\0", 16, &[0xFF], &[0.0]),
        (b"ALAW\0\0", 16, &[0xD5], &[8.0 / 32_768.0]),
    ] {
        let file = form(None, b"AIFC", &[comm_of(1, want.len() as u32, bits, &rate, kind), ssnd(None, 0, bytes)]);
        let got = splits(&file, "kind");
        assert_eq!(
            (got.samples().as_slice(), got.codes(), &got.error),
            (want, vec![], &None),
            "{}",
            kind.escape_ascii()
        );
    }
}

#[test]
fn headers_that_are_none() {
    let rate = [0x40, 0x0B, 0xFA, 0, 0, 0, 0, 0, 0, 0];
    let sound = ssnd(None, 0, &[0; 20]);
    for (bytes, want) in [
        (b"FORM\0\0".to_vec(), "the input ends after 6 bytes, before the audio of the AIFF file"),
        (form(None, b"AIFF", &[comm(9)]), "the input ends after 38 bytes, before the audio of the AIFF file"),
        (
            form(None, b"AIFF", &[sound.clone(), comm(9)]),
            "the audio of the AIFF file lies before its description, which is not supported",
        ),
        (form(None, b"AIFF", &[vec![1; 12], comm(9)]), "no chunk of an AIFF file begins at byte 12"),
        (
            form(None, b"AIFF", &[part(b"COMM", 6, &[0; 6]), sound.clone()]),
            "the COMM chunk has 6 bytes; 18 are the least",
        ),
        (
            form(None, b"AIFC", &[comm_of(1, 9, 4, &rate, b"ima4\0\0"), sound.clone()]),
            "AIFF-C compression \"ima4\" (IMA ADPCM of QuickTime) is not supported",
        ),
        (
            form(None, b"AIFC", &[comm_of(1, 9, 40, &rate, b"NONE\0\0"), sound.clone()]),
            "40 bits a sample are not supported; 1 to 32 are",
        ),
        (
            form(None, b"AIFF", &[comm_of(1, 9, 16, &[0; 10], b""), sound.clone()]),
            "a sample rate of 0 Hz is not supported; 4000 to 384000 Hz are",
        ),
        (form(None, b"AIFF", &[comm_of(0, 9, 16, &rate, b""), sound]), "0 channels are not supported; 1 to 32 are"),
    ] {
        let got = splits(&bytes, want);
        assert_eq!((got.error_text().as_str(), got.frames), (want, 0));
    }
    assert_eq!(aiff(b"FORN").error_text(), "an AIFF file starts with \"FORM\"");
    assert_eq!(aiff(b"FORM\0\0\0\x048SVX").error_text(), "the form is of type \"8SVX\", not AIFF or AIFC");
}

#[test]
fn damage_is_survived() {
    let parts = [
        part(b"FVER", 4, &[0xA2, 0x80, 0x51, 0x40]),
        comm_of(2, 60, 16, &[0x40, 0x0E, 0xAC, 0x44, 0, 0, 0, 0, 0, 0], b"sowt\0\0"),
        ssnd(None, 0, &s16_bytes(&s16(120))),
        part(b"ANNO", 3, b"end"),
    ];
    survives(&form(None, b"AIFC", &parts), 400, "AIFF-C");
}

#[test]
fn it_is_known_by_its_form() {
    for kind in [b"AIFF", b"AIFC"] {
        let bytes = form(None, kind, &[comm(0)]);
        assert_eq!((probe(&bytes, false), probe(&bytes[..11], false)), (Probe::Aiff, Probe::NeedMore));
        assert_eq!(auto(&[&b"ID3\x04\0\0\0\0\0\x05hello"[..], &bytes].concat()).error, None);
    }
    assert_eq!(probe(b"FORM\0\0\0\x048SVX", true), Probe::Unsupported("an IFF file".into()));
}
