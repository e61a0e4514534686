//! A clock that is wrong: the service refuses what it says, and says everything but why.

use std::time::SystemTime;

use super::credentials::unix_s;
use crate::http::{Headers, retry_after};

/// How far a timestamp may be off. **Source**: the vendor's page ("valid within 10 minutes").
const WINDOW_S: u64 = 600;

/// What to add to the error of a refused request if this machine's clock and the server's differ by more than the
/// window. The server's is in every answer (`Date`, RFC 9110, 6.6.1).
pub(super) fn note(headers: &Headers, now: SystemTime) -> Option<String> {
    let (server, own) = (server_date_s(headers)?, unix_s(now));
    let apart = server.abs_diff(own);
    let direction = if own > server { "fast" } else { "slow" };
    (apart > WINDOW_S).then(|| {
        format!(
            "; the clock of this machine says {} and the server's {}: it is {} {direction}, and the service allows 10 \
             minutes, so set the clock",
            utc(own),
            utc(server),
            span(apart),
        )
    })
}

/// Seconds since 1970 of the field `Date`.
fn server_date_s(headers: &Headers) -> Option<u64> {
    let date = headers.get("Date")?;
    // A date is what `Retry-After` may hold too, and there it is understood in all its spellings; the wait from 1970
    // on is the date. Bare digits would be seconds there and are no date.
    let mut fields = Headers::new();
    fields.push("Retry-After", date.contains(':').then_some(date)?);
    retry_after(&fields, SystemTime::UNIX_EPOCH).map(|wait| wait.as_secs())
}

/// `2024-02-29 23:59:59 UTC`.
fn utc(unix_s: u64) -> String {
    let (days, in_day) = (unix_s / 86_400, unix_s % 86_400);
    let (mut year, mut day) = (1970, days);
    let leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    // 400 years are 146 097 days; what is left is at most 400 steps.
    year += day / 146_097 * 400;
    day %= 146_097;
    while day >= 365 + u64::from(leap(year)) {
        day -= 365 + u64::from(leap(year));
        year += 1;
    }
    let lengths = [31, 28 + u64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 1;
    for length in lengths {
        if day < length {
            break;
        }
        day -= length;
        month += 1;
    }
    let (hour, minute, second) = (in_day / 3600, in_day / 60 % 60, in_day % 60);
    format!("{year:04}-{month:02}-{:02} {hour:02}:{minute:02}:{second:02} UTC", day + 1)
}

fn span(seconds: u64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours) {
        (0, 0) => format!("{minutes} min {} s", seconds % 60),
        (0, _) => format!("{hours} h {minutes} min"),
        _ => format!("{days} d {hours} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn note_at(now_s: u64, date: &str) -> Option<String> {
        let mut headers = Headers::new();
        headers.push("date", date);
        note(&headers, SystemTime::UNIX_EPOCH + Duration::from_secs(now_s))
    }

    #[test]
    fn both_times_and_the_difference_are_named() {
        // 784111777 is Sun, 06 Nov 1994 08:49:37 GMT (RFC 9110, 5.6.7).
        let text = note_at(784_111_777 + 601, "Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        assert!(text.contains("says 1994-11-06 08:59:38 UTC"), "{text}");
        assert!(text.contains("server's 1994-11-06 08:49:37 UTC: it is 10 min 1 s fast"), "{text}");
        let text = note_at(784_111_777 - 7384, "Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        assert!(text.contains("2 h 3 min slow"), "{text}");
        assert!(note_at(0, "Sun, 06 Nov 1994 08:49:37 GMT").unwrap().contains("9075 d 8 h slow"));
    }

    #[test]
    fn within_the_window_or_without_a_date_nothing_is_said() {
        for offset in [0, 600] {
            assert_eq!(note_at(784_111_777 + offset, "Sun, 06 Nov 1994 08:49:37 GMT"), None);
            assert_eq!(note_at(784_111_777 - offset, "Sun, 06 Nov 1994 08:49:37 GMT"), None);
        }
        for date in ["", "0", "99999999999", "yesterday", "12:00"] {
            assert_eq!(note_at(784_111_777, date), None, "{date}");
        }
        assert_eq!(note(&Headers::new(), SystemTime::UNIX_EPOCH), None);
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        // `date -u -d @N '+%F %T'`.
        let cases = [
            (0, "1970-01-01 00:00:00 UTC"),
            (951_782_399, "2000-02-28 23:59:59 UTC"),
            (951_868_799, "2000-02-29 23:59:59 UTC"),
            (1_709_251_200, "2024-03-01 00:00:00 UTC"),
            (4_107_542_399, "2100-02-28 23:59:59 UTC"),
            (4_107_542_400, "2100-03-01 00:00:00 UTC"),
            (13_574_563_200, "2400-02-29 00:00:00 UTC"),
        ];
        for (seconds, text) in cases {
            assert_eq!(utc(seconds), text);
        }
        assert!(utc(u64::MAX).ends_with("UTC"));
    }
}
