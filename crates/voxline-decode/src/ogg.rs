//! Ogg Vorbis and Ogg Opus: what both need around their codecs.
//!
//! Pages say how many frames the stream has at their end. From that come the frames to drop at the start and at the end,
//! and how many are missing where packets were lost.
//!
//! **Source**: RFC 3533 (Ogg); Vorbis I, appendix A; RFC 7845 (Opus).

#[cfg(feature = "opus")]
mod opus;
#[cfg(feature = "vorbis")]
mod setup;
#[cfg(feature = "vorbis")]
mod vorbis;

#[cfg(feature = "opus")]
pub use opus::OpusDecoder;
#[cfg(feature = "vorbis")]
pub use vorbis::VorbisDecoder;

use voxline_core::AudioSpec;
use voxline_core::options::{InputOptions, LimitOptions};
use voxline_core::report::WarningCode;
use voxline_speex::framing::{OggPacketEvent, OggPackets};

use crate::glued::Glued;
use crate::guarded::{Fault, Guarded};
use crate::ready::Ready;
use crate::source::Source;
use crate::{DecodeError, PcmChunk, Pull, StreamInfo};

/// A hole is filled in up to this long: beyond that it is no loss but a gap in the recording.
const MAX_LOST_SECONDS: u64 = 10;
/// Pages of one packet: 4 MiB, for pictures among the comments.
const MAX_OPEN_PAGES: u32 = 64;
/// Bytes handed on at once, so that no more pages than one are decoded for a pull.
const PIECE_BYTES: usize = 16 * 1024;

/// What a codec makes of the packets at the start of a stream.
pub(crate) trait Opening: std::fmt::Debug + Default + Send {
    /// What the first packet begins with.
    const MAGIC: &'static [u8];
    const NAME: &'static str;
    /// Takes the first packet.
    fn start(&mut self, packet: Vec<u8>, limits: &LimitOptions) -> Result<(), DecodeError>;
    /// Takes a packet behind the first, as long as the stream cannot be decoded.
    fn header(&mut self, packet: &[u8]) -> Result<Header, DecodeError>;
}

/// What a packet behind the first is.
pub(crate) enum Header {
    /// Nothing more to do: comments, or audio whose headers were lost.
    Taken,
    /// The last of the headers.
    Opens(Opened),
    /// Audio already: the headers behind the first were lost.
    #[cfg(feature = "opus")]
    Audio(Opened),
}

/// A stream that can be decoded.
pub(crate) struct Opened {
    pub(crate) codec: Guarded,
    pub(crate) spec: AudioSpec,
    /// Frames that the encoder put before the audio.
    pub(crate) delay: u32,
}

/// Reads Ogg files of one codec.
#[derive(Debug)]
pub(crate) struct Reader<O> {
    packets: OggPackets,
    opening: O,
    stream: Option<Stream>,
    glued: Glued,
    gapless: bool,
    /// Whether a stream has begun, and whether its last page came.
    begun: bool,
    over: bool,
    /// The reader of pages knows that the input is over; all is said.
    finishing: bool,
    ended: bool,
}

/// The stream that is being decoded.
#[derive(Debug)]
struct Stream {
    codec: Guarded,
    ready: Ready,
    /// Frames at the start that are no audio.
    delay: u64,
    /// Frames decoded, or filled in, so far.
    decoded: u64,
    /// Position of the first of them, as the pages count: below 0 when the first are no audio.
    base: Option<i128>,
    /// Position at the end of the page before.
    position: Option<u64>,
}

impl<O: Opening> Reader<O> {
    pub(crate) fn new(input: &InputOptions) -> Self {
        Self {
            packets: OggPackets::new(O::MAGIC, MAX_OPEN_PAGES),
            opening: O::default(),
            stream: None,
            glued: Glued::default(),
            gapless: input.gapless,
            begun: false,
            over: false,
            finishing: false,
            ended: false,
        }
    }

    pub(crate) fn step(&mut self, source: &mut Source, out: &mut PcmChunk) -> Result<Option<Pull>, DecodeError> {
        if let Some(stream) = &mut self.stream
            && let Some(pull) = stream.ready.give(source, out)?
        {
            return Ok(Some(pull));
        }
        match self.packets.next_event() {
            Some(OggPacketEvent::Start(packet)) => self.start(packet, source)?,
            Some(OggPacketEvent::Page { packets, granule, last, lost_pages }) => {
                self.page(&packets, granule, last, lost_pages, source)?;
            }
            Some(_) => {}
            None if source.queue.len() > 0 => {
                let bytes = source.queue.peek();
                let piece = bytes.get(..PIECE_BYTES).unwrap_or(bytes);
                self.packets.push(piece);
                let taken = piece.len();
                source.queue.consume(taken);
            }
            None if !source.finished => return Ok(Some(Pull::NeedMore)),
            None if self.ended => return Ok(Some(Pull::End)),
            // What is left may still hold a page.
            None if !self.finishing => {
                self.finishing = true;
                self.packets.finish();
            }
            None => {
                self.ended = true;
                self.end(source)?;
            }
        }
        Ok(None)
    }

    fn start(&mut self, packet: Vec<u8>, source: &mut Source) -> Result<(), DecodeError> {
        if self.begun && !self.over {
            source.damage.note(WarningCode::Truncated, || {
                format!("one of the {} files glued together ends before its last page", O::NAME)
            })?;
        }
        (self.begun, self.over) = (true, false);
        self.stream = None;
        self.opening = O::default();
        self.opening.start(packet, &source.limits)
    }

    fn open(&mut self, opened: Opened, source: &mut Source) -> Result<(), DecodeError> {
        let Opened { codec, spec, delay } = opened;
        self.glued.begin(spec, &mut source.damage)?;
        source.info.get_or_insert_with(|| StreamInfo {
            container: "ogg",
            codec: O::NAME.to_ascii_lowercase(),
            spec,
            expected_frames: None,
            encoder_delay_frames: self.gapless.then_some(delay).filter(|&delay| delay > 0),
            encoder_padding_frames: None,
            states_length: self.gapless,
            bad_frames: 0,
        });
        let delay = if self.gapless { u64::from(delay) } else { 0 };
        let ready = Ready::new(spec);
        self.stream = Some(Stream { codec, ready, delay, decoded: 0, base: None, position: None });
        Ok(())
    }

    fn page(
        &mut self,
        packets: &[Vec<u8>],
        granule: Option<u64>,
        last: bool,
        lost_pages: u32,
        source: &mut Source,
    ) -> Result<(), DecodeError> {
        self.over |= last;
        let mut decoded = Page::default();
        for packet in packets {
            if self.stream.is_none() {
                match self.opening.header(packet)? {
                    Header::Taken => continue,
                    Header::Opens(opened) => {
                        self.open(opened, source)?;
                        continue;
                    }
                    #[cfg(feature = "opus")]
                    Header::Audio(opened) => self.open(opened, source)?,
                }
            }
            if let Some(stream) = &mut self.stream {
                decoded.add(stream.codec.decode(packet));
            }
        }
        let gapless = self.gapless;
        let Some(stream) = &mut self.stream else { return Ok(()) };
        if decoded.packets == 0 && !last {
            return Ok(());
        }
        let kept = stream.take(&mut decoded, granule, last, lost_pages, gapless);
        if let Some(info) = &mut source.info {
            info.bad_frames = info.bad_frames.saturating_add(decoded.bad).saturating_add(u64::from(lost_pages));
            if last && gapless {
                let padding = u32::try_from(kept.padding).ok();
                info.encoder_padding_frames = info.encoder_padding_frames.or(padding);
            }
        }
        if let Some(fault) = decoded.fault {
            source.damage.note_many(WarningCode::BadFrames, decoded.bad, || {
                format!("a {} packet could not be decoded and was replaced by silence: {fault}", O::NAME)
            })?;
        }
        if lost_pages > 0 {
            let filled = kept.filled;
            source.damage.note_many(WarningCode::BadFrames, u64::from(lost_pages), || {
                let pages =
                    if lost_pages == 1 { "1 Ogg page is".to_owned() } else { format!("{lost_pages} Ogg pages are") };
                format!("{pages} missing; {filled} frames of silence were put in the place")
            })?;
        }
        Ok(())
    }

    /// Says at the end of the input what was wrong with it.
    fn end(&mut self, source: &mut Source) -> Result<(), DecodeError> {
        if self.stream.is_none() && source.frames == 0 {
            return Err(if self.begun {
                DecodeError::Truncated(format!("the input ends before the audio of the Ogg {} file", O::NAME))
            } else if self.packets.cut_bytes() > 0 && self.packets.bad_pages() == 0 {
                let cut = self.packets.cut_bytes();
                DecodeError::Truncated(format!("the input ends {cut} bytes into the first page of the Ogg file"))
            } else {
                DecodeError::Malformed(format!("an Ogg file without a stream of {}", O::NAME))
            });
        }
        let (left, over) = (self.packets.cut_bytes(), self.over);
        let (bad_pages, junk) = (self.packets.bad_pages(), self.packets.junk_bytes());
        if left > 0 || !over {
            source.damage.note(WarningCode::Truncated, || {
                format!("the file ends before its last page, {left} bytes into a page that is not complete")
            })?;
        }
        if junk > 0 {
            source.damage.note_many(WarningCode::JunkSkipped, junk, || {
                format!("{junk} bytes were no good page and skipped; {bad_pages} pages had a wrong checksum")
            })?;
        }
        if source.frames == 0 {
            source.damage.note_empty();
        }
        Ok(())
    }
}

/// What the packets of a page gave.
#[derive(Debug, Default)]
struct Page {
    samples: Vec<f32>,
    packets: u64,
    /// Packets that gave nothing, why, and where the first of them was.
    bad: u64,
    fault: Option<Fault>,
    bad_at: usize,
}

impl Page {
    fn add(&mut self, decoded: Result<&[f32], Fault>) {
        self.packets += 1;
        match decoded {
            Ok(samples) => self.samples.extend_from_slice(samples),
            Err(fault) => {
                self.bad += 1;
                if self.fault.is_none() {
                    (self.fault, self.bad_at) = (Some(fault), self.samples.len());
                }
            }
        }
    }
}

/// Frames that a page did not have, and those it had too many.
#[derive(Debug, Default)]
struct Kept {
    filled: u64,
    padding: u64,
}

impl Stream {
    /// Takes the samples of a page over: fills in what is missing, drops what is no audio.
    fn take(&mut self, page: &mut Page, granule: Option<u64>, last: bool, lost_pages: u32, trims: bool) -> Kept {
        let channels = self.ready.spec.channels();
        let mut kept = Kept::default();
        let frames = |samples: &Vec<f32>| (samples.len() / channels) as u64;
        if (page.bad > 0 || lost_pages > 0)
            && let (Some(now), Some(before)) = (granule, self.position)
        {
            let missing = now.saturating_sub(before).saturating_sub(frames(&page.samples));
            let most = MAX_LOST_SECONDS * u64::from(self.ready.spec.sample_rate.hz());
            kept.filled = if missing <= most { missing } else { 0 };
            let at = if lost_pages > 0 { 0 } else { page.bad_at };
            let silence = std::iter::repeat_n(0.0, usize::try_from(kept.filled).unwrap_or(0) * channels);
            page.samples.splice(at..at, silence);
        }
        let have = frames(&page.samples);
        let (start, end) = (self.decoded, self.decoded.saturating_add(have));
        self.decoded = end;
        self.position = granule.or(self.position.map(|position| position.saturating_add(have)));
        // The first page says where the stream begins; if it is the last as well, it says where it ends.
        let of_page = granule.map(|granule| i128::from(granule) - i128::from(end));
        self.base = self.base.or(of_page.map(|base| if last { base.max(0) } else { base }));
        let base = self.base.unwrap_or_default();
        // Places in decoded frames.
        let first = base.min(0).unsigned_abs().max(u128::from(self.delay));
        let stop = granule.filter(|_| last).map_or(i128::MAX, |granule| i128::from(granule) - base);
        let within = |place: u128| usize::try_from(place.saturating_sub(u128::from(start)).min(u128::from(have)));
        let (from, to) = match trims {
            true => (within(first).unwrap_or(0), within(stop.max(0).unsigned_abs()).unwrap_or(0)),
            false => (0, page.samples.len() / channels),
        };
        kept.padding = have - to as u64;
        self.ready.extend(page.samples.get(from * channels..to * channels).unwrap_or_default());
        kept
    }
}
