//! What is wrong with a request, found before anything is sent.

use serde_json::value::RawValue;
use voxline_core::{Error, ErrorKind, Result};

use super::request::{ChatAudio, ChatRequest, VoiceFormat};

pub(super) const OP: &str = "check chat request";

/// How the vendor's "the audio must be smaller than 600KB" is read. Bytes, not KiB: true under both meanings of KB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SizeLimit {
    /// The audio before base64 is shorter than this many bytes.
    AudioBytes(u64),
    /// The base64 text is shorter than this many bytes.
    Base64Bytes(u64),
}

impl Default for SizeLimit {
    /// Less than 600 000 bytes of audio.
    fn default() -> Self {
        Self::AudioBytes(600_000)
    }
}

impl SizeLimit {
    /// The strict reading: less than 600 000 bytes of base64 text, hence less than 450 000 of audio.
    pub const STRICT: Self = Self::Base64Bytes(600_000);

    /// The longest audio that passes, in bytes before base64.
    ///
    /// ```
    /// # use voxline_api::chat::SizeLimit;
    /// assert_eq!(SizeLimit::default().max_audio_bytes(), 599_999);
    /// assert_eq!(SizeLimit::STRICT.max_audio_bytes(), 449_997);
    /// ```
    pub fn max_audio_bytes(self) -> u64 {
        match self {
            Self::AudioBytes(n) => n.saturating_sub(1),
            // Whole groups of four characters, each from three bytes.
            Self::Base64Bytes(n) => (n.saturating_sub(1) / 4).saturating_mul(3),
        }
    }

    /// What is wrong with audio of this length, if anything.
    fn fault(self, audio: &ChatAudio) -> Option<String> {
        let bytes = audio.bytes.len() as u64;
        let most = self.max_audio_bytes();
        if bytes <= most {
            return None;
        }
        let (limit, of_what) = match self {
            Self::AudioBytes(n) => (n, "audio before base64"),
            Self::Base64Bytes(n) => (n, "base64 text"),
        };
        // A part holds whole samples, and as WAV a header of its own.
        let header_bytes = if audio.format == VoiceFormat::RawWav { WAV_HEADER_BYTES } else { 0 };
        let (unit_bytes, units_a_second) = unit(audio);
        let room = most.saturating_sub(header_bytes);
        let sample_bytes = room - room % unit_bytes;
        let hint = if sample_bytes == 0 {
            "which is no room for any audio".to_owned()
        } else {
            let parts = bytes.saturating_sub(header_bytes).div_ceil(sample_bytes);
            let part_bytes = sample_bytes + header_bytes;
            // Rounded down: a part of that length must pass.
            let tenths = (sample_bytes / unit_bytes).saturating_mul(10) / units_a_second;
            let (seconds, tenth) = (tenths / 10, tenths % 10);
            format!("split it into {parts} parts of at most {part_bytes} bytes ({seconds}.{tenth} s) each")
        };
        Some(format!(
            "the audio has {bytes} bytes ({} as base64), the service takes less than {limit} bytes of {of_what}; {hint}",
            base64_bytes(bytes)
        ))
    }
}

/// What cannot be split: a sample, or a packet of 20 ms; its bytes, and how many there are in a second.
fn unit(audio: &ChatAudio) -> (u64, u64) {
    match audio.format {
        VoiceFormat::RawPcm | VoiceFormat::RawWav => (2, u64::from(audio.sample_rate_hz.max(1))),
        VoiceFormat::Speex | VoiceFormat::SpeexWb => (u64::from(audio.speex_size.unwrap_or(1).max(1)), 50),
    }
}

/// The shortest header of a WAV file: RIFF (12), fmt (24), data (8).
const WAV_HEADER_BYTES: u64 = 44;

/// Length of padded base64: four characters for every three bytes begun (RFC 4648, 4).
pub(super) fn base64_bytes(bytes: u64) -> u64 {
    bytes.div_ceil(3).saturating_mul(4)
}

impl ChatRequest {
    /// Checks everything that can be checked without the service and reports all faults at once. Sending does this
    /// first.
    ///
    /// **Errors**: [`ErrorKind::LimitExceeded`] if the size is the only fault, otherwise
    /// [`ErrorKind::InvalidArgument`].
    pub fn check(&self, limit: SizeLimit) -> Result<()> {
        let mut faults = audio_faults(&self.audio);
        let mut require = |fine: bool, fault: String| {
            if !fine {
                faults.push(fault);
            }
        };
        if let Some(literal) = &self.voice_type {
            require(!literal.trim().is_empty(), "voice type is empty".to_owned());
        }
        if let Some(speed) = self.speed {
            require((0.0..=9.0).contains(&speed), format!("speed is {speed}, use 0 to 9"));
        }
        for (name, value) in [("volume", self.volume), ("pitch", self.pitch)] {
            if let Some(value) = value {
                require(value <= 9, format!("{name} is {value}, use 0 to 9"));
            }
        }
        for (name, value, most) in [("latitude", self.latitude, 90.0), ("longitude", self.longitude, 180.0)] {
            if let Some(value) = value {
                require((-most..=most).contains(&value), format!("{name} is {value}, use -{most} to {most}"));
            }
        }
        let both = self.latitude.is_some() && self.longitude.is_some();
        let either = self.latitude.is_some() || self.longitude.is_some();
        require(both || !either, "latitude and longitude go together, only one is set".to_owned());
        if let Some(city) = &self.city {
            require(both, "the city counts only together with latitude and longitude".to_owned());
            require(!city.trim().is_empty(), "the city is empty".to_owned());
        }
        if let Some(position) = &self.position {
            require(!position.trim().is_empty(), "the position is empty".to_owned());
        }
        for data in &self.data {
            let is_array = json(&data.list).is_some_and(|raw| raw.get().starts_with('['));
            require(is_array, format!("the list of data target {} is not a JSON array", data.target));
        }

        let size = limit.fault(&self.audio);
        let kind = if faults.is_empty() { ErrorKind::LimitExceeded } else { ErrorKind::InvalidArgument };
        faults.extend(size);
        if faults.is_empty() {
            return Ok(());
        }
        Err(Error::new(kind, OP, faults.join("; ")))
    }
}

/// JSON text without the white space around it; `None` if it is no JSON.
pub(super) fn json(text: &str) -> Option<&RawValue> {
    serde_json::from_str(text).ok()
}

fn audio_faults(audio: &ChatAudio) -> Vec<String> {
    let mut faults = Vec::new();
    let ChatAudio { bytes, sample_rate_hz, .. } = audio;
    if !matches!(sample_rate_hz, 8_000 | 16_000) {
        faults.push(format!("the sample rate is {sample_rate_hz} Hz, the service takes 8000 and 16000"));
    }
    let is_riff = bytes.starts_with(b"RIFF");
    match audio.format {
        VoiceFormat::RawPcm if bytes.is_empty() => faults.push("the audio is empty".to_owned()),
        VoiceFormat::RawPcm if is_riff => {
            faults.push("the audio is said to be headerless but starts with RIFF: send it as WAV".to_owned());
        }
        VoiceFormat::RawPcm if !bytes.len().is_multiple_of(2) => {
            faults.push(format!("{} bytes are not whole 16-bit samples", bytes.len()));
        }
        VoiceFormat::RawWav if !is_riff || bytes.get(8..12) != Some(b"WAVE") => {
            faults.push("the audio is said to be WAV but does not start with RIFF and WAVE".to_owned());
        }
        VoiceFormat::RawWav if bytes.len() as u64 <= WAV_HEADER_BYTES => {
            faults.push("the WAV file holds no audio".to_owned());
        }
        VoiceFormat::RawPcm => {}
        VoiceFormat::Speex | VoiceFormat::SpeexWb => faults.extend(speex_fault(audio)),
        VoiceFormat::RawWav => faults.extend(wav_fault(bytes, *sample_rate_hz)),
    }
    faults
}

/// What is wrong with packets of Speex: their rate, their size, or the bytes that say it.
fn speex_fault(audio: &ChatAudio) -> Option<String> {
    let (format, bytes) = (audio.format.wire_name(), &audio.bytes);
    let rate_hz = if audio.format == VoiceFormat::Speex { 8_000 } else { 16_000 };
    if audio.sample_rate_hz != rate_hz {
        return Some(format!("{format} is of {rate_hz} Hz, but the sample rate is {} Hz", audio.sample_rate_hz));
    }
    let sizes = audio.format.speex_sizes();
    let Some(size) = audio.speex_size else {
        return Some(format!(
            "{format} needs speex_size: one of {sizes:?}, or one less for packets without their length"
        ));
    };
    // No size is one of both tables: it tells whether each packet comes behind its length.
    let prefixed = sizes.contains(&size);
    if !prefixed && !sizes.contains(&size.saturating_add(1)) {
        return Some(format!(
            "speex_size {size} is no packet of {format}: it can be {sizes:?}, or one less for packets without their length"
        ));
    }
    let unit = usize::try_from(size).unwrap_or(usize::MAX).max(1);
    if bytes.is_empty() || !bytes.len().is_multiple_of(unit) {
        return Some(format!("{} bytes are not whole packets of speex_size {size}", bytes.len()));
    }
    let wrong = bytes.chunks_exact(unit).enumerate().find(|(_, packet)| u32::from(packet[0]) + 1 != size)?;
    prefixed.then(|| {
        let (index, length) = (wrong.0, wrong.1[0]);
        format!(
            "packet {index} says that it has {length} bytes, but speex_size {size} means {} and the length",
            size - 1
        )
    })
}

/// What the header of a WAV file says against 16-bit mono of this rate. A file whose header is not found here is left
/// to the service.
fn wav_fault(bytes: &[u8], sample_rate_hz: u32) -> Option<String> {
    let mut chunks = bytes.get(12..)?;
    let fmt = loop {
        let (head, rest) = chunks.split_first_chunk::<8>()?;
        let [id @ .., a, b, c, d] = *head;
        let size = usize::try_from(u32::from_le_bytes([a, b, c, d])).ok()?;
        match &id {
            b"fmt " => break rest.first_chunk::<16>()?,
            b"data" => return None,
            // Chunks are padded to an even length.
            _ => chunks = rest.get(size.checked_add(size & 1)?..)?,
        }
    };
    let [_, _, c0, c1, r0, r1, r2, r3, .., b0, b1] = *fmt;
    let (channels, bits) = (u16::from_le_bytes([c0, c1]), u16::from_le_bytes([b0, b1]));
    let rate_hz = u32::from_le_bytes([r0, r1, r2, r3]);
    let fine = (channels, bits, rate_hz) == (1, 16, sample_rate_hz);
    (!fine).then(|| {
        format!(
            "the WAV header says {channels} channels of {bits} bits at {rate_hz} Hz, but it would be sent as 1 channel \
             of 16 bits at {sample_rate_hz} Hz"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::request::ChatData;
    use super::*;
    use base64::Engine as _;
    use proptest::prelude::*;

    fn pcm(bytes: usize) -> ChatRequest {
        ChatRequest::new(ChatAudio::new(vec![0; bytes], VoiceFormat::RawPcm, 16_000))
    }

    fn wav(mut bytes: Vec<u8>) -> ChatRequest {
        bytes.resize(bytes.len().max(12), 0);
        ChatRequest::new(ChatAudio::new(bytes, VoiceFormat::RawWav, 8_000))
    }

    fn fault(request: &ChatRequest) -> String {
        let error = request.check(SizeLimit::default()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{error}");
        error.context().to_owned()
    }

    #[test]
    fn a_full_request_passes() {
        let request = pcm(2)
            .with_voice_type("16000")
            .with_tts(true)
            .with_speed(9.0)
            .with_volume(9)
            .with_pitch(0)
            .with_latitude(-90.0)
            .with_longitude(180.0)
            .with_city("广州")
            .with_position("广东广州")
            .with_data(ChatData::new(1, " [1, {\"a\": []}] "));
        request.check(SizeLimit::default()).unwrap();
        let mut header = b"RIFF....WAVE".to_vec();
        header.resize(46, 0);
        wav(header).check(SizeLimit::default()).unwrap();
    }

    #[test]
    fn each_fault_is_found() {
        let cases = [
            (pcm(0), "empty"),
            (pcm(3), "3 bytes are not whole"),
            (ChatRequest::new(ChatAudio::new(vec![0; 2], VoiceFormat::RawPcm, 11_025)), "11025"),
            (ChatRequest::new(ChatAudio::new(b"RIFF\0\0\0\0WAVE".to_vec(), VoiceFormat::RawPcm, 8_000)), "as WAV"),
            (wav(b"RIFX....WAVE".to_vec()), "RIFF and WAVE"),
            (wav(b"RIFF....AVI ".to_vec()), "RIFF and WAVE"),
            (ChatRequest::new(ChatAudio::new(b"RIFF".to_vec(), VoiceFormat::RawWav, 8_000)), "RIFF and WAVE"),
            (wav([b"RIFF....WAVE".as_slice(), &[0; 32]].concat()), "no audio"),
            (pcm(2).with_voice_type(" "), "voice type"),
            (pcm(2).with_speed(9.01), "9.01"),
            (pcm(2).with_speed(-0.1), "-0.1"),
            (pcm(2).with_speed(f64::NAN), "NaN"),
            (pcm(2).with_speed(f64::INFINITY), "inf"),
            (pcm(2).with_volume(10), "volume is 10"),
            (pcm(2).with_pitch(10), "pitch is 10"),
            (pcm(2).with_latitude(90.5).with_longitude(0.0), "latitude is 90.5"),
            (pcm(2).with_latitude(0.0).with_longitude(-180.5), "longitude is -180.5"),
            (pcm(2).with_latitude(f64::NAN).with_longitude(0.0), "latitude is NaN"),
            (pcm(2).with_latitude(1.0), "go together"),
            (pcm(2).with_longitude(1.0), "go together"),
            (pcm(2).with_city("x"), "the city counts only"),
            (pcm(2).with_city("").with_latitude(0.0).with_longitude(0.0), "the city is empty"),
            (pcm(2).with_position(" "), "the position is empty"),
            (pcm(2).with_data(ChatData::new(7, "{}")), "target 7"),
            (pcm(2).with_data(ChatData::new(7, "[1")), "target 7"),
            (pcm(2).with_data(ChatData::new(7, "[] []")), "target 7"),
            (pcm(2).with_data(ChatData::new(7, "")), "target 7"),
        ];
        for (request, expected) in cases {
            let context = fault(&request);
            assert!(context.contains(expected), "{expected:?} not in {context:?}");
        }
    }

    #[test]
    fn all_faults_come_at_once() {
        let request = ChatRequest::new(ChatAudio::new(vec![0; 600_001], VoiceFormat::RawPcm, 1))
            .with_speed(10.0)
            .with_volume(10)
            .with_city("x");
        let context = fault(&request);
        for part in ["1 Hz", "whole 16-bit", "speed", "volume", "city", "600001 bytes"] {
            assert!(context.contains(part), "{part:?} not in {context:?}");
        }
    }

    #[test]
    fn the_size_limit_is_exact_under_both_readings() {
        let check = |bytes, limit| pcm(bytes).check(limit);
        check(599_998, SizeLimit::default()).unwrap();
        let error = check(600_000, SizeLimit::default()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::LimitExceeded);
        for part in
            ["has 600000 bytes (800000 as base64)", "less than 600000", "into 2 parts of at most 599998 bytes (18.7 s)"]
        {
            assert!(error.context().contains(part), "{part:?} not in {error}");
        }
        check(449_996, SizeLimit::STRICT).unwrap();
        let error = check(449_998, SizeLimit::STRICT).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::LimitExceeded);
        assert!(error.context().contains("600000 as base64"), "{error}");
    }

    #[test]
    fn the_parts_that_are_advised_pass() {
        // As WAV a part has a header too: 599 998 bytes of samples would be 44 too many.
        let long = ChatRequest::new(ChatAudio::new(riff(1, 8_000, 16, 1_200_000), VoiceFormat::RawWav, 8_000));
        let error = long.check(SizeLimit::default()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::LimitExceeded);
        for part in ["has 1200044 bytes", "into 3 parts of at most 599998 bytes (37.4 s) each"] {
            assert!(error.context().contains(part), "{part:?} not in {error}");
        }
        let part = riff(1, 8_000, 16, 599_998 - 44);
        ChatRequest::new(ChatAudio::new(part, VoiceFormat::RawWav, 8_000)).check(SizeLimit::default()).unwrap();
    }

    #[test]
    fn speex_is_whole_packets_of_a_size_of_the_table() {
        let speex = |bytes: Vec<u8>, format, rate_hz, size| {
            ChatRequest::new(ChatAudio::new(bytes, format, rate_hz).with_speex_size(size))
        };
        let packets = |n: u8, count: usize| [&[n][..], &vec![9; usize::from(n)]].concat().repeat(count);
        for (format, rate_hz) in [(VoiceFormat::Speex, 8_000), (VoiceFormat::SpeexWb, 16_000)] {
            for &size in format.speex_sizes() {
                let n = u8::try_from(size - 1).unwrap();
                speex(packets(n, 3), format, rate_hz, size).check(SizeLimit::default()).unwrap();
                speex(vec![9; 3 * usize::from(n)], format, rate_hz, size - 1).check(SizeLimit::default()).unwrap();
                assert!(!format.speex_sizes().contains(&(size - 1)), "a size of both tables would be ambiguous");
            }
        }
        let wb = VoiceFormat::SpeexWb;
        let mut wrong_length = packets(70, 3);
        wrong_length[71] = 69;
        for (request, expected) in [
            (speex(packets(70, 2), wb, 8_000, 71), "speex-wb is of 16000 Hz"),
            (speex(packets(70, 2), wb, 16_000, 72), "speex_size 72 is no packet"),
            (speex(packets(70, 2), wb, 16_000, 0), "speex_size 0 is no packet"),
            (speex(packets(70, 2), VoiceFormat::Speex, 8_000, 71), "speex_size 71 is no packet of speex:"),
            (speex(vec![0; 143], wb, 16_000, 71), "143 bytes are not whole packets"),
            (speex(Vec::new(), wb, 16_000, 71), "0 bytes are not whole packets"),
            (speex(wrong_length, wb, 16_000, 71), "packet 1 says that it has 69 bytes"),
            (ChatRequest::new(ChatAudio::new(packets(70, 1), wb, 16_000)), "needs speex_size"),
        ] {
            let context = fault(&request);
            assert!(context.contains(expected), "{expected:?} not in {context:?}");
        }
        // 8 450 packets are 599 950 bytes.
        let error = speex(packets(70, 8_451), wb, 16_000, 71).check(SizeLimit::default()).unwrap_err();
        assert!(error.context().contains("into 2 parts of at most 599950 bytes (169.0 s) each"), "{error}");
        speex(packets(70, 8_450), wb, 16_000, 71).check(SizeLimit::default()).unwrap();
    }

    #[test]
    fn a_wav_header_that_says_otherwise_is_a_fault() {
        let check = |bytes: Vec<u8>, rate_hz| {
            ChatRequest::new(ChatAudio::new(bytes, VoiceFormat::RawWav, rate_hz)).check(SizeLimit::default())
        };
        check(riff(1, 8_000, 16, 4), 8_000).unwrap();
        for (channels, rate_hz, bits) in [(2, 8_000, 16), (1, 16_000, 16), (1, 8_000, 8)] {
            let error = check(riff(channels, rate_hz, bits, 4), 8_000).unwrap_err();
            let expected = format!("{channels} channels of {bits} bits at {rate_hz} Hz");
            assert_eq!(error.kind(), ErrorKind::InvalidArgument);
            assert!(error.context().contains(&expected), "{error}");
        }
        // The chunk is found behind an odd one, too.
        let stereo = riff(2, 8_000, 16, 4);
        let shifted = [&stereo[..12], b"LIST\x03\0\0\0abc\0", &stereo[12..]].concat();
        assert!(check(shifted, 8_000).unwrap_err().context().contains("2 channels"));
        // Sizes that lead nowhere are no fault of the fields.
        let nowhere = [&stereo[..12], b"LIST\xff\xff\xff\xff", &stereo[12..]].concat();
        check(nowhere, 8_000).unwrap();
    }

    /// A WAV file of silence.
    fn riff(channels: u16, rate_hz: u32, bits: u16, data_bytes: usize) -> Vec<u8> {
        let mut bytes = b"RIFF....WAVEfmt \x10\0\0\0\x01\0".to_vec();
        bytes.extend(channels.to_le_bytes());
        bytes.extend(rate_hz.to_le_bytes());
        bytes.extend((rate_hz * 2).to_le_bytes());
        bytes.extend([2, 0]);
        bytes.extend(bits.to_le_bytes());
        bytes.extend(b"data");
        bytes.extend((data_bytes as u32).to_le_bytes());
        bytes.resize(44 + data_bytes, 0);
        bytes
    }

    #[test]
    fn limits_of_nothing_refuse_everything_without_wrapping() {
        for limit in [SizeLimit::AudioBytes(0), SizeLimit::Base64Bytes(0), SizeLimit::AudioBytes(1)] {
            assert_eq!(limit.max_audio_bytes(), 0);
            assert_eq!(pcm(2).check(limit).unwrap_err().kind(), ErrorKind::LimitExceeded);
        }
        assert!(SizeLimit::Base64Bytes(u64::MAX).max_audio_bytes() < u64::MAX);
    }

    proptest! {
        #[test]
        fn base64_lengths_are_those_of_the_encoder(bytes in 0_usize..5_000, limit in 1_u64..5_000) {
            let encoded = base64::engine::general_purpose::STANDARD.encode(vec![0_u8; bytes]).len() as u64;
            prop_assert_eq!(base64_bytes(bytes as u64), encoded);
            // The longest audio under the strict reading is exactly the longest whose text is below the limit.
            let fits = SizeLimit::Base64Bytes(limit).max_audio_bytes() >= bytes as u64;
            prop_assert_eq!(fits, encoded < limit || bytes == 0);
        }
    }
}
