//! What content is taken for.

use voxline_decode::{Probe, probe};

use crate::support::*;

/// Frames of silence: a header and zeros. 144·bit rate/sample rate bytes in MPEG-1, half in MPEG-2 Layer III.
fn frames(header: [u8; 4], bytes: usize, count: usize) -> Vec<u8> {
    let mut frame = header.to_vec();
    frame.resize(bytes, 0);
    frame.repeat(count)
}

/// 128 kbit/s at 44.1 kHz.
fn mp3(count: usize) -> Vec<u8> {
    frames([0xFF, 0xFB, 0x90, 0x64], 144 * 128_000 / 44_100, count)
}

fn id3(body: usize, footer: bool) -> Vec<u8> {
    let size = [21, 14, 7, 0].map(|shift| (body >> shift & 0x7F) as u8);
    let mut tag = [&b"ID3\x04\0"[..], &[if footer { 0x10 } else { 0 }], &size].concat();
    tag.resize(10 + body + if footer { 10 } else { 0 }, 0x20);
    tag
}

fn unsupported(name: &str) -> Probe {
    Probe::Unsupported(name.into())
}

/// An Ogg page whose first packet begins like this.
fn ogg(packet: &[u8]) -> Vec<u8> {
    [&b"OggS\0\x02\0\0\0\0\0\0\0\0\x01\x02\x03\x04\0\0\0\0\x05\x06\x07\x08\x01\x1E"[..], packet].concat()
}

#[test]
fn magic_numbers_are_named() {
    for (bytes, name) in [
        (ogg(b"\x7FFLAC"), "Ogg FLAC"),
        (ogg(b"other"), "Ogg"),
        (b"\0\0\0\x20ftyp3gp4".to_vec(), "3GP/3GPP2"),
        (b"#!AMR\n".to_vec(), "AMR"),
        (b"#!AMR-WB\n".to_vec(), "AMR-WB"),
        (b"FORM\0\0\0\x008SVX".to_vec(), "an IFF file"),
        (b"RIFF\0\0\0\0AVI ".to_vec(), "a RIFF file of form \"AVI \""),
        (b"\x1A\x45\xDF\xA3".to_vec(), "Matroska/WebM"),
        (b"\x30\x26\xB2\x75\x8E\x66\xCF\x11".to_vec(), "WMA/ASF"),
        (b"caff\0\x01".to_vec(), "Apple CAF"),
        (b"riff\x2E\x91\xCF\x11\xA5\xD6".to_vec(), "Sony Wave64"),
        (b"#!SILK_V3".to_vec(), "SILK"),
        (b"\x02#!SILK_V3".to_vec(), "SILK"),
        (b"\x1F\x8B\x08".to_vec(), "a gzip archive"),
        (b"PK\x03\x04".to_vec(), "a zip archive"),
        (b"{\"status\":19}".to_vec(), "JSON text, perhaps a service's error message"),
        (b"\xEF\xBB\xBF [1]".to_vec(), "JSON text, perhaps a service's error message"),
        (b"<!DOCTYPE HTML><title>502".to_vec(), "an HTML page, perhaps a service's error message"),
        (b"\n<html>".to_vec(), "an HTML page, perhaps a service's error message"),
        (b"<?xml version='1.0'?>".to_vec(), "XML text, perhaps a service's error message"),
        ("401 nicht erlaubt: Schlüssel fehlt".as_bytes().to_vec(), "plain text"),
        ("cut inside ü".as_bytes()[..12].to_vec(), "plain text"),
        (vec![0; 1], "nothing but zero bytes"),
        (vec![0; 200_000], "nothing but zero bytes"),
        (b"\x0B\x77\x12\x34\x00".to_vec(), "AC-3"),
    ] {
        assert_eq!(probe(&bytes, true), unsupported(name), "{}", bytes[..bytes.len().min(16)].escape_ascii());
        // The same behind an ID3 tag.
        assert_eq!(probe(&[id3(100, false), bytes].concat(), true), unsupported(name), "{name} behind ID3");
    }
}

/// Formats that a feature brings, or a name that says so.
#[test]
fn what_features_bring_is_known_either_way() {
    for (bytes, there, want, name) in [
        (b"fLaC".to_vec(), cfg!(feature = "flac"), Probe::Flac, "FLAC"),
        (ogg(b"\x01vorbis"), cfg!(feature = "vorbis"), Probe::Vorbis, "Ogg Vorbis"),
        (ogg(b"OpusHead"), cfg!(feature = "opus"), Probe::Opus, "Ogg Opus"),
        (b"\0\0\0\x20ftypM4A ".to_vec(), cfg!(feature = "aac"), Probe::M4a, "M4A/MP4"),
    ] {
        let want = if there { want } else { unsupported(&format!("{name} (left out of this build)")) };
        assert_eq!(probe(&bytes, true), want);
        assert_eq!(probe(&[id3(100, false), bytes].concat(), true), want, "{name} behind ID3");
    }
}

#[test]
fn relatives_of_wav_and_au_are_known() {
    for (bytes, want) in [
        (&b"RF64\xFF\xFF\xFF\xFFWAVE"[..], Probe::Wav),
        (b"BW64\xFF\xFF\xFF\xFFWAVE", Probe::Wav),
        (b"RIFX\0\0\0\x24WAVE", Probe::Wav),
        (b"RF64\xFF\xFF\xFF\xFFAVI ", unsupported("a RIFF file of form \"AVI \"")),
        (b".snd\0\0\0\x18\0\0\0\0", Probe::Au),
        (b"dns.\x18\0\0\0\0\0\0\0", unsupported("AU/SND (little-endian)")),
    ] {
        assert_eq!((probe(bytes, false), probe(bytes, true)), (want.clone(), want));
        assert_eq!(probe(&bytes[..11], false), Probe::NeedMore);
    }
}

#[test]
fn ogg_is_known_by_its_first_packet() {
    assert_eq!(probe(&ogg(b"Speex   1.2"), true), Probe::Spx);
    assert_eq!(probe(&ogg(b"Speex   1.2")[..20], false), Probe::NeedMore);
    // However long the table of segments in front of the packet is.
    for laces in [1, 28, 29, 30, 255] {
        let page = [&b"OggS\0\x02"[..], &[0; 20], &[laces], &vec![0; usize::from(laces)], b"Speex   1.2"].concat();
        for cut in 4..page.len() {
            let want = if cut < 27 + usize::from(laces) + 8 { Probe::NeedMore } else { Probe::Spx };
            assert_eq!(probe(&page[..cut], false), want, "{cut} bytes, {laces} segments");
        }
    }
}

#[test]
fn wav_is_riff_with_wave_and_what_a_cut_leaves_of_it() {
    let bytes = plain(&s16(4));
    for cut in 4..bytes.len() {
        assert_eq!(probe(&bytes[..cut], true), Probe::Wav, "{cut}");
        assert_eq!(probe(&bytes[..cut], false), if cut < 12 { Probe::NeedMore } else { Probe::Wav }, "{cut}");
    }
}

#[test]
fn mp3_of_every_version_needs_consistent_frames() {
    for (what, header, bytes) in [
        ("MPEG-1 44.1 kHz 128 kbit/s", [0xFF, 0xFB, 0x90, 0x64], 417),
        ("MPEG-1 32 kHz 320 kbit/s", [0xFF, 0xFB, 0xE8, 0x00], 1440),
        ("MPEG-2 22.05 kHz 64 kbit/s mono", [0xFF, 0xF3, 0x80, 0xC0], 208),
        ("MPEG-2.5 8 kHz 8 kbit/s mono with CRC", [0xFF, 0xE2, 0x18, 0xC0], 72),
    ] {
        let stream = frames(header, bytes, 4);
        assert_eq!(probe(&stream, false), Probe::Mp3, "{what}");
        assert_eq!(probe(&stream, true), Probe::Mp3, "{what}");
        // Before the third header has come it is open.
        assert_eq!(probe(&stream[..2 * bytes], false), Probe::NeedMore, "{what}");
        // A length that does not lead to the next header.
        let mut torn = frames(header, bytes + 1, 4);
        torn.extend([0x11; 10]);
        assert_eq!(probe(&torn, true), Probe::Unknown, "{what}");
    }
}

#[test]
fn short_and_cut_mp3_is_mp3() {
    for (what, bytes) in [
        ("three frames", mp3(3)),
        ("two frames", mp3(2)),
        ("one frame", mp3(1)),
        ("half a frame", mp3(1)[..200].to_vec()),
        ("one and a half", mp3(2)[..600].to_vec()),
        ("two frames and ID3v1", [mp3(2), b"TAG".to_vec(), vec![0; 125]].concat()),
        ("only a tag", id3(50, false)),
        ("a cut tag", id3(5_000, false)[..100].to_vec()),
    ] {
        assert_eq!(probe(&bytes, true), Probe::Mp3, "{what}");
    }
}

#[test]
fn junk_before_the_first_frame_is_searched_up_to_64_kib() {
    let junk: Vec<u8> = noise(64 * 1024).map(|n| n as u8).map(|b| if b == 0xFF { 0 } else { b }).collect();
    for len in [1, 2, 1_000, 64 * 1024] {
        assert_eq!(probe(&[&junk[..len], &mp3(4)].concat(), true), Probe::Mp3, "{len}");
        assert_eq!(probe(&junk[..len], false), Probe::NeedMore, "{len}");
    }
    let far = [&junk[..], &[0], &mp3(400)].concat();
    assert_eq!(probe(&far, true), Probe::Unknown);
    // Sync words by chance in the junk lead nowhere.
    let mut tricky = junk[..5_000].to_vec();
    for at in (0..4_990).step_by(100) {
        tricky[at..at + 4].copy_from_slice(&[0xFF, 0xFB, 0x90, 0x64]);
    }
    assert_eq!(probe(&[tricky.clone(), mp3(4)].concat(), true), Probe::Mp3);
    assert_eq!(probe(&tricky, true), Probe::Unknown);
}

#[test]
fn free_format_is_found_by_the_distance_of_its_headers() {
    for (distance, want) in [(1_000, Probe::Mp3), (700, Probe::Mp3)] {
        let stream = frames([0xFF, 0xFB, 0x00, 0x64], distance, 20);
        assert_eq!(probe(&stream, true), want, "{distance}");
    }
}

#[test]
fn other_layers_and_adts_are_named() {
    // Layer II 192 kbit/s 48 kHz: 144·192/48 = 576 bytes. Layer I 384 kbit/s 48 kHz: 12·384/48·4 = 384 bytes.
    let layer2 = frames([0xFF, 0xFD, 0xA4, 0x00], 576, 4);
    let layer1 = frames([0xFF, 0xFF, 0xC4, 0x00], 384, 4);
    // ADTS, AAC-LC 44.1 kHz stereo, 200 bytes a frame: 13 bits of length from bit 30.
    let adts = [0xFF, 0xF1, 0x50, 0x80 | (200 >> 11) as u8, (200 >> 3) as u8, ((200 & 7) << 5) as u8 | 0x1F, 0xFC];
    let mut frame = adts.to_vec();
    frame.resize(200, 0x21);
    assert_eq!(probe(&layer2, false), unsupported("MPEG audio Layer II (MP2)"));
    assert_eq!(probe(&layer1, false), unsupported("MPEG audio Layer I"));
    assert_eq!(probe(&frame.repeat(4), false), unsupported("AAC in ADTS"));
    assert_eq!(probe(&[id3(30, false), frame.repeat(4)].concat(), false), unsupported("AAC in ADTS"));
}

#[test]
fn tags_are_looked_behind_when_they_fit() {
    let wav = plain(&s16(4));
    let ape = {
        let mut tag = *b"APETAGEX\xd0\x07\0\0\x20\0\0\0\x01\0\0\0\0\0\0\xa0\0\0\0\0\0\0\0\0";
        tag[12] = 40;
        [&tag[..], &[0; 40]].concat()
    };
    for (what, bytes, want) in [
        ("MP3 behind ID3", [id3(300, false), mp3(4)].concat(), Probe::Mp3),
        ("MP3 behind ID3 with footer", [id3(300, true), mp3(4)].concat(), Probe::Mp3),
        ("MP3 behind two tags", [id3(300, false), id3(20, true), mp3(4)].concat(), Probe::Mp3),
        ("MP3 behind APE", [ape.clone(), mp3(4)].concat(), Probe::Mp3),
        ("WAV behind ID3", [id3(300, false), wav.clone()].concat(), Probe::Wav),
        ("WAV behind APE and ID3", [ape, id3(7, true), wav].concat(), Probe::Wav),
    ] {
        assert_eq!(probe(&bytes, true), want, "{what}");
        assert_eq!(probe(&bytes, false), want, "{what}");
        assert_eq!(probe(&bytes[..20], false), Probe::NeedMore, "{what}");
    }
    // A picture of 2 MB is not waited for to its end.
    assert_eq!(probe(&id3(2 << 20, false)[..10], false), Probe::NeedMore);
    assert_eq!(probe(&id3(2 << 20, false)[..(1 << 20) + 1], false), Probe::Mp3);
    assert_eq!(probe(&id3((1 << 20) - 10, false)[..10], false), Probe::NeedMore);
}

/// Once said, an answer stays: every prefix says the same or that it needs more.
#[test]
fn answers_do_not_depend_on_how_much_has_come() {
    let noisy: Vec<u8> = noise(200_000).map(|n| n as u8).collect();
    for bytes in [
        plain(&s16(20)),
        mp3(5),
        [id3(300, false), mp3(4)].concat(),
        [noisy[..3_000].to_vec(), mp3(6)].concat(),
        frames([0xFF, 0xFB, 0x00, 0x64], 900, 200),
        noisy,
        vec![0xFF; 200_000],
        [0xFF, 0xFB, 0x90, 0x64].repeat(50_000),
        b"plain words ".repeat(20_000),
    ] {
        let mut said = Probe::NeedMore;
        for len in (0..bytes.len()).step_by(1.max(bytes.len() / 500)) {
            let now = probe(&bytes[..len], false);
            if said != Probe::NeedMore {
                assert_eq!(now, said, "{len}");
            }
            said = now;
        }
        let end = probe(&bytes, true);
        assert!(said == Probe::NeedMore || said == end, "{said:?} {end:?}");
        assert!(bytes.len() < 128 * 1024 || said != Probe::NeedMore, "undecided after 128 KiB");
    }
}

#[test]
fn nothing_and_next_to_nothing() {
    assert_eq!(probe(b"", false), Probe::NeedMore);
    assert_eq!(probe(b"", true), Probe::Unknown);
    assert_eq!(probe(b"\x01\x02\x03", true), Probe::Unknown);
}
