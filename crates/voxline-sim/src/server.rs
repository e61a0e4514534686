//! Routes, and what every request has in common.

mod leaks;

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::Response;
use axum::http::request::Parts;
use axum::routing::{get, post};

use crate::chat;
use crate::fault::{Due, Endpoint, Fault};
use crate::log::{RequestSeen, Stray};
use crate::outcome::Outcome;
use crate::recording;
use crate::reply::{Reply, deliver};
use crate::state::Shared;
use crate::transcription;
use crate::wire::{WireHandle, WireListener};
pub(crate) use leaks::Home;
use leaks::note_leaks;

type Wired = ConnectInfo<WireHandle>;
type Memory = State<Arc<Shared>>;

/// How much of a body that is too long is read before the connection is given up.
const MAX_DISCARD_BYTES: usize = 64 << 20;

/// Serves the API for ever.
pub(crate) async fn serve(listener: tokio::net::TcpListener, shared: Arc<Shared>) {
    let door = Arc::clone(&shared.api_door);
    let router = Router::new()
        .route("/httpapi/AudioChat.do", post(audio_chat))
        .route("/httpapi/authorize.do", get(authorize))
        .route("/tts/{name}", get(tts))
        .route("/agent-api/user/{user}/task/{task}/record/{record}/download-full-voice", get(record))
        .route("/agent-api/user/{user}/task/{task}/batch_record/download-full-voice", get(batch))
        .route("/agent-api/task/{task}/record/{record}/download-full-voice", get(retired))
        .route("/agent-api/token", get(token))
        .route(recording::DOWNLOAD_PATH, get(download_from_api))
        .route("/aipaas/voice/v1/tts/largeFileTrans", post(submit))
        .route("/aipaas/lm/v1/asyncResult/query", get(query))
        .route("/_log", get(log))
        .method_not_allowed_fallback(wrong_method)
        .fallback(nothing_here)
        .with_state(shared);
    run(listener, door, router).await;
}

/// Serves the download host for ever.
pub(crate) async fn serve_downloads(listener: tokio::net::TcpListener, shared: Arc<Shared>) {
    let door = Arc::clone(&shared.download_door);
    let router = Router::new()
        .route(recording::DOWNLOAD_PATH, get(download))
        .method_not_allowed_fallback(wrong_method_at_downloads)
        .fallback(nothing_at_downloads)
        .with_state(shared);
    run(listener, door, router).await;
}

async fn run(listener: tokio::net::TcpListener, door: Arc<crate::wire::Door>, router: Router) {
    let service = router.into_make_service_with_connect_info::<WireHandle>();
    // The error type is that of a listener which never fails.
    let _ = axum::serve(WireListener(listener, door), service).await;
}

async fn audio_chat(State(shared): Memory, ConnectInfo(wire): Wired, request: Request) -> Response<Body> {
    with_body(&shared, &wire, Endpoint::Chat, Home::Tolerated, request, |head, body, fault| match body {
        Ok(body) => chat::judge(&shared, head, body, fault),
        Err(reply) => chat::unreadable(&shared, reply, fault),
    })
    .await
}

async fn submit(State(shared): Memory, ConnectInfo(wire): Wired, request: Request) -> Response<Body> {
    with_body(&shared, &wire, Endpoint::Submit, Home::Signed, request, |head, body, fault| match body {
        Ok(body) => transcription::submit(&shared, head, body, fault),
        Err(reply) => Outcome::unreadable(reply),
    })
    .await
}

async fn authorize(State(shared): Memory, ConnectInfo(wire): Wired, request: Request) -> Response<Body> {
    let judge = |head: &Parts, _| chat::authorize(&shared, head.uri.query().unwrap_or(""));
    bodiless(&shared, &wire, Endpoint::Authorize, Home::Tolerated, request, judge).await
}

async fn tts(State(shared): Memory, ConnectInfo(wire): Wired, request: Request) -> Response<Body> {
    let judge = |head: &Parts, _| chat::spoken(&shared, head.uri.path());
    bodiless(&shared, &wire, Endpoint::Tts, Home::Nowhere, request, judge).await
}

async fn record(State(shared): Memory, ConnectInfo(wire): Wired, request: Request) -> Response<Body> {
    let judge = |head: &Parts, fault| recording::locate(&shared, head, fault);
    bodiless(&shared, &wire, Endpoint::Recording, Home::Bearer, request, judge).await
}

async fn batch(State(shared): Memory, ConnectInfo(wire): Wired, request: Request) -> Response<Body> {
    let judge = |head: &Parts, fault| recording::locate_many(&shared, head, fault);
    bodiless(&shared, &wire, Endpoint::Batch, Home::Bearer, request, judge).await
}

async fn retired(State(shared): Memory, ConnectInfo(wire): Wired, request: Request) -> Response<Body> {
    bodiless(&shared, &wire, Endpoint::Recording, Home::Bearer, request, |_, _| recording::retired()).await
}

async fn token(State(shared): Memory, ConnectInfo(wire): Wired, request: Request) -> Response<Body> {
    let judge = |head: &Parts, fault| recording::check_token(&shared, head, fault);
    bodiless(&shared, &wire, Endpoint::Token, Home::Bearer, request, judge).await
}

async fn download(State(shared): Memory, ConnectInfo(wire): Wired, request: Request) -> Response<Body> {
    let judge = |head: &Parts, _| recording::download(&shared, head, false);
    bodiless(&shared, &wire, Endpoint::Download, Home::Nowhere, request, judge).await
}

async fn download_from_api(State(shared): Memory, ConnectInfo(wire): Wired, request: Request) -> Response<Body> {
    let judge = |head: &Parts, _| recording::download(&shared, head, true);
    bodiless(&shared, &wire, Endpoint::Download, Home::Bearer, request, judge).await
}

async fn query(State(shared): Memory, ConnectInfo(wire): Wired, request: Request) -> Response<Body> {
    let judge = |head: &Parts, fault| transcription::query(&shared, head, fault);
    bodiless(&shared, &wire, Endpoint::Query, Home::Signed, request, judge).await
}

/// What a test asks is not part of what it asks about: it is neither counted nor logged.
async fn log(State(shared): Memory) -> Response<Body> {
    let text = serde_json::to_string(&shared.log()).unwrap_or_else(|error| format!("{{\"error\":\"{error}\"}}"));
    Reply::new(200, "application/json", text).into_response()
}

async fn nothing_here(State(shared): Memory, ConnectInfo(wire): Wired, request: Request) -> Response<Body> {
    let home = home_of(request.uri().path());
    stray(&shared, &wire, request, home, false)
}

async fn wrong_method(State(shared): Memory, ConnectInfo(wire): Wired, request: Request) -> Response<Body> {
    let home = home_of(request.uri().path());
    stray(&shared, &wire, request, home, true)
}

async fn nothing_at_downloads(State(shared): Memory, ConnectInfo(wire): Wired, request: Request) -> Response<Body> {
    stray(&shared, &wire, request, Home::Nowhere, false)
}

async fn wrong_method_at_downloads(
    State(shared): Memory,
    ConnectInfo(wire): Wired,
    request: Request,
) -> Response<Body> {
    stray(&shared, &wire, request, Home::Nowhere, true)
}

/// A service's own secret at its own origin is an error when the address is wrong, but no leak.
fn home_of(path: &str) -> Home {
    match path {
        path if path.starts_with("/agent-api/") => Home::Bearer,
        path if path.starts_with("/aipaas/") => Home::Signed,
        _ => Home::Nowhere,
    }
}

fn stray(shared: &Shared, wire: &WireHandle, request: Request, home: Home, wrong_method: bool) -> Response<Body> {
    let (head, _) = request.into_parts();
    wire.count();
    let path = note_leaks(shared, &head, home);
    let method = head.method.as_str().chars().take(20).collect();
    crate::state::lock(&shared.book).stray(Stray { method, path, wrong_method });
    let reply = if wrong_method { Reply::text(405, "not with this method") } else { Reply::text(404, "nothing here") };
    reply.into_response()
}

/// A request whose body counts.
async fn with_body(
    shared: &Shared,
    wire: &WireHandle,
    endpoint: Endpoint,
    home: Home,
    request: Request,
    judge: impl FnOnce(&Parts, Result<&[u8], Reply>, Option<Fault>) -> Outcome,
) -> Response<Body> {
    let (head, body) = request.into_parts();
    let body = read(body, shared.options.max_body_bytes).await;
    judged(shared, wire, endpoint, home, &head, |due| {
        let body = match &body {
            Ok(body) => Ok(&body[..]),
            Err(reply) => Err(reply.clone()),
        };
        judge(&head, body, due.fault)
    })
    .await
}

/// A request that has no body, or whose body nobody looks at.
async fn bodiless(
    shared: &Shared,
    wire: &WireHandle,
    endpoint: Endpoint,
    home: Home,
    request: Request,
    judge: impl FnOnce(&Parts, Option<Fault>) -> Outcome,
) -> Response<Body> {
    let (head, _) = request.into_parts();
    judged(shared, wire, endpoint, home, &head, |due| judge(&head, due.fault)).await
}

/// Judges, logs and answers.
async fn judged(
    shared: &Shared,
    wire: &WireHandle,
    endpoint: Endpoint,
    home: Home,
    head: &Parts,
    judge: impl FnOnce(Due) -> Outcome,
) -> Response<Body> {
    note_leaks(shared, head, home);
    let (connection, on_connection) = wire.count();
    // Taken when the request is whole, so that the log and the plan have the same order.
    let due = shared.next_fault(endpoint);
    if due.fault == Some(Fault::ExpireTokens) {
        match endpoint {
            // The chat itself does so when it has seen the token of the request.
            Endpoint::Authorize | Endpoint::Tts => shared.tokens.expire(),
            Endpoint::Download => crate::state::lock(&shared.recordings).expire_keys(),
            _ => {}
        }
    }
    let Outcome { reply, verdict, ids, range_start } = judge(due);
    let reply = reply.spoiled(endpoint, due.fault);
    let (http_status, answer_bytes) = reply.sent(due.fault);
    let ids = ids.into_iter().map(|id| shared.hide(id)).collect();
    crate::state::lock(&shared.book).enter(RequestSeen {
        number: 0,
        endpoint,
        verdict,
        fault: due.fault,
        http_status,
        answer_bytes,
        connection,
        on_connection,
        ids,
        range_start,
    });
    deliver(reply, due, wire).await
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
