//! AIFF and AIFF-C: Apple's audio files.
//!
//! **Source**: Apple, "Audio Interchange File Format: AIFF, version 1.3" (1989) and "AIFF-C, draft 8/26/91": an IFF form
//! of big-endian chunks, of which `COMM` describes the audio and `SSND` holds it.

mod comm;

use voxline_core::options::{InputOptions, LimitOptions};
use voxline_core::report::WarningCode;

use crate::body::Body;
use crate::source::{Progress, Run, Source, Steps, decode_by_steps};
use crate::{DecodeError, PcmChunk, Pull};
use comm::Comm;

/// The form's id, size and type.
const FORM_BYTES: usize = 12;
/// A chunk's id and size.
const HEADER_BYTES: usize = 8;
/// Offset and block size in front of the samples.
const SSND_BYTES: usize = 8;
/// Chunks that are walked through; real files have a handful.
const MAX_CHUNKS: u32 = 10_000;

/// Reads AIFF and AIFF-C (`.aiff`, `.aif`, `.aifc`): integers of 1 to 32 bits in both byte orders, floats, A-law, µ-law.
///
/// Sizes that a writer could not fill in, a cut file, a count of frames that is not true and bytes behind the form give a
/// warning, or an error under `strict`.
///
/// **Errors**: [`DecodeError::Unsupported`] naming the compression; [`DecodeError::Malformed`] and
/// [`DecodeError::Truncated`] for a header that is none; [`DecodeError::Limit`].
///
/// **Allocation**: what was pushed and not yet pulled; no size field is believed.
///
/// ```
/// use voxline_core::{AudioSpec, Options, SampleRate};
/// use voxline_decode::{AiffDecoder, Decode, PcmChunk, Pull};
/// let file = b"FORM\0\0\0\x32AIFFCOMM\0\0\0\x12\0\x01\0\0\0\x02\0\x10\x40\x0B\xFA\0\0\0\0\0\0\0\
///     SSND\0\0\0\x0C\0\0\0\0\0\0\0\0\x40\0\xC0\0";
/// let options = Options::default();
/// let mut decoder = AiffDecoder::new(&options.input, &options.limits);
/// decoder.push(file)?;
/// let mut chunk = PcmChunk::new(AudioSpec::new(SampleRate::new(8000)?, 1)?);
/// assert_eq!(decoder.pull(&mut chunk)?, Pull::Frames(2));
/// assert_eq!(chunk.samples, [0.5, -0.5]);
/// # Ok::<(), voxline_core::Error>(())
/// ```
#[derive(Debug)]
pub struct AiffDecoder {
    source: Source,
    state: State,
    comm: Option<Comm>,
    audio: Option<Run>,
    /// Where the form ends, if its size can be believed.
    form_end: Option<u64>,
    audio_over: bool,
    chunks: u32,
}

type Id = [u8; 4];

#[derive(Debug, Clone, Copy)]
enum State {
    Form,
    /// Between chunks; `pad` when the one before had an odd size.
    Header {
        pad: bool,
    },
    Comm {
        size: u64,
    },
    Skip {
        id: Id,
        remaining: u64,
        pad: bool,
    },
    Sound {
        size: u32,
    },
    /// Bytes between the offset and the first sample.
    Align {
        remaining: u64,
        size: u64,
        sized: bool,
    },
    Data {
        pad: bool,
        /// Bytes that fill the last block up.
        behind: u64,
    },
    Junk {
        bytes: u64,
    },
    End,
}

impl AiffDecoder {
    /// A decoder at the start of a file.
    pub fn new(input: &InputOptions, limits: &LimitOptions) -> Self {
        Self {
            source: Source::new(input, limits),
            state: State::Form,
            comm: None,
            audio: None,
            form_end: None,
            audio_over: false,
            chunks: 0,
        }
    }

    fn next(&mut self, state: State) -> Result<Option<Pull>, DecodeError> {
        self.state = state;
        Ok(None)
    }

    fn form(&mut self) -> Result<Option<Pull>, DecodeError> {
        if self.source.must_wait_for(FORM_BYTES) {
            return Ok(Some(Pull::NeedMore));
        }
        let bytes = self.source.queue.peek();
        if !b"FORM".starts_with(&bytes[..bytes.len().min(4)]) {
            return Err(DecodeError::Malformed("an AIFF file starts with \"FORM\"".to_owned()));
        }
        let Some(&[_, _, _, _, a, b, c, d, kind @ ..]) = bytes.first_chunk::<FORM_BYTES>() else {
            return Err(self.ends_in_header());
        };
        if !matches!(&kind, b"AIFF" | b"AIFC") {
            let message = format!("the form is of type \"{}\", not AIFF or AIFC", kind.escape_ascii());
            return Err(DecodeError::Malformed(message));
        }
        let size = u32::from_be_bytes([a, b, c, d]);
        let known = size > 0 && !is_placeholder(size);
        self.form_end = known.then_some(u64::from(size) + HEADER_BYTES as u64);
        self.source.queue.consume(FORM_BYTES);
        self.next(State::Header { pad: false })
    }

    fn ends_in_header(&self) -> DecodeError {
        let end = self.source.queue.end_position();
        DecodeError::Truncated(format!("the input ends after {end} bytes, before the audio of the AIFF file"))
    }

    fn header(&mut self, pad: bool) -> Result<Option<Pull>, DecodeError> {
        let pad_bytes = usize::from(pad);
        if self.source.must_wait_for(pad_bytes + HEADER_BYTES) {
            return Ok(Some(Pull::NeedMore));
        }
        self.source.queue.consume(pad_bytes);
        let position = self.source.queue.position();
        let bytes = self.source.queue.peek();
        if bytes.is_empty() && (self.audio_over || self.holds_nothing()) {
            return self.finish_file();
        }
        let header = bytes.first_chunk::<HEADER_BYTES>().copied();
        let outside = self.form_end.is_some_and(|end| position >= end);
        let is_chunk = |&[a, b, c, d, ..]: &[u8; HEADER_BYTES]| [a, b, c, d].iter().all(|b| (0x20..0x7F).contains(b));
        let header = header.filter(|header| is_chunk(header) && self.chunks < MAX_CHUNKS);
        let Some([a, b, c, d, size @ ..]) = header.filter(|_| !outside || !self.audio_over) else {
            return match self.audio_over {
                true => self.next(State::Junk { bytes: 0 }),
                false if self.source.queue.len() < HEADER_BYTES => Err(self.ends_in_header()),
                false => Err(DecodeError::Malformed(format!("no chunk of an AIFF file begins at byte {position}"))),
            };
        };
        let (id, size) = ([a, b, c, d], u32::from_be_bytes(size));
        self.chunks += 1;
        self.source.queue.consume(HEADER_BYTES);
        match &id {
            b"COMM" if self.comm.is_none() => self.next(State::Comm { size: u64::from(size) }),
            b"SSND" if !self.audio_over => self.next(State::Sound { size }),
            b"SSND" => {
                let note = || format!("a second SSND chunk of {size} bytes at byte {position} is left out");
                self.source.damage.note(WarningCode::JunkSkipped, note)?;
                self.next(State::Skip { id, remaining: u64::from(size), pad: size % 2 == 1 })
            }
            _ => self.next(State::Skip { id, remaining: u64::from(size), pad: size % 2 == 1 }),
        }
    }

    /// Whether the description says that there is no audio, so that no chunk has to hold it.
    fn holds_nothing(&self) -> bool {
        self.comm.as_ref().is_some_and(|comm| comm.frames == 0)
    }

    fn comm(&mut self, size: u64) -> Result<Option<Pull>, DecodeError> {
        let wanted = usize::try_from(size).unwrap_or(usize::MAX).min(Comm::MOST_BYTES);
        if self.source.must_wait_for(wanted) {
            return Ok(Some(Pull::NeedMore));
        }
        let Some(chunk) = self.source.queue.peek().get(..wanted) else { return Err(self.ends_in_header()) };
        let comm = Comm::read(chunk, &self.source.limits)?;
        let body = Body::samples(comm.format, comm.spec);
        self.source.info = Some(body.info("aiff", comm.spec));
        self.audio = Some(Run::new(body, comm.spec));
        self.comm = Some(comm);
        self.next(State::Skip { id: *b"COMM", remaining: size, pad: size % 2 == 1 })
    }

    fn skip(&mut self, id: Id, remaining: u64, pad: bool) -> Result<Option<Pull>, DecodeError> {
        let left = self.source.skip(remaining);
        if left == 0 {
            return self.next(State::Header { pad });
        }
        if !self.source.finished {
            self.state = State::Skip { id, remaining: left, pad };
            return Ok(Some(Pull::NeedMore));
        }
        if !self.audio_over {
            return Err(self.ends_in_header());
        }
        self.source.damage.note(WarningCode::Truncated, || {
            format!("the input ends inside the \"{}\" chunk after the audio, {left} bytes short", id.escape_ascii())
        })?;
        self.end()
    }

    /// The head of the audio's chunk: how much of it is audio.
    fn sound(&mut self, size: u32) -> Result<Option<Pull>, DecodeError> {
        if self.comm.is_none() {
            let message = "the audio of the AIFF file lies before its description, which is not supported";
            return Err(DecodeError::Unsupported(message.to_owned()));
        }
        if self.source.must_wait_for(SSND_BYTES) {
            return Ok(Some(Pull::NeedMore));
        }
        let Some(head) = self.source.queue.peek().first_chunk::<SSND_BYTES>() else {
            return Err(self.ends_in_header());
        };
        let offset = u64::from(u32::from_be_bytes([head[0], head[1], head[2], head[3]]));
        let sized = size > 0 && !is_placeholder(size);
        let held = u64::from(size).saturating_sub(SSND_BYTES as u64).saturating_sub(offset);
        self.source.queue.consume(SSND_BYTES);
        self.next(State::Align { remaining: offset, size: held, sized })
    }

    fn align(&mut self, remaining: u64, held: u64, sized: bool) -> Result<Option<Pull>, DecodeError> {
        let left = self.source.skip(remaining);
        self.state = State::Align { remaining: left, size: held, sized };
        if left > 0 {
            return if self.source.finished { Err(self.ends_in_header()) } else { Ok(Some(Pull::NeedMore)) };
        }
        // An empty file, or one whose writer did not come back to its header: the first byte tells.
        if !sized && self.source.must_wait_for(1) {
            return Ok(Some(Pull::NeedMore));
        }
        let (Some(run), Some(comm)) = (&mut self.audio, &self.comm) else { return Ok(Some(Pull::End)) };
        let start = self.source.queue.position();
        let damage = &mut self.source.damage;
        let mut size = Some(held);
        if !sized && self.source.queue.len() > 0 {
            damage.note(WarningCode::BadSize, || {
                "the size of the SSND chunk was never filled in; all of the input is read".to_owned()
            })?;
            size = None;
        } else if !sized {
            size = Some(0);
        }
        let unit = run.body.unit_bytes() as u64;
        let mut behind = 0;
        let stated = u64::from(comm.frames);
        if let Some(held) = &mut size {
            let there = *held / unit;
            // What fills the last block up is no audio; a count that says something else is not believed.
            let rest = *held - (stated * unit).min(*held);
            if stated < there && stated > 0 && rest <= comm::MAX_FILL_BYTES {
                (*held, behind) = (stated * unit, rest);
            } else if stated != there {
                damage.note(WarningCode::InconsistentHeader, || {
                    format!("the COMM chunk says {stated} frames, but the SSND chunk holds {there}")
                })?;
            }
        }
        run.begin(start, size);
        if let Some(info) = &mut self.source.info {
            info.expected_frames = size.map(|size| size / unit);
        }
        let pad = size.is_some_and(|size| (size + behind) % 2 == 1);
        self.next(State::Data { pad, behind })
    }

    fn data(&mut self, pad: bool, behind: u64, out: &mut PcmChunk) -> Result<Option<Pull>, DecodeError> {
        let Some(run) = &mut self.audio else { return Ok(Some(Pull::End)) };
        match run.read(&mut self.source, out)? {
            Progress::Give(pull) => Ok(Some(pull)),
            Progress::Again => Ok(None),
            Progress::Over { at_end: true } => self.end(),
            Progress::Over { at_end: false } => {
                self.audio_over = true;
                self.next(State::Skip { id: *b"SSND", remaining: behind, pad })
            }
        }
    }

    fn junk(&mut self, bytes: u64) -> Result<Option<Pull>, DecodeError> {
        let bytes = bytes.saturating_add(self.source.queue.consume(usize::MAX) as u64);
        self.state = State::Junk { bytes };
        if !self.source.finished {
            return Ok(Some(Pull::NeedMore));
        }
        let note = || format!("{bytes} bytes after the audio are no part of the AIFF file");
        self.source.damage.note(WarningCode::JunkSkipped, note)?;
        self.end()
    }

    /// The file is complete; its size should say so too.
    fn finish_file(&mut self) -> Result<Option<Pull>, DecodeError> {
        let end = self.source.queue.position();
        if let Some(form_end) = self.form_end.filter(|form_end| form_end.abs_diff(end) > 1) {
            self.source.damage.note(WarningCode::BadSize, || {
                format!("the form's size ends the file at byte {form_end}, the input ends at byte {end}")
            })?;
        }
        self.end()
    }

    fn end(&mut self) -> Result<Option<Pull>, DecodeError> {
        if self.source.frames == 0 {
            self.source.damage.note_empty();
        }
        self.next(State::End)
    }
}

impl Steps for AiffDecoder {
    fn source(&mut self) -> &mut Source {
        &mut self.source
    }

    fn step(&mut self, out: &mut PcmChunk) -> Result<Option<Pull>, DecodeError> {
        match self.state {
            State::Form => self.form(),
            State::Header { pad } => self.header(pad),
            State::Comm { size } => self.comm(size),
            State::Skip { id, remaining, pad } => self.skip(id, remaining, pad),
            State::Sound { size } => self.sound(size),
            State::Align { remaining, size, sized } => self.align(remaining, size, sized),
            State::Data { pad, behind } => self.data(pad, behind, out),
            State::Junk { bytes } => self.junk(bytes),
            State::End => Ok(Some(Pull::End)),
        }
    }
}

decode_by_steps!(AiffDecoder);

/// What writers put where they could not come back to fill a size in: sox 0x7F000000 and a header more, besides those met
/// in WAV.
fn is_placeholder(size: u32) -> bool {
    matches!(size, 0x7EFF_FF00..=0x7F00_FFFF) || crate::wav::is_placeholder(size)
}
