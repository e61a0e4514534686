//! Sizes beyond 32 bits.
//!
//! **Source**: EBU Tech 3306 v1.1 (2009), "RF64: An extended file format for audio", and ITU-R BS.2088-1, which calls it
//! BW64: a `ds64` chunk in front of all others holds the sizes whose 32 bits elsewhere are all set.

use super::chunks::Id;

/// Bytes in front of the table: three sizes and the length of the table.
const FIXED_BYTES: usize = 28;
/// Bytes of an entry: an id and a size.
const ENTRY_BYTES: usize = 12;
/// Entries that are kept. Writers make none: only `data` is ever that large.
const MAX_ENTRIES: usize = 32;

/// The `ds64` chunk.
#[derive(Debug, PartialEq)]
pub(super) struct Sizes64 {
    /// Size of the RIFF form.
    pub(super) riff: u64,
    /// Frames, or 0 when that is not stated.
    pub(super) frames: u64,
    data: u64,
    table: Vec<(Id, u64)>,
}

impl Sizes64 {
    /// Bytes of the chunk that are looked at.
    pub(super) const MOST_BYTES: usize = FIXED_BYTES + MAX_ENTRIES * ENTRY_BYTES;

    /// Reads the chunk's first bytes; `None` when they are too few.
    pub(super) fn read(chunk: &[u8]) -> Option<Self> {
        let (fixed, table) = chunk.split_at_checked(FIXED_BYTES)?;
        let number = |at: usize| fixed.get(at..).and_then(|b| b.first_chunk()).copied().map(u64::from_le_bytes);
        let count = fixed.last_chunk().copied().map(u32::from_le_bytes)?;
        let entries = table.as_chunks::<ENTRY_BYTES>().0.iter().take(usize::try_from(count).unwrap_or(usize::MAX));
        let entry = |&[a, b, c, d, size @ ..]: &[u8; ENTRY_BYTES]| ([a, b, c, d], u64::from_le_bytes(size));
        Some(Self { riff: number(0)?, data: number(8)?, frames: number(16)?, table: entries.map(entry).collect() })
    }

    /// The size of a chunk whose header refers to this one; `None` when it was never filled in.
    pub(super) fn of(&self, id: Id) -> Option<u64> {
        let size = match &id {
            b"data" => self.data,
            _ => self.table.iter().find(|(known, _)| *known == id)?.1,
        };
        (size > 0).then_some(size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_table() {
        let mut chunk = Vec::new();
        for number in [5_000_000_100u64, 5_000_000_000, 77] {
            chunk.extend(number.to_le_bytes());
        }
        chunk.extend(2u32.to_le_bytes());
        chunk.extend(b"bext\x01\0\0\0\x01\0\0\0");
        chunk.extend(b"LIST\x02\0\0\0\0\0\0\0");
        chunk.extend(b"none\x03\0\0\0\0\0\0\0");
        let sizes = Sizes64::read(&chunk).unwrap();
        assert_eq!((sizes.riff, sizes.frames), (5_000_000_100, 77));
        let of = |id| sizes.of(id);
        assert_eq!(
            [of(*b"data"), of(*b"bext"), of(*b"LIST"), of(*b"none")],
            [Some(5_000_000_000), Some((1 << 32) + 1), Some(2), None]
        );
        assert_eq!(Sizes64::read(&chunk[..27]), None);
        // A table that says more than is there.
        chunk[24..28].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(Sizes64::read(&chunk[..45]).unwrap().table.len(), 1);
        assert_eq!(Sizes64::read(&[0; 28]).unwrap().of(*b"data"), None);
    }
}
