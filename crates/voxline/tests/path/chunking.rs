//! Any cutting of the input gives the same bytes and the same report.

use proptest::prelude::*;
use voxline::{ErrorKind, Options, Preparer, Source, prepare};

use crate::support::{CALL_MP3, CALL_WAV, Random, chat_16k, options, stream};

fn check(bytes: &[u8], options: &Options, seed: u64) {
    let whole = prepare(bytes, options).unwrap();
    let mut random = Random(seed | 1);
    let (outputs, report) = stream(bytes, options, || 1 + random.below(9_000)).unwrap();
    assert_eq!(outputs, whole.outputs());
    assert_eq!(&report, whole.report());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn streaming_equals_one_shot(
        seed: u64,
        mp3: bool,
        rate in prop::sample::select(vec!["keep", "8000", "11025", "16000", "48000"]),
        channels in prop::sample::select(vec!["mix", "left", "right", "2", "keep", "split"]),
        encoding in prop::sample::select(vec!["pcm", "wav"]),
        base64 in prop::sample::select(vec!["on", "off"]),
        dither in prop::sample::select(vec!["none", "tpdf"]),
    ) {
        let options = options(&[
            ("target.sample_rate_hz", rate),
            ("target.channels", channels),
            ("target.encoding", encoding),
            ("target.base64", base64),
            ("target.dither", dither),
        ]);
        let bytes = if mp3 { &CALL_MP3[..40_000] } else { &CALL_WAV[..60_000] };
        check(bytes, &options, seed);
    }
}

#[test]
fn byte_by_byte_equals_one_shot() {
    let bytes = &CALL_MP3[..12_000];
    let whole = prepare(bytes, &chat_16k()).unwrap();
    let (outputs, report) = stream(bytes, &chat_16k(), || 1).unwrap();
    assert_eq!((&outputs[..], &report), (whole.outputs(), whole.report()));
}

#[test]
fn a_reader_that_gives_little_and_is_interrupted_equals_bytes() {
    struct Slow<'a>(&'a [u8], usize);
    impl std::io::Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            self.1 += 1;
            if self.1.is_multiple_of(3) {
                return Err(std::io::ErrorKind::Interrupted.into());
            }
            let n = self.0.len().min(buffer.len()).min(777);
            buffer[..n].copy_from_slice(&self.0[..n]);
            self.0 = &self.0[n..];
            Ok(n)
        }
    }
    let whole = prepare(CALL_MP3, &chat_16k()).unwrap();
    assert_eq!(prepare(Source::reader(Slow(CALL_MP3, 0)), &chat_16k()).unwrap(), whole);
}

#[test]
fn samples_and_bytes_are_the_same() {
    let mut preparer = Preparer::new(&chat_16k()).unwrap();
    let mut samples = Vec::new();
    for chunk in CALL_MP3.chunks(5_000) {
        preparer.push(chunk).unwrap();
        preparer.pull_s16(0, &mut samples).unwrap();
    }
    let report = preparer.finish().unwrap();
    preparer.pull_s16(0, &mut samples).unwrap();
    assert_eq!(samples.len() as u64, report.target.frames);
    let bytes: Vec<u8> = samples.iter().flat_map(|s| s.to_le_bytes()).collect();
    assert_eq!(bytes, prepare(CALL_MP3, &chat_16k()).unwrap().data());
}

#[test]
fn the_end_in_steps_is_the_end_at_once() {
    let split = [("target.channels", "split"), ("target.encoding", "wav")];
    let text = [("target.base64", "on"), ("target.encoding", "speex-wb")];
    for pairs in [split, text] {
        let options = options(&pairs);
        let (mut whole, mut stepped) = (Preparer::new(&options).unwrap(), Preparer::new(&options).unwrap());
        whole.push(CALL_MP3).unwrap();
        stepped.push(CALL_MP3).unwrap();
        let (mut steps, mut so_far) = (0, stepped.source_frames());
        let report = loop {
            if let Some(report) = stepped.finish_step().unwrap() {
                break report;
            }
            steps += 1;
            assert_eq!(stepped.push(b"x").unwrap_err().kind(), ErrorKind::InvalidState);
            assert!(stepped.source_frames() > so_far, "step {steps} did nothing");
            so_far = stepped.source_frames();
        };
        assert!(steps > 1, "{steps}");
        assert_eq!(report, whole.finish().unwrap());
        assert_eq!(stepped.finish_step().unwrap_err().kind(), ErrorKind::InvalidState);
        for output in 0..whole.outputs().unwrap() {
            let (mut ours, mut theirs) = (Vec::new(), Vec::new());
            stepped.pull(output, &mut ours).unwrap();
            whole.pull(output, &mut theirs).unwrap();
            assert!(!ours.is_empty() && ours == theirs);
        }
    }
    // Nothing at all is what it is at once.
    let mut empty = Preparer::new(&chat_16k()).unwrap();
    assert_eq!(empty.finish_step().unwrap_err().kind(), prepare(b"", &chat_16k()).unwrap_err().kind());
}

#[test]
fn calls_out_of_order_are_refused_and_what_was_ready_stays() {
    let mut preparer = Preparer::new(&chat_16k()).unwrap();
    assert_eq!(preparer.pull(0, &mut Vec::new()).unwrap(), 0);
    preparer.push(CALL_WAV).unwrap();
    preparer.finish().unwrap();
    assert_eq!(preparer.push(b"x").unwrap_err().kind(), ErrorKind::InvalidState);
    assert_eq!(preparer.finish().unwrap_err().kind(), ErrorKind::InvalidState);
    assert_eq!(preparer.pull(1, &mut Vec::new()).unwrap_err().kind(), ErrorKind::InvalidArgument);
    let mut out = Vec::new();
    assert!(preparer.pull(0, &mut out).unwrap() > 0);
    assert_eq!(preparer.pull(0, &mut out).unwrap(), 0);
}
