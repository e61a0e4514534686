//! Status codes.

/// What a function returns: 0 or more is fine, less than 0 is an error.
///
/// The numbers are never reused. A later version may add some: treat an unknown negative number as an error.
#[repr(i32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum voxline_status {
    /// Done.
    VOXLINE_OK = 0,
    /// News: there is nothing more (of a stream), or nothing at all (of a value that may be missing).
    VOXLINE_END = 1,
    /// News: nothing is ready until more input is pushed.
    VOXLINE_NEED_MORE = 2,
    /// A value outside what the call accepts. Correct the call.
    VOXLINE_INVALID_ARGUMENT = -1001,
    /// A key that is not in the option table.
    VOXLINE_UNKNOWN_OPTION = -1002,
    /// A call that does not fit the state, such as pushing after finish.
    VOXLINE_INVALID_STATE = -1003,
    /// The caller's buffer is too small.
    VOXLINE_BUFFER_TOO_SMALL = -1004,
    /// A required pointer is NULL.
    VOXLINE_NULL_POINTER = -1005,
    /// Sound data of a kind that is not supported.
    VOXLINE_UNSUPPORTED_FORMAT = -2001,
    /// Data that breaks its own format.
    VOXLINE_MALFORMED_INPUT = -2002,
    /// Data that ends early.
    VOXLINE_TRUNCATED_INPUT = -2003,
    /// A limit of the options or of the service would be exceeded.
    VOXLINE_LIMIT_EXCEEDED = -2004,
    /// Reading or writing failed.
    VOXLINE_IO = -3001,
    /// The connection could not be made: the request did not reach the server.
    VOXLINE_CONNECT = -3002,
    /// A time limit passed.
    VOXLINE_TIMEOUT = -3003,
    /// The caller cancelled.
    VOXLINE_CANCELLED = -3004,
    /// The request may or may not have taken effect. Look before repeating it.
    VOXLINE_OUTCOME_UNKNOWN = -3005,
    /// The service does not accept the credentials, or they expired.
    VOXLINE_UNAUTHENTICATED = -4001,
    /// The credentials do not allow this.
    VOXLINE_PERMISSION_DENIED = -4002,
    /// The service does not know the thing asked for.
    VOXLINE_NOT_FOUND = -4003,
    /// Too many requests or a quota used up.
    VOXLINE_RATE_LIMITED = -4004,
    /// Any other failure that the service reported.
    VOXLINE_SERVICE = -4005,
    /// This build lacks the feature.
    VOXLINE_FEATURE_DISABLED = -9001,
    /// A fault of Voxline itself. Please report it.
    VOXLINE_INTERNAL = -9002,
    /// A panic of Voxline was caught. Please report it.
    VOXLINE_PANIC = -9003,
}

impl voxline_status {
    /// Every status, for tests and names.
    pub(crate) const ALL: [Self; 25] = {
        use voxline_status::*;
        [
            VOXLINE_OK,
            VOXLINE_END,
            VOXLINE_NEED_MORE,
            VOXLINE_INVALID_ARGUMENT,
            VOXLINE_UNKNOWN_OPTION,
            VOXLINE_INVALID_STATE,
            VOXLINE_BUFFER_TOO_SMALL,
            VOXLINE_NULL_POINTER,
            VOXLINE_UNSUPPORTED_FORMAT,
            VOXLINE_MALFORMED_INPUT,
            VOXLINE_TRUNCATED_INPUT,
            VOXLINE_LIMIT_EXCEEDED,
            VOXLINE_IO,
            VOXLINE_CONNECT,
            VOXLINE_TIMEOUT,
            VOXLINE_CANCELLED,
            VOXLINE_OUTCOME_UNKNOWN,
            VOXLINE_UNAUTHENTICATED,
            VOXLINE_PERMISSION_DENIED,
            VOXLINE_NOT_FOUND,
            VOXLINE_RATE_LIMITED,
            VOXLINE_SERVICE,
            VOXLINE_FEATURE_DISABLED,
            VOXLINE_INTERNAL,
            VOXLINE_PANIC,
        ]
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use voxline::ErrorKind;

    #[test]
    fn every_kind_of_error_is_a_status_of_the_same_name_and_number() {
        let squeeze = |name: &str| name.replace('_', "").to_lowercase();
        for kind in ErrorKind::ALL {
            let status = voxline_status::ALL.iter().find(|status| **status as i32 == kind.code());
            let name = format!("{:?}", status.unwrap_or_else(|| panic!("{kind:?} has no status")));
            assert_eq!(squeeze(name.trim_start_matches("VOXLINE")), squeeze(&format!("{kind:?}")));
        }
        assert_eq!(voxline_status::ALL.iter().filter(|s| (**s as i32) < 0).count(), ErrorKind::ALL.len());
    }
}
