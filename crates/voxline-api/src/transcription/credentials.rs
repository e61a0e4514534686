//! How a caller proves who it is.

use std::time::{Duration, SystemTime};

use voxline_core::{Error, ErrorKind, Result, Secret};

use super::sign::Signer;
use crate::http::Request;

/// The region unless said otherwise: the whole country. Others are codes of provinces (`SH`, `NM`, `BJ`).
pub const DEFAULT_REGION: &str = "QG";
/// Seconds for which a signature holds unless said otherwise.
pub const DEFAULT_EXPIRE_SECONDS: u32 = 1800;

/// What proves who the caller is.
///
/// `Debug` shows neither key nor authorization.
///
/// ```
/// use voxline_api::transcription::Credentials;
/// let credentials = Credentials::app_key("my-app", "my-key");
/// assert!(!format!("{credentials:?}").contains("my-key"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Credentials {
    /// AppID and AppKey of the vendor's console: every attempt is signed anew.
    AppKey {
        /// The AppID.
        app_id: String,
        /// The AppKey. It is not sent.
        app_key: Secret,
        /// [`DEFAULT_REGION`], or the code of a province.
        region: String,
        /// Seconds for which a signature holds.
        expire_seconds: u32,
    },
    /// A ready value for the header `Authorization`, as on the service's inner network.
    Ready {
        /// Sent as `X-APP-ID` when there is one.
        app_id: Option<String>,
        /// Sent as `Authorization`.
        authorization: Secret,
    },
}

impl Credentials {
    /// AppID and AppKey, for the default region and time.
    pub fn app_key(app_id: impl Into<String>, app_key: impl Into<Secret>) -> Self {
        let region = DEFAULT_REGION.to_owned();
        Self::AppKey { app_id: app_id.into(), app_key: app_key.into(), region, expire_seconds: DEFAULT_EXPIRE_SECONDS }
    }

    /// A ready value for `Authorization`, without an AppID.
    pub fn ready(authorization: impl Into<Secret>) -> Self {
        Self::Ready { app_id: None, authorization: authorization.into() }
    }

    /// Finds what cannot be sent or signed.
    pub(super) fn check(&self) -> Result<()> {
        let refuse = |what: String| Err(Error::new(ErrorKind::InvalidArgument, "check credentials", what));
        let unfit = |text: &str| text.contains(|c: char| c.is_control() || c.is_whitespace() || !c.is_ascii());
        match self {
            Self::AppKey { app_id, app_key, region, expire_seconds } => {
                for (name, text) in [("AppID", app_id.as_str()), ("region", region)] {
                    // A slash would move the fields of the signature.
                    if text.is_empty() || unfit(text) || text.contains('/') {
                        return refuse(format!("the {name} must be ASCII text without white space or slash"));
                    }
                }
                // Read from a file, a key often brings its line break along.
                if app_key.is_empty() || app_key.expose().contains(|c: char| c.is_control() || c.is_whitespace()) {
                    return refuse("the AppKey is missing or holds white space or a line break".to_owned());
                }
                if *expire_seconds == 0 {
                    return refuse("a signature that holds for 0 seconds is of no use".to_owned());
                }
            }
            Self::Ready { app_id, authorization } => {
                if app_id.as_deref().is_some_and(|text| text.is_empty() || unfit(text)) {
                    return refuse("the AppID must be ASCII text without white space".to_owned());
                }
                let text = authorization.expose();
                // One space is fine: "Bearer x".
                if text.is_empty() || text.trim() != text || text.contains(|c: char| c.is_control() || !c.is_ascii()) {
                    return refuse(
                        "the authorization is missing, holds a line break, or white space at an end".to_owned(),
                    );
                }
            }
        }
        Ok(())
    }

    /// Adds the header fields to one attempt; gives back what must not be shown of them.
    pub(super) fn authorize(
        &self,
        request: Request,
        query: &[(&str, &str)],
        now: SystemTime,
    ) -> (Request, Vec<Secret>) {
        match self {
            Self::AppKey { app_id, app_key, region, expire_seconds } => {
                let signer = Signer { app_id, app_key, region, expire_seconds: *expire_seconds };
                let signed = signer.sign(unix_s(now), request.method.as_str(), request.url.path(), query);
                let request = request
                    .with_header("X-APP-ID", app_id.as_str())
                    .with_header("Authorization", signed.authorization.expose());
                (request, vec![signed.authorization, signed.signature])
            }
            Self::Ready { app_id, authorization } => {
                let request = match app_id {
                    Some(app_id) => request.with_header("X-APP-ID", app_id.as_str()),
                    None => request,
                };
                (request.with_header("Authorization", authorization.expose()), Vec::new())
            }
        }
    }

    /// What must not be shown whatever the attempt.
    pub(super) fn secrets(&self) -> Vec<Secret> {
        match self {
            Self::AppKey { app_key, .. } => vec![app_key.clone()],
            Self::Ready { authorization, .. } => {
                let text = authorization.expose();
                // "Bearer x" and ".../signature": the last part is worth hiding on its own.
                let last = text.rsplit([' ', '/']).next().filter(|last| last.len() >= 8 && *last != text);
                [Some(authorization.clone()), last.map(Secret::new)].into_iter().flatten().collect()
            }
        }
    }
}

/// Whole seconds since 1970.
pub(super) fn unix_s(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_signed_or_sent_is_refused_without_being_shown() {
        let with = |app_id: &str, key: &str, region: &str, expire_seconds| Credentials::AppKey {
            app_id: app_id.to_owned(),
            app_key: key.into(),
            region: region.to_owned(),
            expire_seconds,
        };
        assert!(with("a", "k", "SH", 1).check().is_ok());
        assert!(Credentials::ready("Bearer x").check().is_ok());
        let wrong = [
            with("", "canary", "QG", 1),
            with("canary/", "k", "QG", 1),
            with("a\r\n", "canary", "QG", 1),
            with("a", "", "QG", 1),
            with("a", "canary\n", "QG", 1),
            with("a", "canary", "", 1),
            with("a", "canary", "Q/G", 1),
            with("a", "canary", "QG", 0),
            Credentials::ready(""),
            Credentials::ready("canary\n"),
            Credentials::ready("canary\r\nX: y"),
            Credentials::Ready { app_id: Some(String::new()), authorization: "canary".into() },
        ];
        for credentials in wrong {
            let error = credentials.check().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{credentials:?}");
            assert!(!format!("{error:?}").contains("canary"), "{error:?}");
        }
    }

    #[test]
    fn the_last_part_of_a_ready_authorization_is_a_secret_of_its_own() {
        let secrets = |text: &str| Credentials::ready(text).secrets().iter().map(|s| s.expose().to_owned()).collect();
        let all: Vec<String> = secrets("Bearer 0123456789");
        assert_eq!(all, ["Bearer 0123456789", "0123456789"]);
        let all: Vec<String> = secrets("x/y");
        assert_eq!(all, ["x/y"]);
    }
}
