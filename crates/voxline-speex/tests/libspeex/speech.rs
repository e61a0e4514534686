//! What is said in the tests.

use std::path::Path;

use voxline_speex::Mode;

/// 2.3 s of the bundled speech (assets/README.md), not quite to full scale.
pub(crate) fn bundled(mode: Mode) -> Vec<i16> {
    let rate = mode.sample_rate_hz() / 1000;
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../assets/answer/answer-{rate}k.wav")))
}

/// The recordings in the folder of vectors, if there is one, with their names.
pub(crate) fn recordings(mode: Mode) -> Vec<(String, Vec<i16>)> {
    let Some(folder) = voxline_testkit::tools::vectors() else { return Vec::new() };
    let mut recordings = Vec::new();
    for entry in std::fs::read_dir(folder.join("speech")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "wav") {
            let wide = read(&path);
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let speech = match mode {
                Mode::Wideband => wide,
                // As good as any input for a comparison of two decoders.
                Mode::Narrowband => wide.chunks_exact(2).map(|pair| i16::midpoint(pair[0], pair[1])).collect(),
            };
            recordings.push((name, speech));
        }
    }
    assert!(!recordings.is_empty(), "no speech in {}", folder.display());
    recordings
}

fn read(path: &Path) -> Vec<i16> {
    let mut reader = hound::WavReader::open(path).unwrap();
    assert_eq!(reader.spec().channels, 1, "{}", path.display());
    reader.samples::<i16>().map(Result::unwrap).collect()
}
