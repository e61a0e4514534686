//! What can be wrong with a stream of packets.

/// Why a stream of packets cannot be read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FramingError {
    /// A packet that no length byte can describe.
    #[error("a packet of {0} bytes; one length byte describes 1 to 255")]
    PacketSize(usize),
    /// A length byte of 0.
    #[error("a packet of length 0 at byte {0}")]
    EmptyPacket(u64),
    /// The first packet of a bare stream is none, so that the size of all is unknown.
    #[error("the first bytes are no Speex packet: {0}")]
    NoPacket(String),
    /// An Ogg Speex header that is no such header.
    #[error("the Speex header {0}")]
    Header(String),
    /// An Ogg Speex header of a kind that is not supported.
    #[error("the Speex header {0}")]
    Unsupported(String),
    /// The Ogg writer failed, which memory never does.
    #[error("Ogg page: {0}")]
    Page(String),
}
