//! Printing: text for people, JSON for machines.

use std::io::Write as _;

use voxline::{ChannelLevel, Error, Report, Result, Warning};

use crate::progress::aside;

/// Writes one line to standard output.
///
/// **Errors**: that of the stream, a closed pipe included.
pub(crate) fn line(text: &str) -> Result<()> {
    let written = aside(|| {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{text}").and_then(|()| out.flush())
    });
    written.map_err(|e| Error::io("write", "standard output", e))
}

/// Remarks go to standard error, where they do not disturb data.
#[expect(clippy::print_stderr, reason = "the program speaks to the terminal here and nowhere else")]
pub(crate) fn remark(text: &str) {
    aside(|| eprintln!("{text}"));
}

pub(crate) fn warnings(place: &str, warnings: &[Warning]) {
    for warning in warnings {
        let times = if warning.count > 1 { format!(" ({} times)", warning.count) } else { String::new() };
        remark(&format!("warning: {place}: {}{times}", warning.message));
    }
}

/// `-12.3 dBFS`, or `silent`.
pub(crate) fn level(db: Option<f64>) -> String {
    db.map_or_else(|| "silent".to_owned(), |db| format!("{db:.1} dBFS"))
}

pub(crate) fn channel_lines(channels: &[ChannelLevel], names: &[String], indent: &str) -> String {
    let mut names = names.iter();
    let lines = channels.iter().zip(1..).map(|(channel, n)| {
        let name = names.next().map(|name| format!(" ({name})")).unwrap_or_default();
        format!("{indent}channel {n}{name}: peak {}, RMS {}\n", level(channel.peak_dbfs), level(channel.rms_dbfs))
    });
    lines.collect()
}

/// One line about a source.
pub(crate) fn source_line(report: &Report) -> String {
    let source = &report.source;
    let about = if source.duration_exact { "" } else { "about " };
    let kind = if source.codec == source.container {
        source.codec.clone()
    } else {
        format!("{} ({})", source.container, source.codec)
    };
    format!(
        "{about}{:.3} s, {} Hz, {}, {kind}",
        source.duration_s,
        source.sample_rate_hz,
        channels(source.channel_count)
    )
}

pub(crate) fn channels(count: u16) -> String {
    match count {
        1 => "mono".to_owned(),
        2 => "stereo".to_owned(),
        n => format!("{n} channels"),
    }
}

pub(crate) fn source_text(name: &str, report: &Report) -> String {
    let source = &report.source;
    let mut text = format!("{name}: {}\n", source_line(report));
    text += &format!("  frames: {}\n", source.frames);
    if let (Some(delay), Some(padding)) = (source.encoder_delay_frames, source.encoder_padding_frames) {
        text += &format!("  encoder delay and padding: {delay} and {padding} frames\n");
    }
    if source.bad_frames > 0 {
        text += &format!("  bad frames: {}\n", source.bad_frames);
    }
    text + &channel_lines(&source.channels, &source.channel_names, "  ")
}
