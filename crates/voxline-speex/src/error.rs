//! What can go wrong.

/// Why a setting, a buffer or a packet is refused.
///
/// An error leaves encoder and decoder as they were before the frame that it names: the next packet can be handed over,
/// or the lost frame concealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A quality that no sub-mode belongs to.
    #[error("quality {quality} is out of range; Speex has 0 to 10")]
    Quality {
        /// The quality asked for.
        quality: u8,
    },
    /// An effort that the encoder does not know.
    #[error("complexity {complexity} is out of range; it goes from 1 to 10")]
    Complexity {
        /// The complexity asked for.
        complexity: u8,
    },
    /// A frame whose length is not that of the mode.
    #[error("a frame of this mode has {expected} samples, the buffer has {actual}")]
    FrameLength {
        /// Samples of a frame.
        expected: usize,
        /// Samples of the buffer.
        actual: usize,
    },
    /// A buffer that cannot hold the packet.
    #[error("the packet takes {needed} bytes, the buffer has {actual}")]
    PacketBuffer {
        /// Bytes of the packet.
        needed: usize,
        /// Bytes of the buffer.
        actual: usize,
    },
    /// A packet that holds no frame: it is empty or ends before a frame begins.
    #[error("the packet holds no frame")]
    NoFrame,
    /// A packet that ends inside a frame or an in-band message.
    #[error("the packet is cut off: {needed_bits} more bits were announced, {left_bits} are left")]
    Truncated {
        /// Bits that the header promises.
        needed_bits: u64,
        /// Bits that are there.
        left_bits: u64,
    },
    /// A sub-mode that the format does not define.
    #[error("sub-mode {submode} is not defined in the {band}")]
    Submode {
        /// Its number.
        submode: u8,
        /// The band whose header names it.
        band: Band,
    },
    /// More layers above the narrowband than the format has.
    #[error("more than two wideband layers follow each other")]
    Layers,
}

/// A band with sub-modes of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Band {
    /// 0 to 4 kHz.
    Low,
    /// What a wideband layer adds: 4 to 8 kHz.
    High,
}

impl std::fmt::Display for Band {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Low => "low band",
            Self::High => "high band",
        })
    }
}
