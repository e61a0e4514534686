//! The whole path from outside.

mod chunking;
mod hostile;
mod outputs;
mod support;
