//! Redirects: which are followed, and why the others are not.

use voxline_core::{Error, ErrorKind};

use super::{Call, Failure, FailureClass, Headers, Request, Response, Url};

/// Most steps from the first address to the last. Storage behind a gateway needs one or two.
pub(crate) const MAX_REDIRECTS: u32 = 5;

/// Where an answer sends a `GET`; `None` if it is no redirect (RFC 9110, 15.4).
pub(crate) fn target(from: &Url, status: u16, headers: &Headers) -> Option<Result<Url, &'static str>> {
    if !matches!(status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let Some(location) = headers.get("Location") else { return Some(Err("without saying where to")) };
    let Ok(url) = from.resolve(location) else { return Some(Err("to an address that cannot be used")) };
    if from.is_https() && !url.is_https() {
        return Some(Err("from https to http"));
    }
    Some(Ok(url))
}

/// A redirect that is not followed. Of its target at most the origin is said.
pub(crate) fn refused(call: Call<'_>, request: &Request, response: &Response, why: &str) -> Failure {
    let origin = response.headers.get("Location").and_then(|location| request.url.resolve(location).ok());
    let origin = origin.map(|url| format!(" ({})", url.origin())).unwrap_or_default();
    let what = format!(
        "{} {}: HTTP {} redirects {why}{origin}, which is not followed",
        request.method.as_str(),
        request.shown_url(),
        response.status
    );
    let mut fault = call.fault();
    fault.http_status = Some(response.status);
    Failure::new(FailureClass::Rejected, Error::new(ErrorKind::Service, call.op, what).with_service(fault))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(from: &str, status: u16, location: Option<&str>) -> Option<Result<String, &'static str>> {
        let mut headers = Headers::new();
        if let Some(location) = location {
            headers.push("location", location);
        }
        let target = target(&Url::parse(from).unwrap(), status, &headers)?;
        Some(target.map(|url| url.expose().to_owned()))
    }

    #[test]
    fn only_redirects_of_a_get_are_followed() {
        for status in [301, 302, 303, 307, 308] {
            assert_eq!(to("https://a/b", status, Some("/c?k=+/==")), Some(Ok("https://a/c?k=+/==".to_owned())));
        }
        for status in [200, 206, 300, 304, 305, 306, 309, 400] {
            assert_eq!(to("https://a/b", status, Some("/c")), None, "{status}");
        }
    }

    #[test]
    fn encryption_is_never_lost_on_the_way() {
        assert_eq!(to("https://a/", 302, Some("http://a/")), Some(Err("from https to http")));
        assert_eq!(to("https://a/", 302, Some("//b/c")), Some(Ok("https://b/c".to_owned())));
        assert_eq!(to("http://a/", 302, Some("https://a/")), Some(Ok("https://a/".to_owned())));
        assert_eq!(to("http://a/", 302, Some("http://b/")), Some(Ok("http://b/".to_owned())));
    }

    #[test]
    fn a_target_that_is_none_is_said() {
        assert_eq!(to("http://a/", 302, None), Some(Err("without saying where to")));
        for location in ["ftp://a/", "http://", "http://u:p@h/", "javascript:1"] {
            assert_eq!(to("http://a/", 302, Some(location)), Some(Err("to an address that cannot be used")));
        }
    }
}
