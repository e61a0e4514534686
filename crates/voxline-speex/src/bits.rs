//! Bits of a packet, most significant first.
//!
//! **Source**: the Speex manual; the filling of the last byte: libspeex 1.2.1, `speex_bits_insert_terminator`.

/// Reads fields of up to 24 bits.
///
/// Past the end it reads zeros: whoever needs to know asks [`remaining`](Self::remaining) first.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BitReader<'a> {
    bytes: &'a [u8],
    /// 64 bits wide, because a slice may have more bits than a `usize` counts.
    position: u64,
}

impl<'a> BitReader<'a> {
    /// From the first bit of `bytes` on.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    fn end(&self) -> u64 {
        self.bytes.len() as u64 * 8
    }

    /// Bits not read yet.
    pub(crate) fn remaining(&self) -> u64 {
        self.end() - self.position
    }

    /// The next `count` bits, at most 24, without reading them.
    pub(crate) fn peek(&self, count: u32) -> u32 {
        debug_assert!(count <= 24, "a field of {count} bits");
        let first = (self.position / 8) as usize;
        let window = match self.bytes.get(first..first + 4) {
            Some(&[a, b, c, d]) => u32::from_be_bytes([a, b, c, d]),
            _ => self.bytes[first..]
                .iter()
                .zip([24, 16, 8])
                .fold(0, |window, (&byte, shift)| window | u32::from(byte) << shift),
        };
        let aligned = window << (self.position % 8);
        // In two steps, because shifting by all 32 bits is not defined.
        (aligned >> 8) >> (24 - count)
    }

    /// Reads the next `count` bits, at most 24.
    pub(crate) fn take(&mut self, count: u32) -> u32 {
        let value = self.peek(count);
        self.skip(u64::from(count));
        value
    }

    /// Goes on `count` bits, at most to the end.
    pub(crate) fn skip(&mut self, count: u64) {
        self.position += count.min(self.remaining());
    }
}

/// Writes fields of up to 24 bits into a buffer of fixed size.
#[derive(Debug)]
pub(crate) struct BitWriter<'a> {
    bytes: &'a mut [u8],
    position: usize,
}

impl<'a> BitWriter<'a> {
    /// At the first bit of `bytes`, whose old contents do not matter.
    pub(crate) fn new(bytes: &'a mut [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    /// Bits written.
    #[cfg(test)]
    fn position(&self) -> usize {
        self.position
    }

    /// Writes the lowest `count` bits of `value`, at most 24. What does not fit is dropped: the caller brings a buffer
    /// for the whole packet.
    pub(crate) fn put(&mut self, value: u32, count: u32) {
        debug_assert!(count <= 24 && value >> count == 0, "{value} in {count} bits");
        let mut left = count;
        while left > 0 {
            let used = (self.position % 8) as u32;
            let now = left.min(8 - used);
            let Some(byte) = self.bytes.get_mut(self.position / 8) else { return };
            if used == 0 {
                *byte = 0;
            }
            let field = (value >> (left - now)) & ((1 << now) - 1);
            *byte |= (field << (8 - used - now)) as u8;
            self.position += now as usize;
            left -= now;
        }
    }

    /// Fills the last byte with a terminator (0, then ones) and says how many bytes the packet has.
    pub(crate) fn finish(mut self) -> usize {
        let used = (self.position % 8) as u32;
        if used > 0 {
            let free = 8 - used;
            self.put((1 << (free - 1)) - 1, free);
        }
        self.position / 8
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_first_bit_is_the_most_significant() {
        let mut bits = BitReader::new(&[0b1010_0000, 0xFF]);
        assert_eq!(bits.take(1), 1);
        assert_eq!(bits.take(2), 0b01);
        assert_eq!(bits.peek(6), 0b1);
        assert_eq!(bits.take(13), 0b00000_11111111);
        assert_eq!(bits.remaining(), 0);
    }

    #[test]
    fn past_the_end_there_are_zeros() {
        let mut bits = BitReader::new(&[0xFF]);
        bits.skip(4);
        assert_eq!(bits.take(7), 0b111_1000);
        assert_eq!(bits.remaining(), 0);
        bits.skip(u64::MAX);
        assert_eq!(bits.take(24), 0);
        assert_eq!(BitReader::new(&[]).take(5), 0);
    }

    #[test]
    fn the_last_byte_is_filled_with_zero_and_ones() {
        let mut bytes = [0xAA; 3];
        let mut bits = BitWriter::new(&mut bytes);
        bits.put(0b1_1111, 5);
        assert_eq!(bits.finish(), 1);
        assert_eq!(bytes, [0b1111_1011, 0xAA, 0xAA]);
        let mut bits = BitWriter::new(&mut bytes);
        bits.put(0, 7);
        assert_eq!(bits.finish(), 1);
        assert_eq!(bytes[0], 0);
        let mut bits = BitWriter::new(&mut bytes);
        bits.put(0xFFFF, 16);
        // Whole bytes get no terminator.
        assert_eq!(bits.finish(), 2);
        assert_eq!(bytes, [0xFF, 0xFF, 0xAA]);
    }

    #[test]
    fn a_full_buffer_takes_no_more() {
        let mut bytes = [0; 1];
        let mut bits = BitWriter::new(&mut bytes);
        bits.put(0x123, 12);
        assert_eq!(bits.position(), 8);
        assert_eq!(bits.finish(), 1);
        assert_eq!(bytes, [0x12]);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(fields in prop::collection::vec((0u32..=24, any::<u32>()), 0..60)) {
            let total: u32 = fields.iter().map(|&(count, _)| count).sum();
            let mut bytes = vec![0x55; total.div_ceil(8) as usize];
            let mut writer = BitWriter::new(&mut bytes);
            for &(count, value) in &fields {
                writer.put(value & ((1 << count) - 1), count);
            }
            prop_assert_eq!(writer.position(), total as usize);
            prop_assert_eq!(writer.finish(), total.div_ceil(8) as usize);
            let mut reader = BitReader::new(&bytes);
            for &(count, value) in &fields {
                prop_assert_eq!(reader.take(count), value & ((1 << count) - 1));
            }
            prop_assert_eq!(reader.remaining(), u64::from(total.next_multiple_of(8) - total));
        }
    }
}
