//! WAV headers.

use std::io::Cursor;

use voxline_core::{Error, ErrorKind, Result, SampleRate};

/// The most sample bytes a WAV file can state: both of its size fields have 32 bits.
pub(crate) const MAX_DATA_BYTES: u64 = u32::MAX as u64 - 1_024;

/// The header of 16-bit audio with `data_bytes` bytes of samples; `None`: not known yet, both sizes are 0xFFFFFFFF.
///
/// **Errors**: [`ErrorKind::LimitExceeded`] past 4 GiB.
pub(crate) fn header(sample_rate: SampleRate, channel_count: u16, data_bytes: Option<u64>) -> Result<Vec<u8>> {
    let fail = |error: hound::Error| Error::new(ErrorKind::Internal, "write WAV header", error.to_string());
    let spec = hound::WavSpec {
        channels: channel_count,
        sample_rate: sample_rate.hz(),
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut bytes = Vec::new();
    hound::WavWriter::new(Cursor::new(&mut bytes), spec).and_then(hound::WavWriter::finalize).map_err(fail)?;
    let header_bytes = bytes.len();
    let (riff_size, data_size) = match data_bytes {
        None => (u32::MAX, u32::MAX),
        Some(n) if n <= MAX_DATA_BYTES => (n as u32 + header_bytes as u32 - 8, n as u32),
        Some(n) => {
            return Err(Error::new(
                ErrorKind::LimitExceeded,
                "write WAV header",
                format!("{n} bytes of samples; a WAV file holds {MAX_DATA_BYTES}; use target.encoding pcm"),
            ));
        }
    };
    // The sizes stand behind "RIFF" and at the very end, behind "data".
    bytes[4..8].copy_from_slice(&riff_size.to_le_bytes());
    bytes[header_bytes - 4..].copy_from_slice(&data_size.to_le_bytes());
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hound_reads_what_the_header_says() {
        for channels in [1, 2, 6] {
            let samples = [1i16, -2, 3, -4, 5, -6];
            let data: Vec<u8> = samples.iter().flat_map(|s| s.to_le_bytes()).collect();
            let rate = SampleRate::new(16_000).unwrap();
            let mut file = header(rate, channels, Some(data.len() as u64)).unwrap();
            if channels <= 2 {
                assert_eq!(file.len(), 44);
            }
            file.extend(data);
            assert_eq!(u32::from_le_bytes(file[4..8].try_into().unwrap()) as usize, file.len() - 8);
            let mut reader = hound::WavReader::new(Cursor::new(file)).unwrap();
            assert_eq!((reader.spec().channels, reader.spec().sample_rate), (channels, 16_000));
            assert_eq!(reader.samples::<i16>().map(Result::unwrap).collect::<Vec<_>>(), samples);
        }
    }

    #[test]
    fn sizes_that_do_not_fit_are_refused() {
        let rate = SampleRate::new(8_000).unwrap();
        assert!(header(rate, 1, Some(MAX_DATA_BYTES)).is_ok());
        assert_eq!(header(rate, 1, Some(MAX_DATA_BYTES + 1)).unwrap_err().kind(), ErrorKind::LimitExceeded);
        assert_eq!(header(rate, 1, None).unwrap()[40..], [0xFF; 4]);
    }
}
