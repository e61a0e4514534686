//! Spoken answers: the same short sentence in every format of the service.

use crate::bundled;
use crate::outcome::Outcome;
use crate::reply::Reply;
use crate::state::Shared;

/// Which of the recordings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clip {
    Mp3,
    Pcm16k,
    Pcm8k,
    Wav16k,
    Wav8k,
    Alaw8k,
    Mulaw8k,
}

impl Clip {
    /// The clip for an `audiotype` (3 when absent); `narrow`: `rate` is 1.
    pub(super) fn new(audio_type: Option<u32>, narrow: bool) -> Self {
        match (audio_type, narrow) {
            (Some(4), _) => Self::Pcm16k,
            (Some(5), _) => Self::Pcm8k,
            (Some(6), false) => Self::Wav16k,
            (Some(6), true) => Self::Wav8k,
            (Some(7), _) => Self::Alaw8k,
            (Some(8), _) => Self::Mulaw8k,
            _ => Self::Mp3,
        }
    }

    /// File name extension, media type and content. Headerless audio has no media type of its own: only whoever asked
    /// for it knows what it is.
    fn file(self) -> (&'static str, &'static str, &'static [u8]) {
        const HEADERLESS: &str = "application/octet-stream";
        match self {
            Self::Mp3 => ("mp3", "audio/mpeg", bundled::ANSWER_MP3),
            Self::Pcm16k => ("pcm", HEADERLESS, bundled::samples(&bundled::ANSWER_16K_WAV)),
            Self::Pcm8k => ("pcm", HEADERLESS, bundled::samples(&bundled::ANSWER_8K_WAV)),
            Self::Wav16k => ("wav", "audio/wav", &bundled::ANSWER_16K_WAV),
            Self::Wav8k => ("wav", "audio/wav", &bundled::ANSWER_8K_WAV),
            Self::Alaw8k => ("alaw", HEADERLESS, &bundled::ANSWER_ALAW),
            Self::Mulaw8k => ("ulaw", HEADERLESS, &bundled::ANSWER_ULAW),
        }
    }
}

/// An address under which `clip` can be fetched from now on.
pub(super) fn url(shared: &Shared, clip: Clip) -> String {
    let number = shared.chats.add_clip(clip);
    format!("{}/tts/{number}.{}", shared.base_url, clip.file().0)
}

/// The clip under that path, if that path was given out.
pub(crate) fn spoken(shared: &Shared, path: &str) -> Outcome {
    let name = path.strip_prefix("/tts/").unwrap_or(path);
    let clip = name.split_once('.').and_then(|(number, extension)| {
        let (known, media_type, content) = shared.chats.clip(number.parse().ok()?)?.file();
        (extension == known).then(|| Reply::new(200, media_type, content))
    });
    match clip {
        Some(reply) => Outcome::accepted(reply),
        None => Outcome::refused(Reply::text(404, "no such clip"), 404, "no such clip"),
    }
}
