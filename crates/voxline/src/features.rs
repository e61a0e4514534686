//! What a build can do.

/// Words that every build has, and those behind features of this crate that are switched on.
const WORDS: &[(bool, &str)] = &[
    (true, "wav"),
    (true, "rf64"),
    (true, "au"),
    (true, "aiff"),
    (true, "mp3"),
    (true, "ogg"),
    (true, "speex"),
    (cfg!(feature = "flac"), "flac"),
    (cfg!(feature = "vorbis"), "vorbis"),
    (cfg!(feature = "opus"), "opus"),
    (cfg!(feature = "aac"), "m4a"),
    (cfg!(feature = "aac"), "aac"),
    (true, "g711"),
    (true, "ima-adpcm"),
    (true, "ms-adpcm"),
    (true, "gsm"),
    (true, "g722"),
    (true, "split"),
    (true, "doctor"),
    (true, "base64"),
    (true, "chat"),
    (true, "recording"),
    (true, "transcription"),
];

const COUNT: usize = {
    let (mut at, mut count) = (0, 0);
    while at < WORDS.len() {
        count += WORDS[at].0 as usize;
        at += 1;
    }
    count
};

static THERE: [&str; COUNT] = {
    let (mut words, mut at, mut next) = ([""; COUNT], 0, 0);
    while at < WORDS.len() {
        if WORDS[at].0 {
            words[next] = WORDS[at].1;
            next += 1;
        }
        at += 1;
    }
    words
};

/// What this build can do, as words: containers and codecs that it reads, the services, and what else there is.
pub const FEATURES: &[&str] = &THERE;

#[cfg(test)]
mod tests {
    use super::FEATURES;

    #[test]
    fn words_are_there_once_and_features_only_when_they_are() {
        assert!(FEATURES.starts_with(&["wav", "rf64", "au", "aiff", "mp3", "ogg", "speex"]));
        assert_eq!(FEATURES.contains(&"flac"), cfg!(feature = "flac"));
        assert_eq!(FEATURES.contains(&"m4a"), cfg!(feature = "aac"));
        assert!(FEATURES.iter().all(|word| !word.is_empty() && FEATURES.iter().filter(|w| *w == word).count() == 1));
    }
}
