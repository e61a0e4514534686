//! MP3 where something else was announced.

use super::header::FrameHeader;
use super::side_info;
use super::tags::{Tag, tag_at};

/// Frames that have to follow each other, and as few as do when the audio ends before.
///
/// Each header but the first has 17 bits that are given by the one before: the sync word, version, layer and sampling
/// frequency. In random bytes eight of them in a row, at the places where their own bit rates lead, are met once in 2^119
/// files, four once in 2^51 (and the audio must then end there). The least favourable sound is µ-law of near silence,
/// whose bytes crowd around 0xFF: there a header is met once in 2^11 places, and eight of them once in 2^77 files. What
/// repeats itself exactly, such as a tone, could meet one with each of its periods: hence frames that are all alike are
/// not taken unless they are silent ones, which hold nothing but zeros behind the header. On top the side information of
/// every frame must be possible.
const FRAMES: usize = 8;
const FEWEST_FRAMES: usize = 4;
/// A tag in front of the frames is passed over up to this size.
const TAG_BYTES: u64 = 64 * 1024;

/// What audio begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Mp3,
    Other,
    /// More bytes are needed.
    Open,
}

/// Judges the beginning of audio that should be something else than MP3; `over`: there is no more of it.
///
/// Ordinary audio is recognised by its first bytes, so that nothing waits for more of it.
pub(crate) fn judge(bytes: &[u8], over: bool) -> Verdict {
    let open = if over { Verdict::Other } else { Verdict::Open };
    let start = match tag_at(bytes) {
        Tag::Skip(tag) if bytes.starts_with(b"ID3") && tag <= TAG_BYTES => tag as usize,
        Tag::NeedBytes(_) => return open,
        _ => 0,
    };
    let Some(first) = FrameHeader::parse_at(bytes, start) else {
        return if bytes.len() < start + FrameHeader::BYTES { open } else { Verdict::Other };
    };
    let mut frames = Vec::with_capacity(FRAMES);
    let mut place = start;
    while frames.len() < FRAMES {
        let header = match FrameHeader::parse_at(bytes, place) {
            Some(header) if first.same_stream(header) && header.layer == 3 => header,
            Some(_) => return Verdict::Other,
            None if place.saturating_add(FrameHeader::BYTES) <= bytes.len() => return Verdict::Other,
            None if over => break,
            None => return Verdict::Open,
        };
        // Free format has no lengths to follow.
        let Some(size) = header.frame_bytes() else { return Verdict::Other };
        let Some(frame) = bytes.get(place..place + size) else {
            if over {
                break;
            }
            return Verdict::Open;
        };
        if side_info::parse(frame, header).is_none() {
            return Verdict::Other;
        }
        frames.push(frame);
        place += size;
    }
    let bodies: Vec<&[u8]> = frames.iter().filter_map(|frame: &&[u8]| frame.get(FrameHeader::BYTES..)).collect();
    let alike = bodies.windows(2).all(|pair| pair[0] == pair[1]);
    let silent = bodies.iter().all(|body| body.iter().all(|&byte| byte == 0));
    if frames.len() >= FEWEST_FRAMES && (!alike || silent) { Verdict::Mp3 } else { Verdict::Other }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(fill: u8) -> Vec<u8> {
        let mut frame = vec![0; 417];
        frame[..4].copy_from_slice(&[0xFF, 0xFB, 0x90, 0x64]);
        frame[36..].fill(fill);
        frame
    }

    #[test]
    fn frames_that_differ_are_mp3_and_a_tone_that_looks_like_them_is_not() {
        let music: Vec<u8> = (1..=9).flat_map(frame).collect();
        assert_eq!(judge(&music, false), Verdict::Mp3);
        for cut in 0..8 * 417 {
            assert_eq!(judge(&music[..cut], false), Verdict::Open, "{cut}");
            let want = if cut < 4 * 417 { Verdict::Other } else { Verdict::Mp3 };
            assert_eq!(judge(&music[..cut], true), want, "{cut}");
        }
        let tagged = [&b"ID3\x04\0\0\0\0\0\x05hello"[..], &music].concat();
        assert_eq!((judge(&tagged, false), judge(&tagged[..12], false)), (Verdict::Mp3, Verdict::Open));
        assert_eq!(judge(&frame(0).repeat(9), true), Verdict::Mp3);
        assert_eq!(judge(&frame(9).repeat(9), true), Verdict::Other);
        // 250 Hz at 48 kHz has a period of 192 samples, 384 bytes, the length of a frame of 128 kbit/s.
        let mut period = vec![0x33; 384];
        period[..4].copy_from_slice(&[0xFF, 0xFB, 0x94, 0xFB]);
        period[4..36].fill(0);
        assert_eq!(judge(&period.repeat(20), true), Verdict::Other);
        // Impossible side information, a wrong length, another layer.
        let mut wrong = music.clone();
        wrong[417 * 3 + 4..417 * 3 + 36].fill(0xFF);
        assert_eq!(judge(&wrong, true), Verdict::Other);
        wrong = music.clone();
        wrong.insert(2_000, 0);
        assert_eq!(judge(&wrong, true), Verdict::Other);
        assert_eq!(judge(&[0xFF, 0xFD, 0xA4, 0], false), Verdict::Other);
        assert_eq!(judge(b"RIFF", false), Verdict::Other);
    }
}
