//! Memory does not follow the length of what is split. Alone in its process, whose peak is measured.

/// Peak resident memory of this process in KiB, as the kernel counts it.
#[cfg(target_os = "linux")]
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn six_hours_are_split_below_32_mb() {
    const MOST_KIB: u64 = 32 * 1024;
    let mut options = voxline::profile("chat-8k").unwrap();
    options.set("split.max_duration_s", "60").unwrap();
    let mut splitter = voxline::Splitter::new(&options).unwrap();
    // A minute at 8 kHz, 8 kbit/s: frames of 72 bytes for 72 ms.
    let mut frame = vec![0xFF, 0xE3, 0x18, 0xC4];
    frame.resize(72, 0);
    let minute = frame.repeat(60_000 / 72);
    let (mut parts, mut end) = (0, 0);
    let mut take = |part: voxline::Part| {
        assert_eq!(part.start_frame, end, "parts follow each other");
        (parts, end) = (parts + 1, part.end_frame());
    };
    for _ in 0..360 {
        splitter.push(&minute).unwrap();
        while let Some(part) = splitter.pull().unwrap() {
            take(part);
        }
    }
    splitter.end_input().unwrap();
    while let Some(part) = splitter.pull().unwrap() {
        take(part);
    }
    let frames = splitter.finish().unwrap().source.frames;
    assert_eq!((frames, end), (360 * 833 * 576, frames));
    assert!(parts >= 360, "{parts}");
    let peak = peak_kib();
    eprintln!("{parts} parts: peak of {peak} KiB");
    assert!(peak < MOST_KIB, "{peak} KiB");
}
