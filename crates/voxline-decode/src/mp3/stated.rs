//! What a stream says of itself: where it begins and ends, and where another one begins.

use voxline_core::report::WarningCode;

use super::frame::FrameDecoder;
use super::header::FrameHeader;
use super::info::InfoFrame;
use super::trim::Trimmer;
use super::{DECODER_DELAY_FRAMES, Mp3Decoder, spec_of};
use crate::{DecodeError, PcmChunk, StreamInfo};

impl Mp3Decoder {
    /// An information frame: the first one describes the stream, one behind audio begins another file.
    pub(super) fn take_statement(
        &mut self,
        stated: InfoFrame,
        header: FrameHeader,
        out: &mut PcmChunk,
    ) -> Result<(), DecodeError> {
        if self.last.is_some() {
            self.begin_next(out)?;
        } else if self.stated.is_some() {
            return Ok(());
        }
        self.stated = Some(stated);
        let mut expected = stated.frames.map(|n| n.saturating_mul(u64::from(header.samples_per_frame())));
        if let Some((delay, padding)) = stated.delay_padding.filter(|_| self.gapless) {
            expected = expected.map(|n| n.saturating_sub(u64::from(delay + padding)));
            self.trimmer = Trimmer::new(
                (delay + DECODER_DELAY_FRAMES) as usize,
                padding.saturating_sub(DECODER_DELAY_FRAMES) as usize,
            );
            self.missing_tail_frames = DECODER_DELAY_FRAMES.saturating_sub(padding) as usize;
        }
        self.describe(header, expected)
    }

    /// Fills in what is known, once.
    pub(super) fn describe(&mut self, header: FrameHeader, expected_frames: Option<u64>) -> Result<(), DecodeError> {
        if self.info.is_some() {
            return Ok(());
        }
        let delay_padding = self.stated.and_then(|stated| stated.delay_padding);
        self.info = Some(StreamInfo {
            container: "mp3",
            codec: "mp3".to_owned(),
            spec: spec_of(header, &self.limits)?,
            expected_frames,
            encoder_delay_frames: delay_padding.map(|(delay, _)| delay),
            encoder_padding_frames: delay_padding.map(|(_, padding)| padding),
            states_length: false,
            bad_frames: 0,
        });
        Ok(())
    }

    /// Files glued together: what the one before still holds comes out, delay and padding of the next go too.
    fn begin_next(&mut self, out: &mut PcmChunk) -> Result<(), DecodeError> {
        self.close(out)?;
        self.files_before += 1;
        let number = self.files_before + 1;
        self.damage.note(WarningCode::GluedFiles, || {
            format!("MP3 file {number} begins within the input; the files are decoded one behind the other")
        })?;
        (self.decoder, self.trimmer, self.missing_tail_frames) = (FrameDecoder::new(), Trimmer::default(), 0);
        (self.stated, self.last) = (None, None);
        (self.coded_frames, self.found_bytes, self.found_frames, self.varies) = (0, 0, 0, false);
        if let Some(info) = &mut self.info {
            info.expected_frames = None;
        }
        Ok(())
    }

    /// The end: held frames are padding if the stream is as long as it said, audio otherwise.
    pub(super) fn close(&mut self, out: &mut PcmChunk) -> Result<(), DecodeError> {
        let Some(last) = self.last else {
            if self.files_before > 0 {
                return Ok(());
            }
            if self.stated.is_some() {
                self.damage.note_empty();
                return Ok(());
            }
            return Err(DecodeError::Malformed("no complete MP3 frame was found in the input".to_owned()));
        };
        let counted = self.coded_frames;
        let stated = self.stated.and_then(|stated| stated.frames).unwrap_or(counted);
        if counted == stated {
            if self.missing_tail_frames > 0 {
                let samples = self.decoder.flush(last, self.framer.free_bytes());
                let tail = self.missing_tail_frames * out.spec.channels();
                self.trimmer.pass(&samples[..tail.min(samples.len())], out.spec.channels(), &mut out.samples);
            }
            self.trimmer.discard();
            return Ok(());
        }
        self.trimmer.release(&mut out.samples);
        if counted < stated {
            return self.damage.note(WarningCode::Truncated, || {
                format!("the MP3 header says {stated} frames, but the input has {counted}")
            });
        }
        self.damage.note(WarningCode::InconsistentHeader, || {
            format!("the MP3 header says {stated} frames, but the input goes on to {counted}")
        })
    }
}
