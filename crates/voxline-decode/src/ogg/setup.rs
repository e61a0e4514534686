//! What the code books of a Vorbis stream would take in memory, before they are believed.
//!
//! A few bytes can describe books of gigabytes; those of real encoders have less than a hundred thousand entries in all.
//!
//! **Source**: Vorbis I §3.2.1 (code books), §4.2.4 (setup header), §9.2.3 (`lookup1_values`).

/// Values of all books: 16 MiB.
const MAX_VALUES: u64 = 4 << 20;
/// Tables of codes: each is of 256 entries, in all 32 MiB.
const MAX_TABLES: u64 = 16 << 10;
/// Entries of a book, as symphonia has it.
const MAX_ENTRIES: u32 = 128 << 10;

/// Refuses a setup header whose books are too large.
pub(super) fn check(packet: &[u8]) -> Result<(), String> {
    let ends = || "the setup header ends within its code books".to_owned();
    // Behind the kind of packet and "vorbis".
    let mut bits = Bits { bytes: packet.get(7..).unwrap_or_default(), at: 0 };
    let count = bits.take(8).ok_or_else(ends)? + 1;
    let (mut values, mut tables) = (0u64, 0u64);
    for _ in 0..count {
        let book = read_book(&mut bits).ok_or_else(ends)?;
        values += book.values;
        tables += book.tables;
        if values > MAX_VALUES || tables > MAX_TABLES {
            return Err("the code books are larger than any encoder's".to_owned());
        }
    }
    Ok(())
}

struct Book {
    values: u64,
    tables: u64,
}

/// Reads a book and counts; what is wrong with it otherwise is the codec's business. `None`: the header ends.
fn read_book(bits: &mut Bits<'_>) -> Option<Book> {
    let (_sync, dimensions, entries) = (bits.take(24)?, bits.take(16)?, bits.take(24)?);
    if entries > MAX_ENTRIES {
        return Some(Book { values: u64::MAX / 512, tables: 0 });
    }
    // Codes that go on in a second, third and fourth table of eight bits.
    let mut longer = [0u64; 3];
    let mut count = |length: u32, codes: u32| {
        for (at, longer) in longer.iter_mut().enumerate() {
            if length > 8 * (at as u32 + 1) {
                *longer += u64::from(codes);
            }
        }
    };
    let ordered = bits.take(1)? == 1;
    if ordered {
        let (mut entry, mut length) = (0, bits.take(5)? + 1);
        while entry < entries {
            let width = u32::BITS - (entries - entry).leading_zeros();
            let codes = bits.take(width)?;
            count(length, codes);
            (entry, length) = (entry + codes, length + 1);
            // Longer codes do not exist, and too many entries are a fault that ends the book.
            if length > 64 || entry > entries {
                return Some(Book { values: 0, tables: 0 });
            }
        }
    } else {
        let sparse = bits.take(1)? == 1;
        for _ in 0..entries {
            if !sparse || bits.take(1)? == 1 {
                count(bits.take(5)? + 1, 1);
            }
        }
    }
    let kind = bits.take(4)?;
    let mut values = 0;
    if kind == 1 || kind == 2 {
        bits.skip(64)?;
        let width = bits.take(4)? + 1;
        bits.skip(1)?;
        let all = u64::from(entries) * u64::from(dimensions);
        let stored = if kind == 2 { all } else { lookup1_values(entries, dimensions) };
        bits.skip(stored.saturating_mul(u64::from(width)))?;
        values = all;
    }
    let tables = 1 + longer.iter().zip([1 << 8, 1 << 16, 1 << 24]).map(|(&codes, most)| codes.min(most)).sum::<u64>();
    Some(Book { values, tables })
}

/// The largest number whose power of `dimensions` is at most `entries`.
fn lookup1_values(entries: u32, dimensions: u32) -> u64 {
    let fits = |n: u64| n.checked_pow(dimensions).is_some_and(|power| power <= u64::from(entries));
    if dimensions == 0 {
        return 0;
    }
    // A first guess by floating point, then to the number.
    let mut n = f64::from(entries).powf(1.0 / f64::from(dimensions)) as u64;
    while n > 0 && !fits(n) {
        n -= 1;
    }
    while fits(n + 1) {
        n += 1;
    }
    n
}

/// Bits, the lowest of a byte first.
struct Bits<'a> {
    bytes: &'a [u8],
    at: u64,
}

impl Bits<'_> {
    fn take(&mut self, count: u32) -> Option<u32> {
        let mut value = 0;
        for bit in 0..count {
            let byte = *self.bytes.get(usize::try_from(self.at / 8).ok()?)?;
            value |= u32::from(byte >> (self.at % 8) & 1) << bit;
            self.at += 1;
        }
        Some(value)
    }

    fn skip(&mut self, count: u64) -> Option<()> {
        self.at = self.at.checked_add(count)?;
        (self.at <= 8 * self.bytes.len() as u64).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes fields of bits behind the packet's name.
    fn packet(fields: &[(u64, u32)]) -> Vec<u8> {
        let bits: Vec<bool> =
            fields.iter().flat_map(|&(value, count)| (0..count).map(move |n| value >> n & 1 == 1)).collect();
        let bytes = bits.chunks(8).map(|byte| byte.iter().rev().fold(0, |sum, &bit| sum << 1 | u8::from(bit)));
        b"\x05vorbis".iter().copied().chain(bytes).collect()
    }

    /// A book of 131 072 entries, all of 17 bits, with 32 dimensions of one value: a dozen bytes.
    const LARGE: &[(u64, u32)] = &[
        (0x56_4342, 24),
        (32, 16),
        (128 << 10, 24),
        (1, 1),
        (16, 5),
        (128 << 10, 18),
        (1, 4),
        (0, 64),
        (0, 4),
        (0, 1),
        (0, 1),
    ];

    #[test]
    fn large_books_are_refused() {
        let one = packet(&[&[(0, 8)], LARGE].concat());
        assert_eq!(check(&one), Err("the code books are larger than any encoder's".to_owned()));
        // The same with one dimension: values of 512 KiB, and tables that can be.
        let mut flat = LARGE.to_vec();
        flat[1] = (1, 16);
        flat.truncate(6);
        flat.push((0, 4));
        assert!(check(&packet(&[&[(0, 8)], &flat[..]].concat())).is_err());
        let small: &[(u64, u32)] = &[(0x56_4342, 24), (1, 16), (4, 24), (1, 1), (1, 5), (4, 3), (0, 4)];
        assert_eq!(check(&packet(&[&[(0, 8)], small].concat())), Ok(()));
        let (two, cut) =
            (packet(&[&[(1, 8)], small].concat()), "the setup header ends within its code books".to_owned());
        assert_eq!(check(&two), Err(cut));
    }

    #[test]
    fn roots() {
        for (entries, dimensions, want) in
            [(361, 2, 19), (560, 3, 8), (0, 1, 0), (1, 32, 1), (131_072, 17, 2), (5, 0, 0)]
        {
            assert_eq!(lookup1_values(entries, dimensions), want);
        }
    }
}
