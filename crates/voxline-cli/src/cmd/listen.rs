//! `voxline listen`.

mod door;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Method, Request, StatusCode};
use axum::response::Response;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use voxline::transcription::{Callback, Recorded, SqliteLedger, parse_callback, record_callback};
use voxline::{Error, ErrorKind, Result};

use crate::args::listen::Listen;
use crate::fail::Fail;
use crate::interrupt;
use crate::show;
use door::{Door, TimedOut};

const OP: &str = "listen";
/// How long deliveries that are under way may still take once it is to end. What is cut off is delivered again.
const GRACE: Duration = Duration::from_secs(5);

pub(crate) fn run(args: &Listen) -> Result<(), Fail> {
    let timeout = Duration::try_from_secs_f64(args.timeout).ok().filter(|timeout| !timeout.is_zero());
    let timeout = timeout.ok_or_else(|| Fail::usage_text(format!("--timeout {}: use seconds", args.timeout)))?;
    let desk = Arc::new(Desk {
        ledger: SqliteLedger::open(&args.ledger)?,
        ack: args.ack.clone(),
        max_body: args.max_body,
        json: args.json,
        count: args.count,
        new: AtomicU64::new(0),
        over: Arc::new(Notify::new()),
    });
    let over = Arc::clone(&desk.over);
    let cancel = interrupt::token_and(move || over.notify_one());
    let failed = |e: std::io::Error| Error::new(ErrorKind::Io, OP, format!("{}: {e}", args.bind)).with_source(e);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
    runtime.block_on(async {
        let listener = TcpListener::bind(args.bind).await.map_err(failed)?;
        show::line(&format!("http://{}/", listener.local_addr().map_err(failed)?))?;
        serve(Door::new(listener, usize::from(args.connections), timeout), &desk).await.map_err(failed)
    })?;
    // What is being written into the ledger is written to its end.
    drop(runtime);
    if cancel.is_cancelled() {
        show::remark(&format!("interrupted: {} new results were recorded", desk.new.load(Ordering::SeqCst)));
        return Err(Fail::Reported);
    }
    Ok(())
}

/// Takes deliveries until it is over.
async fn serve(door: Door, desk: &Arc<Desk>) -> std::io::Result<()> {
    let router = Router::new().fallback(deliver).with_state(Arc::clone(desk));
    let ending = Arc::new(Notify::new());
    let over = {
        let (over, ending) = (Arc::clone(&desk.over), Arc::clone(&ending));
        async move {
            over.notified().await;
            ending.notify_one();
        }
    };
    let served = axum::serve(door, router).with_graceful_shutdown(over);
    tokio::select! {
        served = served.into_future() => served,
        () = async { ending.notified().await; tokio::time::sleep(GRACE).await } => Ok(()),
    }
}

/// What every delivery needs.
struct Desk {
    ledger: SqliteLedger,
    ack: String,
    max_body: u64,
    json: bool,
    count: Option<u64>,
    /// New results so far.
    new: AtomicU64,
    /// Told when no more deliveries are to be taken.
    over: Arc<Notify>,
}

async fn deliver(State(desk): State<Arc<Desk>>, request: Request<Body>) -> Response {
    match desk.take(request).await {
        Ok(()) => answer(StatusCode::OK, desk.ack.clone()),
        Err(error) => {
            show::remark(&format!("error: {error}"));
            // What is wrong with the delivery will be wrong again; what is wrong here may pass: then the service
            // shall deliver again.
            let status = match error.kind() {
                ErrorKind::MalformedInput => StatusCode::BAD_REQUEST,
                ErrorKind::InvalidArgument => StatusCode::METHOD_NOT_ALLOWED,
                ErrorKind::LimitExceeded => StatusCode::PAYLOAD_TOO_LARGE,
                ErrorKind::Timeout => StatusCode::REQUEST_TIMEOUT,
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            };
            answer(status, String::new())
        }
    }
}

fn answer(status: StatusCode, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json;charset=UTF-8"));
    response
}

impl Desk {
    /// Reads one delivery and puts it into the ledger; when this returns, it is on disk.
    async fn take(self: &Arc<Self>, request: Request<Body>) -> Result<()> {
        if request.method() != Method::POST {
            return Err(Error::new(ErrorKind::InvalidArgument, OP, format!("{} instead of POST", request.method())));
        }
        let most = usize::try_from(self.max_body).unwrap_or(usize::MAX);
        let body = axum::body::to_bytes(request.into_body(), most).await.map_err(|e| self.broken(&e))?;
        let desk = Arc::clone(self);
        // The ledger waits for the disk, and other deliveries need not wait with it.
        let recorded = tokio::task::spawn_blocking(move || desk.record(&body)).await;
        recorded.map_err(|e| Error::new(ErrorKind::Internal, OP, e.to_string()))?
    }

    fn record(&self, body: &[u8]) -> Result<()> {
        let callback = parse_callback(body)?;
        let recorded = record_callback(&self.ledger, &callback)?;
        // A closed pipe must not keep a result from being acknowledged: it is in the ledger.
        drop(report(&callback, recorded, self.json));
        if recorded == Recorded::New {
            let new = self.new.fetch_add(1, Ordering::SeqCst) + 1;
            if self.count.is_some_and(|count| new >= count) {
                self.over.notify_one();
            }
        }
        Ok(())
    }

    /// Why a body could not be read.
    fn broken(&self, error: &axum::Error) -> Error {
        let most = self.max_body;
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
        while let Some(error) = cause {
            if let Some(TimedOut(timeout)) = error.downcast_ref::<std::io::Error>().and_then(TimedOut::of) {
                let what = format!("a delivery was not there after {} s (--timeout)", timeout.as_secs_f64());
                return Error::new(ErrorKind::Timeout, OP, what);
            }
            // What `to_bytes` says when there is more than allowed; its own type is not public.
            if error.to_string() == "length limit exceeded" {
                return Error::new(ErrorKind::LimitExceeded, OP, format!("a delivery of more than {most} bytes"));
            }
            cause = error.source();
        }
        Error::new(ErrorKind::MalformedInput, OP, format!("the delivery broke off: {error}"))
    }
}

fn report(callback: &Callback, recorded: Recorded, json: bool) -> Result<()> {
    let what = match recorded {
        Recorded::New => "recorded",
        Recorded::UnknownId => "unknown id",
        _ => "nothing new",
    };
    let id = callback.req_id.as_deref().or(callback.request_id.as_deref()).unwrap_or("no id");
    if json {
        let line = json!({ "request_id": callback.request_id, "req_id": callback.req_id, "result": what });
        return show::line(&line.to_string());
    }
    // An id is the sender's: it must not steer the terminal.
    show::line(&format!("{}: {what}", id.replace(char::is_control, " ")))
}
