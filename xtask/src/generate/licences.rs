//! The crates that end up in the program and the wheel, and their licences.

use std::fmt::Write as _;

use crate::metadata::Package;

/// One row a package, sorted by name and version.
pub(super) fn page(packages: &[&Package]) -> String {
    let mut rows: Vec<(&str, &str, &str)> = packages
        .iter()
        .filter(|p| !p.is_ours)
        .map(|p| (p.name.as_str(), p.version.as_str(), p.licence.as_deref().unwrap_or("none stated")))
        .collect();
    rows.sort_unstable();
    let mut page = String::from(
        "# Licences of the crates we build on\n\n\
         What the program `voxline`, the libraries and the Python wheel contain, for every platform; crates used only for tests, benches and\n\
         building are not listed. `cargo xtask check` proves that each expression can be satisfied from the list in deny.toml.\n\n\
         | crate | version | licence |\n|---|---|---|\n",
    );
    for (name, version, licence) in rows {
        // Writing to a String cannot fail.
        let _ = writeln!(page, "| {name} | {version} | {licence} |");
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_sorted_and_ours_are_left_out() {
        let package = |name: &str, is_ours| Package {
            id: String::new(),
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            licence: Some("MIT".to_owned()),
            rust_version: None,
            is_ours,
            folder: String::new(),
            dependencies: Vec::new(),
        };
        let (b, a, own) = (package("b", false), package("a", false), package("voxline", true));
        let page = page(&[&b, &own, &a]);
        assert!(page.ends_with("|---|---|---|\n| a | 1.0.0 | MIT |\n| b | 1.0.0 | MIT |\n"), "{page}");
    }
}
