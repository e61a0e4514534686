//! What push-driven readers have in common: the bytes that wait, what was noted, how a pull goes.

use voxline_core::options::{InputOptions, LimitOptions};
use voxline_core::report::WarningCode;
use voxline_core::{AudioSpec, report::Warning};

use crate::body::{Body, Output};
use crate::bytes::ByteQueue;
use crate::damage::Damage;
use crate::limits::DurationGuard;
use crate::{DecodeError, PcmChunk, Pull, StreamInfo};

/// The state that every reader has, whatever it reads.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) queue: ByteQueue,
    pub(crate) damage: Damage,
    pub(crate) guard: DurationGuard,
    pub(crate) limits: LimitOptions,
    pub(crate) info: Option<StreamInfo>,
    /// No more bytes will come.
    pub(crate) finished: bool,
    /// Frames given out so far.
    pub(crate) frames: u64,
    failed: Option<DecodeError>,
}

impl Source {
    pub(crate) fn new(input: &InputOptions, limits: &LimitOptions) -> Self {
        Self {
            queue: ByteQueue::default(),
            damage: Damage::new(input.strict),
            guard: DurationGuard::new(limits),
            limits: limits.clone(),
            info: None,
            finished: false,
            frames: 0,
            failed: None,
        }
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<(), DecodeError> {
        if self.finished {
            return Err(DecodeError::State("push after finish"));
        }
        self.queue.push(bytes);
        Ok(())
    }

    pub(crate) fn warnings(&self) -> &[Warning] {
        self.damage.warnings()
    }

    /// Whether fewer bytes wait than are wanted, and more may come.
    pub(crate) fn must_wait_for(&self, bytes: usize) -> bool {
        self.queue.len() < bytes && !self.finished
    }

    /// Drops up to so many bytes; how many of them are still to come.
    pub(crate) fn skip(&mut self, bytes: u64) -> u64 {
        bytes - self.queue.consume(usize::try_from(bytes).unwrap_or(usize::MAX)) as u64
    }
}

/// A reader that goes step by step.
pub(crate) trait Steps {
    fn source(&mut self) -> &mut Source;

    /// One step; `None` to go on with the state that was set.
    fn step(&mut self, out: &mut PcmChunk) -> Result<Option<Pull>, DecodeError>;
}

/// Steps until there is something to say; what went wrong once stays.
pub(crate) fn pull(reader: &mut impl Steps, out: &mut PcmChunk) -> Result<Pull, DecodeError> {
    out.clear();
    if let Some(error) = &reader.source().failed {
        return Err(error.clone());
    }
    loop {
        match reader.step(out) {
            Ok(None) => {}
            Ok(Some(pull)) => return Ok(pull),
            Err(error) => {
                reader.source().failed = Some(error.clone());
                out.clear();
                return Err(error);
            }
        }
    }
}

/// The calls of [`Decode`](crate::Decode) for a reader that [`Steps`] and whose state is the field `source`.
macro_rules! decode_by_steps {
    ($reader:ty) => {
        impl $crate::Decode for $reader {
            fn push(&mut self, bytes: &[u8]) -> Result<(), $crate::DecodeError> {
                self.source.push(bytes)
            }

            fn finish(&mut self) {
                self.source.finished = true;
            }

            fn pull(&mut self, out: &mut $crate::PcmChunk) -> Result<$crate::Pull, $crate::DecodeError> {
                $crate::source::pull(self, out)
            }

            fn info(&self) -> Option<&$crate::StreamInfo> {
                self.source.info.as_ref()
            }

            fn warnings(&self) -> &[voxline_core::report::Warning] {
                self.source.warnings()
            }
        }
    };
}
pub(crate) use decode_by_steps;

/// What reading the audio of a container brought.
pub(crate) enum Progress {
    /// Frames, or that more bytes are needed.
    Give(Pull),
    /// Nothing yet, but bytes were taken.
    Again,
    /// The audio is over; `at_end` when that is so because the input is.
    Over { at_end: bool },
}

/// The audio of a container that says where it begins and how long it is.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) body: Body,
    pub(crate) spec: AudioSpec,
    /// The size as claimed, and where the audio starts.
    size: Option<u64>,
    start: u64,
    remaining: Option<u64>,
}

impl Run {
    pub(crate) fn new(body: Body, spec: AudioSpec) -> Self {
        Self { body, spec, size: None, start: 0, remaining: None }
    }

    /// The audio begins at this place and has so many bytes; `None`: it goes on to the end of the input.
    pub(crate) fn begin(&mut self, start: u64, size: Option<u64>) {
        (self.start, self.size, self.remaining) = (start, size, size);
    }

    /// Gives the next frames, and at the end says what is missing.
    pub(crate) fn read(&mut self, source: &mut Source, out: &mut PcmChunk) -> Result<Progress, DecodeError> {
        let Source { queue, damage, guard, .. } = source;
        let max_bytes = self.remaining.map_or(usize::MAX, |r| usize::try_from(r).unwrap_or(usize::MAX));
        let before = queue.position();
        let frames = self.body.read(queue, max_bytes, &mut Output { chunk: out, spec: self.spec, guard, damage })?;
        let taken = queue.position() - before;
        self.remaining = self.remaining.map(|r| r.saturating_sub(taken));
        if frames > 0 {
            source.frames = source.frames.saturating_add(frames as u64);
            return Ok(Progress::Give(Pull::Frames(frames)));
        }
        if taken > 0 {
            return Ok(Progress::Again);
        }
        let (unit, unit_bytes) = (self.body.unit(), self.body.unit_bytes());
        let used_up = max_bytes < unit_bytes && queue.len() >= max_bytes;
        if !source.finished && !used_up {
            return Ok(Progress::Give(Pull::NeedMore));
        }
        let left = queue.len().min(max_bytes);
        let useless = self.body.take_part(queue, left, damage)?;
        let have = queue.position() - self.start;
        if let Some(size) = self.size.filter(|&size| have < size) {
            damage.note(WarningCode::Truncated, || format!("the input ends after {have} of {size} bytes of audio"))?;
        } else if useless > 0 {
            damage.note(WarningCode::Truncated, || {
                format!("the audio ends inside a {unit}, after {useless} of {unit_bytes} bytes")
            })?;
        }
        Ok(Progress::Over { at_end: !used_up })
    }
}
