//! Where a recording is: an address that is a secret.

use std::fmt;
use std::str::FromStr;

use voxline_core::{Error, ErrorKind};

use super::RecordingId;
use crate::http::{Url, UrlError, has_scheme};

/// What is put before an address that comes without a scheme, as those of the vendor's page do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum DownloadScheme {
    /// Encrypted.
    #[default]
    Https,
    /// Not encrypted: for installations in one's own network.
    Http,
}

impl DownloadScheme {
    /// `https` or `http`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Https => "https",
            Self::Http => "http",
        }
    }
}

impl FromStr for DownloadScheme {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "https" => Ok(Self::Https),
            "http" => Ok(Self::Http),
            _ => Err(Error::new(ErrorKind::InvalidArgument, "choose download scheme", "use https or http")),
        }
    }
}

/// The address of a recording. Whoever has it can fetch the audio, for a while.
///
/// `Debug` and `Display` show the origin only.
#[derive(Clone, PartialEq, Eq)]
pub struct RecordingUrl {
    id: RecordingId,
    url: Url,
}

impl RecordingUrl {
    /// Takes the text of `voice_url`; the query stays as it is, to the byte.
    pub(super) fn new(id: RecordingId, voice_url: &str, base: &Url, scheme: DownloadScheme) -> Result<Self, UrlError> {
        let text = voice_url.trim();
        let scheme = scheme.as_str();
        // A host with a port looks like a scheme too, but only a scheme is followed by two slashes.
        let url = if has_scheme(text) && text.split_once(':').is_some_and(|(_, rest)| rest.starts_with("//")) {
            Url::parse(text)
        } else if text.starts_with("//") {
            Url::parse(&format!("{scheme}:{text}"))
        } else if text.starts_with('/') {
            base.resolve(text)
        } else {
            Url::parse(&format!("{scheme}://{text}"))
        };
        Ok(Self { id, url: url? })
    }

    /// An address that [`expose`](Self::expose) gave, perhaps in another process.
    ///
    /// **Errors**: [`ErrorKind::InvalidArgument`] for what is no `http` or `https` address. It is not repeated.
    pub fn from_exposed(id: RecordingId, url: &str) -> Result<Self, Error> {
        let refused = |e: UrlError| Error::new(ErrorKind::InvalidArgument, "take address", e.to_string());
        Ok(Self { id, url: Url::parse(url).map_err(refused)? })
    }

    /// The recording it belongs to.
    pub fn id(&self) -> &RecordingId {
        &self.id
    }

    /// The whole address. Do not show it: its query is a signature.
    pub fn expose(&self) -> &str {
        self.url.expose()
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> &str {
        self.url.origin()
    }

    pub(super) fn url(&self) -> &Url {
        &self.url
    }
}

impl fmt::Display for RecordingUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/…", self.origin())
    }
}

impl fmt::Debug for RecordingUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordingUrl").field("id", &self.id).field("url", &format_args!("{self}")).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(text: &str, scheme: DownloadScheme) -> Result<String, UrlError> {
        let base = Url::parse("https://api.example/x/").unwrap();
        RecordingUrl::new(RecordingId::new("u", "t", "r"), text, &base, scheme).map(|url| url.expose().to_owned())
    }

    #[test]
    fn a_scheme_is_prepended_only_where_there_is_none() {
        let cases = [
            ("h.example/api/v?key=a", "https://h.example/api/v?key=a"),
            ("h.example:8080/v?u=http://x", "https://h.example:8080/v?u=http://x"),
            ("localhost:1/v", "https://localhost:1/v"),
            ("//h.example/v", "https://h.example/v"),
            ("/v?k=1", "https://api.example/v?k=1"),
            ("http://10.0.0.1:18888/saas/v?key=a", "http://10.0.0.1:18888/saas/v?key=a"),
            ("https://h/v", "https://h/v"),
        ];
        for (text, expected) in cases {
            assert_eq!(taken(text, DownloadScheme::Https).unwrap(), expected);
        }
        assert_eq!(taken("h/v", DownloadScheme::Http).unwrap(), "http://h/v");
        assert_eq!(taken("https://h/v", DownloadScheme::Http).unwrap(), "https://h/v");
        for text in ["", "ftp://h/v", "u:p@h/v", "h\r\n/v", "?key=1"] {
            assert!(taken(text, DownloadScheme::Https).is_err(), "{text:?}");
        }
        assert_eq!("http".parse::<DownloadScheme>().unwrap(), DownloadScheme::Http);
        assert!("HTTPS".parse::<DownloadScheme>().is_err());
    }

    #[test]
    fn the_query_is_kept_to_the_byte_and_not_shown() {
        let text = "hw.example/api/agent-api/download-voice?key=N0dJ+a/b%2B%2f&x=c2VjcmV0==";
        let base = Url::parse("https://api.example/").unwrap();
        let url = RecordingUrl::new(RecordingId::new("u", "t", "r"), text, &base, DownloadScheme::Https).unwrap();
        assert_eq!(url.expose(), format!("https://{text}"));
        assert_eq!(RecordingUrl::from_exposed(url.id().clone(), url.expose()).unwrap(), url);
        let refused = RecordingUrl::from_exposed(url.id().clone(), text).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidArgument);
        assert!(!refused.to_string().contains("key"), "{refused}");
        let shown = format!("{url} {url:?} {url:#?}");
        assert!(shown.contains("https://hw.example/…") && shown.contains("record_id"), "{shown}");
        assert!(!shown.contains("key") && !shown.contains("download-voice"), "{shown}");
    }
}
