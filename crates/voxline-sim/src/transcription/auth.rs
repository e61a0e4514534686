//! Who asks: the gateway's rules, recomputed from the AppKey.
//!
//! **Source**: not on the page, which only refers to it; six public clients agree on every byte.

use std::time::{SystemTime, UNIX_EPOCH};

use axum::http::HeaderMap;
use axum::http::request::Parts;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::codes::Refusal;
use super::options::TranscriptionOptions;
use crate::clip::clip;
use crate::fault::Fault;
use crate::percent;
use crate::state::Shared;

const SCHEME: &str = "teleai-cloud-auth-v1";
/// The only header that is signed, and it must be.
const SIGNED: &str = "x-app-id";
/// **Source**: the page's table of headers.
const CONTENT: &str = "application/json";
/// A Unix time beyond this counts something finer than seconds: in seconds it lies in the year 5138.
pub(super) const TOO_FINE: u64 = 100_000_000_000;

/// The server's clock in seconds of Unix time.
pub(super) fn now_s(options: &TranscriptionOptions) -> u64 {
    let system = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    system.saturating_add_signed(options.clock_offset_s)
}

/// All that stands in the head.
pub(super) fn check(shared: &Shared, head: &Parts, fault: Option<Fault>) -> Result<(), Refusal> {
    let options = &shared.options.transcription;
    match single(&head.headers, "content-type")? {
        Some(CONTENT) => {}
        found => {
            let found = found.map_or("none".to_owned(), |found| format!("\"{}\"", clip(found)));
            return Err(Refusal::body(format!("Content-Type must be exactly \"{CONTENT}\", found {found}")));
        }
    }
    single(&head.headers, "device-uuid")?;
    let app_id = single(&head.headers, "x-app-id")?;
    if app_id.is_some_and(|id| id != options.app_id) {
        return Err(Refusal::gateway("X-APP-ID is not known"));
    }
    let authorization = single(&head.headers, "authorization")?;
    let authorization = authorization.ok_or_else(|| Refusal::gateway("Authorization is missing"))?;
    if !options.ready_authorizations.iter().any(|ready| ready.expose() == authorization) {
        let app_id = app_id.ok_or_else(|| Refusal::gateway("X-APP-ID is missing"))?;
        let canonical = canonical(head, app_id)?;
        verify(authorization, &canonical, options, now_s(options)).map_err(Refusal::gateway)?;
    }
    if fault == Some(Fault::ExpireTokens) {
        return Err(Refusal::gateway("the signature has expired"));
    }
    Ok(())
}

/// The value of a header that stands at most once.
fn single<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Refusal> {
    let mut all = headers.get_all(name).iter();
    let first = all.next();
    if all.next().is_some() {
        return Err(Refusal::gateway(format!("{name} stands more than once")));
    }
    first.map(|value| value.to_str().map_err(|_| Refusal::gateway(format!("{name} is not text")))).transpose()
}

/// What is signed: method, path, query and AppID in lines.
fn canonical(head: &Parts, app_id: &str) -> Result<String, Refusal> {
    let broken = || Refusal::gateway("a broken percent-escape in the address");
    let recode = |text: &str| percent::decode_strict(text).map(|plain| percent::encode(&plain)).ok_or_else(broken);
    let path: Result<Vec<_>, _> = head.uri.path().split('/').map(recode).collect();
    let mut query = Vec::new();
    for pair in head.uri.query().unwrap_or("").split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        query.push(format!("{}={}", recode(name)?, recode(value)?));
    }
    query.sort();
    let (path, query, app_id) = (path?.join("/"), query.join("&"), percent::encode(app_id));
    Ok(format!("{}\n{path}\n{query}\n{SIGNED}:{app_id}", head.method))
}

fn verify(authorization: &str, canonical: &str, options: &TranscriptionOptions, now_s: u64) -> Result<(), String> {
    let parts: Vec<_> = authorization.split('/').collect();
    let [scheme, app_id, region, time, expire, signed, signature] = parts[..] else {
        return Err(format!("Authorization has {} parts; 7 are needed, joined by /", parts.len()));
    };
    if scheme != SCHEME {
        return Err(format!("Authorization does not begin with {SCHEME}/"));
    }
    if app_id != options.app_id {
        return Err("the AppID in Authorization is not that of X-APP-ID".to_owned());
    }
    let region_fits = match &options.region {
        Some(wanted) => region == wanted,
        None => (2..=8).contains(&region.len()) && region.bytes().all(|b| b.is_ascii_uppercase()),
    };
    if !region_fits {
        return Err(format!("the region \"{}\" is not known", clip(region)));
    }
    let seconds = |name: &str, text: &str| {
        let plain = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
        text.parse::<u64>().ok().filter(|_| plain).ok_or_else(|| format!("the {name} in Authorization is no number"))
    };
    let (time, expire_s) = (seconds("time", time)?, seconds("expiry", expire)?);
    if time >= TOO_FINE {
        return Err("the time in Authorization is in milliseconds; seconds are needed".to_owned());
    }
    if signed != SIGNED {
        return Err(format!("the signed headers are \"{}\"; {SIGNED} is needed", clip(signed)));
    }
    if time > now_s.saturating_add(options.window_s) {
        return Err(format!("the signature is from the future: {time} s, the server's clock says {now_s} s"));
    }
    if time.saturating_add(expire_s) < now_s {
        return Err(format!("the signature has expired: {time} s + {expire_s} s, the server's clock says {now_s} s"));
    }
    let prefix = format!("{SCHEME}/{app_id}/{region}/{time}/{expire_s}");
    if signature == sign(options.app_key.expose(), &prefix, canonical) {
        Ok(())
    } else {
        Err("the signature is wrong".to_owned())
    }
}

fn sign(app_key: &str, prefix: &str, canonical: &str) -> String {
    hmac_hex(&hmac_hex(app_key, prefix), canonical)
}

fn hmac_hex(key: &str, message: &str) -> String {
    // HMAC takes a key of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else { return String::new() };
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789abcdef0123456789abcdef";
    const KEY: &str = "fedcba9876543210fedcba9876543210";
    const PREFIX: &str = "teleai-cloud-auth-v1/0123456789abcdef0123456789abcdef/QG/1673493479/1800";
    const SUBMIT: &str = "6954f82a39923834c4b73bd544bf15fa3054ff9f3c62d54b7aa06ffbda294029";

    fn head(method: &str, target: &str) -> Parts {
        axum::http::Request::builder().method(method).uri(target).body(()).unwrap().into_parts().0
    }

    #[test]
    fn signatures_are_those_of_the_published_clients() {
        assert_eq!(hmac_hex(KEY, PREFIX), "719c94a8b427225020baa9ed5d00ac3bf9098bde0627ddf10c4636a1a2bb5d98");
        let post = canonical(&head("POST", "/aipaas/voice/v1/tts/largeFileTrans"), ID).unwrap();
        assert_eq!(post, format!("POST\n/aipaas/voice/v1/tts/largeFileTrans\n\nx-app-id:{ID}"));
        assert_eq!(sign(KEY, PREFIX, &post), SUBMIT);
        let get = canonical(&head("GET", "/aipaas/lm/v1/asyncResult/query?requestId=test001"), ID).unwrap();
        assert_eq!(sign(KEY, PREFIX, &get), "60304de6449070138091a87f916fd8084fafa81f1671530feb4ad7565d987a82");
    }

    #[test]
    fn the_query_is_sorted_and_escaped_one_way() {
        let text = canonical(&head("GET", "/a%7eb/c?z=%2f&a=%e4%b8%ad&a=1"), "i d").unwrap();
        assert_eq!(text, "GET\n/a~b/c\na=%E4%B8%AD&a=1&z=%2F\nx-app-id:i%20d");
        assert!(canonical(&head("GET", "/a?b=%zz"), ID).is_err());
    }

    #[test]
    fn every_part_of_a_signature_counts() {
        let now = 1_673_493_479;
        let options =
            TranscriptionOptions { app_id: ID.to_owned(), app_key: KEY.into(), ..TranscriptionOptions::default() };
        let canonical = canonical(&head("POST", "/aipaas/voice/v1/tts/largeFileTrans"), ID).unwrap();
        let good = format!("{PREFIX}/x-app-id/{SUBMIT}");
        let at = |text: &str, now| verify(text, &canonical, &options, now);
        assert_eq!(at(&good, now), Ok(()));
        assert_eq!((at(&good, now + 1_800), at(&good, now - 600)), (Ok(()), Ok(())));
        assert!(at(&good, now + 1_801).unwrap_err().contains("has expired: 1673493479 s + 1800 s"));
        assert!(at(&good, now - 601).unwrap_err().contains("from the future"));
        for (from, to, part) in [
            ("teleai-cloud-auth-v1", "Bearer teleai-cloud-auth-v1", "does not begin with"),
            ("/0123", "/1123", "AppID"),
            ("/QG/", "/qg/", "region \"qg\""),
            ("/QG/", "/Q/", "region \"Q\""),
            ("/QG/", "/SH/", "the signature is wrong"),
            ("1673493479", "1673493480", "the signature is wrong"),
            ("1673493479", "1673493479000", "milliseconds"),
            ("1673493479", "+673493479", "time in Authorization is no number"),
            ("/1800/", "/1801/", "the signature is wrong"),
            ("/1800/", "/x/", "expiry in Authorization is no number"),
            ("x-app-id", "X-APP-ID", "signed headers are \"X-APP-ID\""),
            ("x-app-id", "host;x-app-id", "signed headers"),
            ("6954f8", "6954F8", "the signature is wrong"),
            ("4029", "402", "the signature is wrong"),
            ("/x-app-id", "", "6 parts"),
            ("/x-app-id", "/x-app-id/", "8 parts"),
        ] {
            let changed = good.replacen(from, to, 1);
            assert_ne!(changed, good);
            let why = at(&changed, now).unwrap_err();
            assert!(why.contains(part), "{changed}: {why}");
        }
    }
}
