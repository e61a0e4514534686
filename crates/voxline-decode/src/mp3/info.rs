//! The information frame that encoders put first: Xing/Info with LAME's extension, and VBRI.
//!
//! **Source**: "Mp3 Info Tag rev 1 specifications" (LAME project, gabriel.mp3-tech.org); Xing VBR header SDK notes;
//! VBRI layout from "MPEG Audio Frame Header" (Konrad Windszus, codeproject). Delay and padding are 12 bits each, in
//! samples, at byte 21 of LAME's extension.

use super::header::FrameHeader;

/// What the information frame says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct InfoFrame {
    /// Coded frames in the stream, the information frame not counted.
    pub(crate) frames: Option<u64>,
    /// Samples that the encoder put before and after the audio.
    pub(crate) delay_padding: Option<(u32, u32)>,
}

const XING_HAS_FRAMES: u32 = 1;
const XING_HAS_BYTES: u32 = 2;
const XING_HAS_TOC: u32 = 4;
const XING_HAS_QUALITY: u32 = 8;
const TOC_BYTES: usize = 100;
/// VBRI stands at a fixed place, whatever the side information.
const VBRI_OFFSET: usize = 36;

/// Reads the information frame; `None` when `frame` is ordinary audio.
pub(crate) fn parse(frame: &[u8], header: FrameHeader) -> Option<InfoFrame> {
    let after_side_info = FrameHeader::BYTES + header.side_info_bytes();
    // Encoders disagree on whether a CRC moves the tag.
    [after_side_info, after_side_info + 2]
        .into_iter()
        .find_map(|offset| xing(frame.get(offset..)?))
        .or_else(|| vbri(frame.get(VBRI_OFFSET..)?))
}

fn xing(tag: &[u8]) -> Option<InfoFrame> {
    let body = tag.strip_prefix(b"Xing").or_else(|| tag.strip_prefix(b"Info"))?;
    let flags = be32(body, 0)?;
    let mut place = 4;
    let mut frames = None;
    if flags & XING_HAS_FRAMES != 0 {
        frames = be32(body, place).map(u64::from).filter(|&n| n > 0);
        place += 4;
    }
    if flags & XING_HAS_BYTES != 0 {
        place += 4;
    }
    if flags & XING_HAS_TOC != 0 {
        place += TOC_BYTES;
    }
    if flags & XING_HAS_QUALITY != 0 {
        place += 4;
    }
    Some(InfoFrame { frames, delay_padding: body.get(place..).and_then(lame) })
}

/// LAME's extension, also written by others ("Lavf", "Lavc", "GOGO"): it counts only with an encoder's name.
fn lame(extension: &[u8]) -> Option<(u32, u32)> {
    let bytes = extension.get(..24)?;
    if !bytes[..4].iter().all(u8::is_ascii_alphanumeric) {
        return None;
    }
    let delay = u32::from(bytes[21]) << 4 | u32::from(bytes[22] >> 4);
    let padding = u32::from(bytes[22] & 0x0F) << 8 | u32::from(bytes[23]);
    (delay != 0 || padding != 0).then_some((delay, padding))
}

/// Version, delay and quality (two bytes each), bytes (four), frames (four). Its delay is not in samples in the files
/// seen, so that it is not used.
fn vbri(tag: &[u8]) -> Option<InfoFrame> {
    let body = tag.strip_prefix(b"VBRI")?;
    let frames = be32(body, 10).map(u64::from).filter(|&n| n > 0);
    Some(InfoFrame { frames, delay_padding: None })
}

fn be32(bytes: &[u8], offset: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(offset..)?.first_chunk::<4>()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(offset: usize, tag: &[u8]) -> Vec<u8> {
        let mut frame = vec![0; 417];
        frame[..4].copy_from_slice(&[0xFF, 0xFB, 0x90, 0x64]);
        frame[offset..offset + tag.len()].copy_from_slice(tag);
        frame
    }

    fn read(frame: &[u8]) -> Option<InfoFrame> {
        parse(frame, FrameHeader::parse_at(frame, 0).unwrap())
    }

    fn lame_tag(flags: u8, head: &[u8]) -> Vec<u8> {
        let mut tag = b"Info\0\0\0".to_vec();
        tag.push(flags);
        tag.extend_from_slice(head);
        tag.extend_from_slice(b"LAME3.100\0\0\0\0\0\0\0\0\0\0\0\0\x24\x05\x7c");
        tag
    }

    #[test]
    fn delay_and_padding_stand_behind_whatever_is_flagged() {
        let all = [vec![0, 0, 1, 2, 9, 9, 9, 9], vec![7; 100], vec![0, 0, 0, 50]].concat();
        let info = read(&frame(36, &lame_tag(15, &all))).unwrap();
        assert_eq!(info, InfoFrame { frames: Some(258), delay_padding: Some((576, 0x57c)) });
        let info = read(&frame(36, &lame_tag(0, &[]))).unwrap();
        assert_eq!(info, InfoFrame { frames: None, delay_padding: Some((576, 0x57c)) });
        // The same two bytes later, where a CRC moves it.
        assert!(read(&frame(38, &lame_tag(0, &[]))).is_some());
        assert!(read(&frame(37, &lame_tag(0, &[]))).is_none());
    }

    #[test]
    fn a_bare_xing_tag_has_no_delay() {
        assert_eq!(
            read(&frame(36, b"Xing\0\0\0\x01\0\0\0\x05")).unwrap(),
            InfoFrame { frames: Some(5), delay_padding: None }
        );
    }

    #[test]
    fn vbri_gives_the_frame_count() {
        let tag = b"VBRI\0\x01\x0d\xb1\0\x64\0\0\x10\0\0\0\x02\x01";
        assert_eq!(read(&frame(36, tag)).unwrap(), InfoFrame { frames: Some(513), delay_padding: None });
    }

    #[test]
    fn audio_and_cut_frames_are_no_information() {
        assert_eq!(read(&frame(36, b"")), None);
        let whole = frame(36, &lame_tag(1, &[0, 0, 0, 1]));
        for cut in 4..whole.len() {
            let header = FrameHeader::parse_at(&whole, 0).unwrap();
            let _ = parse(&whole[..cut], header);
        }
    }
}
