//! Parts of a file: what to ask for, and whether the answer is a part of the same file.

use serde::{Deserialize, Serialize};

use crate::http::Headers;

/// What identifies one version of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Version {
    /// Length of the whole file.
    pub(super) total_bytes: Option<u64>,
    /// `ETag`, if it is a strong one: a weak one promises the same meaning, not the same bytes (RFC 9110, 8.8.1).
    pub(super) etag: Option<String>,
    /// `Last-Modified` as it was sent.
    pub(super) last_modified: Option<String>,
}

impl Version {
    /// That of a whole file (HTTP 200).
    pub(super) fn of_whole(headers: &Headers) -> Self {
        Self { total_bytes: content_length(headers), ..Self::of_any(headers) }
    }

    /// That of the file of which this is a part (HTTP 206), if the part begins at `from_bytes`.
    pub(super) fn of_part(headers: &Headers, from_bytes: u64) -> Option<Self> {
        let range = ContentRange::parse(headers.get("Content-Range")?)?;
        let fits =
            range.first == from_bytes && content_length(headers).is_none_or(|n| n == range.last - range.first + 1);
        fits.then(|| Self { total_bytes: range.total, ..Self::of_any(headers) })
    }

    fn of_any(headers: &Headers) -> Self {
        let etag = headers.get("ETag").map(str::trim).filter(|tag| tag.starts_with('"') && tag.len() > 2);
        let last_modified = headers.get("Last-Modified").map(|date| date.trim().to_owned());
        Self { total_bytes: None, etag: etag.map(str::to_owned), last_modified }
    }

    /// Whether nothing speaks against both being the same file. What only one of them knows says nothing.
    pub(super) fn agrees_with(&self, other: &Self) -> bool {
        fn same<T: PartialEq>(a: Option<&T>, b: Option<&T>) -> bool {
            a.zip(b).is_none_or(|(a, b)| a == b)
        }
        let same_tag = same(self.etag.as_ref(), other.etag.as_ref());
        // Behind a new address another machine may answer, with its own idea of the date: a tag is worth more.
        let has_tags = self.etag.is_some() && other.etag.is_some();
        let same_date = has_tags || same(self.last_modified.as_ref(), other.last_modified.as_ref());
        same(self.total_bytes.as_ref(), other.total_bytes.as_ref()) && same_tag && same_date
    }

    /// Takes over what was not known yet.
    pub(super) fn learn(&mut self, other: Self) {
        self.total_bytes = self.total_bytes.or(other.total_bytes);
        self.etag = self.etag.take().or(other.etag);
        self.last_modified = self.last_modified.take().or(other.last_modified);
    }
}

/// The announced length. Text that is no number is as if it were not there.
fn content_length(headers: &Headers) -> Option<u64> {
    number(headers.get("Content-Length")?)
}

fn number(text: &str) -> Option<u64> {
    let text = text.trim();
    // `parse` alone would take "+1".
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// `bytes first-last/total` (RFC 9110, 14.4).
#[derive(Debug, PartialEq, Eq)]
struct ContentRange {
    first: u64,
    last: u64,
    total: Option<u64>,
}

impl ContentRange {
    fn parse(text: &str) -> Option<Self> {
        let (unit, rest) = text.trim().split_once(' ')?;
        let (range, total) = rest.trim().split_once('/')?;
        let (first, last) = range.split_once('-')?;
        let (first, last) = (number(first)?, number(last)?);
        let total = if total.trim() == "*" { None } else { Some(number(total)?) };
        // The last number is excluded so that a length can be counted from it.
        let sound = unit.eq_ignore_ascii_case("bytes") && first <= last && last < total.unwrap_or(u64::MAX);
        sound.then_some(Self { first, last, total })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(fields: &[(&str, &str)]) -> Headers {
        let mut headers = Headers::new();
        fields.iter().for_each(|(name, value)| headers.push(*name, *value));
        headers
    }

    #[test]
    fn content_ranges() {
        let parsed = |text: &str| ContentRange::parse(text).map(|r| (r.first, r.last, r.total));
        assert_eq!(parsed("bytes 5-9/10"), Some((5, 9, Some(10))));
        assert_eq!(parsed(" Bytes 0-0/* "), Some((0, 0, None)));
        for text in [
            "bytes */10",
            "bytes 9-5/10",
            "bytes 5-10/10",
            "bytes 5-9",
            "items 5-9/10",
            "bytes +5-9/10",
            "bytes -9/10",
            "",
            "bytes 0-18446744073709551615/*",
            "bytes 0-18446744073709551616/*",
        ] {
            assert_eq!(parsed(text), None, "{text}");
        }
    }

    #[test]
    fn a_part_must_begin_where_it_was_asked_for() {
        let part = |range: &str, length: &str| {
            Version::of_part(&headers(&[("Content-Range", range), ("Content-Length", length)]), 5)
        };
        assert_eq!(part("bytes 5-9/10", "5").unwrap().total_bytes, Some(10));
        assert!(part("bytes 4-9/10", "6").is_none());
        assert!(part("bytes 6-9/10", "4").is_none());
        assert!(part("bytes 5-9/10", "10").is_none());
        assert!(Version::of_part(&headers(&[("Content-Length", "5")]), 5).is_none());
    }

    #[test]
    fn versions_agree_unless_something_known_differs() {
        let version = |fields: &[(&str, &str)]| Version::of_whole(&headers(fields));
        let tag = |tag: &'static str, length: &'static str| version(&[("ETag", tag), ("Content-Length", length)]);
        assert!(tag("\"a\"", "5").agrees_with(&tag("\"a\"", "5")));
        assert!(!tag("\"a\"", "5").agrees_with(&tag("\"b\"", "5")));
        assert!(!tag("\"a\"", "5").agrees_with(&tag("\"a\"", "6")));
        assert!(tag("\"a\"", "5").agrees_with(&version(&[])));
        // Weak tags and empty ones are no tags.
        assert_eq!(tag("W/\"a\"", "5").etag, None);
        assert_eq!(tag("\"\"", "5").etag, None);
        let date = |date: &'static str, tag: &'static str| version(&[("Last-Modified", date), ("ETag", tag)]);
        assert!(!date("Sun, 06 Nov 1994 08:49:37 GMT", "").agrees_with(&date("Sun, 06 Nov 1994 08:49:38 GMT", "")));
        assert!(date("x", "\"a\"").agrees_with(&date("y", "\"a\"")));
        let mut learning = version(&[]);
        learning.learn(tag("\"a\"", "5"));
        learning.learn(tag("\"b\"", "6"));
        assert_eq!(learning, tag("\"a\"", "5"));
        assert_eq!(version(&[("Content-Length", "+5")]).total_bytes, None);
    }
}
