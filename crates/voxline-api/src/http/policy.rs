//! What follows from a failure, as a table.

/// The kinds of failure that differ in what may be done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FailureClass {
    /// The request was not complete at the server: it cannot have taken effect.
    NotSent,
    /// It was not sent and will not be the next time either: address, header, certificate, proxy.
    Refused,
    /// It was sent; the answer did not come in time.
    TimedOut,
    /// It was sent; the connection broke.
    Lost,
    /// The answer began and was cut off.
    Truncated,
    /// What came back is not HTTP.
    Garbled,
    /// The answer is longer than allowed; so will be the next.
    TooLarge,
    /// The server said that it did not take it now: HTTP 429, 503, or the vendor's words for that.
    Busy,
    /// A gateway lost sight of it: HTTP 502, 504, and 408, which gateways also send for a service that was slow.
    Gateway,
    /// The server failed at it: HTTP 500 and the like.
    ServerFault,
    /// The service says it failed at it for a passing reason and has no answer.
    Passing,
    /// What was sent along (a token, a signed link) is no longer valid; nothing was done.
    Expired,
    /// The service refused it for good.
    Rejected,
    /// The caller gave up before it was sent.
    Cancelled,
    /// The caller gave up when it had been sent.
    Abandoned,
}

/// What to do about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// Send it again after a wait.
    Retry,
    /// Renew what expired and send it again, once.
    Renew,
    /// Report it.
    Fail,
    /// Report that nobody knows whether it took effect.
    OutcomeUnknown,
}

/// One row: the failure, what to do for a request that may be repeated, and for one that may not.
pub(crate) struct Row {
    pub(crate) class: FailureClass,
    pub(crate) idempotent: Action,
    pub(crate) other: Action,
}

const fn row(class: FailureClass, idempotent: Action, other: Action) -> Row {
    Row { class, idempotent, other }
}

/// The policy.
///
/// A request that is not idempotent is repeated only when it surely took no effect: it did not arrive (`NotSent`), or
/// the server said so (`Busy`, `Passing`). HTTP 500 is an answer: the service tried and failed, which the caller must
/// know, but whether to try again is the caller's decision.
pub(crate) const POLICY: &[Row] = &[
    row(FailureClass::NotSent, Action::Retry, Action::Retry),
    row(FailureClass::Refused, Action::Fail, Action::Fail),
    row(FailureClass::TimedOut, Action::Retry, Action::OutcomeUnknown),
    row(FailureClass::Lost, Action::Retry, Action::OutcomeUnknown),
    row(FailureClass::Truncated, Action::Retry, Action::OutcomeUnknown),
    row(FailureClass::Garbled, Action::Fail, Action::OutcomeUnknown),
    row(FailureClass::TooLarge, Action::Fail, Action::Fail),
    row(FailureClass::Busy, Action::Retry, Action::Retry),
    row(FailureClass::Gateway, Action::Retry, Action::OutcomeUnknown),
    row(FailureClass::ServerFault, Action::Retry, Action::Fail),
    row(FailureClass::Passing, Action::Retry, Action::Retry),
    row(FailureClass::Expired, Action::Renew, Action::Renew),
    row(FailureClass::Rejected, Action::Fail, Action::Fail),
    row(FailureClass::Cancelled, Action::Fail, Action::Fail),
    row(FailureClass::Abandoned, Action::Fail, Action::OutcomeUnknown),
];

/// Looks the action up.
pub(crate) fn action(class: FailureClass, idempotent: bool) -> Action {
    POLICY
        .iter()
        .find(|row| row.class == class)
        // A class without a row (a test forbids it) is not repeated.
        .map_or(Action::Fail, |row| if idempotent { row.idempotent } else { row.other })
}

/// The class of an HTTP status outside 200 to 299.
pub(crate) fn class_of_status(status: u16) -> FailureClass {
    match status {
        429 | 503 => FailureClass::Busy,
        // 408 should mean that not all of the request came (RFC 9110, 15.5.9); nobody pays for a server that errs.
        408 | 502 | 504 => FailureClass::Gateway,
        500..=599 => FailureClass::ServerFault,
        _ => FailureClass::Rejected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each test is one row: what a service would suffer if the row were wrong is in its name.
    macro_rules! rows {
        ($($name:ident: $class:ident => $idempotent:ident, $other:ident;)+) => {
            $(#[test]
            fn $name() {
                assert_eq!(action(FailureClass::$class, true), Action::$idempotent);
                assert_eq!(action(FailureClass::$class, false), Action::$other);
            })+

            #[test]
            fn every_class_has_exactly_one_row() {
                let classes = [$(FailureClass::$class),+];
                assert_eq!(POLICY.len(), classes.len());
                for class in classes {
                    assert_eq!(POLICY.iter().filter(|row| row.class == class).count(), 1, "{class:?}");
                }
            }
        };
    }

    rows! {
        what_never_arrived_is_sent_again: NotSent => Retry, Retry;
        what_cannot_be_sent_is_not_tried_again: Refused => Fail, Fail;
        a_late_answer_may_mean_it_was_done: TimedOut => Retry, OutcomeUnknown;
        a_lost_connection_may_mean_it_was_done: Lost => Retry, OutcomeUnknown;
        a_cut_answer_means_it_was_probably_done: Truncated => Retry, OutcomeUnknown;
        an_answer_nobody_understands_is_not_asked_for_again: Garbled => Fail, OutcomeUnknown;
        an_answer_too_long_is_not_fetched_again: TooLarge => Fail, Fail;
        a_busy_server_is_asked_again: Busy => Retry, Retry;
        a_gateway_does_not_know_whether_it_was_done: Gateway => Retry, OutcomeUnknown;
        a_failing_server_is_asked_again_only_if_harmless: ServerFault => Retry, Fail;
        a_passing_failure_is_tried_again: Passing => Retry, Retry;
        what_expired_is_renewed: Expired => Renew, Renew;
        a_refusal_is_final: Rejected => Fail, Fail;
        who_gave_up_is_not_kept_waiting: Cancelled => Fail, Fail;
        who_gave_up_too_late_is_told_that_it_may_have_been_done: Abandoned => Fail, OutcomeUnknown;
    }

    #[test]
    fn status_classes() {
        let cases = [
            (301, FailureClass::Rejected),
            (400, FailureClass::Rejected),
            (401, FailureClass::Rejected),
            (404, FailureClass::Rejected),
            (408, FailureClass::Gateway),
            (413, FailureClass::Rejected),
            (429, FailureClass::Busy),
            (500, FailureClass::ServerFault),
            (501, FailureClass::ServerFault),
            (502, FailureClass::Gateway),
            (503, FailureClass::Busy),
            (504, FailureClass::Gateway),
            (599, FailureClass::ServerFault),
        ];
        for (status, class) in cases {
            assert_eq!(class_of_status(status), class, "{status}");
        }
    }
}
