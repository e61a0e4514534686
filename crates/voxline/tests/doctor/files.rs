//! Findings about the file.

use voxline::{ErrorKind, FindingName, Options, Severity, doctor, doctor_with};

use crate::support::{CALL_MP3, CALL_WAV, call, examine, names, near, only, wav};

#[test]
fn damage_that_the_report_warns_of_is_found() {
    let cut = doctor(&CALL_WAV[..150_000], &Options::default()).unwrap();
    assert!(names(&cut).contains(&FindingName::Truncated), "{:?}", cut.findings);
    assert_eq!(cut.worst(), Some(Severity::Warning));
    let glued = [CALL_WAV, &[7; 5000]].concat();
    let glued = doctor(&glued, &Options::default()).unwrap();
    assert_eq!(names(&glued), [FindingName::JunkSkipped]);
    assert_eq!(glued.worst(), Some(Severity::Info));
    let mut broken = CALL_MP3.to_vec();
    broken[60_000..60_600].fill(0);
    let broken = doctor(&broken, &Options::default()).unwrap();
    assert!(names(&broken).contains(&FindingName::BadFrames), "{:?}", broken.findings);
    for diagnosis in [&cut, &glued, &broken] {
        diagnosis.findings.iter().for_each(crate::page::check);
        for warning in &diagnosis.report.warnings {
            assert!(diagnosis.findings.iter().any(|finding| finding.what == warning.message), "{warning:?}");
        }
    }
}

#[test]
fn nothing_little_and_an_unknown_length() {
    let empty = doctor(&wav(&[vec![]], 8000), &Options::default()).unwrap();
    assert_eq!((names(&empty), empty.worst()), (vec![FindingName::Empty], Some(Severity::Error)));
    assert_eq!((empty.frames, empty.channels.len(), empty.pair), (0, 0, None));
    let [plane, _] = call(8000, 12);
    let short = examine(&[plane[8_000..11_000].to_vec()], 8000);
    assert_eq!((only(&short).name, only(&short).severity), (FindingName::VeryShort, Severity::Warning));
    near(only(&short), "duration", 0.375, 1e-9);
    // Without its first frame, which holds the tag, an MP3 does not say how much of it is padding.
    let first = 144_000 * 96 / 44_100;
    let start = (first..first + 2).find(|&i| CALL_MP3[i] == 0xFF && CALL_MP3[i + 1] & 0xE0 == 0xE0).unwrap();
    let untagged = doctor(&CALL_MP3[start..], &Options::default()).unwrap();
    assert!(names(&untagged).contains(&FindingName::DurationNotExact), "{:?}", untagged.findings);
    assert!(!untagged.report.source.duration_exact);
}

#[test]
fn what_cannot_be_read_is_an_error_and_break_cancels() {
    assert_eq!(
        doctor(b"no audio at all, but text that is long enough", &Options::default()).unwrap_err().kind(),
        ErrorKind::UnsupportedFormat
    );
    let mut strict = Options::default();
    strict.set("input.strict", "on").unwrap();
    assert!(doctor(&CALL_WAV[..150_000], &strict).is_err());
    let mut pieces = 0;
    let error = doctor_with(CALL_WAV, &Options::default(), |progress| {
        pieces += 1;
        if progress.input_bytes > 100_000 {
            std::ops::ControlFlow::Break(())
        } else {
            std::ops::ControlFlow::Continue(())
        }
    });
    assert_eq!((error.unwrap_err().kind(), pieces), (ErrorKind::Cancelled, 2));
}
