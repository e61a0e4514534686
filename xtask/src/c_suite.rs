//! The tests of the C library: installed as `cargo xtask dist` does, compiled by C and C++ compilers, run.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::dist;
use crate::run::{Result, cargo, command, output_of, root, show_and_run};
use crate::summary::Summary;

/// The strictest that both compilers know of.
const STRICT: &[&str] = &["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-O1", "-g"];

/// Compiler, standard and language of each run.
const STANDARDS: &[(&str, &str, &str)] =
    &[("gcc", "c99", "c"), ("gcc", "c11", "c"), ("gcc", "c17", "c"), ("g++", "c++17", "c++"), ("g++", "c++20", "c++")];

/// What the suite needs besides cargo.
pub(crate) const TOOLS: &[&str] = &["gcc", "g++", "pkg-config"];

/// Runs every suite with tools that are there; the others count as skipped.
pub(crate) fn run(summary: &mut Summary, target: &Path, present: &[&str]) {
    const NAME: &str = "C and C++: the library";
    let missing: Vec<&str> = TOOLS.iter().copied().filter(|tool| !present.contains(tool)).collect();
    if !cfg!(target_os = "linux") || !missing.is_empty() {
        summary.skip(NAME, &format!("needs Linux and {}", TOOLS.join(", ")));
        return;
    }
    let place = Place { prefix: target.join("c-suite/prefix"), work: target.join("c-suite/work") };
    let mut is_installed = false;
    summary.step("C: build and install the library", || {
        show_and_run(cargo().args(["build", "--locked", "-p", "voxline-c"]))?;
        std::fs::create_dir_all(&place.work)?;
        dist::lay_out("debug", &place.prefix)?;
        is_installed = true;
        Ok(())
    });
    if !is_installed {
        return;
    }
    for (compiler, standard, language) in STANDARDS {
        let name = if *language == "c" { "C" } else { "C++" };
        summary.step(&format!("{name}: the tests as {standard}"), || {
            let program = place.work.join(format!("tests-{standard}"));
            show_and_run(
                place.compile(compiler, standard, language, &tests()?).arg("-o").arg(&program).args(place.link()?),
            )?;
            show_and_run(&mut place.tests(&program))
        });
    }
}

/// Where the suite works.
struct Place {
    prefix: PathBuf,
    work: PathBuf,
}

impl Place {
    fn compile(&self, compiler: &str, standard: &str, language: &str, sources: &[PathBuf]) -> Command {
        let mut compile = command(compiler);
        compile.arg(format!("-std={standard}")).args(STRICT).arg("-I").arg(self.prefix.join("include"));
        compile.args(["-x", language]).args(sources).args(["-x", "none"]);
        compile
    }

    /// How the installed shared library is linked, as pkg-config says it.
    fn link(&self) -> Result<Vec<String>> {
        let said =
            output_of(command("pkg-config").args(["--libs", "voxline"]).env("PKG_CONFIG_PATH", self.pkg_config()))?;
        let mut link: Vec<String> = said.split_whitespace().map(str::to_owned).collect();
        link.push(format!("-Wl,-rpath,{}", self.prefix.join("lib").display()));
        link.push("-lm".to_owned());
        Ok(link)
    }

    fn pkg_config(&self) -> PathBuf {
        self.prefix.join("lib/pkgconfig")
    }

    fn tests(&self, program: &Path) -> Command {
        let mut tests = command(program);
        tests.arg(root().join("assets")).env("VOXLINE_INPUT_STRICT", "on");
        tests
    }
}

/// The sources of the test program.
fn tests() -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    // Commands run in the root of the workspace.
    let folder = PathBuf::from("bindings/c/tests");
    for entry in std::fs::read_dir(root().join(&folder))? {
        let name = PathBuf::from(entry?.file_name());
        if name.extension().is_some_and(|end| end == "c") {
            files.push(folder.join(name));
        }
    }
    files.sort();
    Ok(files)
}
