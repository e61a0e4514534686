//! One table of cases, done by Rust, C and Python: each has to print the same bytes and kinds.

use std::path::Path;

use crate::run::{Result, cargo, command, output_of, root, show_and_run};
use crate::summary::Summary;

const TABLE: &str = "crates/voxline/tests/cases/table.tsv";

/// Runs after the suites of C and Python, with the library and the wheel that they installed.
pub(crate) fn run(summary: &mut Summary, target: &Path) {
    const NAME: &str = "One table of cases in Rust, C and Python";
    let (prefix, python) = (target.join("c-suite/prefix"), target.join("venv-wheel/bin/python"));
    if !prefix.join("lib").exists() || !python.exists() {
        // The suite that should have made them has said why it did not.
        summary.skip(NAME, "needs the installed C library and the wheel");
        return;
    }
    summary.step(NAME, || {
        let rust = by_rust(target)?;
        for (language, lines) in [("C", by_c(target, &prefix)?), ("Python", by_python(&python)?)] {
            compare(language, &rust, &lines)?;
        }
        let count = rust.lines().count();
        println!("{count} results of {} cases are the same in Rust, C and Python", cases(&rust));
        Ok(())
    });
}

/// The Rust test itself writes what it got.
fn by_rust(target: &Path) -> Result<String> {
    let file = target.join("cases.rust");
    let _ = std::fs::remove_file(&file);
    show_and_run(
        cargo()
            .args(["test", "--locked", "--quiet", "-p", "voxline", "--test", "cases"])
            .env("VOXLINE_CASES_OUT", &file),
    )?;
    Ok(std::fs::read_to_string(file)?)
}

fn by_c(target: &Path, prefix: &Path) -> Result<String> {
    let (program, lib) = (target.join("c-suite/work/cases"), prefix.join("lib"));
    let mut compile = command("gcc");
    compile.args(["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-O1", "bindings/c/tests/cases/cases.c"]);
    compile.arg("-I").arg(prefix.join("include")).arg("-L").arg(&lib);
    compile.arg("-lvoxline").arg(format!("-Wl,-rpath,{}", lib.display())).arg("-o").arg(&program);
    show_and_run(&mut compile)?;
    output_of(command(program).args([TABLE, "assets"]).current_dir(root()))
}

fn by_python(python: &Path) -> Result<String> {
    output_of(command(python).args(["-B", "python/tests/cases.py", TABLE, "assets"]).current_dir(root()))
}

fn compare(language: &str, rust: &str, other: &str) -> Result {
    let (mut left, mut right) = (rust.lines(), other.lines());
    loop {
        match (left.next(), right.next()) {
            (None, None) => return Ok(()),
            (Some(a), Some(b)) if a == b => {}
            (a, b) => {
                let nothing = "nothing";
                let (a, b) = (a.unwrap_or(nothing), b.unwrap_or(nothing));
                return Err(format!("Rust says\n  {a}\nand {language} says\n  {b}").into());
            }
        }
    }
}

/// How many names stand at the starts of the lines.
fn cases(lines: &str) -> usize {
    let mut names: Vec<&str> = lines.lines().filter_map(|line| line.split('\t').next()).collect();
    names.dedup();
    names.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_difference_is_found() {
        let rust = "a\tbytes\t1:00\na\tpush\t1:00\nb\tbytes\t-1001\n";
        assert!(compare("C", rust, rust).is_ok());
        assert!(compare("C", rust, "a\tbytes\t1:00\na\tpush\t1:00\n").is_err());
        assert!(compare("C", "", rust).is_err());
        let error = compare("C", rust, &rust.replace("-1001", "-1002")).unwrap_err().to_string();
        assert!(error.contains("-1001") && error.contains("-1002"));
        assert_eq!(cases(rust), 2);
    }
}
