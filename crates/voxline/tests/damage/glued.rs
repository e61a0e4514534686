//! Several files in one.

use voxline::ErrorKind::{MalformedInput, TruncatedInput};
use voxline::WarningCode::{BadSize, ChannelsChanged, GluedFiles, JunkSkipped, RateChanged, Truncated};

use crate::case::{Case, case};
use crate::recipe::*;

pub(crate) fn cases() -> Vec<Case> {
    let (first, second) = (wav(&speech(4, 2_000)), wav(&speech(5, 1_500)));
    let joined = wav(&[speech(4, 2_000), speech(5, 1_500)].concat());
    let both = [(0, 0, 3_500)];
    let unsized_first = with_u32(&with_u32(&first, 4, 0), 40, 0);
    let au_first = au(4_000, &speech(4, 2_000));
    vec![
        case("wav-wav", "two WAV files", [&first[..], &second].concat())
            .gives(3_500, &[GluedFiles])
            .keeps(&joined, &both),
        case("wav-wav-wav", "three WAV files", [&first[..], &second, &first].concat())
            .gives(5_500, &[GluedFiles])
            .keeps(&joined, &both),
        case("wav-unsized-wav", "two WAV files, the sizes of the first are 0", [&unsized_first[..], &second].concat())
            .gives(3_500, &[BadSize, GluedFiles])
            .keeps(&joined, &both),
        case("wav-cut-wav", "two WAV files, the first was cut", [&first[..WAV_HEADER + 3_001], &second].concat())
            .gives(3_000, &[Truncated, GluedFiles])
            .keeps(&joined, &[(0, 0, 1_500), (1_500, 2_000, 1_500)]),
        case("wav-junk-wav", "two WAV files with junk between them", [&first[..], &junk(9, 333), &second].concat())
            .gives(3_500, &[JunkSkipped, GluedFiles])
            .keeps(&joined, &both),
        case(
            "wav-header-wav",
            "the header of a file that was begun, then a WAV file",
            [&first[..44], &second].concat(),
        )
        .gives(1_500, &[JunkSkipped])
        .keeps(&second, &[(0, 0, 1_500)])
        .strictly(Some(TruncatedInput)),
        case("wav-wav-other-rate", "WAV at 8 and at 16 kHz", {
            [&first[..], &wav_of(16_000, 1, &speech(5, 1_500))].concat()
        })
        .gives(3_500, &[GluedFiles, RateChanged])
        .keeps(&first, &[(0, 0, 1_900)]),
        case("wav-wav-other-channels", "WAV of one and of two channels", {
            let pairs: Vec<i16> = speech(5, 1_500).iter().flat_map(|&s| [s, s]).collect();
            [&first[..], &wav_of(8_000, 2, &pairs)].concat()
        })
        .gives(3_500, &[GluedFiles, ChannelsChanged])
        .keeps(&joined, &both),
        case("wav-then-unsupported", "a WAV file and one of a format that is not supported", {
            [&first[..], &patched(&second, 20, &[0x21, 0x43])].concat()
        })
        .gives(2_000, &[GluedFiles, JunkSkipped])
        .keeps(&first, &[(0, 0, 2_000)]),
        case("mp3-mp3", "two MP3 files of LAME", [MP3, MP3].concat())
            .gives(2 * MP3_FRAMES, &[GluedFiles])
            .keeps(MP3, &[(0, 0, MP3_FRAMES), (MP3_FRAMES, 0, MP3_FRAMES)]),
        case("mp3-tag-mp3", "two MP3 files with tags around each", {
            let tagged = [&id3(200, 200)[..], MP3, b"TAG", &[0; 125]].concat();
            tagged.repeat(2)
        })
        .gives(2 * MP3_FRAMES, &[GluedFiles])
        .keeps(MP3, &[(0, 0, MP3_FRAMES), (MP3_FRAMES, 0, MP3_FRAMES)]),
        case("mp3-wav", "MP3, then WAV", [MP3, &wav_of(24_000, 1, &speech(5, 1_500))].concat())
            .gives(MP3_FRAMES + 1_500, &[GluedFiles])
            .keeps(MP3, &[(0, 0, MP3_FRAMES)]),
        case("wav-mp3", "WAV, then MP3", [&wav_of(24_000, 1, &speech(5, 1_500)), MP3].concat())
            .gives(1_500 + MP3_FRAMES, &[GluedFiles])
            .keeps(MP3, &[(1_500, 0, MP3_FRAMES)]),
        case("wav-tag-mp3", "WAV, then MP3 behind its ID3 tag", {
            [&wav_of(24_000, 1, &speech(5, 1_500)), &id3(99, 99)[..], MP3].concat()
        })
        .gives(1_500 + MP3_FRAMES, &[GluedFiles])
        .keeps(MP3, &[(1_500, 0, MP3_FRAMES)]),
        case("au-au", "two AU files", [&au_first[..], &au(3_000, &speech(5, 1_500))].concat())
            .gives(3_500, &[GluedFiles])
            .keeps(&joined, &both),
        case("aiff-aiff", "two AIFF files", [aiff(&speech(4, 2_000)), aiff(&speech(5, 1_500))].concat())
            .gives(3_500, &[GluedFiles])
            .keeps(&joined, &both),
        case("wav-aiff", "WAV, then AIFF", [&first[..], &aiff(&speech(5, 1_500))].concat())
            .gives(3_500, &[GluedFiles])
            .keeps(&joined, &both),
        case(
            "au-unsized-wav",
            "AU of unknown size, then WAV",
            [&au(u32::MAX, &speech(4, 2_000)), &second[..]].concat(),
        )
        .gives(3_500, &[GluedFiles])
        .keeps(&joined, &both)
        .strictly(Some(MalformedInput)),
        case("ogg-ogg", "two Ogg Speex files, which the format allows", [ogg(1, 12_000), ogg(2, 9_000)].concat())
            .gives(21_000, &[GluedFiles])
            .keeps(&ogg(1, 12_000), &[(0, 0, 12_000)])
            .strictly(None),
        case("wav-ogg", "WAV, then Ogg Speex", [first.clone(), ogg(2, 9_000)].concat())
            .gives(11_000, &[GluedFiles])
            .keeps(&ogg(2, 9_000), &[(2_000, 0, 9_000)]),
    ]
}
