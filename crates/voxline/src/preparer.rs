//! The streaming path: push bytes, pull prepared bytes or samples.

use voxline_core::{Encoding, Error, ErrorKind, Options, Report, Result};

use crate::engine::{Engine, Layout};
use crate::payload::OutputEncoder;

/// Input is run through in pieces of this size, so that memory does not follow the size of a push.
const PIECE_BYTES: usize = 64 * 1024;

/// Converts audio while it arrives.
///
/// Push bytes in chunks of any size, pull what is ready after each push, finish, and pull the rest. The same bytes give
/// the same output however they are cut. Memory stays bounded if what is ready is pulled; only WAV as base64 is held
/// back until the end, because its header states a length.
///
/// ```
/// # const CALL: &[u8] = include_bytes!("../../../assets/call.mp3");
/// # fn main() -> voxline::Result<()> {
/// let mut preparer = voxline::Preparer::new(&voxline::profile("chat-16k")?)?;
/// let mut pcm = Vec::new();
/// for chunk in CALL.chunks(1_000) {
///     preparer.push(chunk)?;
///     preparer.pull(0, &mut pcm)?;
/// }
/// let report = preparer.finish()?;
/// preparer.pull(0, &mut pcm)?;
/// assert_eq!(pcm.len() as u64, report.target.bytes);
/// # Ok(())
/// # }
/// ```
pub struct Preparer {
    engine: Engine,
    encoders: Vec<OutputEncoder>,
    state: State,
    input_ended: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Finished,
    /// After an error nothing more comes.
    Failed,
}

impl Preparer {
    /// A preparer for one input.
    ///
    /// **Errors**: [`ErrorKind::InvalidArgument`] when the options are not valid.
    pub fn new(options: &Options) -> Result<Self> {
        Ok(Self { engine: Engine::new(options)?, encoders: Vec::new(), state: State::Open, input_ended: false })
    }

    /// Takes the next bytes of the input.
    ///
    /// **Errors**: what is wrong with the input ([`ErrorKind::UnsupportedFormat`], [`ErrorKind::MalformedInput`] and,
    /// under `input.strict`, [`ErrorKind::TruncatedInput`]), [`ErrorKind::LimitExceeded`], and
    /// [`ErrorKind::InvalidState`] after `finish` or an error. What was ready before the error can still be pulled.
    pub fn push(&mut self, bytes: &[u8]) -> Result<()> {
        self.require_open("push")?;
        if self.input_ended {
            return Err(Error::new(ErrorKind::InvalidState, "prepare", "push after the end of the input"));
        }
        for piece in bytes.chunks(PIECE_BYTES) {
            let result = self.engine.push(piece);
            self.guard(result)?;
        }
        Ok(())
    }

    /// Says that the input is over without bringing out the rest at once: pull until 0 comes, then finish. For input
    /// whose last bytes may hold more audio than memory should.
    pub(crate) fn end_input(&mut self) {
        self.input_ended = true;
        self.engine.end_input();
    }

    /// Ends the input. The rest of the output is then ready.
    ///
    /// **Errors**: those of [`push`](Self::push).
    pub fn finish(&mut self) -> Result<Report> {
        self.require_open("finish")?;
        let result = self.engine.finish();
        let report = self.guard(result)?;
        self.state = State::Finished;
        Ok(report)
    }

    /// [`finish`](Self::finish) in pieces of bounded work, for a caller who may want to do something between them: `None`
    /// until it is done. Meanwhile nothing can be pushed, and what is ready can be pulled.
    ///
    /// **Errors**: those of [`push`](Self::push).
    ///
    /// ```
    /// # fn main() -> voxline::Result<()> {
    /// let mut preparer = voxline::Preparer::new(&voxline::profile("chat-8k")?)?;
    /// preparer.push(include_bytes!("../../../assets/call.wav"))?;
    /// let report = loop {
    ///     match preparer.finish_step()? {
    ///         Some(report) => break report,
    ///         None => {} // look at a clock, a flag …
    ///     }
    /// };
    /// assert_eq!(report.target.frames, report.source.frames);
    /// # Ok(())
    /// # }
    /// ```
    pub fn finish_step(&mut self) -> Result<Option<Report>> {
        self.require_open("finish")?;
        self.input_ended = true;
        let result = self.engine.finish_step();
        let report = self.guard(result)?;
        if report.is_some() {
            self.state = State::Finished;
        }
        Ok(report)
    }

    /// How many outputs there are: 1, or the channels of the source under `split`. `None` until that is known.
    pub fn outputs(&self) -> Option<usize> {
        self.engine.layout().map(|layout| layout.outputs)
    }

    /// Channels of one output. `None` until that is known.
    pub fn channel_count(&self) -> Option<u16> {
        self.engine.layout().map(|layout| layout.channel_count)
    }

    /// Frames decoded so far.
    pub fn source_frames(&self) -> u64 {
        self.engine.source_frames()
    }

    /// Appends the bytes of output `index` that are ready to `out` and returns how many. Pull again until 0 comes: it
    /// means push more, or after `finish` that this was all.
    ///
    /// WAV starts with a header whose sizes are 0xFFFFFFFF, because the length is not known yet; overwrite it with
    /// [`wav_header`](Self::wav_header) at the end if the output can be rewritten.
    ///
    /// **Errors**: [`ErrorKind::InvalidArgument`] for an output that does not exist, and those of [`push`](Self::push),
    /// because input that did not fit is decoded here.
    pub fn pull(&mut self, index: usize, out: &mut Vec<u8>) -> Result<usize> {
        self.make_ready(index)?;
        let Some(layout) = self.engine.layout() else { return Ok(0) };
        if self.encoders.is_empty() {
            let options = self.engine.options();
            let encoder = |_| OutputEncoder::new(options, layout.format);
            self.encoders = (0..layout.outputs).map(encoder).collect::<Result<_>>()?;
        }
        let frames = self.engine.frames();
        let finished = self.state == State::Finished;
        let (Some(encoder), Some(samples)) = (self.encoders.get_mut(index), self.engine.output(index)) else {
            return Err(no_output(index, layout));
        };
        let before = out.len();
        encoder.encode(samples, finished.then_some(frames), out)?;
        samples.clear();
        Ok(out.len() - before)
    }

    /// Appends the samples of output `index` that are ready to `out`, interleaved, and returns how many frames that are.
    /// Use either this or [`pull`](Self::pull) on one output: each takes what is ready.
    ///
    /// **Errors**: those of [`pull`](Self::pull).
    pub fn pull_s16(&mut self, index: usize, out: &mut Vec<i16>) -> Result<usize> {
        self.make_ready(index)?;
        let Some(layout) = self.engine.layout() else { return Ok(0) };
        let Some(samples) = self.engine.output(index) else {
            return Err(no_output(index, layout));
        };
        let frames = samples.len() / usize::from(layout.channel_count);
        out.append(samples);
        Ok(frames)
    }

    /// The final header of each output, to be written over the first bytes: `Some` after `finish` when the target is WAV
    /// and not base64.
    ///
    /// **Errors**: [`ErrorKind::LimitExceeded`] past 4 GiB.
    pub fn wav_header(&self) -> Result<Option<Vec<u8>>> {
        let target = &self.engine.options().target;
        match self.engine.layout() {
            Some(layout) if self.state == State::Finished && target.encoding == Encoding::Wav && !target.base64 => {
                layout.format.wav_header(Some(self.engine.frames())).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Decodes on if output `index` has nothing ready.
    fn make_ready(&mut self, index: usize) -> Result<()> {
        let empty = self.engine.output(index).is_none_or(|samples| samples.is_empty());
        if empty && self.state == State::Open {
            let result = self.engine.advance();
            self.guard(result)?;
        }
        Ok(())
    }

    fn require_open(&self, call: &str) -> Result<()> {
        match self.state {
            State::Open => Ok(()),
            State::Finished => Err(Error::new(ErrorKind::InvalidState, "prepare", format!("{call} after finish"))),
            State::Failed => Err(Error::new(ErrorKind::InvalidState, "prepare", format!("{call} after an error"))),
        }
    }

    fn guard<T>(&mut self, result: Result<T>) -> Result<T> {
        if result.is_err() {
            self.state = State::Failed;
        }
        result
    }
}

fn no_output(index: usize, layout: Layout) -> Error {
    let context = format!("output {index} does not exist; there are {}, the first is 0", layout.outputs);
    Error::new(ErrorKind::InvalidArgument, "pull", context)
}
