//! The program `voxline`.

use std::process::ExitCode;

fn main() -> ExitCode {
    voxline_cli::main_from(std::env::args_os().skip(1)).into()
}
