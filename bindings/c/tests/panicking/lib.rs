//! The library with some functions more, which panic: what C sees of a panic is tested with this one, and the one that is
//! installed has no such functions.
#![expect(non_camel_case_types, reason = "these are the names of the header")]
#![expect(clippy::missing_safety_doc, reason = "the rules stand in the header")]

#[path = "../../src/about.rs"]
mod about;
#[path = "../../src/audio.rs"]
mod audio;
#[path = "../../src/base64.rs"]
mod base64;
#[path = "../../src/boundary.rs"]
mod boundary;
#[path = "../../src/bytes.rs"]
mod bytes;
#[path = "../../src/cancel.rs"]
mod cancel;
#[path = "../../src/chat.rs"]
mod chat;
#[path = "../../src/chat_long.rs"]
mod chat_long;
#[path = "../../src/doctor.rs"]
mod doctor;
#[path = "../../src/error.rs"]
mod error;
#[path = "../../src/handle.rs"]
mod handle;
#[path = "../../src/json.rs"]
mod json;
#[path = "../../src/ledger.rs"]
mod ledger;
#[path = "../../src/listener.rs"]
mod listener;
#[path = "../../src/log.rs"]
mod log;
#[path = "../../src/options.rs"]
mod options;
#[path = "../../src/prepare.rs"]
mod prepare;
#[path = "../../src/preparer.rs"]
mod preparer;
#[path = "../../src/recording.rs"]
mod recording;
#[path = "../../src/recording_stream.rs"]
mod recording_stream;
#[path = "../../src/report.rs"]
mod report;
#[path = "../../src/settings.rs"]
mod settings;
#[path = "../../src/speex.rs"]
mod speex;
#[path = "../../src/split.rs"]
mod split;
#[path = "../../src/splitter.rs"]
mod splitter;
#[path = "../../src/status.rs"]
mod status;
#[path = "../../src/transcription.rs"]
mod transcription;

pub use about::*;
pub use audio::*;
pub use base64::*;
pub use bytes::*;
pub use cancel::*;
pub use chat::*;
pub use chat_long::*;
pub use doctor::*;
pub use error::*;
pub use json::*;
pub use ledger::*;
pub use log::*;
pub use options::*;
pub use prepare::*;
pub use preparer::*;
pub use recording::*;
pub use recording_stream::*;
pub use report::*;
pub use settings::*;
pub use speex::*;
pub use split::*;
pub use splitter::*;
pub use status::*;
pub use transcription::*;

/// Panics with what `word` says, in the way of all functions.
#[expect(clippy::panic, reason = "that is what it is for")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn voxline_test_panic(word: *const std::ffi::c_char, err: *mut *mut voxline_error) -> i32 {
    // SAFETY: as the header says of every function.
    unsafe {
        boundary::call(err, "voxline_test_panic", |door| {
            let word = door.text(word, "word")?;
            panic!("on purpose: {word}")
        })
    }
}

/// Functions that panic while they change a handle.
macro_rules! panics_with {
    ($($function:ident($handle:ident)),+) => {
        $(
            /// Panics while it changes the handle.
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn $function(handle: *mut $handle, err: *mut *mut voxline_error) -> i32 {
                // SAFETY: as the header says of every function.
                unsafe {
                    boundary::call(err, stringify!($function), |door| {
                        let _held = door.borrow_mut(handle, "handle")?;
                        panic!("on purpose")
                    })
                }
            }
        )+
    };
}

panics_with!(
    voxline_test_panic_base64(voxline_base64),
    voxline_test_panic_options(voxline_options),
    voxline_test_panic_preparer(voxline_preparer),
    voxline_test_panic_settings(voxline_settings),
    voxline_test_panic_speex_decoder(voxline_speex_decoder),
    voxline_test_panic_speex_encoder(voxline_speex_encoder),
    voxline_test_panic_splitter(voxline_splitter),
    voxline_test_panic_submissions(voxline_submissions)
);
