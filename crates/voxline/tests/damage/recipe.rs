//! Undamaged files and the tools that damage them.

use voxline::prepare;
use voxline_testkit::rng::Rng;
use voxline_testkit::signal::speech_like;

/// 98 frames of MP3 behind one of information, each of 192 bytes for 576 frames; MPEG-2, 24 kHz, 64 kbit/s, mono.
pub(crate) const MP3: &[u8] = include_bytes!("../../../../assets/answer/answer.mp3");
pub(crate) const MP3_FRAME: usize = 192;
pub(crate) const MP3_FRAME_FRAMES: usize = 576;
/// Frames of audio, those that delay and decoder put in front, and those behind.
pub(crate) const MP3_FRAMES: usize = 54_791;
pub(crate) const MP3_DELAY: usize = 576 + 529;
pub(crate) const MP3_PADDING: usize = 1_081 - 529;

/// Bytes of the header that [`wav`] writes.
pub(crate) const WAV_HEADER: usize = 44;

/// Something like speech at 8 kHz, as 16-bit samples: no two of them alike for long, none that could be a header.
pub(crate) fn speech(seed: u64, frames: usize) -> Vec<i16> {
    let hum = (0..frames).map(|n| ((n * 7919) % 23) as i16 - 11);
    speech_like(seed, 8_000, frames).iter().zip(hum).map(|(x, hum)| (x * 20_000.0) as i16 + hum).collect()
}

pub(crate) fn le(samples: &[i16]) -> Vec<u8> {
    samples.iter().flat_map(|s| s.to_le_bytes()).collect()
}

/// Bytes that look random.
pub(crate) fn noise(seed: u64, count: usize) -> Vec<u8> {
    let mut rng = Rng::new(seed);
    (0..count).map(|_| rng.next_u64() as u8).collect()
}

/// Bytes that look random, without those that begin a frame of MP3.
pub(crate) fn junk(seed: u64, count: usize) -> Vec<u8> {
    noise(seed, count).iter().map(|&byte| if byte == 0xFF { 0x7E } else { byte }).collect()
}

pub(crate) fn fmt(tag: u16, channels: u16, rate_hz: u32, bits: u16) -> Vec<u8> {
    let block = channels * bits.div_ceil(8);
    fields(tag, channels, rate_hz, rate_hz * u32::from(block), block, bits)
}

pub(crate) fn fields(tag: u16, channels: u16, rate_hz: u32, byte_rate: u32, block: u16, bits: u16) -> Vec<u8> {
    let mut out = [tag, channels].map(u16::to_le_bytes).concat();
    out.extend([rate_hz, byte_rate].map(u32::to_le_bytes).concat());
    out.extend([block, bits].map(u16::to_le_bytes).concat());
    out
}

/// A `fmt ` chunk of a coded format with what stands behind its 16 bytes.
pub(crate) fn coded_fmt(tag: u16, block: u16, extra: &[u8]) -> Vec<u8> {
    let mut out = fields(tag, 1, 8_000, 4_055, block, if tag == 0x31 { 0 } else { 4 });
    out.extend((extra.len() as u16).to_le_bytes());
    out.extend(extra);
    out
}

pub(crate) fn chunk(id: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let pad = &[0][..body.len() % 2];
    [&id[..], &(body.len() as u32).to_le_bytes(), body, pad].concat()
}

pub(crate) fn riff(chunks: &[Vec<u8>]) -> Vec<u8> {
    let body = chunks.concat();
    [&b"RIFF"[..], &(body.len() as u32 + 4).to_le_bytes(), b"WAVE", &body].concat()
}

/// A file of 16 bits, one channel, 8 kHz.
pub(crate) fn wav(samples: &[i16]) -> Vec<u8> {
    riff(&[chunk(b"fmt ", &fmt(1, 1, 8_000, 16)), chunk(b"data", &le(samples))])
}

/// The same of another rate and channel count.
pub(crate) fn wav_of(rate_hz: u32, channels: u16, samples: &[i16]) -> Vec<u8> {
    riff(&[chunk(b"fmt ", &fmt(1, channels, rate_hz, 16)), chunk(b"data", &le(samples))])
}

/// The bytes with a little-endian number written over some.
pub(crate) fn with_u32(bytes: &[u8], at: usize, value: u32) -> Vec<u8> {
    patched(bytes, at, &value.to_le_bytes())
}

pub(crate) fn patched(bytes: &[u8], at: usize, patch: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    out[at..at + patch.len()].copy_from_slice(patch);
    out
}

/// The bytes with others put in.
pub(crate) fn inserted(bytes: &[u8], at: usize, others: &[u8]) -> Vec<u8> {
    [&bytes[..at], others, &bytes[at..]].concat()
}

/// The bytes without some.
pub(crate) fn removed(bytes: &[u8], at: usize, count: usize) -> Vec<u8> {
    [&bytes[..at], &bytes[at + count..]].concat()
}

/// An ID3 tag that claims and holds so many bytes behind its header.
pub(crate) fn id3(claimed: usize, held: usize) -> Vec<u8> {
    let size = [21, 14, 7, 0].map(|shift| (claimed >> shift & 0x7F) as u8);
    let mut tag = [&b"ID3\x04\0\0"[..], &size].concat();
    tag.resize(10 + held, b' ');
    tag
}

/// An AU file of 16 bits, one channel, 8 kHz.
pub(crate) fn au(size: u32, samples: &[i16]) -> Vec<u8> {
    let mut out = b".snd".to_vec();
    out.extend([24, size, 3, 8_000, 1].map(u32::to_be_bytes).concat());
    out.extend(samples.iter().flat_map(|s| s.to_be_bytes()));
    out
}

/// An AIFF file of 16 bits, one channel, 8 kHz.
pub(crate) fn aiff(samples: &[i16]) -> Vec<u8> {
    let audio: Vec<u8> = samples.iter().flat_map(|s| s.to_be_bytes()).collect();
    let frames = samples.len() as u32;
    // 8000 as a number of 80 bits: 1.953125 times 2 to the 12th.
    let rate = [&[0x40, 0x0B, 0xFA][..], &[0; 7]].concat();
    let comm = [&b"COMM"[..], &18u32.to_be_bytes(), &[0, 1], &frames.to_be_bytes(), &[0, 16], &rate].concat();
    let ssnd = [&b"SSND"[..], &(8 + 2 * frames).to_be_bytes(), &[0; 8], &audio].concat();
    let size = (4 + comm.len() + ssnd.len()) as u32;
    [&b"FORM"[..], &size.to_be_bytes(), b"AIFF", &comm, &ssnd].concat()
}

/// An Ogg Speex file of so many frames at 8 kHz, a page a second.
pub(crate) fn ogg(seed: u64, frames: usize) -> Vec<u8> {
    let mut options = voxline::Options::default();
    options.set("target.encoding", "spx").unwrap();
    options.set("target.sample_rate_hz", "8000").unwrap();
    prepare(&wav(&speech(seed, frames))[..], &options).unwrap().into_outputs().swap_remove(0)
}

/// Where each page begins, and the end.
pub(crate) fn pages(ogg: &[u8]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..ogg.len() - 4).filter(|&i| &ogg[i..i + 4] == b"OggS").collect();
    places.push(ogg.len());
    places
}

/// Blocks of IMA ADPCM whose headers are right, 64 bytes for 121 frames.
pub(crate) fn ima_blocks(count: usize) -> Vec<u8> {
    let mut bytes = noise(7, 64 * count);
    for block in bytes.chunks_mut(64) {
        block[2] %= 89;
        block[3] = 0;
    }
    bytes
}

/// A WAV file of these blocks, whose `fact` chunk says so many frames.
pub(crate) fn ima_wav(frames: u32, data: &[u8]) -> Vec<u8> {
    let fmt = coded_fmt(0x11, 64, &121_u16.to_le_bytes());
    riff(&[chunk(b"fmt ", &fmt), chunk(b"fact", &frames.to_le_bytes()), chunk(b"data", data)])
}

/// Frames of GSM with their signature, 33 bytes each.
pub(crate) fn gsm_frames(count: usize) -> Vec<u8> {
    let mut bytes = noise(8, 33 * count);
    bytes.iter_mut().step_by(33).for_each(|byte| *byte = *byte & 15 | 0xD0);
    bytes
}
