//! Files that went through a transfer in text mode: each line feed became a carriage return and a line feed.

/// So few line feeds may all stand behind a carriage return by chance: once in 2^64 files when it is 8 of them.
const FEWEST: u64 = 8;

/// Counts line feeds until one is met that stands alone, which in ordinary audio is after some hundred bytes.
#[derive(Debug, Default)]
pub(super) struct LineFeeds {
    behind_return: u64,
    alone: bool,
    /// The last byte was a carriage return.
    after_return: bool,
}

impl LineFeeds {
    /// Sees the next bytes of the file.
    pub(super) fn see(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let (false, Some(at)) = (self.alone, rest.iter().position(|&byte| byte == b'\n')) {
            let before = at.checked_sub(1).and_then(|at| rest.get(at));
            match before.map_or(self.after_return, |&byte| byte == b'\r') {
                true => self.behind_return += 1,
                false => self.alone = true,
            }
            rest = rest.get(at + 1..).unwrap_or_default();
            self.after_return = false;
        }
        if let Some(&last) = rest.last() {
            self.after_return = last == b'\r';
        }
    }

    /// How many were put in, when they are the `surplus` bytes that the file has beyond the size that it states.
    pub(super) fn explain(&self, surplus: u64) -> Option<u64> {
        // The pad byte may or may not be counted.
        let fits = !self.alone && self.behind_return >= FEWEST && surplus.abs_diff(self.behind_return) <= 1;
        fits.then_some(self.behind_return)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_does_not_depend_on_the_pieces() {
        let bytes = b"a\r\nb\r\r\n\r\n\r\n\r\n\r\nlong\r\n\r\n".repeat(3);
        for piece in 1..bytes.len() {
            let mut feeds = LineFeeds::default();
            bytes.chunks(piece).for_each(|piece| feeds.see(piece));
            assert_eq!(
                (feeds.explain(24), feeds.explain(25), feeds.explain(26)),
                (Some(24), Some(24), None),
                "{piece}"
            );
            feeds.see(b"\n");
            assert_eq!(feeds.explain(24), None);
        }
    }
}
