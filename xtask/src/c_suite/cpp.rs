//! The tests of `voxline.hpp`: what C++ compilers make of it, examples, and the installed folder after it was moved.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::{Place, STRICT, leak_is_found};
use crate::metadata::Metadata;
use crate::run::{Result, cargo, command, is_ci, line_of, output_of, root, show_and_run, succeeds};
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

/// The examples in C++.
const EXAMPLES: [&str; 3] = ["softphone", "chat", "transcribe"];

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

    /// Builds each with the flags of pkg-config and compares what it writes with what the program writes.
    fn cpp_examples(&self) -> Result {
        for name in EXAMPLES {
            let mut compile = command("g++");
            compile.arg("-std=c++17").args(STRICT).arg(format!("bindings/c/examples/{name}.cpp"));
            compile.args(self.pkg_config(&["--cflags", "--libs"])?);
            show_and_run(compile.arg("-o").arg(self.work.join(name)))?;
        }
        self.softphone(&self.work.join("softphone"))?;
        self.services(&self.work)
    }

    /// Runs the examples of services, which lie in `folder`, against the simulator.
    fn services(&self, folder: &Path) -> Result {
        let simulator = Simulator::start(&program()?)?;
        let spoken = self.work.join("answer.mp3");
        let mut chat = simulator.client(folder.join("chat"), "CHAT");
        chat.env("VOXLINE_CHAT_TOKEN", "voxline-demo-token").arg(root().join("assets/call.wav"));
        let answer = output_of(chat.arg(&spoken))?;
        if !answer.starts_with("I heard ") || std::fs::read(&spoken)?.len() < 1000 {
            return Err(format!("chat printed {answer:?}").into());
        }
        let refused = chat.env("VOXLINE_CHAT_TOKEN", "no-such-token").output()?;
        let said = String::from_utf8_lossy(&refused.stderr);
        if refused.status.code() != Some(1) || !said.contains("not authenticated") || said.contains("no-such-token") {
            return Err(format!("chat with a wrong token said {said:?}").into());
        }
        let mut transcribe = simulator.client(folder.join("transcribe"), "TRANSCRIPTION");
        transcribe.env("VOXLINE_TRANSCRIPTION_APP_ID", "voxline-demo-app-id").arg("https://files.example/call.wav");
        transcribe.env("VOXLINE_TRANSCRIPTION_APP_KEY", "voxline-demo-transcription-app-key").env("VOXLINE_LOG", "1");
        let output = transcribe.output()?;
        let (said, log) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let lines = said.lines().filter(|line| line.contains(" ms: ")).count();
        if lines < 2 || !log.contains("accepted as ") || !log.contains("POST") || log.contains("transcription-app-key")
        {
            return Err(format!("transcribe printed {said:?} and said {log:?}").into());
        }
        Ok(())
    }

    /// Codes 8 kHz PCM, which `prepare_file` makes; frame for frame the same as at once.
    fn softphone(&self, program: &Path) -> Result {
        let (spoken, coded) = (self.work.join("spoken.pcm"), self.work.join("spoken.spx8"));
        show_and_run(
            command(self.work.join("prepare_file")).arg(root().join("assets/call.mp3")).arg(&spoken).arg("chat-8k"),
        )?;
        let mut run = command(program);
        run.stdin(std::fs::File::open(&spoken)?).stdout(std::fs::File::create(&coded)?);
        show_and_run(&mut run)?;
        let (samples, coded) = (std::fs::read(spoken)?.len() / 2, std::fs::read(coded)?);
        // 20 ms in a packet of 38 bytes behind its length.
        let packets = samples.div_ceil(160);
        if coded.len() == 39 * packets && coded.chunks(39).all(|packet| packet[0] == 38) {
            return Ok(());
        }
        Err(format!("softphone made {} bytes of {samples} samples", coded.len()).into())
    }

    /// Moves what was installed, and builds against it with pkg-config and with CMake.
    fn moved(&self) -> Result {
        let place = Self { prefix: self.work.join("moved"), work: self.work.clone() };
        if place.prefix.exists() {
            std::fs::remove_dir_all(&place.prefix)?;
        }
        show_and_run(command("cp").args(["-a", "--link"]).arg(&self.prefix).arg(&place.prefix))?;
        let flags = place.pkg_config(&["--cflags", "--libs"])?;
        if flags.iter().any(|flag| flag.contains("c-suite/prefix")) {
            return Err(format!("pkg-config still says where it was: {}", flags.join(" ")).into());
        }
        let program = self.work.join("softphone-moved");
        let mut compile = command("g++");
        compile.args(["-std=c++17", "bindings/c/examples/softphone.cpp", "-o"]).arg(&program).args(flags);
        show_and_run(&mut compile)?;
        self.softphone(&program)?;
        place.cmake()
    }

    /// Builds a user's project against each target of the installed package.
    fn cmake(&self) -> Result {
        let build = self.work.join("cmake");
        // What an earlier run left would hide that something is missing now.
        if build.exists() {
            std::fs::remove_dir_all(&build)?;
        }
        let mut configure = command("cmake");
        configure.args(["-S", "bindings/c/tests/cmake", "-B"]).arg(&build);
        show_and_run(configure.arg(format!("-DCMAKE_PREFIX_PATH={}", self.prefix.display())))?;
        show_and_run(command("cmake").arg("--build").arg(&build).args(["--parallel", "2"]))?;
        let mut written = Vec::new();
        for name in ["prepare_file", "prepare_file_static"] {
            let program = build.join(name);
            let out = self.work.join(format!("{name}.wav"));
            show_and_run(command(&program).arg(root().join("assets/call.mp3")).arg(&out))?;
            let needs = output_of(command("readelf").arg("-d").arg(&program))?;
            if needs.contains("libvoxline.so.0") == name.ends_with("_static") {
                return Err(format!("{name} links the other library").into());
            }
            written.push(std::fs::read(out)?);
        }
        if !written.iter().all(|bytes| bytes.len() == 44 + 2 * 246_498 && *bytes == written[0]) {
            return Err("the programs built with CMake wrote different files".into());
        }
        self.softphone(&build.join("softphone"))?;
        self.softphone(&build.join("softphone_static"))?;
        self.services(&build)
    }
}

/// The program `voxline` of the tests.
fn program() -> Result<PathBuf> {
    Ok(PathBuf::from(Metadata::read()?.target_directory).join("debug/voxline"))
}

/// Nothing goes to a proxy.
fn at_home(command: &mut Command) -> &mut Command {
    for proxy in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        command.env_remove(proxy);
    }
    command
}

/// `voxline sim`, until it is dropped.
struct Simulator {
    process: Child,
    url: String,
}

impl Simulator {
    fn start(program: &Path) -> Result<Self> {
        let mut process = command(program).arg("sim").stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let mut url = String::new();
        let read = process.stdout.take().map(|out| BufReader::new(out).read_line(&mut url));
        let simulator = Self { process, url: url.trim().to_owned() };
        match read {
            Some(Ok(_)) if simulator.url.starts_with("http://") => Ok(simulator),
            _ => Err("the simulator did not say where it is".into()),
        }
    }

    /// A program that is told where its service is.
    fn client(&self, program: PathBuf, service: &str) -> Command {
        let mut client = command(program);
        at_home(&mut client).env(format!("VOXLINE_{service}_ENDPOINT"), &self.url);
        client
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
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

    #[test]
    fn the_code_of_the_pages_is_that_of_the_examples() {
        let read = |name: &str| std::fs::read_to_string(root().join(name)).unwrap();
        let mut examples = String::new();
        for entry in std::fs::read_dir(root().join("bindings/c/examples")).unwrap() {
            examples.push_str(&std::fs::read_to_string(entry.unwrap().path()).unwrap());
        }
        let mut counts = Vec::new();
        for (page, fence) in [("docs/c.md", "```cpp\n"), ("README.md", "```cpp\n")] {
            let text = read(page);
            let blocks: Vec<&str> = text.split(fence).skip(1).filter_map(|rest| rest.split("```").next()).collect();
            counts.push(blocks.len());
            for block in blocks {
                assert!(examples.contains(block), "{page}: no example has this:\n{block}");
            }
        }
        assert!(counts[0] >= 10 && counts[1] == 1, "{counts:?}");
    }
}
