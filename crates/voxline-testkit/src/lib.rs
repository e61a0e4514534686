//! x
pub mod tools;
