//! What tests and comparisons need from outside: programs and a Python environment.

use std::path::{Path, PathBuf};

use crate::run::{Result, command, output_of, show_and_run, succeeds};

/// A program, the Debian package that brings it, and how to see that it works.
pub(crate) struct Tool {
    /// The program's name.
    pub(crate) name: &'static str,
    packages: &'static [&'static str],
    probe: &'static [&'static str],
    /// What the probe has to print; empty: it has to succeed.
    says: &'static str,
}

/// The programs that tests call.
pub(crate) const TOOLS: &[Tool] = &[
    Tool { name: "lame", packages: &["lame"], probe: &["--version"], says: "" },
    // Debian's sox reads MP3 through a package of its own; it prints its help and fails, whatever it knows.
    Tool { name: "sox", packages: &["sox", "libsox-fmt-mp3"], probe: &["--help-format", "mp3"], says: "Reads: yes" },
    Tool { name: "ffmpeg", packages: &["ffmpeg"], probe: &["-version"], says: "" },
    Tool { name: "mpg123", packages: &["mpg123"], probe: &["--version"], says: "" },
    // Hears what we encode and makes what we decode; the package brings libspeex, the oracle of the codec's tests.
    Tool { name: "speexdec", packages: &["speex"], probe: &["--version"], says: "" },
    Tool { name: "speexenc", packages: &["speex"], probe: &["--version"], says: "" },
    Tool { name: "espeak-ng", packages: &["espeak-ng"], probe: &["--version"], says: "" },
    Tool { name: "gcc", packages: &["gcc", "libc6-dev"], probe: &["--version"], says: "" },
    Tool { name: "g++", packages: &["g++"], probe: &["--version"], says: "" },
    // clang++ comes with it.
    Tool { name: "clang", packages: &["clang"], probe: &["--version"], says: "" },
    Tool { name: "cmake", packages: &["cmake", "make"], probe: &["--version"], says: "" },
    Tool { name: "valgrind", packages: &["valgrind", "libc6-dbg"], probe: &["--version"], says: "" },
    Tool { name: "pkg-config", packages: &["pkg-config"], probe: &["--version"], says: "" },
];

/// What `compare` calls besides: GNU time, which measures memory (a shell's built-in of that name does not).
pub(crate) const TIMER: Tool = Tool { name: "time", packages: &["time"], probe: &["--version"], says: "" };

/// Which of the tools are there and which are not; missing ones are installed first, as root on a Debian.
pub(crate) fn install_missing(tools: &[&Tool]) -> (Vec<&'static str>, Vec<&'static str>) {
    let missing: Vec<&Tool> = tools.iter().filter(|tool| !works(tool)).copied().collect();
    if !missing.is_empty() && may_install() {
        let packages: Vec<&str> = missing.iter().flat_map(|tool| tool.packages).copied().collect();
        if let Err(error) = install(&packages) {
            println!("{error}");
        }
    }
    let (present, missing): (Vec<&Tool>, Vec<&Tool>) = tools.iter().partition(|tool| works(tool));
    let names = |tools: Vec<&Tool>| tools.iter().map(|tool| tool.name).collect();
    (names(present), names(missing))
}

fn works(tool: &Tool) -> bool {
    let mut probe = command(tool.name);
    probe.args(tool.probe);
    if tool.says.is_empty() {
        succeeds(&mut probe)
    } else {
        probe.output().is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains(tool.says))
    }
}

fn may_install() -> bool {
    let is_root = output_of(command("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    is_root && succeeds(command("apt-get").arg("--version"))
}

fn install(packages: &[&str]) -> Result {
    show_and_run(apt().arg("update"))?;
    show_and_run(apt().args(["install", "--yes", "--no-install-recommends"]).args(packages))
}

fn apt() -> std::process::Command {
    let mut apt = command("apt-get");
    apt.args(["-q", "-o", "DPkg::Lock::Timeout=120"]).env("DEBIAN_FRONTEND", "noninteractive");
    apt
}

/// The Python of an environment in the target folder that holds what `requirements` pins.
pub(crate) fn python(target: &Path, name: &str, requirements: &Path) -> Result<PathBuf> {
    python_of(Path::new("python3"), target, name, requirements)
}

/// The same for another interpreter than the usual one.
pub(crate) fn python_of(interpreter: &Path, target: &Path, name: &str, requirements: &Path) -> Result<PathBuf> {
    let folder = target.join(name);
    let python = folder.join("bin/python");
    let wanted = std::fs::read_to_string(requirements)?;
    // Written last: an environment that was interrupted half-way is made again.
    let stamp = folder.join("requirements.installed");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) && python.exists() {
        return Ok(python);
    }
    show_and_run(command(interpreter).args(["-m", "venv", "--clear"]).arg(&folder))?;
    show_and_run(command(&python).args(["-m", "pip", "install", "--quiet", "--no-input", "-r"]).arg(requirements))?;
    std::fs::write(stamp, wanted)?;
    Ok(python)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHELL: Tool = Tool { name: "sh", packages: &[], probe: &["-c", "echo Reads: yes; exit 1"], says: "" };

    #[test]
    fn a_tool_works_when_its_probe_succeeds_or_says_what_it_should() {
        assert!(!works(&SHELL));
        assert!(works(&Tool { says: "Reads: yes", ..SHELL }));
        assert!(!works(&Tool { says: "Writes: yes", ..SHELL }));
        assert!(works(&Tool { probe: &["-c", "exit 0"], ..SHELL }));
        assert!(!works(&Tool { name: "no-such-program", says: "Reads: yes", ..SHELL }));
    }
}
