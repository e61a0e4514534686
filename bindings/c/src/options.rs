//! Options by key, profiles, and the table of keys.

use std::ffi::{CString, c_char};
use std::sync::OnceLock;

use voxline::options::KEYS;
use voxline::{Options, PROFILES, Profile, Result};

use crate::boundary::{Door, OK, c_text, call, free};
use crate::error::voxline_error;
use crate::handle::{Poison, changing};
use crate::status::voxline_status;

changing!(voxline_options);

/// What is done to audio and how services are talked to. Set by key, so that new options do not change this interface.
#[derive(Debug)]
pub struct voxline_options {
    pub(crate) options: Options,
    poison: Poison,
}

impl voxline_options {
    fn new(options: Options) -> Self {
        Self { options, poison: Poison::default() }
    }
}

/// The options behind a pointer; NULL stands for the defaults.
///
/// # Safety
///
/// As the header says of `options`.
pub(crate) unsafe fn options_or_defaults(door: Door, options: *const voxline_options) -> Result<Options> {
    if options.is_null() {
        return Ok(Options::default());
    }
    // SAFETY: as the header says.
    unsafe { door.borrow(options, "options") }.map(|o| o.options.clone())
}

/// Makes options with every default; free them with voxline_options_free().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_options_new(options: *mut *mut voxline_options, err: *mut *mut voxline_error) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_options_new", |door| {
            door.out(options, "options")?.set_new(voxline_options::new(Options::default()));
            OK
        })
    }
}

/// Makes options with the settings of a profile, such as "chat-16k"; voxline_profile_describe() lists them.
///
/// Errors: VOXLINE_INVALID_ARGUMENT, listing the profiles.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_options_new_profile(
    profile: *const c_char,
    options: *mut *mut voxline_options,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_options_new_profile", |door| {
            let out = door.out(options, "options")?;
            out.set_new(voxline_options::new(voxline::profile(door.text(profile, "profile")?)?));
            OK
        })
    }
}

/// Makes a copy.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_options_clone(
    options: *const voxline_options,
    copy: *mut *mut voxline_options,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_options_clone", |door| {
            let out = door.out(copy, "copy")?;
            out.set_new(voxline_options::new(door.borrow(options, "options")?.options.clone()));
            OK
        })
    }
}

/// Frees options. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_options_free(options: *mut voxline_options) {
    // SAFETY: as the header says.
    unsafe { free(options) }
}

/// Sets an option from text: voxline_options_set(o, "target.sample_rate_hz", "8000", &err).
///
/// Booleans take on and off, values that may be missing take "none"; docs/options.md lists every key. Ranges are checked
/// by voxline_options_validate() and by every call that uses the options, so that the order of settings does not matter.
///
/// Errors: VOXLINE_UNKNOWN_OPTION with the nearest key, VOXLINE_INVALID_ARGUMENT with what the option takes; nothing is
/// changed then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_options_set(
    options: *mut voxline_options,
    key: *const c_char,
    value: *const c_char,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_options_set", |door| {
            let mut options = door.borrow_mut(options, "options")?;
            options.options.set(door.text(key, "key")?, door.text(value, "value")?)?;
            OK
        })
    }
}

/// Sets every option that an environment variable names: VOXLINE_TARGET_SAMPLE_RATE_HZ and so on.
///
/// Errors: those of voxline_options_set(), naming the variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_options_set_from_env(
    options: *mut voxline_options,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_options_set_from_env", |door| {
            let mut options = door.borrow_mut(options, "options")?;
            // What is not UTF-8 is no variable of ours.
            let variables =
                std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)));
            options.options.set_from_env(variables)?;
            OK
        })
    }
}

/// Writes the value of an option as text with a NUL into `buffer`, and its size with the NUL into `size_bytes`.
///
/// With `buffer` NULL and `capacity_bytes` 0 only the size is written. `size_bytes` may be NULL.
///
/// Errors: VOXLINE_UNKNOWN_OPTION; VOXLINE_BUFFER_TOO_SMALL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_options_get(
    options: *const voxline_options,
    key: *const c_char,
    buffer: *mut c_char,
    capacity_bytes: usize,
    size_bytes: *mut usize,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_options_get", |door| {
            let size_out = door.optional_out(size_bytes, "size_bytes")?;
            let text = door.borrow(options, "options")?.options.get(door.text(key, "key")?)?;
            let text = c_text(&text);
            let bytes = text.as_bytes_with_nul();
            if !(buffer.is_null() && capacity_bytes == 0) {
                door.fill(door.slice_mut(buffer.cast::<u8>(), capacity_bytes, "buffer")?, bytes)?;
            }
            if let Some(out) = size_out {
                out.set(bytes.len());
            }
            OK
        })
    }
}

/// Checks every range; the error names all faults at once.
///
/// Errors: VOXLINE_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_options_validate(
    options: *const voxline_options,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_options_validate", |door| {
            door.borrow(options, "options")?.options.validate()?;
            OK
        })
    }
}

/// What is known about an option. Every text lives as long as the program.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct voxline_option_info {
    /// The key, such as "target.sample_rate_hz".
    pub key: *const c_char,
    /// What it takes: bool, integer, number, text or the words to choose from, with | between.
    pub takes: *const c_char,
    /// The unit; "" when there is none.
    pub unit: *const c_char,
    /// The default, as voxline_options_set() takes it.
    pub default_value: *const c_char,
    /// One sentence.
    pub help: *const c_char,
}

/// Describes option number `index`, from 0; VOXLINE_END when there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_option_describe(
    index: usize,
    info: *mut voxline_option_info,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_option_describe", |door| {
            let out = door.out(info, "info")?;
            let Some([key, takes, unit, default_value, help]) = option_texts().get(index) else {
                return Ok(voxline_status::VOXLINE_END);
            };
            out.set(voxline_option_info {
                key: key.as_ptr(),
                takes: takes.as_ptr(),
                unit: unit.as_ptr(),
                default_value: default_value.as_ptr(),
                help: help.as_ptr(),
            });
            OK
        })
    }
}

/// Gives name and description of profile number `index`, from 0; VOXLINE_END when there is none.
///
/// Both texts live as long as the program.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_profile_describe(
    index: usize,
    name: *mut *const c_char,
    help: *mut *const c_char,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_profile_describe", |door| {
            let (name_out, help_out) = (door.out(name, "name")?, door.out(help, "help")?);
            let Some([name, help]) = profile_texts().get(index) else {
                return Ok(voxline_status::VOXLINE_END);
            };
            name_out.set(name.as_ptr());
            help_out.set(help.as_ptr());
            OK
        })
    }
}

/// The table with NULs, made when somebody asks.
fn option_texts() -> &'static [[CString; 5]] {
    static TEXTS: OnceLock<Vec<[CString; 5]>> = OnceLock::new();
    TEXTS.get_or_init(|| KEYS.iter().map(|k| [k.name, k.takes, k.unit, k.default, k.help].map(c_text)).collect())
}

fn profile_texts() -> &'static [[CString; 2]] {
    static TEXTS: OnceLock<Vec<[CString; 2]>> = OnceLock::new();
    let texts = |profile: &Profile| [profile.name, profile.help].map(c_text);
    TEXTS.get_or_init(|| PROFILES.iter().map(texts).collect())
}
