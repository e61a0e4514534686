//! The program `voxline`, as a function: the binary calls it, and so does the Python package, whose console script is the
//! same program.

mod args;
mod cmd;
mod credentials;
mod fail;
mod interrupt;
mod output;
mod progress;
mod show;

use std::ffi::OsString;
use std::io::{IsTerminal as _, Write as _};

use clap::Parser as _;

use args::{Args, Command};
use credentials::Credentials;
use fail::{FAILED, Fail};

/// Runs the program on its arguments (without the name in front) and gives its exit code back: 0 fine, 1 failed, 2 wrong
/// usage, 3 and 4 what the doctor found, 130 interrupted.
///
/// For a process that is this program and nothing else: standard input, output and error are its own, it listens for
/// SIGINT and SIGTERM from the moment on in which there is something to tidy up, and a second signal ends the process at
/// once.
///
/// ```
/// assert_eq!(voxline_cli::main_from(["options"]), 0);
/// assert_eq!(voxline_cli::main_from(["frobnicate"]), 2);
/// ```
pub fn main_from<I>(arguments: I) -> u8
where
    I: IntoIterator,
    I::Item: Into<OsString>,
{
    let words = std::iter::once(OsString::from("voxline")).chain(arguments.into_iter().map(Into::into));
    let code = match Args::try_parse_from(words) {
        Ok(args) => run(&args),
        // Help and the version count as errors there, with the code 0.
        Err(said) => {
            drop(said.print());
            u8::try_from(said.exit_code()).unwrap_or(FAILED)
        }
    };
    // Where Rust is a guest nobody else does it at the end; a closed pipe was reported by whoever wrote to it.
    drop(std::io::stdout().flush());
    code
}

fn run(args: &Args) -> u8 {
    match run_verb(args) {
        Ok(()) => 0,
        Err(fail) => {
            fail.print();
            if interrupt::happened() { interrupt::EXIT_CODE } else { fail.exit_code() }
        }
    }
}

fn run_verb(args: &Args) -> Result<(), Fail> {
    log_to_stderr(args.verbose);
    let credentials = Credentials::load(args.credentials.as_deref())?;
    match &args.command {
        Command::Info(info) => cmd::info::run(info),
        Command::Doctor(doctor) => cmd::doctor::run(doctor),
        Command::Prepare(prepare) => cmd::prepare::run(prepare),
        Command::Split(split) => cmd::split::run(split),
        Command::Chat(chat) => cmd::chat::run(chat, &credentials),
        Command::Recording(recording) => cmd::recording::run(recording, &credentials),
        Command::Transcribe(transcribe) => cmd::transcribe::run(transcribe, &credentials),
        Command::Listen(listen) => cmd::listen::run(listen),
        Command::Sim(sim) => cmd::sim::run(sim),
        Command::Options(options) => cmd::options::run(options),
        Command::Demo(demo) => cmd::demo::run(demo),
    }
}

/// Requests and their outcome, without secrets, for those who ask. Silent otherwise.
fn log_to_stderr(verbose: u8) {
    let level = match verbose {
        0 => return,
        1 => tracing_subscriber::filter::LevelFilter::INFO,
        _ => tracing_subscriber::filter::LevelFilter::DEBUG,
    };
    let log = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .without_time();
    // Whoever has a log already keeps it.
    drop(log.try_init());
}
