//! The whole path from outside.

#[cfg(test)]
mod chunking;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod load;
#[cfg(test)]
mod outputs;
#[cfg(test)]
mod speex;
#[cfg(test)]
mod support;
#[cfg(test)]
mod telephony;
#[cfg(test)]
mod typed_errors;
