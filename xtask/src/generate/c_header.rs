//! The C header, from the crate that exports the functions.

use std::path::Path;

use crate::run::Result;

/// The text of `voxline.h`; what is declared comes in the order of the `mod` lines of the crate.
pub(super) fn header(folder: &Path) -> Result<String> {
    let config = cbindgen::Config::from_file(folder.join("cbindgen.toml"))?;
    let sources = folder.join("src");
    let root = std::fs::read_to_string(sources.join("lib.rs"))?;
    let mut builder = cbindgen::Builder::new().with_config(config);
    for module in modules(&root) {
        builder = builder.with_src(sources.join(format!("{module}.rs")));
    }
    let mut text = Vec::new();
    builder.generate().map_err(|e| format!("cbindgen: {e}"))?.write(&mut text);
    Ok(String::from_utf8(text)?)
}

fn modules(root: &str) -> impl Iterator<Item = &str> {
    root.lines().filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_exported_function_is_declared_once_and_so_are_the_rules() {
        let folder = crate::run::root().join("bindings/c");
        let text = header(&folder).unwrap();
        let in_comments = |line: &&str| line.trim_start().starts_with('*');
        let declarations: Vec<&str> = text.lines().filter(|line| !in_comments(line)).collect();
        let mut exported = 0;
        for file in std::fs::read_dir(folder.join("src")).unwrap() {
            let source = std::fs::read_to_string(file.unwrap().path()).unwrap();
            for line in
                source.lines().filter(|line| line.contains("extern \"C\" fn voxline_") && line.starts_with("pub"))
            {
                let name = line.split("fn ").nth(1).unwrap().split('(').next().unwrap();
                exported += 1;
                let count = declarations.iter().filter(|line| line.contains(&format!("{name}("))).count();
                assert_eq!(count, 1, "{name}");
            }
        }
        assert!(exported > 40, "{exported}");
        assert!(text.contains("These rules hold everywhere"));
    }
}
