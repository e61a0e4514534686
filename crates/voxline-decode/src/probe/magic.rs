//! Magic numbers at the start.

use super::Probe;
use super::text::{MANGLED, holds_replacement};
use crate::au::MAGIC;

/// Bytes of an Ogg page in front of its segment table, the last of which says how long that is (RFC 3533 §6).
const OGG_BYTES: usize = 27;
/// The longest name with which a first packet begins.
const OGG_NAME_BYTES: usize = 8;

/// What the first bytes say, if anything. Short input is what it is when `end` is set; otherwise there are at least 12
/// bytes.
pub(super) fn identify(bytes: &[u8], end: bool) -> Option<Probe> {
    if [b"RIFF", b"RIFX", b"RF64", b"BW64"].iter().any(|magic| bytes.starts_with(*magic)) {
        return Some(match bytes.get(8..12) {
            // A cut header is left to the decoder, which says where it ends.
            None | Some(b"WAVE") => Probe::Wav,
            Some(_) if holds_replacement(bytes.get(4..12).unwrap_or_default()) => {
                Probe::Unsupported(MANGLED.to_owned())
            }
            Some(form) => Probe::Unsupported(format!("a RIFF file of form \"{}\"", form.escape_ascii())),
        });
    }
    if bytes.starts_with(MAGIC) {
        return Some(Probe::Au);
    }
    if bytes.starts_with(b"FORM") && bytes.get(8..12).is_none_or(|kind| matches!(kind, b"AIFF" | b"AIFC")) {
        return Some(Probe::Aiff);
    }
    if bytes.starts_with(b"OggS") {
        let named =
            bytes.get(OGG_BYTES - 1).map_or(OGG_BYTES, |&laces| OGG_BYTES + usize::from(laces) + OGG_NAME_BYTES);
        if bytes.len() < named && !end {
            return Some(Probe::NeedMore);
        }
        return Some(match ogg(bytes) {
            SPEEX => Probe::Spx,
            VORBIS if cfg!(feature = "vorbis") => Probe::Vorbis,
            OPUS if cfg!(feature = "opus") => Probe::Opus,
            other => Probe::Unsupported(left_out(other)),
        });
    }
    if bytes.starts_with(b"fLaC") && cfg!(feature = "flac") {
        return Some(Probe::Flac);
    }
    if bytes.get(4..8) == Some(b"ftyp") && bytes.get(8..10) != Some(b"3g") && cfg!(feature = "aac") {
        return Some(Probe::M4a);
    }
    let name = at_start(bytes).or_else(|| inside(bytes))?;
    Some(Probe::Unsupported(left_out(name)))
}

/// Says of a format that this build could have read that it does not.
fn left_out(name: &str) -> String {
    let known = [
        (cfg!(feature = "flac"), "FLAC"),
        (cfg!(feature = "vorbis"), VORBIS),
        (cfg!(feature = "opus"), OPUS),
        (cfg!(feature = "aac"), M4A),
    ];
    let hint = if known.contains(&(false, name)) { " (left out of this build)" } else { "" };
    format!("{name}{hint}")
}

fn at_start(bytes: &[u8]) -> Option<&'static str> {
    NAMES.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|&(_, name)| name)
}

/// Magic numbers that begin later or have two parts.
fn inside(bytes: &[u8]) -> Option<&'static str> {
    let at = |offset: usize, magic: &[u8]| bytes.get(offset..).is_some_and(|rest| rest.starts_with(magic));
    if at(0, b"FORM") {
        return Some("an IFF file");
    }
    if at(0, b"IRFF") && at(8, b"AWEV") {
        return Some("a WAV file whose bytes are swapped in pairs: swap them back (dd conv=swab)");
    }
    if at(4, b"ftyp") {
        return Some(if at(8, b"3g") { "3GP/3GPP2" } else { M4A });
    }
    None
}

const SPEEX: &str = "Ogg Speex";
const VORBIS: &str = "Ogg Vorbis";
const OPUS: &str = "Ogg Opus";
const M4A: &str = "M4A/MP4";

/// Names what the first packet of an Ogg stream holds.
fn ogg(bytes: &[u8]) -> &'static str {
    let laces = bytes.get(OGG_BYTES - 1);
    let packet = laces.and_then(|&laces| bytes.get(OGG_BYTES + usize::from(laces)..)).unwrap_or_default();
    let codecs: [(&[u8], &str); 5] = [
        (b"\x01vorbis", VORBIS),
        (b"OpusHead", OPUS),
        (b"Speex   ", SPEEX),
        (b"\x7FFLAC", "Ogg FLAC"),
        (b"\x80theora", "Ogg Theora video"),
    ];
    codecs.iter().find(|(magic, _)| packet.starts_with(magic)).map_or("Ogg", |&(_, name)| name)
}

/// **Source**: the specification of each format, as collected in the IANA media type registrations and file(1).
const NAMES: &[(&[u8], &str)] = &[
    // The GUID 66666972-912E-11CF-A5D6-28DB04C10000, whose first bytes read "riff".
    (b"riff\x2E\x91\xCF\x11", "Sony Wave64"),
    (b"fLaC", "FLAC"),
    (b"#!AMR-WB", "AMR-WB"),
    (b"#!AMR", "AMR"),
    (b"#!SILK", "SILK"),
    // Messengers put one byte before it.
    (b"\x02#!SILK", "SILK"),
    (b"#!iLBC", "iLBC"),
    (b"dns.", "AU/SND (little-endian)"),
    (b"caff", "Apple CAF"),
    (b"\x1A\x45\xDF\xA3", "Matroska/WebM"),
    (b"\x30\x26\xB2\x75\x8E\x66\xCF\x11", "WMA/ASF"),
    (b"MAC ", "Monkey's Audio"),
    (b"wvpk", "WavPack"),
    (b"TTA1", "True Audio"),
    (b"MPCK", "Musepack"),
    (b"MP+", "Musepack"),
    (b"DSD ", "DSD"),
    (b"NIST_1A", "NIST SPHERE"),
    (b"Creative Voice File", "Creative VOC"),
    (b"MThd", "MIDI"),
    (b".RMF", "RealMedia"),
    (b".ra\xFD", "RealAudio"),
    (b"FLV\x01", "Flash video"),
    (b"\0\0\x01\xBA", "MPEG program stream"),
    (b"\x1F\x8B\x08", "a gzip archive"),
    (b"PK\x03\x04", "a zip archive"),
    (b"7z\xBC\xAF\x27\x1C", "a 7z archive"),
    (b"Rar!\x1A\x07", "a RAR archive"),
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG\r\n\x1A\n", "a PNG picture"),
    (b"\xFF\xD8\xFF\xE0", "a JPEG picture"),
    (b"\xFF\xD8\xFF\xE1", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
];
