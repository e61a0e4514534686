//! Splits a recording into the parts that one request of the chat service takes.
//!
//! `cargo run -p voxline --example split_file -- call.mp3 [SECONDS]`: prints the parts and writes them beside the
//! recording. `SECONDS` makes them shorter than they have to be.

#![expect(clippy::print_stdout, reason = "an example talks to its terminal")]

use std::ops::ControlFlow;

fn main() -> voxline::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().unwrap_or_else(|| "assets/call.mp3".to_owned());
    let mut options = voxline::profile("chat-16k")?;
    if let Some(seconds) = arguments.next() {
        options.set("split.max_duration_s", &seconds)?;
    }
    options.set("target.encoding", "wav")?;
    let write = |part: voxline::Part| {
        let name = format!("{path}.{:03}.wav", part.index);
        println!("{name}: {:.3} to {:.3} s, ends in {}", part.start_s(), part.end_s(), part.cut.as_str());
        std::fs::write(&name, part.data()).map_err(|error| voxline::Error::io("write part", name, error))
    };
    let report = voxline::split_with(path.as_str(), &options, |_| ControlFlow::Continue(()), write)?;
    println!("{:.3} s in all", report.target.duration_s);
    Ok(())
}
