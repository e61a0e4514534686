//! WAV: fields, chunks and their order.

use voxline_testkit::rng::Rng;

use super::law::{Growth, Tally, damage, number, obey, put};
use crate::recipe::*;
use crate::support::*;

/// A file as its chunks, so that they can be moved about.
#[derive(Debug, Clone)]
struct Form {
    magic: [u8; 4],
    /// Written instead of the true size.
    size: Option<u32>,
    chunks: Vec<Chunk>,
}

#[derive(Debug, Clone)]
struct Chunk {
    id: [u8; 4],
    size: Option<u32>,
    body: Vec<u8>,
    pad: bool,
}

impl Form {
    fn new(chunks: &[(&[u8; 4], Vec<u8>)]) -> Self {
        let chunk = |(id, body): &(&[u8; 4], Vec<u8>)| Chunk { id: **id, size: None, body: body.clone(), pad: true };
        Self { magic: *b"RIFF", size: None, chunks: chunks.iter().map(chunk).collect() }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut body = b"WAVE".to_vec();
        for chunk in &self.chunks {
            body.extend(chunk.id);
            body.extend(chunk.size.unwrap_or(chunk.body.len() as u32).to_le_bytes());
            body.extend(&chunk.body);
            body.extend(&[0][..usize::from(chunk.pad && chunk.body.len() % 2 == 1)]);
        }
        [&self.magic[..], &self.size.unwrap_or(body.len() as u32).to_le_bytes(), &body].concat()
    }

    /// The chunk of this name, if any.
    fn body(&mut self, id: &[u8; 4]) -> Option<&mut Vec<u8>> {
        self.chunks.iter_mut().find(|chunk| chunk.id == *id).map(|chunk| &mut chunk.body)
    }
}

/// An undamaged file of each format, some hundred bytes long.
fn forms() -> Vec<Form> {
    let audio = any_bytes(600);
    let plain = |fmt: Vec<u8>| Form::new(&[(b"fmt ", fmt), (b"data", audio.clone())]);
    let coded = |fmt: Vec<u8>, fact: u32, data: Vec<u8>| {
        Form::new(&[(b"fmt ", fmt), (b"fact", fact.to_le_bytes().to_vec()), (b"data", data)])
    };
    let mut forms = vec![
        plain(fmt(1, 1, 8_000, 8)),
        plain(fmt(1, 2, 44_100, 16)),
        plain(fmt(1, 3, 48_000, 24)),
        plain(fmt(1, 1, 96_000, 32)),
        plain(fmt(3, 1, 16_000, 32)),
        plain(fmt(3, 2, 16_000, 64)),
        plain(fmt(6, 1, 8_000, 8)),
        plain(fmt(7, 2, 8_000, 8)),
        plain(extensible(1, 2, 44_100, 16, 16, 3)),
        coded(ima_fmt(1, 64), 350, ima_blocks(1, 64, 6)),
        coded(ima_fmt(2, 72), 200, ima_blocks(2, 72, 6)),
        coded(ms_fmt(1, 64), 340, ms_blocks(1, 64, 6)),
        coded(ms_fmt(2, 70), 300, ms_blocks(2, 70, 6)),
        coded(gsm_fmt(), 1_500, any_bytes(65 * 5)),
        coded(coded_fmt(0x28F, 1, 16_000, 1, 4, &[]), 600, any_bytes(300)),
        coded(coded_fmt(0x55, 2, 44_100, 1, 0, &[0; 12]), 9_999, mp3_frames(4)),
        // MP3 under another name.
        plain(fmt(1, 2, 44_100, 16)),
    ];
    if let Some(data) = forms.last_mut().and_then(|form| form.body(b"data")) {
        *data = mp3_frames(9);
    }
    let mut wide = plain(fmt(1, 1, 8_000, 16));
    let ds64 = [[700_u64, 600, 300].map(u64::to_le_bytes).concat(), vec![0; 4]].concat();
    wide.chunks.insert(0, Chunk { id: *b"ds64", size: None, body: ds64, pad: true });
    (wide.magic, wide.size) = (*b"RF64", Some(u32::MAX));
    forms.push(wide);
    let mut tagged = plain(fmt(1, 1, 8_000, 16));
    tagged.chunks.insert(0, Chunk { id: *b"LIST", size: None, body: b"INFOISFT\x05\0\0\0softw".to_vec(), pad: true });
    tagged.chunks.push(Chunk { id: *b"id3 ", size: None, body: vec![7; 33], pad: true });
    forms.push(tagged);
    forms
}

/// Fields of the `fmt ` chunk: place and width.
const FMT: [(usize, usize); 12] =
    [(0, 2), (2, 2), (4, 4), (8, 4), (12, 2), (14, 2), (16, 2), (18, 2), (20, 2), (20, 4), (24, 2), (26, 8)];
/// Fields of the `ds64` chunk.
const DS64: [(usize, usize); 4] = [(0, 8), (8, 8), (16, 8), (24, 4)];
/// Format tags that mean something here.
const TAGS: [u64; 13] = [1, 2, 3, 6, 7, 0x11, 0x31, 0x55, 0x65, 0x28F, 0xFFFE, 0, 0x50];

fn change(rng: &mut Rng, form: &mut Form) {
    let count = form.chunks.len().max(1);
    let (one, other) = (rng.below(count), rng.below(count));
    match rng.below(16) {
        0..5 => {
            let (at, width) = FMT[rng.below(FMT.len())];
            let tag = TAGS[rng.below(TAGS.len())];
            let by_name = at == 0 && rng.below(2) == 0;
            if let Some(fmt) = form.body(b"fmt ") {
                put(fmt, at, width, |now| if by_name { tag } else { number(rng, now) });
            }
        }
        5 => form.size = Some(number(rng, 0) as u32),
        6 => {
            if let Some(chunk) = form.chunks.get_mut(one) {
                chunk.size = Some(number(rng, chunk.body.len() as u64) as u32);
            }
        }
        7 => {
            if !form.chunks.is_empty() {
                form.chunks.swap(one, other);
            }
        }
        8 => {
            if let Some(again) = form.chunks.get(one).cloned() {
                form.chunks.insert(other, again);
            }
        }
        9 => {
            if form.chunks.len() > 1 {
                form.chunks.remove(one);
            }
        }
        10 => {
            let id =
                *[b"JUNK", b"junk", b"RIFF", b"WAVE", b"data", b"fmt ", b"ds64", b"\0\0\0\0", b"fact"][rng.below(9)];
            let body = any_bytes(rng.below(40));
            form.chunks.insert(other, Chunk { id, size: None, body, pad: rng.below(2) == 0 });
        }
        11 => {
            if let Some(fact) = form.body(b"fact") {
                put(fact, 0, 4, |now| number(rng, now));
            }
        }
        12 => {
            let (at, width) = DS64[rng.below(DS64.len())];
            if let Some(ds64) = form.body(b"ds64") {
                put(ds64, at, width, |now| number(rng, now));
            }
        }
        13 => form.magic = *[b"RIFF", b"RIFX", b"RF64", b"BW64"][rng.below(4)],
        14 => {
            if let Some(chunk) = form.chunks.get_mut(one) {
                let length = rng.below(chunk.body.len() + 4);
                chunk.body.resize(length, 0x5A);
            }
        }
        _ => {
            if let Some(chunk) = form.chunks.get_mut(one) {
                chunk.pad = !chunk.pad;
            }
        }
    }
}

fn check(seed: u64) {
    let forms = forms();
    let mut tally = Tally::default();
    for round in 0..5_000 {
        let mut rng = Rng::new(seed << 32 | round);
        let mut form = forms[rng.below(forms.len())].clone();
        for _ in 0..=rng.below(4) {
            change(&mut rng, &mut form);
        }
        let mut bytes = form.bytes();
        if rng.below(6) == 0 {
            damage(&mut rng, &mut bytes);
        }
        if rng.below(8) == 0 {
            bytes.extend(forms[rng.below(forms.len())].bytes());
        }
        // The densest format is GSM, 160 frames of 33 bytes; but a block of MS ADPCM may be cut anywhere, and MP3 may stand
        // under any header, of which a damaged frame of 24 bytes makes 576.
        let growth = Growth { per_byte: 48, more: 2_304 };
        obey(&mut tally, &mut rng, &bytes, &lenient(), growth, &format!("seed {seed}, round {round}: {form:02x?}"));
    }
    tally.holds(40, 30, 30);
}

#[test]
fn first_quarter() {
    check(1);
}

#[test]
fn second_quarter() {
    check(2);
}

#[test]
fn third_quarter() {
    check(3);
}

#[test]
fn fourth_quarter() {
    check(4);
}
