//! Files of every kind by recipe, without other programs.

use crate::support::*;

/// Frames of MS ADPCM's usual predictors, as they stand in the fmt chunk.
const MS_PREDICTORS: [[i16; 2]; 7] = [[256, 0], [512, -256], [0, 0], [192, 64], [240, 0], [460, -208], [392, -232]];

/// The fmt chunk of a coded format; `extra` stands behind its size.
pub(crate) fn coded_fmt(tag: u16, channels: u16, rate_hz: u32, block_bytes: u16, bits: u16, extra: &[u8]) -> Vec<u8> {
    let mut out = fmt_fields(tag, channels, rate_hz, rate_hz, block_bytes, bits);
    out.extend((extra.len() as u16).to_le_bytes());
    out.extend(extra);
    out
}

pub(crate) fn ima_fmt(channels: u16, block_bytes: u16) -> Vec<u8> {
    let frames = (block_bytes / channels - 4) * 2 + 1;
    coded_fmt(0x11, channels, 8_000, block_bytes, 4, &frames.to_le_bytes())
}

pub(crate) fn ms_fmt(channels: u16, block_bytes: u16) -> Vec<u8> {
    let frames = (block_bytes / channels - 7) * 2 + 2;
    let mut extra = [frames, MS_PREDICTORS.len() as u16].map(u16::to_le_bytes).concat();
    extra.extend(MS_PREDICTORS.as_flattened().iter().flat_map(|n| n.to_le_bytes()));
    coded_fmt(0x02, channels, 8_000, block_bytes, 4, &extra)
}

pub(crate) fn gsm_fmt() -> Vec<u8> {
    coded_fmt(0x31, 1, 8_000, 65, 0, &320u16.to_le_bytes())
}

pub(crate) fn any_bytes(count: usize) -> Vec<u8> {
    noise(count).map(|n| (n >> 24) as u8).collect()
}

/// Blocks of any codes behind headers that are right.
pub(crate) fn ima_blocks(channels: usize, block_bytes: usize, count: usize) -> Vec<u8> {
    let mut bytes = any_bytes(block_bytes * count);
    for block in bytes.chunks_mut(block_bytes) {
        for header in block.as_chunks_mut::<4>().0.iter_mut().take(channels) {
            header[2] %= 89;
        }
    }
    bytes
}

pub(crate) fn ms_blocks(channels: usize, block_bytes: usize, count: usize) -> Vec<u8> {
    let mut bytes = any_bytes(block_bytes * count);
    for block in bytes.chunks_mut(block_bytes) {
        block.iter_mut().take(channels).for_each(|predictor| *predictor %= 7);
    }
    bytes
}

pub(crate) fn gsm_frames(count: usize) -> Vec<u8> {
    let mut bytes = any_bytes(33 * count);
    bytes.iter_mut().step_by(33).for_each(|byte| *byte = *byte & 15 | 0xD0);
    bytes
}

/// Silence at 44.1 kHz in joint stereo: headers and zeros, 417 bytes a frame.
pub(crate) fn mp3_frames(count: usize) -> Vec<u8> {
    let mut frame = vec![0xFF, 0xFB, 0x90, 0x64];
    frame.resize(144 * 128_000 / 44_100, 0);
    frame.repeat(count)
}

pub(crate) fn coded_wav(fmt_chunk: &[u8], fact: Option<u32>, data: &[u8]) -> Vec<u8> {
    let fact = fact.map_or(Vec::new(), |frames| chunk(b"fact", &frames.to_le_bytes()));
    riff(&[chunk(b"fmt ", fmt_chunk), fact, chunk(b"data", data)])
}

/// A `ds64` chunk.
pub(crate) fn ds64(riff: u64, data: u64, frames: u64, table: &[(&[u8; 4], u64)]) -> Vec<u8> {
    let mut body = [riff, data, frames].map(u64::to_le_bytes).concat();
    body.extend((table.len() as u32).to_le_bytes());
    for (id, size) in table {
        body.extend(*id);
        body.extend(size.to_le_bytes());
    }
    chunk(b"ds64", &body)
}

/// A small file of each kind; the name says which.
pub(crate) fn files() -> Vec<(&'static str, Vec<u8>)> {
    let audio = s16_bytes(&s16(300));
    let rest = [chunk(b"fmt ", &fmt(1, 1, 8_000, 16)), sized_chunk(b"data", u32::MAX, &audio)].concat();
    let sizes = ds64(4 + 36 + rest.len() as u64, audio.len() as u64, 300, &[]);
    vec![
        ("IMA ADPCM", coded_wav(&ima_fmt(1, 64), Some(350), &ima_blocks(1, 64, 3))),
        ("IMA ADPCM, stereo", coded_wav(&ima_fmt(2, 72), Some(200), &ima_blocks(2, 72, 4))),
        ("MS ADPCM", coded_wav(&ms_fmt(1, 64), Some(340), &ms_blocks(1, 64, 3))),
        ("MS ADPCM, stereo", coded_wav(&ms_fmt(2, 70), None, &ms_blocks(2, 70, 4))),
        ("GSM", coded_wav(&gsm_fmt(), Some(1_500), &any_bytes(65 * 5))),
        ("G.722", coded_wav(&coded_fmt(0x28F, 1, 16_000, 1, 4, &[]), None, &any_bytes(333))),
        ("MP3", coded_wav(&coded_fmt(0x55, 2, 44_100, 1, 0, &[0; 12]), Some(9_999), &mp3_frames(6))),
        ("RF64", [&b"RF64\xFF\xFF\xFF\xFFWAVE"[..], &sizes, &rest].concat()),
        ("AU", crate::au::file(600, 3, 8_000, 1, b"note", &audio)),
        ("AU, G.722", crate::au::file(u32::MAX, 24, 16_000, 1, b"", &any_bytes(300))),
    ]
}
