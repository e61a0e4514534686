//! The one place where decoders that others wrote run.
//!
//! They are safe code, but not ours, and were not written for input that wants to break them: what they trip over costs
//! a packet and not the process.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Why a packet could not be decoded.
pub(crate) type Fault = String;

/// A codec of packets.
pub(crate) trait PacketCodec: Send {
    /// Replaces `out` by the frames of one packet, interleaved.
    fn decode(&mut self, packet: &[u8], out: &mut Vec<f32>) -> Result<(), Fault>;
}

/// A codec that may panic, how to make it anew, and the frames of the last packet.
pub(crate) struct Guarded {
    make: Box<dyn Fn() -> Result<Box<dyn PacketCodec>, Fault> + Send>,
    codec: Box<dyn PacketCodec>,
    samples: Vec<f32>,
}

impl Guarded {
    pub(crate) fn new(make: impl Fn() -> Result<Box<dyn PacketCodec>, Fault> + Send + 'static) -> Result<Self, Fault> {
        let codec = caught(&make)?;
        Ok(Self { make: Box::new(make), codec, samples: Vec::new() })
    }

    /// The frames of one packet, interleaved. After a panic the codec starts anew.
    pub(crate) fn decode(&mut self, packet: &[u8]) -> Result<&[f32], Fault> {
        let (codec, samples) = (&mut self.codec, &mut self.samples);
        let result = catch_unwind(AssertUnwindSafe(|| codec.decode(packet, samples)));
        match result {
            Ok(decoded) => decoded?,
            Err(_) => {
                self.codec = caught(&self.make)?;
                return Err("the codec gave up".to_owned());
            }
        }
        Ok(&self.samples)
    }

    /// What the last packet gave.
    #[cfg(feature = "flac")]
    pub(crate) fn last(&self) -> &[f32] {
        &self.samples
    }
}

fn caught<T>(make: impl Fn() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(make)).unwrap_or_else(|_| Err("the codec gave up".to_owned()))
}

impl fmt::Debug for Guarded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Guarded")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts packets and panics at every empty one.
    struct Fragile(u8);

    impl PacketCodec for Fragile {
        fn decode(&mut self, packet: &[u8], out: &mut Vec<f32>) -> Result<(), Fault> {
            self.0 += 1;
            match packet.first() {
                None => panic!("an empty packet"),
                Some(0) => Err("zero".to_owned()),
                Some(_) => {
                    *out = vec![f32::from(self.0)];
                    Ok(())
                }
            }
        }
    }

    #[test]
    fn a_panic_costs_a_packet_and_the_state() {
        let mut guarded = Guarded::new(|| Ok(Box::new(Fragile(0)) as Box<dyn PacketCodec>)).unwrap();
        assert_eq!(guarded.decode(&[1]), Ok(&[1.0][..]));
        assert_eq!(guarded.decode(&[0]), Err("zero".to_owned()));
        assert_eq!(guarded.decode(&[1]), Ok(&[3.0][..]));
        assert_eq!(guarded.decode(&[]), Err("the codec gave up".to_owned()));
        assert_eq!(guarded.decode(&[1]), Ok(&[1.0][..]));
        assert!(Guarded::new(|| panic!("at once")).is_err());
    }
}
