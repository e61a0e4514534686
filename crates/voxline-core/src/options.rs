//! One set of options for every language: a struct, and a table of keys that says everything about each field.

mod channel_names;
mod groups;
mod keys;
mod proxy;
mod set;
mod validate;
mod values;

pub use channel_names::ChannelNames;
pub use groups::{HttpOptions, InputOptions, LimitOptions, ResampleOptions, SpeexOptions, SplitOptions, TargetOptions};
pub use keys::{KEYS, Key};
pub use proxy::ProxyUrl;
pub use values::{ChannelSelection, Dither, Encoding, Quality, SpeexFraming, TargetRate};

use serde::{Deserialize, Serialize};

/// Everything that can be chosen, grouped by stage. `Options::default()` is a good start for 16 kHz speech APIs.
///
/// Fields are set directly, or by name with [`Options::set`], which is what C, Python, the program's flags and
/// `VOXLINE_*` variables use. [`KEYS`] lists every name with type, unit, default and help.
///
/// ```
/// use voxline_core::{Options, TargetRate};
/// let mut options = Options::default();
/// options.set("target.sample_rate_hz", "8000")?;
/// options.set("input.gapless", "off")?;
/// assert_eq!(options.target.sample_rate_hz, TargetRate::Hz(8000));
/// options.validate()?;
/// # Ok::<(), voxline_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Options {
    /// How the input is read.
    pub input: InputOptions,
    /// What comes out.
    pub target: TargetOptions,
    /// How rates are converted.
    pub resample: ResampleOptions,
    /// How Speex is encoded.
    pub speex: SpeexOptions,
    /// How long recordings are cut into parts.
    pub split: SplitOptions,
    /// What is refused.
    pub limits: LimitOptions,
    /// How services are talked to.
    pub http: HttpOptions,
}
