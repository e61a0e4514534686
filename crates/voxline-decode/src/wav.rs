//! WAV: a RIFF form read as it comes, however wrong its sizes are.
//!
//! The state machine here walks the chunks before the audio; [`head`] reads those that matter, [`data`] holds what happens in and after it.

mod chunks;
mod coded;
mod data;
mod fmt;
mod head;
mod sizes;
mod swapped;
mod tags;
mod textmode;

use voxline_core::AudioSpec;
use voxline_core::options::{InputOptions, LimitOptions};
use voxline_core::report::{Warning, WarningCode};

use crate::body::Body;
use crate::bytes::ByteQueue;
use crate::damage::Damage;
use crate::limits::DurationGuard;
use crate::{Decode, DecodeError, PcmChunk, Pull, StreamInfo, work};
pub(crate) use chunks::is_placeholder;
use chunks::{ChunkHeader, HEADER_BYTES, Id, is_printable, pad_bytes, show};
use sizes::Sizes64;
use textmode::LineFeeds;

/// Bytes of the RIFF header: "RIFF", size, "WAVE".
const RIFF_HEADER_BYTES: usize = 12;
/// What a WAV file may start with; RIFX has its numbers the other way round, the last two have sizes beyond 32 bits.
const MAGICS: [&[u8; 4]; 4] = [b"RIFF", b"RIFX", b"RF64", b"BW64"];
/// More chunks than any writer makes; each costs at least eight bytes of input, so this only stops nonsense early.
const MAX_CHUNKS: u32 = 10_000;
/// How far a chunk is searched for when it is not where the sizes say.
const SEARCH_BYTES: usize = 64 * 1024;

/// Reads WAV: PCM of 8 to 32 bits, float, A-law and µ-law, plain or `WAVE_FORMAT_EXTENSIBLE`; IMA ADPCM, MS ADPCM,
/// GSM 6.10, G.722 and MP3. RF64 and BW64 are the same with sizes of 64 bits, RIFX with big-endian numbers.
///
/// MP3 under a header that announces something else is recognised.
///
/// Formats in blocks fill up the last one: a `fact` chunk that can be true says how much of it is audio, and one that
/// cannot is disbelieved with a warning. In front of MP3 it says nothing: there the stream's own tag does.
///
/// Sizes in the header are hints. A RIFF or data size of 0 or 0xFFFFFFFF, too large or too small, a file cut in the
/// audio, a wrong frame size, a forgotten pad byte and junk around the chunks give a warning and what audio there is,
/// or an error under `strict`. Chunks may come in any order as long as `fmt ` precedes `data`.
///
/// **Errors**: [`DecodeError::Unsupported`] naming the format; [`DecodeError::Malformed`] and
/// [`DecodeError::Truncated`] when no audio can be found; [`DecodeError::Limit`].
///
/// **Allocation**: what was pushed and not yet pulled; no size field is believed.
#[derive(Debug)]
pub struct WavDecoder {
    queue: ByteQueue,
    damage: Damage,
    guard: DurationGuard,
    input: InputOptions,
    limits: LimitOptions,
    state: State,
    finished: bool,
    failed: Option<DecodeError>,
    riff_size: u64,
    /// The RIFF size is a placeholder.
    riff_unknown: bool,
    /// Whether sizes may stand in a `ds64` chunk, and that chunk.
    has_sizes64: bool,
    sizes64: Option<Sizes64>,
    /// What the `fact` chunk says.
    fact_frames: Option<u32>,
    chunk_count: u32,
    /// What the `fmt ` chunk says.
    format: Option<(Body, AudioSpec)>,
    /// Where the audio starts in the input.
    data_start: u64,
    /// The size of the data chunk as claimed.
    data_size: u64,
    frames: u64,
    info: Option<StreamInfo>,
    /// Numbers are big-endian.
    is_big_endian: bool,
    /// An MP3 stream behind the file is looked for, and what was found.
    seeks_sequel: bool,
    sequel: Option<Vec<u8>>,
    line_feeds: LineFeeds,
}

#[derive(Debug, Clone, Copy)]
enum State {
    RiffHeader,
    /// The next chunk before the audio; `pad` when a pad byte may stand before it.
    ChunkHeader {
        pad: bool,
    },
    Skip {
        remaining: u64,
        pad: bool,
    },
    Format {
        size: u32,
    },
    Fact {
        size: u32,
    },
    Sizes64 {
        size: u32,
    },
    /// No chunk where one should be: look for the one that is needed next.
    Search {
        searched: usize,
    },
    /// A data chunk of size 0: what follows says whether it is empty.
    EmptyData,
    /// The first bytes of the audio, which may be something else than announced.
    Look {
        remaining: Option<u64>,
    },
    /// Audio, of known or unknown length.
    Data {
        remaining: Option<u64>,
    },
    /// The claimed size is used up but for these bytes, fewer than a frame.
    DataEnd {
        left: usize,
    },
    /// No more bytes of audio, but perhaps frames.
    Drain {
        after: After,
    },
    TrailingHeader {
        pad: bool,
    },
    TrailingSkip {
        id: Id,
        remaining: u64,
        pad: bool,
    },
    /// Neither a chunk nor the end: perhaps an MP3 stream.
    Behind,
    Junk {
        bytes: u64,
    },
    End,
}

/// What comes when all frames were given.
#[derive(Debug, Clone, Copy)]
enum After {
    /// Chunks, behind a pad byte perhaps.
    Chunks { pad: bool },
    /// Nothing; `cut` when the input ends before the audio should.
    End { cut: bool },
}

/// What a step of the state machine says.
enum Flow {
    /// Go on with the state that was set.
    Next,
    /// Give this to the caller.
    Give(Pull),
}

impl WavDecoder {
    /// A decoder at the start of a file.
    pub fn new(input: &InputOptions, limits: &LimitOptions) -> Self {
        Self {
            queue: ByteQueue::default(),
            damage: Damage::new(input.strict),
            guard: DurationGuard::new(limits),
            input: input.clone(),
            limits: limits.clone(),
            state: State::RiffHeader,
            finished: false,
            failed: None,
            riff_size: 0,
            riff_unknown: false,
            has_sizes64: false,
            sizes64: None,
            fact_frames: None,
            chunk_count: 0,
            format: None,
            data_start: 0,
            data_size: 0,
            frames: 0,
            info: None,
            is_big_endian: false,
            seeks_sequel: false,
            sequel: None,
            line_feeds: LineFeeds::default(),
        }
    }

    /// Ends where an MP3 stream begins behind the file, and hands it over.
    pub(crate) fn with_sequels(mut self) -> Self {
        self.seeks_sequel = true;
        self
    }

    fn u32(&self, bytes: [u8; 4]) -> u32 {
        if self.is_big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
    }

    fn step(&mut self, out: &mut PcmChunk) -> Result<Flow, DecodeError> {
        match self.state {
            State::RiffHeader => self.riff_header(),
            State::ChunkHeader { pad } => self.chunk_header(pad),
            State::Skip { remaining, pad } => Ok(self.skip(remaining, pad)),
            State::Format { size } => self.format_chunk(size),
            State::Fact { size } => self.fact_chunk(size),
            State::Sizes64 { size } => self.sizes64_chunk(size),
            State::Search { searched } => self.search(searched),
            State::EmptyData => self.empty_data(),
            State::Look { remaining } => self.look(remaining),
            State::Data { remaining } => self.audio(remaining, out),
            State::DataEnd { left } => self.data_end(left),
            State::Drain { after } => self.drain(after, out),
            State::TrailingHeader { pad } => self.trailing_header(pad),
            State::TrailingSkip { id, remaining, pad } => self.trailing_skip(id, remaining, pad),
            State::Behind => Ok(self.behind()),
            State::Junk { bytes } => self.junk(bytes),
            State::End => Ok(Flow::Give(Pull::End)),
        }
    }

    /// Whether to wait for `count` bytes; once the input is over there is nothing to wait for.
    fn must_wait_for(&self, count: usize) -> bool {
        self.queue.len() < count && !self.finished
    }

    fn next(&mut self, state: State) -> Flow {
        self.state = state;
        Flow::Next
    }

    /// Where the RIFF form ends, as far as its size can be believed.
    fn riff_end(&self) -> Option<u64> {
        let end = self.riff_size.saturating_add(HEADER_BYTES as u64);
        (!self.riff_unknown && end >= self.data_start.max(RIFF_HEADER_BYTES as u64)).then_some(end)
    }

    fn riff_header(&mut self) -> Result<Flow, DecodeError> {
        if self.must_wait_for(RIFF_HEADER_BYTES) {
            return Ok(Flow::Give(Pull::NeedMore));
        }
        let bytes = self.queue.peek();
        let magic = &bytes[..bytes.len().min(4)];
        if !MAGICS.iter().any(|known| known.starts_with(magic)) {
            return Err(DecodeError::Malformed(format!("a WAV file starts with \"RIFF\", not {}", hex(magic))));
        }
        let Some(&[_, _, _, _, s0, s1, s2, s3, form @ ..]) = bytes.first_chunk::<RIFF_HEADER_BYTES>() else {
            return Err(self.ends_early());
        };
        if form != *b"WAVE" {
            return Err(DecodeError::Unsupported(format!("a RIFF file of form {} is not supported", show(form))));
        }
        (self.has_sizes64, self.is_big_endian) = (magic.ends_with(b"64"), magic == b"RIFX");
        let size = self.u32([s0, s1, s2, s3]);
        (self.riff_size, self.riff_unknown) = (u64::from(size), is_placeholder(size));
        self.queue.consume(RIFF_HEADER_BYTES);
        Ok(self.next(State::ChunkHeader { pad: false }))
    }

    fn chunk_header(&mut self, pad: bool) -> Result<Flow, DecodeError> {
        work::count(HEADER_BYTES);
        if self.must_wait_for(HEADER_BYTES + usize::from(pad)) {
            return Ok(Flow::Give(Pull::NeedMore));
        }
        let skip = self.resolve_pad(pad)?;
        let Some(header) = self.queue.peek().get(skip..).and_then(|rest| ChunkHeader::read(rest, self.is_big_endian))
        else {
            return Err(self.ends_early());
        };
        if !is_printable(header.id) {
            return Ok(self.next(State::Search { searched: 0 }));
        }
        self.queue.consume(skip + HEADER_BYTES);
        self.chunk_count += 1;
        if self.chunk_count > MAX_CHUNKS {
            return Err(DecodeError::Limit(format!("more than {MAX_CHUNKS} chunks before the audio")));
        }
        let position = self.queue.position() - HEADER_BYTES as u64;
        match &header.id {
            b"fmt " if self.format.is_some() => {
                Err(DecodeError::Malformed(format!("a second fmt chunk at byte {position}")))
            }
            b"fmt " => Ok(self.next(State::Format { size: header.size })),
            b"fact" if self.fact_frames.is_none() => Ok(self.next(State::Fact { size: header.size })),
            b"ds64" if self.has_sizes64 && self.sizes64.is_none() => {
                Ok(self.next(State::Sizes64 { size: header.size }))
            }
            b"data" if self.format.is_some() => self.begin_data(header),
            b"data" => Err(DecodeError::Malformed(format!(
                "the data chunk at byte {position} comes before any fmt chunk, without which it cannot be read; put the fmt chunk first"
            ))),
            _ => Ok(self.skip_chunk(header)),
        }
    }

    /// Bytes to leave out before the next chunk; a forgotten pad byte is noted.
    fn resolve_pad(&mut self, pad: bool) -> Result<usize, DecodeError> {
        if !pad {
            return Ok(0);
        }
        let skip = pad_bytes(self.queue.peek());
        if skip == 0 && self.queue.len() >= HEADER_BYTES {
            let position = self.queue.position();
            self.damage.note(WarningCode::BadSize, || {
                format!("the chunk that ends at byte {position} has an odd size but no pad byte")
            })?;
        }
        Ok(skip)
    }

    fn skip(&mut self, remaining: u64, pad: bool) -> Flow {
        let left = self.consume_up_to(remaining);
        if left == 0 {
            return self.next(State::ChunkHeader { pad });
        }
        if self.finished {
            // The next step finds nothing and says where the input ended.
            return self.next(State::ChunkHeader { pad: false });
        }
        self.state = State::Skip { remaining: left, pad };
        Flow::Give(Pull::NeedMore)
    }

    /// Drops at most this many bytes; what is still to be dropped.
    fn consume_up_to(&mut self, count: u64) -> u64 {
        let now = usize::try_from(count).unwrap_or(usize::MAX);
        count - self.queue.consume(now) as u64
    }

    fn search(&mut self, searched: usize) -> Result<Flow, DecodeError> {
        let wanted = if self.format.is_some() { b"data" } else { b"fmt " };
        let bytes = self.queue.peek();
        let start = self.queue.position() - searched as u64;
        work::count(bytes.len());
        match bytes.windows(wanted.len()).position(|window| window == wanted) {
            Some(at) if searched + at <= SEARCH_BYTES => {
                self.damage.note(WarningCode::BadSize, || {
                    format!(
                        "there is no chunk at byte {start}, where the one before it should end; {} was found {} bytes on",
                        show(*wanted),
                        searched + at
                    )
                })?;
                self.queue.consume(at);
                Ok(self.next(State::ChunkHeader { pad: false }))
            }
            None if searched + bytes.len() < SEARCH_BYTES + wanted.len() => {
                if self.finished {
                    return Err(self.ends_early());
                }
                let done = bytes.len().saturating_sub(wanted.len() - 1);
                self.queue.consume(done);
                self.state = State::Search { searched: searched + done };
                Ok(Flow::Give(Pull::NeedMore))
            }
            _ => Err(DecodeError::Malformed(format!(
                "there is no chunk at byte {start}, where the one before it should end, and no {} within {SEARCH_BYTES} \
                 bytes",
                show(*wanted)
            ))),
        }
    }

    /// The input ends before any audio: cut, or complete and without.
    fn ends_early(&self) -> DecodeError {
        let end = self.queue.end_position();
        let missing = if self.format.is_some() { "data" } else { "fmt" };
        match self.riff_end() {
            Some(riff_end) if end >= riff_end => DecodeError::Malformed(format!("the WAV file has no {missing} chunk")),
            _ => DecodeError::Truncated(format!(
                "the input ends after {end} bytes, before the {missing} chunk was complete"
            )),
        }
    }
}

impl Decode for WavDecoder {
    fn push(&mut self, bytes: &[u8]) -> Result<(), DecodeError> {
        if self.finished {
            return Err(DecodeError::State("push after finish"));
        }
        self.line_feeds.see(bytes);
        self.queue.push(bytes);
        Ok(())
    }

    fn finish(&mut self) {
        self.finished = true;
    }

    fn pull(&mut self, out: &mut PcmChunk) -> Result<Pull, DecodeError> {
        out.clear();
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        loop {
            match self.step(out) {
                Ok(Flow::Next) => {}
                Ok(Flow::Give(pull)) => return Ok(pull),
                Err(error) => {
                    self.failed = Some(error.clone());
                    return Err(error);
                }
            }
        }
    }

    fn info(&self) -> Option<&StreamInfo> {
        self.info.as_ref()
    }

    fn warnings(&self) -> &[Warning] {
        self.damage.warnings()
    }

    fn take_sequel(&mut self) -> Option<Vec<u8>> {
        self.sequel.take()
    }
}

/// Bytes for a message.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(" ")
}
