//! Credentials: from the environment or a file that only its owner can read, never from the command line.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use voxline::{Error, Secret};

use crate::fail::Fail;

/// A credentials file is a few lines.
const MOST_BYTES: u64 = 64 * 1024;

/// Where credentials come from.
#[derive(Debug, Default)]
pub(crate) struct Credentials(HashMap<String, Secret>);

impl Credentials {
    /// Reads `file`, if one is given: lines `NAME=value` with the names of the environment variables, `#` for remarks.
    pub(crate) fn load(file: Option<&Path>) -> Result<Self, Fail> {
        let Some(path) = file else { return Ok(Self::default()) };
        let failed = |e| Fail::from(Error::io("read credentials", path.display(), e));
        let mut opened = File::open(path).map_err(failed)?;
        refuse_if_shared(&opened, path)?;
        let mut text = String::new();
        opened.by_ref().take(MOST_BYTES).read_to_string(&mut text).map_err(failed)?;
        let mut credentials = HashMap::new();
        for (line, number) in text.lines().map(str::trim).zip(1..) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            // The line itself is not shown: it may be a secret without its name.
            let Some((name, value)) = line.split_once('=') else {
                return Err(Fail::usage_text(format!("{}, line {number}: write NAME=value", path.display())));
            };
            credentials.insert(name.trim().to_owned(), Secret::new(value.trim()));
        }
        Ok(Self(credentials))
    }

    /// The credential `name`: the environment variable, else the line of the file.
    pub(crate) fn get(&self, name: &str) -> Option<Secret> {
        let variable = std::env::var(name).ok().filter(|text| !text.is_empty()).map(Secret::new);
        variable.or_else(|| self.0.get(name).filter(|secret| !secret.is_empty()).cloned())
    }
}

#[cfg(unix)]
fn refuse_if_shared(file: &File, path: &Path) -> Result<(), Fail> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = file.metadata().map_err(|e| Error::io("read credentials", path.display(), e))?.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let path = path.display();
    Err(Fail::usage_text(format!("{path} can be read by others (mode {:o}): chmod 600 {path}", mode & 0o777)))
}

#[cfg(not(unix))]
fn refuse_if_shared(_: &File, _: &Path) -> Result<(), Fail> {
    Ok(())
}
