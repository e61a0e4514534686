//! The data path: decode → mix → resample → quantise. Composition only; the rooms below do the work.

mod sample;

pub use sample::Sample;
pub(crate) use sample::{Samples, Watcher};

use voxline_core::report::Warnings;
use voxline_core::units::frames_to_seconds;
use voxline_core::{
    AudioSpec, ChannelSelection, Error, ErrorKind, Options, Report, Result, SampleRate, TargetRate, TargetReport,
    WarningCode,
};
use voxline_dsp::{LevelMeter, Mixer, Quantiser, Resample, resampler};

use crate::payload::{OutputFormat, base64_len};
use crate::stage::{Frames, Pulled, SourceStage};

/// Runs the path over pushed bytes and gathers samples, one queue an output.
pub(crate) struct Engine<S: Samples = i16> {
    options: Options,
    stage: SourceStage,
    flow: Option<Flow<S>>,
    ended: bool,
}

/// What comes out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout {
    pub(crate) sample_rate: SampleRate,
    /// Channels of one output.
    pub(crate) channel_count: u16,
    pub(crate) outputs: usize,
    /// What the bytes of one output are.
    pub(crate) format: OutputFormat,
}

impl<S: Samples> Engine<S> {
    pub(crate) fn new(options: &Options) -> Result<Self> {
        options.validate()?;
        Ok(Self { options: options.clone(), stage: SourceStage::new(options)?, flow: None, ended: false })
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    /// Takes input and runs it through as far as the queues have room.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<()> {
        self.stage.push(bytes)?;
        self.run(QUEUE_FRAMES)
    }

    /// Says that the input is over; [`advance`](Self::advance) brings out the rest, [`finish`](Self::finish) ends it.
    pub(crate) fn end_input(&mut self) {
        self.stage.finish();
    }

    /// Runs on until the queues are full or nothing is left to run on.
    pub(crate) fn advance(&mut self) -> Result<()> {
        self.run(QUEUE_FRAMES)
    }

    /// Ends the input and brings out everything that the stages still hold.
    pub(crate) fn finish(&mut self) -> Result<Report> {
        self.stage.finish();
        self.run(usize::MAX)?;
        if self.flow.is_none() {
            // No frames: the output is empty, but still a valid one.
            let spec = self.stage.spec().map_or_else(|| AudioSpec::new(SampleRate::new(8_000)?, 1), Ok)?;
            self.flow = Some(Flow::new(&self.options, spec)?);
        }
        let mut report = self.stage.report();
        if let Some(flow) = &mut self.flow {
            flow.drain()?;
            flow.check_limits(&self.options)?;
            flow.describe(&mut report);
        }
        Ok(report)
    }

    /// [`finish`](Self::finish) in pieces: `None` while there is more to bring out.
    pub(crate) fn finish_step(&mut self) -> Result<Option<Report>> {
        self.stage.finish();
        let most = self.queued().saturating_add(QUEUE_FRAMES);
        self.run(most)?;
        if !self.ended && self.queued() >= most { Ok(None) } else { self.finish().map(Some) }
    }

    pub(crate) fn source_frames(&self) -> u64 {
        self.stage.frames()
    }

    /// Known once the first frames were decoded.
    pub(crate) fn layout(&self) -> Option<Layout> {
        self.flow.as_ref().map(|flow| flow.layout)
    }

    /// Frames of one output so far.
    pub(crate) fn frames(&self) -> u64 {
        self.flow.as_ref().map_or(0, |flow| flow.frames)
    }

    /// The finished samples of one output, interleaved; the caller takes them out.
    pub(crate) fn output(&mut self, index: usize) -> Option<&mut Vec<S>> {
        self.flow.as_mut()?.outputs.get_mut(index)
    }

    fn queued(&self) -> usize {
        self.flow.as_ref().map_or(0, Flow::queued)
    }

    /// A little input can hold a lot of audio (a hole in an MP3 stands for silence, rates can be raised): what does not
    /// fit into the queues stays undecoded until they are emptied.
    fn run(&mut self, queue_frames: usize) -> Result<()> {
        while !self.ended && self.queued() < queue_frames {
            match self.stage.pull()? {
                Pulled::Frames { spec, samples, before_change } => {
                    let flow = match &mut self.flow {
                        Some(flow) => flow,
                        none => none.insert(Flow::new(&self.options, spec)?),
                    };
                    flow.follow(&self.options, spec.sample_rate, before_change)?;
                    flow.take(samples)?;
                    flow.check_limits(&self.options)?;
                }
                Pulled::NeedMore => break,
                Pulled::End => self.ended = true,
            }
        }
        Ok(())
    }
}

/// Frames that wait in the queues before decoding pauses.
const QUEUE_FRAMES: usize = 64 * 1024;

/// Everything that depends on what the source turned out to be.
struct Flow<S> {
    layout: Layout,
    selection: ChannelSelection,
    source_rate: SampleRate,
    /// The samples go through as they are: one channel, at the target's rate so far. They are neither copied from stage to
    /// stage nor measured twice; a second of speech takes a third of the time.
    is_direct: bool,
    mixer: Mixer,
    resamplers: Vec<Box<dyn Resample>>,
    /// Frames of 16 bits as floats.
    floats: Vec<f32>,
    mixed: Vec<Vec<f32>>,
    resampled: Vec<Vec<f32>>,
    interleaved: Vec<f32>,
    meters: Vec<LevelMeter>,
    quantisers: Vec<Quantiser>,
    /// Finished samples, interleaved, one queue an output.
    outputs: Vec<Vec<S>>,
    frames: u64,
    /// Samples beyond all reason, which the resamplers took as 0.
    replaced: u64,
}

impl<S: Samples> Flow<S> {
    fn new(options: &Options, spec: AudioSpec) -> Result<Self> {
        let selection = options.target.channels;
        let mixer = Mixer::new(spec, selection)?;
        let planes = mixer.output_channels();
        let outputs = if selection == ChannelSelection::Split { planes } else { 1 };
        let sample_rate = match options.target.sample_rate_hz {
            TargetRate::Hz(hz) => SampleRate::new(hz)?,
            // `Keep` and whatever a later version adds without teaching this place.
            _ => spec.sample_rate,
        };
        let channel_count = (planes / outputs) as u16;
        let format = OutputFormat::new(options, sample_rate, channel_count)?;
        Ok(Self {
            layout: Layout { sample_rate, channel_count, outputs, format },
            selection,
            source_rate: spec.sample_rate,
            is_direct: spec.channel_count == 1 && spec.sample_rate == sample_rate,
            resamplers: resamplers(options, spec.sample_rate, sample_rate, planes)?,
            mixer,
            floats: Vec::new(),
            mixed: vec![Vec::new(); planes],
            resampled: vec![Vec::new(); planes],
            interleaved: Vec::new(),
            meters: vec![LevelMeter::new(); planes],
            quantisers: (0..outputs).map(|_| Quantiser::new(options.target.dither)).collect(),
            outputs: vec![Vec::new(); outputs],
            frames: 0,
            replaced: 0,
        })
    }

    /// Sets up anew when the source goes on at another rate; `before_change` is what was heard of a single channel.
    fn follow(&mut self, options: &Options, rate: SampleRate, before_change: Option<&LevelMeter>) -> Result<()> {
        if rate == self.source_rate {
            return Ok(());
        }
        self.drain()?;
        self.source_rate = rate;
        self.resamplers = resamplers(options, rate, self.layout.sample_rate, self.mixed.len())?;
        if let (true, Some(heard), [meter]) = (self.is_direct, before_change, &mut self.meters[..]) {
            meter.clone_from(heard);
        }
        self.is_direct = false;
        Ok(())
    }

    fn take(&mut self, frames: Frames<'_>) -> Result<()> {
        if let (true, [quantiser], [output]) = (self.is_direct, &mut self.quantisers[..], &mut self.outputs[..]) {
            let before = output.len();
            match frames {
                Frames::F32(samples) => S::append(samples, quantiser, output),
                Frames::S16(samples) => S::append_s16(samples, quantiser, output),
            }
            self.frames += (output.len() - before) as u64;
            return Ok(());
        }
        let samples = frames.floats(&mut self.floats);
        for plane in &mut self.mixed {
            plane.clear();
        }
        self.mixer.mix(samples, &mut self.mixed);
        for ((resampler, mixed), resampled) in self.resamplers.iter_mut().zip(&self.mixed).zip(&mut self.resampled) {
            resampler.push(mixed, resampled);
        }
        self.emit()
    }

    /// Frames waiting in the emptiest queue: a caller who takes only one output shall get all of it.
    fn queued(&self) -> usize {
        let shortest = self.outputs.iter().map(Vec::len).min().unwrap_or(0);
        shortest / usize::from(self.layout.channel_count)
    }

    /// The end of the source, or of its part at one rate.
    fn drain(&mut self) -> Result<()> {
        for (resampler, resampled) in self.resamplers.iter_mut().zip(&mut self.resampled) {
            self.replaced += resampler.replaced();
            resampler.finish(resampled);
        }
        self.emit()
    }

    /// Resampled planes to finished samples.
    fn emit(&mut self) -> Result<()> {
        let frames = self.resampled.first().map_or(0, Vec::len);
        for (plane, meter) in self.resampled.iter().zip(&mut self.meters) {
            if plane.len() != frames {
                return Err(Error::new(ErrorKind::Internal, "prepare", "channels came out of step"));
            }
            meter.push(plane);
        }
        if self.outputs.len() == self.resampled.len() {
            for ((plane, quantiser), output) in self.resampled.iter().zip(&mut self.quantisers).zip(&mut self.outputs) {
                S::append(plane, quantiser, output);
            }
        } else if let ([quantiser], [output]) = (&mut self.quantisers[..], &mut self.outputs[..]) {
            self.interleaved.clear();
            for frame in 0..frames {
                self.interleaved.extend(self.resampled.iter().map(|plane| plane[frame]));
            }
            S::append(&self.interleaved, quantiser, output);
        }
        for plane in &mut self.resampled {
            plane.clear();
        }
        self.frames += frames as u64;
        Ok(())
    }

    fn check_limits(&self, options: &Options) -> Result<()> {
        let bytes = self.layout.format.bytes(self.frames);
        let limits = [
            ("limits.max_output_bytes", bytes, options.limits.max_output_bytes),
            ("limits.max_base64_bytes", base64_len(bytes), options.limits.max_base64_bytes),
            ("the size of a WAV file", bytes, self.layout.format.most_bytes()),
        ];
        for (name, bytes, limit) in limits {
            if let Some(limit) = limit.filter(|&limit| bytes > limit) {
                let hz = self.layout.sample_rate.hz();
                let seconds = frames_to_seconds(self.frames, hz);
                let encoding = options.target.encoding;
                let smaller = match encoding.is_speex() {
                    true => format!("a lower speex.quality ({} now)", options.speex.quality),
                    false => "a lower rate, fewer channels or Speex".to_owned(),
                };
                return Err(Error::new(
                    ErrorKind::LimitExceeded,
                    "prepare",
                    format!(
                        "the output has {bytes} bytes after {seconds:.1} s ({}, {hz} Hz, {} channels), but {name} is \
                         {limit}; shorten the input, choose {smaller}, or raise the limit",
                        encoding.as_str(),
                        self.layout.channel_count
                    ),
                ));
            }
        }
        Ok(())
    }

    /// Fills in the target part of the report.
    fn describe(&self, report: &mut Report) {
        let hz = self.layout.sample_rate.hz();
        let target = &mut report.target;
        *target = TargetReport::default();
        self.layout.format.describe(target);
        target.sample_rate_hz = hz;
        target.channel_count = self.layout.channel_count;
        target.outputs = self.layout.outputs as u16;
        target.frames = self.frames;
        target.duration_s = frames_to_seconds(self.frames, hz);
        target.bytes = self.layout.format.bytes(self.frames).saturating_mul(self.layout.outputs as u64);
        target.samples_clipped = self.replaced + self.quantisers.iter().map(Quantiser::clipped).sum::<u64>();
        target.channels = match self.is_direct {
            true => report.source.channels.clone(),
            false => self.meters.iter().map(LevelMeter::level).collect(),
        };
        target.channel_names = selected_names(&report.source.channel_names, self.selection);
        let clipped = target.samples_clipped;
        let mut warnings = Warnings::default();
        warnings.extend_from(&report.warnings);
        if clipped > 0 {
            warnings
                .add_many(WarningCode::Clipped, clipped, || format!("{clipped} samples were louder than 16 bits hold"));
        }
        report.warnings = warnings.into_vec();
    }
}

/// The names of the channels that come out as they are.
fn selected_names(names: &[String], selection: ChannelSelection) -> Vec<String> {
    let only = |n: usize| names.get(n).cloned().into_iter().collect();
    match selection {
        ChannelSelection::Keep | ChannelSelection::Split => names.to_vec(),
        ChannelSelection::Left => only(0),
        ChannelSelection::Right => only(names.len().min(2).saturating_sub(1)),
        ChannelSelection::Channel(n) => only(usize::from(n).saturating_sub(1)),
        // A mix, and whatever a later version adds without teaching this place. Of one channel it is that channel.
        _ if names.len() == 1 => names.to_vec(),
        _ => Vec::new(),
    }
}

fn resamplers(options: &Options, from: SampleRate, to: SampleRate, count: usize) -> Result<Vec<Box<dyn Resample>>> {
    (0..count).map(|_| resampler(from, to, options.resample.quality)).collect()
}
