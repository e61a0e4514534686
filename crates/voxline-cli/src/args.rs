//! What the command line may hold.

pub(crate) mod doctor;
pub(crate) mod ledger;
pub(crate) mod listen;
pub(crate) mod recording;
pub(crate) mod sim;
pub(crate) mod split;
pub(crate) mod transcribe;

use std::path::{Path, PathBuf};

use clap::{Args as ClapArgs, Parser, Subcommand};
use voxline::options::KEYS;
use voxline::{Options, PROFILES, Profile};

use crate::fail::Fail;

/// Where the help of every verb shows what all have.
const GLOBAL: &str = "Global options";

/// Turns call audio into exactly what a speech API accepts, and talks to those APIs.
#[derive(Debug, Parser)]
#[command(name = "voxline", version, about, max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 fine, 1 failed, 2 wrong usage, 3 and 4 what the doctor found, 130 interrupted.\n\
    Every option of `voxline options` can also be set by --set KEY=VALUE or its environment variable."
)]
pub(crate) struct Args {
    /// Log requests to standard error; twice for details. Secrets are never logged.
    #[arg(short, long, global = true, help_heading = GLOBAL, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// File with credentials, NAME=value a line; only its owner may read it. The environment wins.
    #[arg(long, global = true, help_heading = GLOBAL, value_name = "FILE", env = "VOXLINE_CREDENTIALS_FILE")]
    pub(crate) credentials: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show what is in recordings: container, codec, length, levels, damage.
    Info(Info),
    Doctor(doctor::Doctor),
    /// Convert a recording to what a speech API accepts.
    Prepare(Prepare),
    Split(split::Split),
    Chat(Chat),
    Recording(recording::Recording),
    Transcribe(transcribe::Transcribe),
    Listen(listen::Listen),
    Sim(sim::Sim),
    /// List every option with its type, default and environment variable, and every profile.
    Options(ListOptions),
    /// Show the whole way with a bundled call and the built-in simulator.
    Demo(Demo),
}

/// Flags about headerless input and any other option.
#[derive(Debug, ClapArgs)]
pub(crate) struct InputFlags {
    /// What headerless input is: s8, u8, alaw, mulaw, s16le, s24le, s32le, f32le, f64le (or with be instead of le), gsm,
    /// g722.
    #[arg(long, value_name = "FORMAT")]
    raw_format: Option<String>,
    /// The input is headerless Speex: each packet behind its length, or alone. With --raw-rate 16000 it is wideband.
    #[arg(long, value_name = "prefixed|bare", conflicts_with = "raw_format")]
    speex_framing: Option<String>,
    /// Let the name say that the input is headerless: .alaw .ulaw .gsm .g722 .sln .sln16 .raw and the like.
    #[arg(long)]
    raw_by_name: bool,
    /// Sample rate of headerless input [default: 8000].
    #[arg(long, value_name = "HZ", allow_negative_numbers = true)]
    raw_rate: Option<String>,
    /// Channels of headerless input [default: 1].
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    raw_channels: Option<String>,
    /// Who is on which channel, in order, such as agent,customer; for reports and the names of files.
    #[arg(long, value_name = "NAMES")]
    channel_names: Option<String>,
    /// Set any option of `voxline options`; may be repeated.
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
}

/// Flags about the output.
#[derive(Debug, ClapArgs)]
pub(crate) struct TargetFlags {
    /// Start from the options of a profile; see `voxline options`.
    #[arg(long, value_name = "NAME", value_parser = PROFILES.iter().map(|p| p.name).collect::<Vec<_>>())]
    pub(crate) profile: Option<String>,
    /// Output rate.
    #[arg(long, value_name = "HZ|keep", allow_negative_numbers = true)]
    rate: Option<String>,
    /// Output channels; a number selects one, the first is 1; split writes one file a channel.
    #[arg(long, value_name = "mix|left|right|split|keep|N", allow_negative_numbers = true)]
    channels: Option<String>,
    /// Output bytes. speex is of 8 kHz, speex-wb of 16 kHz, spx an Ogg file of either; see the options speex.*.
    #[arg(long, value_name = "pcm|wav|speex|speex-wb|spx")]
    encoding: Option<String>,
    /// Write base64 text without line breaks.
    #[arg(long)]
    base64: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Info {
    /// Recordings; - is standard input.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Print one JSON object a file and line.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    input: InputFlags,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Prepare {
    /// The recording; - is standard input.
    #[arg(value_name = "IN")]
    pub(crate) input: PathBuf,
    /// Where to write; - is standard output. A name that ends in .wav, .pcm or .spx chooses the encoding; only --encoding and --set override it.
    #[arg(short, long, value_name = "OUT")]
    pub(crate) output: PathBuf,
    /// Write the report as JSON; - is standard output.
    #[arg(long, value_name = "FILE|-")]
    pub(crate) report: Option<PathBuf>,
    #[command(flatten)]
    target: TargetFlags,
    #[command(flatten)]
    flags: InputFlags,
}

/// Send a recording to the voice-chat service and print its answer.
///
/// Credentials come from the environment or the file of --credentials: VOXLINE_CHAT_TOKEN, or VOXLINE_CHAT_APPKEY with
/// VOXLINE_CHAT_AUTHCODE and VOXLINE_CHAT_USER. Never from the command line, which everyone can read.
#[derive(Debug, ClapArgs)]
pub(crate) struct Chat {
    /// The recording; - is standard input.
    #[arg(value_name = "IN")]
    pub(crate) input: PathBuf,
    /// Base URL of the service [default: the vendor's trial host].
    #[arg(long, value_name = "URL", env = "VOXLINE_CHAT_ENDPOINT")]
    pub(crate) endpoint: Option<String>,
    /// Print the answer and the report as one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
    /// Send a recording that is too long for one request in parts, cut in its pauses, and print each answer with its time.
    #[arg(long, conflicts_with = "tts")]
    pub(crate) long: bool,
    /// After a part that the service did not take, send the next ones; otherwise the first failure ends it.
    #[arg(long, requires = "long")]
    pub(crate) go_on: bool,
    /// Send only this part of a long recording, as numbered by a run with the same options; the first is 1.
    #[arg(long, value_name = "N", requires = "long", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) part: Option<u32>,
    /// Text of `voiceType`, if the service wants another one than 16k or 8k.
    #[arg(long, value_name = "TEXT")]
    pub(crate) voice_type: Option<String>,
    /// Read the limit of 600 KB strictly: less than 600000 bytes of base64 (450000 of audio) instead of audio.
    #[arg(long)]
    pub(crate) strict_size: bool,
    /// Ask for a spoken answer and write it to this file as WAV.
    #[arg(long, value_name = "FILE")]
    pub(crate) tts: Option<PathBuf>,
    /// Form in which the spoken answer travels.
    #[arg(long, value_name = "FORM", default_value = "mp3", requires = "tts",
        value_parser = ["mp3", "pcm16k", "pcm8k", "wav16k", "wav8k", "alaw8k", "mulaw8k"])]
    pub(crate) audiotype: String,
    /// Speaker of the spoken answer.
    #[arg(long, value_name = "WHO", requires = "tts", value_parser = ["female", "male", "girl", "boy"])]
    pub(crate) voice: Option<String>,
    /// Speaking speed, 0 to 9, fractions allowed [default: 5].
    #[arg(long, value_name = "N", requires = "tts")]
    pub(crate) speed: Option<f64>,
    /// Speaking volume, 0 to 9 [default: 5].
    #[arg(long, value_name = "N", requires = "tts")]
    pub(crate) volume: Option<u8>,
    /// Speaking pitch, 0 to 9 [default: 5].
    #[arg(long, value_name = "N", requires = "tts")]
    pub(crate) pitch: Option<u8>,
    /// Latitude in degrees.
    #[arg(long, value_name = "DEGREES", requires = "lng", allow_negative_numbers = true)]
    pub(crate) lat: Option<f64>,
    /// Longitude in degrees.
    #[arg(long, value_name = "DEGREES", requires = "lat", allow_negative_numbers = true)]
    pub(crate) lng: Option<f64>,
    /// City; needs --lat and --lng.
    #[arg(long, value_name = "NAME", requires = "lat")]
    pub(crate) city: Option<String>,
    /// JSON that goes along, as the service defines it: TARGET is a number, LIST a JSON array; may be repeated.
    #[arg(long, value_name = "TARGET=LIST")]
    pub(crate) data: Vec<String>,
    /// Address in words.
    #[arg(long, value_name = "TEXT")]
    pub(crate) position: Option<String>,
    #[command(flatten)]
    target: TargetFlags,
    #[command(flatten)]
    flags: InputFlags,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ListOptions {
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Demo {}

impl Info {
    pub(crate) fn options(&self) -> Result<Options, Fail> {
        let mut options = from_environment()?;
        self.input.apply(&mut options)?;
        checked(options)
    }
}

impl Prepare {
    pub(crate) fn options(&self) -> Result<Options, Fail> {
        let mut options = from_environment()?;
        self.target.apply_profile(&mut options, None)?;
        self.target.apply_named(&mut options, &self.flags, &self.output)?;
        self.flags.apply(&mut options)?;
        checked(options)
    }
}

impl Chat {
    pub(crate) fn options(&self) -> Result<Options, Fail> {
        let mut options = from_environment()?;
        self.target.apply_profile(&mut options, Some("chat-16k"))?;
        self.target.apply(&mut options)?;
        self.flags.apply(&mut options)?;
        checked(options)
    }
}

impl TargetFlags {
    fn apply_profile(&self, options: &mut Options, default: Option<&str>) -> Result<(), Fail> {
        match self.profile.as_deref().or(default) {
            Some(name) => Profile::find(name).and_then(|p| p.apply(options)).map_err(Fail::usage),
            None => Ok(()),
        }
    }

    /// What is asked for by the name of the output, then by flags, which override it; those of the input come last.
    fn apply_named(&self, options: &mut Options, input: &InputFlags, output: &Path) -> Result<(), Fail> {
        apply_extension(options, output, self.encoding.is_some() || input.sets("target.encoding"))?;
        self.apply(options)
    }

    fn apply(&self, options: &mut Options) -> Result<(), Fail> {
        let base64 = self.base64.then(|| "on".to_owned());
        // Packets without a container are of one rate only: whoever names them need not name it too.
        let implied = match self.encoding.as_deref() {
            Some("speex") => Some("8000".to_owned()),
            Some("speex-wb") => Some("16000".to_owned()),
            _ => None,
        };
        let rate = self.rate.clone().or(implied);
        set_all(
            options,
            [
                ("target.sample_rate_hz", &rate),
                ("target.channels", &self.channels),
                ("target.encoding", &self.encoding),
                ("target.base64", &base64),
            ],
        )
    }
}

impl InputFlags {
    fn apply(&self, options: &mut Options) -> Result<(), Fail> {
        let headerless = self.raw_format.is_some() || self.speex_framing.is_some() || self.raw_by_name;
        if !headerless && (self.raw_rate.is_some() || self.raw_channels.is_some()) {
            return Err(Fail::usage_text(
                "--raw-rate and --raw-channels need --raw-format, --speex-framing or --raw-by-name: without these the content \
                 is probed",
            ));
        }
        let by_name = self.raw_by_name.then(|| "on".to_owned());
        set_all(
            options,
            [
                ("input.raw_by_name", &by_name),
                ("input.raw_format", &self.raw_format),
                ("input.speex_framing", &self.speex_framing),
                ("input.raw_rate_hz", &self.raw_rate),
                ("input.raw_channels", &self.raw_channels),
                ("input.channel_names", &self.channel_names),
            ],
        )?;
        apply_pairs(options, &self.set)
    }

    /// Whether `--set` names this option.
    fn sets(&self, key: &str) -> bool {
        self.set.iter().any(|pair| pair.split_once('=').is_some_and(|(name, _)| name.trim() == key))
    }
}

/// `--set KEY=VALUE`.
pub(crate) fn apply_pairs(options: &mut Options, pairs: &[String]) -> Result<(), Fail> {
    for pair in pairs {
        let Some((key, value)) = pair.split_once('=') else {
            // What stands where the value should be may be a password.
            let shown = pair.split(|c: char| !(c.is_ascii_alphanumeric() || "._".contains(c))).next().unwrap_or("");
            return Err(Fail::usage_text(format!("--set {shown}: write KEY=VALUE")));
        };
        options.set(key.trim(), value).map_err(Fail::usage)?;
    }
    Ok(())
}

/// Names that promise what is never written.
const OTHERS: &[&str] = &[
    "mp3", "flac", "ogg", "oga", "opus", "m4a", "mp4", "aac", "aif", "aiff", "aifc", "au", "snd", "wma", "amr", "webm",
    "gsm", "g722", "alaw", "al", "ulaw", "ul", "mulaw",
];

/// The encoding that the name of an output asks for. A name of another format would make other programs refuse the file,
/// so it is refused here, unless `is_told`: the encoding was chosen in so many words.
fn apply_extension(options: &mut Options, output: &Path, is_told: bool) -> Result<(), Fail> {
    let extension = output.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase);
    let encoding = match extension.as_deref() {
        Some("wav") => "wav",
        Some("pcm" | "raw" | "s16le" | "sln") => "pcm",
        Some("spx") => "spx",
        Some(other) if OTHERS.contains(&other) && !is_told => {
            return Err(Fail::usage_text(format!(
                "-o {}: WAV, PCM and Speex can be written, but no .{other}; name it .wav, .pcm or .spx, or say with \
                 --encoding what goes into a file of this name",
                output.display()
            )));
        }
        _ => return Ok(()),
    };
    options.set("target.encoding", encoding).map_err(Fail::usage)
}

fn set_all<const N: usize>(options: &mut Options, pairs: [(&str, &Option<String>); N]) -> Result<(), Fail> {
    for (key, value) in pairs {
        if let Some(value) = value {
            options.set(key, value).map_err(Fail::usage)?;
        }
    }
    Ok(())
}

/// The defaults, changed by `VOXLINE_*` variables of the key table.
pub(crate) fn from_environment() -> Result<Options, Fail> {
    let mut options = Options::default();
    // Only the table's variables are looked up, so that one that is not UTF-8 elsewhere does no harm.
    let variables = KEYS.iter().filter_map(|key| {
        let name = key.env_name();
        let text = std::env::var(&name).ok()?;
        Some((name, text))
    });
    options.set_from_env(variables).map_err(Fail::usage)?;
    Ok(options)
}

pub(crate) fn checked(options: Options) -> Result<Options, Fail> {
    options.validate().map_err(Fail::usage)?;
    Ok(options)
}
