//! The files of a ledger: for their owner alone, and one run at a time.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use voxline_core::{Error, ErrorKind, Result};

use super::OP;
use crate::transcription::ledger::RunLock;

/// Makes the file for its owner alone, if it is not there: it will hold links that need no other key.
///
/// One that is there is not opened: closing it again would take away the locks that another connection of this
/// process holds on it, as POSIX has it.
pub(super) fn make_private(path: &Path) -> Result<()> {
    let fail = |e| Error::io(OP, path.display(), e);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(file) => {
            file.sync_all().map_err(fail)?;
            sync_parent(path)
        }
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(e) => Err(fail(e)),
    }
}

/// Closes a ledger that is known to be one, and what SQLite keeps beside it, to everybody but its owner.
#[cfg(unix)]
pub(super) fn close_to_others(ledger: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    for path in ["", "-wal", "-shm", "-journal", "-lock"].map(|ending| beside(ledger, ending)) {
        let shared = match std::fs::metadata(&path) {
            Ok(metadata) => metadata.permissions().mode() & 0o077 != 0,
            // Another connection may just be taking it away.
            Err(_) => false,
        };
        if shared {
            let closed = std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600));
            closed.map_err(|e| Error::io(OP, path.display(), e))?;
        }
    }
    Ok(())
}

#[cfg(not(unix))]
pub(super) fn close_to_others(_: &Path) -> Result<()> {
    Ok(())
}

fn beside(ledger: &Path, ending: &str) -> PathBuf {
    let mut path = ledger.as_os_str().to_owned();
    path.push(ending);
    PathBuf::from(path)
}

/// Makes a new name in a folder last.
fn sync_parent(path: &Path) -> Result<()> {
    if cfg!(unix) {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(parent).and_then(|folder| folder.sync_all()).map_err(|e| Error::io(OP, parent.display(), e))?;
    }
    Ok(())
}

/// The lock of a run: a file beside the ledger.
pub(super) fn lock(ledger: &Path) -> Result<RunLock> {
    let path = beside(ledger, "-lock");
    make_private(&path)?;
    let file = OpenOptions::new().write(true).open(&path).map_err(|e| Error::io(OP, path.display(), e))?;
    match file.try_lock() {
        Ok(()) => Ok(RunLock::new(Locked(file))),
        Err(TryLockError::WouldBlock) => {
            let what = format!("{}: another run is using this ledger", ledger.display());
            Err(Error::new(ErrorKind::InvalidState, OP, what))
        }
        Err(TryLockError::Error(e)) => Err(Error::io(OP, path.display(), e)),
    }
}

/// The file that is locked. It is unlocked on purpose: a process that is just being started by another thread still has
/// a copy of the file, and with it the lock.
struct Locked(File);

impl Drop for Locked {
    fn drop(&mut self) {
        // If it fails, closing does it.
        let _ = self.0.unlock();
    }
}
