//! Settings of clients and calls, by name.

use std::ffi::{CString, c_char};
use std::sync::OnceLock;

use voxline::Result;
use voxline::settings::{SETTINGS, Setting, Settings, Use};

use crate::boundary::{Door, OK, c_text, call, free};
use crate::error::voxline_error;
use crate::handle::{Poison, changing};
use crate::status::voxline_status;

changing!(voxline_settings);

/// What a client or a call of a service is set to, by name, so that new settings do not change this interface.
///
/// Every value is kept like a secret: shown nowhere and wiped from memory with the handle. One thread at a time may set;
/// calls that take it as const may share it.
#[derive(Debug)]
pub struct voxline_settings {
    settings: Settings,
    poison: Poison,
}

/// The settings behind a pointer; NULL stands for none.
///
/// # Safety
///
/// As the header says of `settings`.
pub(crate) unsafe fn settings_or_none<'a>(door: Door, settings: *const voxline_settings) -> Result<&'a Settings> {
    static NONE: OnceLock<Settings> = OnceLock::new();
    if settings.is_null() {
        return Ok(NONE.get_or_init(Settings::new));
    }
    // SAFETY: as the header says.
    unsafe { door.borrow(settings, "settings") }.map(|settings| &settings.settings)
}

/// Makes settings with nothing set; free them with voxline_settings_free().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_settings_new(
    settings: *mut *mut voxline_settings,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_settings_new", |door| {
            door.out(settings, "settings")?
                .set_new(voxline_settings { settings: Settings::new(), poison: Poison::default() });
            OK
        })
    }
}

/// Sets something from text: voxline_settings_set(s, "access_token", token, &err).
///
/// What was set before is replaced, except "data", of which there may be many. Booleans take on and off.
/// voxline_setting_describe() lists what there is and what it is for; a client or call refuses what is for something else.
///
/// Errors: VOXLINE_UNKNOWN_OPTION, listing the names; VOXLINE_INVALID_ARGUMENT with what the setting takes. Nothing is
/// changed then, and no error repeats a value.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_settings_set(
    settings: *mut voxline_settings,
    name: *const c_char,
    value: *const c_char,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_settings_set", |door| {
            let mut settings = door.borrow_mut(settings, "settings")?;
            settings.settings.set(door.text(name, "name")?, door.text(value, "value")?)?;
            OK
        })
    }
}

/// Frees settings and wipes what was in them. NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_settings_free(settings: *mut voxline_settings) {
    // SAFETY: as the header says.
    unsafe { free(settings) }
}

/// What is known about a setting. Every text lives as long as the program.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct voxline_setting_info {
    /// The name, such as "access_token".
    pub name: *const c_char,
    /// What it is for, such as "chat client"; several with ", " between.
    pub used_for: *const c_char,
    /// What it takes: bool, integer, number, text, secret, a form, or the words to choose from, with | between.
    pub takes: *const c_char,
    /// One sentence, with unit and default.
    pub help: *const c_char,
}

/// Describes setting number `index`, from 0; VOXLINE_END when there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_setting_describe(
    index: usize,
    info: *mut voxline_setting_info,
    err: *mut *mut voxline_error,
) -> i32 {
    // SAFETY: as the header says.
    unsafe {
        call(err, "voxline_setting_describe", |door| {
            let out = door.out(info, "info")?;
            let Some([name, used_for, takes, help]) = texts().get(index) else {
                return Ok(voxline_status::VOXLINE_END);
            };
            let [name, used_for, takes, help] = [name, used_for, takes, help].map(|text| text.as_ptr());
            out.set(voxline_setting_info { name, used_for, takes, help });
            OK
        })
    }
}

/// The table with NULs, made when somebody asks.
fn texts() -> &'static [[CString; 4]] {
    static TEXTS: OnceLock<Vec<[CString; 4]>> = OnceLock::new();
    let texts = |setting: &Setting| {
        let uses: Vec<&str> = setting.used_for.iter().copied().map(Use::as_str).collect();
        [setting.name, &uses.join(", "), setting.takes, setting.help].map(c_text)
    };
    TEXTS.get_or_init(|| SETTINGS.iter().map(texts).collect())
}
