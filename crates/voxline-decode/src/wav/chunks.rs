//! What RIFF chunks look like, for files that do not say the truth about where they are.
//!
//! **Source**: Microsoft and IBM, "Multimedia Programming Interface and Data Specifications 1.0" (1991), chapter 2:
//! a chunk is an id of four ASCII characters, a little-endian size and that many bytes, padded to an even number.

/// Bytes of a chunk's id and size.
pub(super) const HEADER_BYTES: usize = 8;

/// Four characters that name a chunk.
pub(super) type Id = [u8; 4];

/// Ids met in WAV files. They are trusted where other printable ids could be audio by chance.
const KNOWN: &[&Id] = &[
    b"LIST", b"fact", b"bext", b"JUNK", b"junk", b"Junk", b"PAD ", b"FLLR", b"cue ", b"plst", b"labl", b"note",
    b"smpl", b"inst", b"PEAK", b"DISP", b"iXML", b"axml", b"_PMX", b"XMP ", b"id3 ", b"ID3 ", b"cart", b"chna",
    b"levl", b"link", b"umid", b"MD5 ", b"acid", b"strc", b"afsp", b"minf", b"elm1", b"regn", b"ovwf", b"SAUR",
    b"LGWV", b"AFAn", b"dbmd", b"ds64", b"r64m", b"data", b"fmt ",
];

/// An id and a size as they stand in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ChunkHeader {
    pub(super) id: Id,
    pub(super) size: u32,
}

impl ChunkHeader {
    pub(super) fn read(bytes: &[u8], is_big_endian: bool) -> Option<Self> {
        let &[a, b, c, d, size @ ..] = bytes.first_chunk::<HEADER_BYTES>()?;
        let size = if is_big_endian { u32::from_be_bytes(size) } else { u32::from_le_bytes(size) };
        Some(Self { id: [a, b, c, d], size })
    }
}

/// Whether an id is known in WAV files.
pub(super) fn is_known(id: Id) -> bool {
    KNOWN.iter().any(|known| **known == id)
}

/// Whether an id consists of printable ASCII, as ids must.
pub(super) fn is_printable(id: Id) -> bool {
    id.iter().all(|byte| (0x20..0x7F).contains(byte))
}

/// An id for a message.
pub(super) fn show(id: Id) -> String {
    format!("\"{}\"", id.escape_ascii())
}

/// Whether bytes at offset `at` start a chunk, where audio or junk may stand instead: the id is known, or it is
/// printable and the chunk fits into the RIFF form.
pub(super) fn starts_chunk(bytes: &[u8], is_big_endian: bool, at: u64, riff_end: Option<u64>) -> bool {
    ChunkHeader::read(bytes, is_big_endian).is_some_and(|header| {
        let end = at.saturating_add(HEADER_BYTES as u64).saturating_add(u64::from(header.size));
        // One byte of grace: writers disagree on whether the RIFF size counts the last pad byte.
        is_known(header.id)
            || is_printable(header.id) && riff_end.is_some_and(|riff_end| end <= riff_end.saturating_add(1))
    })
}

/// 1 when the first of these bytes is the pad byte of an odd chunk, 0 when the writer forgot it and the next chunk
/// starts at once.
pub(super) fn pad_bytes(bytes: &[u8]) -> usize {
    let id_at = |offset: usize| bytes.get(offset..).and_then(|rest| rest.first_chunk::<4>()).copied();
    let known = |offset| id_at(offset).is_some_and(is_known);
    let forgotten = !known(1) && (known(0) || id_at(0).is_some_and(is_printable));
    usize::from(!bytes.is_empty() && !forgotten)
}

/// The size that a writer puts where it could not come back to fill it in; the audio goes on to the end of the input.
///
/// Zero is not among them: an empty file has it too. The ranges hold what is found in streamed files: 0xFFFFFFFF
/// (ffmpeg), 0x7FFFF000 (sox), 0x7FFFFFFF (lame), 0x7FFF0000 (GStreamer) and these plus or minus a header.
pub(crate) fn is_placeholder(size: u32) -> bool {
    matches!(size, 0x7FFF_0000..=0x8000_00FF | 0xFFFF_0000..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pad_byte_is_told_from_a_chunk_id() {
        for (bytes, want) in [
            (&b"\0LIST\x04\0\0\0"[..], 1),
            (b"LIST\x04\0\0\0I", 0),
            (b"xLIST\x04\0\0\0", 1),
            (b"abcd\x04\0\0\0I", 0),
            (b"\0abcd\x04\0\0\0", 1),
            (b"\0", 1),
            (b"", 0),
        ] {
            assert_eq!(pad_bytes(bytes), want, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn chance_ids_must_fit_and_known_ones_need_not() {
        assert!(starts_chunk(b"UUUU\x10\0\0\0", false, 100, Some(124)));
        assert!(starts_chunk(b"UUUU\x10\0\0\0", false, 100, Some(123)));
        assert!(!starts_chunk(b"UUUU\x10\0\0\0", false, 100, Some(122)));
        assert!(!starts_chunk(b"UUUU\x10\0\0\0", false, 100, None));
        assert!(starts_chunk(b"LIST\xFF\xFF\xFF\x7F", false, 100, None));
        assert!(!starts_chunk(b"\0\0\0\0\0\0\0\0", false, 0, Some(1_000)));
    }
}
