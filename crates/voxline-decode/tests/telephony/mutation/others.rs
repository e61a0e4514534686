//! AU, Ogg Speex, and what has no header.

use voxline_core::{RawFormat, SampleFormat, SpeexFraming};
use voxline_speex::Mode;
use voxline_speex::framing::{Header, OggWriter};
use voxline_testkit::rng::Rng;

use super::law::{Growth, Tally, damage, number, obey, put, put_be};
use crate::recipe::{any_bytes, gsm_frames};
use crate::support::lenient;

#[test]
fn au() {
    let mut tally = Tally::default();
    for round in 0..5_000 {
        let mut rng = Rng::new(5 << 32 | round);
        let mut bytes = b".snd".to_vec();
        let encoding = [1, 2, 3, 4, 5, 6, 7, 24, 27][rng.below(9)];
        bytes.extend([28, 600, encoding, 8_000, 1].map(u32::to_be_bytes).concat());
        bytes.extend([&b"note"[..], &any_bytes(600)].concat());
        for _ in 0..rng.below(3) {
            let (at, width) = [(4, 4), (8, 4), (12, 4), (16, 4), (20, 4), (0, 4)][rng.below(6)];
            put_be(&mut bytes, at, width, |now| number(&mut rng, now));
        }
        if rng.below(3) == 0 {
            damage(&mut rng, &mut bytes);
        }
        let case = format!("round {round}: {:02x?}", &bytes[..bytes.len().min(32)]);
        obey(&mut tally, &mut rng, &bytes, &lenient(), Growth { per_byte: 2, more: 1 }, &case);
    }
    tally.holds(25, 20, 20);
}

/// CRC of a page (RFC 3533 §6): polynomial 0x04C11DB7, nothing reflected, over the page with a CRC of 0.
fn seal(page: &mut [u8]) {
    let Some(field) = page.get_mut(22..26) else { return };
    field.fill(0);
    let crc = page.iter().fold(0_u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte) << 24, |crc, _| crc << 1 ^ if crc >> 31 == 1 { 0x04C1_1DB7 } else { 0 })
    });
    page[22..26].copy_from_slice(&crc.to_le_bytes());
}

fn pages(mode: Mode) -> Vec<Vec<u8>> {
    let mut writer = OggWriter::new(&Header::new(mode, None)).unwrap();
    for _ in 0..60 {
        writer.push(&any_bytes(38)).unwrap();
    }
    writer.finish(9_000).unwrap();
    let mut file = Vec::new();
    writer.take(&mut file);
    let mut starts: Vec<usize> = (0..file.len() - 4).filter(|&i| &file[i..i + 4] == b"OggS").collect();
    starts.push(file.len());
    starts.windows(2).map(|pair| file[pair[0]..pair[1]].to_vec()).collect()
}

#[test]
fn ogg() {
    let whole = [pages(Mode::Narrowband), pages(Mode::Wideband)];
    let mut tally = Tally::default();
    for round in 0..1_500 {
        let mut rng = Rng::new(6 << 32 | round);
        let mut file = whole[rng.below(2)].clone();
        for _ in 0..=rng.below(3) {
            let (one, other) = (rng.below(file.len()), rng.below(file.len()));
            match rng.below(6) {
                // Version, flags, granule, serial number, sequence number, segments.
                0 | 1 => {
                    let (at, width) = [(4, 1), (5, 1), (6, 8), (14, 4), (18, 4), (26, 1), (27, 1)][rng.below(7)];
                    put(&mut file[one], at, width, |now| number(&mut rng, now));
                }
                // Fields of the Speex header: rate, mode, version, channels, bit rate, size, VBR, frames, extra.
                2 => {
                    let at = 28 + 36 + 4 * rng.below(9);
                    put(&mut file[0], at, 4, |now| number(&mut rng, now));
                }
                3 => file.swap(one, other),
                4 => {
                    let again = file[one].clone();
                    file.insert(other, again);
                }
                _ => {
                    let at = 28 + rng.below(file[one].len().saturating_sub(28));
                    put(&mut file[one], at, 1, |now| number(&mut rng, now));
                }
            }
        }
        // Most of the time the checksum is right, so that what is behind it is reached.
        if rng.below(4) > 0 {
            file.iter_mut().for_each(|page| seal(page));
        }
        let mut bytes = file.concat();
        if rng.below(4) == 0 {
            damage(&mut rng, &mut bytes);
        }
        let case =
            format!("round {round}: {:02x?}", file.iter().map(|page| &page[..page.len().min(32)]).collect::<Vec<_>>());
        // A packet of one byte is a frame of 320; holes are filled by as much as there is and 500 frames more.
        obey(&mut tally, &mut rng, &bytes, &lenient(), Growth { per_byte: 2 * 320, more: 500 * 320 }, &case);
    }
    tally.holds(40, 25, 40);
}

#[test]
fn headerless() {
    let mut tally = Tally::default();
    for round in 0..5_000 {
        let mut rng = Rng::new(7 << 32 | round);
        let mut input = lenient();
        let mut bytes = if rng.below(2) == 0 { gsm_frames(1 + rng.below(12)) } else { any_bytes(rng.below(700)) };
        damage(&mut rng, &mut bytes);
        let growth = match rng.below(4) {
            0 => {
                input.raw_format = Some(RawFormat::Gsm);
                Growth { per_byte: 5, more: 0 }
            }
            1 => {
                input.raw_format = Some(RawFormat::G722);
                Growth { per_byte: 2, more: 0 }
            }
            2 => {
                input.raw_format = Some(SampleFormat::ALL[rng.below(SampleFormat::ALL.len())].into());
                input.raw_channels = number(&mut rng, 1) as u16;
                input.raw_rate_hz = number(&mut rng, 8_000) as u32;
                Growth { per_byte: 1, more: 0 }
            }
            _ => {
                input.speex_framing = Some([SpeexFraming::Prefixed, SpeexFraming::Bare][rng.below(2)]);
                input.raw_rate_hz = [8_000, 16_000][rng.below(2)];
                Growth { per_byte: 2 * 320, more: 500 * 320 }
            }
        };
        obey(&mut tally, &mut rng, &bytes, &input, growth, &format!("round {round}: {input:?} {bytes:02x?}"));
    }
    tally.holds(40, 20, 20);
}
