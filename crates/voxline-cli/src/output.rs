//! Where results go: a file that appears only when it is complete, or standard output.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Stdout, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tempfile::{NamedTempFile, SpooledTempFile};
use voxline::{Error, Result, Sink};

use crate::interrupt;

/// Unfinished files, which an interrupt must not leave behind.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
/// WAV for standard output is kept in memory up to this size, beyond in a temporary file, until its length is known.
const SPOOL_BYTES: usize = 4 << 20;

/// An open output.
#[derive(Debug)]
pub(crate) enum Output {
    /// Written beside its final name and renamed at the end.
    File { file: NamedTempFile, path: PathBuf },
    /// Something that is no regular file, such as a device or a pipe: written in place.
    Special { file: File, path: PathBuf, spool: Option<SpooledTempFile> },
    /// Standard output.
    Standard { out: Stdout, spool: Option<SpooledTempFile> },
}

impl Output {
    /// Opens `path`, `-` being standard output. `rewritten` says that the start will be written again at the end, which
    /// needs a spool where that cannot be done in place.
    ///
    /// **Errors**: i/o, naming the path.
    pub(crate) fn open(path: &Path, rewritten: bool) -> Result<Self> {
        let failed = |e| Error::io("open output", path.display(), e);
        let spool = rewritten.then(|| SpooledTempFile::new(SPOOL_BYTES));
        if path.as_os_str() == "-" {
            return Ok(Self::Standard { out: io::stdout(), spool });
        }
        if path.is_dir() || path.as_os_str().as_encoded_bytes().ends_with(b"/") {
            return Err(failed(io::ErrorKind::IsADirectory.into()));
        }
        if path.exists() && !path.is_file() {
            let file = OpenOptions::new().write(true).open(path).map_err(failed)?;
            return Ok(Self::Special { file, path: path.to_owned(), spool });
        }
        // A link keeps being one: its target is replaced.
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let mut builder = tempfile::Builder::new();
        let prefix = format!(".{name}.");
        builder.prefix(&prefix).suffix(".part");
        #[cfg(unix)]
        {
            // The umask narrows this, as for any new file.
            use std::os::unix::fs::PermissionsExt as _;
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        interrupt::watch();
        // The error of tempfile names the temporary file, which nobody asked for.
        let file = builder.tempfile_in(folder).map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => {
                let what = format!("the folder {} does not exist", folder.display());
                failed(io::Error::new(io::ErrorKind::NotFound, what))
            }
            kind => failed(kind.into()),
        })?;
        unfinished().push(file.path().to_owned());
        Ok(Self::File { file, path })
    }

    /// Puts the complete result in its place.
    ///
    /// **Errors**: i/o, naming the path; the file under the final name is then what it was before.
    pub(crate) fn commit(self) -> Result<()> {
        match self {
            Self::File { file, path } => {
                let part = file.path().to_owned();
                let result = file.persist(&path).map_err(|e| Error::io("write output", path.display(), e.error));
                unfinished().retain(|known| *known != part);
                result.map(drop)
            }
            Self::Special { mut file, path, spool } => {
                drain(spool, &mut file).map_err(|e| Error::io("write output", path.display(), e))
            }
            Self::Standard { mut out, spool } => {
                drain(spool, &mut out).map_err(|e| Error::io("write output", "standard output", e))
            }
        }
    }

    fn writer(&mut self) -> &mut dyn Write {
        match self {
            Self::File { file, .. } => file,
            Self::Special { spool: Some(spool), .. } | Self::Standard { spool: Some(spool), .. } => spool,
            Self::Special { file, .. } => file,
            Self::Standard { out, .. } => out,
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer().flush()
    }
}

impl Sink for Output {
    fn rewrite_start(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::File { file, .. } => file.as_file_mut().rewrite_start(bytes),
            Self::Special { spool: Some(spool), .. } | Self::Standard { spool: Some(spool), .. } => {
                spool.seek(SeekFrom::Start(0))?;
                spool.write_all(bytes)?;
                spool.seek(SeekFrom::End(0)).map(drop)
            }
            Self::Special { .. } | Self::Standard { .. } => Err(io::ErrorKind::NotSeekable.into()),
        }
    }
}

fn drain(spool: Option<SpooledTempFile>, to: &mut dyn Write) -> io::Result<()> {
    if let Some(mut spool) = spool {
        spool.seek(SeekFrom::Start(0))?;
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match spool.read(&mut buffer)? {
                0 => break,
                n => to.write_all(&buffer[..n])?,
            }
        }
    }
    to.flush()
}

fn unfinished() -> std::sync::MutexGuard<'static, Vec<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What an interrupt does: nothing half-written is left.
pub(crate) fn remove_unfinished() {
    for path in unfinished().drain(..) {
        drop(std::fs::remove_file(path));
    }
}
