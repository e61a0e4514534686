//! Where recordings lie: one, many, and whether the token is good.

use axum::http::request::Parts;
use serde_json::{Map, Value, json};

use super::codes::{NO_RECORD, NO_USER, Refusal};
use super::options::{BatchMissing, BatchShape, VoiceHost};
use super::{DOWNLOAD_PATH, head};
use crate::clip::clip;
use crate::fault::Fault;
use crate::outcome::Outcome;
use crate::reply::Reply;
use crate::state::{Shared, lock};

/// `GET /agent-api/user/{user}/task/{task}/record/{record}/download-full-voice`.
pub(crate) fn locate(shared: &Shared, parts: &Parts, fault: Option<Fault>) -> Outcome {
    let mut id = None;
    let answer = head::check(shared, parts, fault).and_then(|()| {
        let segments = head::segments(parts)?;
        let [_, _, user, _, task, _, record, _] = &segments[..] else {
            return Err(Refusal::request("the path has the wrong number of segments"));
        };
        id = Some(record.clone());
        let mut fields = head::query(parts)?;
        head::take_sub_user(shared, &mut fields)?;
        refuse_others(&fields)?;
        head::check_owner(shared, user, task)?;
        let url = voice_url(shared, record).ok_or_else(|| Refusal::vendor(NO_RECORD))?;
        Ok(success("返回录音下载地址成功", &json!({ "voice_url": url })))
    });
    outcome(shared, answer).about(id.as_deref())
}

/// `GET /agent-api/user/{user}/task/{task}/batch_record/download-full-voice?recordIds[]=…`.
///
/// **Source**: not on the page; public clients agree on the address, the parameter and the limit of 30.
pub(crate) fn locate_many(shared: &Shared, parts: &Parts, fault: Option<Fault>) -> Outcome {
    let mut ids = Vec::new();
    let answer = head::check(shared, parts, fault).and_then(|()| {
        let segments = head::segments(parts)?;
        let [_, _, user, _, task, _, _] = &segments[..] else {
            return Err(Refusal::request("the path has the wrong number of segments"));
        };
        let mut fields = head::query(parts)?;
        head::take_sub_user(shared, &mut fields)?;
        let (wanted, others): (Vec<_>, Vec<_>) = fields.into_iter().partition(|(name, _)| name == "recordIds[]");
        ids = wanted.into_iter().map(|(_, id)| id).collect();
        refuse_others(&others)?;
        let limit = shared.options.recording.max_batch;
        match ids.len() {
            0 => return Err(Refusal::request("recordIds[] is missing")),
            count if count > limit => {
                return Err(Refusal::request(format!("{count} recordIds[]; at most {limit} are allowed")));
            }
            _ => {}
        }
        if ids.iter().any(String::is_empty) {
            return Err(Refusal::request("an empty recordIds[]"));
        }
        head::check_owner(shared, user, task)?;
        batch(shared, &ids).map(|data| success("success", &data))
    });
    outcome(shared, answer).about(ids.iter().map(String::as_str))
}

/// The address without a user, which was taken out of service.
pub(crate) fn retired() -> Outcome {
    Refusal::vendor(NO_USER).into_outcome(|text| text)
}

/// `GET /agent-api/token`. **Source**: not on the page; that it exists is known from public clients, its fields are not.
pub(crate) fn check_token(shared: &Shared, parts: &Parts, fault: Option<Fault>) -> Outcome {
    let answer = head::check(shared, parts, fault).and_then(|()| {
        refuse_others(&head::query(parts)?)?;
        Ok(success("success", &json!({ "valid": true })))
    });
    outcome(shared, answer)
}

fn outcome(shared: &Shared, answer: Result<Value, Refusal>) -> Outcome {
    match answer {
        Ok(value) => Outcome::accepted(Reply::json(&value)),
        Err(refusal) => refusal.into_outcome(|text| shared.hide(text)),
    }
}

fn success(message: &str, data: &Value) -> Value {
    json!({ "code": 200, "status": "success", "message": message, "data": data })
}

fn refuse_others(fields: &[(String, String)]) -> Result<(), Refusal> {
    match fields.first() {
        None => Ok(()),
        Some((name, _)) => Err(Refusal::request(format!("{} is not a parameter of this call", clip(name)))),
    }
}

/// A fresh address for a record that exists.
fn voice_url(shared: &Shared, record: &str) -> Option<String> {
    let options = &shared.options.recording;
    let key = lock(&shared.recordings).issue_key(record)?;
    let authority = match options.voice_host {
        VoiceHost::Other => &shared.download_authority,
        VoiceHost::Api | VoiceHost::ApiThenRedirect => &shared.api_authority,
    };
    let scheme = options.voice_url_scheme.as_ref().map(|scheme| format!("{scheme}://")).unwrap_or_default();
    Some(format!("{scheme}{authority}{DOWNLOAD_PATH}?key={key}"))
}

fn batch(shared: &Shared, ids: &[String]) -> Result<Value, Refusal> {
    let options = &shared.options.recording;
    let (mut list, mut map) = (Vec::new(), Map::new());
    for id in ids {
        let found = voice_url(shared, id);
        if found.is_none() && options.batch_missing == BatchMissing::AllFail {
            return Err(Refusal::vendor(NO_RECORD));
        }
        if found.is_none() && options.batch_missing == BatchMissing::LeftOut {
            continue;
        }
        let (code, message) = NO_RECORD;
        let entry = match &found {
            Some(url) => json!({ "record_id": id, "voice_url": url }),
            None => json!({ "record_id": id, "code": code, "message": message }),
        };
        match options.batch_shape {
            BatchShape::Objects => list.push(entry),
            BatchShape::Map => drop(map.insert(id.clone(), entry)),
            BatchShape::MapOfUrls => drop(map.insert(id.clone(), found.into())),
        }
    }
    Ok(if options.batch_shape == BatchShape::Objects { list.into() } else { map.into() })
}
