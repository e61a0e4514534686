//! FLAC.
//!
//! [`framer`] finds frames and their ends, [`header`] reads what stands in front of the samples; symphonia decodes them.
//!
//! **Source**: RFC 9639.

mod crc;
mod framer;
mod header;

use symphonia_bundle_flac::FlacDecoder as FlacCodec;
use symphonia_core::codecs::audio::well_known::CODEC_ID_FLAC;
use voxline_core::options::{InputOptions, LimitOptions};
use voxline_core::report::WarningCode;

use crate::glued::Glued;
use crate::guarded::Guarded;
use crate::limits::checked_spec;
use crate::ready::Ready;
use crate::source::{Source, Steps, decode_by_steps};
use crate::{DecodeError, PcmChunk, Pull, StreamInfo, layout, symphonia};
use framer::{Event, Framer};
use header::{FrameHeader, STREAM_INFO_BYTES, StreamDescription};

/// What a FLAC file starts with.
const MAGIC: &[u8] = b"fLaC";
/// Metadata that is walked through; real files have a handful of blocks.
const MAX_BLOCKS: u32 = 10_000;
/// Lost frames are filled in up to this long, and further as far as the bytes found in their place may have held them.
const MAX_LOST_SECONDS: u64 = 10;
/// Frames that a lost byte may have held: silence takes about a dozen bytes for a block of 4096.
const FRAMES_PER_LOST_BYTE: u64 = 4096;

/// Reads native FLAC (`.flac`): 4 to 32 bits, 1 to 8 channels, to the bit.
///
/// Frames whose checksum does not fit become silence of their length, and so do lost ones as far as the numbers of the
/// others tell; bytes that are no frame are skipped, files glued together decoded one after the other; each with a
/// warning, or an error under `strict`.
///
/// **Errors**: [`DecodeError::Malformed`] for a header that is none and for files glued together whose rate changes more
/// than 256 times; [`DecodeError::Truncated`] for a cut header; [`DecodeError::Unsupported`]; [`DecodeError::Limit`].
///
/// **Allocation**: what was pushed and not yet pulled, and two blocks; a frame is looked for in as many bytes as it may
/// have.
#[derive(Debug)]
pub struct FlacDecoder {
    source: Source,
    state: State,
    blocks: u32,
    stream: Option<Stream>,
    framer: Framer,
    /// Bytes since the last frame that were no frame.
    junk: u64,
    glued: Glued,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Magic,
    Block,
    Skip { remaining: u64, last: bool },
    Frames,
    End,
}

#[derive(Debug)]
struct Stream {
    described: StreamDescription,
    codec: Guarded,
    ready: Ready,
    /// Where the next frame belongs.
    position: u64,
    /// Frames of the first block and the number of the last.
    block: Option<u16>,
    number: u64,
    /// Bytes that were lost since the last sound frame.
    lost_bytes: u64,
    cut: bool,
}

impl FlacDecoder {
    /// A decoder at the start of a file.
    pub fn new(input: &InputOptions, limits: &LimitOptions) -> Self {
        Self {
            source: Source::new(input, limits),
            state: State::Magic,
            blocks: 0,
            stream: None,
            framer: Framer::default(),
            junk: 0,
            glued: Glued::default(),
        }
    }

    fn next(&mut self, state: State) -> Result<Option<Pull>, DecodeError> {
        self.state = state;
        Ok(None)
    }

    fn magic(&mut self) -> Result<Option<Pull>, DecodeError> {
        if self.source.must_wait_for(MAGIC.len()) {
            return Ok(Some(Pull::NeedMore));
        }
        let bytes = self.source.queue.peek();
        if !MAGIC.starts_with(&bytes[..bytes.len().min(MAGIC.len())]) {
            return Err(DecodeError::Malformed("a FLAC file starts with \"fLaC\"".to_owned()));
        }
        if bytes.len() < MAGIC.len() {
            return self.ends_in_header();
        }
        self.source.queue.consume(MAGIC.len());
        self.stream = None;
        self.next(State::Block)
    }

    /// The input is over; if frames were given before, that is no loss of them.
    fn ends_in_header(&mut self) -> Result<Option<Pull>, DecodeError> {
        let end = self.source.queue.end_position();
        let message = format!("the input ends after {end} bytes, before the audio of the FLAC file");
        if self.source.frames == 0 {
            return Err(DecodeError::Truncated(message));
        }
        self.source.damage.note(WarningCode::Truncated, || message)?;
        self.next(State::End)
    }

    fn block(&mut self) -> Result<Option<Pull>, DecodeError> {
        const HEADER_BYTES: usize = 4;
        if self.source.must_wait_for(HEADER_BYTES) {
            return Ok(Some(Pull::NeedMore));
        }
        let bytes = self.source.queue.peek();
        let Some(&[kind, a, b, c]) = bytes.first_chunk::<HEADER_BYTES>() else { return self.ends_in_header() };
        let (kind, last, size) = (kind & 0x7F, kind & 0x80 != 0, u32::from_be_bytes([0, a, b, c]));
        self.blocks += 1;
        if kind == 127 || self.blocks > MAX_BLOCKS {
            return Err(DecodeError::Malformed("the metadata of the FLAC file is none".to_owned()));
        }
        match (kind, &self.stream) {
            (0, None) if size as usize == STREAM_INFO_BYTES => {
                if self.source.must_wait_for(HEADER_BYTES + STREAM_INFO_BYTES) {
                    return Ok(Some(Pull::NeedMore));
                }
                let block = bytes.get(HEADER_BYTES..).and_then(|rest| rest.first_chunk()).copied();
                let Some(block) = block else { return self.ends_in_header() };
                self.describe(&block)?;
            }
            (0, _) | (_, Some(_)) => {}
            (_, None) => {
                return Err(DecodeError::Malformed("a FLAC file's first block is STREAMINFO".to_owned()));
            }
        }
        if self.stream.is_none() {
            return Err(DecodeError::Malformed(format!("a STREAMINFO block has 34 bytes, this one {size}")));
        }
        self.source.queue.consume(HEADER_BYTES);
        self.next(State::Skip { remaining: u64::from(size), last })
    }

    /// Opens a stream, the first or one that is glued on.
    fn describe(&mut self, block: &[u8; STREAM_INFO_BYTES]) -> Result<(), DecodeError> {
        let described = StreamDescription::read(block);
        let mut spec = checked_spec(described.rate_hz, described.channels, &self.source.limits)?;
        spec.channel_mask = layout::of(described.channels);
        let setup = StreamDescription::for_codec(block);
        let make = move || symphonia::codec(CODEC_ID_FLAC, &setup, FlacCodec::try_new);
        let codec = Guarded::new(make).map_err(|fault| {
            DecodeError::Malformed(format!("the STREAMINFO block of the FLAC file is not valid: {fault}"))
        })?;
        self.glued.begin(spec, &mut self.source.damage)?;
        self.source.info.get_or_insert_with(|| StreamInfo {
            container: "flac",
            codec: "flac".to_owned(),
            spec,
            expected_frames: (described.total_frames > 0).then_some(described.total_frames),
            encoder_delay_frames: None,
            encoder_padding_frames: None,
            states_length: true,
            bad_frames: 0,
        });
        self.stream = Some(Stream {
            described,
            codec,
            ready: Ready::new(spec),
            position: 0,
            block: None,
            number: 0,
            lost_bytes: 0,
            cut: false,
        });
        Ok(())
    }

    fn skip(&mut self, remaining: u64, last: bool) -> Result<Option<Pull>, DecodeError> {
        let left = self.source.skip(remaining);
        if left > 0 {
            self.state = State::Skip { remaining: left, last };
            return if self.source.finished { self.ends_in_header() } else { Ok(Some(Pull::NeedMore)) };
        }
        self.next(if last { State::Frames } else { State::Block })
    }

    fn frames(&mut self, out: &mut PcmChunk) -> Result<Option<Pull>, DecodeError> {
        let Some(stream) = &mut self.stream else { return Ok(Some(Pull::End)) };
        if let Some(pull) = stream.ready.give(&mut self.source, out)? {
            return Ok(Some(pull));
        }
        match self.framer.next(self.source.queue.peek(), &stream.described, self.source.finished) {
            Event::NeedMore => return Ok(Some(Pull::NeedMore)),
            Event::Frame { header, bytes } => self.frame(header, &[bytes], bytes, false)?,
            Event::Doubtful { header, ends, bytes, cut } => self.frame(header, &ends, bytes, cut)?,
            Event::Junk(bytes) => {
                self.source.queue.consume(bytes);
                self.junk += bytes as u64;
                stream.lost_bytes += bytes as u64;
            }
            Event::Magic => {
                self.end_of_stream(false)?;
                self.state = State::Magic;
            }
            Event::End => {
                self.end_of_stream(true)?;
                if self.source.frames == 0 {
                    self.source.damage.note_empty();
                }
                self.state = State::End;
            }
        }
        Ok(None)
    }

    /// Takes a frame that ends at the first of these places where it can be decoded, or else goes on behind `bytes`.
    fn frame(&mut self, header: FrameHeader, ends: &[usize], bytes: usize, cut: bool) -> Result<(), DecodeError> {
        self.note_junk(false)?;
        let Some(stream) = &mut self.stream else { return Ok(()) };
        let front = self.source.queue.peek();
        let place = stream.place(header);
        let wanted = usize::from(header.frames) * stream.ready.spec.channels();
        let mut fault = None;
        for &end in ends {
            match stream.codec.decode(front.get(..end).unwrap_or_default()) {
                Ok(samples) if samples.len() == wanted => {
                    let filled = fill(stream, place, &mut self.source);
                    // The codec still holds them.
                    let samples = stream.codec.last();
                    stream.ready.extend(samples);
                    self.source.queue.consume(end);
                    stream.passed(header, place);
                    return filled;
                }
                Ok(samples) => fault = Some(format!("it has {} samples instead of {wanted}", samples.len())),
                Err(reason) => fault = Some(reason),
            }
        }
        let taken = self.source.queue.consume(bytes);
        if cut {
            stream.cut = true;
            return self.source.damage.note(WarningCode::Truncated, || {
                format!("the input ends inside a FLAC frame, {taken} bytes after its beginning")
            });
        }
        fill(stream, place, &mut self.source)?;
        stream.ready.silence(u64::from(header.frames));
        stream.passed(header, place);
        if let Some(info) = &mut self.source.info {
            info.bad_frames += 1;
        }
        self.source.damage.note(WarningCode::BadFrames, || {
            let reason = fault.unwrap_or_else(|| "its checksum does not fit".to_owned());
            format!("the FLAC frame at sample {place} is damaged and was replaced by silence: {reason}")
        })
    }

    fn note_junk(&mut self, at_end: bool) -> Result<(), DecodeError> {
        let bytes = std::mem::take(&mut self.junk);
        match bytes {
            0 => Ok(()),
            // Whatever was appended, the audio is whole.
            _ if at_end => {
                let message = || format!("{bytes} bytes after the audio are not FLAC");
                self.source.damage.remark(WarningCode::JunkSkipped, message);
                Ok(())
            }
            _ => self.source.damage.note(WarningCode::JunkSkipped, || {
                format!("{bytes} bytes between FLAC frames are none and were skipped")
            }),
        }
    }

    /// A stream is over: it should be as long as it said.
    fn end_of_stream(&mut self, at_end: bool) -> Result<(), DecodeError> {
        self.note_junk(at_end)?;
        let Some(stream) = &self.stream else { return Ok(()) };
        let (have, stated) = (stream.position, stream.described.total_frames);
        if stated > have && !stream.cut {
            return self.source.damage.note(WarningCode::Truncated, || {
                format!("the FLAC header says {stated} frames, but the input has {have}")
            });
        }
        if stated > 0 && stated < have {
            return self.source.damage.note(WarningCode::InconsistentHeader, || {
                format!("the FLAC header says {stated} frames, but the input goes on to {have}")
            });
        }
        Ok(())
    }
}

impl Stream {
    /// Where a frame belongs. Blocks of one length are numbered, and only the last of them may be shorter than the first.
    fn place(&self, header: FrameHeader) -> u64 {
        match (header.variable, self.block) {
            (true, _) => header.number,
            (false, Some(_)) if header.number == self.number + 1 => self.position,
            (false, block) => header.number * u64::from(block.unwrap_or(header.frames)),
        }
    }

    fn passed(&mut self, header: FrameHeader, place: u64) {
        self.block.get_or_insert(header.frames);
        self.number = header.number;
        self.position = place.saturating_add(u64::from(header.frames));
        self.lost_bytes = 0;
    }
}

/// Stands in for the frames that are missing before this place.
fn fill(stream: &mut Stream, place: u64, source: &mut Source) -> Result<(), DecodeError> {
    let first = stream.block.is_none();
    // A cut from a longer stream begins where it begins.
    let missing = if first && stream.lost_bytes == 0 { 0 } else { place.saturating_sub(stream.position) };
    if missing == 0 {
        return Ok(());
    }
    let rate = u64::from(stream.ready.spec.sample_rate.hz());
    let most = stream.lost_bytes.saturating_mul(FRAMES_PER_LOST_BYTE).max(MAX_LOST_SECONDS * rate);
    let filled = if missing <= most { missing } else { 0 };
    stream.ready.silence(filled);
    if let Some(info) = &mut source.info {
        info.bad_frames += 1;
    }
    let position = stream.position;
    source.damage.note(WarningCode::BadFrames, || {
        format!("{missing} samples are missing at sample {position}; {filled} of silence were put in their place")
    })
}

impl Steps for FlacDecoder {
    fn source(&mut self) -> &mut Source {
        &mut self.source
    }

    fn step(&mut self, out: &mut PcmChunk) -> Result<Option<Pull>, DecodeError> {
        match self.state {
            State::Magic => self.magic(),
            State::Block => self.block(),
            State::Skip { remaining, last } => self.skip(remaining, last),
            State::Frames => self.frames(out),
            State::End => Ok(Some(Pull::End)),
        }
    }
}

decode_by_steps!(FlacDecoder);
