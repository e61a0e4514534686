//! What an application identifies itself with.

use std::fmt;
use std::time::Duration;

use voxline_core::Secret;

/// What access tokens are given out for: the application's key and code, and the user it speaks for.
///
/// ```
/// use voxline_api::chat::AppCredentials;
/// let credentials = AppCredentials::new("key", "code", "user-1");
/// assert!(!format!("{credentials:?}").contains("key\""));
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AppCredentials {
    /// The application's key (`appkey`).
    pub app_key: Secret,
    /// The application's authorisation code (`authcode`).
    pub auth_code: Secret,
    /// Whom the tokens are for (`userid`); any text, of the caller's choice.
    pub user_id: String,
}

impl AppCredentials {
    /// Credentials; checked when a client is built with them.
    pub fn new(app_key: impl Into<Secret>, auth_code: impl Into<Secret>, user_id: impl Into<String>) -> Self {
        Self { app_key: app_key.into(), auth_code: auth_code.into(), user_id: user_id.into() }
    }

    /// What is wrong with them, if anything.
    pub(super) fn fault(&self) -> Option<String> {
        fault_of_secret("app key", &self.app_key)
            .or_else(|| fault_of_secret("auth code", &self.auth_code))
            .or_else(|| fault_of_user_id(&self.user_id))
    }
}

impl fmt::Debug for AppCredentials {
    /// Without the user id: it may be a person's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppCredentials")
            .field("app_key", &self.app_key)
            .field("auth_code", &self.auth_code)
            .finish_non_exhaustive()
    }
}

/// A secret that was read from a file often brings its line break along, which no server forgives.
pub(super) fn fault_of_secret(name: &str, secret: &Secret) -> Option<String> {
    if secret.is_empty() {
        return Some(format!("the {name} is empty"));
    }
    let holds_space = secret.expose().contains(|c: char| c.is_control() || c.is_whitespace());
    holds_space.then(|| format!("the {name} holds white space or a line break"))
}

pub(super) fn fault_of_user_id(user_id: &str) -> Option<String> {
    if user_id.trim().is_empty() {
        return Some("the user id is empty".to_owned());
    }
    user_id.contains(char::is_control).then(|| "the user id holds a line break or control character".to_owned())
}

/// What the service counts in `expires`. No page says; clients disagree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum ExpiresUnit {
    /// Hours, the default: a wrong guess renews too often, which does no harm.
    #[default]
    Hours,
    /// Days.
    Days,
}

impl ExpiresUnit {
    /// The time `count` of these take; `None` for what is no useful time.
    pub(super) fn lifetime(self, count: f64) -> Option<Duration> {
        let seconds = match self {
            Self::Hours => 3_600.0,
            Self::Days => 86_400.0,
        };
        // Negative, infinite and not-a-number all fail here.
        Duration::try_from_secs_f64(count * seconds).ok().filter(|time| !time.is_zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_that_cannot_work_are_named() {
        let cases = [
            (AppCredentials::new("", "c", "u"), "app key is empty"),
            (AppCredentials::new("k\n", "c", "u"), "app key holds"),
            (AppCredentials::new("k", "", "u"), "auth code is empty"),
            (AppCredentials::new("k", "c c", "u"), "auth code holds"),
            (AppCredentials::new("k", "c", " "), "user id is empty"),
            (AppCredentials::new("k", "c", "u\r\n"), "user id holds"),
        ];
        for (credentials, expected) in cases {
            let fault = credentials.fault().unwrap();
            assert!(fault.contains(expected), "{expected:?} not in {fault:?}");
        }
        assert_eq!(AppCredentials::new("k", "c", "用户 1").fault(), None);
    }

    #[test]
    fn debug_shows_neither_secrets_nor_the_user() {
        let shown = format!("{:?}", AppCredentials::new("canary", "canary", "canary"));
        assert!(!shown.contains("canary") && shown.contains("app_key"), "{shown}");
    }

    #[test]
    fn lifetimes_are_counted_in_their_unit() {
        assert_eq!(ExpiresUnit::default().lifetime(87.0), Some(Duration::from_secs(313_200)));
        assert_eq!(ExpiresUnit::Days.lifetime(87.0), Some(Duration::from_secs(7_516_800)));
        assert_eq!(ExpiresUnit::Hours.lifetime(0.5), Some(Duration::from_secs(1_800)));
        for count in [0.0, -1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, -0.0] {
            assert_eq!(ExpiresUnit::Hours.lifetime(count), None, "{count}");
        }
    }
}
