//! The signature of a request.
//!
//! **Source**: six independent public clients of the service agree on it; the vendor's page only refers to it.

use std::fmt::Write as _;

use ring::hmac;
use voxline_core::Secret;
use zeroize::Zeroizing;

const VERSION: &str = "teleai-cloud-auth-v1";
/// The only header field that is signed.
const SIGNED_HEADERS: &str = "x-app-id";

/// Who signs, and for how long the signature holds.
pub(super) struct Signer<'a> {
    pub(super) app_id: &'a str,
    pub(super) app_key: &'a Secret,
    pub(super) region: &'a str,
    pub(super) expire_seconds: u32,
}

/// A value for `Authorization`, and the part of it that proves something.
pub(super) struct Signed {
    pub(super) authorization: Secret,
    pub(super) signature: Secret,
}

impl Signer<'_> {
    /// Signs one attempt. `path` is as it is sent; `query` holds names and values that are not encoded yet.
    pub(super) fn sign(&self, unix_s: u64, method: &str, path: &str, query: &[(&str, &str)]) -> Signed {
        let Self { app_id, app_key, region, expire_seconds } = self;
        let prefix = format!("{VERSION}/{app_id}/{region}/{unix_s}/{expire_seconds}");
        let signing_key = hmac_hex(app_key.expose().as_bytes(), prefix.as_bytes());
        let canonical = format!(
            "{method}\n{}\n{}\n{SIGNED_HEADERS}:{}",
            canonical_path(path),
            canonical_query(query),
            encode(app_id.as_bytes())
        );
        // The key of the second step is the text of the 64 digits, not the 32 bytes they stand for.
        let signature = hmac_hex(signing_key.as_bytes(), canonical.as_bytes());
        Signed {
            authorization: Secret::new(format!("{prefix}/{SIGNED_HEADERS}/{}", *signature)),
            signature: Secret::new(signature.as_str()),
        }
    }
}

/// HMAC-SHA256 (RFC 2104, FIPS 180-4) as lower-case hexadecimal digits.
fn hmac_hex(key: &[u8], message: &[u8]) -> Zeroizing<String> {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message);
    let mut text = Zeroizing::new(String::with_capacity(64));
    for byte in tag.as_ref() {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Everything but the unreserved characters (RFC 3986, 2.3) percent-encoded, with capital digits.
pub(super) fn encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
            out.push(char::from(*byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// The segments decoded and encoded again, so that a prefix of the base URL gets one spelling; slashes stay.
fn canonical_path(path: &str) -> String {
    path.split('/').map(|segment| encode(&decode(segment))).collect::<Vec<_>>().join("/")
}

/// The bytes behind percent signs; what is no escape stands for itself.
fn decode(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let escaped = match rest {
            [b'%', high, low, ..] => hex(*high).zip(hex(*low)).map(|(high, low)| high << 4 | low),
            _ => None,
        };
        out.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    out
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// `k=v` pairs, encoded and sorted; what stands behind `?` is spelled the same way.
pub(super) fn canonical_query(query: &[(&str, &str)]) -> String {
    let mut pairs: Vec<_> =
        query.iter().map(|(name, value)| (encode(name.as_bytes()), encode(value.as_bytes()))).collect();
    pairs.sort();
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const APP_ID: &str = "0123456789abcdef0123456789abcdef";
    const APP_KEY: &str = "fedcba9876543210fedcba9876543210";

    fn sign(method: &str, path: &str, query: &[(&str, &str)]) -> String {
        let app_key = Secret::new(APP_KEY);
        let signer = Signer { app_id: APP_ID, app_key: &app_key, region: "QG", expire_seconds: 1800 };
        signer.sign(1_673_493_479, method, path, query).authorization.expose().to_owned()
    }

    #[test]
    fn the_signing_key_is_the_published_one() {
        let prefix = format!("{VERSION}/{APP_ID}/QG/1673493479/1800");
        assert_eq!(
            *hmac_hex(APP_KEY.as_bytes(), prefix.as_bytes()),
            "719c94a8b427225020baa9ed5d00ac3bf9098bde0627ddf10c4636a1a2bb5d98"
        );
    }

    #[test]
    fn a_submission_is_signed_as_published() {
        assert_eq!(
            sign("POST", "/aipaas/voice/v1/tts/largeFileTrans", &[]),
            "teleai-cloud-auth-v1/0123456789abcdef0123456789abcdef/QG/1673493479/1800/x-app-id/\
             6954f82a39923834c4b73bd544bf15fa3054ff9f3c62d54b7aa06ffbda294029"
        );
    }

    #[test]
    fn a_query_is_signed_as_published() {
        assert_eq!(
            sign("GET", "/aipaas/lm/v1/asyncResult/query", &[("requestId", "test001")]),
            "teleai-cloud-auth-v1/0123456789abcdef0123456789abcdef/QG/1673493479/1800/x-app-id/\
             60304de6449070138091a87f916fd8084fafa81f1671530feb4ad7565d987a82"
        );
    }

    #[test]
    fn what_needs_encoding_is_encoded_once() {
        let app_key = Secret::new("key");
        let signer = Signer { app_id: "a+b", app_key: &app_key, region: "SH", expire_seconds: 60 };
        let path = "/pre%20fix/aipaas/lm/v1/asyncResult/query";
        let signed = signer.sign(1_700_000_000, "GET", path, &[("requestId", "a/b&c 语~")]);
        // Computed with Python's hmac over "GET\n/pre%20fix/aipaas/lm/v1/asyncResult/query\n
        // requestId=a%2Fb%26c%20%E8%AF%AD~\nx-app-id:a%2Bb".
        let signature = "d9cb1e6df4c94d5623db7b2dfefaf4fe3a9e7c530931f78b1b2c3c7849822cb8";
        assert_eq!(signed.signature.expose(), signature);
        let expected = format!("teleai-cloud-auth-v1/a+b/SH/1700000000/60/x-app-id/{signature}");
        assert_eq!(signed.authorization.expose(), expected);
    }

    #[test]
    fn a_key_longer_than_a_block_is_hashed_first() {
        // RFC 4231, test case 6.
        let key = [0xaa; 131];
        assert_eq!(
            *hmac_hex(&key, b"Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }

    #[test]
    fn queries_are_sorted_by_what_is_sent() {
        assert_eq!(canonical_query(&[]), "");
        assert_eq!(canonical_query(&[("b", "2"), ("a", "2"), ("a", "1"), ("a-b", "")]), "a=1&a=2&a-b=&b=2");
    }

    #[test]
    fn percent_signs_that_are_no_escape_stand_for_themselves() {
        for (path, canonical) in [("/a%2", "/a%252"), ("/%zz%", "/%25zz%25"), ("/%2f/~", "/%2F/~"), ("//", "//")] {
            assert_eq!(canonical_path(path), canonical);
        }
    }

    proptest! {
        #[test]
        fn encoding_is_undone_by_decoding(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let text = encode(&bytes);
            prop_assert_eq!(decode(&text), bytes);
            prop_assert_eq!(canonical_path(&text), text);
        }
    }
}
