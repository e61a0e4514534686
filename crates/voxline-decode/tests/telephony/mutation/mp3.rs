//! MP3: headers, side information, what encoders and taggers add.

use voxline_testkit::rng::Rng;

use super::law::{Growth, Tally, damage, number, obey, put, put_be};
use crate::support::lenient;

/// Kinds of stream: second to fourth byte of the header, bytes of a frame and of its side information.
const KINDS: [([u8; 3], usize, usize); 7] = [
    ([0xFB, 0x90, 0x64], 417, 32), // MPEG-1, 44.1 kHz, 128 kbit/s, joint stereo
    ([0xFA, 0x14, 0xC4], 96, 17),  // MPEG-1, 48 kHz, 32 kbit/s, mono, with CRC
    ([0xF3, 0x18, 0xC4], 36, 9),   // MPEG-2, 16 kHz, 8 kbit/s, mono
    ([0xF3, 0x84, 0x44], 192, 17), // MPEG-2, 24 kHz, 64 kbit/s, joint stereo
    ([0xF3, 0x14, 0xC4], 24, 9),   // MPEG-2, 24 kHz, 8 kbit/s, mono: the shortest frame there is
    ([0xE3, 0x18, 0xC4], 72, 9),   // MPEG-2.5, 8 kHz, 8 kbit/s, mono
    ([0xFB, 0x00, 0x64], 300, 32), // free format
];

#[derive(Debug, Clone)]
struct Stream {
    tag: Vec<u8>,
    frames: Vec<Vec<u8>>,
    behind: Vec<u8>,
}

fn id3(body: usize) -> Vec<u8> {
    let mut tag = b"ID3\x03\0\0\0\0\0".to_vec();
    tag.push(body as u8);
    tag.resize(10 + body, b' ');
    tag
}

/// A stream of one kind; with odds a tag in front and behind and a frame of information.
fn stream(rng: &mut Rng) -> (Stream, usize) {
    let (header, size, side) = KINDS[rng.below(KINDS.len())];
    let mut frame = vec![0xFF];
    frame.extend(header);
    frame.resize(size, 0);
    let mut frames = vec![frame.clone(); 4 + rng.below(8)];
    for frame in &mut frames {
        // Plausible side information: part2_3_length and big_values small, any scale factors.
        if rng.below(2) == 0 {
            let data = 4 + side;
            frame[data..].iter_mut().for_each(|byte| *byte = rng.next_u64() as u8);
        }
    }
    if rng.below(2) == 0 {
        let mut info = frame;
        let name = *[b"Xing", b"Info", b"VBRI"][rng.below(3)];
        let at = if name == *b"VBRI" { 36 } else { 4 + side };
        let mut text = name.to_vec();
        text.extend([0, 0, 0, 15, 0, 0, 0, frames.len() as u8, 0, 0, 4, 0]);
        text.resize(text.len() + 104, 1);
        text.extend(b"LAME3.100\0\0\0\0\0\0\0\0\0\0\0\0\x24\x05\x7c\0\0\0\0\0\0\0\0\0\0\0\0");
        text.truncate(size.saturating_sub(at));
        if at < size {
            info[at..at + text.len()].copy_from_slice(&text);
        }
        frames.insert(0, info);
    }
    let tag = if rng.below(3) == 0 { id3(rng.below(100)) } else { Vec::new() };
    let behind = match rng.below(5) {
        0 => [&b"TAG"[..], &[0; 125]].concat(),
        1 => b"APETAGEX\xd0\x07\0\0\x20\0\0\0\x01\0\0\0\0\0\0\xa0\0\0\0\0\0\0\0\0".to_vec(),
        _ => Vec::new(),
    };
    (Stream { tag, frames, behind }, side)
}

fn change(rng: &mut Rng, stream: &mut Stream, side: usize) {
    let count = stream.frames.len().max(1);
    let (one, other) = (rng.below(count), rng.below(count));
    let Some(frame) = stream.frames.get_mut(one) else { return };
    match rng.below(12) {
        // Version, layer, protection; bit rate, rate, padding; mode.
        0 => frame[1] = 0xE0 | rng.next_u64() as u8,
        1 => frame[2] = rng.next_u64() as u8,
        2 => frame[3] = rng.next_u64() as u8,
        // Where the main data begins, lengths, block types.
        3 => frame[4] = number(rng, 0) as u8,
        4 => {
            let at = 4 + rng.below(side);
            frame[at] = number(rng, 0) as u8;
        }
        5 => {
            let end = (4 + side).min(frame.len());
            frame[4..end].iter_mut().for_each(|byte| *byte = rng.next_u64() as u8);
        }
        // Flags, frames, bytes, seek table, delay and padding of the information; of VBRI the same places.
        6 => {
            if let Some(info) = stream.frames.first_mut() {
                let at = 4 + side;
                let (place, width) = [(4, 4), (8, 4), (12, 4), (20, 4), (124 + 21, 3), (14, 4)][rng.below(6)];
                put_be(info, at + place, width, |now| number(rng, now));
            }
        }
        // Size and flags of the tags.
        7 => put_be(&mut stream.tag, 6, 4, |now| number(rng, now)),
        8 => put_be(&mut stream.tag, 3, 3, |now| number(rng, now)),
        9 => put(&mut stream.behind, 12, 4, |now| number(rng, now)),
        10 => stream.frames.swap(one, other),
        _ => {
            let again = frame.clone();
            stream.frames.insert(other, again);
        }
    }
}

fn check(seed: u64) {
    let mut tally = Tally::default();
    for round in 0..2_500 {
        let mut rng = Rng::new(seed << 32 | round);
        let (mut stream, mut side) = stream(&mut rng);
        for _ in 0..=rng.below(4) {
            change(&mut rng, &mut stream, side);
        }
        let mut bytes = stream.tag.clone();
        bytes.extend(stream.frames.concat());
        if rng.below(4) == 0 {
            // Another one behind it.
            let (mut next, next_side) = self::stream(&mut rng);
            side = next_side;
            change(&mut rng, &mut next, side);
            bytes.extend([next.tag, next.frames.concat()].concat());
        }
        bytes.extend(&stream.behind);
        if rng.below(3) == 0 {
            damage(&mut rng, &mut bytes);
        }
        let growth = Growth { per_byte: 48, more: 2_304 };
        obey(&mut tally, &mut rng, &bytes, &lenient(), growth, &format!("seed {seed}, round {round}: {stream:02x?}"));
    }
    tally.holds(80, 1, 60);
}

#[test]
fn first_third() {
    check(1);
}

#[test]
fn second_third() {
    check(2);
}

#[test]
fn last_third() {
    check(3);
}
