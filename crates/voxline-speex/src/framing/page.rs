//! Finding Ogg pages in bytes, whatever stands between them.

use ogg::reading::{OggPage, PageParser};

/// Bytes of a page header before its segment table (RFC 3533 §6).
const HEADER_BYTES: usize = 27;
const CAPTURE: &[u8; 4] = b"OggS";
/// Bytes of the longest page: header, 255 segments, 255 bytes in each.
const MAX_PAGE_BYTES: u64 = (HEADER_BYTES + 255 + 255 * 255) as u64;
/// Bytes of wrong pages that are checked for each byte of input: keeps the work linear when every few bytes look like
/// the start of a long page.
const CHECKED_PER_BYTE: u64 = 8;

/// The fields of a page header that matter here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PageFields {
    pub(super) serial: u32,
    pub(super) sequence: u32,
    /// `None`: no packet ends on this page.
    pub(super) granule: Option<u64>,
    pub(super) starts_stream: bool,
    pub(super) ends_stream: bool,
    /// Whether the page begins with the magic that was asked for.
    pub(super) has_magic: bool,
}

/// Pushed bytes, taken out page by page; only pages whose checksum is right come out.
#[derive(Debug, Default)]
pub(super) struct Pages {
    buffer: Vec<u8>,
    start: usize,
    /// Bytes of the input before `start`.
    position: u64,
    finished: bool,
    /// Where a page began whose end never came; nothing good was found since.
    cut_at: Option<u64>,
    /// Bytes of pages whose checksum was computed in vain.
    checked: u64,
    junk: u64,
    bad_pages: u64,
}

impl Pages {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        // Only when little is left to move, so that many small pushes behind a large one stay linear.
        if self.start >= self.buffer.len() / 2 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// No more bytes will come: a page that is not complete is none.
    pub(super) fn finish(&mut self) {
        self.finished = true;
    }

    /// Bytes that belong to no page.
    pub(super) fn junk_bytes(&self) -> u64 {
        self.junk.saturating_sub(self.cut_bytes())
    }

    /// Pages whose checksum was wrong.
    pub(super) fn bad_pages(&self) -> u64 {
        self.bad_pages
    }

    /// Bytes at the end that begin a page which is not complete; known once everything was taken.
    pub(super) fn cut_bytes(&self) -> u64 {
        self.cut_at.map_or(0, |at| self.position - at)
    }

    /// The next good page and whether it begins with `magic`, or `None` until more bytes are there.
    pub(super) fn next_page(&mut self, magic: &[u8]) -> Option<(PageFields, OggPage)> {
        loop {
            self.seek_capture();
            match self.page_here(magic) {
                Here::Page(fields, page) => {
                    self.cut_at = None;
                    return Some((fields, *page));
                }
                Here::Nothing => self.skip_junk(CAPTURE.len()),
                Here::Incomplete if !self.finished => return None,
                Here::Incomplete if self.start == self.buffer.len() => return None,
                Here::Incomplete => {
                    self.cut_at.get_or_insert(self.position);
                    self.skip_junk(CAPTURE.len().min(self.buffer.len() - self.start));
                }
            }
        }
    }

    /// What begins with the capture pattern here.
    fn page_here(&mut self, magic: &[u8]) -> Here {
        let rest = self.buffer.get(self.start..).unwrap_or_default();
        let Some(header) = rest.first_chunk::<HEADER_BYTES>() else { return Here::Incomplete };
        // Another version of Ogg would be no page for us.
        let Ok((mut parser, segments)) = PageParser::new(*header) else { return Here::Nothing };
        let body_start = HEADER_BYTES + segments;
        let Some(table) = rest.get(HEADER_BYTES..body_start) else { return Here::Incomplete };
        let page_bytes = body_start + parser.parse_segments(table.to_vec());
        let Some(body) = rest.get(body_start..page_bytes) else { return Here::Incomplete };
        if self.checked > CHECKED_PER_BYTE * self.position + MAX_PAGE_BYTES {
            return Here::Nothing;
        }
        let fields = fields(header, body.starts_with(magic));
        match parser.parse_packet_data(body.to_vec()) {
            Ok(page) => {
                self.start += page_bytes;
                self.position += page_bytes as u64;
                Here::Page(fields, Box::new(page))
            }
            Err(_) => {
                self.checked += page_bytes as u64;
                self.bad_pages += 1;
                Here::Nothing
            }
        }
    }

    /// Moves to the next bytes that may be a page's start.
    fn seek_capture(&mut self) {
        let rest = self.buffer.get(self.start..).unwrap_or_default();
        let found = rest.windows(CAPTURE.len()).position(|window| window == CAPTURE);
        let skip = found.unwrap_or_else(|| {
            // The last bytes may be the beginning of the pattern.
            let kept = if self.finished {
                0
            } else {
                (1..CAPTURE.len()).rev().find(|&n| rest.ends_with(&CAPTURE[..n])).unwrap_or(0)
            };
            rest.len() - kept
        });
        self.skip_junk(skip);
    }

    fn skip_junk(&mut self, bytes: usize) {
        self.start += bytes;
        self.position += bytes as u64;
        self.junk += bytes as u64;
    }
}

/// What was found where a page may begin.
enum Here {
    Page(PageFields, Box<OggPage>),
    Nothing,
    Incomplete,
}

/// **Source**: RFC 3533 §6.
fn fields(header: &[u8; HEADER_BYTES], has_magic: bool) -> PageFields {
    let long = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    let granule = u64::from(long(6)) | u64::from(long(10)) << 32;
    PageFields {
        serial: long(14),
        sequence: long(18),
        granule: (granule != u64::MAX).then_some(granule),
        starts_stream: header[5] & 2 != 0,
        ends_stream: header[5] & 4 != 0,
        has_magic,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_look_like_long_pages_cost_linear_work() {
        // Every 28 bytes a page that claims 255 segments of 255 bytes: checked each time, that would be 2 300 times the
        // input.
        let mut fake = CAPTURE.to_vec();
        fake.resize(HEADER_BYTES, 0);
        fake[26] = 255;
        fake.push(255);
        let bytes = fake.repeat(20_000);
        let mut pages = Pages::default();
        for chunk in bytes.chunks(4_096) {
            pages.push(chunk);
            assert!(pages.next_page(b"Speex   ").is_none());
        }
        pages.finish();
        assert!(pages.next_page(b"Speex   ").is_none());
        let pushed = bytes.len() as u64;
        assert!(pages.checked > pushed, "the test must meet the bound");
        assert!(pages.checked <= CHECKED_PER_BYTE * pushed + 2 * MAX_PAGE_BYTES, "{} of {pushed}", pages.checked);
        assert_eq!(pages.junk_bytes() + pages.cut_bytes(), pushed);
    }
}
