//! What the head of a request must hold.

use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName};
use axum::http::request::Parts;

use super::codes::{NO_TASK, NO_USER, Refusal};
use crate::clip::clip;
use crate::fault::Fault;
use crate::percent;
use crate::state::Shared;

/// Exactly this, **source**: the page's examples in eight languages.
const CONTENT: &str = "application/json";

/// Token and content type.
pub(super) fn check(shared: &Shared, head: &Parts, fault: Option<Fault>) -> Result<(), Refusal> {
    let token = single(&head.headers, &AUTHORIZATION).map_err(|n| match n {
        0 => Refusal::token("Authorization is missing"),
        _ => Refusal::token("Authorization stands more than once"),
    })?;
    let token = token.strip_prefix("Bearer ").ok_or_else(|| Refusal::token("Authorization is not \"Bearer TOKEN\""))?;
    let known = shared.options.recording.tokens.iter().any(|good| good.expose() == token);
    if !known || token.is_empty() {
        return Err(Refusal::token("the token is not known"));
    }
    if fault == Some(Fault::ExpireTokens) {
        return Err(Refusal::token("the token has expired"));
    }
    match single(&head.headers, &CONTENT_TYPE) {
        Ok(CONTENT) => Ok(()),
        Ok(other) => Err(wrong_type(&format!("\"{}\"", clip(other)))),
        Err(0) => Err(wrong_type("none")),
        Err(count) => Err(wrong_type(&format!("{count} of them"))),
    }
}

fn wrong_type(found: &str) -> Refusal {
    Refusal::request(format!("Content-Type must be exactly \"{CONTENT}\", found {found}"))
}

/// The value of a header that stands once, or how often it stands. What is no text is an empty value.
fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<&'a str, usize> {
    let mut all = headers.get_all(name).iter();
    match (all.next(), all.count()) {
        (None, _) => Err(0),
        (Some(value), 0) => Ok(value.to_str().unwrap_or("")),
        (Some(_), more) => Err(more + 1),
    }
}

/// The decoded segments of the path, so that an escaped `/` stays within its segment.
pub(super) fn segments(head: &Parts) -> Result<Vec<String>, Refusal> {
    let path = head.uri.path().trim_start_matches('/');
    let decode = |segment| {
        percent::decode_strict(segment).ok_or_else(|| Refusal::request("a broken percent-escape in the path"))
    };
    path.split('/').map(decode).collect()
}

/// Whether user and task exist.
pub(super) fn check_owner(shared: &Shared, user: &str, task: &str) -> Result<(), Refusal> {
    let options = &shared.options.recording;
    if !options.user_ids.iter().any(|known| known == user) {
        return Err(Refusal::vendor(NO_USER));
    }
    if !options.task_ids.iter().any(|known| known == task) {
        return Err(Refusal::vendor(NO_TASK));
    }
    Ok(())
}

/// The fields of a query, decoded, in their order.
pub(super) fn query(head: &Parts) -> Result<Vec<(String, String)>, Refusal> {
    let Some(query) = head.uri.query() else { return Ok(Vec::new()) };
    let field = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        percent::decode_strict(name).zip(percent::decode_strict(value))
    };
    let broken = || Refusal::request("a broken percent-escape in the query");
    query.split('&').map(|pair| field(pair).ok_or_else(broken)).collect()
}

/// Takes `sub_user_id` out of the fields and checks it.
pub(super) fn take_sub_user(shared: &Shared, fields: &mut Vec<(String, String)>) -> Result<(), Refusal> {
    let (found, rest): (Vec<_>, Vec<_>) = fields.drain(..).partition(|(name, _)| name == "sub_user_id");
    *fields = rest;
    match &found[..] {
        [] => Ok(()),
        [(_, id)] if id.is_empty() => Err(Refusal::request("sub_user_id is empty")),
        [(_, id)] => match &shared.options.recording.sub_user_ids {
            Some(known) if !known.contains(id) => Err(Refusal::vendor(NO_USER)),
            _ => Ok(()),
        },
        _ => Err(Refusal::request("sub_user_id stands more than once")),
    }
}
