//! Signals, measures, a reference resampler and an ear for secrets, for tests and measurements; no part of the product.
//!
//! Nothing here depends on the code that it helps to test, and everything that counts is computed in `f64` in the most
//! direct way, so that it can serve as an independent oracle.

pub mod canary;
pub mod measure;
pub mod reference;
pub mod rng;
pub mod signal;
pub mod tools;
