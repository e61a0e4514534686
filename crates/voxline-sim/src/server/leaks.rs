//! Secrets where they do not belong.

use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use crate::percent::decode as percent_decode;
use crate::state::{Leak, Shared};

/// How much of a path is remembered with a leak.
const MAX_SHOWN_CHARS: usize = 200;

/// What the `Authorization` of a request may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Home {
    /// None: any is a leak, known or not.
    Nowhere,
    /// Not asked for; a leak only when it holds a secret.
    Tolerated,
    /// A token of the recording service.
    Bearer,
    /// A signature of the transcription service.
    Signed,
}

/// Records secrets in the head of a request and returns its path, fit to be shown.
pub(crate) fn note_leaks(shared: &Shared, head: &Parts, home: Home) -> String {
    let path = percent_decode(head.uri.path());
    let in_path = shared.token_in(&path);
    let shown = if in_path { "[a path with a token]".to_owned() } else { path.chars().take(MAX_SHOWN_CHARS).collect() };
    let leak = |place: String| shared.add_leak(Leak { path: shown.clone(), place });
    if in_path {
        leak("path".to_owned());
    }
    if head.uri.query().is_some_and(|query| shared.token_in(&percent_decode(query))) {
        leak("query".to_owned());
    }
    for (name, value) in &head.headers {
        let text = String::from_utf8_lossy(value.as_bytes());
        let found = if name == AUTHORIZATION {
            home == Home::Nowhere || shared.stranger_in(&text, home)
        } else {
            shared.token_in(&text)
        };
        if found {
            leak(format!("header {name}"));
        }
    }
    shown
}
