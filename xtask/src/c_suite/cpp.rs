//! The tests of `voxline.hpp`: what C++ compilers make of it, with sanitizers and under valgrind.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use super::{Place, STRICT, leak_is_found};
use crate::run::{Result, command, line_of, root, show_and_run};
use crate::summary::Summary;

/// A compiler and how it is called.
struct Build {
    compiler: &'static str,
    standard: &'static str,
    flags: &'static [&'static str],
    is_static: bool,
}

/// What valgrind runs.
const PLAIN: Build = Build { compiler: "g++", standard: "c++17", flags: &[], is_static: false };
/// Objects made without RTTI are not known to the check of virtual tables.
const SANITIZED: Build = Build {
    compiler: "g++",
    standard: "c++20",
    flags: &["-O0", "-fsanitize=address,undefined", "-fno-sanitize=vptr", "-fno-sanitize-recover=all"],
    is_static: true,
};
const CLANG: Build = Build { compiler: "clang++", standard: "c++20", flags: &["-O0"], is_static: false };

const TESTS: &str = "bindings/c/tests/cpp";
const NO_EXCEPTIONS: [&str; 2] = ["-fno-exceptions", "-fno-rtti"];

/// Runs every step; the library is installed where `place` says.
pub(super) fn run(summary: &mut Summary, place: &Place) {
    summary.step("C++: voxline.hpp, g++ as c++17", || place.run_cpp(&PLAIN));
    summary.step("C++: voxline.hpp under valgrind", || place.valgrind_of(&place.folder_of(&PLAIN).join("tests")));
    summary.step("C++: voxline.hpp, g++ as c++20, static, with sanitizers", || {
        place.run_cpp(&SANITIZED)?;
        let mut tests = place.tests(&place.folder_of(&SANITIZED).join("tests"))?;
        leak_is_found(&mut tests, "LeakSanitizer: detected memory leaks")
    });
    summary.step("C++: voxline.hpp, clang++ as c++20 and c++17", || {
        place.run_cpp(&CLANG)?;
        place.understood("clang++", "c++17")
    });
    summary.step("C++: the examples", || place.cpp_examples());
    summary.step("C++: the installed folder, moved", || place.moved());
}

impl Place {
    fn folder_of(&self, build: &Build) -> PathBuf {
        self.work.join(format!("cpp-{}-{}", build.compiler, build.standard))
    }

    /// Builds and runs all tests, and those without exceptions alone.
    fn run_cpp(&self, build: &Build) -> Result {
        let folder = self.folder_of(build);
        self.build_cpp(build, &folder)?;
        show_and_run(&mut self.tests(&folder.join("tests"))?)?;
        show_and_run(&mut self.tests(&folder.join("plain"))?)
    }

    /// Compiles every file of the tests by itself, so that what the headers define is defined many times, and links them.
    fn build_cpp(&self, build: &Build, folder: &Path) -> Result {
        // What an earlier run left would hide that something is missing now.
        if folder.exists() {
            std::fs::remove_dir_all(folder)?;
        }
        std::fs::create_dir_all(folder)?;
        let mut jobs = Vec::new();
        let mut objects = Vec::new();
        for (source, is_plain) in sources()? {
            let object = folder.join(source.replace('/', "-")).with_extension("o");
            let mut compile = self.compile_cpp(build.compiler, build.standard);
            compile.args(build.flags).args(if is_plain { &NO_EXCEPTIONS[..] } else { &[] });
            compile.arg("-c").arg(format!("{TESTS}/{source}")).arg("-o").arg(&object);
            jobs.push(compile);
            objects.push((source, is_plain, object));
        }
        side_by_side(jobs)?;
        let link = |name: &str, is_wanted: &dyn Fn(&str, bool) -> bool| -> Result {
            let wanted = objects.iter().filter(|(source, is_plain, _)| is_wanted(source, *is_plain));
            let mut link = command(build.compiler);
            link.args(build.flags).args(wanted.map(|(_, _, object)| object)).arg("-o").arg(folder.join(name));
            show_and_run(link.args(self.link(build.is_static)?))
        };
        // The part without exceptions is in both: what is compiled either way gets along in one program.
        link("tests", &|source, _| source != "plain/main.cpp")?;
        link("plain", &|_, is_plain| is_plain)
    }

    /// Lets a compiler read every file of the tests without making anything of it.
    fn understood(&self, compiler: &str, standard: &str) -> Result {
        let reads = sources()?.into_iter().map(|(source, is_plain)| {
            let mut read = self.compile_cpp(compiler, standard);
            read.args(if is_plain { &NO_EXCEPTIONS[..] } else { &[] });
            read.arg("-fsyntax-only").arg(format!("{TESTS}/{source}"));
            read
        });
        side_by_side(reads.collect())
    }

    fn compile_cpp(&self, compiler: &str, standard: &str) -> Command {
        let mut compile = command(compiler);
        compile.arg(format!("-std={standard}")).args(STRICT).arg("-I").arg(self.prefix.join("include"));
        compile
    }

    fn link(&self, is_static: bool) -> Result<Vec<String>> {
        if is_static { self.static_link() } else { self.pkg_config(&["--libs"]) }
    }
}

/// Every file of the tests, relative to their folder, and whether it is compiled without exceptions.
fn sources() -> Result<Vec<(String, bool)>> {
    let mut sources = Vec::new();
    for folder in ["", "plain/"] {
        for entry in std::fs::read_dir(root().join(TESTS).join(folder))? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if name.ends_with(".cpp") {
                sources.push((format!("{folder}{name}"), !folder.is_empty()));
            }
        }
    }
    sources.sort();
    Ok(sources)
}

/// Runs as many at once as there are processors; the first that fails fails all, when the others are done.
fn side_by_side(jobs: Vec<Command>) -> Result {
    let width = std::thread::available_parallelism().map_or(1, usize::from);
    let mut running: VecDeque<(String, Child)> = VecDeque::new();
    let mut failed = Vec::new();
    let mut end_of = |(line, mut child): (String, Child)| -> Result {
        if !child.wait()?.success() {
            failed.push(line);
        }
        Ok(())
    };
    for mut job in jobs {
        if running.len() >= width
            && let Some(first) = running.pop_front()
        {
            end_of(first)?;
        }
        let line = line_of(&job);
        println!("$ {line}");
        running.push_back((line, job.spawn()?));
    }
    running.into_iter().try_for_each(&mut end_of)?;
    if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join("; ")).into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_jobs_run_and_the_ones_that_fail_are_named() {
        let shell = |code: &str| {
            let mut shell = command("sh");
            shell.args(["-c", code]);
            shell
        };
        assert!(side_by_side((0..5).map(|_| shell("exit 0")).collect()).is_ok());
        let said = side_by_side(vec![shell("exit 3"), shell("exit 0"), shell("exit 4")]).unwrap_err().to_string();
        assert!(said.contains("exit 3") && said.contains("exit 4") && !said.contains("exit 0"), "{said}");
    }
}
