//! WAV, headerless audio and the probe from outside.

mod auto;
mod g711;
mod glued;
mod hostile;
mod probe;
mod raw;
#[cfg(test)]
mod support;
mod wav_chunking;
mod wav_damage;
mod wav_formats;
mod wav_sizes;
