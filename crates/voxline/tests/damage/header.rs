//! Headers that say something else than what follows.

use voxline::ErrorKind::{MalformedInput, TruncatedInput, UnsupportedFormat};
use voxline::WarningCode::{InconsistentHeader, JunkSkipped};

use crate::case::{Case, case};
use crate::recipe::*;

pub(crate) fn cases() -> Vec<Case> {
    let samples = speech(2, 3_000);
    let whole = wav(&samples);
    let all = [(0, 0, 3_000)];
    let data = chunk(b"data", &le(&samples));
    let with_fmt = |fmt: Vec<u8>| riff(&[chunk(b"fmt ", &fmt), data.clone()]);
    let over_mp3 = |tag, bits| riff(&[chunk(b"fmt ", &fmt(tag, 1, 24_000, bits)), chunk(b"data", MP3)]);
    let mulaw = riff(&[chunk(b"fmt ", &fmt(7, 1, 8_000, 8)), chunk(b"data", &noise(3, 3_000))]);
    vec![
        case("block-align", "frame size 7 instead of 2", with_fmt(fields(1, 1, 8_000, 16_000, 7, 16)))
            .gives(3_000, &[InconsistentHeader])
            .keeps(&whole, &all),
        case("bits-zero", "0 bits a sample; the frame size tells", with_fmt(fields(1, 1, 8_000, 16_000, 2, 0)))
            .gives(3_000, &[InconsistentHeader])
            .keeps(&whole, &all),
        case("byte-rate", "byte rate 1", with_fmt(fields(1, 1, 8_000, 1, 2, 16))).gives(3_000, &[]).keeps(&whole, &all),
        case("mulaw-16-bits", "µ-law with 16 bits a sample", patched(&mulaw, 34, &[16, 0]))
            .gives(3_000, &[InconsistentHeader])
            .keeps(&mulaw, &all),
        case("channels-zero", "no channels", with_fmt(fields(1, 0, 8_000, 16_000, 2, 16)))
            .refused(UnsupportedFormat, "0 channels are not supported"),
        case("rate-zero", "0 Hz", with_fmt(fields(1, 1, 0, 0, 2, 16)))
            .refused(UnsupportedFormat, "a sample rate of 0 Hz is not supported"),
        case("bits-too-many", "40 bits a sample", with_fmt(fields(1, 1, 8_000, 40_000, 5, 40)))
            .refused(UnsupportedFormat, "PCM) with 40 bits is not supported"),
        case("fmt-short", "fmt chunk of 14 bytes", with_fmt(fmt(1, 1, 8_000, 16)[..14].to_vec()))
            .refused(MalformedInput, "the fmt chunk has 14 bytes"),
        case("format-unknown", "format tag 0x4321", with_fmt(fmt(0x4321, 1, 8_000, 16)))
            .refused(UnsupportedFormat, "WAV format 0x4321"),
        case("data-before-fmt", "data chunk in front of the fmt chunk", {
            riff(&[data.clone(), chunk(b"fmt ", &fmt(1, 1, 8_000, 16))])
        })
        .refused(MalformedInput, "comes before any fmt chunk"),
        case("two-fmt", "two fmt chunks that differ", {
            riff(&[chunk(b"fmt ", &fmt(1, 1, 8_000, 16)), chunk(b"fmt ", &fmt(1, 2, 8_000, 8)), data.clone()])
        })
        .refused(MalformedInput, "a second fmt chunk"),
        case(
            "two-data",
            "a second data chunk",
            riff(&[chunk(b"fmt ", &fmt(1, 1, 8_000, 16)), data.clone(), chunk(b"data", &[9; 90])]),
        )
        .gives(3_000, &[JunkSkipped])
        .keeps(&whole, &all),
        case("header-twice", "the first 12 bytes twice", [&whole[..12], &whole].concat())
            .gives(3_000, &[JunkSkipped])
            .keeps(&whole, &all)
            .strictly(Some(TruncatedInput)),
        case("rifx", "RIFX: header and samples big-endian", {
            let mut out =
                b"RIFX\0\0\x17\x94WAVEfmt \0\0\0\x10\0\x01\0\x01\0\0\x1F\x40\0\0\x3E\x80\0\x02\0\x10data\0\0\x17\x70"
                    .to_vec();
            out.extend(samples.iter().flat_map(|s| s.to_be_bytes()));
            out
        })
        .gives(3_000, &[])
        .keeps(&whole, &all),
        case(
            "bytes-swapped",
            "every two bytes swapped",
            whole.as_chunks::<2>().0.iter().flat_map(|&[a, b]| [b, a]).collect(),
        )
        .refused(UnsupportedFormat, "bytes are swapped in pairs"),
        case("mp3-as-pcm", "fmt chunk of 16-bit PCM over MP3", over_mp3(1, 16))
            .gives(MP3_FRAMES, &[InconsistentHeader])
            .keeps(MP3, &[(0, 0, MP3_FRAMES)]),
        case("mp3-as-mulaw", "fmt chunk of µ-law over MP3", over_mp3(7, 8))
            .gives(MP3_FRAMES, &[InconsistentHeader])
            .keeps(MP3, &[(0, 0, MP3_FRAMES)]),
        case("mp3-as-ima", "fmt chunk of IMA ADPCM over MP3", {
            let fmt = coded_fmt(0x11, 64, &121_u16.to_le_bytes());
            riff(&[chunk(b"fmt ", &fmt), chunk(b"data", MP3)])
        })
        .gives(MP3_FRAMES, &[InconsistentHeader])
        .keeps(MP3, &[(0, 0, MP3_FRAMES)]),
        case("pcm-as-mp3", "fmt chunk of MP3 over 16-bit PCM", with_fmt(fmt(0x55, 1, 8_000, 16)))
            .refused(MalformedInput, "no complete MP3 frame was found"),
        case("wav-in-wav", "a whole file in the data chunk of another", {
            riff(&[chunk(b"fmt ", &fmt(1, 2, 44_100, 16)), chunk(b"data", &whole)])
        })
        .gives(3_000, &[JunkSkipped])
        .keeps(&whole, &all)
        .strictly(Some(TruncatedInput)),
    ]
}
