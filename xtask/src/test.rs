//! `cargo xtask test`: sets up what the tests need, runs all of them, says what was skipped.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::c_suite;
use crate::cases_suite;
use crate::metadata::Metadata;
use crate::python_suite;
use crate::run::{Result, cargo, command, is_ci, root, show_and_run, succeeds};
use crate::setup;
use crate::summary::Summary;

/// Sets up, runs every suite, prints the table.
pub(crate) fn all() -> Result {
    let mut summary = Summary::default();
    let target = PathBuf::from(Metadata::read()?.target_directory);
    let (present, missing) = setup::install_missing(&setup::TOOLS.iter().collect::<Vec<_>>());
    println!("programs for tests: {}", if present.is_empty() { "none".to_owned() } else { present.join(", ") });
    if !missing.is_empty() {
        let names = missing.join(", ");
        if is_ci() {
            return Err(format!("missing with CI=true: {names}").into());
        }
        println!("missing: {names}; the tests that call them count as skipped");
    }

    let env = Env { tools: present.join(","), vectors: vectors(), skip_log: target.join("voxline-skipped-tests") };
    let _ = std::fs::remove_file(&env.skip_log);
    match &env.vectors {
        Some(folder) => println!("conformance vectors: {}", folder.display()),
        None => println!("conformance vectors: none (VOXLINE_VECTORS)"),
    }

    if succeeds(cargo().args(["nextest", "--version"])) {
        summary.step("Rust tests", || {
            let tests = ["nextest", "run", "--workspace", "--all-features", "--locked", "--profile", "ci"];
            show_and_run(env.of(cargo().args(tests)))
        });
    } else {
        println!("cargo-nextest is not installed: cargo test takes its place");
        let tests = ["test", "--workspace", "--all-features", "--locked", "--all-targets", "--no-fail-fast"];
        summary.step("Rust tests", || show_and_run(env.of(cargo().args(tests))));
    }
    summary.step("Rust examples in the docs", || {
        show_and_run(env.of(cargo().args(["test", "--doc", "--workspace", "--all-features", "--locked"])))
    });
    c_suite::run(&mut summary, &target, &present);
    comparison_suite(&mut summary, &target);
    python_suite::run(&mut summary, &target);
    cases_suite::run(&mut summary, &target);

    for (reason, tests) in skipped(&std::fs::read_to_string(&env.skip_log).unwrap_or_default()) {
        summary.skip(&format!("{} Rust test{}", tests.len(), if tests.len() == 1 { "" } else { "s" }), &reason);
        println!("skipped, {reason}: {}", tests.join(", "));
    }
    summary.finish("suite")
}

/// The suite of the C library alone, with what is installed.
pub(crate) fn c() -> Result {
    let mut summary = Summary::default();
    let target = PathBuf::from(Metadata::read()?.target_directory);
    let (present, _) = setup::install_missing(&setup::TOOLS.iter().collect::<Vec<_>>());
    c_suite::run(&mut summary, &target, &present);
    summary.finish("C suite")
}

/// The arithmetic of the comparison is tested like any other.
fn comparison_suite(summary: &mut Summary, target: &Path) {
    const NAME: &str = "Python: the measures of the comparison";
    let requirements = root().join("benches/compare/requirements-test.txt");
    match setup::python(target, "venv-test", &requirements) {
        Ok(python) => summary.step(NAME, || {
            let tests = ["-B", "-m", "unittest", "discover", "-s", "benches/compare", "-p", "test_*.py"];
            show_and_run(command(python).args(tests))
        }),
        Err(error) if is_ci() => summary.step(NAME, || Err(error)),
        Err(error) => summary.skip(NAME, &format!("needs Python with numpy: {error}")),
    }
}

/// What the tests learn from their environment.
struct Env {
    tools: String,
    vectors: Option<PathBuf>,
    skip_log: PathBuf,
}

impl Env {
    fn of<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.env("VOXLINE_TOOLS", &self.tools).env("VOXLINE_SKIP_LOG", &self.skip_log);
        match &self.vectors {
            Some(folder) => command.env("VOXLINE_VECTORS", folder),
            None => command.env_remove("VOXLINE_VECTORS"),
        }
    }
}

/// The folder of `VOXLINE_VECTORS`, else the default place beside the checkout.
fn vectors() -> Option<PathBuf> {
    let chosen = std::env::var_os("VOXLINE_VECTORS").filter(|v| !v.is_empty()).map(PathBuf::from);
    let folder = chosen.unwrap_or_else(|| root().join("../shared/vectors"));
    folder.is_dir().then(|| folder.canonicalize().unwrap_or(folder))
}

/// Reason → tests, each once, from the lines `test TAB reason` that `voxline_testkit::tools` writes.
fn skipped(log: &str) -> BTreeMap<String, Vec<String>> {
    let mut by_reason: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (test, reason) in log.lines().filter_map(|line| line.split_once('\t')) {
        let tests = by_reason.entry(reason.to_owned()).or_default();
        if !tests.iter().any(|t| t == test) {
            tests.push(test.to_owned());
        }
    }
    by_reason
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_that_skips_twice_for_one_reason_counts_once() {
        let by_reason = skipped("a::b\tneeds lame\na::c\tneeds lame\na::b\tneeds lame\na::b\tneeds sox\nbroken line\n");
        assert_eq!(by_reason["needs lame"], ["a::b", "a::c"]);
        assert_eq!(by_reason["needs sox"], ["a::b"]);
        assert_eq!(by_reason.len(), 2);
    }
}
