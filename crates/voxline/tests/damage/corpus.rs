//! Every case, whole and in pieces.

use voxline::{Error, ErrorKind, Prepared, Preparer, Report, prepare};

use crate::case::{Case, Outcome};
use crate::{around, coded, glued, header, mp3, no_audio, ogg_au, sizes};

/// All cases by group.
pub(crate) fn all() -> Vec<(&'static str, Vec<Case>)> {
    vec![
        ("Sizes and cuts", sizes::cases()),
        ("Headers", header::cases()),
        ("In front and behind", around::cases()),
        ("Several files in one", glued::cases()),
        ("Coded audio", coded::cases()),
        ("MP3", mp3::cases()),
        ("AU, AIFF and Ogg Speex", ogg_au::cases()),
        ("No audio at all", no_audio::cases()),
    ]
}

fn samples(prepared: &Prepared) -> Vec<i16> {
    prepared.data().as_chunks::<2>().0.iter().map(|&bytes| i16::from_le_bytes(bytes)).collect()
}

fn in_pieces(case: &Case, piece: usize) -> Result<(Vec<u8>, Report), Error> {
    let mut preparer = Preparer::new(&case.options(false))?;
    let mut out = Vec::new();
    for bytes in case.bytes.chunks(piece) {
        preparer.push(bytes)?;
        if preparer.outputs().is_some() {
            preparer.pull(0, &mut out)?;
        }
    }
    let report = preparer.finish()?;
    preparer.pull(0, &mut out)?;
    Ok((out, report))
}

/// What is wrong with the outcome of a case; nothing when it is as expected.
fn faults(case: &Case) -> Vec<String> {
    let mut faults = Vec::new();
    let result = prepare(&case.bytes[..], &case.options(false));
    match (&case.outcome, &result) {
        (Outcome::Refused { kind, says }, Err(error)) => {
            if error.kind() != *kind || !error.to_string().contains(says) {
                faults.push(format!("{:?}: {error}", error.kind()));
            }
        }
        (Outcome::Salvaged { frames, warnings, kept }, Ok(prepared)) => {
            let (source, found) = (&prepared.report().source, &prepared.report().warnings);
            let codes: Vec<_> = found.iter().map(|warning| warning.code).collect();
            if (source.frames, &codes) != (*frames, warnings) {
                faults.push(format!("{} frames, not {frames}; {found:#?}, not {warnings:?}", source.frames));
            }
            let got = samples(prepared);
            let whole = case.whole.as_ref().map(|whole| {
                let prepared = prepare(&whole[..], &case.options(false)).unwrap();
                samples(&prepared)
            });
            for part in kept {
                let want = whole.as_ref().and_then(|whole| whole.get(part.from..part.from + part.frames));
                let is = got.get(part.at..part.at + part.frames);
                if want.is_none() || is != want {
                    let first = want.zip(is).and_then(|(want, is)| want.iter().zip(is).position(|(x, y)| x != y));
                    faults.push(format!("{part:?} differs, first at {first:?}; {} frames are there", got.len()));
                }
            }
        }
        (_, Ok(prepared)) => {
            let report = prepared.report();
            faults.push(format!("no error but {} frames; {:#?}", report.source.frames, report.warnings));
        }
        (_, Err(error)) => faults.push(format!("{:?}: {error}", error.kind())),
    }
    let strict = prepare(&case.bytes[..], &case.options(true));
    match (case.strict, &strict) {
        (Some(kind), Err(error)) if error.kind() == kind => {}
        (None, Ok(strict)) if result.as_ref().is_ok_and(|lenient| lenient.data() == strict.data()) => {}
        (want, Err(error)) => faults.push(format!("strict: {:?}: {error}, not {want:?}", error.kind())),
        (want, Ok(_)) => faults.push(format!("strict: another result, not {want:?}")),
    }
    for piece in [1, 13, 4_096] {
        let pieces = in_pieces(case, piece);
        let same = match (&result, &pieces) {
            (Ok(prepared), Ok((bytes, report))) => prepared.data() == bytes && prepared.report() == report,
            (Err(one), Err(other)) => one.kind() == other.kind() && one.to_string() == other.to_string(),
            _ => false,
        };
        if !same {
            let other = pieces.map(|(bytes, report)| (bytes.len(), report.warnings)).map_err(|error| error.to_string());
            faults.push(format!("pieces of {piece}: {other:?}"));
        }
    }
    faults
}

#[test]
fn every_kind_of_damage_is_found_and_what_there_is_comes_out() {
    let mut wrong = Vec::new();
    for case in all().iter().flat_map(|(_, cases)| cases) {
        wrong.extend(faults(case).into_iter().map(|fault| format!("{}: {fault}", case.name)));
    }
    assert!(wrong.is_empty(), "{} faults\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn there_are_enough_kinds_and_no_two_are_the_same() {
    let groups = all();
    let cases: Vec<&Case> = groups.iter().flat_map(|(_, cases)| cases).collect();
    assert!(cases.len() >= 60, "{}", cases.len());
    for (n, case) in cases.iter().enumerate() {
        assert!(cases[..n].iter().all(|other| other.name != case.name && other.bytes != case.bytes), "{}", case.name);
    }
    let undamaged = |case: &&&Case| case.strict.is_none();
    assert!(cases.iter().filter(undamaged).count() * 4 < cases.len(), "most of them are damage to strict, too");
    assert!(cases.iter().any(|case| case.strict == Some(ErrorKind::TruncatedInput)));
}
