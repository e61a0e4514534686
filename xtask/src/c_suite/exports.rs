//! What the libraries export is what the header declares, and every function is swept.

use std::collections::BTreeSet;
use std::path::Path;

use super::Place;
use crate::dist_archive::globals;
use crate::run::{Result, command, output_of, root, show_and_run};

/// Compares the symbols with the header and the header with the sweep over wrong arguments.
pub(super) fn check(prefix: &Path) -> Result {
    let header = std::fs::read_to_string(prefix.join("include/voxline.h"))?;
    let declared = declared(&header);
    let library = prefix.join("lib/libvoxline.so");
    for (file, table) in [(&library, "--dyn-syms"), (&prefix.join("lib/libvoxline.a"), "--syms")] {
        let exported = globals(file, table)?;
        let exported: BTreeSet<&str> = exported.iter().map(String::as_str).collect();
        if exported.contains("voxline_test_panic") {
            return Err("the library has the function that panics: it is for tests only".into());
        }
        if declared.len() < 40 || exported != declared {
            let odd: Vec<_> = exported.symmetric_difference(&declared).take(20).collect();
            let (count, file) = (declared.len(), file.display());
            return Err(format!("{count} functions; only in {file} or only in header: {odd:?}").into());
        }
    }
    let dynamic = output_of(command("readelf").arg("-d").arg(&library))?;
    if !dynamic.contains("soname: [libvoxline.so.0]") {
        return Err("the shared library has not the name for the loader that it should have".into());
    }
    let folder = root().join("bindings/c/tests");
    let swept =
        ["sweep.c", "basics.c"].map(|file| std::fs::read_to_string(folder.join(file)).unwrap_or_default()).concat();
    let is_swept = |name: &str| swept.contains(&format!("{name}(NULL")) || swept.contains(&format!("REFUSED({name}("));
    let rest: Vec<_> = declared.iter().filter(|name| takes_a_pointer(&header, name) && !is_swept(name)).collect();
    if !rest.is_empty() {
        return Err(format!("no test calls these with NULL: {rest:?}").into());
    }
    println!("{} functions", declared.len());
    Ok(())
}

impl Place {
    /// A program that has names which the static library has inside, too.
    pub(super) fn own_names(&self) -> Result {
        let program = self.work.join("own-names");
        let mut compile = self.compile("gcc", "c11", "c", &[root().join("bindings/c/tests/static/own_names.c")]);
        show_and_run(compile.arg("-o").arg(&program).args(self.static_link()?))?;
        let ledger = self.work.join("own-names.db");
        // What an earlier run left is no empty ledger.
        if ledger.exists() {
            std::fs::remove_file(&ledger)?;
        }
        show_and_run(command(program).arg(ledger).arg(root().join("assets/call.mp3")))
    }
}

/// Every function of the header. Comments begin their lines with a star.
fn declared(header: &str) -> BTreeSet<&str> {
    let code = header.lines().filter(|line| !line.trim_start().starts_with('*') && !line.starts_with("typedef"));
    code.filter_map(|line| {
        let start = line.find("voxline_").filter(|_| line.contains('('))?;
        let name = line.get(start..line.find('(')?)?;
        name.rsplit([' ', '*']).next()
    })
    .collect()
}

fn takes_a_pointer(header: &str, name: &str) -> bool {
    let code: Vec<&str> = header.lines().filter(|line| !line.trim_start().starts_with('*')).collect();
    let code = code.join("\n");
    let parameters = code.split(&format!("{name}(")).nth(1).and_then(|rest| rest.split(';').next());
    parameters.is_some_and(|parameters| parameters.contains('*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_found_and_comments_and_types_are_not() {
        let header = "/* voxline_not(1) */\n * voxline_neither(2)\ntypedef int (*voxline_fn)(int);\n\
                      const char *voxline_a(void);\nint32_t voxline_b(struct voxline_c *c,\n                  int d);\n";
        let found = declared(header.strip_prefix("/* voxline_not(1) */\n").unwrap());
        assert_eq!(found, BTreeSet::from(["voxline_a", "voxline_b"]));
        assert!(takes_a_pointer(header, "voxline_b") && !takes_a_pointer(header, "voxline_a"));
    }
}
