//! Progress on a terminal, quiet otherwise.

use std::ops::ControlFlow;
use std::sync::LazyLock;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use voxline::Progress;

/// All bars together, so that several at the same time stand below each other.
static BARS: LazyLock<MultiProgress> = LazyLock::new(MultiProgress::new);

/// Prints, with the bars out of the way.
pub(crate) fn aside<T>(print: impl FnOnce() -> T) -> T {
    BARS.suspend(print)
}

/// A bar that follows the bytes of an input. indicatif draws only on a terminal and not more than 20 times a second.
pub(crate) struct Bar(ProgressBar);

impl Bar {
    pub(crate) fn new(name: &str) -> Self {
        let bar = BARS.add(ProgressBar::no_length());
        bar.set_prefix(name.to_owned());
        bar.set_style(style("{prefix} {bytes} {spinner}"));
        Self(bar)
    }

    /// What the library calls.
    pub(crate) fn update(&self, progress: Progress) -> ControlFlow<()> {
        self.bytes(progress.input_bytes, progress.input_total_bytes);
        ControlFlow::Continue(())
    }

    /// So many bytes of so many.
    pub(crate) fn bytes(&self, bytes: u64, total: Option<u64>) {
        if let Some(total) = total.filter(|_| self.0.length().is_none()) {
            self.0.set_length(total);
            self.0.set_style(style("{prefix} [{wide_bar}] {percent}% {bytes_per_sec} {eta}"));
        }
        self.0.set_position(bytes);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
        BARS.remove(&self.0);
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
