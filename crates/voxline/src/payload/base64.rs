//! Base64 piece by piece.

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Bytes encoded at a time: a multiple of three, so that only the last piece is padded.
const PIECE_BYTES: usize = 3 * 1024;

/// Length of the base64 text of `bytes` bytes, padding included.
///
/// ```
/// assert_eq!(voxline::payload::base64_len(4), 8);
/// ```
pub fn base64_len(bytes: u64) -> u64 {
    bytes.div_ceil(3).saturating_mul(4)
}

/// `data` as base64 text; `is_base64`: it is that already.
pub(crate) fn base64_text(data: &[u8], is_base64: bool) -> String {
    if is_base64 {
        return String::from_utf8_lossy(data).into_owned();
    }
    let mut text = Vec::with_capacity(base64_len(data.len() as u64) as usize);
    let mut encoder = Base64Encoder::new();
    encoder.push(data, &mut text);
    encoder.finish(&mut text);
    // Base64 is ASCII.
    String::from_utf8(text).unwrap_or_default()
}

/// Streaming base64: standard alphabet, padded, no line breaks, the same text for any cutting of the input.
///
/// **Source**: RFC 4648 §4. **Allocation**: growth of the output only.
///
/// ```
/// use voxline::payload::Base64Encoder;
/// let mut encoder = Base64Encoder::new();
/// let mut text = Vec::new();
/// encoder.push(b"fo", &mut text);
/// encoder.push(b"ob", &mut text);
/// encoder.finish(&mut text);
/// assert_eq!(text, b"Zm9vYg==");
/// ```
#[derive(Debug, Clone, Default)]
pub struct Base64Encoder {
    /// Up to two bytes that do not fill a group yet.
    carried: [u8; 2],
    carried_len: usize,
}

impl Base64Encoder {
    /// A fresh encoder.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends the text of all whole groups of three bytes to `out` and carries the rest.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let mut rest = bytes;
        if self.carried_len > 0 {
            let wanted = 3 - self.carried_len;
            if rest.len() < wanted {
                self.carry(rest);
                return;
            }
            let mut group = [0; 3];
            group[..self.carried_len].copy_from_slice(&self.carried[..self.carried_len]);
            group[self.carried_len..].copy_from_slice(&rest[..wanted]);
            append(&group, out);
            self.carried_len = 0;
            rest = &rest[wanted..];
        }
        let (groups, tail) = rest.split_at(rest.len() - rest.len() % 3);
        append(groups, out);
        self.carry(tail);
    }

    /// Appends the last group, padded, and starts anew.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        append(&self.carried[..self.carried_len], out);
        self.carried_len = 0;
    }

    fn carry(&mut self, bytes: &[u8]) {
        self.carried[self.carried_len..self.carried_len + bytes.len()].copy_from_slice(bytes);
        self.carried_len += bytes.len();
    }
}

/// Appends the text of `bytes`, which only the last call of a stream may leave incomplete.
fn append(bytes: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    out.resize(start + bytes.len().div_ceil(3) * 4, 0);
    let written = STANDARD.encode_slice(bytes, &mut out[start..]);
    debug_assert_eq!(written.ok(), Some(out.len() - start), "the buffer was sized for this text");
}

/// [`Base64Encoder`] as a writer: what is written goes on to `inner` as text.
///
/// [`finish`](Self::finish) writes the padding; a writer that is dropped without it leaves up to two bytes out.
///
/// ```
/// use std::io::Write;
/// let mut writer = voxline::payload::Base64Writer::new(Vec::new());
/// writer.write_all(b"foob")?;
/// assert_eq!(writer.finish()?, b"Zm9vYg==");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Base64Writer<W: Write> {
    inner: W,
    encoder: Base64Encoder,
    text: Vec<u8>,
}

impl<W: Write> Base64Writer<W> {
    /// Text goes to `inner`.
    pub fn new(inner: W) -> Self {
        Self { inner, encoder: Base64Encoder::new(), text: Vec::with_capacity(PIECE_BYTES / 3 * 4 + 4) }
    }

    /// Writes the rest with its padding, flushes, and gives `inner` back.
    pub fn finish(mut self) -> io::Result<W> {
        self.text.clear();
        self.encoder.finish(&mut self.text);
        self.inner.write_all(&self.text)?;
        self.inner.flush()?;
        Ok(self.inner)
    }
}

impl<W: Write> Write for Base64Writer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // One bounded piece a call; `write_all` comes back for the rest. If `inner` fails, the piece counts as written:
        // part of its text may be out, and writing it again would put it there twice.
        let piece = &bytes[..bytes.len().min(PIECE_BYTES)];
        self.text.clear();
        self.encoder.push(piece, &mut self.text);
        self.inner.write_all(&self.text)?;
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn encode(pieces: &[&[u8]]) -> String {
        let mut encoder = Base64Encoder::new();
        let mut out = Vec::new();
        for piece in pieces {
            encoder.push(piece, &mut out);
        }
        encoder.finish(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn rfc_4648_vectors() {
        // RFC 4648 §10.
        let vectors = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ];
        for (plain, text) in vectors {
            assert_eq!(encode(&[plain.as_bytes()]), text);
            let single: Vec<&[u8]> = plain.as_bytes().chunks(1).collect();
            assert_eq!(encode(&single), text);
            assert_eq!(base64_len(plain.len() as u64), text.len() as u64);
        }
    }

    #[test]
    fn finish_starts_anew() {
        let mut encoder = Base64Encoder::new();
        let mut out = Vec::new();
        encoder.push(b"f", &mut out);
        encoder.finish(&mut out);
        encoder.push(b"foo", &mut out);
        encoder.finish(&mut out);
        assert_eq!(out, b"Zg==Zm9v");
    }

    #[test]
    fn a_failing_writer_reports_its_error() {
        #[derive(Debug)]
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::StorageFull.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        assert_eq!(Base64Writer::new(Full).write(b"foo").unwrap_err().kind(), io::ErrorKind::StorageFull);
        let mut writer = Base64Writer::new(Full);
        writer.write_all(b"fo").unwrap();
        assert_eq!(writer.finish().unwrap_err().kind(), io::ErrorKind::StorageFull);
    }

    proptest! {
        #[test]
        fn any_cutting_gives_the_text_of_the_whole(bytes: Vec<u8>, cuts: Vec<usize>) {
            let mut places: Vec<usize> = cuts.iter().map(|cut| cut % (bytes.len() + 1)).collect();
            places.extend([0, bytes.len()]);
            places.sort_unstable();
            let pieces: Vec<&[u8]> = places.windows(2).map(|w| &bytes[w[0]..w[1]]).collect();
            let text = encode(&pieces);
            prop_assert_eq!(&text, &STANDARD.encode(&bytes));
            let mut writer = Base64Writer::new(Vec::new());
            for piece in pieces {
                writer.write_all(piece).unwrap();
            }
            prop_assert_eq!(writer.finish().unwrap(), text.into_bytes());
        }
    }
}
