//! `cargo xtask compare`: the same jobs through voxline and through whatever else does them.

use std::path::{Path, PathBuf};

use crate::metadata::Metadata;
use crate::run::{Result, cargo, command, root, show_and_run};
use crate::{dist_wheel, python_suite, setup};

/// Builds the program, sets up the competitors, hands over to the driver in `benches/compare`.
pub(crate) fn all(args: &[&str]) -> Result {
    if let ["speex", rest @ ..] = args {
        return speex(rest);
    }
    if let ["python", rest @ ..] = args {
        return python(rest);
    }
    let (present, missing) = setup::install_missing(&setup::TOOLS.iter().chain([&setup::TIMER]).collect::<Vec<_>>());
    println!("programs: {}", present.join(", "));
    if !missing.is_empty() {
        println!("missing, so not part of it: {}", missing.join(", "));
    }
    let target = PathBuf::from(Metadata::read()?.target_directory);
    show_and_run(cargo().args(["build", "--release", "--locked", "-p", "voxline-cli"]))?;
    let (python, _) = with_wheel(&target, "venv-compare", "benches/compare/requirements.txt")?;
    // One thread for everybody: the pinning is the driver's, the pools of the numeric libraries are told here.
    let mut driver = command(python);
    driver.args(["-B", "benches/compare/run.py", "--program"]).arg(target.join("release/voxline"));
    driver.arg("--work").arg(target.join("compare")).args(args);
    for pool in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS", "MKL_NUM_THREADS"] {
        driver.env(pool, "1");
    }
    show_and_run(&mut driver)
}

/// The wheel from outside: small inputs, threads, what importing costs.
fn python(args: &[&str]) -> Result {
    let target = PathBuf::from(Metadata::read()?.target_directory);
    let (python, wheel) = with_wheel(&target, "venv-compare-python", "benches/python/requirements.txt")?;
    show_and_run(command(python).args(["-B", "benches/python/bench.py", "--wheel"]).arg(wheel).args(args))
}

/// An environment with the wheel, built for release, and what `requirements` pins.
fn with_wheel(target: &Path, environment: &str, requirements: &str) -> Result<(PathBuf, PathBuf)> {
    let wheel = dist_wheel::make(target, &target.join("wheels"))?;
    let python = setup::python(target, environment, &root().join(requirements))?;
    python_suite::install(&python, &wheel)?;
    Ok((python, wheel))
}

/// The Speex encoder beside libspeex's: builds ours, sets up the judges, hands over to the driver.
fn speex(args: &[&str]) -> Result {
    let (_, missing) = setup::install_missing(&setup::TOOLS.iter().chain([&setup::TIMER]).collect::<Vec<_>>());
    if !missing.is_empty() {
        println!("missing: {}", missing.join(", "));
    }
    let target = PathBuf::from(Metadata::read()?.target_directory);
    show_and_run(cargo().args(["build", "--release", "--locked", "-p", "voxline-speex", "--example", "packets"]))?;
    let python = setup::python(&target, "venv-speex", &root().join("benches/compare/requirements-speex.txt"))?;
    let mut driver = command(python);
    driver.args(["-B", "benches/compare/speex.py", "--packets"]).arg(target.join("release/examples/packets"));
    driver.arg("--work").arg(target.join("compare")).args(args);
    show_and_run(&mut driver)
}
