//! No third-party type in a public signature: swapping a dependency must break nobody.
//!
//! This reads text, not types: it knows what a file imports from a dependency and looks for those names, and for
//! paths that start with the dependency, in everything that is `pub`. A renamed re-export through a private module
//! would escape it.

mod scan;

use std::collections::BTreeSet;

use super::faults_to_result;
use crate::metadata::{Kind, Metadata, Package};
use crate::run::{Result, root, tracked_files};

/// Their traits are a vocabulary of their own; implementing them binds nobody.
const VOCABULARY: &[&str] = &["serde"];

/// Every library of ours in `crates/`.
pub(super) fn check(metadata: &Metadata) -> Result {
    let tracked = tracked_files()?;
    let mut faults = Vec::new();
    let mut signatures = 0;
    for package in metadata.ours().filter(|p| p.folder.contains("/crates/")) {
        let foreign = foreign_roots(package, metadata);
        let sources = format!("crates/{}/src/", package.name);
        let files: Vec<&String> = tracked.iter().filter(|f| f.starts_with(&sources) && f.ends_with(".rs")).collect();
        let mut texts = Vec::new();
        for file in &files {
            texts.push(scan::plain_code(&std::fs::read_to_string(root().join(file))?));
        }
        let public_types: BTreeSet<String> = texts.iter().flat_map(|text| scan::public_types(text)).collect();
        for (file, text) in files.iter().zip(&texts) {
            let foreign = without_local_modules(text, &foreign);
            let imported = imported_names(text, &foreign);
            let found = scan::public_signatures(text).into_iter().chain(scan::conversions_into(text, &public_types));
            for signature in found {
                signatures += 1;
                faults.extend(fault_in(&signature, &foreign, &imported).map(|name| {
                    format!(
                        "{file}: `{name}` is not ours: {}",
                        signature.split_whitespace().collect::<Vec<_>>().join(" ")
                    )
                }));
            }
        }
    }
    println!("{signatures} public items read");
    faults_to_result("public signatures", &faults)
}

/// The dependencies of a package as paths name them.
fn foreign_roots(package: &Package, metadata: &Metadata) -> BTreeSet<String> {
    let is_ours = |name: &str| metadata.ours().any(|p| p.name == name);
    let outside = package.dependencies.iter().filter(|d| d.kind == Kind::Normal && !is_ours(&d.name));
    outside.map(|d| d.name.replace('-', "_")).filter(|name| !VOCABULARY.contains(&name.as_str())).collect()
}

/// In a file that says `mod base64;`, `base64::` is that module: it comes before a crate of the same name.
fn without_local_modules(text: &str, foreign: &BTreeSet<String>) -> BTreeSet<String> {
    let modules = scan::words(text).filter(|(word, _)| *word == "mod");
    let local: BTreeSet<&str> =
        modules.filter_map(|(_, after)| scan::words(after).next()).map(|(name, _)| name).collect();
    foreign.iter().filter(|name| !local.contains(name.as_str())).cloned().collect()
}

/// The names that `use` brings in from one of the foreign crates.
fn imported_names(text: &str, foreign: &BTreeSet<String>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for statement in text.split(';').filter_map(|s| s.rsplit_once("use ").map(|(_, path)| path)) {
        let Some((first, rest)) = statement.split_once("::") else { continue };
        if !foreign.contains(first.trim()) {
            continue;
        }
        for part in rest.split([',', '{', '}']) {
            // `Error as DecodeError` is known here under its second name, `a::b::C` under its last.
            let name = part.rsplit(" as ").next().unwrap_or(part).rsplit("::").next().unwrap_or(part).trim();
            if !name.is_empty() && name != "_" && name != "self" && name != "*" {
                names.insert(name.to_owned());
            }
        }
    }
    names
}

/// The first foreign name in a signature.
fn fault_in(signature: &str, foreign: &BTreeSet<String>, imported: &BTreeSet<String>) -> Option<String> {
    let mut previous_is_path = false;
    for (word, after) in scan::words(signature) {
        let is_path = after.starts_with("::");
        // `self::base64::X` or `crate::…::rustls` is a module of ours.
        if !previous_is_path && ((is_path && foreign.contains(word)) || imported.contains(word)) {
            return Some(word.to_owned());
        }
        let is_use_of_crate = signature.trim_start().starts_with("pub use") && foreign.contains(word);
        if !previous_is_path && is_use_of_crate {
            return Some(word.to_owned());
        }
        previous_is_path = is_path;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(source: &str) -> Vec<String> {
        let text = scan::plain_code(source);
        let foreign = BTreeSet::from(["rubato".to_owned(), "rustls".to_owned()]);
        let foreign = without_local_modules(&text, &foreign);
        let imported = imported_names(&text, &foreign);
        let found = scan::public_signatures(&text).into_iter();
        let found = found.chain(scan::conversions_into(&text, &scan::public_types(&text).collect()));
        found.filter_map(|signature| fault_in(&signature, &foreign, &imported)).collect()
    }

    #[test]
    fn foreign_types_in_public_items_are_found() {
        assert_eq!(faults("pub fn a(x: &rubato::Fft<f32>) {}"), ["rubato"]);
        assert_eq!(faults("use rubato::{Fft, Other as Mine};\npub fn a() -> Mine {}"), ["Mine"]);
        assert_eq!(faults("pub struct A {\n    pub inner: Option<rustls::ClientConfig>,\n}"), ["rustls"]);
        assert_eq!(faults("pub struct A(pub rustls::ClientConfig);"), ["rustls"]);
        assert_eq!(faults("pub enum E { A(#[from] rustls::Error), B }"), ["rustls"]);
        assert_eq!(faults("pub trait T { fn a(&self) -> rustls::ClientConfig; }"), ["rustls"]);
        assert_eq!(faults("pub use rubato::Fft;"), ["rubato"]);
        assert_eq!(faults("pub use rustls;"), ["rustls"]);
        assert_eq!(faults("pub struct E;\nimpl From<rustls::Error> for E { }"), ["rustls"]);
        assert_eq!(faults("pub const X: [rubato::A; 2] = y;"), ["rubato"]);
        assert_eq!(faults("pub fn a(x: [u8; 4], y: rustls::ClientConfig) {}"), ["rustls"]);
    }

    #[test]
    fn what_nobody_outside_sees_may_be_foreign() {
        for private in [
            "pub(crate) fn a(x: rubato::Fft) {}",
            "fn a(x: rubato::Fft) {}",
            "pub struct A {\n    inner: rustls::ClientConfig,\n    pub count: u32,\n}",
            "pub struct A(rustls::ClientConfig);",
            "pub fn a() { let x = rubato::Fft::new(); }",
            "/// Like [`rubato::Fft`].\npub fn a() {}",
            "pub fn a() {}\n#[cfg(test)]\nmod tests {\n    pub fn b(x: rubato::Fft) {}\n}",
            "struct E;\nimpl From<rustls::Error> for E { }",
            "pub fn a(x: crate::rustls::ClientConfig) {}",
            "mod rustls;\npub use rustls::ClientConfig;\nuse rustls::Other;\npub fn a(x: Other) {}",
            "pub const NAME: &str = \"pub fn a(x: rubato::Fft)\";",
        ] {
            assert_eq!(faults(private), [""; 0], "{private}");
        }
    }
}
