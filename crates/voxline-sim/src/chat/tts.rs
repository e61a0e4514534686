//! Spoken answers: the same short sentence in every format of the service.

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

macro_rules! answer_file {
    ($name:literal) => {
        include_bytes!(concat!("../../../../assets/answer/", $name))
    };
}

const WAV_16K: &[u8] = answer_file!("answer-16k.wav");
const WAV_8K: &[u8] = answer_file!("answer-8k.wav");

/// What is behind the header of a plain WAV file: programs that bring the simulator along hold the samples once.
fn samples(wav: &'static [u8]) -> &'static [u8] {
    wav.get(44..).unwrap_or_default()
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
            Self::Mp3 => ("mp3", "audio/mpeg", answer_file!("answer.mp3")),
            Self::Pcm16k => ("pcm", HEADERLESS, samples(WAV_16K)),
            Self::Pcm8k => ("pcm", HEADERLESS, samples(WAV_8K)),
            Self::Wav16k => ("wav", "audio/wav", WAV_16K),
            Self::Wav8k => ("wav", "audio/wav", WAV_8K),
            Self::Alaw8k => ("alaw", HEADERLESS, answer_file!("answer-8k.alaw")),
            Self::Mulaw8k => ("ulaw", HEADERLESS, answer_file!("answer-8k.ulaw")),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headerless_samples_are_those_of_the_wav_files() {
        assert_eq!(Clip::Pcm16k.file().2, answer_file!("answer-16k.pcm"));
        assert_eq!(Clip::Pcm8k.file().2, answer_file!("answer-8k.pcm"));
    }
}
