//! The JSON about a job. **Source**: public clients; the page shows none of it.

use serde_json::{Value, json};

use super::codes::{PENDING, SUCCESS, UNAVAILABLE};
use super::jobs::{Job, Stage};
use super::options::{DataShape, TranscriptionOptions};
use super::text;
use crate::fault::Endpoint;
use crate::reply::error_body;

/// The answer to a query.
pub(super) fn pulled(job: &Job, stage: Stage, options: &TranscriptionOptions) -> Value {
    match stage {
        Stage::Unavailable => error_body(Endpoint::Query, UNAVAILABLE, "无法获取该信息"),
        Stage::Pending => error_body(Endpoint::Query, PENDING, "任务处理中"),
        Stage::Empty => json!({ "code": SUCCESS.to_string(), "flag": 1, "message": "调用成功" }),
        Stage::Done => result(job, options),
    }
}

/// The result, the same by pull and by push.
pub(super) fn result(job: &Job, options: &TranscriptionOptions) -> Value {
    let mut value = match text::data(&job.file_link, job.scripted.as_ref()) {
        Err((code, message)) => error_body(Endpoint::Query, code, &message),
        Ok(mut data) => {
            if let (Value::Object(members), Some(own)) = (&mut data, &job.business_data) {
                members.insert("business_data".to_owned(), own.as_str().into());
            }
            let data = match options.data_shape {
                DataShape::Object => data,
                DataShape::JsonString => Value::String(data.to_string()),
            };
            json!({ "code": SUCCESS.to_string(), "flag": 1, "message": "调用成功", "data": data })
        }
    };
    if let Value::Object(members) = &mut value {
        members.insert("requestId".to_owned(), job.request_id.as_str().into());
        members.insert("req_id".to_owned(), job.req_id.as_str().into());
        if let Some(own) = &job.business_data {
            members.insert("business_data".to_owned(), own.as_str().into());
        }
    }
    value
}
