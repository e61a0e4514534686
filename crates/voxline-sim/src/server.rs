//! Routes, and what every request has in common.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::{ConnectInfo, Path, Request, State};
use axum::http::Response;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::routing::{get, post};

use crate::chat;
use crate::fault::{Endpoint, Fault};
use crate::percent::decode as percent_decode;
use crate::reply::{Reply, deliver};
use crate::state::{Leak, Shared};
use crate::wire::{WireHandle, WireListener};

type Wired = ConnectInfo<WireHandle>;
type Memory = State<Arc<Shared>>;

/// How much of a body that is too long is read before the connection is given up.
const MAX_DISCARD_BYTES: usize = 64 << 20;

/// How much of a path is remembered with a leak.
const MAX_SHOWN_CHARS: usize = 200;

/// Serves for ever.
pub(crate) async fn serve(listener: tokio::net::TcpListener, shared: Arc<Shared>) {
    let router = Router::new()
        .route("/httpapi/AudioChat.do", post(audio_chat))
        .route("/httpapi/authorize.do", get(authorize))
        .route("/tts/{name}", get(tts))
        .fallback(nothing_here)
        .with_state(shared);
    // The error type is that of a listener which never fails.
    let _ = axum::serve(WireListener(listener), router.into_make_service_with_connect_info::<WireHandle>()).await;
}

async fn audio_chat(State(shared): Memory, ConnectInfo(wire): Wired, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    note_leaks(&shared, &head, false);
    let body = read(body, shared.options.max_body_bytes).await;
    // Taken when the request is whole, so that the log and the plan have the same order.
    let due = shared.next_fault(Endpoint::Chat);
    let reply = match body {
        Ok(body) => chat::judge(&shared, &head, &body, due.fault),
        Err(reply) => chat::unreadable(&shared, reply, due.fault),
    };
    deliver(reply, due, &wire).await
}

async fn authorize(State(shared): Memory, ConnectInfo(wire): Wired, request: Request) -> Response<Body> {
    let due = shared.next_fault(Endpoint::Authorize);
    let (head, _) = request.into_parts();
    note_leaks(&shared, &head, false);
    if due.fault == Some(Fault::ExpireTokens) {
        shared.expire_tokens();
    }
    deliver(chat::authorize(&shared, head.uri.query().unwrap_or("")), due, &wire).await
}

async fn tts(
    State(shared): Memory,
    ConnectInfo(wire): Wired,
    Path(name): Path<String>,
    request: Request,
) -> Response<Body> {
    let due = shared.next_fault(Endpoint::Tts);
    let (head, _) = request.into_parts();
    note_leaks(&shared, &head, true);
    if due.fault == Some(Fault::ExpireTokens) {
        shared.expire_tokens();
    }
    let reply = chat::spoken(&shared, &name).unwrap_or_else(|| Reply::text(404, "no such clip"));
    deliver(reply, due, &wire).await
}

async fn nothing_here(State(shared): Memory, request: Request) -> Response<Body> {
    let (head, _) = request.into_parts();
    note_leaks(&shared, &head, true);
    Reply::text(404, "nothing here").into_response()
}

/// The whole body, or the answer to one that is too long or does not come.
///
/// A body that is too long is read to its end and forgotten: closing before that resets the connection, and the
/// client would never see the answer.
async fn read(mut body: Body, limit: usize) -> Result<Vec<u8>, Reply> {
    let (mut kept, mut seen) = (Vec::new(), 0_usize);
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let Ok(frame) = frame else { return Err(Reply::text(400, "the body ended early")) };
        let Ok(data) = frame.into_data() else { continue };
        seen = seen.saturating_add(data.len());
        if seen <= limit {
            kept.extend_from_slice(&data);
        } else if seen > limit.saturating_add(MAX_DISCARD_BYTES) {
            break;
        } else {
            kept = Vec::new();
        }
    }
    if seen > limit { Err(Reply::text(413, &format!("the body is longer than {limit} bytes"))) } else { Ok(kept) }
}

/// Records tokens in the head of a request; the chat token belongs into the body and nowhere else.
fn note_leaks(shared: &Shared, head: &Parts, any_authorization: bool) {
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
        let holds_token = shared.token_in(&String::from_utf8_lossy(value.as_bytes()));
        if holds_token || (any_authorization && name == AUTHORIZATION) {
            leak(format!("header {name}"));
        }
    }
}
