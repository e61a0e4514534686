//! The vendor's codes: what each means for the caller and for a retry.

use std::fmt;

use voxline_core::{ErrorKind, Retry};

use crate::http::{FailureClass, class_of_status};

/// What the service says in the field `code`.
///
/// **Source**: the vendor's page lists 200, 5002, 1002 and 5005 and says nothing of others. Those are kept; where such
/// a number is an HTTP status (as 200 is), it is taken to mean what it means there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RecordingStatus {
    /// 200: fine.
    Success,
    /// 5002: there is no such task.
    TaskNotFound,
    /// 1002: the user id is wrong, no cloud node belongs to it.
    UserNotFound,
    /// 5005: there is no such recording in this task.
    RecordNotFound,
    /// A code that is not on the page.
    Other(i64),
}

impl RecordingStatus {
    /// The statuses of the page.
    pub const KNOWN: &'static [Self] = &[Self::Success, Self::TaskNotFound, Self::UserNotFound, Self::RecordNotFound];

    /// The status with this number.
    pub fn from_code(code: i64) -> Self {
        Self::KNOWN.iter().copied().find(|status| status.code() == code).unwrap_or(Self::Other(code))
    }

    /// The number on the wire.
    pub fn code(self) -> i64 {
        match self {
            Self::Success => 200,
            Self::TaskNotFound => 5002,
            Self::UserNotFound => 1002,
            Self::RecordNotFound => 5005,
            Self::Other(code) => code,
        }
    }

    /// What the code means, in English.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::TaskNotFound => "the task does not exist",
            Self::UserNotFound => "the user id is wrong or has no cloud node",
            Self::RecordNotFound => "the recording does not exist in this task",
            Self::Other(_) => "a code that Voxline does not know",
        }
    }

    /// The kind of error it becomes; `None` for success.
    pub fn error_kind(self) -> Option<ErrorKind> {
        match self {
            Self::Success => None,
            Self::TaskNotFound | Self::UserNotFound | Self::RecordNotFound => Some(ErrorKind::NotFound),
            Self::Other(_) => Some(self.as_http().map_or(ErrorKind::Service, kind_of_status)),
        }
    }

    /// Whether the same request may succeed later.
    pub fn retry(self) -> Retry {
        if matches!(self.class(), FailureClass::Rejected | FailureClass::Expired) { Retry::No } else { Retry::Yes }
    }

    /// The row of the retry policy.
    pub(super) fn class(self) -> FailureClass {
        self.as_http().map_or(FailureClass::Rejected, class_of_status)
    }

    /// An HTTP error status.
    pub(super) fn as_http(self) -> Option<u16> {
        let Self::Other(code) = self else { return None };
        u16::try_from(code).ok().filter(|status| (400..=599).contains(status))
    }
}

/// The kind of error of an HTTP status outside 200 to 299.
pub(super) fn kind_of_status(status: u16) -> ErrorKind {
    match status {
        401 => ErrorKind::Unauthenticated,
        403 => ErrorKind::PermissionDenied,
        404 | 410 => ErrorKind::NotFound,
        408 => ErrorKind::Timeout,
        429 => ErrorKind::RateLimited,
        _ => ErrorKind::Service,
    }
}

impl fmt::Display for RecordingStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "code {} ({})", self.code(), self.meaning())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_kinds() {
        use ErrorKind::{NotFound, PermissionDenied, RateLimited, Service, Unauthenticated};
        let cases = [
            (5002, NotFound, Retry::No),
            (1002, NotFound, Retry::No),
            (5005, NotFound, Retry::No),
            (401, Unauthenticated, Retry::No),
            (403, PermissionDenied, Retry::No),
            (429, RateLimited, Retry::Yes),
            (503, Service, Retry::Yes),
            (5003, Service, Retry::No),
            (0, Service, Retry::No),
            (-1, Service, Retry::No),
            (600, Service, Retry::No),
            (65_936, Service, Retry::No),
            (i64::MAX, Service, Retry::No),
        ];
        for (code, kind, retry) in cases {
            let status = RecordingStatus::from_code(code);
            assert_eq!((status.code(), status.error_kind(), status.retry()), (code, Some(kind), retry));
            assert!(status.to_string().contains(&code.to_string()));
        }
        assert_eq!(RecordingStatus::from_code(200), RecordingStatus::Success);
        assert_eq!(RecordingStatus::Success.error_kind(), None);
    }
}
