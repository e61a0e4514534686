//! Results on their way to the receiver, with a small HTTP client of the simulator's own.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::answer;
use super::seen::PushSeen;
use super::url::HttpUrl;
use crate::fault::{Due, Endpoint, Fault, answer_stays_whole};
use crate::reply::{GARBAGE, PAGE, Pace, add_unknown, error_body, kept, wrong_type};
use crate::state::{Shared, lock};

/// An answer whose head is longer is no answer.
const MAX_HEAD_BYTES: usize = 16 << 10;
/// Longest wait between two attempts.
const MAX_RETRY_MS: u64 = 30_000;

/// Delivers the result of a job: again and again until it is acknowledged, then its duplicates.
pub(super) async fn deliver(shared: Arc<Shared>, request_id: String, callback: HttpUrl) {
    let options = &shared.options.transcription;
    sleep(Duration::from_millis(options.pending_ms)).await;
    let result = {
        let mut jobs = lock(&shared.jobs);
        jobs.finish(&request_id);
        jobs.get(&request_id).map(|job| answer::result(job, options))
    };
    let Some(result) = result else { return };
    let mut wait_ms = u64::from(options.push_retry_ms);
    let (mut attempt, mut acknowledged) = (0, false);
    while !acknowledged && attempt < options.push_attempts {
        if attempt > 0 {
            sleep(Duration::from_millis(wait_ms)).await;
            wait_ms = wait_ms.saturating_mul(2).min(MAX_RETRY_MS);
        }
        attempt += 1;
        acknowledged = once(&shared, &request_id, &callback, &result, attempt, false).await;
    }
    if acknowledged {
        for _ in 0..options.push_duplicates {
            attempt = attempt.saturating_add(1);
            once(&shared, &request_id, &callback, &result, attempt, true).await;
        }
    }
    lock(&shared.jobs).end_push(&request_id);
}

/// One attempt; whether the whole result was acknowledged.
async fn once(
    shared: &Shared,
    request_id: &str,
    callback: &HttpUrl,
    result: &Value,
    attempt: u32,
    duplicate: bool,
) -> bool {
    let Due { delay, fault } = shared.next_fault(Endpoint::Push);
    sleep(delay).await;
    let limit = Duration::from_millis(u64::from(shared.options.transcription.push_timeout_ms));
    let answered = match timeout(limit, post(callback, Parcel::new(result, fault))).await {
        Ok(answered) => answered,
        Err(_) => Err(io::ErrorKind::TimedOut.into()),
    };
    let (http_status, problem) = match answered {
        Ok(status) => (status, None),
        Err(error) => (None, Some(error.kind().to_string())),
    };
    let delivered = http_status.is_some_and(|status| (200..300).contains(&status)) && answer_stays_whole(fault);
    let request_id = request_id.to_owned();
    let seen = PushSeen { request_id, attempt, duplicate, fault, http_status, delivered, problem };
    lock(&shared.jobs).log_push(seen);
    delivered
}

/// What is sent, and how.
#[derive(Debug)]
struct Parcel {
    content_type: &'static str,
    body: Vec<u8>,
    /// Bytes after which the connection is closed; `None`: it is all sent.
    cut_at: Option<u64>,
    /// Nothing is sent at all; with a reset or without.
    lost: Option<Lost>,
    pace: Option<Pace>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lost {
    Dropped,
    Reset,
}

impl Parcel {
    fn new(result: &Value, fault: Option<Fault>) -> Self {
        let fine = |body: String| Self {
            content_type: "application/json",
            body: body.into_bytes(),
            cut_at: None,
            lost: None,
            pace: None,
        };
        let whole = fine(result.to_string());
        match fault {
            None | Some(Fault::Http { .. } | Fault::ExpireTokens) => whole,
            Some(Fault::Drop) => Self { lost: Some(Lost::Dropped), ..whole },
            Some(Fault::Reset) => Self { lost: Some(Lost::Reset), ..whole },
            Some(Fault::Truncate { keep_bytes }) => {
                Self { cut_at: Some(kept(whole.body.len() as u64, keep_bytes)), ..whole }
            }
            Some(Fault::Garbage) => Self { body: GARBAGE.to_vec(), ..whole },
            Some(Fault::Html) => Self { content_type: "text/html", body: PAGE.into(), ..whole },
            Some(Fault::VendorStatus(code)) => {
                fine(error_body(Endpoint::Push, code, "simulated vendor status").to_string())
            }
            Some(Fault::WrongType) => Self { content_type: wrong_type(Endpoint::Push), ..whole },
            Some(Fault::UnknownFields) => fine(add_unknown(result.clone(), Endpoint::Push).to_string()),
            Some(Fault::Slow { bytes, every_ms }) => {
                let bytes = usize::try_from(bytes).unwrap_or(usize::MAX).max(1);
                Self { pace: Some(Pace { bytes, every: Duration::from_millis(u64::from(every_ms)) }), ..whole }
            }
        }
    }
}

/// Sends it; the status of the answer, if one came.
async fn post(callback: &HttpUrl, parcel: Parcel) -> io::Result<Option<u16>> {
    // Checked when the job was accepted; this line makes it true whatever happens there.
    let address = callback.loopback().ok_or(io::ErrorKind::PermissionDenied)?;
    let mut stream = TcpStream::connect(address).await?;
    match parcel.lost {
        Some(Lost::Dropped) => return Ok(None),
        Some(Lost::Reset) => {
            stream.set_zero_linger()?;
            return Ok(None);
        }
        None => {}
    }
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        callback.target,
        callback.authority,
        parcel.content_type,
        parcel.body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    if let Some(end) = parcel.cut_at {
        let end = usize::try_from(end).unwrap_or(usize::MAX);
        stream.write_all(parcel.body.get(..end).unwrap_or(&parcel.body)).await?;
        return Ok(None);
    }
    match parcel.pace {
        None => stream.write_all(&parcel.body).await?,
        Some(pace) => {
            for piece in parcel.body.chunks(pace.bytes) {
                stream.write_all(piece).await?;
                sleep(pace.every).await;
            }
        }
    }
    read_status(&mut stream).await.map(Some)
}

/// The status of the answer, which must come with a whole head.
async fn read_status(stream: &mut TcpStream) -> io::Result<u16> {
    let (mut head, mut piece) = (Vec::new(), [0; 1_024]);
    loop {
        while let Some(end) = head.windows(4).position(|window| window == b"\r\n\r\n") {
            let status = parse_status(&head).ok_or(io::ErrorKind::InvalidData)?;
            // Interim answers are followed by the real one.
            if status >= 200 {
                return Ok(status);
            }
            head.drain(..end + 4);
        }
        if head.len() > MAX_HEAD_BYTES {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let count = stream.read(&mut piece).await?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        head.extend_from_slice(piece.get(..count).unwrap_or_default());
    }
}

/// RFC 9112 §4: `HTTP/1.1 200 …`.
fn parse_status(head: &[u8]) -> Option<u16> {
    let rest = head.strip_prefix(b"HTTP/1.1 ").or_else(|| head.strip_prefix(b"HTTP/1.0 "))?;
    let (digits, after) = (rest.get(..3)?, rest.get(3)?);
    let status = std::str::from_utf8(digits).ok()?.parse().ok()?;
    ((100..600).contains(&status) && [b' ', b'\r'].contains(after)).then_some(status)
}
