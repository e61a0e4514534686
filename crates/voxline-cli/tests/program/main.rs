//! The program from outside.

#[cfg(test)]
mod chat;
#[cfg(test)]
mod doctor;
#[cfg(test)]
#[cfg(feature = "formats")]
mod formats;
#[cfg(test)]
mod info;
#[cfg(test)]
#[cfg(unix)]
mod interrupt;
#[cfg(test)]
mod ledger;
#[cfg(test)]
mod listen;
#[cfg(test)]
mod memory;
#[cfg(test)]
mod prepare;
#[cfg(test)]
mod recording;
#[cfg(test)]
mod speex;
#[cfg(test)]
mod split;
#[cfg(test)]
mod support;
#[cfg(test)]
mod transcribe;
#[cfg(test)]
mod usage;
