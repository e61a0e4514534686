//! Version, features and names.

use std::ffi::{CString, c_char};
use std::sync::OnceLock;

use crate::boundary::{c_text, sheltered};
use crate::status::voxline_status;

/// Version of the binary interface; voxline_abi_version() of the library that is loaded must return the same.
pub const VOXLINE_ABI_VERSION: u32 = 0;

/// The version of the library, such as "0.1.0".
#[unsafe(no_mangle)]
pub extern "C" fn voxline_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// The VOXLINE_ABI_VERSION that the library was built with.
#[unsafe(no_mangle)]
pub extern "C" fn voxline_abi_version() -> u32 {
    VOXLINE_ABI_VERSION
}

/// What this build can do, as words with a space between: "wav rf64 au mp3 ogg speex g711 …".
#[unsafe(no_mangle)]
pub extern "C" fn voxline_features() -> *const c_char {
    static WORDS: OnceLock<CString> = OnceLock::new();
    WORDS.get_or_init(|| c_text(&voxline::FEATURES.join(" "))).as_ptr()
}

/// The name of a status, such as "VOXLINE_IO"; "VOXLINE_UNKNOWN_STATUS" for a number that is none.
#[unsafe(no_mangle)]
pub extern "C" fn voxline_status_name(status: i32) -> *const c_char {
    sheltered(c"".as_ptr(), || name(status))
}

/// The names as C sees them, NUL included, beside their statuses.
const NAMES: [&str; 25] = [
    "VOXLINE_OK\0",
    "VOXLINE_END\0",
    "VOXLINE_NEED_MORE\0",
    "VOXLINE_INVALID_ARGUMENT\0",
    "VOXLINE_UNKNOWN_OPTION\0",
    "VOXLINE_INVALID_STATE\0",
    "VOXLINE_BUFFER_TOO_SMALL\0",
    "VOXLINE_NULL_POINTER\0",
    "VOXLINE_UNSUPPORTED_FORMAT\0",
    "VOXLINE_MALFORMED_INPUT\0",
    "VOXLINE_TRUNCATED_INPUT\0",
    "VOXLINE_LIMIT_EXCEEDED\0",
    "VOXLINE_IO\0",
    "VOXLINE_CONNECT\0",
    "VOXLINE_TIMEOUT\0",
    "VOXLINE_CANCELLED\0",
    "VOXLINE_OUTCOME_UNKNOWN\0",
    "VOXLINE_UNAUTHENTICATED\0",
    "VOXLINE_PERMISSION_DENIED\0",
    "VOXLINE_NOT_FOUND\0",
    "VOXLINE_RATE_LIMITED\0",
    "VOXLINE_SERVICE\0",
    "VOXLINE_FEATURE_DISABLED\0",
    "VOXLINE_INTERNAL\0",
    "VOXLINE_PANIC\0",
];

fn name(number: i32) -> *const c_char {
    let at = voxline_status::ALL.iter().position(|status| *status as i32 == number);
    let name = at.and_then(|at| NAMES.get(at)).copied().unwrap_or("VOXLINE_UNKNOWN_STATUS\0");
    name.as_ptr().cast()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_its_own_name() {
        for (status, name) in voxline_status::ALL.iter().zip(NAMES) {
            assert_eq!(format!("{status:?}\0"), name);
        }
    }
}
