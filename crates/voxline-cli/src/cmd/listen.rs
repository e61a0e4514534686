//! `voxline listen`.

use std::io::{Cursor, Read as _};
use std::sync::Mutex;

use serde_json::json;
use tiny_http::{Header, Method, Request, Response, Server};
use voxline::transcription::{Callback, Ledger, Recorded, SqliteLedger, parse_callback, record_callback};
use voxline::{Error, ErrorKind, Result};

use crate::args::listen::Listen;
use crate::fail::Fail;
use crate::show;

const OP: &str = "listen";
/// Deliveries handled at the same time: a slow one does not keep the others waiting.
const WORKERS: usize = 8;

pub(crate) fn run(args: &Listen) -> Result<(), Fail> {
    let ledger = SqliteLedger::open(&args.ledger)?;
    let server = Server::http(args.bind).map_err(|e| Error::new(ErrorKind::Io, OP, format!("{}: {e}", args.bind)))?;
    show::line(&format!("http://{}/", server.server_addr()))?;
    let listener = Listener { args, ledger: &ledger, server: &server, new: Mutex::new(0) };
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| listener.work());
        }
    });
    Ok(())
}

struct Listener<'a> {
    args: &'a Listen,
    ledger: &'a dyn Ledger,
    server: &'a Server,
    /// New results so far.
    new: Mutex<u64>,
}

impl Listener<'_> {
    /// Takes deliveries until the server is told to stop.
    fn work(&self) {
        while let Ok(mut request) = self.server.recv() {
            let response = match self.take(&mut request) {
                Ok(recorded) => {
                    self.count(recorded);
                    text(200, &self.args.ack)
                }
                Err(error) => {
                    show::remark(&format!("error: {error}"));
                    // What is wrong with the delivery will be wrong again; what is wrong here may pass: then the
                    // service shall deliver again.
                    let status = match error.kind() {
                        ErrorKind::MalformedInput => 400,
                        ErrorKind::InvalidArgument => 405,
                        ErrorKind::LimitExceeded => 413,
                        _ => 500,
                    };
                    text(status, "")
                }
            };
            // A sender that is gone delivers again.
            drop(request.respond(response));
            if self.is_enough() {
                for _ in 0..WORKERS {
                    self.server.unblock();
                }
            }
        }
    }

    /// Reads one delivery and puts it into the ledger; when this returns, it is on disk.
    fn take(&self, request: &mut Request) -> Result<Recorded> {
        if *request.method() != Method::Post {
            return Err(Error::new(ErrorKind::InvalidArgument, OP, format!("{} instead of POST", request.method())));
        }
        let most = self.args.max_body;
        let mut body = Vec::new();
        let read = request.as_reader().take(most.saturating_add(1)).read_to_end(&mut body);
        read.map_err(|e| Error::new(ErrorKind::MalformedInput, OP, format!("the delivery broke off: {e}")))?;
        if body.len() as u64 > most {
            return Err(Error::new(ErrorKind::LimitExceeded, OP, format!("a delivery of more than {most} bytes")));
        }
        let callback = parse_callback(&body)?;
        let recorded = record_callback(self.ledger, &callback)?;
        // A closed pipe must not keep a result from being acknowledged: it is in the ledger.
        drop(report(&callback, recorded, self.args.json));
        Ok(recorded)
    }

    fn count(&self, recorded: Recorded) {
        if recorded == Recorded::New
            && let Ok(mut new) = self.new.lock()
        {
            *new += 1;
        }
    }

    fn is_enough(&self) -> bool {
        let new = self.new.lock().map_or(0, |new| *new);
        self.args.count.is_some_and(|count| new >= count)
    }
}

fn text(status: u16, body: &str) -> Response<Cursor<Vec<u8>>> {
    let response = Response::from_string(body).with_status_code(status);
    match Header::from_bytes("Content-Type", "application/json;charset=UTF-8") {
        Ok(header) => response.with_header(header),
        Err(()) => response,
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
    show::line(&format!("{id}: {what}"))
}
