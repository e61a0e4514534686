//! Listening to `tracing`, and handing what is said to a C function.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ffi::{c_char, c_void};
use std::fmt::{self, Write as _};
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use crate::boundary::c_text;
use crate::log::voxline_log_level;

/// The function of a sink.
pub(crate) type Log = unsafe extern "C" fn(*mut c_void, i32, *const c_char, *const c_char);

/// Who is told.
pub(crate) struct Sink {
    pub(crate) log: Log,
    pub(crate) userdata: *mut c_void,
    /// A `voxline_log_level`: a line that was begun under an earlier sink may be more than this one wants to hear.
    pub(crate) level: i32,
}

// SAFETY: the header says that the function is called in any thread, with what it was given.
unsafe impl Send for Sink {}
// SAFETY: as above, and in several at once.
unsafe impl Sync for Sink {}

/// A sink and the threads that are in its function.
struct Told {
    sink: Sink,
    count: Mutex<usize>,
    changed: Condvar,
}

impl Told {
    fn count(&self) -> MutexGuard<'_, usize> {
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until no thread is in the function. New ones do not come: it is no longer the one that is told. While this waits
    /// no lock is held that a thread in the function may need, nor one that it may be waiting for needs.
    fn wait(&self) {
        let mut count = self.count();
        while *count > 0 {
            count = self.changed.wait(count).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// One thread in the function of a sink.
struct Telling(Arc<Told>);

impl Drop for Telling {
    fn drop(&mut self) {
        *self.0.count() -= 1;
        self.0.changed.notify_all();
    }
}

/// Held only to look, or to change who is told, never while somebody is told: the function may call the library, which may
/// have something to say in threads of its own.
static SINK: Mutex<Option<Arc<Told>>> = Mutex::new(None);
/// The `voxline_log_level` of the sink, for a look without a lock; the sink's own is what counts.
static LEVEL: AtomicI32 = AtomicI32::new(0);
/// Whether the process listens to us.
static INSTALLED: Mutex<bool> = Mutex::new(false);

thread_local! {
    /// Whether this thread is in the C function.
    static TELLING: Cell<bool> = const { Cell::new(false) };
    /// The spans that this thread is in.
    static INSIDE: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

pub(crate) const OFF: LevelFilter = LevelFilter::OFF;

/// The filter of a `voxline_log_level`.
pub(crate) fn filter(level: i32) -> Option<LevelFilter> {
    use voxline_log_level::*;
    [
        (VOXLINE_LOG_OFF, LevelFilter::OFF),
        (VOXLINE_LOG_ERROR, LevelFilter::ERROR),
        (VOXLINE_LOG_WARN, LevelFilter::WARN),
        (VOXLINE_LOG_INFO, LevelFilter::INFO),
        (VOXLINE_LOG_DEBUG, LevelFilter::DEBUG),
        (VOXLINE_LOG_TRACE, LevelFilter::TRACE),
    ]
    .into_iter()
    .find_map(|(known, filter)| (known as i32 == level).then_some(filter))
}

fn number(level: Level) -> i32 {
    (1..=5).find(|number| filter(*number) == Some(LevelFilter::from_level(level))).unwrap_or(0)
}

/// Whether this thread is in the C function. One that is ending, whose memory is gone, tells nothing any more.
fn is_telling() -> bool {
    TELLING.try_with(Cell::get).unwrap_or(true)
}

fn refuse_within() -> Result<(), &'static str> {
    // A thread that is ending may still change the log.
    if TELLING.try_with(Cell::get).unwrap_or(false) {
        return Err("it is called from within the log function");
    }
    Ok(())
}

fn who_is_told() -> MutexGuard<'static, Option<Arc<Told>>> {
    SINK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Tells this sink from now on; `Err` says why that cannot be.
pub(crate) fn set(sink: Option<Sink>) -> Result<(), &'static str> {
    refuse_within()?;
    let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
    if !*installed && sink.is_some() {
        tracing::subscriber::set_global_default(Listener::default())
            .map_err(|_| "this process listens to what Voxline says in another way already")?;
        *installed = true;
    }
    let level = sink.as_ref().map_or(0, |sink| sink.level);
    let told = sink.map(|sink| Arc::new(Told { sink, count: Mutex::new(0), changed: Condvar::new() }));
    let earlier = std::mem::replace(&mut *who_is_told(), told);
    LEVEL.store(level, Ordering::SeqCst);
    tracing::callsite::rebuild_interest_cache();
    drop(installed);
    if let Some(earlier) = earlier {
        earlier.wait();
    }
    Ok(())
}

/// Tells nobody any more if it is this one who is told; says whether it was.
pub(crate) fn clear(log: Log, userdata: *mut c_void) -> Result<bool, &'static str> {
    refuse_within()?;
    // Levels follow each other as sinks do.
    let installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
    let is_it = |told: &mut Arc<Told>| std::ptr::fn_addr_eq(told.sink.log, log) && told.sink.userdata == userdata;
    let Some(told) = who_is_told().take_if(is_it) else { return Ok(false) };
    LEVEL.store(0, Ordering::SeqCst);
    tracing::callsite::rebuild_interest_cache();
    drop(installed);
    told.wait();
    Ok(true)
}

/// Hands events to the sink, with the spans they are in.
#[derive(Default)]
struct Listener {
    last: AtomicU64,
    spans: Mutex<BTreeMap<u64, Span>>,
}

struct Span {
    text: String,
    holders: u64,
}

impl Listener {
    fn spans(&self) -> MutexGuard<'_, BTreeMap<u64, Span>> {
        self.spans.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        number(*metadata.level()) <= LEVEL.load(Ordering::SeqCst)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        filter(LEVEL.load(Ordering::SeqCst))
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut text = Text { line: span.metadata().name().to_owned() };
        span.record(&mut text);
        // Ids begin with 1.
        let id = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        self.spans().insert(id, Span { text: text.line, holders: 1 });
        Id::from_u64(id)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        if let Some(span) = self.spans().get_mut(&span.into_u64()) {
            let mut text = Text { line: std::mem::take(&mut span.text) };
            values.record(&mut text);
            span.text = text.line;
        }
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        if is_telling() {
            return;
        }
        let metadata = event.metadata();
        let mut line = String::new();
        within(|inside| {
            let spans = self.spans();
            for span in inside.iter().filter_map(|id| spans.get(id)) {
                line.push_str(&span.text);
                line.push_str(": ");
            }
        });
        let mut text = Text { line: String::new() };
        event.record(&mut text);
        line.push_str(text.line.trim_start());
        // Nothing breaks the line or steers a terminal.
        let message = c_text(&line.replace(char::is_control, " "));
        let target = c_text(metadata.target());
        let level = number(*metadata.level());
        let telling = {
            let told = who_is_told();
            let Some(told) = told.as_ref().filter(|told| level <= told.sink.level) else { return };
            // Before it can be replaced.
            *told.count() += 1;
            Telling(Arc::clone(told))
        };
        let sink = &telling.0.sink;
        // A thread whose memory is gone was sent away at the top.
        let _ = TELLING.try_with(|telling| telling.set(true));
        // SAFETY: the header says what the function may do with its arguments.
        unsafe { (sink.log)(sink.userdata, level, target.as_ptr(), message.as_ptr()) };
        let _ = TELLING.try_with(|telling| telling.set(false));
    }

    fn enter(&self, span: &Id) {
        within(|inside| inside.push(span.into_u64()));
    }

    fn exit(&self, span: &Id) {
        within(|inside| {
            if let Some(at) = inside.iter().rposition(|id| *id == span.into_u64()) {
                inside.remove(at);
            }
        });
    }

    fn clone_span(&self, id: &Id) -> Id {
        if let Some(span) = self.spans().get_mut(&id.into_u64()) {
            span.holders += 1;
        }
        id.clone()
    }

    fn try_close(&self, id: Id) -> bool {
        let (mut spans, id) = (self.spans(), id.into_u64());
        let Some(span) = spans.get_mut(&id) else { return false };
        span.holders = span.holders.saturating_sub(1);
        let is_closed = span.holders == 0;
        if is_closed {
            spans.remove(&id);
        }
        is_closed
    }
}

/// Looks at the spans of this thread; one that is ending is in none.
fn within(look: impl FnOnce(&mut Vec<u64>)) {
    let _ = INSIDE.try_with(|inside| inside.try_borrow_mut().map(|mut inside| look(&mut inside)));
}

/// Fields as `name=value`, the message as it is.
struct Text {
    line: String,
}

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a string does not fail.
        let _ = match field.name() {
            "message" => {
                let rest = std::mem::take(&mut self.line);
                write!(self.line, "{value:?}{rest}")
            }
            name => write!(self.line, " {name}={value:?}"),
        };
    }
}
