//! Files that grew too long, and words that belong to somebody's machine.

use super::faults_to_result;
use crate::run::{Result, root, tracked_files};

/// Past 400 lines one asks why; past this one writes the answer down here.
const LONGEST_LINES: usize = 450;

/// Files that are long for a reason. Tests, tables and generated files need none.
const LONG_FOR_A_REASON: &[(&str, &str)] = &[];

/// Code files, tests apart: lines up to the test module.
pub(super) fn check_lengths() -> Result {
    let mut faults = Vec::new();
    for file in tracked_files()?.iter().filter(|f| is_code(f)) {
        let lines = lines_without_tests(&std::fs::read_to_string(root().join(file))?);
        let is_excused = LONG_FOR_A_REASON.iter().any(|(name, _)| name == file);
        if lines > LONGEST_LINES && !is_excused {
            faults.push(format!("{file} has {lines} lines (limit {LONGEST_LINES}): split it, or give the reason"));
        }
        if lines <= LONGEST_LINES && is_excused {
            faults.push(format!("{file} is short again: take it off the list of exceptions"));
        }
    }
    faults_to_result("long files", &faults)
}

fn is_code(file: &str) -> bool {
    let is_source = [".rs", ".py", ".sh", ".c", ".hpp"].iter().any(|end| file.ends_with(end));
    let name = file.rsplit('/').next().unwrap_or(file);
    let is_test = file.split('/').any(|part| part == "tests") || name == "tests.rs" || name.starts_with("test_");
    is_source && !is_test && !name.contains("table")
}

fn lines_without_tests(text: &str) -> usize {
    let lines: Vec<&str> = text.lines().collect();
    let is_test_module = |pair: &[&str]| pair[0] == "#[cfg(test)]" && pair[1].starts_with("mod ");
    lines.windows(2).position(is_test_module).unwrap_or(lines.len())
}

/// Every tracked text file.
pub(super) fn check_words() -> Result {
    let mut faults = Vec::new();
    for file in tracked_files()? {
        // What is not UTF-8 is a medium.
        let Ok(text) = String::from_utf8(std::fs::read(root().join(&file))?) else { continue };
        for (number, line) in text.lines().enumerate() {
            faults.extend(fault_in(line).map(|why| format!("{file}:{}: {why}: {}", number + 1, line.trim())));
        }
    }
    faults_to_result("words that do not belong", &faults)
}

fn fault_in(line: &str) -> Option<&'static str> {
    // Written in two parts, or this file would find itself.
    const MACHINE_PATHS: &[&str] = &[concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/Us", "ers/")];
    if MACHINE_PATHS.iter().any(|path| has_path(line, path)) {
        return Some("a path of somebody's machine");
    }
    let after = line.to_lowercase().split_once(concat!("issue ", "#")).map(|(_, after)| after.to_owned());
    if after.is_some_and(|a| a.starts_with(|c: char| c.is_ascii_digit())) {
        return Some("a ticket number says nothing to a reader");
    }
    None
}

/// An absolute path, not a part of a longer relative one.
fn has_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '.' | '_' | '-' | '}' | '>'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machine_paths_and_ticket_numbers_are_found() {
        let machine = format!("see {}{}main/x", "/wo", "rk/");
        assert!(fault_in(&machine).is_some());
        assert!(fault_in(&format!("`{}{}x`", "/ro", "ot/")).is_some());
        assert!(fault_in(&format!("as in issue {}12", '#')).is_some());
        assert!(fault_in("the issue is settled").is_none());
        assert!(fault_in("target/work/out").is_none());
        assert!(fault_in("https://example.org/work").is_none());
    }

    #[test]
    fn the_test_module_does_not_count() {
        assert_eq!(lines_without_tests("a\nb\n#[cfg(test)]\nmod tests {\n}\n"), 2);
        assert_eq!(lines_without_tests("a\n#[cfg(test)]\nuse x;\nb\n"), 4);
    }

    #[test]
    fn tests_and_tables_may_be_long() {
        assert!(is_code("crates/voxline-core/src/error.rs"));
        assert!(!is_code("crates/voxline-core/tests/laws.rs"));
        assert!(!is_code("crates/voxline-speex/src/nb_tables.rs"));
        assert!(!is_code("README.md"));
    }
}
