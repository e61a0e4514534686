//! `POST /aipaas/voice/v1/tts/largeFileTrans`.

use std::sync::Arc;

use axum::http::request::Parts;
use serde_json::json;

use super::codes::{Refusal, SUCCESS};
use super::request::Submission;
use super::{auth, push};
use crate::fault::{Endpoint, Fault};
use crate::outcome::Outcome;
use crate::reply::Reply;
use crate::state::{Leak, Shared, lock};

/// Judges a submission, accepts it as a job and bills it.
pub(crate) fn submit(shared: &Arc<Shared>, head: &Parts, body: &[u8], fault: Option<Fault>) -> Outcome {
    if shared.token_in(&String::from_utf8_lossy(body)) {
        shared.add_leak(Leak { path: head.uri.path().to_owned(), place: "body".to_owned() });
    }
    let mut req_id = None;
    let answer = check(shared, head, body, fault).and_then(|submission| {
        req_id = Some(submission.req_id.clone());
        accept(shared, submission, fault)
    });
    match answer {
        Ok(request_id) => {
            let message = json!({ "code": SUCCESS.to_string(), "msg": "调用成功", "requestId": request_id });
            Outcome::accepted(Reply::json(&message))
        }
        Err(refusal) => refusal.into_outcome(shared, Endpoint::Submit),
    }
    .about(req_id.as_deref())
}

fn check(shared: &Shared, head: &Parts, body: &[u8], fault: Option<Fault>) -> Result<Submission, Refusal> {
    auth::check(shared, head, fault)?;
    if head.uri.query().is_some() {
        return Err(Refusal::body("a query in the address; every field belongs into the body"));
    }
    let options = &shared.options.transcription;
    Submission::read(body, shared.options.refuse_unknown_fields, auth::now_s(options), options.window_s)
}

/// The `requestId` of the new job.
fn accept(shared: &Arc<Shared>, submission: Submission, fault: Option<Fault>) -> Result<String, Refusal> {
    if fault.is_some_and(|fault| !fault.lets_through()) {
        // Something in front of the service turns it away: no job, no bill. The answer is the fault's.
        return Ok(String::new());
    }
    let pushed = submission.callback.clone();
    let request_id = lock(&shared.jobs).accept(submission, &shared.options.transcription)?;
    if let Some(callback) = pushed {
        tokio::spawn(push::deliver(Arc::clone(shared), request_id.clone(), callback));
    }
    Ok(request_id)
}
