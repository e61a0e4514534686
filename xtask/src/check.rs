//! `cargo xtask check`: everything that can be said about the tree without running it.

mod layering;
mod licence;
mod media;
mod msrv;
mod signatures;
mod text;

use crate::generate;
use crate::metadata::Metadata;
use crate::run::{Result, cargo, show_and_run};
use crate::summary::Summary;

/// Runs every check, or those whose name contains `word`; prints the table and fails if one failed.
pub(crate) fn all(word: Option<&str>) -> Result {
    let mut summary = word.map_or_else(Summary::default, Summary::only);
    summary.step("formatting", || show_and_run(cargo().args(["fmt", "--all", "--check"])));
    summary
        .step("lock file", || show_and_run(cargo().args(["metadata", "--format-version=1", "--locked"]).stdout(nul())));
    summary.step("lints", || {
        show_and_run(
            cargo()
                .args(["clippy", "--workspace", "--all-targets", "--all-features", "--locked", "--"])
                .args(["-D", "warnings"]),
        )
    });
    // The program and the library share their name, so their pages must not be written in one go.
    summary.step("docs of the program", || docs(&["-p", "voxline-cli", "--lib", "--bins"]));
    summary.step("docs of the libraries", || docs(&["--workspace", "--exclude", "voxline-cli"]));
    summary.step("layering", || layering::check(&Metadata::read()?));
    summary.step("public signatures", || signatures::check(&Metadata::read()?));
    summary.step("licences", || licence::check(&Metadata::read()?));
    summary.step("oldest compiler", || msrv::check(&Metadata::read()?));
    summary.step("generated files", || generate::all(generate::Mode::Compare));
    summary.step("media", media::check);
    summary.step("long files", text::check_lengths);
    summary.step("words that do not belong", text::check_words);
    summary.finish("check")
}

fn docs(selection: &[&str]) -> Result {
    show_and_run(
        cargo()
            .args(["doc", "--no-deps", "--all-features", "--locked"])
            .args(selection)
            .env("RUSTDOCFLAGS", "-D warnings"),
    )
}

fn nul() -> std::process::Stdio {
    std::process::Stdio::null()
}

/// Fails with all faults, one a line.
fn faults_to_result(what: &str, faults: &[String]) -> Result {
    if faults.is_empty() {
        return Ok(());
    }
    Err(format!(
        "{what}: {} fault{}\n  {}",
        faults.len(),
        if faults.len() == 1 { "" } else { "s" },
        faults.join("\n  ")
    )
    .into())
}
