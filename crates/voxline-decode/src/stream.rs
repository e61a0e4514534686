//! The contract of every decoder.

use voxline_core::AudioSpec;
use voxline_core::report::Warning;

use crate::DecodeError;
use crate::pcm::push_s16;

/// What a pull brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pull {
    /// This many frames were put into the chunk, at least 1.
    Frames(usize),
    /// Nothing is ready: push more bytes or finish.
    NeedMore,
    /// The stream is over; further pulls say the same.
    End,
}

/// A run of decoded frames of one specification.
///
/// **Shape**: `samples` holds whole frames, interleaved, full scale ±1 (integer formats are divided by 2^(bits−1),
/// so that s16 and s24 come through exactly). MP3 and float input may exceed ±1.
#[derive(Debug, Clone, PartialEq)]
pub struct PcmChunk {
    /// Rate and channels of these frames; both may change from chunk to chunk of one stream.
    pub spec: AudioSpec,
    /// Interleaved samples. Empty while the frames stand in [`s16`](Self::s16).
    pub samples: Vec<f32>,
    /// The samples of a single channel that has 16 bits, if they are taken as they are.
    s16: Vec<i16>,
    takes_s16: bool,
}

impl PcmChunk {
    /// An empty chunk; a decoder sets its specification when it fills it.
    pub fn new(spec: AudioSpec) -> Self {
        Self { spec, samples: Vec::new(), s16: Vec::new(), takes_s16: false }
    }

    /// An empty chunk that takes plain 16-bit samples of a single channel as they are: for a caller who passes them on and
    /// need not turn them to and fro. All other frames come as `samples` all the same.
    ///
    /// ```
    /// # use voxline_core::{AudioSpec, Options, SampleRate};
    /// use voxline_decode::{Decode, Decoder, PcmChunk};
    /// # let wav = b"RIFF\x28\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1F\0\0\x80\x3E\0\0\x02\0\x10\0data\x04\0\0\0\0\x40\0\xC0";
    /// # let options = Options::default();
    /// let mut decoder = Decoder::new(&options.input, &options.limits);
    /// decoder.push(wav)?;
    /// decoder.finish();
    /// let mut chunk = PcmChunk::with_s16(AudioSpec::new(SampleRate::new(8000)?, 1)?);
    /// decoder.pull(&mut chunk)?;
    /// assert_eq!(chunk.s16(), [16_384, -16_384]);
    /// chunk.make_floats();
    /// assert_eq!(chunk.samples, [0.5, -0.5]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_s16(spec: AudioSpec) -> Self {
        Self { takes_s16: true, ..Self::new(spec) }
    }

    /// Whole frames held.
    pub fn frames(&self) -> usize {
        (self.samples.len() + self.s16.len()) / self.spec.channels()
    }

    /// The frames, where they are 16-bit samples of a single channel that were taken as they are; else empty.
    pub fn s16(&self) -> &[i16] {
        &self.s16
    }

    /// Makes `samples` of whatever the frames are, exactly.
    pub fn make_floats(&mut self) {
        push_s16(&self.s16, &mut self.samples);
        self.s16.clear();
    }

    /// Drops all frames.
    pub fn clear(&mut self) {
        self.samples.clear();
        self.s16.clear();
    }

    /// Drops all frames but the first ones.
    pub fn truncate(&mut self, frames: usize) {
        self.samples.truncate(frames.saturating_mul(self.spec.channels()));
        self.s16.truncate(frames);
    }

    /// Where plain 16-bit samples of this specification go, if they are taken.
    pub(crate) fn s16_mut(&mut self) -> Option<&mut Vec<i16>> {
        (self.takes_s16 && self.spec.channel_count == 1).then_some(&mut self.s16)
    }
}

/// What is known about a stream so far.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamInfo {
    /// `wav`, `au`, `aiff`, `mp3`, `flac`, `ogg`, `m4a`, `speex` or `raw`.
    pub container: &'static str,
    /// `mp3`, `pcm_s16le`, `pcm_alaw`, `adpcm_ima`, `gsm` …
    pub codec: String,
    /// Specification of the first frames.
    pub spec: AudioSpec,
    /// Frames the whole stream will give, as its headers say; a forecast for progress, not a promise.
    pub expected_frames: Option<u64>,
    /// Frames that the encoder put before the audio.
    pub encoder_delay_frames: Option<u32>,
    /// Frames that the encoder put after the audio.
    pub encoder_padding_frames: Option<u32>,
    /// Whether the frames are those of the original to the sample, as far as the format goes: it has no padding, or says
    /// how much. Where the encoder's delay is stated, that says the same.
    pub states_length: bool,
    /// Coded frames that were concealed so far.
    pub bad_frames: u64,
}

/// A push-driven decoder.
pub trait Decode: Send {
    /// Hands over the next bytes of the input; all of them are taken. Pull until [`Pull::NeedMore`] before the next
    /// push, otherwise they are only stored.
    ///
    /// **Errors**: [`DecodeError::State`] after `finish`.
    fn push(&mut self, bytes: &[u8]) -> Result<(), DecodeError>;

    /// Says that the input is over. Pull until [`Pull::End`] for the rest.
    fn finish(&mut self);

    /// Replaces the content of `out` by the next frames, a bounded number of them.
    ///
    /// **Errors**: what is wrong with the input; the decoder gives nothing more afterwards. Under `strict` damage is an
    /// error, otherwise it is a warning and decoding goes on.
    fn pull(&mut self, out: &mut PcmChunk) -> Result<Pull, DecodeError>;

    /// What is known so far; `None` until the headers were seen.
    fn info(&self) -> Option<&StreamInfo>;

    /// Oddities seen so far.
    fn warnings(&self) -> &[Warning];

    /// After [`Pull::End`], once: the bytes of an MP3 stream that was found behind this file, if the decoder looks for one.
    fn take_sequel(&mut self) -> Option<Vec<u8>> {
        None
    }
}
