//! What is asked of the recording service.

use std::fmt;

use voxline_core::{Error, ErrorKind, Result};

/// Longest id taken; those of the service have 36 characters.
const MAX_ID_BYTES: usize = 256;
/// Most ids of one request for many. **Source**: public clients of the service.
pub(super) const MAX_BATCH: usize = 30;
/// The path of the token check. **Source**: public clients of the service.
pub(super) const TOKEN_PATH: &str = "/agent-api/token";

/// What names one recording.
///
/// Ids are checked when they are used, and go into the address percent-encoded, each within its own segment.
///
/// ```
/// use voxline_api::recording::RecordingId;
/// let id = RecordingId::new("4d99d91c", "287e19c4", "50971322").with_sub_user("12");
/// assert_eq!(id.to_string(), "user 4d99d91c, task 287e19c4, record 50971322, sub-user 12");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct RecordingId {
    /// Id of the account: decides in which cloud node the service looks.
    pub user_id: String,
    /// Id of the task the call belongs to.
    pub task_id: String,
    /// Id of the call within the task.
    pub record_id: String,
    /// Id of the sub-account, where there is one.
    pub sub_user_id: Option<String>,
}

impl RecordingId {
    /// A recording of the account itself.
    pub fn new(user_id: impl Into<String>, task_id: impl Into<String>, record_id: impl Into<String>) -> Self {
        let (user_id, task_id, record_id) = (user_id.into(), task_id.into(), record_id.into());
        Self { user_id, task_id, record_id, sub_user_id: None }
    }

    /// The same recording, of a sub-account.
    #[must_use]
    pub fn with_sub_user(mut self, sub_user_id: impl Into<String>) -> Self {
        self.sub_user_id = Some(sub_user_id.into());
        self
    }

    /// Checks all ids.
    ///
    /// **Errors**: [`ErrorKind::InvalidArgument`] that names every fault.
    pub fn check(&self) -> Result<()> {
        let ids = [("user id", &self.user_id), ("task id", &self.task_id), ("record id", &self.record_id)];
        let sub_user = self.sub_user_id.iter().map(|id| ("sub-user id", id));
        let faults: Vec<String> = ids.into_iter().chain(sub_user).filter_map(|(name, id)| fault(name, id)).collect();
        if faults.is_empty() {
            return Ok(());
        }
        Err(Error::new(ErrorKind::InvalidArgument, "check recording id", faults.join("; ")))
    }

    /// Path and query of the request for one.
    pub(super) fn locate_path(&self) -> String {
        let [user, task, record] = [&self.user_id, &self.task_id, &self.record_id].map(|id| encoded(id));
        let sub_user = self.sub_user_id.as_deref().map(|id| format!("?sub_user_id={}", encoded(id)));
        let sub_user = sub_user.unwrap_or_default();
        format!("/agent-api/user/{user}/task/{task}/record/{record}/download-full-voice{sub_user}")
    }

    /// Path and query of the request for many of the same task.
    pub(super) fn batch_path(&self, record_ids: &[&str]) -> String {
        let [user, task] = [&self.user_id, &self.task_id].map(|id| encoded(id));
        let mut query: Vec<String> = record_ids.iter().map(|id| format!("recordIds[]={}", encoded(id))).collect();
        query.extend(self.sub_user_id.iter().map(|id| format!("sub_user_id={}", encoded(id))));
        format!("/agent-api/user/{user}/task/{task}/batch_record/download-full-voice?{}", query.join("&"))
    }
}

impl fmt::Display for RecordingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "user {}, task {}, record {}", self.user_id, self.task_id, self.record_id)?;
        self.sub_user_id.iter().try_for_each(|id| write!(f, ", sub-user {id}"))
    }
}

fn fault(name: &str, id: &str) -> Option<String> {
    let what = match id {
        "" => "is empty".to_owned(),
        // Servers take %2E for a dot, so that encoding would not keep these two from climbing out of the path.
        "." | ".." => format!("\"{id}\" means a folder in an address"),
        _ if id.len() > MAX_ID_BYTES => format!("has {} bytes; at most {MAX_ID_BYTES}", id.len()),
        _ if id.chars().any(char::is_control) => "holds a line break or another control character".to_owned(),
        _ => return None,
    };
    Some(format!("the {name} {what}"))
}

/// `text` with everything percent-encoded that is not unreserved (RFC 3986, 2.3): neither a segment of a path nor a
/// value of a query can end before it does.
pub(super) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Url;
    use proptest::prelude::*;

    #[test]
    fn the_path_is_that_of_the_vendors_page() {
        let id = RecordingId::new(
            "4d99d91c-f5d9-49da-88da-758977cc58a9",
            "287e19c4-1966-49d6-8f02-b53ef11c0a55",
            "50971322-2e84-4701-836c-fd1181306885",
        );
        let expected = "/agent-api/user/4d99d91c-f5d9-49da-88da-758977cc58a9/task/287e19c4-1966-49d6-8f02-b53ef11c0a55\
            /record/50971322-2e84-4701-836c-fd1181306885/download-full-voice";
        assert_eq!(id.locate_path(), expected);
        assert_eq!(id.with_sub_user("a&b=c").locate_path(), format!("{expected}?sub_user_id=a%26b%3Dc"));
    }

    #[test]
    fn many_are_asked_for_by_repeated_parameters() {
        let id = RecordingId::new("u/1", "t", "").with_sub_user("s");
        assert_eq!(
            id.batch_path(&["a", "b&c"]),
            "/agent-api/user/u%2F1/task/t/batch_record/download-full-voice\
             ?recordIds[]=a&recordIds[]=b%26c&sub_user_id=s"
        );
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let error = RecordingId::new("", "..", "a\nb").with_sub_user("x".repeat(257)).check().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        let text = error.to_string();
        for part in ["user id is empty", "task id \"..\"", "record id holds", "sub-user id has 257 bytes"] {
            assert!(text.contains(part), "{text}");
        }
        assert!(RecordingId::new("...", "a..b", "x".repeat(256)).check().is_ok());
    }

    proptest! {
        #[test]
        fn no_id_leaves_its_segment(user in ".{1,20}", task in "[./?#%\\\\a]{1,9}", record in "[ -~]{1,20}", sub in "[ -~]{1,9}") {
            let id = RecordingId::new(user, task, record).with_sub_user(sub);
            if id.check().is_ok() {
                let url = Url::parse("http://h/").unwrap().join(&id.locate_path()).unwrap();
                let segments: Vec<&str> = url.path().split('/').collect();
                prop_assert_eq!(segments.len(), 9, "{}", url.path());
                prop_assert_eq!([segments[1], segments[2], segments[4], segments[6], segments[8]],
                    ["agent-api", "user", "task", "record", "download-full-voice"]);
                prop_assert!(segments.iter().all(|segment| *segment != "." && *segment != ".."));
                prop_assert_eq!(url.query().unwrap().split('&').count(), 1);
            }
        }
    }
}
