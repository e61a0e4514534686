//! Converts standard input to 16 kHz mono PCM on standard output while it arrives:
//! `cat call.mp3 | cargo run --example stream_stdin > call.pcm`.

#![expect(clippy::print_stderr, reason = "an example talks to its terminal")]

use std::io::{Read as _, Write as _};
use std::process::ExitCode;

fn main() -> ExitCode {
    match run() {
        Ok(report) => {
            eprintln!("{:.3} s", report.source.duration_s);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> voxline::Result<voxline::Report> {
    let mut options = voxline::Options::default();
    options.set("target.encoding", "pcm")?;
    let mut preparer = voxline::Preparer::new(&options)?;
    let mut input = vec![0; 16 * 1024];
    let mut pcm = Vec::new();
    loop {
        let n = std::io::stdin().read(&mut input).map_err(|e| voxline::Error::io("read", "standard input", e))?;
        let report = if n == 0 { Some(preparer.finish()?) } else { preparer.push(&input[..n]).map(|()| None)? };
        preparer.pull(0, &mut pcm)?;
        std::io::stdout().write_all(&pcm).map_err(|e| voxline::Error::io("write", "standard output", e))?;
        pcm.clear();
        if let Some(report) = report {
            return Ok(report);
        }
    }
}
