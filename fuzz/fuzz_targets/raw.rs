//! Headerless input in every format.
#![no_main]

use libfuzzer_sys::fuzz_target;

const FORMATS: [&str; 16] = [
    "s8", "u8", "s16le", "s16be", "s24le", "s24be", "s32le", "s32be", "f32le", "f32be", "f64le", "f64be", "alaw",
    "mulaw", "gsm", "g722",
];

fuzz_target!(|data: &[u8]| {
    let Some((&first, rest)) = data.split_first() else { return };
    let mut options = voxline_fuzz::options();
    match usize::from(first) {
        n @ 0..16 => options.set("input.raw_format", FORMATS[n]).unwrap(),
        n => {
            options.set("input.speex_framing", if n % 2 == 0 { "prefixed" } else { "bare" }).unwrap();
            options.set("input.raw_rate_hz", if n % 4 < 2 { "8000" } else { "16000" }).unwrap();
        }
    }
    options.input.strict = first >= 128;
    drop(voxline_fuzz::decodes_the_same_in_pieces(rest, &options));
});
