//! Several files in one input, with whatever between them; strict refuses what is put up with otherwise.
#![no_main]

use libfuzzer_sys::fuzz_target;
use voxline_fuzz::{decode, decodes_the_same_in_pieces, options};

fuzz_target!(|data: &[u8]| {
    let Some(outcome) = decodes_the_same_in_pieces(data, &options()) else { return };
    let mut strict = options();
    strict.input.strict = true;
    let strictly = decode(&data[1..], data.len(), &strict);
    if strictly.error.is_none() {
        assert_eq!((outcome.error, outcome.runs), (None, strictly.runs), "strict let pass what is not right otherwise");
    }
});
