//! What every handle promises: it may move between threads and be shared as const, and one that a panic may have left half
//! changed is not used any more.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What C holds a pointer to. Every pointer to a handle passes through this trait (`Door::borrow`, `peek`, `free`), so that a
/// handle that threads must not share does not compile.
pub(crate) trait Handle: Send + Sync {
    /// What remembers a panic, in handles that calls change.
    fn poison(&self) -> Option<&Poison> {
        None
    }

    /// Whether a call panicked while it changed the handle.
    fn is_poisoned(&self) -> bool {
        self.poison().is_some_and(|poison| poison.0.load(Ordering::Relaxed))
    }
}

/// A handle that calls take as non-const.
pub(crate) trait Changing: Handle {}

/// Whether a call panicked while it changed the handle that this is part of. Whoever calls from several threads must order
/// the calls, so nothing is ordered here.
#[derive(Debug, Default)]
pub(crate) struct Poison(AtomicBool);

/// What may move between threads, but not be looked at by several at once, in a handle that has const functions.
#[derive(Debug)]
pub(crate) struct Alone<T>(Mutex<T>);

impl<T> Alone<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    /// For functions that take the handle as non-const: they are alone, and wait for nobody.
    pub(crate) fn get(&mut self) -> &mut T {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    /// For functions that take it as const.
    pub(crate) fn look(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Handles that are never changed.
macro_rules! shared {
    ($($handle:ident),+) => {
        $(impl $crate::handle::Handle for $handle {})+
    };
}

/// Handles that calls change; each has a field `poison`.
macro_rules! changing {
    ($($handle:ident),+) => {
        $(
            impl $crate::handle::Handle for $handle {
                fn poison(&self) -> Option<&$crate::handle::Poison> {
                    Some(&self.poison)
                }
            }

            impl $crate::handle::Changing for $handle {}
        )+
    };
}

pub(crate) use {changing, shared};

/// A handle while a call changes it; a panic meanwhile is remembered.
pub(crate) struct Held<'a, T: Changing> {
    handle: &'a mut T,
    /// The thread unwound before: then the panic is not that of this call.
    was_panicking: bool,
}

impl<'a, T: Changing> Held<'a, T> {
    pub(crate) fn new(handle: &'a mut T) -> Self {
        Self { handle, was_panicking: std::thread::panicking() }
    }
}

impl<T: Changing> Deref for Held<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.handle
    }
}

impl<T: Changing> DerefMut for Held<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.handle
    }
}

impl<T: Changing> Drop for Held<'_, T> {
    fn drop(&mut self) {
        if let Some(poison) = self.handle.poison().filter(|_| !self.was_panicking && std::thread::panicking()) {
            poison.0.store(true, Ordering::Relaxed);
        }
    }
}
