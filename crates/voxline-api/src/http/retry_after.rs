//! How long a server asks to be left alone.

use std::time::{Duration, SystemTime};

use super::Headers;
use super::date::http_date;

/// The wait that `Retry-After` asks for: seconds or a date (RFC 9110, 10.2.3); a date in the past is no wait.
/// Anything else is as if it were not there.
pub(crate) fn retry_after(headers: &Headers, date: SystemTime) -> Option<Duration> {
    let value = headers.get("Retry-After")?.trim();
    if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
        // Too many digits for a number of seconds is "very long", not "not at all".
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::from(u32::MAX))));
    }
    let then = Duration::from_secs(http_date(value)?);
    let now = date.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Some(then.saturating_sub(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(value: &str, now: u64) -> Option<u64> {
        let mut headers = Headers::new();
        headers.push("retry-after", value);
        retry_after(&headers, SystemTime::UNIX_EPOCH + Duration::from_secs(now)).map(|d| d.as_secs())
    }

    #[test]
    fn seconds() {
        assert_eq!(asked("120", 0), Some(120));
        assert_eq!(asked(" 0 ", 0), Some(0));
        assert_eq!(asked("99999999999999999999999", 0), Some(u64::from(u32::MAX)));
        for wrong in ["", "-1", "1.5", "soon", "1 2"] {
            assert_eq!(asked(wrong, 0), None, "{wrong:?}");
        }
        assert_eq!(retry_after(&Headers::new(), SystemTime::UNIX_EPOCH), None);
    }

    #[test]
    fn dates() {
        let text = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(asked(text, 784_111_700), Some(77));
        assert_eq!(asked(text, 784_111_800), Some(0));
        assert_eq!(asked("Sun, 06 Nov 1994 08:49:37 CET", 0), None);
    }
}
