//! `GET /aipaas/lm/v1/asyncResult/query`.
//!
//! **Source**: the page only refers to it; public clients agree on the address and the codes.

use axum::http::request::Parts;

use super::codes::{Refusal, UNAVAILABLE};
use super::{answer, auth};
use crate::clip::clip;
use crate::fault::{Endpoint, Fault, answer_stays_whole};
use crate::outcome::Outcome;
use crate::percent;
use crate::reply::Reply;
use crate::state::{Shared, lock};

/// Answers how far a job is.
pub(crate) fn query(shared: &Shared, head: &Parts, fault: Option<Fault>) -> Outcome {
    let mut id = None;
    let answer = auth::check(shared, head, fault).and_then(|()| {
        let request_id = request_id(head)?;
        id = Some(request_id.clone());
        let mut jobs = lock(&shared.jobs);
        let options = &shared.options.transcription;
        let stage = jobs.poll(&request_id, options, answer_stays_whole(fault));
        let stage = stage.ok_or_else(|| Refusal::new(UNAVAILABLE, "无法获取该信息"))?;
        jobs.get(&request_id).map(|job| answer::pulled(job, stage, options)).ok_or_else(|| Refusal::missing("job"))
    });
    match answer {
        Ok(value) => Outcome::accepted(Reply::json(&value)),
        Err(refusal) => refusal.into_outcome(shared, Endpoint::Query),
    }
    .about(id.as_deref())
}

fn request_id(head: &Parts) -> Result<String, Refusal> {
    let query = head.uri.query().unwrap_or("");
    if query.contains('&') {
        return Err(Refusal::body("requestId is the only parameter of this call"));
    }
    let (name, value) = query.split_once('=').unwrap_or((query, ""));
    match name {
        "requestId" if value.is_empty() => Err(Refusal::missing("requestId")),
        "requestId" => percent::decode_strict(value).ok_or_else(|| Refusal::body("a broken percent-escape")),
        "" => Err(Refusal::missing("requestId")),
        other => Err(Refusal::body(format!("{} is not a parameter of this call", clip(other)))),
    }
}
