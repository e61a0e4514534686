//! A recording as a file: whole, or not there.

use std::path::{Path, PathBuf};

use voxline_core::Result;

use super::client::RecordingClient;
use super::fetch::{Fetch, Piece, Restart};
use super::part::{Identity, PartFile};
use super::request::RecordingId;
use super::url::RecordingUrl;
use crate::http::CancelToken;

pub(super) const OP: &str = "download recording";
/// Bytes written at once.
const PIECE_BYTES: usize = 64 << 10;

/// How a recording is downloaded.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DownloadOptions {
    /// Whether to go on with the `.part` file of an earlier try, and to leave one behind when this one fails; default
    /// yes.
    pub resume: bool,
}

impl Default for DownloadOptions {
    fn default() -> Self {
        Self { resume: true }
    }
}

impl DownloadOptions {
    /// Sets [`DownloadOptions::resume`].
    #[must_use]
    pub fn with_resume(mut self, resume: bool) -> Self {
        self.resume = resume;
        self
    }
}

/// How far a download is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct DownloadProgress {
    /// Bytes that are there, those of an earlier try included. It can fall when the file changed at the server.
    pub received_bytes: u64,
    /// Bytes there will be, if the server said so.
    pub total_bytes: Option<u64>,
}

/// A finished download.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Downloaded {
    /// Where the file is.
    pub path: PathBuf,
    /// Its length.
    pub bytes: u64,
    /// How many of them an earlier try had brought.
    pub resumed_bytes: u64,
    /// What the server says about the format. The bytes themselves are more reliable.
    pub content_type: Option<String>,
}

impl RecordingClient {
    /// Finds a recording and downloads it to `path`. A file that is there already is replaced.
    ///
    /// What arrives goes to `path` with `.part` behind it (and a note in `.part.json`, which names the recording and
    /// the version of the file but holds no secret). Only when all bytes are there and on disk does the file get its
    /// name. A lost connection, or a later call after a failed one, goes on where it stopped if the server still has
    /// the same file: same length, same `ETag` or date, same last bytes.
    ///
    /// `progress` is called once at the start and after every piece.
    ///
    /// **Errors**: those of [`RecordingClient::open_with`]; [`voxline_core::ErrorKind::InvalidArgument`] for a path
    /// that cannot be a file, [`voxline_core::ErrorKind::InvalidState`] if another download writes to the same path,
    /// [`voxline_core::ErrorKind::Io`] when writing fails.
    ///
    /// **Allocation**: one buffer of 64 KiB, whatever the length.
    pub fn download(
        &self,
        id: &RecordingId,
        path: impl AsRef<Path>,
        options: &DownloadOptions,
        progress: impl FnMut(DownloadProgress),
        cancel: &CancelToken,
    ) -> Result<Downloaded> {
        self.save(id, None, path.as_ref(), options, progress, cancel)
    }

    /// The same for an address that was found before.
    ///
    /// **Errors**: as [`RecordingClient::download`].
    pub fn download_url(
        &self,
        url: &RecordingUrl,
        path: impl AsRef<Path>,
        options: &DownloadOptions,
        progress: impl FnMut(DownloadProgress),
        cancel: &CancelToken,
    ) -> Result<Downloaded> {
        self.save(url.id(), Some(url.clone()), path.as_ref(), options, progress, cancel)
    }

    fn save(
        &self,
        id: &RecordingId,
        url: Option<RecordingUrl>,
        path: &Path,
        options: &DownloadOptions,
        mut progress: impl FnMut(DownloadProgress),
        cancel: &CancelToken,
    ) -> Result<Downloaded> {
        id.check()?;
        let identity = Identity::new(&self.0.base, id);
        let mut part = PartFile::open(path, identity, options.resume)?;
        let beginning = part.beginning()?;
        let mut resumed_bytes = beginning.position;
        let fetch = Fetch::new(&self.0, OP, id.clone(), url, Restart::Anew, cancel).after(beginning);
        let result = fill(&mut part, fetch, &mut resumed_bytes, &mut progress).and_then(|fetch| {
            let bytes = fetch.position();
            part.finish(bytes)?;
            let content_type = fetch.content_type().map(str::to_owned);
            Ok(Downloaded { path: path.to_owned(), bytes, resumed_bytes, content_type })
        });
        if result.is_err() {
            part.give_up();
        }
        result
    }
}

fn fill(
    part: &mut PartFile,
    mut fetch: Fetch,
    resumed_bytes: &mut u64,
    progress: &mut impl FnMut(DownloadProgress),
) -> Result<Fetch> {
    let mut buffer = vec![0; PIECE_BYTES];
    // Also when nothing is there yet, the note belongs to the file that is begun now.
    let mut anew = fetch.begin()? || *resumed_bytes == 0;
    loop {
        if anew {
            *resumed_bytes = 0;
            part.restart(fetch.version())?;
        }
        progress(DownloadProgress { received_bytes: fetch.position(), total_bytes: fetch.version().total_bytes });
        anew = match fetch.next(&mut buffer)? {
            Piece::Data(n) => {
                part.write(buffer.get(..n).unwrap_or_default())?;
                false
            }
            Piece::Restarted => true,
            Piece::End => return Ok(fetch),
        };
    }
}
