//! Metadata around the audio: recognised, measured and skipped, never stored.
//!
//! **Source**: ID3v2.4.0 structure §3.1 and §3.4 (header, footer, syncsafe size); ID3v1 (128 bytes, "TAG");
//! APEv2 specification (32-byte header and footer, little-endian size that leaves the header out).

/// What stands at a place where a frame was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    /// A tag of this many bytes.
    Skip(u64),
    /// It looks like a tag; this many bytes are needed to tell.
    NeedBytes(usize),
    /// No tag.
    None,
}

const ID3V2_HEADER_BYTES: u64 = 10;
const ID3V1_BYTES: u64 = 128;
const APE_MAGIC: &[u8] = b"APETAGEX";
/// The most bytes that [`tag_at`] needs to decide.
pub(crate) const TAG_HEADER_BYTES: usize = APE_HEADER_BYTES;
const APE_HEADER_BYTES: usize = 32;

/// Looks at the start of `bytes`.
pub(crate) fn tag_at(bytes: &[u8]) -> Tag {
    match bytes {
        [b'I', b'D', b'3', rest @ ..] => id3v2(rest),
        [b'T', b'A', b'G', ..] => Tag::Skip(ID3V1_BYTES),
        _ if bytes.starts_with(APE_MAGIC) => ape(bytes),
        [] => Tag::None,
        _ if b"ID3".starts_with(bytes) || b"TAG".starts_with(bytes) || APE_MAGIC.starts_with(bytes) => {
            Tag::NeedBytes(APE_MAGIC.len())
        }
        _ => Tag::None,
    }
}

/// After "ID3": two version bytes below 0xFF, flags, four bytes of seven bits each.
fn id3v2(rest: &[u8]) -> Tag {
    let &[major, minor, flags, a, b, c, d, ..] = rest else {
        return Tag::NeedBytes(ID3V2_HEADER_BYTES as usize);
    };
    let size = [a, b, c, d];
    if major == 0xFF || minor == 0xFF || size.iter().any(|byte| byte & 0x80 != 0) {
        return Tag::None;
    }
    let body = size.iter().fold(0u64, |sum, &byte| sum << 7 | u64::from(byte));
    let footer = if flags & 0x10 != 0 { ID3V2_HEADER_BYTES } else { 0 };
    Tag::Skip(ID3V2_HEADER_BYTES + body + footer)
}

fn ape(bytes: &[u8]) -> Tag {
    let Some(header) = bytes.get(..APE_HEADER_BYTES) else {
        return Tag::NeedBytes(APE_HEADER_BYTES);
    };
    let size = u32::from_le_bytes([header[12], header[13], header[14], header[15]]);
    let flags = u32::from_le_bytes([header[20], header[21], header[22], header[23]]);
    // Bit 29 tells the header from the footer; a footer met first has no items behind it.
    let is_header = flags & 1 << 29 != 0;
    Tag::Skip(APE_HEADER_BYTES as u64 + if is_header { u64::from(size) } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_of_each_kind() {
        assert_eq!(tag_at(b"ID3\x04\x00\x00\x00\x00\x02\x01rest"), Tag::Skip(10 + 257));
        assert_eq!(tag_at(b"ID3\x04\x00\x10\x00\x00\x00\x05"), Tag::Skip(25));
        assert_eq!(tag_at(b"ID3\x04\x00\x00\x00\x00\x80\x01"), Tag::None);
        assert_eq!(tag_at(b"ID3\x04"), Tag::NeedBytes(10));
        assert_eq!(tag_at(b"TAG"), Tag::Skip(128));
        assert_eq!(tag_at(b"I"), Tag::NeedBytes(8));
        assert_eq!(tag_at(b"APETA"), Tag::NeedBytes(8));
        assert_eq!(tag_at(b"APEX"), Tag::None);
        assert_eq!(tag_at(b""), Tag::None);
        assert_eq!(tag_at(b"APETAGEX"), Tag::NeedBytes(32));
        let mut ape = *b"APETAGEX\xd0\x07\0\0\x64\0\0\0\x01\0\0\0\0\0\0\xa0\0\0\0\0\0\0\0\0";
        assert_eq!(tag_at(&ape), Tag::Skip(132));
        ape[23] = 0x80;
        assert_eq!(tag_at(&ape), Tag::Skip(32));
        assert_eq!(tag_at(b"\xff\xfb\x90\x64"), Tag::None);
    }
}
