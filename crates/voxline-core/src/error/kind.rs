//! The classes of failure and their numbers.

use std::fmt;

use super::Retry;

/// Declares the enum, `ALL`, the names and the round trip from numbers from one table, so that they cannot differ.
macro_rules! error_kinds {
    ($($(#[doc = $doc:literal])+ $name:ident = $number:literal, $text:literal;)+) => {
        /// The class of a failure. The number is the C status; it is never reused.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(i32)]
        #[non_exhaustive]
        pub enum ErrorKind {
            $($(#[doc = $doc])+ $name = $number,)+
        }

        impl ErrorKind {
            /// Every kind, for tables and tests.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The words used in messages.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// The kind with this number.
            pub fn from_code(code: i32) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.code() == code)
            }
        }
    };
}

error_kinds! {
    /// A value outside what the call accepts. Correct the call.
    InvalidArgument = -1001, "invalid argument";
    /// A key that is not in the option table. See `voxline options`.
    UnknownOption = -1002, "unknown option";
    /// A call that does not fit the state, such as pushing after finish.
    InvalidState = -1003, "invalid state";
    /// The caller's buffer is too small (C only).
    BufferTooSmall = -1004, "buffer too small";
    /// A required pointer was NULL (C only).
    NullPointer = -1005, "null pointer";
    /// Sound data of a kind that is not supported. Convert it first or ask for support.
    UnsupportedFormat = -2001, "unsupported format";
    /// Data that breaks its own format.
    MalformedInput = -2002, "malformed input";
    /// Data that ends early, reported as an error only under `input.strict`.
    TruncatedInput = -2003, "truncated input";
    /// A limit of the options or of the service would be exceeded.
    LimitExceeded = -2004, "limit exceeded";
    /// Reading or writing failed.
    Io = -3001, "i/o error";
    /// The connection could not be made: the request did not reach the server.
    Connect = -3002, "connect failed";
    /// A time limit passed.
    Timeout = -3003, "timed out";
    /// The caller cancelled.
    Cancelled = -3004, "cancelled";
    /// The request may or may not have taken effect. Look before repeating it.
    OutcomeUnknown = -3005, "outcome unknown";
    /// The service does not accept the credentials, or they expired.
    Unauthenticated = -4001, "not authenticated";
    /// The credentials do not allow this.
    PermissionDenied = -4002, "permission denied";
    /// The service does not know the thing asked for.
    NotFound = -4003, "not found";
    /// Too many requests or a quota used up.
    RateLimited = -4004, "rate limited";
    /// Any other failure that the service reported.
    Service = -4005, "service error";
    /// This build lacks the feature.
    FeatureDisabled = -9001, "feature disabled";
    /// A fault of Voxline itself. Please report it.
    Internal = -9002, "internal error";
    /// A panic was caught at the boundary. Please report it.
    Panic = -9003, "panic";
}

impl ErrorKind {
    /// The number used as C status.
    pub fn code(self) -> i32 {
        self as i32
    }

    /// What an error of this kind says about retrying unless it knows better.
    pub(super) fn default_retry(self) -> Retry {
        match self {
            Self::Connect | Self::Timeout | Self::RateLimited => Retry::Yes,
            Self::OutcomeUnknown => Retry::Unknown,
            _ => Retry::No,
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_are_unique_and_round_trip() {
        for (i, a) in ErrorKind::ALL.iter().enumerate() {
            assert_eq!(ErrorKind::from_code(a.code()), Some(*a));
            for b in &ErrorKind::ALL[i + 1..] {
                assert_ne!(a.code(), b.code());
                assert_ne!(a.as_str(), b.as_str());
            }
        }
        assert_eq!(ErrorKind::from_code(0), None);
    }

    #[test]
    fn numbers_are_the_published_ones() {
        // These numbers are in other people's programs: this list only ever grows.
        let published = [
            -1001, -1002, -1003, -1004, -1005, -2001, -2002, -2003, -2004, -3001, -3002, -3003, -3004, -3005, -4001,
            -4002, -4003, -4004, -4005, -9001, -9002, -9003,
        ];
        assert_eq!(ErrorKind::ALL.iter().map(|k| k.code()).collect::<Vec<_>>(), published);
    }
}
