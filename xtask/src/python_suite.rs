//! The Python suite: the wheel is built, installed where nothing else is, and tested from there.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{Result, command, is_ci, root, show_and_run};
use crate::summary::Summary;
use crate::{interpreters, setup};

/// Builds the wheel and runs its tests in a clean environment of every CPython that is there: all of them in the first,
/// in the others what depends on the interpreter.
pub(crate) fn run(summary: &mut Summary, target: &Path) {
    const NAME: &str = "Python: the wheel";
    let folder = root().join("python/tests");
    let python = match setup::python(target, "venv-wheel", &folder.join("requirements.txt")) {
        Ok(python) => python,
        Err(error) if is_ci() => return summary.step(NAME, || Err(error)),
        Err(error) => {
            return summary.skip(NAME, &format!("needs Python 3.11 with maturin, mypy, numpy, pytest: {error}"));
        }
    };
    summary.step(NAME, || {
        let wheel = build(target, &python)?;
        install(&python, &wheel)?;
        test(&python, &[])
    });
    // Each test in several threads at once: what they share is found out.
    summary.step("Python: the wheel, each test in four threads", || {
        test(&python, &["--parallel-threads=4", "-m", "not processes"])
    });
    for (interpreter, version) in interpreters::others(&python) {
        summary.step(&format!("Python: the wheel under {version}"), || {
            let environment = format!("venv-wheel-{version}");
            let python = setup::python_of(&interpreter, target, &environment, &folder.join("requirements-others.txt"))?;
            install(&python, &newest(&target.join("wheels-test"))?)?;
            test(&python, &["-m", "not types"])
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

/// Puts a wheel into an environment, without what it depends on.
pub(crate) fn install(python: &Path, wheel: &Path) -> Result {
    let install = ["-m", "pip", "install", "--quiet", "--no-input", "--no-deps", "--force-reinstall"];
    show_and_run(command(python).args(install).arg(wheel))
}

fn test(python: &Path, which: &[&str]) -> Result {
    // Without the cache plug-in, so that the checkout stays as it is.
    let tests = ["-B", "-m", "pytest", "-q", "-p", "no:cacheprovider"];
    show_and_run(command(python).args(tests).args(which).current_dir(root().join("python")))
}

/// The only wheel in a folder.
pub(crate) fn newest(folder: &Path) -> Result<PathBuf> {
    let mut files = std::fs::read_dir(folder)?.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    let wheel = files.find(|path| path.extension().is_some_and(|end| end == "whl"));
    wheel.ok_or_else(|| format!("no wheel in {}", folder.display()).into())
}

/// A program of the environment that `python` belongs to.
pub(crate) fn of(python: &Path, program: &str) -> Command {
    command(python.with_file_name(program))
}
