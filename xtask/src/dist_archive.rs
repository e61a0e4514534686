//! The static library: one object that gives away the names of the header and keeps all others to itself.
//!
//! What rustc makes of a static library has the names of everything in it, also those of its SQLite: a program that has one of
//! its own could not be linked with both. Sections stay one a function, so that a linker can leave out what is not used.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::run::{Result, command, output_of, show_and_run};

/// The beginning of the names that are given away.
const PREFIX: &str = "voxline_";

/// Makes an archive of what `built`, an archive of rustc, needs for the functions that `shared`, the shared library of the
/// same build, has.
pub(crate) fn write(built: &Path, shared: &Path, to: &Path, keeps_debug: bool) -> Result {
    let functions = globals(shared, "--dyn-syms")?;
    if functions.is_empty() || !functions.iter().all(|name| name.starts_with(PREFIX)) {
        return Err(format!("{} does not export what it should: {functions:?}", shared.display()).into());
    }
    let folder = built.with_extension("object");
    fs::create_dir_all(&folder)?;
    let (roots, linked, object) = (folder.join("roots"), folder.join("linked.o"), folder.join("voxline.o"));
    fs::write(&roots, functions.iter().fold(String::new(), |all, name| all + "--undefined=" + name + "\n"))?;
    let mut link = command("ld");
    // Groups are for linkers that see many copies: here is one of each, and its name is about to become local.
    link.args(["-r", "--gc-sections", "--force-group-allocation", "-o"]).arg(&linked);
    show_and_run(link.arg(format!("@{}", roots.display())).arg(built))?;
    let mut hide = command("objcopy");
    hide.arg("--wildcard").arg(format!("--keep-global-symbol={PREFIX}*"));
    // Bitcode of the standard library, on which plugins of other versions of LLVM choke.
    hide.args(["--remove-section=.llvmbc", "--remove-section=.llvmcmd"]);
    if !keeps_debug {
        hide.arg("--strip-debug");
    }
    show_and_run(hide.arg(&linked).arg(&object))?;
    let fresh = to.with_extension("new");
    match fs::remove_file(&fresh) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e.into()),
        _ => {}
    }
    // Without times and owners: the same build gives the same archive.
    show_and_run(command("ar").arg("rcsD").arg(&fresh).arg(&object))?;
    fs::rename(fresh, to)?;
    Ok(fs::remove_dir_all(folder)?)
}

/// The names that a library or object gives away, in the table of symbols that `table` names.
pub(crate) fn globals(file: &Path, table: &str) -> Result<BTreeSet<String>> {
    Ok(defined(&output_of(command("readelf").args(["--wide", table]).arg(file))?))
}

/// Number, value, size, type, binding, visibility, section, name.
fn defined(symbols: &str) -> BTreeSet<String> {
    let name = |line: &str| match line.split_whitespace().collect::<Vec<_>>().as_slice() {
        [_, _, _, _, "GLOBAL" | "WEAK" | "UNIQUE", _, section, name] if *section != "UND" => Some((*name).to_owned()),
        _ => None,
    };
    symbols.lines().filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_away_is_told_from_what_is_needed_and_what_is_hidden() {
        let symbols = "Symbol table '.symtab' contains 5 entries:\n   Num:    Value  Size Type    Bind   Vis      Ndx Name\n\
                       1: 0000 0 FILE LOCAL DEFAULT ABS voxline.c\n   2: 0010 7 FUNC LOCAL DEFAULT 4 sqlite3_open\n\
                       3: 0020 7 FUNC GLOBAL DEFAULT 5 voxline_version\n   4: 0000 0 NOTYPE GLOBAL DEFAULT UND malloc\n\
                       5: 0030 7 FUNC WEAK HIDDEN 6 memcpy\n   6: 0000 0 NOTYPE WEAK DEFAULT UND statx\n";
        assert_eq!(defined(symbols), BTreeSet::from(["memcpy", "voxline_version"].map(str::to_owned)));
    }
}
