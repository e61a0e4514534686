//! The streaming form: push bytes, pull parts.

use std::collections::VecDeque;

use voxline_core::{Encoding, Error, ErrorKind, Options, Report, Result};

use super::Part;
use super::cutter::Cutter;
use crate::engine::Engine;

/// Input is run through in pieces of this size, so that memory does not follow the size of a push.
const PIECE_BYTES: usize = 64 * 1024;

/// Splits a recording while it arrives.
///
/// Push bytes in chunks of any size and pull parts until none comes; say that the input is over, pull the rest, and
/// finish. The same bytes give the same parts however they are cut, and the first part is there before the input ends.
/// What is held is the samples of one part and about a second more, if what is ready is pulled. Without any limit there
/// is only one part, the whole recording.
///
/// ```
/// # const CALL: &[u8] = include_bytes!("../../../../assets/call.mp3");
/// let mut options = voxline::profile("chat-16k")?;
/// options.split.max_duration_s = Some(5.0);
/// let mut splitter = voxline::Splitter::new(&options)?;
/// let mut starts = Vec::new();
/// for chunk in CALL.chunks(4_096) {
///     splitter.push(chunk)?;
///     while let Some(part) = splitter.pull()? {
///         starts.push(part.start_frame);
///     }
/// }
/// assert!(starts.len() >= 2);
/// splitter.end_input()?;
/// while let Some(part) = splitter.pull()? {
///     starts.push(part.start_frame);
/// }
/// assert_eq!(splitter.finish()?.target.frames, 246_498);
/// # Ok::<(), voxline::Error>(())
/// ```
pub struct Splitter {
    options: Options,
    engine: Engine,
    /// From the moment when it is known what comes out.
    cutter: Option<Cutter>,
    /// Parts that [`finish`](Self::finish) had to make.
    ready: VecDeque<Part>,
    /// Of the whole, once everything was decoded.
    report: Option<Report>,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// The input is over.
    Ended,
    Finished,
    /// After an error nothing more comes.
    Failed,
}

impl Splitter {
    /// A splitter for one input.
    ///
    /// **Errors**: [`ErrorKind::InvalidArgument`] when the options are not valid.
    pub fn new(options: &Options) -> Result<Self> {
        options.validate()?;
        // What is limited and encoded is the parts.
        let mut whole = options.clone();
        whole.target.encoding = Encoding::Pcm;
        (whole.limits.max_output_bytes, whole.limits.max_base64_bytes) = (None, None);
        Ok(Self {
            options: options.clone(),
            engine: Engine::new(&whole)?,
            cutter: None,
            ready: VecDeque::new(),
            report: None,
            state: State::Open,
        })
    }

    /// Takes the next bytes of the input.
    ///
    /// **Errors**: what is wrong with the input, as for [`Preparer::push`](crate::Preparer::push), and
    /// [`ErrorKind::InvalidState`] after the end or an error.
    pub fn push(&mut self, bytes: &[u8]) -> Result<()> {
        self.require(&[State::Open], "push")?;
        for piece in bytes.chunks(PIECE_BYTES) {
            let result = self.engine.push(piece);
            self.guard(result)?;
        }
        Ok(())
    }

    /// Says that the input is over: what is left can be pulled.
    ///
    /// **Errors**: [`ErrorKind::InvalidState`] after the end or an error.
    pub fn end_input(&mut self) -> Result<()> {
        self.require(&[State::Open], "end_input")?;
        self.engine.end_input();
        self.state = State::Ended;
        Ok(())
    }

    /// The next part; `None` means push more, or after the end of the input that this was all.
    ///
    /// **Errors**: those of [`push`](Self::push), because input that did not fit is decoded here; those of
    /// [`split`](crate::split()) about options that do not fit the input.
    pub fn pull(&mut self) -> Result<Option<Part>> {
        if let Some(part) = self.ready.pop_front() {
            return Ok(Some(part));
        }
        if self.state == State::Finished {
            return Ok(None);
        }
        self.require(&[State::Open, State::Ended], "pull")?;
        let result = self.advance();
        self.guard(result)
    }

    /// Ends the input, if it is not over yet, and says what was found and done. Parts that were not pulled are made now
    /// and can be pulled afterwards.
    ///
    /// **Errors**: those of [`pull`](Self::pull).
    pub fn finish(&mut self) -> Result<Report> {
        self.require(&[State::Open, State::Ended], "finish")?;
        if self.state == State::Open {
            self.end_input()?;
        }
        loop {
            let result = self.advance();
            match self.guard(result)? {
                Some(part) => self.ready.push_back(part),
                None => break,
            }
        }
        self.state = State::Finished;
        let mut report = self.report.take().unwrap_or_default();
        if let Some(cutter) = &self.cutter {
            cutter.describe(&mut report.target);
        }
        Ok(report)
    }

    /// Frames decoded so far.
    pub fn source_frames(&self) -> u64 {
        self.engine.source_frames()
    }

    /// Moves samples on until a part is complete or nothing is left to move.
    fn advance(&mut self) -> Result<Option<Part>> {
        loop {
            let drained = self.report.is_some();
            if let Some(cutter) = &mut self.cutter
                && let Some(part) = cutter.cut(&self.options, drained)?
            {
                return Ok(Some(part));
            }
            if drained {
                return Ok(None);
            }
            self.engine.advance()?;
            if self.fill()? {
                continue;
            }
            if self.state == State::Open {
                return Ok(None);
            }
            // Nothing but what the stages hold back is left.
            let report = self.engine.finish()?;
            self.fill()?;
            if let Some(cutter) = &mut self.cutter {
                cutter.end();
            }
            self.report = Some(report);
        }
    }

    /// Hands on what the engine has ready; says whether that was anything.
    fn fill(&mut self) -> Result<bool> {
        let Some(layout) = self.engine.layout() else { return Ok(false) };
        let cutter = match &mut self.cutter {
            Some(cutter) => cutter,
            none => none.insert(Cutter::new(&self.options, layout)?),
        };
        for index in 0..layout.outputs {
            if let Some(samples) = self.engine.output(index) {
                cutter.take(index, samples);
                samples.clear();
            }
        }
        Ok(cutter.hear())
    }

    fn require(&self, states: &[State], call: &str) -> Result<()> {
        if states.contains(&self.state) {
            return Ok(());
        }
        let after = match self.state {
            State::Failed => "an error",
            State::Finished => "finish",
            State::Open | State::Ended => "the end of the input",
        };
        Err(Error::new(ErrorKind::InvalidState, "split", format!("{call} after {after}")))
    }

    fn guard<T>(&mut self, result: Result<T>) -> Result<T> {
        if result.is_err() {
            self.state = State::Failed;
        }
        result
    }
}
