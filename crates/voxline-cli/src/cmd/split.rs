//! `voxline split`.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::json;
use voxline::{ChannelSelection, Cut, Error, Part, Result, split_with};

use super::prepare::{mark, marked, write_report};
use crate::args::split::Split;
use crate::cmd::{about, name, source};
use crate::fail::Fail;
use crate::output::Output;
use crate::progress::Bar;
use crate::show;

pub(crate) fn run(args: &Split) -> Result<(), Fail> {
    let options = args.options()?;
    if args.output.as_os_str() == "-" {
        return Err(Fail::usage_text("split writes one file a part: give -o a file name"));
    }
    if args.output.is_dir() || args.output.as_os_str().as_encoded_bytes().ends_with(b"/") {
        let example = args.output.join("call.wav");
        return Err(Fail::usage_text(format!(
            "-o {} is a folder: name the parts too, such as {}",
            args.output.display(),
            example.display()
        )));
    }
    if args.report.as_deref().is_some_and(|path| path.as_os_str() == "-") {
        return Err(Fail::usage_text("--report needs a file: standard output is for the list of parts"));
    }
    let split_channels = options.target.channels == ChannelSelection::Split;
    let name = name(&args.input);
    let bar = Bar::new(&name);
    let mut written = 0;
    let each = |part: Part| {
        let mut files = Vec::new();
        for (channel, bytes) in part.outputs().iter().enumerate() {
            let file = file_name(&args.output, part.index, split_channels.then(|| mark(&options, channel)));
            write(&file, bytes)?;
            files.push(file);
        }
        written += 1;
        show::line(&if args.json { to_json(&part, &files).to_string() } else { text(&part, &files) })
    };
    let result = split_with(source(&args.input), &options, |progress| bar.update(progress), each);
    drop(bar);
    let report = result.map_err(|error| {
        if written > 0 {
            // They are complete, each for itself, and may be used.
            show::remark(&format!("{name}: {written} parts were written before this"));
        }
        about(error, &name)
    })?;
    if let Some(path) = &args.report {
        write_report(path, &report)?;
    }
    show::warnings(&name, &report.warnings);
    // Whoever takes all files of the name would take it for the end of this recording.
    let next = file_name(&args.output, written, split_channels.then(|| mark(&options, 0)));
    if next.exists() {
        show::remark(&format!("warning: {} is left from before: this recording has {written} parts", next.display()));
    }
    Ok(())
}

/// `call.wav` becomes `call-001.wav`, or `call-001-1.wav` and `call-001-2.wav` with a file a channel.
fn file_name(path: &Path, index: usize, channel: Option<String>) -> PathBuf {
    let number = format!("{:03}", index + 1);
    match channel {
        Some(channel) => marked(path, &format!("{number}-{channel}")),
        None => marked(path, &number),
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut output = Output::open(path, false)?;
    output.write_all(bytes).map_err(|e| Error::io("write output", path.display(), e))?;
    output.commit()
}

fn text(part: &Part, files: &[PathBuf]) -> String {
    let files: Vec<_> = files.iter().map(|file| file.display().to_string()).collect();
    let bytes: usize = part.outputs().iter().map(Vec::len).sum();
    let (start_s, end_s) = (part.start_s(), part.end_s());
    format!("{}: {start_s:.3} to {end_s:.3} s, {bytes} bytes, {}", files.join(", "), ending(part.cut))
}

/// What a part ends in, in words.
pub(crate) fn ending(cut: Cut) -> &'static str {
    match cut {
        Cut::Pause => "ends in a pause",
        Cut::ShortPause => "ends in a short pause",
        Cut::End => "ends with the recording",
        // Speech, and whatever a later version adds without teaching this place.
        _ => "ends in speech",
    }
}

fn to_json(part: &Part, files: &[PathBuf]) -> serde_json::Value {
    json!({
        "part": part.index + 1,
        "files": files.iter().map(|file| file.display().to_string()).collect::<Vec<_>>(),
        "bytes": part.outputs().iter().map(Vec::len).collect::<Vec<_>>(),
        "start_frame": part.start_frame,
        "frames": part.frames,
        "overlap_frames": part.overlap_frames,
        "sample_rate_hz": part.sample_rate_hz,
        "start_s": part.start_s(),
        "end_s": part.end_s(),
        "cut": part.cut.as_str(),
    })
}
