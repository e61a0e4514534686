//! The Python suite: the wheel is built, installed where nothing else is, and tested from there.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{Result, command, is_ci, output_of, root, show_and_run};
use crate::setup;
use crate::summary::Summary;

/// The versions of CPython that the one wheel is for, as far as there are any; the first is not looked for here.
const OTHERS: &[&str] = &["python3.11", "python3.12", "python3.13", "python3.14"];

/// Builds the wheel and runs its tests in an environment of every CPython that is there.
pub(crate) fn run(summary: &mut Summary, target: &Path) {
    const NAME: &str = "Python: the wheel";
    let requirements = root().join("python/tests/requirements.txt");
    let python = match setup::python(target, "venv-wheel", &requirements) {
        Ok(python) => python,
        Err(error) if is_ci() => return summary.step(NAME, || Err(error)),
        Err(error) => {
            return summary.skip(NAME, &format!("needs Python 3.11 with maturin, mypy, numpy, pytest: {error}"));
        }
    };
    summary.step(NAME, || {
        let wheel = build(target, &python)?;
        test(&python, &wheel)
    });
    for (name, version) in others(&python) {
        summary.step(&format!("Python: the wheel under {version}"), || {
            let environment = format!("venv-wheel-{version}");
            let python = setup::python_of(&name, target, &environment, &requirements)?;
            test(&python, &newest(&target.join("wheels-test"))?)
        });
    }
}

/// Unoptimised, with what the Rust tests have compiled already.
fn build(target: &Path, python: &Path) -> Result<PathBuf> {
    let folder = target.join("wheels-test");
    let _ = std::fs::remove_dir_all(&folder);
    let mut maturin = of(python, "maturin");
    maturin.args(["build", "--profile", "dev", "--locked", "--auditwheel", "skip", "--interpreter"]).arg(python);
    show_and_run(maturin.arg("--out").arg(&folder).current_dir(root().join("python")).env("CARGO_TARGET_DIR", target))?;
    newest(&folder)
}

fn test(python: &Path, wheel: &Path) -> Result {
    let install = ["-m", "pip", "install", "--quiet", "--no-input", "--no-deps", "--force-reinstall"];
    show_and_run(command(python).args(install).arg(wheel))?;
    // Without the cache plug-in, so that the checkout stays as it is.
    let tests = ["-B", "-m", "pytest", "-q", "-p", "no:cacheprovider"];
    show_and_run(command(python).args(tests).current_dir(root().join("python")))
}

/// The only wheel in a folder.
fn newest(folder: &Path) -> Result<PathBuf> {
    let mut files = std::fs::read_dir(folder)?.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    let wheel = files.find(|path| path.extension().is_some_and(|end| end == "whl"));
    wheel.ok_or_else(|| format!("no wheel in {}", folder.display()).into())
}

/// A program of the environment that `python` belongs to.
pub(crate) fn of(python: &Path, program: &str) -> Command {
    command(python.with_file_name(program))
}

/// Every other CPython on the path, by its version.
fn others(python: &Path) -> Vec<(String, String)> {
    let own = version(&mut command(python));
    let found = OTHERS.iter().filter_map(|name| Some(((*name).to_owned(), version(&mut command(*name))?)));
    found.filter(|(_, version)| Some(version) != own.as_ref()).collect()
}

/// `3.12`, for an interpreter that starts.
fn version(python: &mut Command) -> Option<String> {
    let print = "import sys; print('%d.%d' % sys.version_info[:2])";
    let said = output_of(python.args(["-c", print])).ok()?;
    Some(said.trim().to_owned()).filter(|version| !version.is_empty())
}
