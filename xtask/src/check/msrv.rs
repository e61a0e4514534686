//! No dependency needs a newer compiler than we promise.

use super::faults_to_result;
use crate::metadata::Metadata;
use crate::run::Result;

/// Compares each package's `rust-version` with ours.
pub(super) fn check(metadata: &Metadata) -> Result {
    let ours = metadata.ours().find_map(|p| p.rust_version.as_deref()).ok_or("the workspace states no rust-version")?;
    let limit = parse(ours)?;
    let mut faults = Vec::new();
    for package in &metadata.packages {
        match package.rust_version.as_deref().map(parse).transpose()? {
            Some(needs) if package.is_ours && needs != limit => {
                faults.push(format!("{} states another rust-version than the rest of the workspace", package.name));
            }
            Some(needs) if needs > limit => {
                let version = package.rust_version.as_deref().unwrap_or_default();
                faults.push(format!("{} {} needs Rust {version}, we promise {ours}", package.name, package.version));
            }
            _ => {}
        }
    }
    faults_to_result("oldest compiler", &faults)
}

/// `1.89` or `1.89.1`.
fn parse(version: &str) -> std::result::Result<(u32, u32, u32), String> {
    let numbers: Vec<u32> = version.split('.').map(|n| n.parse().unwrap_or(u32::MAX)).collect();
    match *numbers.as_slice() {
        [major, minor] if minor != u32::MAX => Ok((major, minor, 0)),
        [major, minor, patch] if minor != u32::MAX && patch != u32::MAX => Ok((major, minor, patch)),
        _ => Err(format!("`{version}` is no version of the compiler")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_numbers() {
        assert!(parse("1.9").unwrap() < parse("1.89").unwrap());
        assert_eq!(parse("1.89").unwrap(), parse("1.89.0").unwrap());
        assert!(parse("1.89.1").unwrap() > parse("1.89").unwrap());
        for wrong in ["1", "", "1.x", "1.2.3.4", "1.2.x"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
