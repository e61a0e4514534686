//! Counts what searching costs, where tests ask; otherwise nothing.

/// Notes that so many bytes were looked at.
#[cfg(not(test))]
#[inline(always)]
pub(crate) fn count(_: usize) {}

#[cfg(test)]
pub(crate) use counted::count;

#[cfg(test)]
mod counted {
    use std::cell::Cell;

    thread_local! {
        static WORK: Cell<u64> = const { Cell::new(0) };
    }

    pub(crate) fn count(bytes: usize) {
        WORK.set(WORK.get() + bytes as u64);
    }

    pub(super) fn take() -> u64 {
        WORK.take()
    }
}

#[cfg(test)]
mod tests {
    use voxline_core::{AudioSpec, Options, SampleRate};

    use super::counted::take;
    use crate::{Decode, Decoder, PcmChunk, Pull};

    /// 128 kbit/s at 44.1 kHz, as many whole frames as fit, each with other data.
    fn mp3(bytes: usize) -> Vec<u8> {
        let mut stream: Vec<u8> = (0..bytes).map(|n| (n * 7 % 251) as u8).collect();
        for frame in stream.chunks_mut(417) {
            let head = frame.len().min(36);
            frame[..head].fill(0);
            frame[..head.min(4)].copy_from_slice(&[0xFF, 0xFB, 0x90, 0x64][..head.min(4)]);
        }
        stream
    }

    fn wav(sizes: [u8; 4]) -> Vec<u8> {
        [&b"RIFF"[..], &sizes, b"WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1F\0\0\x80\x3E\0\0\x02\0\x10\0data", &sizes]
            .concat()
    }

    /// What is repeated to keep a decoder searching.
    fn lures() -> Vec<(&'static str, Vec<u8>)> {
        let filled = |head: &[u8], length: usize| {
            let mut bytes = head.to_vec();
            bytes.resize(length, 0);
            bytes
        };
        let ogg = b"OggS\0\x02\0\0\0\0\0\0\0\0abcd\0\0\0\0efgh\x01\x50Speex   ";
        // No three of these places are evenly spaced: their numbers have no digit 2 in base three.
        let mut uneven = vec![0; 6_000];
        for n in 0..64_usize {
            let place: usize = (0..6).map(|digit| (n >> digit & 1) * 3_usize.pow(digit)).sum();
            uneven[7 * place..7 * place + 4].copy_from_slice(&[0xFF, 0xFB, 0x00, 0x64]);
        }
        let long_page = [filled(b"OggS", 26), vec![255; 2]].concat();
        let mut two_apart = filled(&[0xFF, 0xFB, 0x90, 0x64], 418);
        two_apart.extend(filled(&[0xFF, 0xFB, 0x90, 0x64], 417));
        vec![
            ("all ones", vec![0xFF]),
            ("zeros", vec![0]),
            ("headers without room", vec![0xFF, 0xFB, 0x90, 0x64]),
            ("headers of the longest frames", vec![0xFF, 0xFB, 0xE4, 0x64, 0]),
            ("headers of the longest frames, MPEG-2.5", vec![0xFF, 0xE3, 0xE8, 0x64, 0]),
            ("free format", vec![0xFF, 0xFB, 0x00, 0x64]),
            ("free format, far apart", filled(&[0xFF, 0xFB, 0x00, 0x64], 13)),
            ("free format that never fits", uneven),
            ("frames one byte too long", filled(&[0xFF, 0xFB, 0x90, 0x64], 418)),
            ("every other frame too long", two_apart),
            (
                "bit rates that take turns",
                [filled(&[0xFF, 0xFB, 0x90, 0x64], 40), filled(&[0xFF, 0xFB, 0xA0, 0x64], 40)].concat(),
            ),
            (
                "a frame, then headers of another rate",
                [filled(&[0xFF, 0xFB, 0x90, 0x64], 417), [0xFF, 0xFB, 0xE0, 0x64].repeat(300)].concat(),
            ),
            (
                "frames too long that hold headers",
                [filled(&[0xFF, 0xFB, 0x90, 0x64], 40), [0xFF, 0xFB, 0x90, 0x64, 0].repeat(76)].concat(),
            ),
            ("ADTS", vec![0xFF, 0xF1, 0x50, 0x80, 0x00, 0xFF, 0xFC]),
            ("RIFF", b"RIFF".to_vec()),
            ("RIFF and WAVE", b"RIFF\xFF\xFF\xFF\xFFWAVEfmt ".to_vec()),
            ("files of 44 bytes", wav([0; 4])),
            ("WA", b"WA".to_vec()),
            ("AU", b".snd\0\0\0\x18\xFF\xFF\xFF\xFF\0\0\0\x03\0\0\x1F\x40\0\0\0\x01".to_vec()),
            ("ID3", b"ID3".to_vec()),
            ("ID3 without content", b"ID3\x04\0\0\0\0\0\0".to_vec()),
            ("ID3 that claims 200 MB", b"ID3\x04\0\0\x60\0\0\0".to_vec()),
            ("TAG", b"TAG".to_vec()),
            ("APE", filled(b"APETAGEX", 32)),
            ("chunks", b"JUNK\0\0\0\0".to_vec()),
            ("data chunks", b"data\0\0\0\0".to_vec()),
            ("OggS", b"OggS".to_vec()),
            ("long pages of Ogg", long_page),
            ("Ogg Speex", ogg.to_vec()),
            ("line feeds", b"\r\n".to_vec()),
        ]
    }

    /// The bytes looked at from first to last, in pieces of a size.
    fn work(bytes: &[u8], piece: usize) -> u64 {
        let options = Options::default();
        let mut decoder = Decoder::new(&options.input, &options.limits);
        let mut chunk = PcmChunk::new(AudioSpec::new(SampleRate::new(8_000).unwrap(), 1).unwrap());
        take();
        for bytes in bytes.chunks(piece) {
            decoder.push(bytes).unwrap();
            while let Ok(Pull::Frames(_)) = decoder.pull(&mut chunk) {}
        }
        decoder.finish();
        while let Ok(Pull::Frames(_)) = decoder.pull(&mut chunk) {}
        take()
    }

    /// Each byte is looked at so often at most, once the windows of the probe are behind: by the search for other files, by
    /// that for frames, by up to three headers that have to follow.
    const MOST_PER_BYTE: u64 = 16;

    #[test]
    fn searching_is_linear_whatever_is_repeated() {
        let unknown = u32::MAX.to_le_bytes();
        let fronts = [Vec::new(), mp3(417 * 10), wav(unknown), b"\x01\x02\x03".to_vec()];
        let mut worst = Vec::new();
        for (name, lure) in lures() {
            for (n, front) in fronts.iter().enumerate() {
                let of = |bytes: usize, piece: usize| {
                    let input = [&front[..], &lure.repeat(bytes / lure.len())].concat();
                    (work(&input, piece) as f64, input.len() as f64)
                };
                let ((small, small_bytes), (large, large_bytes)) = (of(200_000, 65_536), of(600_000, 65_536));
                // A fixed part is allowed: the windows of the probe.
                let fixed = 16.0 * 1_200_000.0;
                let growth = (large - small).max(0.0) / (large_bytes - small_bytes);
                assert!(growth <= MOST_PER_BYTE as f64, "{name} behind {n}: {growth:.1} a byte");
                assert!(small <= MOST_PER_BYTE as f64 * small_bytes + fixed, "{name} behind {n}: {small}");
                worst.push((growth, name, n));
                // Small pieces cost no more than a few looks at each.
                let ((small, small_bytes), (large, large_bytes)) = (of(40_000, 97), of(80_000, 97));
                let growth = (large - small).max(0.0) / (large_bytes - small_bytes);
                assert!(growth <= MOST_PER_BYTE as f64, "{name} behind {n}, in pieces: {growth:.1} a byte");
            }
        }
        worst.sort_by(|a, b| b.0.total_cmp(&a.0));
        eprintln!("{:?}", worst.get(..12));
        assert!(worst.iter().any(|(growth, ..)| *growth > 1.0), "something is counted");
    }
}
