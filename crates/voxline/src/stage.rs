//! Bytes to frames of one channel count, with everything the report says about the source.

use voxline_core::report::Warnings;
use voxline_core::units::frames_to_seconds;
use voxline_core::{AudioSpec, ChannelNames, Options, Report, Result, SampleRate, SourceReport, WarningCode};
use voxline_decode::{Decode, Decoder, PcmChunk, Pull};
use voxline_dsp::{FrameMeter, LevelMeter, PairRelation, s16_to_f32};

/// Decodes, keeps the channel count constant and measures.
pub(crate) struct SourceStage {
    decoder: Decoder,
    chunk: PcmChunk,
    /// Specification of the first frames; later ones are brought to its channel count.
    first: Option<AudioSpec>,
    adapted: Vec<f32>,
    meter: FrameMeter,
    /// What the meter of a single channel had heard when the rate changed for the first time.
    before_change: Option<LevelMeter>,
    /// Frames at each rate that occurs, in order. A sum of seconds would depend on how the frames were cut.
    frames: Vec<(SampleRate, u64)>,
    /// Samples that were not finite.
    samples_nan: u64,
    names: Option<ChannelNames>,
}

impl SourceStage {
    pub(crate) fn new(options: &Options) -> Result<Self> {
        // Only stands until the first pull.
        let placeholder = AudioSpec::new(SampleRate::new(SampleRate::MIN_HZ)?, 1)?;
        Ok(Self {
            decoder: Decoder::new(&options.input, &options.limits),
            chunk: PcmChunk::with_s16(placeholder),
            first: None,
            adapted: Vec::new(),
            meter: FrameMeter::new(0),
            before_change: None,
            frames: Vec::new(),
            samples_nan: 0,
            names: options.input.channel_names.clone(),
        })
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<()> {
        Ok(self.decoder.push(bytes)?)
    }

    pub(crate) fn finish(&mut self) {
        self.decoder.finish();
    }

    pub(crate) fn frames(&self) -> u64 {
        self.frames.iter().map(|(_, frames)| frames).sum()
    }

    /// The specification, known even before the first frames when the headers were seen.
    pub(crate) fn spec(&self) -> Option<AudioSpec> {
        self.first.or_else(|| self.decoder.info().map(|info| info.spec))
    }

    /// The next frames: their rate and the samples, interleaved, always of the first channel count.
    pub(crate) fn pull(&mut self) -> Result<Pulled<'_>> {
        match self.decoder.pull(&mut self.chunk)? {
            Pull::NeedMore => return Ok(Pulled::NeedMore),
            Pull::End => return Ok(Pulled::End),
            Pull::Frames(frames) => {
                let rate = self.chunk.spec.sample_rate;
                match self.frames.iter_mut().find(|(known, _)| *known == rate) {
                    Some((_, sum)) => *sum += frames as u64,
                    None => {
                        if self.frames.len() == 1 {
                            self.before_change = self.meter.only().cloned();
                        }
                        self.frames.push((rate, frames as u64));
                    }
                }
            }
        }
        let first = match self.first {
            Some(first) => first,
            None => {
                let first = self.chunk.spec;
                if let Some(names) = &self.names {
                    names.check(first.channel_count)?;
                }
                self.meter = FrameMeter::new(first.channels());
                *self.first.insert(first)
            }
        };
        if self.decoder.info().is_some_and(|info| info.codec.starts_with("pcm_f")) {
            self.samples_nan += make_finite(&mut self.chunk.samples);
        }
        let samples = if self.chunk.spec.channel_count != first.channel_count {
            self.chunk.make_floats();
            adapt(&self.chunk, first.channels(), &mut self.adapted);
            Frames::F32(&self.adapted)
        } else if self.chunk.s16().is_empty() {
            Frames::F32(&self.chunk.samples)
        } else {
            Frames::S16(self.chunk.s16())
        };
        match samples {
            Frames::F32(samples) => self.meter.push(samples),
            Frames::S16(samples) => self.meter.push_s16(samples),
        }
        let spec = AudioSpec { sample_rate: self.chunk.spec.sample_rate, ..first };
        Ok(Pulled::Frames { spec, samples, before_change: self.before_change.as_ref() })
    }

    /// What was found, to be called at the end.
    pub(crate) fn report(&self) -> Report {
        let mut report = Report::default();
        let mut warnings = Warnings::default();
        warnings.extend_from(self.decoder.warnings());
        let seen = |code| warnings.as_slice().iter().any(|warning| warning.code == code);
        if self.frames() == 0 && !seen(WarningCode::Empty) {
            warnings.add(WarningCode::Empty, || "there is no audio in the input".to_owned());
        }
        let nan = self.samples_nan;
        if nan > 0 {
            warnings.add_many(WarningCode::NotANumber, nan, || {
                format!("{nan} samples were no finite numbers: NaN became 0, infinities full scale")
            });
        }
        match self.meter.relation() {
            PairRelation::Identical => warnings.add(WarningCode::IdenticalChannels, || {
                "both channels are the same to the bit: this is a mono recording stored twice".to_owned()
            }),
            PairRelation::Inverted => warnings.add(WarningCode::InvertedChannels, || {
                "one channel is the other upside down: mixed they cancel; choose left or right".to_owned()
            }),
            _ => {}
        }
        let source = &mut report.source;
        *source = SourceReport::default();
        if let Some(info) = self.decoder.info() {
            let spec = self.first.unwrap_or(info.spec);
            source.container = info.container.to_owned();
            source.codec.clone_from(&info.codec);
            source.sample_rate_hz = spec.sample_rate.hz();
            source.channel_count = spec.channel_count;
            source.channel_mask = spec.channel_mask.0;
            source.encoder_delay_frames = info.encoder_delay_frames;
            source.encoder_padding_frames = info.encoder_padding_frames;
            source.bad_frames = info.bad_frames;
            // The length of the original is known unless something was lost or the format does not state its padding.
            let states_length = info.states_length || info.encoder_delay_frames.is_some();
            let misled = [WarningCode::Truncated, WarningCode::InconsistentHeader, WarningCode::BadSize];
            let lost = warnings.as_slice().iter().any(|warning| misled.contains(&warning.code));
            source.duration_exact = states_length && !lost;
        }
        source.frames = self.frames();
        source.duration_s =
            self.frames.iter().fold(0.0, |sum, (rate, frames)| sum + frames_to_seconds(*frames, rate.hz()));
        source.samples_nan = self.samples_nan;
        source.input_bytes = self.decoder.input_bytes();
        source.channels = self.meter.levels();
        source.channel_names = self.names.as_ref().map(|names| names.as_slice().to_vec()).unwrap_or_default();
        report.warnings = warnings.into_vec();
        report
    }
}

/// What a pull of the stage brought.
pub(crate) enum Pulled<'a> {
    /// `spec` has the rate of these frames and the channels of the first ones.
    Frames {
        spec: AudioSpec,
        samples: Frames<'a>,
        /// The meter of a single channel as it was at the first change of rate, once there was one.
        before_change: Option<&'a LevelMeter>,
    },
    NeedMore,
    End,
}

/// Interleaved samples: numbers as they were computed, or as they stood in the file where those are 16 bits of one channel.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Frames<'a> {
    F32(&'a [f32]),
    S16(&'a [i16]),
}

impl<'a> Frames<'a> {
    /// The samples as floats, in `scratch` if they are none.
    pub(crate) fn floats(self, scratch: &'a mut Vec<f32>) -> &'a [f32] {
        match self {
            Self::F32(samples) => samples,
            Self::S16(samples) => {
                scratch.clear();
                s16_to_f32(samples, scratch);
                scratch
            }
        }
    }
}

/// Only float input can hold such samples; one of them would wipe out a whole block of the resampler.
fn make_finite(samples: &mut [f32]) -> u64 {
    let mut replaced = 0;
    for sample in samples.iter_mut().filter(|sample| !sample.is_finite()) {
        replaced += 1;
        *sample = if sample.is_nan() { 0.0 } else { sample.signum() };
    }
    replaced
}

/// Brings frames to another channel count: mono goes to every channel, anything else is mixed first.
fn adapt(chunk: &PcmChunk, channels: usize, out: &mut Vec<f32>) {
    let from = chunk.spec.channels();
    out.clear();
    for frame in chunk.samples.chunks_exact(from) {
        let mono = frame.iter().sum::<f32>() / from as f32;
        out.extend(std::iter::repeat_n(mono, channels));
    }
}
