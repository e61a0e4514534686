//! What content is: once it is known, more bytes do not change it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use voxline_decode::{Probe, probe};

fuzz_target!(|data: &[u8]| {
    let whole = probe(data, false);
    for length in [1, 4, 11, 12, 64, data.len() / 2] {
        let some = probe(data.get(..length).unwrap_or(data), false);
        assert!(some == Probe::NeedMore || some == whole, "{some:?}, with more {whole:?}");
    }
    let end = probe(data, true);
    assert_ne!(end, Probe::NeedMore);
    assert!(whole == Probe::NeedMore || whole == end, "{whole:?}, at the end {end:?}");
});
