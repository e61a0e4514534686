//! The loop that reads a source and gives its parts one by one.

use std::ops::ControlFlow;

use voxline_core::{Error, ErrorKind, Options, Report, Result};

use super::{Part, Splitter};
use crate::raw_name::options_for;
use crate::source::Opened;
use crate::{Progress, Source};

/// A source being split.
pub(crate) struct Parts<'a> {
    splitter: Splitter,
    input: Opened<'a>,
    input_bytes: u64,
    input_total_bytes: Option<u64>,
    ended: bool,
}

impl<'a> Parts<'a> {
    pub(crate) fn new(source: Source<'a>, options: &Options) -> Result<Self> {
        let splitter = Splitter::new(&options_for(&source, options))?;
        let (input, input_total_bytes) = source.open()?;
        Ok(Self { splitter, input, input_bytes: 0, input_total_bytes, ended: false })
    }

    /// The next part, `None` at the end. After `Break` it can be called again.
    pub(crate) fn next(&mut self, mut progress: impl FnMut(Progress) -> ControlFlow<()>) -> Result<Option<Part>> {
        loop {
            if let Some(part) = self.splitter.pull()? {
                return Ok(Some(part));
            }
            if self.ended {
                return Ok(None);
            }
            let piece = self.input.next()?;
            self.input_bytes += piece.len() as u64;
            if piece.is_empty() {
                self.ended = true;
                self.splitter.end_input()?;
                continue;
            }
            self.splitter.push(piece)?;
            let state = Progress {
                input_bytes: self.input_bytes,
                input_total_bytes: self.input_total_bytes,
                source_frames: self.splitter.source_frames(),
            };
            if progress(state).is_break() {
                return Err(Error::new(ErrorKind::Cancelled, "split", "cancelled by the caller"));
            }
        }
    }

    /// The report, once [`next`](Self::next) has given `None`.
    pub(crate) fn finish(&mut self) -> Result<Report> {
        self.splitter.finish()
    }
}
