//! External programs and data a test may want: found, or the test counts as skipped.

use std::env;
use std::ffi::OsStr;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Where the external program `tool` is, or `None` when the calling test has to skip.
///
/// A test that gets `None` returns at once; that it did so is printed and counted by `cargo xtask test`.
/// `VOXLINE_TOOLS`, a comma-separated list, narrows the choice to the tools it names (empty: none), which is how
/// a machine without them is played.
///
/// **Panics** when the tool is missing and `CI=true`: there nothing may be skipped.
///
/// ```
/// let Some(lame) = voxline_testkit::tools::require("lame") else { return };
/// assert!(lame.is_absolute());
/// ```
#[expect(clippy::panic, reason = "in CI a missing tool has to fail the test that asked for it")]
pub fn require(tool: &str) -> Option<PathBuf> {
    let found = find(tool, env::var_os("PATH").as_deref(), env::var("VOXLINE_TOOLS").ok().as_deref());
    if found.is_none() {
        if env::var_os("CI").is_some_and(|ci| ci == "true") {
            panic!(
                "this test needs the program {tool}; with CI=true nothing is skipped: `cargo xtask test` installs it"
            );
        }
        skip(&format!("needs {tool}"));
    }
    found
}

/// The folder of conformance vectors named by `VOXLINE_VECTORS`, or `None` when the calling test has to skip.
///
/// Missing vectors are no failure anywhere: a fresh clone does not have them.
pub fn vectors() -> Option<PathBuf> {
    let folder = env::var_os("VOXLINE_VECTORS").filter(|v| !v.is_empty()).map(PathBuf::from);
    let folder = folder.filter(|f| f.is_dir());
    if folder.is_none() {
        skip("needs the conformance vectors (VOXLINE_VECTORS)");
    }
    folder
}

/// Says that the calling test skips, and why; `cargo xtask test` counts it through the file `VOXLINE_SKIP_LOG`.
#[expect(clippy::print_stderr, reason = "the person at the terminal must learn that a test did not run")]
pub fn skip(reason: &str) {
    eprintln!("skipped: {reason}");
    let Some(log) = env::var_os("VOXLINE_SKIP_LOG") else { return };
    // libtest names the thread after the test.
    let thread = std::thread::current();
    let line = format!("{}\t{reason}\n", thread.name().unwrap_or("?"));
    // One write in append mode: tests of several processes share the file. A log that cannot be written is no reason
    // to fail a test that would have been skipped.
    if let Ok(mut file) = OpenOptions::new().create(true).append(true).open(log) {
        drop(file.write_all(line.as_bytes()));
    }
}

fn find(tool: &str, path: Option<&OsStr>, allowed: Option<&str>) -> Option<PathBuf> {
    if allowed.is_some_and(|list| list.split(',').all(|name| name.trim() != tool)) {
        return None;
    }
    env::split_paths(path?).map(|folder| folder.join(tool)).find(|file| is_program(file))
}

#[cfg(unix)]
fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.metadata().is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(file: &Path) -> bool {
    file.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn a_tool_is_an_executable_file_on_the_path() {
        let path = OsStr::new("/nowhere:/bin:/usr/bin");
        assert_eq!(find("sh", Some(path), None).unwrap().file_name().unwrap(), "sh");
        assert_eq!(find("no-such-program", Some(path), None), None);
        // A file that is there but cannot be run is not the tool.
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert!(folder.join("Cargo.toml").is_file());
        assert_eq!(find("Cargo.toml", Some(folder.as_os_str()), None), None);
        assert_eq!(find("sh", None, None), None);
    }

    #[test]
    #[cfg(unix)]
    fn the_list_of_allowed_tools_narrows_the_choice() {
        let path = OsStr::new("/bin:/usr/bin");
        assert!(find("sh", Some(path), Some("lame, sh")).is_some());
        assert_eq!(find("sh", Some(path), Some("lame")), None);
        assert_eq!(find("sh", Some(path), Some("")), None);
    }
}
