//! The CPythons of this machine.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::run::{command, output_of};

/// The oldest one that the wheel is for.
const OLDEST: (u32, u32) = (3, 11);

/// Prints `cpython 3 12`; a build without the lock cannot load a wheel of the stable ABI and says so.
const PROBE: &str = "import sys, sysconfig; print('free' if sysconfig.get_config_var('Py_GIL_DISABLED') else \
                     sys.implementation.name, *sys.version_info[:2])";

/// Every CPython that the wheel is for besides the version of `first`: one a version, oldest first.
pub(crate) fn others(first: &Path) -> Vec<(PathBuf, String)> {
    let own = version(first);
    let mut found = BTreeMap::new();
    for python in candidates(&folders()) {
        // The one of the path comes before those of a version manager, whose stand-ins on the path may be dead.
        if let Some(version) = version(&python).filter(|version| Some(*version) != own) {
            found.entry(version).or_insert(python);
        }
    }
    found.into_iter().map(|((major, minor), python)| (python, format!("{major}.{minor}"))).collect()
}

/// Where interpreters are: on the path, where systems put them, and those of pyenv.
fn folders() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    folders.extend(["/usr/bin", "/usr/local/bin"].map(PathBuf::from));
    let home = std::env::var_os("HOME").map(|home| Path::new(&home).join(".pyenv"));
    let versions = std::env::var_os("PYENV_ROOT").map(PathBuf::from).or(home).map(|root| root.join("versions"));
    folders.extend(versions.into_iter().flat_map(|versions| entries(&versions)).map(|version| version.join("bin")));
    folders
}

/// The files named `python3.N` there.
fn candidates(folders: &[PathBuf]) -> Vec<PathBuf> {
    folders.iter().flat_map(|folder| entries(folder)).filter(|file| is_python(file)).collect()
}

fn is_python(file: &Path) -> bool {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.strip_prefix("python3.").is_some_and(|minor| !minor.is_empty() && minor.bytes().all(|b| b.is_ascii_digit()))
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())).collect();
    entries.sort();
    entries
}

/// `(3, 12)`, for a CPython that starts and is not too old.
fn version(python: &Path) -> Option<(u32, u32)> {
    parsed(&output_of(command(python).args(["-c", PROBE])).ok()?)
}

fn parsed(said: &str) -> Option<(u32, u32)> {
    let mut words = said.split_whitespace();
    let is_cpython = words.next()? == "cpython";
    let version = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    (is_cpython && version >= OLDEST).then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_cpython_that_is_new_enough_counts() {
        assert_eq!(parsed("cpython 3 11\n"), Some((3, 11)));
        assert_eq!(parsed("cpython 3 14\n"), Some((3, 14)));
        for other in ["cpython 3 10\n", "cpython 2 7\n", "pypy 3 11\n", "free 3 13\n", "", "cpython three 11"] {
            assert_eq!(parsed(other), None, "{other}");
        }
    }

    #[test]
    fn names_are_those_of_interpreters() {
        assert!(is_python(Path::new("/x/python3.12")));
        for other in ["python3", "python3.", "python3.12-config", "python3.13t", "xpython3.12", "python2.7"] {
            assert!(!is_python(&Path::new("/x").join(other)), "{other}");
        }
    }
}
