//! The program `voxline`.

mod args;
mod cmd;
mod credentials;
mod fail;
mod interrupt;
mod output;
mod progress;
mod show;

use std::io::IsTerminal as _;
use std::process::ExitCode;

use clap::Parser as _;

use args::{Args, Command};
use credentials::Credentials;

fn main() -> ExitCode {
    // clap prints its own messages and exits with 2 for wrong usage.
    let args = Args::parse();
    log_to_stderr(args.verbose);
    let credentials = match Credentials::load(args.credentials.as_deref()) {
        Ok(credentials) => credentials,
        Err(fail) => {
            fail.print();
            return fail.exit_code();
        }
    };
    let result = match &args.command {
        Command::Info(info) => cmd::info::run(info),
        Command::Doctor(doctor) => cmd::doctor::run(doctor),
        Command::Prepare(prepare) => cmd::prepare::run(prepare),
        Command::Chat(chat) => cmd::chat::run(chat, &credentials),
        Command::Recording(recording) => cmd::recording::run(recording, &credentials),
        Command::Transcribe(transcribe) => cmd::transcribe::run(transcribe, &credentials),
        Command::Listen(listen) => cmd::listen::run(listen),
        Command::Sim(sim) => cmd::sim::run(sim),
        Command::Options(options) => cmd::options::run(options),
        Command::Demo(demo) => cmd::demo::run(demo),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(fail) => {
            fail.print();
            if interrupt::happened() { ExitCode::from(interrupt::EXIT_CODE) } else { fail.exit_code() }
        }
    }
}

/// Requests and their outcome, without secrets, for those who ask. Silent otherwise.
fn log_to_stderr(verbose: u8) {
    let level = match verbose {
        0 => return,
        1 => tracing_subscriber::filter::LevelFilter::INFO,
        _ => tracing_subscriber::filter::LevelFilter::DEBUG,
    };
    tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .without_time()
        .init();
}
