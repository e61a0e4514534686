//! What was asked in chats, and what is to be answered.

use std::collections::VecDeque;
use std::sync::Mutex;

use super::lock;
use crate::chat::{ChatSeen, Clip, ScriptedAnswer};
use crate::log::MAX_LOG;

/// Entries at the end of the log that keep their audio.
const MAX_AUDIO: usize = 100;

/// The chats so far.
#[derive(Debug, Default)]
pub(crate) struct Chats(Mutex<Notes>);

#[derive(Debug, Default)]
struct Notes {
    log: VecDeque<ChatSeen>,
    count: u64,
    scripted: VecDeque<ScriptedAnswer>,
    clips: Vec<Clip>,
}

impl Chats {
    /// Numbers the entry and keeps it.
    pub(crate) fn note(&self, mut seen: ChatSeen) {
        let mut notes = lock(&self.0);
        notes.count += 1;
        seen.number = notes.count;
        if notes.log.len() == MAX_LOG {
            notes.log.pop_front();
        }
        notes.log.push_back(seen);
        // One entry comes at a time, so one loses its audio at a time.
        let stale = notes.log.len().checked_sub(MAX_AUDIO + 1);
        if let Some(entry) = stale.and_then(|index| notes.log.get_mut(index)) {
            entry.audio = None;
        }
    }

    pub(crate) fn seen(&self) -> Vec<ChatSeen> {
        lock(&self.0).log.iter().cloned().collect()
    }

    pub(crate) fn script(&self, answer: ScriptedAnswer) {
        lock(&self.0).scripted.push_back(answer);
    }

    pub(crate) fn next_scripted(&self) -> Option<ScriptedAnswer> {
        lock(&self.0).scripted.pop_front()
    }

    /// The number under which `clip` is served from now on.
    pub(crate) fn add_clip(&self, clip: Clip) -> usize {
        let mut notes = lock(&self.0);
        notes.clips.push(clip);
        notes.clips.len()
    }

    pub(crate) fn clip(&self, number: usize) -> Option<Clip> {
        lock(&self.0).clips.get(number.checked_sub(1)?).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_bounded_and_so_is_its_audio() {
        let chats = Chats::default();
        for _ in 0..=MAX_LOG {
            let mut seen = ChatSeen::new(None, 0);
            seen.audio = Some([0; 2].into());
            chats.note(seen);
        }
        let log = chats.seen();
        assert_eq!((log.len(), log[0].number, log[MAX_LOG - 1].number), (MAX_LOG, 2, MAX_LOG as u64 + 1));
        let with_audio: Vec<_> = log.iter().filter(|seen| seen.audio.is_some()).map(|seen| seen.number).collect();
        assert_eq!(with_audio, (MAX_LOG as u64 + 2 - MAX_AUDIO as u64..MAX_LOG as u64 + 2).collect::<Vec<_>>());
    }
}
