//! Speex out of the path and back into it.

use voxline::chat::{AnswerAudio, ChatRequest, SizeLimit, VoiceFormat, audio, decode_answer};
use voxline::{ErrorKind, Options, WarningCode, prepare, profile};
use voxline_testkit::measure::best_lag;

use crate::support::{CALL_MP3, CALL_WAV, Random, options, stream};

fn pcm(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks().0.iter().map(|&pair| f32::from(i16::from_le_bytes(pair)) / 32_768.0).collect()
}

/// What the encoder was given: the same path, ended by PCM.
fn original(rate: &str) -> Vec<f32> {
    pcm(prepare(CALL_MP3, &options(&[("target.sample_rate_hz", rate), ("target.encoding", "pcm")])).unwrap().data())
}

fn decoded(bytes: &[u8], rate: &str, input: &[(&str, &str)]) -> (Vec<f32>, voxline::Report) {
    let mut wanted = options(&[("target.sample_rate_hz", rate), ("target.encoding", "pcm")]);
    for (key, value) in input {
        wanted.set(key, value).unwrap();
    }
    let prepared = prepare(bytes, &wanted).unwrap();
    (pcm(prepared.data()), prepared.report().clone())
}

fn speex(encoding: &str, rate: &str, more: &[(&str, &str)]) -> Options {
    let mut wanted = options(&[("target.encoding", encoding), ("target.sample_rate_hz", rate)]);
    for (key, value) in more {
        wanted.set(key, value).unwrap();
    }
    wanted
}

#[test]
fn an_ogg_file_comes_back_in_full_and_in_its_place() {
    for (rate, codec, delay) in [("8000", "speex_nb", 80), ("16000", "speex_wb", 223)] {
        let original = original(rate);
        let file = prepare(CALL_MP3, &speex("spx", rate, &[])).unwrap();
        let (back, report) = decoded(file.data(), rate, &[]);
        assert_eq!(back.len(), original.len());
        assert_eq!((report.source.container.as_str(), report.source.codec.as_str()), ("ogg", codec));
        assert_eq!((report.source.encoder_delay_frames, report.source.duration_exact), (Some(delay), true));
        assert!(report.warnings.is_empty(), "{:?}", report.warnings);
        // One frame of shift is seen; speech coding itself moves nothing.
        assert_eq!(best_lag(&original, &back, 300), 0, "{rate}");
        // The forecast of the size, which limits rely on, is the size.
        assert_eq!(file.report().target.bytes, file.data().len() as u64);
    }
}

#[test]
fn packets_have_the_sizes_of_the_table_and_decode_with_their_delay() {
    // The vendor's table, sizes with the length byte.
    let narrow = [7, 11, 16, 21, 21, 29, 29, 39, 39, 47, 63];
    let wide = [11, 16, 21, 26, 33, 43, 53, 61, 71, 87, 107];
    for (encoding, rate, sizes, delay) in [("speex", "8000", narrow, 80), ("speex-wb", "16000", wide, 223)] {
        let original = original(rate);
        let frame = if rate == "8000" { 160 } else { 320 };
        for (quality, size) in sizes.into_iter().enumerate() {
            let quality = quality.to_string();
            for (framing, size) in [("prefixed", size), ("bare", size - 1)] {
                let prepared = prepare(
                    CALL_MP3,
                    &speex(encoding, rate, &[("speex.quality", &quality), ("speex.framing", framing)]),
                )
                .unwrap();
                let packets = original.len().div_ceil(frame);
                assert_eq!(prepared.data().len(), packets * size, "{encoding} {quality} {framing}");
                assert_eq!(prepared.report().target.packet_bytes, Some(size as u64));
                assert_eq!(prepared.report().target.bytes, prepared.data().len() as u64);
                if framing == "prefixed" {
                    assert!(prepared.data().chunks(size).all(|packet| usize::from(packet[0]) + 1 == size));
                }
                if !matches!(quality.as_str(), "3" | "8") {
                    continue;
                }
                let (back, report) =
                    decoded(prepared.data(), rate, &[("input.speex_framing", framing), ("input.raw_rate_hz", rate)]);
                assert_eq!(back.len(), packets * frame);
                assert_eq!((report.source.container.as_str(), report.source.duration_exact), ("speex", false));
                assert_eq!(best_lag(&original, &back, 300), delay, "{encoding} {quality} {framing}");
            }
        }
    }
}

#[test]
fn streaming_equals_one_shot() {
    let mut random = Random(7);
    for (encoding, rate, base64, channels) in
        [("speex", "8000", "on", "mix"), ("speex-wb", "16000", "off", "split"), ("spx", "16000", "on", "left")]
    {
        let wanted = speex(encoding, rate, &[("target.base64", base64), ("target.channels", channels)]);
        let whole = prepare(CALL_WAV, &wanted).unwrap();
        let (outputs, report) = stream(CALL_WAV, &wanted, || 1 + random.below(9_000)).unwrap();
        assert_eq!(outputs, whole.outputs());
        assert_eq!(&report, whole.report());
        // And the other way round.
        let file = prepare(CALL_WAV, &speex("spx", rate, &[])).unwrap();
        let back = options(&[("target.encoding", "pcm")]);
        let (outputs, report) = stream(file.data(), &back, || 1 + random.below(500)).unwrap();
        assert_eq!((&outputs[..], &report), (prepare(file.data(), &back).unwrap().outputs(), &report));
    }
}

#[test]
fn very_short_audio_keeps_its_length() {
    for frames in [0_usize, 1, 79, 80, 81, 159, 160, 161, 240, 241, 320, 400, 401] {
        let samples: Vec<u8> = (0..frames).flat_map(|i| ((i * 97 % 2_000) as i16).to_le_bytes()).collect();
        for rate in ["8000", "16000"] {
            let input = [("input.raw_format", "s16le"), ("input.raw_rate_hz", rate)];
            let file = prepare(&samples[..], &speex("spx", rate, &input)).unwrap();
            assert_eq!(file.report().target.bytes, file.data().len() as u64, "{frames}");
            let (back, report) = decoded(file.data(), rate, &[]);
            assert_eq!(back.len(), frames, "{rate} {:?}", report.warnings);
        }
    }
}

#[test]
fn the_chat_profiles_make_what_the_client_sends() {
    for (name, format, size) in [("chat-speex", VoiceFormat::Speex, 39), ("chat-speex-wb", VoiceFormat::SpeexWb, 71)] {
        let prepared = prepare(CALL_MP3, &profile(name).unwrap()).unwrap();
        let audio = audio(&prepared).unwrap();
        assert_eq!((audio.format, audio.speex_size), (format, Some(size)));
        ChatRequest::new(audio).check(SizeLimit::default()).unwrap();
    }
    let file = prepare(CALL_MP3, &speex("spx", "16000", &[])).unwrap();
    assert_eq!(audio(&file).unwrap_err().kind(), ErrorKind::InvalidArgument);
}

#[test]
fn what_speex_cannot_hold_is_refused_with_a_hint() {
    let keep = prepare(CALL_MP3, &speex("spx", "16000", &[("target.channels", "keep")])).unwrap_err();
    assert_eq!(keep.kind(), ErrorKind::InvalidArgument);
    assert!(keep.context().contains("this output has 2 of 16000 Hz"), "{keep}");
    let rate = prepare(CALL_MP3, &speex("spx", "keep", &[])).unwrap_err();
    assert!(rate.context().contains("has 1 of 44100 Hz"), "{rate}");
    let rate = prepare(CALL_MP3, &speex("speex", "16000", &[])).unwrap_err();
    assert_eq!(rate.kind(), ErrorKind::InvalidArgument);
    let limit = prepare(CALL_MP3, &speex("speex-wb", "16000", &[("limits.max_output_bytes", "7099")])).unwrap_err();
    assert_eq!(limit.kind(), ErrorKind::LimitExceeded);
    prepare(&CALL_WAV[..44 + 2 * 2 * 8_000], &speex("speex-wb", "16000", &[("limits.max_output_bytes", "7099")]))
        .unwrap();
}

#[test]
fn damaged_files_lose_what_is_damaged() {
    let file = prepare(CALL_MP3, &speex("spx", "16000", &[])).unwrap().data().to_vec();
    let whole = decoded(&file, "16000", &[]).0;
    let codes = |report: &voxline::Report| report.warnings.iter().map(|w| w.code).collect::<Vec<_>>();
    // A bit in the middle of a page: the page's second is concealed, the rest is in its place.
    let mut broken = file.clone();
    broken[file.len() / 2] ^= 1;
    let (back, report) = decoded(&broken, "16000", &[]);
    assert_eq!(back.len(), whole.len());
    assert_eq!(
        (report.source.bad_frames, codes(&report)),
        (50, vec![WarningCode::BadFrames, WarningCode::JunkSkipped])
    );
    assert_eq!(best_lag(&whole[200_000..], &back[200_000..], 50), 0);
    // Cut: what was readable comes out.
    let (back, report) = decoded(&file[..file.len() / 2], "16000", &[]);
    assert!(back.len() > whole.len() * 4 / 10 && back.len() < whole.len() * 6 / 10);
    assert_eq!((report.source.duration_exact, codes(&report)), (false, vec![WarningCode::Truncated]));
    assert_eq!(back[..100_000], whole[..100_000]);
    // Glued together: both come out.
    let (back, report) = decoded(&[&file[..], &file[..]].concat(), "16000", &[]);
    assert_eq!((back.len(), codes(&report).len()), (2 * whole.len(), 1));
    // The first without its last page: the second is no part of it.
    let cut = [&file[..file.len() / 2], &file[..]].concat();
    let (back, report) = decoded(&cut, "16000", &[]);
    let first = decoded(&file[..file.len() / 2], "16000", &[]).0;
    assert_eq!(back.len(), first.len() + whole.len());
    assert_eq!(back[first.len()..], whole);
    assert_eq!((report.source.bad_frames, report.source.duration_exact), (0, false));
    assert!(report.warnings.iter().any(|w| w.message.contains("file 1")), "{:?}", report.warnings);
    // Even of its first page alone: nothing of it is forgotten. Pages of header, comment and one packet.
    let first_pages = 108 + page_bytes(&file, 108) + page_bytes(&file, 108 + page_bytes(&file, 108));
    let back = decoded(&[&file[..first_pages], &file[..]].concat(), "16000", &[]).0;
    assert_eq!(back.len(), 320 - 223 + whole.len());
    // Under strict each is an error.
    for bytes in [&broken[..], &file[..file.len() / 2], &cut] {
        assert!(prepare(bytes, &options(&[("input.strict", "on")])).is_err());
    }
}

/// Bytes of the Ogg page at `at`.
fn page_bytes(file: &[u8], at: usize) -> usize {
    let segments = usize::from(file[at + 26]);
    let body: usize = file[at + 27..at + 27 + segments].iter().map(|&n| usize::from(n)).sum();
    27 + segments + body
}

#[test]
fn a_lost_page_before_the_last_moves_nothing() {
    for rate in ["8000", "16000"] {
        let source =
            prepare(CALL_WAV, &options(&[("target.sample_rate_hz", rate), ("target.encoding", "pcm")])).unwrap();
        // Every way in which the last packet can be filled.
        for cut in (0..320).step_by(39) {
            let samples = &source.data()[..source.data().len() - 2 * cut];
            let input = [("input.raw_format", "s16le"), ("input.raw_rate_hz", rate)];
            let file = prepare(samples, &speex("spx", rate, &input)).unwrap().data().to_vec();
            let mut pages = vec![0];
            while *pages.last().unwrap() < file.len() {
                pages.push(pages.last().unwrap() + page_bytes(&file, *pages.last().unwrap()));
            }
            let [.., before_last, last, _] = pages[..] else { panic!("{pages:?}") };
            let without = [&file[..before_last], &file[last..]].concat();
            let (back, report) = decoded(&without, rate, &[]);
            assert_eq!((back.len() * 2, report.source.bad_frames), (samples.len(), 50), "{rate} {cut}");
        }
    }
}

#[test]
fn rates_that_change_without_end_are_refused() {
    let file = prepare(&[0; 320][..], &speex("spx", "8000", &[("input.raw_format", "s16le")])).unwrap();
    let other = prepare(&[0; 320][..], &speex("spx", "16000", &[("input.raw_format", "s16le")])).unwrap();
    let both = [file.data(), other.data()].concat();
    let (back, _) = decoded(&both.repeat(20), "8000", &[]);
    assert_eq!(back.len(), 40 * 160);
    let error = prepare(&both.repeat(200)[..], &Options::default()).map(drop).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MalformedInput);
    assert!(error.context().contains("256 times"), "{error}");
}

#[test]
fn a_spoken_answer_is_what_was_asked_for_whatever_the_call_was() {
    let call = options(&[("input.speex_framing", "prefixed"), ("target.encoding", "wav")]);
    let mp3 = decode_answer(CALL_MP3, AnswerAudio::Mp3, &call).unwrap();
    assert_eq!(mp3.report().source.container, "mp3");
    let pcm = decode_answer(&[0; 320], AnswerAudio::Pcm16k, &call).unwrap();
    assert_eq!(pcm.report().source.frames, 160);
}

#[test]
fn a_limit_names_what_makes_speex_smaller() {
    let error = prepare(CALL_MP3, &speex("speex", "8000", &[("limits.max_base64_bytes", "4000")])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LimitExceeded);
    assert!(error.context().contains("speex.quality (8 now)") && !error.context().contains("or Speex"), "{error}");
}

#[test]
fn bits_at_random_never_panic() {
    let file = prepare(CALL_WAV, &speex("spx", "8000", &[])).unwrap().data().to_vec();
    let packets = prepare(CALL_WAV, &speex("speex-wb", "16000", &[])).unwrap().data().to_vec();
    let framed = [("input.speex_framing", "prefixed"), ("input.raw_rate_hz", "16000"), ("target.encoding", "pcm")];
    let mut random = Random(99);
    let mut good = 0;
    for round in 0..300 {
        for (bytes, wanted) in [(&file, Options::default()), (&packets, options(&framed))] {
            let mut bytes = bytes.clone();
            for _ in 0..=round % 7 {
                let at = random.below(bytes.len());
                bytes[at] ^= 1 << random.below(8);
            }
            match prepare(&bytes[..], &wanted) {
                Ok(_) => good += 1,
                Err(error) => {
                    assert!(
                        matches!(error.kind(), ErrorKind::MalformedInput | ErrorKind::UnsupportedFormat),
                        "{error}"
                    );
                }
            }
        }
    }
    assert!(good > 400, "{good}");
}
