//! MP3: 98 frames, each on its own place.

use voxline::ErrorKind::MalformedInput;
use voxline::WarningCode::{
    BadFrames, BadSize, ChannelsChanged, InconsistentHeader, JunkSkipped, RateChanged, Truncated,
};

use crate::case::{Case, case};
use crate::recipe::*;

/// Where coded frame `n` begins; the one of information stands before the first.
fn place(n: usize) -> usize {
    (n + 1) * MP3_FRAME
}

/// Where the audio of coded frame `n` begins in the output, which starts inside the second.
fn audio(n: usize) -> usize {
    n * MP3_FRAME_FRAMES - MP3_DELAY
}

/// Frames of output of the first `n` coded frames, when the padding is no padding.
fn of_first(n: usize) -> usize {
    audio(n)
}

pub(crate) fn cases() -> Vec<Case> {
    let all = [(0, 0, MP3_FRAMES)];
    // A frame that is lost takes the next one along, whose overlap and filters still hold it; a frame later all is as it was.
    let lost = |n: usize, count: usize| {
        let end = audio(n + count + 2);
        [(0, 0, audio(n)), (end, end, MP3_FRAMES - end)]
    };
    let other_rate = {
        // MPEG-1 48 kHz stereo 128 kbit/s: silence of 384 bytes and 1 152 frames.
        let mut frame = vec![0xFF, 0xFB, 0x94, 0x04];
        frame.resize(384, 0);
        frame.repeat(10)
    };
    vec![
        case("mp3-cut-in-a-frame", "cut inside frame 50", MP3[..place(50) + 100].to_vec())
            .gives(of_first(50), &[Truncated])
            .keeps(MP3, &[(0, 0, of_first(50) - MP3_PADDING)]),
        case("mp3-cut-at-a-frame", "cut behind frame 49", MP3[..place(50)].to_vec())
            .gives(of_first(50), &[Truncated])
            .keeps(MP3, &[(0, 0, of_first(50) - MP3_PADDING)]),
        case("mp3-middle", "the first 40 frames are missing, the one of information too", MP3[place(40)..].to_vec())
            .gives(58 * MP3_FRAME_FRAMES, &[BadFrames]),
        case("mp3-header-zero", "the header of frame 30 overwritten by zeros", patched(MP3, place(30), &[0; 4]))
            .gives(MP3_FRAMES, &[BadFrames])
            .keeps(MP3, &lost(30, 1)),
        case("mp3-hole", "ten frames overwritten by zeros", patched(MP3, place(30), &[0; 10 * MP3_FRAME]))
            .gives(MP3_FRAMES, &[BadFrames])
            .keeps(MP3, &[(0, 0, audio(30))]),
        case("mp3-frame-lost", "frame 30 is missing", removed(MP3, place(30), MP3_FRAME))
            .gives(MP3_FRAMES + MP3_PADDING - MP3_FRAME_FRAMES, &[BadFrames, Truncated])
            .keeps(MP3, &[(0, 0, audio(30)), (audio(33), audio(34), MP3_FRAMES - audio(34))]),
        case("mp3-side-info", "impossible side information in frame 30", patched(MP3, place(30) + 4, &[0xFF; 9]))
            .gives(MP3_FRAMES, &[BadFrames])
            .keeps(MP3, &lost(30, 1)),
        case("mp3-junk-between", "100 bytes of junk between two frames", inserted(MP3, place(30), &junk(11, 100)))
            .gives(MP3_FRAMES, &[JunkSkipped])
            .keeps(MP3, &all),
        case("mp3-junk-in-front", "1 000 bytes of junk in front", [&junk(12, 1_000)[..], MP3].concat())
            .gives(MP3_FRAMES, &[JunkSkipped])
            .keeps(MP3, &all),
        case("mp3-junk-behind", "700 bytes of junk behind", [MP3, &junk(13, 700)].concat())
            .gives(MP3_FRAMES, &[JunkSkipped])
            .keeps(MP3, &all)
            .strictly(None),
        case(
            "mp3-tags",
            "ID3 in front, ID3v1 behind: proper",
            [&id3(2_000, 2_000)[..], MP3, b"TAG", &[0; 125]].concat(),
        )
        .gives(MP3_FRAMES, &[])
        .keeps(MP3, &all),
        case("mp3-id3-lies", "ID3 tag that claims 500 000 bytes and has 100", [&id3(500_000, 100)[..], MP3].concat())
            .gives(MP3_FRAMES, &[BadSize, JunkSkipped])
            .keeps(MP3, &all),
        case("mp3-only-a-tag", "nothing but an ID3 tag", id3(300, 300))
            .refused(MalformedInput, "no complete MP3 frame"),
        case("mp3-count-large", "information frame that says 200 frames", patched(MP3, 13 + 8, &200_u32.to_be_bytes()))
            .gives(MP3_FRAMES + MP3_PADDING, &[Truncated])
            .keeps(MP3, &all),
        case("mp3-count-small", "information frame that says 50 frames", patched(MP3, 13 + 8, &50_u32.to_be_bytes()))
            .gives(MP3_FRAMES + MP3_PADDING, &[InconsistentHeader])
            .keeps(MP3, &all),
        case("mp3-other-rate", "goes on at another rate and with two channels", [MP3, &other_rate].concat())
            .gives(MP3_FRAMES + MP3_PADDING + 11_520, &[RateChanged, ChannelsChanged, InconsistentHeader]),
        case("mp3-rate-in-the-middle", "ten frames of another rate inside", inserted(MP3, place(50), &other_rate))
            .gives(MP3_FRAMES + MP3_PADDING + 11_520, &[RateChanged, ChannelsChanged, BadFrames, InconsistentHeader]),
    ]
}
