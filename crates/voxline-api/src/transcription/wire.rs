//! The body of a submission, field by field as in the vendor's example.

use serde::Serialize;
use voxline_core::{Error, ErrorKind, Result};

use super::client::SUBMIT_OP;
use super::request::{ReturnMode, Submission};

#[derive(Serialize)]
struct Wire<'a> {
    req_id: &'a str,
    /// Seconds: the vendor's Java sample sends milliseconds, against the vendor's own table.
    timestamp: u64,
    file_link: &'a str,
    /// Always true, also when the caller asks for the result: nothing else is supported.
    enable_callback: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    callback_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    business_data: Option<&'a str>,
    /// 1 is pull; 0, the default, is push and is left out as in the vendor's example.
    #[serde(skip_serializing_if = "Option::is_none")]
    return_mode: Option<u8>,
}

/// The JSON of one attempt.
pub(super) fn body(submission: &Submission, req_id: &str, timestamp_s: u64) -> Result<Vec<u8>> {
    let (callback_url, return_mode) = match &submission.mode {
        ReturnMode::Push { callback_url } => (Some(callback_url.as_str()), None),
        ReturnMode::Pull => (None, Some(1)),
    };
    let wire = Wire {
        req_id,
        timestamp: timestamp_s,
        file_link: submission.file_link(),
        enable_callback: true,
        callback_url,
        business_data: submission.business_data(),
        return_mode,
    };
    serde_json::to_vec(&wire).map_err(|e| Error::new(ErrorKind::Internal, SUBMIT_OP, e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "https://gw.alipayobjects.com/os/bmw-prod/0574ee2e-f494-45a5-820f-63aee583045a.wav";

    fn sent(submission: &Submission) -> String {
        String::from_utf8(body(submission, "test001", 1_673_493_479).unwrap()).unwrap()
    }

    #[test]
    fn a_push_is_the_vendors_example() {
        let submission = Submission::new(LINK, ReturnMode::push("http://{ip}/{port}"));
        let expected = concat!(
            r#"{"req_id":"test001","timestamp":1673493479,"#,
            r#""file_link":"https://gw.alipayobjects.com/os/bmw-prod/0574ee2e-f494-45a5-820f-63aee583045a.wav","#,
            r#""enable_callback":true,"callback_url":"http://{ip}/{port}"}"#
        );
        assert_eq!(sent(&submission), expected);
    }

    #[test]
    fn a_pull_says_so_and_still_enables_the_callback() {
        let submission = Submission::new("http://h/语?k=a+/b==", ReturnMode::Pull).with_business_data("\"7\"");
        let expected = concat!(
            r#"{"req_id":"test001","timestamp":1673493479,"file_link":"http://h/语?k=a+/b==","#,
            r#""enable_callback":true,"business_data":"\"7\"","return_mode":1}"#
        );
        assert_eq!(sent(&submission), expected);
    }
}
