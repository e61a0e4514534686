//! A WAV reader that refuses whatever is not exactly a 16-bit mono PCM file.
//!
//! **Source**: Microsoft/IBM, *Multimedia Programming Interface and Data Specifications 1.0* (1991), RIFF and WAVE.

/// `WAVE_FORMAT_PCM`.
const PCM: u16 = 0x0001;
/// RIFF header: `RIFF`, size, `WAVE`.
const RIFF_HEADER_BYTES: usize = 12;

/// The bytes of the `data` chunk of a mono s16le file of `rate_hz`, or what is wrong with it.
pub(super) fn data<'a>(file: &'a [u8], rate_hz: u32, voice_type: &str) -> Result<&'a [u8], String> {
    let stated = u32_at(file, 4).ok_or("the WAV ends inside its RIFF header")?;
    if file.get(8..RIFF_HEADER_BYTES) != Some(b"WAVE") {
        return Err("RIFF without WAVE".to_owned());
    }
    let actual = file.len() - 8;
    if usize::try_from(stated) != Ok(actual) {
        return Err(format!("the WAV's RIFF size says {stated}, but {actual} bytes follow"));
    }
    let (mut format_seen, mut data) = (false, None);
    let mut rest = file.get(RIFF_HEADER_BYTES..).unwrap_or_default();
    while !rest.is_empty() {
        let (name, size) = rest.get(..4).zip(u32_at(rest, 4)).ok_or("the WAV ends inside a chunk header")?;
        let after = rest.get(8..).unwrap_or_default();
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let shown = name.escape_ascii();
        let body = after
            .get(..size)
            .ok_or_else(|| format!("the WAV's \"{shown}\" chunk says {size} bytes, but {} follow", after.len()))?;
        match name {
            b"fmt " if format_seen => return Err("the WAV has two \"fmt \" chunks".to_owned()),
            b"fmt " => {
                check_format(body, rate_hz, voice_type)?;
                format_seen = true;
            }
            b"data" if !format_seen => return Err("the WAV's \"data\" comes before its \"fmt \"".to_owned()),
            b"data" if data.is_some() => return Err("the WAV has two \"data\" chunks".to_owned()),
            b"data" if size % 2 != 0 => {
                return Err(format!("the WAV's \"data\" has {size} bytes, which is no whole number of frames"));
            }
            b"data" => data = Some(body),
            _ => {}
        }
        // Chunks of odd length are padded to an even one.
        rest = after.get(size + size % 2..).ok_or_else(|| format!("the pad byte of \"{shown}\" is missing"))?;
    }
    data.ok_or_else(|| "the WAV has no \"data\" chunk".to_owned())
}

fn check_format(body: &[u8], rate_hz: u32, voice_type: &str) -> Result<(), String> {
    let short = || format!("the WAV's \"fmt \" chunk has {} bytes, 16 or 18 are needed", body.len());
    let u16_at = |at: usize| body.get(at..at + 2).map(|b| u16::from_le_bytes([b[0], b[1]])).ok_or_else(short);
    let tag = u16_at(0)?;
    if tag != PCM {
        return Err(format!("WAV format {tag:#06X}; plain PCM (0x0001) is needed"));
    }
    // The extension of plain PCM, if there is one, is empty.
    if !(body.len() == 16 || (body.len() == 18 && u16_at(16)? == 0)) {
        return Err(short());
    }
    let (channels, bits) = (u16_at(2)?, u16_at(14)?);
    let rate = u32_at(body, 4).ok_or_else(short)?;
    if channels != 1 {
        return Err(format!("the WAV has {channels} channels; mono is needed"));
    }
    if bits != 16 {
        return Err(format!("the WAV has {bits} bits a sample; 16 are needed"));
    }
    if rate != rate_hz {
        return Err(format!(
            "the WAV has a sample rate of {rate} Hz, but voiceType \"{voice_type}\" says {rate_hz} Hz"
        ));
    }
    let (byte_rate, block) = (u32_at(body, 8).ok_or_else(short)?, u16_at(12)?);
    if byte_rate != rate_hz * 2 || block != 2 {
        return Err(format!("the WAV says {byte_rate} bytes a second and {block} a frame; {} and 2 fit", rate_hz * 2));
    }
    Ok(())
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
}
