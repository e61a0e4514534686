//! What is submitted.

use std::fmt;

use voxline_core::{Error, ErrorKind, Result, Secret};

use super::client::SUBMIT_OP;
use crate::http::Url;

/// How the transcript comes back.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReturnMode {
    /// The service posts it to this address, which it must be able to reach. See [`super::parse_callback`].
    Push {
        /// An `http` or `https` address.
        callback_url: String,
    },
    /// The caller asks for it. See [`super::TranscriptionClient::wait`].
    Pull,
}

impl ReturnMode {
    /// Delivery to this address.
    pub fn push(callback_url: impl Into<String>) -> Self {
        Self::Push { callback_url: callback_url.into() }
    }
}

impl fmt::Debug for ReturnMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Push { .. } => "Push",
            Self::Pull => "Pull",
        })
    }
}

/// One recording to be transcribed.
///
/// The link may be a signed one: `Debug` shows its origin at most.
///
/// ```
/// use voxline_api::transcription::{ReturnMode, Submission};
/// let submission = Submission::new("https://files.example/a.wav?sig=canary", ReturnMode::Pull)
///     .with_business_data("order 7")
///     .with_req_id("call-2024-0001");
/// assert!(!format!("{submission:?}").contains("canary"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Submission {
    pub(super) file_link: Secret,
    pub(super) mode: ReturnMode,
    pub(super) business_data: Option<String>,
    pub(super) req_id: Option<String>,
}

impl Submission {
    /// The recording behind `file_link`, an `http` or `https` address that the *service* can reach: PCM, WAV or MP3,
    /// any rate and number of channels. The link is sent as it is, byte for byte.
    pub fn new(file_link: impl Into<String>, mode: ReturnMode) -> Self {
        Self { file_link: Secret::new(file_link), mode, business_data: None, req_id: None }
    }

    /// Data that the service hands back with the result.
    #[must_use]
    pub fn with_business_data(mut self, data: impl Into<String>) -> Self {
        self.business_data = Some(data.into());
        self
    }

    /// The caller's own id, unique among all submissions ever; without one, a random id is made.
    #[must_use]
    pub fn with_req_id(mut self, req_id: impl Into<String>) -> Self {
        self.req_id = Some(req_id.into());
        self
    }

    /// The whole link. Do not log it.
    pub fn file_link(&self) -> &str {
        self.file_link.expose()
    }

    /// How the transcript comes back.
    pub fn mode(&self) -> &ReturnMode {
        &self.mode
    }

    /// The data that is handed back.
    pub fn business_data(&self) -> Option<&str> {
        self.business_data.as_deref()
    }

    /// The id, if one was given.
    pub fn req_id(&self) -> Option<&str> {
        self.req_id.as_deref()
    }

    /// Finds what the service would refuse.
    ///
    /// **Errors**: [`ErrorKind::InvalidArgument`] for a link or callback address that is no `http` or `https`
    /// address, or an id that is empty or holds a control character.
    pub fn check(&self) -> Result<()> {
        let refuse = |what: String| Error::new(ErrorKind::InvalidArgument, SUBMIT_OP, what);
        Url::parse(self.file_link()).map_err(|e| refuse(format!("file link: {e}")))?;
        if self.file_link().trim() != self.file_link() {
            return Err(refuse("file link: white space at an end".to_owned()));
        }
        // It goes to the service as it stands: nobody encodes it on the way.
        if self.file_link().contains(char::is_whitespace) {
            return Err(refuse("file link: it holds white space; write %20 for a space".to_owned()));
        }
        if let ReturnMode::Push { callback_url } = &self.mode {
            check_callback(callback_url).map_err(|what| refuse(format!("callback address: {what}")))?;
        }
        if let Some(id) = &self.req_id {
            check_id(id).map_err(|what| refuse(format!("req_id: {what}")))?;
        }
        Ok(())
    }

    /// Everything of it that must not be shown when a server repeats it.
    pub(super) fn secrets(&self) -> Vec<Secret> {
        let callback = match &self.mode {
            ReturnMode::Push { callback_url } => callback_url,
            ReturnMode::Pull => "",
        };
        let mut all = Vec::new();
        for text in [self.file_link(), callback, self.business_data().unwrap_or_default()] {
            let query = text.split_once('?').map_or("", |(_, query)| query);
            // A short one is no signature, and its letters may be an ordinary word.
            all.extend([text, query].iter().filter(|text| text.len() >= 8).map(|text| Secret::new(*text)));
        }
        all
    }
}

impl fmt::Debug for Submission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origin =
            Url::parse(self.file_link()).map_or_else(|e| format!("[{e}]"), |url| format!("{}/…", url.origin()));
        f.debug_struct("Submission")
            .field("file_link", &origin)
            .field("mode", &self.mode)
            .field("business_data_bytes", &self.business_data.as_ref().map(String::len))
            .field("req_id", &self.req_id)
            .finish()
    }
}

/// The vendor's own example is `http://{ip}/{port}`, so a host is not asked to look like one.
fn check_callback(url: &str) -> Result<(), &'static str> {
    let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
    match rest {
        None => Err("it must start with http:// or https://"),
        Some(rest) if rest.starts_with(['/', '?', '#']) || rest.is_empty() => Err("it has no host"),
        Some(rest) if rest.contains(|c: char| c.is_control() || c.is_whitespace()) => {
            Err("it holds white space or a control character")
        }
        Some(_) => Ok(()),
    }
}

/// Ids end up in log lines and in addresses.
pub(super) fn check_id(id: &str) -> Result<(), &'static str> {
    /// The vendor names no limit; nobody's id is longer.
    const MAX_BYTES: usize = 1024;
    if id.trim().is_empty() {
        Err("it is empty")
    } else if id.contains(char::is_control) {
        Err("it holds a control character")
    } else if id.len() > MAX_BYTES {
        Err("it is longer than 1024 bytes")
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pull(link: &str) -> Submission {
        Submission::new(link, ReturnMode::Pull)
    }

    #[test]
    fn what_the_service_would_refuse_is_found_and_not_shown() {
        let fine = "https://h.example/a.wav?x=canary";
        let wrong = [
            pull(""),
            pull("h.example/canary"),
            pull("file:///canary"),
            pull("ftp://h/canary"),
            pull("https://user:canary@h/"),
            pull(" https://h/canary"),
            pull("https://h/canary\r\n"),
            pull("https://h/can ary.wav?canary"),
            pull("https://h/canary\u{3000}.wav"),
            Submission::new(fine, ReturnMode::push("")),
            Submission::new(fine, ReturnMode::push("canary.example/x")),
            Submission::new(fine, ReturnMode::push("http://")),
            Submission::new(fine, ReturnMode::push("http:///canary")),
            Submission::new(fine, ReturnMode::push("http://h/can ary")),
            pull(fine).with_req_id(""),
            pull(fine).with_req_id(" "),
            pull(fine).with_req_id("canary\n"),
            pull(fine).with_req_id("canary".repeat(200)),
        ];
        for submission in wrong {
            let error = submission.check().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidArgument);
            assert!(!format!("{error:?}").contains("canary"), "{error:?}");
        }
        for submission in [
            pull(fine),
            pull("http://h/语音.wav").with_req_id("编号-1").with_business_data("\0\n"),
            Submission::new(fine, ReturnMode::push("http://{ip}/{port}")),
        ] {
            submission.check().unwrap();
        }
    }

    #[test]
    fn debug_shows_neither_link_nor_callback_nor_business_data() {
        let submission = Submission::new("https://h.example/canary?canary", ReturnMode::push("http://canary/?canary"))
            .with_business_data("canary");
        let shown = format!("{submission:?}");
        assert!(!shown.contains("canary"), "{shown}");
        assert!(shown.contains("https://h.example/…") && shown.contains("Some(6)"), "{shown}");
    }
}
