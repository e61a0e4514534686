//! AAC in MP4 files.
//!
//! [`boxes`] and [`index`] say where the coded frames lie, [`config`] what they are; symphonia decodes them. The index may
//! stand in front of the audio or behind it; behind it, what was pushed is held until it comes.

mod boxes;
mod config;
mod index;

use symphonia_codec_aac::AacDecoder as AacCodec;
use symphonia_core::codecs::audio::well_known::CODEC_ID_AAC;
use voxline_core::options::{InputOptions, LimitOptions};
use voxline_core::report::WarningCode;

use crate::guarded::Guarded;
use crate::limits::checked_spec;
use crate::ready::Ready;
use crate::source::{Source, Steps, decode_by_steps};
use crate::{DecodeError, PcmChunk, Pull, StreamInfo, symphonia};
use boxes::{BoxHeader, Kind};
use index::{Index, Samples};

/// Audio that is held while the index has not come: an hour and more at usual rates.
const MAX_HELD_BYTES: u64 = 128 << 20;
/// The largest index: days of audio.
const MAX_INDEX_BYTES: u64 = 32 << 20;
/// More than any coded frame has: 6144 bits a channel (ISO/IEC 14496-3 §4.5.3.1), and extensions.
const MAX_SAMPLE_BYTES: u32 = 64 << 10;
/// Frames of a coded one.
const FRAME_FRAMES: u64 = 1024;

/// Reads AAC (Low Complexity, and the core of HE-AAC) in M4A and MP4 (`.m4a`, `.mp4`), mono and stereo.
///
/// Delay and padding are removed as the edit list or iTunes' note state them. The index may follow the audio: up to
/// 128 MiB of audio are held then. Coded frames that cannot be decoded become silence, a cut file gives what is there, each
/// with a warning, or an error under `strict`.
///
/// **Errors**: [`DecodeError::Malformed`] for an index that is not valid; [`DecodeError::Truncated`] for a file without one,
/// such as a recording that was never finished; [`DecodeError::Unsupported`] for other codecs and files in fragments;
/// [`DecodeError::Limit`].
///
/// **Allocation**: what was pushed and not yet pulled; the index, up to 32 MiB; the audio in front of it.
#[derive(Debug)]
pub struct M4aDecoder {
    source: Source,
    gapless: bool,
    state: State,
    track: Option<Track>,
    /// Where the next box behind the index begins; `None`: that is not known.
    next_box: Option<u64>,
}

#[derive(Debug, Clone, Copy)]
enum State {
    /// A box begins so many bytes after the front of the queue.
    Box {
        at: u64,
        held: bool,
    },
    /// A box without interest before the index and before any audio.
    Skip {
        remaining: u64,
    },
    /// The index, behind so many bytes that are held.
    Index {
        at: u64,
        bytes: u64,
        held: bool,
    },
    /// The next coded frame.
    Next,
    Sample {
        place: u64,
        size: u32,
    },
    /// Boxes behind the audio.
    Behind,
    /// What is none, so many bytes by now.
    Junk {
        bytes: u64,
    },
    End,
}

#[derive(Debug)]
struct Track {
    samples: Samples,
    codec: Guarded,
    ready: Ready,
    /// Frames still to drop, and still to give.
    skip: u64,
    left: u64,
}

impl M4aDecoder {
    /// A decoder at the start of a file.
    pub fn new(input: &InputOptions, limits: &LimitOptions) -> Self {
        let state = State::Box { at: 0, held: false };
        Self { source: Source::new(input, limits), gapless: input.gapless, state, track: None, next_box: None }
    }

    fn next(&mut self, state: State) -> Result<Option<Pull>, DecodeError> {
        self.state = state;
        Ok(None)
    }

    /// The bytes from a place in the queue on.
    fn rest(&self, at: u64) -> &[u8] {
        usize::try_from(at).ok().and_then(|at| self.source.queue.peek().get(at..)).unwrap_or_default()
    }

    fn without_index(&self) -> DecodeError {
        let end = self.source.queue.end_position();
        DecodeError::Truncated(format!(
            "the input ends after {end} bytes, before the index of the M4A file: the recording was cut or never finished"
        ))
    }

    fn read_box(&mut self, at: u64, held: bool) -> Result<Option<Pull>, DecodeError> {
        // `finished` must not matter before the bytes are there, or pieces would.
        let rest = self.rest(at);
        let header = BoxHeader::read(rest);
        let Some(BoxHeader { kind, header_bytes, body_bytes }) = header else {
            if rest.len() >= BoxHeader::MOST_BYTES {
                let place = self.source.queue.position() + at;
                return Err(DecodeError::Malformed(format!("no box of an M4A file begins at byte {place}")));
            }
            if !self.source.finished && (at <= MAX_HELD_BYTES || !rest.is_empty()) {
                return Ok(Some(Pull::NeedMore));
            }
            return Err(if self.source.finished { self.without_index() } else { too_much_held() });
        };
        let body = at + header_bytes as u64;
        match (&kind, body_bytes) {
            (b"moov", Some(bytes)) if bytes > MAX_INDEX_BYTES => Err(DecodeError::Limit(format!(
                "an index of {bytes} bytes is larger than those of {MAX_INDEX_BYTES} that are read"
            ))),
            (b"moov", Some(bytes)) => self.next(State::Index { at: body, bytes, held }),
            (b"moov", None) => Err(DecodeError::Malformed("the index of the M4A file says no size".to_owned())),
            (_, None) => Err(self.behind_everything(kind)),
            (_, Some(bytes)) if held || &kind == b"mdat" => {
                let next = body.checked_add(bytes).filter(|&next| next <= MAX_HELD_BYTES);
                next.map_or_else(|| Err(too_much_held()), |at| self.next(State::Box { at, held: true }))
            }
            (_, Some(bytes)) => {
                self.source.queue.consume(header_bytes);
                self.next(State::Skip { remaining: bytes })
            }
        }
    }

    /// A box goes on to the end of the file, and there is no index before it.
    fn behind_everything(&self, kind: Kind) -> DecodeError {
        let name = kind.escape_ascii();
        DecodeError::Malformed(format!("the M4A file has no index: its box \"{name}\" goes on to the end"))
    }

    fn skip(&mut self, remaining: u64) -> Result<Option<Pull>, DecodeError> {
        let left = self.source.skip(remaining);
        if left == 0 {
            return self.next(State::Box { at: 0, held: false });
        }
        self.state = State::Skip { remaining: left };
        if self.source.finished { Err(self.without_index()) } else { Ok(Some(Pull::NeedMore)) }
    }

    fn index(&mut self, at: u64, bytes: u64, held: bool) -> Result<Option<Pull>, DecodeError> {
        let size = usize::try_from(bytes).unwrap_or(usize::MAX);
        let Some(moov) = self.rest(at).get(..size) else {
            return if self.source.finished { Err(self.without_index()) } else { Ok(Some(Pull::NeedMore)) };
        };
        let index = Index::read(moov)?;
        let spec = checked_spec(index.config.rate_hz, index.config.channels, &self.source.limits)?;
        let setup = index.config.for_codec();
        let make = move || symphonia::codec(CODEC_ID_AAC, &setup, AacCodec::try_new);
        let codec = Guarded::new(make)
            .map_err(|fault| DecodeError::Malformed(format!("the configuration of AAC is not valid: {fault}")))?;
        let coded = u64::from(index.samples.count) * FRAME_FRAMES;
        let delay = index.delay.filter(|_| self.gapless);
        let frames = index.frames.filter(|_| self.gapless);
        let skip = delay.map_or(0, u64::from);
        let left = frames.unwrap_or(u64::MAX);
        let expected = coded.saturating_sub(skip).min(left);
        let padding = frames.map(|_| coded.saturating_sub(skip).saturating_sub(expected));
        self.source.info = Some(StreamInfo {
            container: "m4a",
            codec: "aac".to_owned(),
            spec,
            expected_frames: Some(expected),
            encoder_delay_frames: delay,
            encoder_padding_frames: padding.and_then(|padding| u32::try_from(padding).ok()),
            states_length: frames.is_some(),
            bad_frames: 0,
        });
        self.next_box = (self.source.queue.position() + at).checked_add(bytes);
        self.track = Some(Track { samples: index.samples, codec, ready: Ready::new(spec), skip, left });
        if !held {
            self.source.queue.consume(usize::try_from(at + bytes).unwrap_or(usize::MAX));
        }
        self.next(State::Next)
    }

    fn next_sample(&mut self, out: &mut PcmChunk) -> Result<Option<Pull>, DecodeError> {
        let Some(track) = &mut self.track else { return Ok(Some(Pull::End)) };
        if let Some(pull) = track.ready.give(&mut self.source, out)? {
            return Ok(Some(pull));
        }
        let next = if track.left == 0 { None } else { track.samples.next() };
        match next {
            Some((place, size)) => self.next(State::Sample { place, size }),
            None => {
                if self.source.frames == 0 {
                    self.source.damage.note_empty();
                }
                self.next(State::Behind)
            }
        }
    }

    /// Goes on to the next box, and reads its header. `None`: the bytes have not come, or will not; no box is an error.
    fn pass_box(&mut self, at: u64) -> Option<Result<(), ()>> {
        let ahead = at.checked_sub(self.source.queue.position())?;
        if self.source.skip(ahead) > 0 || !self.source.finished && self.source.queue.len() < BoxHeader::MOST_BYTES {
            return None;
        }
        let bytes = self.source.queue.peek();
        if bytes.is_empty() {
            return None;
        }
        // Another file would begin like a box.
        let is_box = |header: &BoxHeader| {
            &header.kind != b"ftyp" && header.kind.iter().all(|c| (0x20..0x7F).contains(c) || *c == 0xA9)
        };
        let Some(header) = BoxHeader::read(bytes).filter(is_box) else { return Some(Err(())) };
        self.next_box = header.body_bytes.and_then(|bytes| (at + header.header_bytes as u64).checked_add(bytes));
        Some(Ok(()))
    }

    fn behind(&mut self) -> Result<Option<Pull>, DecodeError> {
        let known = self.next_box.filter(|at| *at >= self.source.queue.position());
        let passed = match known {
            Some(at) => self.pass_box(at),
            None => {
                self.source.queue.consume(usize::MAX);
                None
            }
        };
        match passed {
            Some(Ok(())) => Ok(None),
            Some(Err(())) => self.next(State::Junk { bytes: 0 }),
            None if self.source.finished => self.next(State::End),
            None => Ok(Some(Pull::NeedMore)),
        }
    }

    fn junk(&mut self, bytes: u64) -> Result<Option<Pull>, DecodeError> {
        let bytes = bytes + self.source.queue.consume(usize::MAX) as u64;
        if !self.source.finished {
            self.state = State::Junk { bytes };
            return Ok(Some(Pull::NeedMore));
        }
        self.source.damage.note_many(WarningCode::JunkSkipped, bytes, || {
            format!("{bytes} bytes after the audio are no part of the M4A file")
        })?;
        self.next(State::End)
    }

    fn sample(&mut self, place: u64, size: u32) -> Result<Option<Pull>, DecodeError> {
        // On the way there lie the headers of boxes.
        while let Some(at) = self.next_box.filter(|at| (self.source.queue.position()..place).contains(at)) {
            match self.pass_box(at) {
                Some(Ok(())) => {}
                Some(Err(())) => self.next_box = None,
                None if self.source.finished => break,
                None => return Ok(Some(Pull::NeedMore)),
            }
        }
        let Some(track) = &mut self.track else { return Ok(Some(Pull::End)) };
        let position = self.source.queue.position();
        let Some(ahead) = place.checked_sub(position).filter(|_| size > 0 && size <= MAX_SAMPLE_BYTES) else {
            let what = if place < position { "lies before the one before it" } else { "has a size that none has" };
            return self.take(&Err(format!("it {what}")));
        };
        if self.source.skip(ahead) == 0 && self.source.queue.len() >= size as usize {
            let bytes = self.source.queue.peek().get(..size as usize).unwrap_or_default();
            let decoded = track.codec.decode(bytes).map(<[f32]>::to_vec);
            self.source.queue.consume(size as usize);
            return self.take(&decoded);
        }
        if !self.source.finished {
            return Ok(Some(Pull::NeedMore));
        }
        let end = self.source.queue.end_position();
        self.source.damage.note(WarningCode::Truncated, || {
            format!("the input ends after {end} bytes, inside the audio of the M4A file")
        })?;
        track.left = 0;
        self.next(State::Next)
    }

    /// Takes the frames of a coded one, or silence in their place.
    fn take(&mut self, decoded: &Result<Vec<f32>, String>) -> Result<Option<Pull>, DecodeError> {
        let Some(track) = &mut self.track else { return Ok(Some(Pull::End)) };
        let channels = track.ready.spec.channels();
        let silence = vec![0.0; FRAME_FRAMES as usize * channels];
        let samples = decoded.as_ref().unwrap_or(&silence);
        let frames = (samples.len() / channels) as u64;
        let skipped = track.skip.min(frames);
        let kept = (frames - skipped).min(track.left);
        track.skip -= skipped;
        track.left -= kept;
        let from = usize::try_from(skipped).unwrap_or(usize::MAX) * channels;
        let to = usize::try_from(skipped + kept).unwrap_or(usize::MAX) * channels;
        track.ready.extend(samples.get(from..to).unwrap_or_default());
        if let Err(fault) = decoded {
            if let Some(info) = &mut self.source.info {
                info.bad_frames += 1;
            }
            self.source.damage.note(WarningCode::BadFrames, || {
                format!("a coded frame of AAC could not be decoded and was replaced by silence: {fault}")
            })?;
        }
        self.next(State::Next)
    }
}

fn too_much_held() -> DecodeError {
    DecodeError::Limit(format!(
        "the index of the M4A file stands behind its audio, of which more than {} MiB would have to be held; an encoder's option such as ffmpeg's \"-movflags faststart\" puts it in front",
        MAX_HELD_BYTES >> 20
    ))
}

impl Steps for M4aDecoder {
    fn source(&mut self) -> &mut Source {
        &mut self.source
    }

    fn step(&mut self, out: &mut PcmChunk) -> Result<Option<Pull>, DecodeError> {
        match self.state {
            State::Box { at, held } => self.read_box(at, held),
            State::Skip { remaining } => self.skip(remaining),
            State::Index { at, bytes, held } => self.index(at, bytes, held),
            State::Next => self.next_sample(out),
            State::Sample { place, size } => self.sample(place, size),
            State::Behind => self.behind(),
            State::Junk { bytes } => self.junk(bytes),
            State::End => Ok(Some(Pull::End)),
        }
    }
}

decode_by_steps!(M4aDecoder);
