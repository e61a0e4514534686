//! The examples in C++, against the simulator where they need a service, and the installed folder after it was moved.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::{Place, STRICT};
use crate::run::{Result, command, output_of, root, show_and_run};

/// The examples in C++.
const EXAMPLES: [&str; 4] = ["softphone", "split", "chat", "transcribe"];

impl Place {
    /// Builds each with the flags of pkg-config and compares what it writes with what the program writes.
    pub(super) fn cpp_examples(&self) -> Result {
        for name in EXAMPLES {
            let mut compile = command("g++");
            compile.arg("-std=c++17").args(STRICT).arg(format!("bindings/c/examples/{name}.cpp"));
            compile.args(self.pkg_config(&["--cflags", "--libs"])?);
            show_and_run(compile.arg("-o").arg(self.work.join(name)))?;
        }
        self.softphone(&self.work.join("softphone"))?;
        self.split(&self.work.join("split"))?;
        self.services(&self.work)
    }

    /// The files behind each other, without their headers, are what `prepare_file` makes of the whole.
    fn split(&self, program: &Path) -> Result {
        let (folder, whole) = (self.work.join("parts"), self.work.join("whole.pcm"));
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        let call = root().join("assets/call.mp3");
        show_and_run(command(self.work.join("prepare_file")).arg(&call).arg(&whole).arg("chat-16k"))?;
        let piped = |to: &Path| -> Result<Command> {
            let mut run = command(program);
            run.arg(to).arg("6").stdin(std::fs::File::open(&call)?);
            Ok(run)
        };
        show_and_run(&mut piped(&folder)?)?;
        let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)?.map(|e| Ok(e?.path())).collect::<Result<_>>()?;
        files.sort();
        let mut joined = Vec::new();
        for file in &files {
            joined.extend_from_slice(std::fs::read(file)?.get(44..).unwrap_or_default());
        }
        if files.len() < 3 || joined != std::fs::read(whole)? {
            return Err(format!("the {} files of split are not the whole", files.len()).into());
        }
        match piped(&folder.join("no-such-folder"))?.output()?.status.code() {
            Some(1) => Ok(()),
            code => Err(format!("split into a folder that is not there ended with {code:?}").into()),
        }
    }

    /// Runs the examples of services, which lie in `folder`, against the simulator.
    fn services(&self, folder: &Path) -> Result {
        let simulator = Simulator::start(&self.built.join("voxline"))?;
        let spoken = self.work.join("answer.mp3");
        let mut chat = simulator.client(folder.join("chat"), "CHAT");
        chat.env("VOXLINE_CHAT_TOKEN", "voxline-demo-token").arg(root().join("assets/call.wav"));
        let answer = output_of(chat.arg(&spoken))?;
        if !answer.starts_with("I heard ") || std::fs::read(&spoken)?.len() < 1000 {
            return Err(format!("chat printed {answer:?}").into());
        }
        let mut lost = simulator.client(folder.join("chat"), "CHAT");
        lost.env("VOXLINE_CHAT_TOKEN", "voxline-demo-token").arg(root().join("assets/call.wav"));
        let lost = lost.arg("/dev/full").output()?;
        if lost.status.code() != Some(1) || !String::from_utf8_lossy(&lost.stderr).contains("cannot write /dev/full") {
            return Err("chat did not say that the answer cannot be written".into());
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
        let piped = |from: &Path, to: &Path| -> Result<Command> {
            let mut run = command(program);
            run.stdin(std::fs::File::open(from)?).stdout(std::fs::File::create(to)?);
            Ok(run)
        };
        show_and_run(&mut piped(&spoken, &coded)?)?;
        // What cannot be read or written is no success.
        for (from, to) in [(spoken.as_path(), "/dev/full"), (Path::new("/"), "/dev/null")] {
            if piped(from, Path::new(to))?.output()?.status.success() {
                return Err(format!("softphone from {} to {to} succeeded", from.display()).into());
            }
        }
        let (samples, coded) = (std::fs::read(spoken)?.len() / 2, std::fs::read(coded)?);
        // 20 ms in a packet of 38 bytes behind its length.
        let packets = samples.div_ceil(160);
        if coded.len() == 39 * packets && coded.chunks(39).all(|packet| packet[0] == 38) {
            return Ok(());
        }
        Err(format!("softphone made {} bytes of {samples} samples", coded.len()).into())
    }

    /// Moves what was installed, and builds against it with pkg-config and with CMake.
    pub(super) fn moved(&self) -> Result {
        let place = Self { prefix: self.work.join("moved"), work: self.work.clone(), built: self.built.clone() };
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
        place.static_as_the_page_says()?;
        place.cmake()
    }

    /// Links the archive with the line of the page, and runs what comes of it.
    fn static_as_the_page_says(&self) -> Result {
        let page = std::fs::read_to_string(root().join("docs/c.md"))?;
        let line = page.lines().find(|line| line.contains("-l:libvoxline.a")).ok_or("docs/c.md names no archive")?;
        let folder = self.work.join("static");
        std::fs::create_dir_all(&folder)?;
        std::fs::copy(root().join("bindings/c/examples/prepare_file.c"), folder.join("prepare_file.c"))?;
        let mut shell = command("sh");
        shell.args(["-c", line]).env("PKG_CONFIG_PATH", self.prefix.join("lib/pkgconfig"));
        show_and_run(shell.current_dir(&folder))?;
        let (program, out) = (folder.join("prepare_file"), folder.join("call.wav"));
        show_and_run(command(&program).arg(root().join("assets/call.mp3")).arg(&out))?;
        if output_of(command("readelf").arg("-d").arg(&program))?.contains("libvoxline") {
            return Err("the program needs the shared library, although the page says that it is inside".into());
        }
        match std::fs::metadata(out)?.len() {
            493_040 => Ok(()),
            size => Err(format!("the static program wrote {size} bytes").into()),
        }
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
        self.run_examples(&build)?;
        self.softphone(&build.join("softphone"))?;
        self.split(&build.join("split"))?;
        self.softphone(&build.join("softphone_static"))?;
        self.services(&build)
    }
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
        // Nothing goes to a proxy.
        client.env("NO_PROXY", "127.0.0.1").env(format!("VOXLINE_{service}_ENDPOINT"), &self.url);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_of_the_pages_is_that_of_the_examples() {
        let read = |name: &str| std::fs::read_to_string(root().join(name)).unwrap();
        let mut examples = String::new();
        for entry in std::fs::read_dir(root().join("bindings/c/examples")).unwrap() {
            examples.push_str(&std::fs::read_to_string(entry.unwrap().path()).unwrap());
        }
        let pages = [
            ("docs/c.md", "```c\n", 5),
            ("docs/c.md", "```cpp\n", 10),
            ("README.md", "```c\n", 1),
            ("README.md", "```cpp\n", 1),
        ];
        for (page, fence, least) in pages {
            let text = read(page);
            let blocks: Vec<&str> = text.split(fence).skip(1).filter_map(|rest| rest.split("```").next()).collect();
            assert!(blocks.len() >= least, "{page} has {} blocks of {fence}", blocks.len());
            for block in blocks {
                assert!(examples.contains(block), "{page}: no example has this:\n{block}");
            }
        }
    }
}
