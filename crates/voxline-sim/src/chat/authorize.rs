//! `authorize.do`: a token for an application key.
//!
//! **Source**: not on the chat page; public clients agree on the address, the three parameters and the answer's shape.

use serde_json::json;

use super::codes::{BAD_APP_KEY, BAD_REQUEST};
use crate::outcome::Outcome;
use crate::percent::decode;
use crate::reply::Reply;
use crate::state::Shared;

/// What `expires` says; clients disagree whether it counts hours or days.
const EXPIRES: u32 = 87;

/// Answers the query `appkey=…&userid=…&authcode=…`.
pub(crate) fn authorize(shared: &Shared, query: &str) -> Outcome {
    let value = |name: &str| {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.filter(|(known, _)| *known == name).map(|(_, value)| decode(value)).find(|value| !value.is_empty())
    };
    for name in ["appkey", "userid", "authcode"] {
        if value(name).is_none() {
            return refuse(BAD_REQUEST, format!("{name} is missing"));
        }
    }
    if value("appkey").as_deref() != Some(shared.options.app_key.expose()) {
        return refuse(BAD_APP_KEY, "appkey is not known".to_owned());
    }
    let token = shared.tokens.issue();
    let data = json!({ "accessToken": token.expose(), "expires": EXPIRES });
    Outcome::accepted(Reply::json(&json!({ "status": 0, "description": "success", "data": data })))
}

fn refuse(status: i32, description: String) -> Outcome {
    Outcome::refused(Reply::vendor_error(status, &description), status, description)
}
