//! `voxline prepare`.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use voxline::{ChannelSelection, Encoding, Error, Options, Report, Result, prepare_to};

use crate::args::Prepare;
use crate::cmd::{about, name, source};
use crate::fail::Fail;
use crate::output::Output;
use crate::progress::Bar;
use crate::show;

pub(crate) fn run(args: &Prepare) -> Result<(), Fail> {
    let options = args.options()?;
    let is_standard = |path: &Path| path.as_os_str() == "-";
    let split = options.target.channels == ChannelSelection::Split;
    if is_standard(&args.output) && args.report.as_deref().is_some_and(is_standard) {
        return Err(Fail::usage_text("the audio and the report cannot both go to standard output"));
    }
    if is_standard(&args.output) && split {
        return Err(Fail::usage_text("split writes one file a channel: give -o a file name"));
    }
    let name = name(&args.input);
    let bar = Bar::new(&name);
    let mut outputs = Vec::new();
    let result = convert(args, &options, split, &bar, &mut outputs);
    drop(bar);
    let report = result.map_err(|e| about(e, &name))?;
    if let Some(path) = &args.report {
        write_report(path, &report)?;
    }
    for output in outputs {
        output.commit()?;
    }
    show::warnings(&name, &report.warnings);
    Ok(())
}

/// Runs the path; the finished outputs are left in `outputs`, to be committed when everything else has worked out.
fn convert(args: &Prepare, options: &Options, split: bool, bar: &Bar, outputs: &mut Vec<Output>) -> Result<Report> {
    // WAV gets its sizes at the end; as base64 the library holds it back until they are known.
    let rewritten = options.target.encoding == Encoding::Wav && !options.target.base64;
    let shared = std::cell::RefCell::new(outputs);
    let open = |index: usize| {
        let path = if split { marked(&args.output, &mark(options, index)) } else { args.output.clone() };
        let output = Output::open(&path, rewritten)?;
        shared.borrow_mut().push(output);
        Ok(Handle { index, outputs: &shared })
    };
    prepare_to(source(&args.input), options, open, |progress| bar.update(progress))
}

/// A sink that leaves its output with the caller.
struct Handle<'a, 'b> {
    index: usize,
    outputs: &'a std::cell::RefCell<&'b mut Vec<Output>>,
}

impl std::io::Write for Handle<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.outputs.borrow_mut()[self.index].write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.outputs.borrow_mut()[self.index].flush()
    }
}

impl voxline::Sink for Handle<'_, '_> {
    fn rewrite_start(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.outputs.borrow_mut()[self.index].rewrite_start(bytes)
    }
}

/// What tells the file of a channel from the others: its name, or its number from 1.
pub(crate) fn mark(options: &Options, channel: usize) -> String {
    let names = options.input.channel_names.as_ref();
    names.and_then(|names| names.as_slice().get(channel).cloned()).unwrap_or_else(|| (channel + 1).to_string())
}

/// `call.wav` becomes `call-MARK.wav`.
pub(crate) fn marked(path: &Path, mark: &str) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let extension = path.extension().map(|e| format!(".{}", e.to_string_lossy())).unwrap_or_default();
    path.with_file_name(format!("{stem}-{mark}{extension}"))
}

pub(crate) fn write_report(path: &Path, report: &Report) -> Result<()> {
    let failed = |e: std::io::Error| Error::io("write report", path.display(), e);
    let text = serde_json::to_string_pretty(report).map_err(|e| failed(e.into()))?;
    let mut output = Output::open(path, false)?;
    writeln!(output, "{text}").map_err(failed)?;
    output.commit()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn split_outputs_are_marked_before_the_extension() {
        let mut options = Options::default();
        assert_eq!(marked(Path::new("a/call.one.wav"), &mark(&options, 0)), Path::new("a/call.one-1.wav"));
        assert_eq!(marked(Path::new("call"), &mark(&options, 1)), Path::new("call-2"));
        options.set("input.channel_names", "agent,customer").unwrap();
        assert_eq!(marked(Path::new("call.wav"), &mark(&options, 1)), Path::new("call-customer.wav"));
    }
}
