//! The tests of the C library: installed as `cargo xtask dist` does, compiled by C and C++ compilers, run.

mod cpp;
mod cpp_examples;
mod exports;
mod snapshot;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::dist;
use crate::run::{Result, cargo, command, output_of, root, show_and_run};
use crate::summary::Summary;

/// The strictest that both compilers know of.
const STRICT: &[&str] = &["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-O1", "-g"];

/// Compiler, its language, the standard whose program is run, and those that are only to be understood.
const COMPILERS: &[(&str, &str, &str, &[&str])] = &[
    ("gcc", "c", "c11", &["c99", "c17"]),
    ("g++", "c++", "c++17", &["c++20"]),
    ("clang", "c", "c99", &["c11", "c17"]),
    ("clang++", "c++", "c++20", &["c++17"]),
];

/// The examples in `bindings/c/examples`.
const EXAMPLES: [&str; 4] = ["prepare_file", "stream_push", "speex", "doctor"];

/// What the suite needs besides cargo.
pub(crate) const TOOLS: &[&str] = &["gcc", "g++", "clang", "pkg-config", "valgrind", "cmake"];

/// Runs every suite with tools that are there; the others count as skipped.
pub(crate) fn run(summary: &mut Summary, target: &Path, present: &[&str]) {
    const NAME: &str = "C and C++: the library";
    let missing: Vec<&str> = TOOLS.iter().copied().filter(|tool| !present.contains(tool)).collect();
    if !cfg!(target_os = "linux") || !missing.is_empty() {
        summary.skip(NAME, &format!("needs Linux and {}", TOOLS.join(", ")));
        return;
    }
    let suite = target.join("c-suite");
    let place = Place { prefix: suite.join("prefix"), work: suite.join("work"), built: target.join("debug") };
    let mut is_installed = false;
    summary.step("C: build and install the library", || {
        // The program has the simulator that the clients talk to; the example is the library that panics. All at once,
        // so that what they share is built once.
        let packages = ["build", "--locked", "-p", "voxline-c", "-p", "voxline-cli"];
        show_and_run(cargo().args(packages).args(["--lib", "--bins", "--example", "voxline_test_panic"]))?;
        std::fs::create_dir_all(&place.work)?;
        dist::lay_out("debug", &place.prefix)?;
        is_installed = true;
        Ok(())
    });
    if !is_installed {
        return;
    }
    for (compiler, language, run, understood) in COMPILERS {
        let name = if *language == "c" { "C" } else { "C++" };
        summary.step(&format!("{name}: the tests, {compiler} as {run}"), || {
            let program = place.work.join(format!("tests-{compiler}"));
            let link = place.pkg_config(&["--libs"])?;
            show_and_run(place.compile(compiler, run, language, &tests()?).arg("-o").arg(&program).args(link))?;
            for standard in *understood {
                show_and_run(place.compile(compiler, standard, language, &tests()?).arg("-fsyntax-only"))?;
            }
            show_and_run(&mut place.tests(&program)?)
        });
    }
    summary.step("C: the static library, with sanitizers", || place.sanitized());
    summary.step("C: the tests under valgrind", || place.valgrind_of(&place.work.join("tests-gcc")));
    summary.step("C: what the library exports", || {
        exports::check(&place.prefix)?;
        place.own_names()
    });
    summary.step("C: functions and layout are those of the snapshot", || snapshot::check(&place.prefix, &place.work));
    summary.step("C: a panic inside the library", || place.panic());
    summary.step("C: the examples", || place.examples());
    cpp::run(summary, &place);
}

/// Where the suite works.
struct Place {
    prefix: PathBuf,
    work: PathBuf,
    /// Where cargo puts what it builds.
    built: PathBuf,
}

impl Place {
    fn compile(&self, compiler: &str, standard: &str, language: &str, sources: &[PathBuf]) -> Command {
        let mut compile = command(compiler);
        // The tests use threads and fork.
        compile
            .arg(format!("-std={standard}"))
            .arg("-D_POSIX_C_SOURCE=200809L")
            .args(STRICT)
            .arg("-I")
            .arg(self.prefix.join("include"));
        compile.args(["-x", language]).args(sources).args(["-x", "none"]);
        compile
    }

    /// How the installed library is linked, as pkg-config says it.
    fn pkg_config(&self, what: &[&str]) -> Result<Vec<String>> {
        let folder = self.prefix.join("lib/pkgconfig");
        let said = output_of(command("pkg-config").args(what).arg("voxline").env("PKG_CONFIG_PATH", folder))?;
        let mut link: Vec<String> = said.split_whitespace().map(str::to_owned).collect();
        link.push(format!("-Wl,-rpath,{}", self.prefix.join("lib").display()));
        link.extend(["-lm", "-pthread"].map(str::to_owned));
        Ok(link)
    }

    /// How the installed static library is linked, as pkg-config says it.
    fn static_link(&self) -> Result<Vec<String>> {
        let pinned = |word: String| match word.as_str() {
            "-lvoxline" => vec!["-Wl,-Bstatic".to_owned(), word, "-Wl,-Bdynamic".to_owned()],
            _ => vec![word],
        };
        Ok(self.pkg_config(&["--static", "--libs"])?.into_iter().flat_map(pinned).collect())
    }

    /// Links the static library with what pkg-config says and runs the tests under ASan, LSan and UBSan; a leak on
    /// purpose shows that they are on.
    fn sanitized(&self) -> Result {
        let program = self.work.join("tests-sanitized");
        let mut compile = self.compile("gcc", "c11", "c", &tests()?);
        compile.args(["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-o"]).arg(&program);
        show_and_run(compile.args(self.static_link()?))?;
        let needs = output_of(command("readelf").arg("-d").arg(&program))?;
        if needs.contains("libvoxline") {
            return Err("the program needs the shared library, although it was linked with the static one".into());
        }
        show_and_run(&mut self.tests(&program)?)?;
        leak_is_found(&mut self.tests(&program)?, "LeakSanitizer: detected memory leaks")
    }

    /// Runs a program of tests under valgrind; a leak on purpose shows that it looks.
    fn valgrind_of(&self, program: &Path) -> Result {
        let valgrind = || -> Result<Command> {
            let mut valgrind = command("valgrind");
            valgrind.args(["-q", "--leak-check=full", "--error-exitcode=9", "--child-silent-after-fork=yes"]);
            valgrind.arg("--suppressions=bindings/c/tests/valgrind.supp");
            valgrind.arg("--errors-for-leak-kinds=definite,indirect,possible").arg(program);
            self.environment(&mut valgrind)?.env("VOXLINE_TEST_SLOW", "1");
            Ok(valgrind)
        };
        show_and_run(&mut valgrind()?)?;
        leak_is_found(&mut valgrind()?, "definitely lost")
    }

    /// What C sees of a panic: with a build of its own, which has a function for it.
    fn panic(&self) -> Result {
        let folder = self.work.join("panic");
        std::fs::create_dir_all(&folder)?;
        let (library, program) = (folder.join("libvoxline.so.0"), folder.join("panic"));
        std::fs::copy(self.built.join("examples/libvoxline_test_panic.so"), &library)?;
        let mut compile = self.compile("gcc", "c11", "c", &[PathBuf::from("bindings/c/tests/panicking/main.c")]);
        compile.arg(&library).arg(format!("-Wl,-rpath,{}", folder.display()));
        show_and_run(compile.arg("-o").arg(&program))?;
        show_and_run(command(program).arg(root().join("assets/call.mp3")).env("RUST_BACKTRACE", "0"))
    }

    /// Builds each with the flags of pkg-config, and runs them.
    fn examples(&self) -> Result {
        for name in EXAMPLES {
            let source = PathBuf::from(format!("bindings/c/examples/{name}.c"));
            let mut compile = command("gcc");
            compile.args(["-std=c99"]).args(STRICT).arg(source).args(self.pkg_config(&["--cflags", "--libs"])?);
            show_and_run(compile.arg("-o").arg(self.work.join(name)))?;
        }
        self.run_examples(&self.work)
    }

    /// Runs those that lie in `folder` and compares what they write.
    fn run_examples(&self, folder: &Path) -> Result {
        let call = root().join("assets/call.mp3");
        let (file, stream, decoded) = (self.work.join("a.pcm"), self.work.join("b.pcm"), self.work.join("c.pcm"));
        show_and_run(command(folder.join("prepare_file")).arg(&call).arg(&file).arg("chat-16k"))?;
        let piped = |name: &str, from: &Path, to: &Path| -> Result<Command> {
            let mut run = command(folder.join(name));
            run.stdin(std::fs::File::open(from)?).stdout(std::fs::File::create(to)?);
            Ok(run)
        };
        show_and_run(piped("stream_push", &call, &stream)?.arg("chat-16k"))?;
        show_and_run(&mut piped("speex", &file, &decoded)?)?;
        let (whole, streamed, decoded) = (std::fs::read(&file)?, std::fs::read(stream)?, std::fs::read(decoded)?);
        if whole.len() != 2 * 246_498 || whole != streamed {
            return Err("prepare_file and stream_push wrote different bytes".into());
        }
        if decoded.len() != whole.len() / 640 * 640 || decoded.iter().all(|byte| *byte == 0) {
            return Err(format!("speex wrote {} bytes", decoded.len()).into());
        }
        // What cannot be read or written is no success.
        for (name, input) in [("stream_push", &call), ("speex", &file)] {
            for (from, to) in [(input.as_path(), "/dev/full"), (Path::new("/"), "/dev/null")] {
                if piped(name, from, Path::new(to))?.arg("chat-16k").output()?.status.success() {
                    return Err(format!("{name} from {} to {to} succeeded", from.display()).into());
                }
            }
        }
        self.doctor(&folder.join("doctor"))?;
        // A file that is not there is an error, with its message.
        let refused = command(folder.join("prepare_file")).args(["no-such-file", "x.wav"]).output()?;
        if refused.status.success() || !String::from_utf8_lossy(&refused.stderr).contains("no-such-file") {
            return Err("prepare_file did not say which file is missing".into());
        }
        Ok(())
    }

    /// Nothing is wrong with the one, and all is with the other, which is half of it.
    fn doctor(&self, program: &Path) -> Result {
        let (call, half) = (root().join("assets/call.wav"), self.work.join("half.wav"));
        let sound = std::fs::read(&call)?;
        std::fs::write(&half, sound.get(..50_000).unwrap_or_default())?;
        let (well, ill) = (output_of(command(program).arg(&call))?, output_of(command(program).arg(&half))?);
        if !well.is_empty() || !ill.contains("warning: truncated: ") {
            return Err(format!("doctor said {well:?} and {ill:?}").into());
        }
        std::fs::write(&half, &sound[..44])?;
        let empty = command(program).arg(&half).output()?;
        let said = String::from_utf8_lossy(&empty.stdout);
        if empty.status.code() == Some(1) && said.contains("error: empty: ") {
            return Ok(());
        }
        Err(format!("doctor of an empty file said {said:?} ({})", empty.status).into())
    }

    fn tests(&self, program: &Path) -> Result<Command> {
        let mut tests = command(program);
        self.environment(&mut tests)?;
        Ok(tests)
    }

    /// What the tests are told: the assets, the program with the simulator, an empty folder.
    fn environment<'a>(&self, tests: &'a mut Command) -> Result<&'a mut Command> {
        let folder = self.work.join("files");
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        tests.arg(root().join("assets")).env("VOXLINE_INPUT_STRICT", "on");
        Ok(tests.env("VOXLINE_TEST_PROGRAM", self.built.join("voxline")).env("VOXLINE_TEST_FOLDER", folder))
    }
}

/// A run that leaks on purpose has to fail with these words, or the tool was not on.
fn leak_is_found(command: &mut Command, words: &str) -> Result {
    let output = command.env("VOXLINE_TEST_LEAK", "1").output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() || !said.contains(words) {
        return Err(format!("a leak on purpose was not found: {}", said.trim()).into());
    }
    println!("a leak on purpose was found");
    Ok(())
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
