//! Knowing the same bytes again without keeping them.

/// Bytes of the end of what was received that are asked for again with the rest. A server that has another file by now
/// gives itself away there even if it says nothing.
pub(super) const OVERLAP_BYTES: usize = 4096;

/// The last bytes that went by.
#[derive(Debug, Clone, Default)]
pub(super) struct Tail(Vec<u8>);

impl Tail {
    pub(super) fn new(bytes: &[u8]) -> Self {
        let mut tail = Self::default();
        tail.push(bytes);
        tail
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        let new = bytes.get(bytes.len().saturating_sub(OVERLAP_BYTES)..).unwrap_or_default();
        let surplus = (self.0.len() + new.len()).saturating_sub(OVERLAP_BYTES);
        self.0.drain(..surplus.min(self.0.len()));
        self.0.extend_from_slice(new);
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

/// A checksum of everything that went by: FNV-1a, 64 bits.
///
/// **Source**: Fowler, Noll, Vo, draft-eastlake-fnv, section 5 (offset basis and prime). It tells accidents, not
/// attacks: whoever could forge the second half of a file could forge the first as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Checksum(u64);

impl Default for Checksum {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Checksum {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        const PRIME: u64 = 0x0000_0100_0000_01b3;
        self.0 = bytes.iter().fold(self.0, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(PRIME));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_checksum_is_the_published_one() {
        let sum = |bytes: &[u8]| {
            let mut sum = Checksum::default();
            sum.push(bytes);
            sum.0
        };
        // Test vectors of draft-eastlake-fnv, appendix.
        assert_eq!(sum(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(sum(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(sum(b"foobar"), 0x8594_4171_f739_67e8);
    }

    proptest! {
        #[test]
        fn the_tail_is_the_end_whatever_the_pieces(lengths in prop::collection::vec(0_usize..6000, 0..6)) {
            let (mut all, mut tail) = (Vec::new(), Tail::default());
            for (i, length) in lengths.into_iter().enumerate() {
                let piece: Vec<u8> = (0..length).map(|k| (k * 31 + i * 7) as u8).collect();
                all.extend_from_slice(&piece);
                tail.push(&piece);
                prop_assert_eq!(tail.bytes(), &all[all.len().saturating_sub(OVERLAP_BYTES)..]);
            }
            let whole = Tail::new(&all);
            prop_assert_eq!(whole.bytes(), tail.bytes());
        }
    }
}
