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
}

/// Pushed bytes, taken out page by page; only pages whose checksum is right come out.
#[derive(Debug, Default)]
pub(super) struct Pages {
    buffer: Vec<u8>,
    start: usize,
    pushed: u64,
    /// Bytes of pages whose checksum was computed in vain.
    checked: u64,
    junk: u64,
    bad_pages: u64,
}

impl Pages {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.start);
        self.start = 0;
        self.pushed += bytes.len() as u64;
        self.buffer.extend_from_slice(bytes);
    }

    /// Bytes that belong to no page.
    pub(super) fn junk_bytes(&self) -> u64 {
        self.junk
    }

    /// Pages whose checksum was wrong.
    pub(super) fn bad_pages(&self) -> u64 {
        self.bad_pages
    }

    /// Bytes of a page that is not complete.
    pub(super) fn left_over(&self) -> usize {
        self.buffer.len() - self.start
    }

    /// The next good page, or `None` until more bytes are there.
    pub(super) fn next_page(&mut self) -> Option<(PageFields, OggPage)> {
        loop {
            self.seek_capture();
            let rest = self.buffer.get(self.start..)?;
            let header = rest.first_chunk::<HEADER_BYTES>()?;
            let Ok((mut parser, segments)) = PageParser::new(*header) else {
                // Another version of Ogg: no page.
                self.skip_junk(CAPTURE.len());
                continue;
            };
            let table = rest.get(HEADER_BYTES..HEADER_BYTES + segments)?.to_vec();
            let body_bytes = parser.parse_segments(table);
            let page_bytes = HEADER_BYTES + segments + body_bytes;
            let body = rest.get(HEADER_BYTES + segments..page_bytes)?.to_vec();
            if self.checked > CHECKED_PER_BYTE * self.pushed + MAX_PAGE_BYTES {
                self.skip_junk(CAPTURE.len());
                continue;
            }
            let fields = fields(header);
            match parser.parse_packet_data(body) {
                Ok(page) => {
                    self.start += page_bytes;
                    return Some((fields, page));
                }
                Err(_) => {
                    self.checked += page_bytes as u64;
                    self.bad_pages += 1;
                    self.skip_junk(CAPTURE.len());
                }
            }
        }
    }

    /// Moves to the next bytes that may be a page's start.
    fn seek_capture(&mut self) {
        let rest = self.buffer.get(self.start..).unwrap_or_default();
        let found = rest.windows(CAPTURE.len()).position(|window| window == CAPTURE);
        let skip = found.unwrap_or_else(|| {
            // The last bytes may be the beginning of the pattern.
            let kept = (1..CAPTURE.len()).rev().find(|&n| rest.ends_with(&CAPTURE[..n])).unwrap_or(0);
            rest.len() - kept
        });
        self.skip_junk(skip);
    }

    fn skip_junk(&mut self, bytes: usize) {
        self.start += bytes;
        self.junk += bytes as u64;
    }
}

/// **Source**: RFC 3533 §6.
fn fields(header: &[u8; HEADER_BYTES]) -> PageFields {
    let long = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    let granule = u64::from(long(6)) | u64::from(long(10)) << 32;
    PageFields {
        serial: long(14),
        sequence: long(18),
        granule: (granule != u64::MAX).then_some(granule),
        starts_stream: header[5] & 2 != 0,
        ends_stream: header[5] & 4 != 0,
    }
}
