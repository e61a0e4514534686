//! Recordings, and the keys that open them.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{DEMO_MP3_RECORD_ID, DEMO_RECORD_ID, RecordingBody, RecordingOptions};
use crate::fault::mix64;

/// Keys that are remembered; older ones are as good as unknown.
const MAX_KEYS: usize = 100_000;
/// Where the keys' numbers start, so that they look like nothing.
const KEY_SEED: u64 = 0x0076_6F78_6C69_6E65;
/// In base64 these are `++//`: every key holds what a careless client re-encodes.
const AWKWARD: [u8; 3] = [0xFB, 0xEF, 0xFF];

/// What there is to fetch.
#[derive(Debug)]
pub(crate) struct Recordings {
    records: HashMap<String, (RecordingBody, u64)>,
    keys: HashMap<String, Key>,
    order: VecDeque<String>,
    issued: u64,
    versions: u64,
}

#[derive(Debug)]
struct Key {
    record: String,
    fetches: u32,
    born: Instant,
    expired: bool,
}

/// What a key opens.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) record: String,
    pub(super) body: RecordingBody,
    /// Changes whenever the recording is replaced.
    pub(super) version: u64,
}

/// What a key is worth.
#[derive(Debug)]
pub(super) enum KeyVerdict {
    Open(Opened),
    Unknown,
    Expired,
    /// The record is gone.
    Gone,
}

impl Default for Recordings {
    fn default() -> Self {
        let (keys, order) = (HashMap::new(), VecDeque::new());
        let mut recordings = Self { records: HashMap::new(), keys, order, issued: 0, versions: 0 };
        recordings.add(DEMO_RECORD_ID.to_owned(), RecordingBody::call_wav());
        recordings.add(DEMO_MP3_RECORD_ID.to_owned(), RecordingBody::call_mp3());
        recordings
    }
}

impl Recordings {
    pub(crate) fn add(&mut self, id: String, body: RecordingBody) {
        self.versions += 1;
        self.records.insert(id, (body, self.versions));
    }

    pub(crate) fn remove(&mut self, id: &str) {
        self.records.remove(id);
    }

    pub(crate) fn expire_keys(&mut self) {
        self.keys.values_mut().for_each(|key| key.expired = true);
    }

    /// A key for a record that exists.
    pub(super) fn issue_key(&mut self, record: &str) -> Option<String> {
        if !self.records.contains_key(record) {
            return None;
        }
        self.issued += 1;
        // 3 + 8 + 8 bytes: the text ends in "==".
        let numbers = [mix64(KEY_SEED, self.issued), self.issued].map(u64::to_be_bytes);
        let text = STANDARD.encode([&AWKWARD[..], &numbers[0], &numbers[1]].concat());
        if self.order.len() == MAX_KEYS
            && let Some(oldest) = self.order.pop_front()
        {
            self.keys.remove(&oldest);
        }
        let key = Key { record: record.to_owned(), fetches: 0, born: Instant::now(), expired: false };
        self.order.push_back(text.clone());
        self.keys.insert(text.clone(), key);
        Some(text)
    }

    /// Whether this was ever a key, given back changed or not.
    pub(super) fn knows(&self, key: &str) -> bool {
        self.keys.contains_key(key)
    }

    /// Opens a recording and counts the fetch.
    pub(super) fn open(&mut self, key: &str, options: &RecordingOptions) -> KeyVerdict {
        let Some(entry) = self.keys.get_mut(key) else { return KeyVerdict::Unknown };
        let too_old = options.key_valid_ms.is_some_and(|ms| entry.born.elapsed() >= Duration::from_millis(ms));
        let used_up = options.key_fetches.is_some_and(|most| entry.fetches >= most);
        if entry.expired || too_old || used_up {
            return KeyVerdict::Expired;
        }
        entry.fetches = entry.fetches.saturating_add(1);
        let record = entry.record.clone();
        match self.records.get(&record) {
            Some((body, version)) => KeyVerdict::Open(Opened { record, body: body.clone(), version: *version }),
            None => KeyVerdict::Gone,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_hold_what_must_come_back_verbatim_and_are_all_different() {
        let mut recordings = Recordings::default();
        let keys: Vec<_> = (0..100).map(|_| recordings.issue_key(DEMO_RECORD_ID).unwrap()).collect();
        for key in &keys {
            assert!(key.contains('+') && key.contains('/') && key.ends_with("=="), "{key}");
        }
        assert_eq!(keys.iter().collect::<std::collections::HashSet<_>>().len(), 100);
        assert!(recordings.issue_key("nothing").is_none());
    }

    #[test]
    fn old_keys_are_forgotten() {
        let mut recordings = Recordings::default();
        let first = recordings.issue_key(DEMO_RECORD_ID).unwrap();
        for _ in 0..MAX_KEYS {
            recordings.issue_key(DEMO_RECORD_ID);
        }
        assert_eq!((recordings.keys.len(), recordings.order.len()), (MAX_KEYS, MAX_KEYS));
        assert!(!recordings.knows(&first));
    }
}
