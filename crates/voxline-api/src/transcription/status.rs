//! The vendor's codes: what each means for the caller and for a retry.

use std::fmt;

use voxline_core::{ErrorKind, Retry};

use crate::http::FailureClass;

/// Declares the codes and everything that follows from them in one table.
macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal, $text:literal => $kind:ident, $retry:ident, $class:ident;)+) => {
        /// What the service says in the field `code`, which may be a string or a number.
        ///
        /// **Source**: the vendor's page; 990003 and 992008 are from public clients. Codes not listed are kept as
        /// [`TranscriptionCode::Other`].
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum TranscriptionCode {
            /// 10000: accepted, or done.
            Success,
            $($(#[doc = $doc])+ $name,)+
            /// A code that is not in the table.
            Other(String),
        }

        impl TranscriptionCode {
            /// The codes of the table, without [`TranscriptionCode::Other`].
            pub const KNOWN: &'static [Self] = &[Self::Success, $(Self::$name,)+];

            /// The code with this text.
            pub fn from_text(text: &str) -> Self {
                match text.trim() {
                    "10000" => Self::Success,
                    $($code => Self::$name,)+
                    other => Self::Other(other.to_owned()),
                }
            }

            /// The text on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    Self::Success => "10000",
                    $(Self::$name => $code,)+
                    Self::Other(code) => code,
                }
            }

            /// What the code means, in English.
            pub fn meaning(&self) -> &'static str {
                match self {
                    Self::Success => "success",
                    $(Self::$name => $text,)+
                    Self::Other(_) => "a code that Voxline does not know",
                }
            }

            /// The kind of error it becomes; `None` for success.
            pub fn error_kind(&self) -> Option<ErrorKind> {
                match self {
                    Self::Success => None,
                    $(Self::$name => Some(ErrorKind::$kind),)+
                    Self::Other(_) => Some(ErrorKind::Service),
                }
            }

            /// Whether the same request may succeed later.
            pub fn retry(&self) -> Retry {
                match self {
                    $(Self::$name => Retry::$retry,)+
                    Self::Success | Self::Other(_) => Retry::No,
                }
            }

            /// The row of the retry policy.
            pub(crate) fn class(&self) -> FailureClass {
                match self {
                    $(Self::$name => FailureClass::$class,)+
                    Self::Success | Self::Other(_) => FailureClass::Rejected,
                }
            }
        }
    };
}

codes! {
    /// 10301: a required parameter is missing.
    MissingParameter = "10301", "a required parameter is missing" => Service, No, Rejected;
    /// 10302: too many requests at once; the request was not taken.
    TooManyRequests = "10302", "too many requests at once" => RateLimited, Yes, Busy;
    /// 10304: the body was not understood.
    BadBody = "10304", "the body was not understood" => Service, No, Rejected;
    /// 10503: the service's own connection timed out; the request was not taken.
    ConnectionTimedOut = "10503", "the service's connection timed out" => Timeout, Yes, Passing;
    /// 10903: the recording could not be recognised.
    RecognitionFailed = "10903", "recognition failed" => Service, No, Rejected;
    /// 990003: not done yet.
    Pending = "990003", "not done yet" => Service, Yes, Garbled;
    /// 992008: the information cannot be got, which is normal right after a submission.
    NotAvailable = "992008", "the information cannot be got" => NotFound, No, Rejected;
}

impl fmt::Display for TranscriptionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "code {} ({})", self.as_str(), self.meaning())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_round_trip_and_unknown_ones_are_kept() {
        for code in TranscriptionCode::KNOWN {
            assert_eq!(TranscriptionCode::from_text(code.as_str()), *code);
            assert_eq!(code.error_kind().is_none(), code.as_str() == "10000");
        }
        for text in ["1", "10001", "A0230", "", "１"] {
            let code = TranscriptionCode::from_text(text);
            assert_eq!(code, TranscriptionCode::Other(text.to_owned()));
            assert_eq!((code.error_kind(), code.retry()), (Some(ErrorKind::Service), Retry::No));
        }
        assert_eq!(TranscriptionCode::from_text(" 10302 "), TranscriptionCode::TooManyRequests);
    }

    #[test]
    fn every_listed_code_has_its_kind_and_only_two_are_tried_again() {
        use ErrorKind::{NotFound, RateLimited, Service, Timeout};
        let all: Vec<_> = TranscriptionCode::KNOWN.iter().map(|c| (c.as_str(), c.error_kind())).collect();
        let expected = [
            ("10000", None),
            ("10301", Some(Service)),
            ("10302", Some(RateLimited)),
            ("10304", Some(Service)),
            ("10503", Some(Timeout)),
            ("10903", Some(Service)),
            ("990003", Some(Service)),
            ("992008", Some(NotFound)),
        ];
        assert_eq!(all, expected);
        let repeated = |c: &&TranscriptionCode| matches!(c.class(), FailureClass::Busy | FailureClass::Passing);
        let repeated: Vec<_> =
            TranscriptionCode::KNOWN.iter().filter(repeated).map(TranscriptionCode::as_str).collect();
        assert_eq!(repeated, ["10302", "10503"]);
    }
}
