//! Any cutting of the input gives the same diagnosis, and JSON keeps all of it.

use std::io::Read;

use proptest::prelude::*;
use voxline::{Diagnosis, Options, Source, doctor};

use crate::support::{CALL_MP3, CALL_WAV, call, leak, wav};

/// Gives so many bytes at a time, one size after the other.
struct Pieces<'a>(&'a [u8], Vec<usize>, usize);

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let size = self.1[self.2 % self.1.len()];
        self.2 += 1;
        let n = size.min(self.0.len()).min(buffer.len());
        buffer[..n].copy_from_slice(&self.0[..n]);
        self.0 = &self.0[n..];
        Ok(n)
    }
}

/// Something of everything: a leak, a hole, an offset, clipping.
fn sick() -> Vec<u8> {
    let [agent, mut customer] = call(8000, 18);
    customer = leak(&customer, &agent, 77, 0.2);
    customer.iter_mut().for_each(|x| *x = 3.0 * *x + 0.01);
    customer[90_000..100_000].fill(0.0);
    wav(&[agent, customer], 8000)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn any_cutting_gives_the_same_diagnosis(sizes in prop::collection::vec(1usize..20_000, 1..6), which in 0usize..3) {
        let made = sick();
        let bytes = [&made[..], CALL_WAV, &CALL_MP3[..60_000]][which];
        let whole = doctor(bytes, &Options::default()).unwrap();
        prop_assert!(which > 0 || whole.findings.len() >= 3, "{:?}", whole.findings);
        let pieces = doctor(Source::reader(Pieces(bytes, sizes, 0)), &Options::default()).unwrap();
        prop_assert_eq!(pieces, whole);
    }
}

#[test]
fn json_keeps_everything() {
    for bytes in [&sick()[..], CALL_WAV] {
        let diagnosis = doctor(bytes, &Options::default()).unwrap();
        let text = serde_json::to_string(&diagnosis).unwrap();
        let back: Diagnosis = serde_json::from_str(&text).unwrap();
        // Numbers go through decimal digits, which serde_json may read with an error in the last place.
        assert_eq!(back.findings.len(), diagnosis.findings.len());
        for (back, there) in back.findings.iter().zip(&diagnosis.findings) {
            assert_eq!((back.name, back.severity, &back.channels), (there.name, there.severity, &there.channels));
            assert_eq!((&back.what, &back.advice), (&there.what, &there.advice));
            for (back, there) in back.figures.iter().zip(&there.figures) {
                assert_eq!((&back.name, &back.unit), (&there.name, &there.unit));
                assert!((back.value - there.value).abs() <= 1e-12 * there.value.abs());
            }
        }
        assert_eq!((back.channels.len(), back.frames), (diagnosis.channels.len(), diagnosis.frames));
        assert_eq!(back.report.source.frames, diagnosis.report.source.frames);
    }
}

#[test]
fn a_stream_that_changes_its_rate_is_judged_by_the_longer_part() {
    // Two MP3 streams of different rates, one behind the other.
    let Some(lame) = voxline_testkit::tools::require("lame") else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut streams = Vec::new();
    for (rate, seconds) in [("16", 12), ("8", 18)] {
        let (input, output) = (folder.path().join("in.wav"), folder.path().join("out.mp3"));
        std::fs::write(&input, wav(&call(8000, seconds), 8000)).unwrap();
        let status = std::process::Command::new(&lame)
            .args(["--quiet", "-t", "--cbr", "-b", "64", "--resample", rate])
            .args([&input, &output])
            .status()
            .unwrap();
        assert!(status.success());
        streams.extend(std::fs::read(&output).unwrap());
    }
    let diagnosis = doctor(&streams, &Options::default()).unwrap();
    assert!(
        diagnosis.findings.iter().any(|finding| finding.name.as_str() == "rate_changed"),
        "{:?}",
        diagnosis.findings
    );
    assert_eq!(diagnosis.sample_rate_hz, 8_000);
    assert!((diagnosis.frames as f64 / 8_000.0 - 18.0).abs() < 0.3, "{}", diagnosis.frames);
    assert!(diagnosis.report.source.frames > diagnosis.frames);
}
