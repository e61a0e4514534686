//! The ways of doing a case.

use std::fmt;
use std::ops::ControlFlow;

use serde_json::json;
use voxline::{
    ChannelSelection, Diagnosis, ErrorKind, Finding, Options, Part, Preparer, Report, Result, Severity, Source,
};

use crate::table::Case;

/// Bytes pushed at once.
const PIECE: usize = 997;

/// What came out.
#[derive(Debug, PartialEq)]
pub(crate) enum Outcome {
    Bytes(Vec<Vec<u8>>),
    Samples(Vec<i16>),
    Found(String),
    Failed(ErrorKind),
}

impl Outcome {
    /// For people.
    pub(crate) fn short(&self) -> String {
        match self {
            Self::Bytes(outputs) => format!("{:?}", outputs.iter().map(Vec::len).collect::<Vec<_>>()),
            Self::Failed(kind) => format!("{kind:?}"),
            other => other.to_string(),
        }
    }
}

/// As every language writes it: sizes with a hash of the bytes, or the status.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(outputs) => {
                let outputs: Vec<String> = outputs.iter().map(|bytes| hashed(bytes.len(), bytes)).collect();
                f.write_str(&outputs.join(" "))
            }
            Self::Samples(samples) => {
                let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
                f.write_str(&hashed(samples.len(), &bytes))
            }
            Self::Found(text) => f.write_str(text),
            Self::Failed(kind) => write!(f, "{}", kind.code()),
        }
    }
}

/// A count and the CRC-32 of the bytes: a few lines in any language.
fn hashed(count: usize, bytes: &[u8]) -> String {
    let crc = bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    });
    format!("{count}:{:08x}", !crc)
}

/// Does the case in every way that it has.
pub(crate) fn ways(case: &Case) -> Vec<(&'static str, Outcome)> {
    let options = match options(case) {
        Ok(options) => options,
        Err(error) => return vec![("options", Outcome::Failed(error.kind()))],
    };
    let mut ways = Vec::new();
    let is_there = case.path.as_ref().is_none_or(|path| path.exists());
    if is_there {
        ways.push((
            "bytes",
            outputs(voxline::prepare(case.input.as_slice(), &options).map(voxline::Prepared::into_outputs)),
        ));
        ways.push(("push", outputs(push(&case.input, &options))));
    }
    if let Some(path) = &case.path {
        ways.push((
            "path",
            outputs(voxline::prepare(Source::Path(path.clone()), &options).map(voxline::Prepared::into_outputs)),
        ));
    }
    if is_there && options.target.channels != ChannelSelection::Split {
        let loaded = voxline::load::<i16>(case.input.as_slice(), &options, |_| ControlFlow::Continue(()));
        ways.push(("samples", loaded.map_or_else(failed, |loaded| Outcome::Samples(loaded.samples))));
    }
    if is_there {
        let report = voxline::inspect_with(case.input.as_slice(), &options, |_| ControlFlow::Continue(()));
        ways.push(("found", report.map_or_else(failed, |report| Outcome::Found(found(&report)))));
    }
    let has = |group: &str| case.settings.iter().any(|(key, _)| key.starts_with(group));
    if is_there && has("split.") {
        let parts = voxline::split(case.input.as_slice(), &options);
        ways.push(("split", parts.map_or_else(told, |parts| Outcome::Found(cut(&parts)))));
    }
    if is_there && !has("target.") {
        let diagnosis = voxline::doctor(case.input.as_slice(), &options);
        ways.push(("doctor", diagnosis.map_or_else(failed, |diagnosis| Outcome::Found(findings(&diagnosis)))));
    }
    ways
}

fn options(case: &Case) -> Result<Options> {
    let mut options = Options::default();
    for (key, value) in &case.settings {
        match key.as_str() {
            "profile" => options = voxline::profile(value)?,
            key => options.set(key, value)?,
        }
    }
    options.validate()?;
    Ok(options)
}

#[expect(clippy::needless_pass_by_value, reason = "as `map_or_else` hands it over")]
fn failed(error: voxline::Error) -> Outcome {
    Outcome::Failed(error.kind())
}

/// For what the table says nothing about.
#[expect(clippy::needless_pass_by_value, reason = "as `map_or_else` hands it over")]
fn told(error: voxline::Error) -> Outcome {
    Outcome::Found(error.kind().code().to_string())
}

fn outputs(outputs: Result<Vec<Vec<u8>>>) -> Outcome {
    outputs.map_or_else(failed, Outcome::Bytes)
}

fn push(bytes: &[u8], options: &Options) -> Result<Vec<Vec<u8>>> {
    let mut preparer = Preparer::new(options)?;
    let mut outputs = Vec::new();
    for piece in bytes.chunks(PIECE) {
        preparer.push(piece)?;
        pull(&mut preparer, &mut outputs)?;
    }
    preparer.finish()?;
    pull(&mut preparer, &mut outputs)?;
    if let Some(header) = preparer.wav_header()? {
        for output in &mut outputs {
            output[..header.len()].copy_from_slice(&header);
        }
    }
    Ok(outputs)
}

fn pull(preparer: &mut Preparer, outputs: &mut Vec<Vec<u8>>) -> Result<()> {
    outputs.resize(preparer.outputs().unwrap_or(0), Vec::new());
    for (index, output) in outputs.iter_mut().enumerate() {
        preparer.pull(index, output)?;
    }
    Ok(())
}

/// Where each part lies, what it ends in, and its bytes.
fn cut(parts: &[Part]) -> String {
    let part = |part: &Part| {
        let outputs: Vec<String> = part.outputs().iter().map(|bytes| hashed(bytes.len(), bytes)).collect();
        let (start, frames, overlap) = (part.start_frame, part.frames, part.overlap_frames);
        format!("{start}+{frames}/{overlap} {} {}", part.cut.as_str(), outputs.join(" "))
    };
    parts.iter().map(part).collect::<Vec<_>>().join(" ")
}

/// What was found, without its figures.
fn findings(diagnosis: &Diagnosis) -> String {
    let finding = |finding: &Finding| {
        let channels: Vec<String> = finding.channels.iter().map(u16::to_string).collect();
        format!("{}:{}:{}", finding.severity.as_str(), finding.name, channels.join(","))
    };
    let findings: Vec<String> = diagnosis.findings.iter().map(finding).collect();
    let worst = diagnosis.worst().map_or("-", Severity::as_str);
    [worst.to_owned()].into_iter().chain(findings).collect::<Vec<_>>().join(" ")
}

/// What of a report has no rounding in it.
fn found(report: &Report) -> String {
    let source = &report.source;
    let warnings: Vec<String> = report
        .warnings
        .iter()
        .map(|warning| format!("{}*{}", json!(warning.code).as_str().unwrap(), warning.count))
        .collect();
    format!(
        "{}/{} {} Hz {} ch {} frames {} bad {}",
        source.container,
        source.codec,
        source.sample_rate_hz,
        source.channel_count,
        source.frames,
        source.bad_frames,
        if warnings.is_empty() { "-".to_owned() } else { warnings.join("+") }
    )
}
