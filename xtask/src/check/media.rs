//! The bundled media are those of the manifest, and the repository stays small.

use std::collections::BTreeMap;

use super::faults_to_result;
use crate::run::{Result, command, output_of, root, succeeds, tracked_files};

const MANIFEST: &str = "assets/MANIFEST.sha256";
/// What stands in `assets/` and is no medium.
const BESIDES: &[&str] = &["assets/README.md", "assets/recipe.sh", MANIFEST];
/// All tracked media together, wherever they stand.
const LARGEST_TOTAL_BYTES: u64 = 3_000_000;
const MEDIA: &[&str] = &["aiff", "alaw", "bin", "bit", "flac", "m4a", "mp3", "ogg", "pcm", "raw", "spx", "ulaw", "wav"];

/// Sums, completeness in both directions, total size.
pub(super) fn check() -> Result {
    let manifest = std::fs::read_to_string(root().join(MANIFEST))?;
    let listed = parse(&manifest)?;
    let tracked = tracked_files()?;
    let mut faults = Vec::new();

    for file in tracked.iter().filter(|f| f.starts_with("assets/") && !BESIDES.contains(&f.as_str())) {
        if !listed.contains_key(file.as_str()) {
            faults.push(format!("{file} is missing from {MANIFEST}"));
        }
    }
    for (file, expected) in &listed {
        match sha256(file) {
            Ok(actual) if actual == *expected => {}
            Ok(actual) => faults.push(format!("{file}: SHA-256 is {actual}, the manifest says {expected}")),
            Err(error) => faults.push(format!("{file}: {error}")),
        }
    }
    let is_medium = |file: &&String| file.rsplit_once('.').is_some_and(|(_, end)| MEDIA.contains(&end));
    let mut total_bytes = 0;
    for file in tracked.iter().filter(is_medium) {
        total_bytes += root().join(file).metadata()?.len();
    }
    println!("{} files in the manifest; {total_bytes} bytes of media in the tree", listed.len());
    if total_bytes > LARGEST_TOTAL_BYTES {
        faults.push(format!("the media of the tree take {total_bytes} bytes, more than {LARGEST_TOTAL_BYTES}"));
    }
    faults_to_result("media", &faults)
}

/// Path from the root → sum, from the lines of `sha256sum`.
fn parse(manifest: &str) -> std::result::Result<BTreeMap<String, String>, String> {
    let line = |line: &str| {
        let (sum, file) = line.split_once("  ").ok_or(format!("{MANIFEST}: no sum and file in `{line}`"))?;
        let is_sum = sum.len() == 64 && sum.bytes().all(|b| b.is_ascii_hexdigit());
        if is_sum {
            Ok((format!("assets/{file}"), sum.to_owned()))
        } else {
            Err(format!("{MANIFEST}: bad sum `{sum}`"))
        }
    };
    manifest.lines().map(line).collect()
}

fn sha256(file: &str) -> Result<String> {
    // coreutils here, perl's shasum on macOS.
    let mut sum = if succeeds(command("sha256sum").arg("--version")) {
        command("sha256sum")
    } else {
        let mut shasum = command("shasum");
        shasum.args(["-a", "256"]);
        shasum
    };
    let line = output_of(sum.arg(file))?;
    Ok(line.split_whitespace().next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_is_lines_of_sum_and_file() {
        let sum = "0f".repeat(32);
        let parsed = parse(&format!("{sum}  call.mp3\n{sum}  answer/answer.mp3\n")).unwrap();
        assert_eq!(parsed["assets/answer/answer.mp3"], sum);
        assert_eq!(parsed.len(), 2);
        assert!(parse("0f0f  call.mp3\n").is_err());
        assert!(parse(&format!("{sum} call.mp3\n")).is_err());
    }

    #[test]
    fn sums_are_those_of_fips_180() {
        // FIPS 180-4 via NIST's example values: the empty message.
        let empty = std::env::temp_dir().join(format!("voxline-xtask-empty-{}", std::process::id()));
        std::fs::write(&empty, b"").unwrap();
        let sum = sha256(empty.to_str().unwrap());
        std::fs::remove_file(&empty).unwrap();
        assert_eq!(sum.unwrap(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
