//! Listening for secrets: everything that is logged, whoever logs it, and everything an error can show.

use std::collections::BTreeSet;
use std::error::Error;
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

/// What the ear says itself, to show that it is listening.
const TEST_TONE: &str = "the ear is listening";

/// Hears what the whole process says at level "trace", through `tracing` and through the `log` crate, whichever thread
/// or library says it. Lines with a secret are kept; of the others it is known whether they came.
#[derive(Clone)]
pub struct Ear(Arc<Heard>);

struct Heard {
    needles: Vec<String>,
    lines: AtomicUsize,
    found: Mutex<Vec<String>>,
    text: Option<Mutex<String>>,
    speakers: Mutex<BTreeSet<String>>,
}

impl Ear {
    /// Listens from now on, for the rest of the process; there can be one in a process. `keep` keeps all that is said,
    /// for [`Ear::text`].
    ///
    /// **Errors**: somebody else listens already.
    pub fn listen(needles: &[&str], keep: bool) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let ear = Self(Arc::new(Heard {
            needles: needles.iter().map(|needle| (*needle).to_owned()).collect(),
            lines: AtomicUsize::new(0),
            found: Mutex::default(),
            text: keep.then(Mutex::default),
            speakers: Mutex::default(),
        }));
        log::set_boxed_logger(Box::new(ear.clone()))?;
        log::set_max_level(log::LevelFilter::Trace);
        tracing_subscriber::fmt()
            .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
            .with_span_events(FmtSpan::FULL)
            .with_ansi(false)
            .with_writer(ear.clone())
            .try_init()?;
        log::trace!("{TEST_TONE}");
        if ear.speakers().is_empty() {
            return Err("the log crate is not heard".into());
        }
        guard(&ear.0.speakers).clear();
        Ok(ear)
    }

    /// Lines heard so far.
    pub fn lines(&self) -> usize {
        self.0.lines.load(Ordering::Relaxed)
    }

    /// The lines with a secret in them.
    pub fn found(&self) -> Vec<String> {
        guard(&self.0.found).clone()
    }

    /// All that was said, if it was to be kept.
    pub fn text(&self) -> String {
        self.0.text.as_ref().map(|text| guard(text).clone()).unwrap_or_default()
    }

    /// Who spoke through the `log` crate. A library that dumps what it sends does so in pieces in which no secret would
    /// be found: better that it says nothing at all.
    pub fn speakers(&self) -> Vec<String> {
        guard(&self.0.speakers).iter().cloned().collect()
    }

    fn hear(&self, line: &str) {
        self.0.lines.fetch_add(1, Ordering::Relaxed);
        if self.0.needles.iter().any(|needle| line.contains(needle)) {
            guard(&self.0.found).push(line.to_owned());
        }
        if let Some(text) = &self.0.text {
            guard(text).push_str(line);
        }
    }
}

fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Write for Ear {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.hear(&String::from_utf8_lossy(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Ear {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl log::Log for Ear {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        guard(&self.0.speakers).insert(record.target().to_owned());
        self.hear(&format!("{} {} {}\n", record.level(), record.target(), record.args()));
    }

    fn flush(&self) {}
}

/// Everything that can be shown of an error, its sources included.
pub fn shown(error: &(dyn Error + 'static)) -> String {
    let (mut all, mut next) = (String::new(), Some(error));
    while let Some(error) = next {
        all.push_str(&format!("{error}\n{error:?}\n{error:#?}\n"));
        next = error.source();
    }
    all
}

/// The first secret in a text, with what stands around it.
pub fn find(text: &str, needles: &[&str]) -> Option<String> {
    needles.iter().find_map(|needle| {
        let (before, after) = text.split_once(needle)?;
        let before: Vec<char> = before.chars().rev().take(300).collect();
        let after: String = after.chars().take(60).collect();
        Some(format!("{needle} is shown: {}{needle}{after}", before.iter().rev().collect::<String>()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_anybody_says_is_heard() {
        let ear = Ear::listen(&["secret", "key="], true).unwrap();
        assert!(Ear::listen(&[], false).is_err());
        assert_eq!((ear.speakers().len(), ear.found().len()), (0, 0));
        log::trace!(target: "library", "a secret");
        log::trace!(target: "library", "nothing");
        writeln!(ear.make_writer(), "key=1").unwrap();
        assert_eq!(ear.speakers(), ["library"]);
        assert_eq!(ear.found(), ["TRACE library a secret\n", "key=1\n"]);
        assert!(ear.text().contains("nothing") && ear.lines() >= 4);
    }

    #[test]
    fn sources_of_an_error_are_shown() {
        let inner = std::io::Error::other("inside");
        assert!(shown(&std::io::Error::other(inner)).contains("inside"));
        assert_eq!(find("a key=1", &["no", "key="]).unwrap(), "key= is shown: a key=1");
        assert_eq!(find("a", &["no"]), None);
    }
}
