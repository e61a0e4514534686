//! Parts come while the input does, and calls out of order are refused.

use std::ops::ControlFlow;

use voxline::{ErrorKind, Source, Splitter, split, split_with};

use crate::support::{bursts, bytes, raw};

fn two_seconds() -> voxline::Options {
    raw(8_000, 1, &[("target.encoding", "wav"), ("target.sample_rate_hz", "8000"), ("split.max_duration_s", "2")])
}

#[test]
fn a_part_is_there_soon_after_its_end() {
    let input = bytes(&bursts(4, 80_000, 1));
    let mut splitter = Splitter::new(&two_seconds()).unwrap();
    let (mut pushed, mut start, mut count) = (0, 0, 0);
    for piece in input.chunks(500) {
        splitter.push(piece).unwrap();
        pushed += piece.len() as u64 / 2;
        while let Some(part) = splitter.pull().unwrap() {
            // The longest part, the shortest pause, its margin, and what detector and blocks hold back: 0.7 s.
            assert!(pushed <= start + 16_000 + 5_600, "part {} came after {pushed} frames", part.index);
            start = part.end_frame();
            count += 1;
        }
        assert!(pushed <= start + 16_000 + 5_600, "no part after {pushed} frames");
    }
    assert!(count >= 4);
}

#[test]
fn much_in_one_push_is_the_same_as_little_in_many() {
    let input = bytes(&bursts(6, 400_000, 1));
    let parts = split(&input, &two_seconds()).unwrap();
    let mut splitter = Splitter::new(&two_seconds()).unwrap();
    splitter.push(&input).unwrap();
    splitter.end_input().unwrap();
    let mut at_once = Vec::new();
    while let Some(part) = splitter.pull().unwrap() {
        at_once.push(part);
    }
    assert_eq!(at_once, parts);
    assert_eq!(splitter.finish().unwrap().target.frames, 400_000);
}

#[test]
fn calls_out_of_order_are_refused() {
    let mut splitter = Splitter::new(&two_seconds()).unwrap();
    assert_eq!(splitter.pull().unwrap(), None);
    splitter.push(&[0; 100]).unwrap();
    splitter.end_input().unwrap();
    assert_eq!(splitter.push(&[0]).unwrap_err().kind(), ErrorKind::InvalidState);
    assert_eq!(splitter.end_input().unwrap_err().kind(), ErrorKind::InvalidState);
    splitter.finish().unwrap();
    assert_eq!(splitter.finish().unwrap_err().kind(), ErrorKind::InvalidState);
    assert!(splitter.pull().unwrap().is_some());
    assert!(splitter.pull().unwrap().is_none());
}

#[test]
fn the_caller_can_stop_between_pieces_and_between_parts() {
    let input = bytes(&bursts(4, 200_000, 1));
    let cancelled = split_with(&input, &two_seconds(), |_| ControlFlow::Break(()), |_| Ok(()));
    assert_eq!(cancelled.unwrap_err().kind(), ErrorKind::Cancelled);
    let mut seen = 0;
    let full = |_| {
        seen += 1;
        Err(voxline::Error::new(ErrorKind::Io, "write part", "the disk is full"))
    };
    let error = split_with(&input, &two_seconds(), |_| ControlFlow::Continue(()), full).unwrap_err();
    assert_eq!((error.kind(), seen), (ErrorKind::Io, 1));
}

#[test]
fn the_first_parts_come_before_the_reader_ends() {
    struct Endless(u64);
    impl std::io::Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            self.0 += buffer.len() as u64;
            assert!(self.0 < 4_000_000, "it read on and on");
            buffer.fill(0);
            Ok(buffer.len())
        }
    }
    let mut parts = 0;
    let each = |_| {
        parts += 1;
        if parts == 20 { Err(voxline::Error::new(ErrorKind::Cancelled, "test", "enough")) } else { Ok(()) }
    };
    let source = Source::reader(Endless(0));
    split_with(source, &two_seconds(), |_| ControlFlow::Continue(()), each).unwrap_err();
    assert_eq!(parts, 20);
}
