//! Ctrl-C and SIGTERM: once to finish in good order, twice to end at once.

use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use voxline::chat::CancelToken;

use crate::output;
use crate::show;

/// The exit code of a program that SIGINT ended, as shells have it: 128 + 2.
pub(crate) const EXIT_CODE: u8 = 130;

static SET: Once = Once::new();
static ORDERLY: Mutex<Option<Orderly>> = Mutex::new(None);

/// What an interrupt sets off in a verb that ends in good order.
struct Orderly {
    token: CancelToken,
    also: Vec<Box<dyn Fn() + Send>>,
}

/// From now on an interrupt removes unfinished files and ends the program, as the signal would. If no handler can be
/// set, the signal's own effect stays: final names are untouched then too, only `.part` files are left.
pub(crate) fn watch() {
    SET.call_once(|| drop(ctrlc::set_handler(interrupted)));
}

/// A token that the first interrupt cancels; the second one then does what [`watch`] says.
pub(crate) fn token() -> CancelToken {
    token_and(|| {})
}

/// The same; the first interrupt also calls `also`, in a thread of its own.
pub(crate) fn token_and(also: impl Fn() + Send + 'static) -> CancelToken {
    watch();
    let mut orderly = lock();
    let orderly = orderly.get_or_insert_with(|| Orderly { token: CancelToken::new(), also: Vec::new() });
    orderly.also.push(Box::new(also));
    orderly.token.clone()
}

/// Whether a verb was interrupted and is ending in good order.
pub(crate) fn happened() -> bool {
    lock().as_ref().is_some_and(|orderly| orderly.token.is_cancelled())
}

fn interrupted() {
    if let Some(orderly) = lock().as_ref().filter(|orderly| !orderly.token.is_cancelled()) {
        show::remark("interrupted: what is under way is finished; once more ends at once");
        orderly.token.cancel();
        orderly.also.iter().for_each(|also| also());
        return;
    }
    output::remove_unfinished();
    std::process::exit(i32::from(EXIT_CODE));
}

fn lock() -> MutexGuard<'static, Option<Orderly>> {
    ORDERLY.lock().unwrap_or_else(PoisonError::into_inner)
}
