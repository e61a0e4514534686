//! The whole path: in one piece, pushed in pieces, and loaded; what comes out is what the report says.
#![no_main]

use std::ops::ControlFlow;

use libfuzzer_sys::fuzz_target;
use voxline::{ErrorKind, Options, Preparer, load, prepare};

const ENCODINGS: [(&str, &str); 8] = [
    ("wav", "16000"),
    ("pcm", "8000"),
    ("pcm", "keep"),
    ("wav", "44100"),
    ("speex", "8000"),
    ("speex-wb", "16000"),
    ("spx", "8000"),
    ("wav", "11025"),
];
const CHANNELS: [&str; 4] = ["mix", "keep", "split", "left"];

fn pushed(bytes: &[u8], piece: usize, options: &Options) -> voxline::Result<Vec<Vec<u8>>> {
    let mut preparer = Preparer::new(options)?;
    let mut outputs = Vec::new();
    let mut pull = |preparer: &mut Preparer| -> voxline::Result<()> {
        outputs.resize(preparer.outputs().unwrap_or(0), Vec::new());
        for (index, output) in outputs.iter_mut().enumerate() {
            preparer.pull(index, output)?;
        }
        Ok(())
    };
    for part in bytes.chunks(piece) {
        preparer.push(part)?;
        pull(&mut preparer)?;
    }
    preparer.finish()?;
    pull(&mut preparer)?;
    if let Some(header) = preparer.wav_header()? {
        outputs.iter_mut().for_each(|output| output[..header.len()].copy_from_slice(&header));
    }
    Ok(outputs)
}

fuzz_target!(|data: &[u8]| {
    let [first, second, bytes @ ..] = data else { return };
    let mut options = voxline_fuzz::options();
    options.limits.max_duration_s = Some(60.0);
    let (encoding, rate) = ENCODINGS[usize::from(first % 8)];
    options.set("target.encoding", encoding).unwrap();
    options.set("target.sample_rate_hz", rate).unwrap();
    options.set("target.channels", CHANNELS[usize::from(first / 8 % 4)]).unwrap();
    options.target.base64 = first & 32 != 0;
    options.input.strict = first & 64 != 0;
    let whole = prepare(bytes, &options);
    if let Err(error) = &whole {
        assert_ne!(error.kind(), ErrorKind::Internal, "{error}");
        assert_ne!(error.kind(), ErrorKind::Panic, "{error}");
    }
    let pieces = pushed(bytes, 1 + usize::from(*second), &options);
    match (whole, pieces) {
        (Ok(whole), Ok(pieces)) => {
            let report = whole.report().clone();
            let outputs = whole.into_outputs();
            assert_eq!(outputs, pieces);
            assert_eq!(outputs.len(), usize::from(report.target.outputs));
            if !options.target.base64 {
                assert_eq!(outputs.iter().map(|output| output.len() as u64).sum::<u64>(), report.target.bytes);
            }
        }
        (Err(whole), Err(pieces)) => assert_eq!(whole.kind(), pieces.kind(), "{whole} / {pieces}"),
        (whole, pieces) => panic!("{:?} in one piece, {:?} in several", whole.err(), pieces.err()),
    }
    drop(load::<f32>(bytes, &options, |_| ControlFlow::Continue(())));
});
