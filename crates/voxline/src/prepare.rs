//! The whole path in one call.

use std::fs::File;
use std::io::{self, Cursor, Seek, SeekFrom, Write};
use std::ops::ControlFlow;

use voxline_core::{Error, ErrorKind, Options, Report, Result};

use crate::payload::base64_text;
use crate::raw_name::options_for;
use crate::{Preparer, Progress, Source};

/// Prepared audio in memory.
#[derive(Debug, Clone, PartialEq)]
pub struct Prepared {
    outputs: Vec<Vec<u8>>,
    report: Report,
    is_base64: bool,
}

impl Prepared {
    /// Puts together what [`into_outputs`](Self::into_outputs), [`report`](Self::report) and
    /// [`is_base64`](Self::is_base64) gave, perhaps in another process. What is said is taken as it is.
    pub fn from_parts(outputs: Vec<Vec<u8>>, report: Report, is_base64: bool) -> Self {
        Self { outputs, report, is_base64 }
    }

    /// The bytes of the first output, as `target.encoding` and `target.base64` say.
    pub fn data(&self) -> &[u8] {
        self.outputs.first().map_or(&[], Vec::as_slice)
    }

    /// The bytes of every output: one, or under `split` one a channel.
    pub fn outputs(&self) -> &[Vec<u8>] {
        &self.outputs
    }

    /// Gives the outputs up without copying.
    pub fn into_outputs(self) -> Vec<Vec<u8>> {
        self.outputs
    }

    /// The first output as base64 text without line breaks.
    pub fn base64(&self) -> String {
        base64_text(self.data(), self.is_base64)
    }

    /// Whether the outputs are base64 text already.
    pub fn is_base64(&self) -> bool {
        self.is_base64
    }

    /// What was found and done.
    pub fn report(&self) -> &Report {
        &self.report
    }
}

/// Converts a whole input in memory.
///
/// A `&str` or `&Path` is opened as a file, a `&[u8]` is the content, [`Source::reader`] takes anything that reads.
///
/// **Errors**: [`ErrorKind::Io`] from reading; [`ErrorKind::UnsupportedFormat`] and [`ErrorKind::MalformedInput`] for
/// content that cannot be decoded; [`ErrorKind::LimitExceeded`] naming the limit; [`ErrorKind::InvalidArgument`] for
/// options that are not valid or do not fit the input. All are permanent except I/O.
///
/// ```no_run
/// let prepared = voxline::prepare("call.mp3", &voxline::profile("chat-16k")?)?;
/// std::fs::write("call.pcm", prepared.data()).expect("written");
/// # Ok::<(), voxline::Error>(())
/// ```
pub fn prepare<'a>(source: impl Into<Source<'a>>, options: &Options) -> Result<Prepared> {
    prepare_with(source, options, |_| ControlFlow::Continue(()))
}

/// [`prepare()`] with a callback, called after each piece of input; `Break` cancels.
///
/// **Errors**: as above, and [`ErrorKind::Cancelled`].
pub fn prepare_with<'a>(
    source: impl Into<Source<'a>>,
    options: &Options,
    progress: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Prepared> {
    let mut outputs: Vec<Vec<u8>> = Vec::new();
    let report = drive(source.into(), options, progress, |event| {
        match event {
            Out::Bytes(index, bytes) => {
                if outputs.len() <= index {
                    outputs.resize_with(index + 1, Vec::new);
                }
                outputs[index].append(bytes);
            }
            Out::Header(index, header) => outputs[index][..header.len()].copy_from_slice(header),
        }
        Ok(())
    })?;
    Ok(Prepared { outputs, report, is_base64: options.target.base64 })
}

/// Where an output goes: written from start to end, and a WAV header is put right afterwards.
pub trait Sink: Write {
    /// Writes `bytes` over the first bytes and returns to the end.
    fn rewrite_start(&mut self, bytes: &[u8]) -> io::Result<()>;
}

impl Sink for File {
    fn rewrite_start(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.seek(SeekFrom::Start(0))?;
        self.write_all(bytes)?;
        self.seek(SeekFrom::End(0)).map(drop)
    }
}

impl Sink for Cursor<Vec<u8>> {
    fn rewrite_start(&mut self, bytes: &[u8]) -> io::Result<()> {
        let end = self.position();
        self.set_position(0);
        self.write_all(bytes)?;
        self.set_position(end);
        Ok(())
    }
}

/// Converts an input of any length in bounded memory; `open` is called once for each output, with its index, before
/// the first bytes are written to it.
///
/// **Errors**: as for [`prepare_with`], and [`ErrorKind::Io`] from the sinks.
pub fn prepare_to<'a, S: Sink>(
    source: impl Into<Source<'a>>,
    options: &Options,
    mut open: impl FnMut(usize) -> Result<S>,
    progress: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Report> {
    let mut sinks: Vec<S> = Vec::new();
    let failed = |e| Error::io("write output", "output", e);
    let report = drive(source.into(), options, progress, |event| match event {
        Out::Bytes(index, bytes) => {
            while sinks.len() <= index {
                sinks.push(open(sinks.len())?);
            }
            sinks[index].write_all(bytes).map_err(failed)?;
            bytes.clear();
            Ok(())
        }
        Out::Header(index, header) => sinks[index].rewrite_start(header).map_err(failed),
    })?;
    for sink in &mut sinks {
        sink.flush().map_err(failed)?;
    }
    Ok(report)
}

/// What the driver hands on.
enum Out<'a> {
    /// The next bytes of an output; the receiver empties the buffer. Comes at least once for every output.
    Bytes(usize, &'a mut Vec<u8>),
    /// The final bytes of an output's start.
    Header(usize, &'a [u8]),
}

/// Reads, pushes, pulls: the one loop behind both forms.
fn drive(
    source: Source<'_>,
    options: &Options,
    mut progress: impl FnMut(Progress) -> ControlFlow<()>,
    mut emit: impl FnMut(Out<'_>) -> Result<()>,
) -> Result<Report> {
    let mut preparer = Preparer::new(&options_for(&source, options))?;
    let (mut input, input_total_bytes) = source.open()?;
    let mut buffer = Vec::new();
    let mut input_bytes = 0;
    loop {
        let piece = input.next()?;
        input_bytes += piece.len() as u64;
        let ended = piece.is_empty();
        if ended {
            preparer.end_input();
        } else {
            preparer.push(piece)?;
        }
        // A piece may hold more audio than the queues: it is taken out in turns, all outputs in step.
        loop {
            let mut ready = 0;
            for index in 0..preparer.outputs().unwrap_or(0) {
                ready += preparer.pull(index, &mut buffer)?;
                if !buffer.is_empty() {
                    emit(Out::Bytes(index, &mut buffer))?;
                }
            }
            if ready == 0 {
                break;
            }
        }
        if ended {
            let report = preparer.finish()?;
            for index in 0..preparer.outputs().unwrap_or(0) {
                preparer.pull(index, &mut buffer)?;
                emit(Out::Bytes(index, &mut buffer))?;
            }
            if let Some(header) = preparer.wav_header()? {
                for index in 0..preparer.outputs().unwrap_or(0) {
                    emit(Out::Header(index, &header))?;
                }
            }
            return Ok(report);
        }
        let state = Progress { input_bytes, input_total_bytes, source_frames: preparer.source_frames() };
        if progress(state).is_break() {
            return Err(Error::new(ErrorKind::Cancelled, "prepare", "cancelled by the caller"));
        }
    }
}
