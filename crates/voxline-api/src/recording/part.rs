//! The unfinished file beside the one that is wanted.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use voxline_core::{Error, ErrorKind, Result};

use super::download::OP;
use super::fetch::Beginning;
use super::range::Version;
use super::request::RecordingId;
use super::verify::OVERLAP_BYTES;
use crate::http::Url;

/// Longest note taken. Ours have less than 1 KiB.
const MAX_NOTE_BYTES: u64 = 64 << 10;

/// Which recording a file is of. No secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Identity {
    api: String,
    user_id: String,
    task_id: String,
    record_id: String,
    sub_user_id: Option<String>,
}

impl Identity {
    pub(super) fn new(base: &Url, id: &RecordingId) -> Self {
        Self {
            api: base.to_string(),
            user_id: id.user_id.clone(),
            task_id: id.task_id.clone(),
            record_id: id.record_id.clone(),
            sub_user_id: id.sub_user_id.clone(),
        }
    }
}

/// What stands beside the unfinished file, so that a later try knows what it is of.
#[derive(Debug, Serialize, Deserialize)]
struct Note {
    recording: Identity,
    file: Version,
}

/// A file that is being filled. Locked, so that two downloads do not write into each other.
pub(super) struct PartFile {
    file: File,
    target: PathBuf,
    part: PathBuf,
    note: PathBuf,
    identity: Identity,
    resume: bool,
    /// Whether what is in the file is ours.
    touched: bool,
}

impl PartFile {
    /// Opens or creates the file beside `target`.
    pub(super) fn open(target: &Path, identity: Identity, resume: bool) -> Result<Self> {
        let refuse = |what: &str| {
            let what = format!("\"{}\" {what}", target.display());
            Err(Error::new(ErrorKind::InvalidArgument, OP, what))
        };
        if target.file_name().is_none() {
            return refuse("is not the name of a file");
        }
        if target.metadata().is_ok_and(|found| !found.is_file()) {
            return refuse("is there and is not a regular file");
        }
        let beside = |suffix: &str| {
            let mut name = OsString::from(target.as_os_str());
            name.push(suffix);
            PathBuf::from(name)
        };
        let (part, note) = (beside(".part"), beside(".part.json"));
        let file = open_locked(&part)?;
        Ok(Self { file, target: target.to_owned(), part, note, identity, resume, touched: false })
    }

    /// What an earlier try left, if it is of the same recording. The file stands behind it.
    pub(super) fn beginning(&mut self) -> Result<Beginning> {
        let Some(version) = self.noted_version() else { return Ok(Beginning::default()) };
        let failed = |e| Error::io(OP, self.part.display(), e);
        let position = self.file.metadata().map_err(failed)?.len();
        // Without a known length nothing could tell whether more is to come.
        if position == 0 || version.total_bytes.is_none_or(|total| position > total) {
            return Ok(Beginning::default());
        }
        let from = position.saturating_sub(OVERLAP_BYTES as u64);
        let mut tail = Vec::new();
        self.file.seek(SeekFrom::Start(from)).map_err(failed)?;
        (&self.file).take(OVERLAP_BYTES as u64).read_to_end(&mut tail).map_err(failed)?;
        Ok(Beginning { position, tail, version })
    }

    /// A note that cannot be read, or is of another recording, is as if it were not there.
    fn noted_version(&self) -> Option<Version> {
        if !self.resume {
            return None;
        }
        let mut text = Vec::new();
        File::open(&self.note).ok()?.take(MAX_NOTE_BYTES).read_to_end(&mut text).ok()?;
        let note: Note = serde_json::from_slice(&text).ok()?;
        (note.recording == self.identity).then_some(note.file)
    }

    /// Empties the file and notes of which version it will be. In this order: a note is never beside older bytes.
    pub(super) fn restart(&mut self, version: &Version) -> Result<()> {
        self.touched = true;
        let failed = |e| Error::io(OP, self.part.display(), e);
        self.file.set_len(0).map_err(failed)?;
        self.file.rewind().map_err(failed)?;
        if !self.resume {
            return Ok(());
        }
        let note = Note { recording: self.identity.clone(), file: version.clone() };
        let text = serde_json::to_vec(&note).map_err(|e| Error::new(ErrorKind::Internal, OP, e.to_string()))?;
        std::fs::write(&self.note, text).map_err(|e| Error::io(OP, self.note.display(), e))
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.write_all(bytes).map_err(|e| Error::io(OP, self.part.display(), e))
    }

    /// Makes sure that all `bytes` are on disk and gives the file its name.
    pub(super) fn finish(&mut self, bytes: u64) -> Result<()> {
        let failed = |e| Error::io(OP, self.part.display(), e);
        let length = self.file.metadata().map_err(failed)?.len();
        if length != bytes {
            let what = format!("{}: {length} bytes are in the file, {bytes} were written", self.part.display());
            return Err(Error::new(ErrorKind::Io, OP, what));
        }
        self.file.sync_all().map_err(failed)?;
        std::fs::rename(&self.part, &self.target).map_err(|e| Error::io(OP, self.target.display(), e))?;
        sync_folder(&self.target);
        remove(&self.note);
        Ok(())
    }

    /// Leaves what a later try can go on with, and nothing else. What an earlier try left is not touched before there
    /// is something to put in its place.
    pub(super) fn give_up(&self) {
        let length = self.file.metadata().map_or(0, |found| found.len());
        if !self.touched && length > 0 {
            return;
        }
        if self.noted_version().is_none_or(|version| length == 0 || version.total_bytes.is_none()) {
            remove(&self.part);
            remove(&self.note);
        }
    }
}

fn open_locked(path: &Path) -> Result<File> {
    let failed = |e| Error::io(OP, path.display(), e);
    loop {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map_err(failed)?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => {
                let what = format!("another download writes to \"{}\" at this moment", path.display());
                return Err(Error::new(ErrorKind::InvalidState, OP, what));
            }
            // A file system without locks: the caller has to take care.
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
        // Whoever held the lock before may have renamed or removed the file in the meantime.
        if is_still_at(&file, path).map_err(failed)? {
            return Ok(file);
        }
    }
}

#[cfg(unix)]
fn is_still_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let ours = file.metadata()?;
    match std::fs::symlink_metadata(path) {
        Ok(found) => Ok((found.dev(), found.ino()) == (ours.dev(), ours.ino()) || found.is_symlink()),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(e),
    }
}

#[cfg(not(unix))]
fn is_still_at(_file: &File, path: &Path) -> io::Result<bool> {
    path.try_exists()
}

/// The new name is on disk only when the folder is. Not every system can do that; the file itself is safe.
fn sync_folder(path: &Path) {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    if let Err(error) = File::open(folder).and_then(|folder| folder.sync_all()) {
        tracing::debug!(%error, "the folder was not synchronised");
    }
}

/// Removes what may not be there.
fn remove(path: &Path) {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::warn!(path = %path.display(), %error, "left behind");
        }
        _ => {}
    }
}
