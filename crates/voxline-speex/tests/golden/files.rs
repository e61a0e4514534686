//! The goldens and their format. `NAME.packets`: each packet after its length (two bytes, little-endian; 0xFFFF: lost).
//! `NAME.pcm`: what libspeex makes of them, s16le.

use std::path::PathBuf;

use voxline_speex::Mode;

/// Length of a packet that did not arrive.
const LOST: u16 = u16::MAX;

/// A golden: packets and what they decode to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case {
    /// Name of the file of samples.
    pub(crate) samples: &'static str,
    /// Name of the file of packets.
    pub(crate) packets: &'static str,
    pub(crate) mode: Mode,
    pub(crate) is_enhanced: bool,
}

const fn case(samples: &'static str, packets: &'static str, mode: Mode, is_enhanced: bool) -> Case {
    Case { samples, packets, mode, is_enhanced }
}

/// All of them.
pub(crate) const CASES: &[Case] = &[
    case("narrowband", "narrowband", Mode::Narrowband, true),
    case("narrowband-plain", "narrowband", Mode::Narrowband, false),
    case("narrowband-as-wideband", "narrowband", Mode::Wideband, true),
    case("wideband", "wideband", Mode::Wideband, true),
    case("wideband-as-narrowband", "wideband", Mode::Narrowband, true),
    case("narrowband-lossy", "narrowband-lossy", Mode::Narrowband, true),
    case("wideband-lossy", "wideband-lossy", Mode::Wideband, true),
    case("messages", "messages", Mode::Narrowband, true),
];

impl Case {
    /// The packets; `None` for those that were lost.
    pub(crate) fn read_packets(&self) -> Vec<Option<Vec<u8>>> {
        let bytes = std::fs::read(path(self.packets, "packets")).unwrap();
        let mut rest = &bytes[..];
        let mut packets = Vec::new();
        while let Some((length, after)) = rest.split_first_chunk::<2>() {
            let length = u16::from_le_bytes(*length);
            let (packet, after) = after.split_at(if length == LOST { 0 } else { length.into() });
            packets.push((length != LOST).then(|| packet.to_vec()));
            rest = after;
        }
        assert!(rest.is_empty(), "{self:?}");
        packets
    }

    /// The samples.
    pub(crate) fn read_samples(&self) -> Vec<i16> {
        let bytes = std::fs::read(path(self.samples, "pcm")).unwrap();
        bytes.chunks_exact(2).map(|b| i16::from_le_bytes([b[0], b[1]])).collect()
    }
}

/// Where a file of that name is.
pub(crate) fn path(name: &str, extension: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(format!("{name}.{extension}"))
}

/// Samples may differ by one where another machine's exponential function rounds otherwise.
pub(crate) fn assert_same(actual: &[i16], expected: &[i16], what: &str) {
    assert_eq!(actual.len(), expected.len(), "{what}: samples");
    for (i, (&a, &e)) in actual.iter().zip(expected).enumerate() {
        assert!((i32::from(a) - i32::from(e)).abs() <= 1, "{what}: sample {i} is {a}, not {e}");
    }
    let differing = actual.iter().zip(expected).filter(|(a, e)| a != e).count();
    assert!(differing * 100 <= actual.len(), "{what}: {differing} of {} samples differ", actual.len());
}
