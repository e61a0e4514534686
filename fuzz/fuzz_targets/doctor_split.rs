//! The call doctor, and parts that joined are the whole.
#![no_main]

use libfuzzer_sys::fuzz_target;
use voxline::{ErrorKind, doctor, prepare, split};

fuzz_target!(|data: &[u8]| {
    let [first, bytes @ ..] = data else { return };
    let mut options = voxline_fuzz::options();
    options.limits.max_duration_s = Some(60.0);
    options.set("target.encoding", "pcm").unwrap();
    options.set("target.sample_rate_hz", if first & 1 == 0 { "8000" } else { "keep" }).unwrap();
    options.set("target.channels", if first & 2 == 0 { "mix" } else { "split" }).unwrap();
    options.split.max_duration_s = Some(0.05 + f64::from(first / 4) / 8.0);
    let found = doctor(bytes, &options);
    let whole = prepare(bytes, &options);
    match split(bytes, &options) {
        Ok(parts) => {
            let whole = whole.expect("parts without a whole");
            assert!(found.is_ok());
            for (index, output) in whole.outputs().iter().enumerate() {
                let joined: Vec<u8> = parts.iter().flat_map(|part| part.outputs()[index].iter().copied()).collect();
                assert!(joined == *output, "parts are not the whole");
            }
        }
        Err(error) => assert!(whole.is_err() || error.kind() == ErrorKind::LimitExceeded, "{error}"),
    }
});
