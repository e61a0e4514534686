//! The formats of telephony, against sox and ffmpeg: WAV with ADPCM, GSM, G.722 and MP3, AU, sizes beyond 4 GiB.

#[cfg(test)]
mod au;
#[cfg(test)]
mod chunking;
#[cfg(test)]
mod damage;
#[cfg(test)]
mod fact;
#[cfg(test)]
mod mp3_in_wav;
#[cfg(test)]
mod mutation;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod raw;
#[cfg(test)]
mod recipe;
#[cfg(test)]
mod rf64;
#[cfg(test)]
#[path = "../containers/support.rs"]
mod support;
#[cfg(test)]
mod wav_codecs;
