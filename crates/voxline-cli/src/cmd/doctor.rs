//! `voxline doctor`.

use serde_json::{Value, json};
use voxline::{ChannelHealth, Diagnosis, Finding, Severity, doctor_with};

use crate::args::doctor::Doctor;
use crate::cmd::info::error_json;
use crate::cmd::{about, name, source};
use crate::fail::Fail;
use crate::progress::Bar;
use crate::show;

/// The exit codes for what was found; 2 is wrong usage.
const WARNINGS: u8 = 3;
const ERRORS: u8 = 4;

pub(crate) fn run(args: &Doctor) -> Result<(), Fail> {
    let options = args.options()?;
    let (mut failed, mut worst) = (false, None);
    for path in &args.files {
        let name = name(path);
        let bar = Bar::new(&name);
        let result = doctor_with(source(path), &options, |progress| bar.update(progress));
        drop(bar);
        match result {
            Ok(diagnosis) => {
                worst = worst.max(diagnosis.worst());
                show::line(&if args.json { to_json(&name, &diagnosis).to_string() } else { text(&name, &diagnosis) })?;
            }
            Err(error) => {
                // One bad file does not keep the others from being examined.
                failed = true;
                if args.json {
                    show::line(&error_json(&name, &error).to_string())?;
                }
                show::remark(&format!("error: {}", about(error, &name)));
            }
        }
    }
    match worst {
        _ if failed => Err(Fail::Reported),
        Some(Severity::Warning) => Err(Fail::Found(WARNINGS)),
        Some(severity) if severity > Severity::Warning => Err(Fail::Found(ERRORS)),
        _ => Ok(()),
    }
}

/// The diagnosis, the file and the worst severity first.
fn to_json(name: &str, diagnosis: &Diagnosis) -> Value {
    let mut object = json!({ "file": name, "worst": diagnosis.worst() });
    if let (Some(all), Ok(Value::Object(rest))) = (object.as_object_mut(), serde_json::to_value(diagnosis)) {
        all.extend(rest);
    }
    object
}

fn text(name: &str, diagnosis: &Diagnosis) -> String {
    let mut text = format!("{name}: {}\n", show::source_line(&diagnosis.report));
    let mut names = diagnosis.report.source.channel_names.iter();
    for channel in &diagnosis.channels {
        text += &channel_line(channel, names.next());
    }
    if let Some(ratio) = diagnosis.pair.as_ref().and_then(|pair| pair.talk_over_ratio) {
        text += &format!("  both speak at once in {:.0} % of the speech\n", 100.0 * ratio);
    }
    match &diagnosis.findings[..] {
        [] => text += "  nothing found",
        findings => text += &findings.iter().map(finding_lines).collect::<Vec<_>>().join("\n"),
    }
    text
}

fn channel_line(channel: &ChannelHealth, name: Option<&String>) -> String {
    let name = name.map(|name| format!(" ({name})")).unwrap_or_default();
    let speech = match channel.speech_dbfs {
        Some(_) => format!("speech {:.0} % at {}", 100.0 * channel.speech_ratio, show::level(channel.speech_dbfs)),
        None => "no speech".to_owned(),
    };
    let noise = channel.noise_dbfs.map(|_| format!(", noise {}", show::level(channel.noise_dbfs))).unwrap_or_default();
    let band = channel.bandwidth_hz.map(|hz| format!(", up to {hz:.0} Hz")).unwrap_or_default();
    format!("  channel {}{name}: {speech}{noise}{band}\n", channel.channel)
}

fn finding_lines(finding: &Finding) -> String {
    format!("  {} {}: {}.\n    {}", finding.severity.as_str(), finding.name, finding.what, finding.advice)
}
