//! `authorize.do`: a token for an application key.
//!
//! **Source**: not on the chat page; public clients agree on the address, the three parameters and the answer's shape.

use serde_json::json;

use super::codes::{BAD_APP_KEY, BAD_REQUEST};
use crate::clip::clip;
use crate::outcome::Outcome;
use crate::percent::decode_strict;
use crate::reply::Reply;
use crate::state::Shared;

/// What `expires` says; clients disagree whether it counts hours or days.
const EXPIRES: u32 = 87;

/// Its parameters, each exactly once.
const NAMES: [&str; 3] = ["appkey", "userid", "authcode"];

/// Answers the query `appkey=…&userid=…&authcode=…`; the log says for whom a token was asked.
pub(crate) fn authorize(shared: &Shared, query: &str) -> Outcome {
    let [app_key, user_id, _] = match parameters(query, shared.options.refuse_unknown_fields) {
        Ok(values) => values,
        Err(why) => return refuse(BAD_REQUEST, shared.hide(why)),
    };
    let outcome = if app_key == shared.options.app_key.expose() {
        let token = shared.tokens.issue();
        let data = json!({ "accessToken": token.expose(), "expires": EXPIRES });
        Outcome::accepted(Reply::json(&json!({ "status": 0, "description": "success", "data": data })))
    } else {
        refuse(BAD_APP_KEY, "appkey is not known".to_owned())
    };
    outcome.about([shared.hide(user_id).as_str()])
}

/// The values in the order of [`NAMES`], or what is wrong with them.
fn parameters(query: &str, refuse_unknown: bool) -> Result<[String; 3], String> {
    let mut values = [const { String::new() }; 3];
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let known = NAMES.iter().zip(&mut values).find(|(known, _)| **known == name);
        let Some((name, slot)) = known else {
            if refuse_unknown {
                return Err(format!("{} is not a parameter of this call", clip(name)));
            }
            continue;
        };
        if !slot.is_empty() {
            return Err(format!("{name} stands more than once"));
        }
        *slot = decode_strict(value).ok_or_else(|| format!("a broken percent-escape in {name}"))?;
    }
    match NAMES.iter().zip(&values).find(|(_, value)| value.is_empty()) {
        Some((name, _)) => Err(format!("{name} is missing")),
        None => Ok(values),
    }
}

fn refuse(status: i32, description: String) -> Outcome {
    Outcome::refused(Reply::vendor_error(status, &description), status, description)
}
