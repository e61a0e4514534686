//! The Speex codec by itself: frames of PCM to packets and back.
//!
//! Whole recordings and streams go through [`prepare`](crate::prepare()) and [`Preparer`](crate::Preparer), which know
//! containers and rates; this is for programs that carry packets themselves.
//!
//! ```
//! use voxline::speex::{self, Decoder, Encoder, EncoderOptions, Mode};
//!
//! let refused = |error| speex::error("encode", error);
//! let mut encoder = Encoder::new(Mode::Wideband, &EncoderOptions::default()).map_err(refused)?;
//! let mut packet = vec![0; encoder.packet_bytes()];
//! encoder.encode(&[0; 320], &mut packet).map_err(refused)?;
//! let mut frame = [1; 320];
//! Decoder::new(Mode::Wideband).decode(&packet, &mut frame).map_err(refused)?;
//! # Ok::<(), voxline::Error>(())
//! ```

pub use voxline_speex::{Decoder, Encoder, EncoderOptions, Error as SpeexError, Frames, Mode};

use voxline_core::{Error, ErrorKind};

/// The one flat error for what the codec refused during `op`.
///
/// Settings and lengths are [`ErrorKind::InvalidArgument`], a buffer that cannot hold the packet is
/// [`ErrorKind::BufferTooSmall`], a packet that ends inside a frame is [`ErrorKind::TruncatedInput`] and any other damage
/// [`ErrorKind::MalformedInput`].
pub fn error(op: &'static str, error: SpeexError) -> Error {
    let kind = match error {
        SpeexError::Quality { .. } | SpeexError::Complexity { .. } | SpeexError::FrameLength { .. } => {
            ErrorKind::InvalidArgument
        }
        SpeexError::PacketBuffer { .. } => ErrorKind::BufferTooSmall,
        SpeexError::Truncated { .. } => ErrorKind::TruncatedInput,
        _ => ErrorKind::MalformedInput,
    };
    Error::new(kind, op, error.to_string()).with_source(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_the_kind_that_says_who_is_to_blame() {
        let kind = |e| error("test", e).kind();
        let wrong_quality = Encoder::new(Mode::Narrowband, &EncoderOptions::default().with_quality(11)).unwrap_err();
        assert_eq!(kind(wrong_quality), ErrorKind::InvalidArgument);
        let mut encoder = Encoder::new(Mode::Narrowband, &EncoderOptions::default()).unwrap();
        assert_eq!(kind(encoder.encode(&[0; 159], &mut [0; 99]).unwrap_err()), ErrorKind::InvalidArgument);
        assert_eq!(kind(encoder.encode(&[0; 160], &mut [0; 3]).unwrap_err()), ErrorKind::BufferTooSmall);
        let mut packet = [0; 38];
        encoder.encode(&[0; 160], &mut packet).unwrap();
        let mut decoder = Decoder::new(Mode::Narrowband);
        assert_eq!(kind(decoder.decode(&packet[..9], &mut [0; 160]).unwrap_err()), ErrorKind::TruncatedInput);
        assert_eq!(kind(decoder.decode(&[], &mut [0; 160]).unwrap_err()), ErrorKind::MalformedInput);
    }
}
