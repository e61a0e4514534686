//! From where on a figure is a finding. Each number says why it is what it is; `docs/doctor.md` repeats them.

/// A channel whose loudest hundredth stays below this is silent: speech on a bad line is 20 dB louder, an open line
/// without anybody is quieter.
pub(super) const SILENT_DBFS: f64 = -60.0;

/// Speech below this level loses its quiet sounds in the rounding noise of 8-bit telephony (some 38 dB below the signal,
/// ITU-T G.711) and in the thresholds of speech detectors. Good calls are at -30 to -15.
pub(super) const QUIET_DBFS: f64 = -40.0;

/// With less than this between speech and noise floor words get lost, for people as for machines. Speech is measured
/// where it stands out of the noise, with the noise in it: 12 dB are some 9 dB over all that was said.
pub(super) const NOISY_DB: f64 = 12.0;

/// Nobody has to speak in the first moments: a shorter recording without speech is no finding.
pub(super) const LEAST_FOR_SPEECH_S: f64 = 1.0;

/// Fewer runs at full scale are knocks and clicks, not a level that was set too high.
pub(super) const CLIP_RUNS: u64 = 3;

/// Share of the samples in such runs from which on clipping is heard as distortion: one in ten thousand, which for
/// runs of a millisecond is one every ten seconds.
pub(super) const CLIP_HEARD: f64 = 1e-4;

/// An offset of 0.3 % of full scale (-50 dBFS) and more comes from a broken converter or a wrong sample format. That of
/// G.711 with its idle codes is at most -72 dBFS.
pub(super) const OFFSET: f64 = 0.003;

/// With 8 bits a sample it may be half a step, 0.39 %, without anybody's fault: that is what cutting digits off leaves.
pub(super) const OFFSET_8_BITS: f64 = 0.004_5;

/// From 1 % of full scale (-40 dBFS) on an offset is as loud as quiet speech, and clicks wherever the audio is cut.
/// Just below, so that an offset of exactly 1 % counts after rounding.
pub(super) const OFFSET_HEARD: f64 = 0.009_9;

/// The rates at which speech is recorded before somebody stores it at a higher one: half of each is the bandwidth that
/// is left. Higher ones do no harm to speech.
pub(super) const SPEECH_RATES_HZ: [u32; 2] = [8_000, 16_000];

/// What the bandwidth may exceed half of such a rate by: the filter that raised the rate has a slope. That of ffmpeg leaves
/// up to 10 % (measured with speech that fills its band), that of other tools up to 12 %.
pub(super) const SLOPE: f64 = 1.15;

/// A file has too high a rate when it is at least this times the one at which it was recorded. 11 025 Hz are near enough
/// to 8 000.
pub(super) const TOO_HIGH: f64 = 1.5;

/// The lowest rate of telephony, with a little room …
pub(super) const LEAST_RATE_HZ: f64 = 7_900.0;

/// … and the lowest at which speech is wideband: 11 025 Hz hold little more than telephony does.
pub(super) const WIDE_RATE_HZ: f64 = 12_000.0;

/// Two channels are the same signal from this correlation on, and the same upside down from minus this: what two
/// encodings or a little noise make of one signal is above, two microphones of one room are below.
pub(super) const SAME: f64 = 0.98;

/// A delayed copy is less exact: the delay may lie between two frames, and may change a little.
pub(super) const COPY: f64 = 0.9;

/// How far the correlation has to stand out for a copy: a tone has 1.4, speech 8 and more.
pub(super) const COPY_PROMINENCE: f64 = 4.0;

/// A leak below this is quieter than the noise of nearly every line.
pub(super) const LEAK_DB: f64 = -40.0;

/// From here on a leak is loud enough to be transcribed as if the other side had said it.
pub(super) const LEAK_HEARD_DB: f64 = -30.0;

/// A leak is told from chance by its correlation, while the other side is silent …
pub(super) const LEAK_CORRELATION: f64 = 0.15;

/// … and by how far it stands out. Chance has 4 to 6.
pub(super) const LEAK_PROMINENCE: f64 = 8.0;

/// Half-second blocks in which one side has to be the louder one before its leak is judged.
pub(super) const LEAK_BLOCKS: u64 = 4;

/// Speech that each side needs before it is odd that they never meet: in a minute of talk each people say "yes" and "hm"
/// into each other's words.
pub(super) const NEVER_LEAST_S: f64 = 60.0;

/// Share of the talk-over in all speech below which two sides never speak at once.
pub(super) const NEVER: f64 = 0.001;

/// Speech that each side needs before it is odd that they always meet.
pub(super) const ALWAYS_LEAST_S: f64 = 5.0;

/// Share of the talk-over in the speech of the side that speaks less, from which on the sides always speak at once. Of
/// two people who quarrel one still stops now and then.
pub(super) const ALWAYS: f64 = 0.9;

/// A shorter recording holds no sentence.
pub(super) const VERY_SHORT_S: f64 = 0.5;
