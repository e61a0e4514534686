//! Headers of every kind, changed where it matters, thousands of times: nothing may panic, grow or depend on the pieces.

mod law;
mod mp3;
mod others;
mod wav;
