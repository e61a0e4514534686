//! What is asked of the chat service.

use std::fmt;

/// How the audio is packed. 16 bits and one channel in every case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum VoiceFormat {
    /// Headerless s16le.
    RawPcm,
    /// A WAV file of s16le.
    RawWav,
    /// Speex narrowband packets of one size, at 8 kHz.
    Speex,
    /// Speex wideband packets of one size, at 16 kHz.
    SpeexWb,
}

impl VoiceFormat {
    /// The value of `voiceFormat`: `raw` means both PCM and WAV.
    pub fn wire_name(self) -> &'static str {
        match self {
            Self::RawPcm | Self::RawWav => "raw",
            Self::Speex => "speex",
            Self::SpeexWb => "speex-wb",
        }
    }

    /// What `speex_size` can be: bytes of a packet with the byte that holds its length, for quality 0 to 10. Packets
    /// without that byte have one less. Empty for what is not Speex.
    ///
    /// **Source**: the vendor's page of `AudioChat.do`, table of compression levels.
    pub fn speex_sizes(self) -> &'static [u32] {
        match self {
            Self::RawPcm | Self::RawWav => &[],
            Self::Speex => &[7, 11, 16, 21, 21, 29, 29, 39, 39, 47, 63],
            Self::SpeexWb => &[11, 16, 21, 26, 33, 43, 53, 61, 71, 87, 107],
        }
    }
}

/// Prepared audio: bytes, and what they are.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChatAudio {
    /// The bytes, before base64.
    pub bytes: Vec<u8>,
    /// What they are.
    pub format: VoiceFormat,
    /// Sample rate in Hz: 8000 or 16000.
    pub sample_rate_hz: u32,
    /// Bytes that each Speex packet takes, the byte with its length included (`speex_size`); needed for Speex only.
    pub speex_size: Option<u32>,
}

impl ChatAudio {
    /// Audio of this format and rate; checked when it is sent.
    pub fn new(bytes: impl Into<Vec<u8>>, format: VoiceFormat, sample_rate_hz: u32) -> Self {
        Self { bytes: bytes.into(), format, sample_rate_hz, speex_size: None }
    }

    /// Says how many bytes each Speex packet takes. With raw audio the service ignores it.
    #[must_use]
    pub fn with_speex_size(mut self, bytes: u32) -> Self {
        self.speex_size = Some(bytes);
        self
    }
}

impl fmt::Debug for ChatAudio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChatAudio")
            .field("bytes", &self.bytes.len())
            .field("format", &self.format)
            .field("sample_rate_hz", &self.sample_rate_hz)
            .field("speex_size", &self.speex_size)
            .finish()
    }
}

/// What the spoken answer is encoded as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AnswerAudio {
    /// `audiotype` 3, the service's default.
    Mp3,
    /// 4: headerless s16le, 16 kHz.
    Pcm16k,
    /// 5: headerless s16le, 8 kHz.
    Pcm8k,
    /// 6: WAV, 16 kHz.
    Wav16k,
    /// 6 with `rate` 1: WAV, 8 kHz.
    Wav8k,
    /// 7: headerless A-law, 8 kHz.
    Alaw8k,
    /// 8: headerless µ-law, 8 kHz.
    Mulaw8k,
}

impl AnswerAudio {
    /// Every choice.
    pub const ALL: &'static [Self] =
        &[Self::Mp3, Self::Pcm16k, Self::Pcm8k, Self::Wav16k, Self::Wav8k, Self::Alaw8k, Self::Mulaw8k];

    /// The values of `audiotype` and `rate`.
    pub(crate) fn wire(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Mp3 => ("3", None),
            Self::Pcm16k => ("4", None),
            Self::Pcm8k => ("5", None),
            Self::Wav16k => ("6", None),
            Self::Wav8k => ("6", Some("1")),
            Self::Alaw8k => ("7", None),
            Self::Mulaw8k => ("8", None),
        }
    }
}

/// Who speaks the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum VoiceName {
    /// 1: standard female voice.
    Female,
    /// 2: standard male voice.
    Male,
    /// 3: a girl.
    Girl,
    /// 4: a boy.
    Boy,
}

impl VoiceName {
    /// The value of `voiceName`.
    pub(crate) fn wire(self) -> &'static str {
        match self {
            Self::Female => "1",
            Self::Male => "2",
            Self::Girl => "3",
            Self::Boy => "4",
        }
    }
}

/// JSON that goes along: a target and its list.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChatData {
    /// Id of the target object.
    pub target: i64,
    /// A JSON array as text; sent as it stands, checked when it is sent.
    pub list: String,
}

impl ChatData {
    /// An entry of `data`; `list` is the text of a JSON array.
    pub fn new(target: i64, list: impl Into<String>) -> Self {
        Self { target, list: list.into() }
    }
}

/// One utterance with everything that can be said about it. What is not set is not sent.
///
/// Values are checked when the request is sent (or by [`ChatRequest::check`]), all at once.
///
/// ```
/// use voxline_api::chat::{ChatAudio, ChatRequest, SizeLimit, VoiceFormat};
/// let request = ChatRequest::new(ChatAudio::new(vec![0; 3200], VoiceFormat::RawPcm, 44_100)).with_speed(9.5);
/// let error = request.check(SizeLimit::default()).unwrap_err();
/// assert!(error.to_string().contains("44100") && error.to_string().contains("9.5"));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ChatRequest {
    pub(super) audio: ChatAudio,
    pub(super) voice_type: Option<String>,
    pub(super) need_tts: Option<bool>,
    pub(super) speed: Option<f64>,
    pub(super) volume: Option<u8>,
    pub(super) pitch: Option<u8>,
    pub(super) answer_audio: Option<AnswerAudio>,
    pub(super) voice_name: Option<VoiceName>,
    pub(super) latitude: Option<f64>,
    pub(super) longitude: Option<f64>,
    pub(super) city: Option<String>,
    pub(super) position: Option<String>,
    pub(super) data: Vec<ChatData>,
}

impl ChatRequest {
    /// A request with nothing but the audio.
    pub fn new(audio: ChatAudio) -> Self {
        Self {
            audio,
            voice_type: None,
            need_tts: None,
            speed: None,
            volume: None,
            pitch: None,
            answer_audio: None,
            voice_name: None,
            latitude: None,
            longitude: None,
            city: None,
            position: None,
            data: Vec::new(),
        }
    }

    /// The audio.
    pub fn audio(&self) -> &ChatAudio {
        &self.audio
    }

    /// Sends this text as `voiceType` instead of `16k` or `8k`. The vendor's page does not give the literal.
    #[must_use]
    pub fn with_voice_type(mut self, literal: impl Into<String>) -> Self {
        self.voice_type = Some(literal.into());
        self
    }

    /// Whether the answer is also wanted as speech (`needTTS`).
    #[must_use]
    pub fn with_tts(mut self, wanted: bool) -> Self {
        self.need_tts = Some(wanted);
        self
    }

    /// Speed of the speech, 0 to 9 with fractions; the service's default is 5.
    #[must_use]
    pub fn with_speed(mut self, speed: f64) -> Self {
        self.speed = Some(speed);
        self
    }

    /// Volume of the speech, 0 to 9; the service's default is 5.
    #[must_use]
    pub fn with_volume(mut self, volume: u8) -> Self {
        self.volume = Some(volume);
        self
    }

    /// Pitch of the speech, 0 to 9; the service's default is 5.
    #[must_use]
    pub fn with_pitch(mut self, pitch: u8) -> Self {
        self.pitch = Some(pitch);
        self
    }

    /// Encoding of the speech (`audiotype`, `rate`); the service's default is MP3.
    #[must_use]
    pub fn with_answer_audio(mut self, audio: AnswerAudio) -> Self {
        self.answer_audio = Some(audio);
        self
    }

    /// Who speaks.
    #[must_use]
    pub fn with_voice_name(mut self, name: VoiceName) -> Self {
        self.voice_name = Some(name);
        self
    }

    /// Latitude in degrees, −90 to 90 (`lat`). Only together with the longitude.
    #[must_use]
    pub fn with_latitude(mut self, degrees: f64) -> Self {
        self.latitude = Some(degrees);
        self
    }

    /// Longitude in degrees, −180 to 180 (`lng`). Only together with the latitude.
    #[must_use]
    pub fn with_longitude(mut self, degrees: f64) -> Self {
        self.longitude = Some(degrees);
        self
    }

    /// City. The service takes it only together with latitude and longitude.
    #[must_use]
    pub fn with_city(mut self, city: impl Into<String>) -> Self {
        self.city = Some(city.into());
        self
    }

    /// The exact place, in words.
    #[must_use]
    pub fn with_position(mut self, position: impl Into<String>) -> Self {
        self.position = Some(position.into());
        self
    }

    /// One more entry of `data`.
    #[must_use]
    pub fn with_data(mut self, data: ChatData) -> Self {
        self.data.push(data);
        self
    }
}
