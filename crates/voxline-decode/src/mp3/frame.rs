//! One coded frame to samples, with concealment.

use std::panic::{AssertUnwindSafe, catch_unwind};

use nanomp3_core::{DecodeError as FrameError, Decoder, MAX_SAMPLES_PER_FRAME};

use super::framer::Gap;
use super::header::{FrameHeader, Version};
use super::side_info::{self, SideInfo};

/// The most main data that earlier frames can hold for later ones: what nine bits of `main_data_begin` reach.
const RESERVOIR_BYTES: usize = 511;
/// A CRC that never fits is an encoder's mistake, not damage: it is believed after this many that fitted.
const CRC_TRUST: u32 = 8;

/// What became of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Decoded,
    /// Silence of the same length took its place.
    Concealed(Reason),
}

/// Why a frame was concealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// Its side information is impossible or fails its CRC.
    Corrupt,
    /// Its main data begins in frames that are missing.
    MissingReservoir,
}

/// Decodes frames in order. nanomp3 forgets everything when it meets a damaged frame, so it never sees one: what
/// cannot be decoded is replaced by a silent frame that keeps the bit reservoir and lets the overlap fade.
pub(crate) struct FrameDecoder {
    decoder: Box<Decoder>,
    pcm: Box<[f32; MAX_SAMPLES_PER_FRAME]>,
    /// The stream that the decoder's state belongs to.
    stream: Option<FrameHeader>,
    reservoir_bytes: usize,
    crc_good: u32,
}

impl FrameDecoder {
    pub(crate) fn new() -> Self {
        Self {
            decoder: Box::new(Decoder::new()),
            pcm: Box::new([0.0; MAX_SAMPLES_PER_FRAME]),
            stream: None,
            reservoir_bytes: 0,
            crc_good: 0,
        }
    }

    /// Decodes one frame; `rest` is the input from the frame on, in which free format finds its size the first time.
    ///
    /// Returns interleaved samples, always as many as the header says.
    pub(crate) fn decode(&mut self, header: FrameHeader, frame: &[u8], rest: &[u8]) -> (Outcome, &[f32]) {
        if !self.stream.is_some_and(|stream| stream.same_stream(header)) {
            self.reservoir_bytes = 0;
            self.stream = None;
        }
        let outcome = match self.judge(header, frame) {
            Ok(side) => {
                let fed = if self.must_find_size(header) { rest } else { frame };
                match self.feed(header, fed, frame.len(), side) {
                    true => Outcome::Decoded,
                    false => Outcome::Concealed(Reason::Corrupt),
                }
            }
            Err(reason) => {
                self.feed_silence(header, frame);
                Outcome::Concealed(reason)
            }
        };
        (outcome, self.samples(header))
    }

    /// Stands in for one frame of which only the place is left: `body` are the bytes found there. `free_bytes` is the
    /// size of an unpadded free-format frame.
    pub(crate) fn conceal_lost(&mut self, previous: FrameHeader, body: &[u8], free_bytes: usize) -> &[f32] {
        let (header, frame) = lost_frame(previous, body, free_bytes);
        // The body's main data serves the following frames if it is that of a whole frame. Otherwise they miss it.
        if body.len() != frame.len() {
            self.reservoir_bytes = 0;
        }
        self.feed_silence(header, &frame);
        if body.len() != frame.len() {
            self.reservoir_bytes = 0;
        }
        self.samples(header)
    }

    /// What the last frame decodes to when one of silence follows: the tail that its transform still holds.
    pub(crate) fn flush(&mut self, last: FrameHeader, free_bytes: usize) -> &[f32] {
        self.conceal_lost(last, &[], free_bytes)
    }

    /// Free format says its size nowhere: the decoder learns it from the first frame and those behind it.
    fn must_find_size(&self, header: FrameHeader) -> bool {
        header.bitrate_kbps == 0 && self.stream.is_none()
    }

    fn judge(&mut self, header: FrameHeader, frame: &[u8]) -> Result<SideInfo, Reason> {
        match side_info::crc_matches(frame, header) {
            Some(true) => self.crc_good = self.crc_good.saturating_add(1),
            Some(false) if self.crc_good >= CRC_TRUST => return Err(Reason::Corrupt),
            _ => {}
        }
        let side = side_info::parse(frame, header).ok_or(Reason::Corrupt)?;
        if side.main_data_begin > self.reservoir_bytes && !self.must_find_size(header) {
            return Err(Reason::MissingReservoir);
        }
        Ok(side)
    }

    /// Hands a frame to the decoder and keeps count of the reservoir; on failure the samples are silence.
    fn feed(&mut self, header: FrameHeader, fed: &[u8], frame_bytes: usize, side: SideInfo) -> bool {
        // nanomp3 is safe code and the side information was judged, but it is a port of C and not ours: whatever else it
        // trips over shall cost a frame and not the process.
        let (decoder, pcm) = (&mut self.decoder, &mut self.pcm);
        let result = catch_unwind(AssertUnwindSafe(|| decoder.decode(fed, &mut pcm[..]).1)).unwrap_or_else(|_| {
            **decoder = Decoder::new();
            Err(FrameError::NoFrame)
        });
        let own = frame_bytes.saturating_sub(header.side_info_offset() + header.side_info_bytes());
        let held = side.main_data_begin.min(self.reservoir_bytes) + own;
        self.reservoir_bytes = held.saturating_sub(side.main_data_bits.div_ceil(8)).min(RESERVOIR_BYTES);
        self.stream = Some(header);
        let wanted = header.samples_per_frame() as usize;
        let decoded = result.as_ref().is_ok_and(|info| {
            info.samples_produced == wanted && u16::from(info.channels.num()) == header.channel_count
        });
        if !decoded {
            if !matches!(result, Err(FrameError::ReservoirUnavailable(_))) {
                self.reservoir_bytes = 0;
                self.stream = None;
            }
            self.pcm.fill(0.0);
        }
        decoded
    }

    fn feed_silence(&mut self, header: FrameHeader, frame: &[u8]) {
        let reach = if header.version == Version::Mpeg1 { RESERVOIR_BYTES } else { 255 };
        let side = SideInfo { main_data_begin: self.reservoir_bytes.min(reach), main_data_bits: 0 };
        let silent = side_info::silenced(frame, header, side.main_data_begin);
        if self.must_find_size(header) || !self.feed(header, &silent, silent.len(), side) {
            self.pcm.fill(0.0);
        }
    }

    fn samples(&self, header: FrameHeader) -> &[f32] {
        &self.pcm[..header.samples_per_frame() as usize * usize::from(header.channel_count)]
    }
}

/// How many frames a gap stands for, so that time does not shift.
///
/// At a constant bit rate a gap is lost frames if they fit it exactly; anything else was put between the frames, which
/// takes no time, unless it starts like a frame: then bytes are missing. At a variable bit rate (`mean_bytes` is the mean
/// size of the frames so far) the likeliest number is taken.
pub(crate) fn frames_in_gap(gap: &Gap, previous: FrameHeader, free_bytes: usize, mean_bytes: Option<f64>) -> u64 {
    let starts_as_frame = FrameHeader::parse_at(&gap.head, 0).is_some_and(|header| previous.same_stream(header));
    let at_least = u64::from(starts_as_frame && gap.bytes > FrameHeader::BYTES as u64);
    if let Some(mean) = mean_bytes.filter(|mean| *mean >= 1.0) {
        let one = usize::try_from(gap.bytes).is_ok_and(|bytes| previous.fitting_size(bytes).is_some());
        let likeliest = (gap.bytes as f64 / mean).round() as u64;
        return if one { 1 } else { likeliest.max(at_least) };
    }
    // Frames differ by the padding byte only, which keeps their average exact: compare in bits times Hz, where the
    // average is a whole number.
    let rate = u64::from(previous.sample_rate_hz);
    let per_frame = match previous.bitrate_kbps {
        0 => 8 * free_bytes as u64 * rate,
        kbps => u64::from(previous.samples_per_frame()) * u64::from(kbps) * 1000,
    };
    let Some(half) = per_frame.checked_div(2).filter(|&half| half > 0) else { return 0 };
    let length = gap.bytes.saturating_mul(8).saturating_mul(rate);
    let frames = length.saturating_add(half) / per_frame;
    if frames > 0 && length.abs_diff(frames * per_frame) < 2 * 8 * rate {
        return frames;
    }
    if starts_as_frame { frames.max(at_least) } else { 0 }
}

/// A frame of the stream made of `body`: its header is that of `previous` with the bit rate that fits the length; a
/// body of another length becomes a frame of the usual one, without data.
fn lost_frame(previous: FrameHeader, body: &[u8], free_bytes: usize) -> (FrameHeader, Vec<u8>) {
    let usual = || (previous.bitrates().position(|kbps| kbps == previous.bitrate_kbps).map_or(0, |i| i + 1), false);
    let (index, padded) = match previous.bitrate_kbps {
        0 => (0, body.len() == free_bytes + 1),
        _ => previous.fitting_size(body.len()).map_or_else(usual, |(index, _, padded)| (index, padded)),
    };
    let bytes = previous.to_bytes(index, padded);
    let header = FrameHeader::parse(bytes).unwrap_or(previous);
    let size = header.frame_bytes().unwrap_or(free_bytes + usize::from(padded));
    let mut frame = if body.len() == size { body.to_vec() } else { vec![0; size] };
    if let Some(start) = frame.get_mut(..FrameHeader::BYTES) {
        start.copy_from_slice(&bytes);
    }
    (header, frame)
}
