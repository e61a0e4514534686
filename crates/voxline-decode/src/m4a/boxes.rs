//! The boxes of which an MP4 file is made.
//!
//! **Source**: ISO/IEC 14496-12 §4.2 (boxes).

/// Four characters that name a box.
pub(super) type Kind = [u8; 4];

/// A box's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BoxHeader {
    pub(super) kind: Kind,
    pub(super) header_bytes: usize,
    /// Bytes behind the header; `None`: up to the end of the file.
    pub(super) body_bytes: Option<u64>,
}

impl BoxHeader {
    /// The longest header: size, kind, size of 64 bits.
    pub(super) const MOST_BYTES: usize = 16;

    /// Reads a header. `None`: bytes are missing, or the size is smaller than the header.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let &[a, b, c, d, kind @ ..] = bytes.first_chunk::<8>()?;
        let (header_bytes, size) = match u32::from_be_bytes([a, b, c, d]) {
            0 => return Some(Self { kind, header_bytes: 8, body_bytes: None }),
            1 => (16, u64::from_be_bytes(*bytes.get(8..)?.first_chunk()?)),
            size => (8, u64::from(size)),
        };
        Some(Self { kind, header_bytes, body_bytes: Some(size.checked_sub(header_bytes as u64)?) })
    }
}

/// The boxes within one, as far as they are whole.
pub(super) fn children(mut bytes: &[u8]) -> impl Iterator<Item = (Kind, &[u8])> {
    std::iter::from_fn(move || {
        let header = BoxHeader::read(bytes)?;
        let rest = bytes.get(header.header_bytes..)?;
        let size = header.body_bytes.map_or(rest.len(), |size| usize::try_from(size).unwrap_or(usize::MAX));
        let (body, next) = rest.split_at_checked(size)?;
        bytes = next;
        Some((header.kind, body))
    })
}

/// The first box of a kind.
pub(super) fn find<'a>(bytes: &'a [u8], kind: &Kind) -> Option<&'a [u8]> {
    children(bytes).find(|(found, _)| found == kind).map(|(_, body)| body)
}

/// The box at the end of a path.
pub(super) fn find_path<'a>(bytes: &'a [u8], path: &[&Kind]) -> Option<&'a [u8]> {
    path.iter().try_fold(bytes, |bytes, kind| find(bytes, kind))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_be_bytes)
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().copied().map(u64::from_be_bytes)
}
