//! Any bytes, cut anywhere, give the same packets and pages as in one piece.
#![no_main]

use libfuzzer_sys::fuzz_target;
use voxline_speex::Mode;
use voxline_speex::framing::{Layout, OggEvent, OggReader, PacketReader};

fn packets(bytes: &[u8], piece: usize, layout: Layout, mode: Mode) -> (Vec<Vec<u8>>, bool, usize) {
    let mut reader = PacketReader::new(layout, mode);
    let mut found = Vec::new();
    for part in bytes.chunks(piece) {
        reader.push(part);
        loop {
            match reader.next_packet() {
                Ok(Some(packet)) => found.push(packet.to_vec()),
                Ok(None) => break,
                Err(_) => return (found, true, 0),
            }
        }
    }
    let left = reader.left_over();
    (found, false, left)
}

fn pages(bytes: &[u8], piece: usize) -> (Vec<OggEvent>, bool, u64, u64) {
    let mut reader = OggReader::new();
    let mut found = Vec::new();
    for part in bytes.chunks(piece).chain([&[][..]]) {
        reader.push(part);
        if part.is_empty() {
            reader.finish();
        }
        loop {
            match reader.next_event() {
                Ok(Some(event)) => found.push(event),
                Ok(None) => break,
                Err(_) => return (found, true, 0, 0),
            }
        }
    }
    (found, false, reader.junk_bytes(), reader.cut_bytes())
}

fuzz_target!(|data: &[u8]| {
    let Some((&first, bytes)) = data.split_first() else { return };
    if bytes.is_empty() {
        return;
    }
    let piece = 1 + usize::from(first >> 2);
    let mode = if first & 1 == 0 { Mode::Narrowband } else { Mode::Wideband };
    let layout = if first & 2 == 0 { Layout::Prefixed } else { Layout::Bare };
    assert_eq!(packets(bytes, piece, layout, mode), packets(bytes, bytes.len(), layout, mode));
    assert_eq!(pages(bytes, piece), pages(bytes, bytes.len()));
});
