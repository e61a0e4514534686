//! How packets follow each other: each behind its length, bare, or in an Ogg file.
//!
//! All readers and writers are fed and emptied by the caller and own no file.

mod error;
mod first;
mod header;
mod ogg_packets;
mod ogg_reader;
mod ogg_writer;
mod packets;
mod page;

pub use error::FramingError;
pub use header::Header;
pub use ogg_packets::{OggPacketEvent, OggPackets};
pub use ogg_reader::{OggEvent, OggReader};
pub use ogg_writer::{OggWriter, ogg_bytes, ogg_packets};
pub use packets::{Layout, PacketReader};
