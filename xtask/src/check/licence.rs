//! Every dependency may be used under a licence we allow.

use super::faults_to_result;
use crate::metadata::Metadata;
use crate::run::{Result, root};

/// What we allow, as deny.toml says it too.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Every package below us, for every platform, tests included.
pub(super) fn check(metadata: &Metadata) -> Result {
    let mut faults = Vec::new();
    for package in &metadata.packages {
        let name = format!("{} {}", package.name, package.version);
        match &package.licence {
            None => faults.push(format!("{name} states no licence expression")),
            Some(expression) => match is_allowed(expression) {
                Ok(true) => {}
                Ok(false) => faults.push(format!("{name}: `{expression}` cannot be satisfied from the allowed list")),
                Err(fault) => faults.push(format!("{name}: `{expression}`: {fault}")),
            },
        }
    }
    let deny = std::fs::read_to_string(root().join("deny.toml"))?;
    if allowed_by(&deny) != ALLOWED {
        faults.push(format!("deny.toml allows {:?}, this program {ALLOWED:?}", allowed_by(&deny)));
    }
    faults_to_result("licences", &faults)
}

/// Whether an SPDX expression can be satisfied: `OR` (and the old `/`) is a choice, `AND` binds tighter and needs both.
fn is_allowed(expression: &str) -> std::result::Result<bool, String> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut words = spaced.split_whitespace().peekable();
    let value = any_of(&mut words)?;
    match words.next() {
        None => Ok(value),
        Some(word) => Err(format!("`{word}` stands where the expression should end")),
    }
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn any_of(words: &mut Words<'_>) -> std::result::Result<bool, String> {
    let mut value = all_of(words)?;
    while words.next_if_eq(&"OR").is_some() {
        value |= all_of(words)?;
    }
    Ok(value)
}

fn all_of(words: &mut Words<'_>) -> std::result::Result<bool, String> {
    let mut value = one(words)?;
    while words.next_if_eq(&"AND").is_some() {
        value &= one(words)?;
    }
    Ok(value)
}

fn one(words: &mut Words<'_>) -> std::result::Result<bool, String> {
    match words.next() {
        None => Err("ends too early".to_owned()),
        Some(word @ ("AND" | "OR" | "WITH" | ")")) => Err(format!("`{word}` stands where a licence should")),
        Some("(") => {
            let value = any_of(words)?;
            if words.next() == Some(")") { Ok(value) } else { Err("a parenthesis is not closed".to_owned()) }
        }
        Some(licence) if words.next_if_eq(&"WITH").is_some() => {
            let exception = words.next().ok_or("WITH without an exception")?;
            Ok(ALLOWED.contains(&format!("{licence} WITH {exception}").as_str()))
        }
        Some(licence) => Ok(ALLOWED.contains(&licence)),
    }
}

/// The quoted words of the list `allow = [ … ]`.
fn allowed_by(deny: &str) -> Vec<&str> {
    let Some((_, rest)) = deny.split_once("\nallow = [") else { return Vec::new() };
    rest.split(']').next().unwrap_or_default().split('"').skip(1).step_by(2).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_needs_one_a_sum_needs_all() {
        for (expression, expected) in [
            ("MIT", true),
            ("GPL-3.0-only", false),
            ("MIT/Apache-2.0", true),
            ("GPL-2.0/MIT", true),
            ("MIT OR GPL-2.0-only", true),
            ("MIT AND GPL-2.0-only", false),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
            ("(MIT OR Apache-2.0) AND GPL-3.0-only", false),
            // AND binds tighter: MIT alone is enough here, and not there.
            ("MIT OR Apache-2.0 AND GPL-3.0-only", true),
            ("GPL-3.0-only AND MIT OR LGPL-2.1-only", false),
            ("Apache-2.0 WITH LLVM-exception OR GPL-2.0-only", true),
            ("GPL-2.0-only WITH LLVM-exception", false),
            ("((ISC))", true),
        ] {
            assert_eq!(is_allowed(expression), Ok(expected), "{expression}");
        }
    }

    #[test]
    fn what_is_no_expression_is_a_fault() {
        for expression in ["", "MIT Apache-2.0", "(MIT", "MIT)", "MIT OR", "AND MIT", "MIT WITH", "()"] {
            assert!(is_allowed(expression).is_err(), "{expression}");
        }
    }

    #[test]
    fn the_list_of_deny_toml_is_read() {
        let deny = "[licenses]\nconfidence-threshold = 0.9\nallow = [\n    \"0BSD\",\n    \"MIT\",\n]\n[bans]\ndeny = [\"x\"]\n";
        assert_eq!(allowed_by(deny), ["0BSD", "MIT"]);
        assert!(ALLOWED.is_sorted());
    }
}
