//! `cargo xtask`: everything a machine can do for a developer of Voxline.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a developer's program speaks to the terminal")]

mod c_suite;
mod cases_suite;
mod check;
mod compare;
mod dist;
mod dist_archive;
mod dist_wheel;
mod fuzz;
mod fuzz_seeds;
mod generate;
mod interpreters;
mod metadata;
mod python_suite;
mod run;
mod setup;
mod summary;
mod test;

use std::path::Path;
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask VERB

  check [WORD]              formatting, lints, docs, layering, generated files, licences, media: everything but tests;
                            with a WORD only the checks whose name contains it
  test                      installs what the tests need (as root, through apt), then runs all of them
  test c                    only the tests of the C library
  gen [--check]             writes docs/options.md, docs/licences.md and voxline.h; --check only compares
  gen media                 makes assets/ again with espeak-ng, sox and lame
  compare [speed|quality|all] [--rounds N] [--minutes N]
                            the same jobs through voxline and other programs; writes BENCHMARKS.md
  compare speex [--rounds N] [--minutes N] [--complexity N] [--only quality|speed|profile]
                            the Speex encoder beside libspeex's; writes its part of BENCHMARKS.md
  compare python [--rounds N]
                            the wheel from outside: small inputs, threads, import; writes its part of BENCHMARKS.md
  dist --prefix DIR         builds libvoxline and lays out library, headers, pkg-config and CMake files in DIR
  dist --wheel [--out DIR]  builds the Python wheel for release and checks what it needs and how large it is
  fuzz [--seconds N] [--jobs N] [TARGET ...]
                            runs the fuzzing targets, 600 s each, two at a time (needs a nightly compiler, cargo-fuzz)
  help                      this text

With CI=true a missing tool is a failure; elsewhere it is named and what needs it counts as skipped.
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["check"] => check::all(None),
        ["check", word] => check::all(Some(word)),
        ["test"] => test::all(),
        ["test", "c"] => test::c(),
        ["gen"] => generate::all(generate::Mode::Write),
        ["gen", "--check"] => generate::all(generate::Mode::Compare),
        ["gen", "media"] => generate::media(),
        ["dist", "--prefix", prefix] => dist::install(Path::new(prefix)),
        ["dist", "--wheel"] => dist_wheel::build(None),
        ["dist", "--wheel", "--out", out] => dist_wheel::build(Some(Path::new(out))),
        ["fuzz", rest @ ..] => fuzz::run(rest),
        ["compare", rest @ ..] => compare::all(rest),
        [] | ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprint!("xtask: no such verb: {}\n\n{HELP}", words.join(" "));
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}
