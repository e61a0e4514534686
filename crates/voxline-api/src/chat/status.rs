//! The vendor's status codes: what each means for the caller and for a retry.

use std::fmt;

use voxline_core::{ErrorKind, Retry};

use crate::http::FailureClass;

/// Declares the codes and everything that follows from them in one table.
macro_rules! chat_statuses {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal, $text:literal => $kind:ident, $retry:ident, $class:ident;)+) => {
        /// What the service says about a request in the field `status`.
        ///
        /// **Source**: the vendor's page says that 0 is success and everything else an error; the other codes are
        /// from public clients of the service. Codes not listed are kept as [`ChatStatus::Other`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ChatStatus {
            /// 0: fine.
            Success,
            $($(#[doc = $doc])+ $name,)+
            /// A code that is not in the table.
            Other(i64),
        }

        impl ChatStatus {
            /// The statuses of the table, without [`ChatStatus::Other`].
            pub const KNOWN: &'static [Self] = &[Self::Success, $(Self::$name,)+];

            /// The status with this number.
            pub fn from_code(code: i64) -> Self {
                match code {
                    0 => Self::Success,
                    $($code => Self::$name,)+
                    other => Self::Other(other),
                }
            }

            /// The number on the wire.
            pub fn code(self) -> i64 {
                match self {
                    Self::Success => 0,
                    $(Self::$name => $code,)+
                    Self::Other(code) => code,
                }
            }

            /// What the code means, in English.
            pub fn meaning(self) -> &'static str {
                match self {
                    Self::Success => "success",
                    $(Self::$name => $text,)+
                    Self::Other(_) => "a code that Voxline does not know",
                }
            }

            /// The kind of error it becomes; `None` for success.
            pub fn error_kind(self) -> Option<ErrorKind> {
                match self {
                    Self::Success => None,
                    $(Self::$name => Some(ErrorKind::$kind),)+
                    Self::Other(_) => Some(ErrorKind::Service),
                }
            }

            /// Whether the same request may succeed later.
            pub fn retry(self) -> Retry {
                match self {
                    $(Self::$name => Retry::$retry,)+
                    Self::Success | Self::Other(_) => Retry::No,
                }
            }

            /// The row of the retry policy.
            pub(crate) fn class(self) -> FailureClass {
                match self {
                    $(Self::$name => FailureClass::$class,)+
                    Self::Success | Self::Other(_) => FailureClass::Rejected,
                }
            }
        }
    };
}

// A bad parameter is `Service`, not `InvalidArgument`: the latter is what Voxline itself finds before sending, so that
// whoever catches it knows that nothing was sent. Codes that call for a person (credentials, quota, account) are not
// retried on their own even where a later try may help.
chat_statuses! {
    /// -1: the service failed and has no answer.
    SystemError = -1, "system error" => Service, Yes, Passing;
    /// 6: the appkey is wrong.
    BadAppKey = 6, "wrong appkey" => Unauthenticated, No, Rejected;
    /// 8: a parameter is wrong.
    BadParameter = 8, "wrong parameter" => Service, No, Rejected;
    /// 19: the session expired.
    SessionExpired = 19, "the session expired" => Unauthenticated, No, Rejected;
    /// 40: too much at once.
    TooMuchAtOnce = 40, "too many requests at once" => RateLimited, Yes, Busy;
    /// 41: the limit of calls is reached.
    CallLimit = 41, "the limit of calls is reached" => RateLimited, Yes, Rejected;
    /// 97: verification failed.
    VerificationFailed = 97, "verification failed" => Unauthenticated, No, Rejected;
    /// 98: logged in twice.
    DuplicateLogin = 98, "logged in more than once" => Unauthenticated, No, Rejected;
    /// 99: not logged in.
    NotLoggedIn = 99, "not logged in" => Unauthenticated, No, Rejected;
    /// 111: a parameter is wrong (the second code for it).
    BadParameterValue = 111, "wrong parameter" => Service, No, Rejected;
    /// 114: a problem with the account.
    AccountProblem = 114, "a problem with the account" => PermissionDenied, No, Rejected;
    /// 120: a problem with the account (the second code for it).
    AccountRefused = 120, "a problem with the account" => PermissionDenied, No, Rejected;
    /// 121: the quota is used up.
    QuotaUsedUp = 121, "the quota is used up" => RateLimited, No, Rejected;
    /// 122: the access token expired.
    TokenExpired = 122, "the access token expired" => Unauthenticated, No, Rejected;
    /// 123: no permission for this interface.
    HttpNotPermitted = 123, "no permission to use the HTTP interface" => PermissionDenied, No, Rejected;
    /// 124: the service ran out of time.
    TimedOut = 124, "the service timed out" => Timeout, Yes, Passing;
    /// 129: the application is restricted.
    AppRestricted = 129, "the application is restricted" => PermissionDenied, No, Rejected;
}

/// What was already done about a refused token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tried {
    /// Nothing can be: the client was given a token and nothing to renew it with.
    GivenToken,
    /// It is the first refusal; the token can be renewed.
    Renewable,
    /// It was renewed for this very call.
    Renewed,
}

impl ChatStatus {
    /// Whether another access token can help: the one sent has expired, or the service has forgotten it.
    pub fn asks_for_new_token(self) -> bool {
        matches!(self, Self::TokenExpired | Self::SessionExpired | Self::NotLoggedIn)
    }

    /// What the caller can do about it, for the end of a message.
    pub(crate) fn hint(self, tried: Tried) -> &'static str {
        match (self, tried) {
            (status, Tried::GivenToken) if status.asks_for_new_token() => {
                "; get a new access token, or give the client app credentials, with which it renews tokens by itself"
            }
            (status, Tried::Renewed) if status.asks_for_new_token() => {
                "; the access token was renewed for this call and refused again: check what the app key may do"
            }
            (Self::BadAppKey | Self::VerificationFailed | Self::DuplicateLogin, _) => "; check the access token",
            (Self::BadParameter | Self::BadParameterValue, _) => {
                "; check voice type, format and rate against the service"
            }
            _ => "",
        }
    }

    /// The same where a token was asked for.
    pub(crate) fn authorize_hint(self) -> &'static str {
        match self {
            Self::BadParameter | Self::BadParameterValue => "; check app key, auth code and user id",
            status if status.error_kind() == Some(ErrorKind::Unauthenticated) => {
                "; check app key, auth code and user id"
            }
            _ => "",
        }
    }
}

impl fmt::Display for ChatStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "status {} ({})", self.code(), self.meaning())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_round_trip_and_unknown_ones_are_kept() {
        for status in ChatStatus::KNOWN {
            assert_eq!(ChatStatus::from_code(status.code()), *status);
            assert_eq!(status.error_kind().is_none(), status.code() == 0);
        }
        for code in [1, 7, 130, -2, i64::MIN, i64::MAX] {
            assert_eq!(ChatStatus::from_code(code), ChatStatus::Other(code));
            assert_eq!(ChatStatus::Other(code).error_kind(), Some(ErrorKind::Service));
            assert_eq!(ChatStatus::Other(code).code(), code);
        }
    }

    #[test]
    fn every_listed_code_has_its_kind() {
        use ErrorKind::{PermissionDenied, RateLimited, Service, Timeout, Unauthenticated};
        let expected = [
            (-1, Service),
            (6, Unauthenticated),
            (8, Service),
            (19, Unauthenticated),
            (40, RateLimited),
            (41, RateLimited),
            (97, Unauthenticated),
            (98, Unauthenticated),
            (99, Unauthenticated),
            (111, Service),
            (114, PermissionDenied),
            (120, PermissionDenied),
            (121, RateLimited),
            (122, Unauthenticated),
            (123, PermissionDenied),
            (124, Timeout),
            (129, PermissionDenied),
        ];
        assert_eq!(ChatStatus::KNOWN.len(), expected.len() + 1);
        for (code, kind) in expected {
            assert_eq!(ChatStatus::from_code(code).error_kind(), Some(kind), "{code}");
        }
    }

    #[test]
    fn a_new_token_helps_against_three_codes_only() {
        let renewed: Vec<i64> = ChatStatus::KNOWN.iter().filter(|s| s.asks_for_new_token()).map(|s| s.code()).collect();
        assert_eq!(renewed, [19, 99, 122]);
        for status in ChatStatus::KNOWN.iter().filter(|s| s.asks_for_new_token()) {
            assert_eq!(status.error_kind(), Some(ErrorKind::Unauthenticated));
            assert!(status.hint(Tried::GivenToken).contains("app credentials"));
            assert!(status.hint(Tried::Renewed).contains("refused again"));
        }
    }

    #[test]
    fn only_codes_without_an_answer_are_tried_again() {
        let retried: Vec<i64> =
            ChatStatus::KNOWN.iter().filter(|s| s.class() != FailureClass::Rejected).map(|s| s.code()).collect();
        assert_eq!(retried, [-1, 40, 124]);
    }
}
