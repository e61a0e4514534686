//! Arbitrary packets never panic, never loop and give finite samples, in both modes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use voxline_speex::{Decoder, Mode};

fuzz_target!(|data: &[u8]| {
    let Some((&first, mut rest)) = data.split_first() else { return };
    let mode = if first & 1 == 0 { Mode::Narrowband } else { Mode::Wideband };
    let mut decoder = Decoder::new(mode).with_enhancement(first & 2 == 0);
    let mut frame = vec![0.0; mode.frame_samples()];
    // Packets of up to 255 bytes behind their length; length 0 is a lost one.
    while let Some((&length, more)) = rest.split_first() {
        let (packet, after) = more.split_at(more.len().min(usize::from(length)));
        rest = after;
        if length == 0 {
            decoder.conceal_f32(&mut frame).unwrap();
            assert!(frame.iter().all(|x| x.is_finite()));
            continue;
        }
        let mut frames = decoder.frames(packet);
        let mut count = 0;
        while let Ok(true) = frames.decode_f32(&mut frame) {
            assert!(frame.iter().all(|x| x.is_finite()));
            count += 1;
        }
        // The shortest frame has five bits.
        assert!(count <= packet.len() * 8 / 5);
    }
});
