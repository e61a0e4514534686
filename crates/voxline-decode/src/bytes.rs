//! A queue of bytes that have not been looked at yet.

/// Bytes pushed and not yet consumed, in one piece, and how many went before.
#[derive(Debug, Default)]
pub(crate) struct ByteQueue {
    bytes: Vec<u8>,
    head: usize,
    position: u64,
}

/// An empty queue gives its memory back above this size, so that one large push does not stay for ever.
const KEPT_BYTES: usize = 1 << 20;

impl ByteQueue {
    /// Appends bytes.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        // Moving the rest to the front only when it is no longer than what was consumed keeps the whole linear.
        if self.head >= self.len() {
            self.bytes.drain(..self.head);
            self.head = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// Everything that waits.
    pub(crate) fn peek(&self) -> &[u8] {
        self.bytes.get(self.head..).unwrap_or_default()
    }

    /// The number of bytes that wait.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len() - self.head
    }

    /// Drops at most `count` bytes from the front and says how many there were.
    pub(crate) fn consume(&mut self, count: usize) -> usize {
        let count = count.min(self.len());
        self.head += count;
        self.position = self.position.saturating_add(count as u64);
        if self.len() == 0 {
            self.head = 0;
            self.bytes.clear();
            if self.bytes.capacity() > KEPT_BYTES {
                self.bytes = Vec::new();
            }
        }
        count
    }

    /// Counts bytes that went past an empty queue.
    pub(crate) fn pass(&mut self, count: usize) {
        self.position = self.position.saturating_add(count as u64);
    }

    /// Bytes consumed so far: the offset of the front in the input.
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// Offset of the byte after the last one pushed.
    pub(crate) fn end_position(&self) -> u64 {
        self.position.saturating_add(self.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_out_in_order_whatever_the_pieces() {
        let input: Vec<u8> = (0..=255).cycle().take(5_000).collect();
        for (push, consume) in [(1, 1), (7, 3), (3, 7), (1_000, 999), (13, 0)] {
            let (mut queue, mut output) = (ByteQueue::default(), Vec::new());
            for piece in input.chunks(push) {
                queue.push(piece);
                let n = consume.min(queue.len());
                output.extend_from_slice(&queue.peek()[..n]);
                assert_eq!(queue.consume(consume), n);
            }
            output.extend_from_slice(queue.peek());
            assert_eq!(output, input, "{push} {consume}");
            assert_eq!(queue.end_position(), 5_000);
        }
    }

    #[test]
    fn memory_follows_what_waits_and_not_what_went_through() {
        let mut queue = ByteQueue::default();
        for _ in 0..10_000 {
            queue.push(&[0; 1_000]);
            queue.consume(990);
            if queue.len() > 2_000 {
                queue.consume(usize::MAX);
            }
        }
        assert!(queue.bytes.capacity() < 16_000, "{}", queue.bytes.capacity());
    }
}
