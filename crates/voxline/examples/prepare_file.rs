//! Converts a recording in one call: `cargo run --example prepare_file -- call.mp3 call.wav`.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example talks to its terminal")]

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, output] = arguments.as_slice() else {
        eprintln!("usage: prepare_file IN OUT.wav");
        return ExitCode::from(2);
    };
    match run(input, output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(input: &str, output: &str) -> voxline::Result<()> {
    let options = voxline::Options::default();
    let prepared = voxline::prepare(input, &options)?;
    std::fs::write(output, prepared.data()).map_err(|e| voxline::Error::io("write", output, e))?;
    let report = prepared.report();
    println!(
        "{:.3} s at {} Hz became {} frames at {} Hz",
        report.source.duration_s, report.source.sample_rate_hz, report.target.frames, report.target.sample_rate_hz
    );
    for warning in &report.warnings {
        println!("warning: {}", warning.message);
    }
    Ok(())
}
