//! Deliveries and the ledger.

use voxline_core::Result;

use super::{Ledger, Step};
use crate::transcription::callback::{Callback, CallbackOutcome};

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Recorded {
    /// It is in the ledger now.
    New,
    /// It said nothing new: a duplicate, or news that the work goes on.
    Nothing,
    /// Its ids are not in the ledger.
    UnknownId,
}

/// Writes a delivery into the ledger. When it returns, the result is on disk: only then acknowledge it.
///
/// A delivery with a `req_id` belongs to that submission; one without, to that with its `requestId`.
///
/// **Errors**: those of the ledger. Unknown ids and duplicates are none.
pub fn record_callback(ledger: &dyn Ledger, callback: &Callback) -> Result<Recorded> {
    let by_own = callback.req_id.as_deref().map(|id| ledger.entry(id)).transpose()?.flatten();
    let by_theirs = || callback.request_id.as_deref().map(|id| ledger.entry_of_request(id)).transpose();
    let entry = match by_own {
        Some(entry) => entry,
        None => match by_theirs()?.flatten() {
            Some(entry) => entry,
            None => return Ok(Recorded::UnknownId),
        },
    };
    // Whoever guessed one id does not know the other.
    if let (Some(kept), Some(said)) = (&entry.request_id, &callback.request_id)
        && kept != said
    {
        return Ok(Recorded::UnknownId);
    }
    let step = match &callback.outcome {
        CallbackOutcome::Done(transcript) => Step::Done { result: transcript.raw().to_owned() },
        CallbackOutcome::Failed(failure) => Step::Failed { why: failure.to_string() },
        CallbackOutcome::Pending => return Ok(Recorded::Nothing),
    };
    if let (Some(request_id), None) = (&callback.request_id, &entry.request_id) {
        ledger.advance(entry.req_id(), &Step::Accepted { request_id: request_id.clone() })?;
    }
    Ok(if ledger.advance(entry.req_id(), &step)? { Recorded::New } else { Recorded::Nothing })
}
