//! The tests of `voxline.hpp`: what C++ compilers make of it, with sanitizers and under valgrind.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::process::{Child, Command};

use super::{Place, STRICT, leak_is_found};
use crate::metadata::Metadata;
use crate::run::{Result, cargo, command, is_ci, line_of, root, show_and_run, succeeds};
use crate::summary::Summary;

/// A compiler and how it is called.
struct Build {
    compiler: &'static str,
    standard: &'static str,
    flags: &'static [&'static str],
    is_static: bool,
}

/// What valgrind runs.
const PLAIN: Build = Build { compiler: "g++", standard: "c++17", flags: &["-O1"], is_static: false };
const SANITIZED: Build = Build {
    compiler: "g++",
    standard: "c++20",
    flags: &["-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"],
    is_static: true,
};
const CLANG: Build = Build { compiler: "clang++", standard: "c++20", flags: &["-O0"], is_static: false };

const TESTS: &str = "bindings/c/tests/cpp";
const NO_EXCEPTIONS: [&str; 2] = ["-fno-exceptions", "-fno-rtti"];

/// Runs every step; the library is installed where `place` says.
pub(super) fn run(summary: &mut Summary, place: &Place) {
    // The clients talk to the simulator of the program.
    summary.step("C++: build the program", || show_and_run(cargo().args(["build", "--locked", "-p", "voxline-cli"])));
    summary.step("C++: voxline.hpp, g++ as c++17", || place.built(&PLAIN)?.run());
    summary.step("C++: voxline.hpp under valgrind", || place.built_before(&PLAIN)?.valgrind());
    summary.step("C++: voxline.hpp, g++ as c++20, static, with sanitizers", || {
        let built = place.built(&SANITIZED)?;
        built.run()?;
        leak_is_found(&mut built.tests()?, "LeakSanitizer: detected memory leaks")
    });
    const BY_CLANG: &str = "C++: voxline.hpp, clang++ as c++20 and c++17";
    if succeeds(command("clang++").arg("--version")) {
        summary.step(BY_CLANG, || {
            place.built(&CLANG)?.run()?;
            place.understood("clang++", "c++17")
        });
    } else if is_ci() {
        summary.step(BY_CLANG, || Err("clang++ is missing".into()));
    } else {
        summary.skip(BY_CLANG, "needs clang++");
    }
    summary.step("C++: the examples", || place.cpp_examples());
    summary.step("C++: the installed folder, moved", || place.moved());
}

/// The two programs of one build: all tests, and those without exceptions alone.
struct Built {
    folder: PathBuf,
    program: PathBuf,
}

impl Built {
    fn tests(&self) -> Result<Command> {
        let mut tests = command(self.folder.join("tests"));
        // The library has to say the same whatever the environment sets.
        self.arguments(&mut tests)?.env("VOXLINE_INPUT_STRICT", "on");
        Ok(tests)
    }

    /// The assets, the program with the simulator, an empty folder.
    fn arguments<'a>(&self, tests: &'a mut Command) -> Result<&'a mut Command> {
        let folder = self.folder.join("files");
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        Ok(at_home(tests).arg(root().join("assets")).arg(&self.program).arg(folder))
    }

    fn run(&self) -> Result {
        show_and_run(&mut self.tests()?)?;
        show_and_run(command(self.folder.join("plain")).arg(root().join("assets")))
    }

    fn valgrind(&self) -> Result {
        let valgrind = || -> Result<Command> {
            let mut valgrind = command("valgrind");
            valgrind.args(["-q", "--leak-check=full", "--error-exitcode=9", "--child-silent-after-fork=yes"]);
            valgrind.arg("--errors-for-leak-kinds=definite,indirect,possible").arg(self.folder.join("tests"));
            self.arguments(&mut valgrind)?.env("VOXLINE_TEST_SLOW", "1");
            Ok(valgrind)
        };
        show_and_run(&mut valgrind()?)?;
        leak_is_found(&mut valgrind()?, "definitely lost")
    }
}

impl Place {
    fn built_before(&self, build: &Build) -> Result<Built> {
        let folder = self.work.join(format!("cpp-{}-{}", build.compiler, build.standard));
        Ok(Built { folder, program: program()? })
    }

    /// Compiles every file of the tests by itself, so that what the headers define is defined many times, and links them.
    fn built(&self, build: &Build) -> Result<Built> {
        let built = self.built_before(build)?;
        // What an earlier run left would hide that something is missing now.
        if built.folder.exists() {
            std::fs::remove_dir_all(&built.folder)?;
        }
        std::fs::create_dir_all(&built.folder)?;
        let mut jobs = Vec::new();
        let mut objects = Vec::new();
        for (source, is_plain) in sources()? {
            let object = built.folder.join(source.replace('/', "-")).with_extension("o");
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
            link.args(build.flags).args(wanted.map(|(_, _, object)| object)).arg("-o").arg(built.folder.join(name));
            show_and_run(link.args(self.link(build.is_static)?))
        };
        // The part without exceptions is in both: what is compiled either way gets along in one program.
        link("tests", &|source, _| source != "plain/main.cpp")?;
        link("plain", &|_, is_plain| is_plain)?;
        Ok(built)
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
        let words = self.pkg_config(if is_static { &["--static", "--libs"] } else { &["--libs"] })?;
        let pinned = |word: String| match word.as_str() {
            "-lvoxline" if is_static => vec!["-Wl,-Bstatic".to_owned(), word, "-Wl,-Bdynamic".to_owned()],
            _ => vec![word],
        };
        Ok(words.into_iter().flat_map(pinned).collect())
    }
}

/// The program `voxline` of the tests.
pub(super) fn program() -> Result<PathBuf> {
    Ok(PathBuf::from(Metadata::read()?.target_directory).join("debug/voxline"))
}

/// Nothing goes to a proxy.
pub(super) fn at_home(command: &mut Command) -> &mut Command {
    for proxy in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        command.env_remove(proxy);
    }
    command
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
