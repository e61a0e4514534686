//! What the tests share.

use std::io::Read;
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use voxline::options::HttpOptions;
use voxline_sim::RecordingBody;

/// Back-offs of a few milliseconds, and time enough for a machine that is busy with other things.
pub(crate) fn quick() -> HttpOptions {
    let mut options = HttpOptions::default();
    options.max_attempts = 3;
    (options.backoff_initial_ms, options.backoff_max_ms) = (1, 5);
    (options.connect_timeout_ms, options.read_timeout_ms, options.total_timeout_ms) = (5_000, 5_000, 10_000);
    options
}

/// Runs `work` on a thread of its own; it hangs if it has not returned a second after its own deadline.
pub(crate) fn within<T: Send + 'static>(
    http: &HttpOptions,
    what: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> T {
    let (done, result) = mpsc::channel();
    std::thread::spawn(move || done.send(work()));
    let limit = Duration::from_millis(http.total_timeout_ms + 1_000);
    result.recv_timeout(limit).unwrap_or_else(|error| panic!("{what}: {error}, after at most {limit:?}"))
}

/// Compares what is read with the recording, piece by piece; gives its length.
pub(crate) fn assert_same(mut read: impl Read, body: &RecordingBody, what: &str) {
    let (mut position, mut got, mut expected) = (0, vec![0; 256 << 10], vec![0; 256 << 10]);
    loop {
        let n = read.read(&mut got).unwrap_or_else(|error| panic!("{what}: {error}"));
        let known = body.read_at(position, &mut expected[..n.max(1)]);
        if n == 0 {
            assert_eq!(known, 0, "{what}: it ends after {position} bytes");
            return;
        }
        assert!(got[..n] == expected[..known], "{what}: differs within {n} bytes from {position}");
        position += n as u64;
    }
}

pub(crate) fn assert_same_file(path: &Path, body: &RecordingBody, what: &str) {
    assert_same(std::fs::File::open(path).unwrap_or_else(|error| panic!("{what}: {error}")), body, what);
}

/// Names of the files in a folder.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// The most memory this process ever had (`VmHWM`); `None` where the system does not say.
pub(crate) fn peak_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kib| kib << 10)
}
