//! `authorize.do`: how an access token is asked for and what comes back.
//!
//! **Source**: not on the vendor's page of the chat interface; public clients agree on the address, the three
//! parameters and the shape of the answer.

use std::time::Duration;

use serde_json::{Map, Value};
use voxline_core::Secret;
use zeroize::Zeroizing;

use super::credentials::ExpiresUnit;
use crate::http::{Url, UrlError};

pub(super) const OP: &str = "get access token";
const PATH: &str = "/httpapi/authorize.do";

/// The address to ask, secrets included: [`Url`] shows none of its query.
pub(super) fn url(base: &Url, app_key: &Secret, auth_code: &Secret, user_id: &str) -> Result<Url, UrlError> {
    let parameters = [("appkey", app_key.expose()), ("userid", user_id), ("authcode", auth_code.expose())];
    // Room for everything encoded: a string that grew would leave copies of the secrets behind.
    let room = parameters.iter().map(|(name, value)| name.len() + 3 * value.len() + 2).sum::<usize>();
    let mut text = Zeroizing::new(String::with_capacity(PATH.len() + room));
    text.push_str(PATH);
    for (i, (name, value)) in parameters.into_iter().enumerate() {
        text.push(if i == 0 { '?' } else { '&' });
        text.push_str(name);
        text.push('=');
        push_encoded(&mut text, value);
    }
    base.join(&text)
}

/// Percent-encodes everything but the unreserved characters (RFC 3986, 2.3): a `+`, `&` or `%` in a secret must not
/// be read as anything else.
fn push_encoded(out: &mut String, value: &str) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |n: u8| char::from(DIGITS.get(usize::from(n & 15)).copied().unwrap_or_default());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(digit(byte >> 4));
            out.push(digit(byte));
        }
    }
}

/// A token and how long it is good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Granted {
    pub(super) token: Secret,
    /// `None` where the service does not say: it is then used until it is refused.
    pub(super) lifetime: Option<Duration>,
}

impl Granted {
    /// Finds the token in `data`, or beside it; `None` if there is none.
    pub(super) fn parse(body: &[u8], unit: ExpiresUnit) -> Option<Self> {
        let text = std::str::from_utf8(body).ok()?.trim_start_matches('\u{feff}');
        let object: Map<String, Value> = serde_json::from_str(text).ok()?;
        let place = object.get("data").and_then(Value::as_object).unwrap_or(&object);
        let token = match place.get("accessToken")? {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        if token.is_empty() {
            return None;
        }
        let lifetime = place.get("expires").and_then(number).and_then(|count| unit.lifetime(count));
        Some(Self { token: Secret::new(token), lifetime })
    }
}

/// A number, also as a string.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn asked(app_key: &str, auth_code: &str, user_id: &str) -> Url {
        let base = Url::parse("http://h/prefix/").unwrap();
        url(&base, &Secret::new(app_key), &Secret::new(auth_code), user_id).unwrap()
    }

    #[test]
    fn every_value_is_one_parameter_whatever_it_holds() {
        let url = asked("k+/=&x", "a?#% b", "用户1~");
        let expected = "appkey=k%2B%2F%3D%26x&userid=%E7%94%A8%E6%88%B71~&authcode=a%3F%23%25%20b";
        assert_eq!(url.expose(), format!("http://h/prefix/httpapi/authorize.do?{expected}"));
        assert_eq!(format!("{url} {url:?}").matches("authorize.do?…").count(), 2);
        assert!(!format!("{url} {url:?}").contains("appkey"));
    }

    #[test]
    fn a_user_id_too_long_for_an_address_is_refused() {
        let base = Url::parse("http://h/").unwrap();
        let result = url(&base, &Secret::new("k"), &Secret::new("c"), &"u".repeat(9_000));
        assert_eq!(result, Err(UrlError::TooLong));
    }

    fn granted(body: &Value) -> Option<(String, Option<u64>)> {
        let granted = Granted::parse(body.to_string().as_bytes(), ExpiresUnit::Hours)?;
        Some((granted.token.expose().to_owned(), granted.lifetime.map(|time| time.as_secs())))
    }

    #[test]
    fn tokens_are_found_in_every_known_shape() {
        let cases = [
            (json!({"status": 0, "data": {"accessToken": "t", "expires": 87, "new": [1]}}), "t", Some(313_200)),
            (json!({"status": "0", "data": {"accessToken": " t ", "expires": " 87 "}}), "t", Some(313_200)),
            (json!({"data": {"accessToken": 12_345_678_901_u64, "expires": 0.5}}), "12345678901", Some(1_800)),
            (json!({"status": 0, "accessToken": "t", "expires": 1, "data": []}), "t", Some(3_600)),
            (json!({"data": {"accessToken": "t"}}), "t", None),
            (json!({"data": {"accessToken": "t", "expires": 0}}), "t", None),
            (json!({"data": {"accessToken": "t", "expires": -87}}), "t", None),
            (json!({"data": {"accessToken": "t", "expires": "soon"}}), "t", None),
            (json!({"data": {"accessToken": "t", "expires": 1e300}}), "t", None),
        ];
        for (body, token, lifetime) in cases {
            assert_eq!(granted(&body), Some((token.to_owned(), lifetime)), "{body}");
        }
    }

    #[test]
    fn what_holds_no_token_gives_none() {
        let bodies =
            [json!({}), json!([]), json!({"data": {"accessToken": " "}}), json!({"data": {"accessToken": ["t"]}})];
        for body in bodies {
            assert_eq!(granted(&body), None, "{body}");
        }
        for body in [&b""[..], b"\xff", b"{", b"null"] {
            assert_eq!(Granted::parse(body, ExpiresUnit::Hours), None);
        }
    }

    proptest! {
        #[test]
        fn encoded_values_decode_to_themselves(value in "\\PC{1,20}") {
            let url = asked(&value, "c", "u");
            let encoded = url.expose().split_once("appkey=").unwrap().1.split_once("&userid=u&authcode=c").unwrap().0;
            // An independent decoder: bytes as they stand, `%` begins two digits.
            let mut bytes = encoded.bytes();
            let mut decoded = Vec::new();
            while let Some(byte) = bytes.next() {
                if byte == b'%' {
                    let digits = [bytes.next().unwrap(), bytes.next().unwrap()];
                    decoded.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
                } else {
                    prop_assert!(!b"+&=?#/ ".contains(&byte));
                    decoded.push(byte);
                }
            }
            prop_assert_eq!(decoded, value.into_bytes());
        }
    }
}
