//! Neither encoder nor decoder allocates once it is made.
#![expect(unsafe_code, reason = "an allocator that counts")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    /// Allocations of this thread, without a destructor that would allocate itself.
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: hands everything on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.with(|count| count.set(count.get() + 1));
        // SAFETY: the caller keeps the contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[cfg(test)]
mod tests {
    use super::COUNT;
    use voxline_speex::{Decoder, Encoder, EncoderOptions, Mode};

    #[test]
    fn frames_are_coded_and_decoded_without_allocating() {
        let count = || COUNT.with(std::cell::Cell::get);
        let before = count();
        drop(vec![1_u8; 10]);
        assert!(count() > before, "the allocator does not count");
        for mode in [Mode::Narrowband, Mode::Wideband] {
            let speech: Vec<i16> =
                (0..mode.frame_samples()).map(|n| (9_000.0 * (0.13 * n as f32).sin()) as i16).collect();
            let (mut packet, mut frame) = ([0; 200], vec![0; mode.frame_samples()]);
            for quality in 0..=10 {
                for complexity in [1, 3, 10] {
                    let options = EncoderOptions::default().with_quality(quality).with_complexity(complexity);
                    let mut encoder = Encoder::new(mode, &options).unwrap();
                    let mut decoder = Decoder::new(mode);
                    let before = count();
                    for _ in 0..10 {
                        let bytes = encoder.encode(&speech, &mut packet).unwrap();
                        decoder.decode(&packet[..bytes], &mut frame).unwrap();
                    }
                    encoder.reset();
                    assert_eq!(count(), before, "{mode:?}, quality {quality}, complexity {complexity}");
                }
            }
        }
    }
}
